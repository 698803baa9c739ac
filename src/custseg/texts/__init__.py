"""Texts that people read: the catalogs of each language, formatted numbers, counts, lists and tables.

A language is one file `<language>.toml` with the keys of `en.toml` and its own plural rule. Start with `_catalogs.py`.
"""

from __future__ import annotations

from custseg.texts._catalogs import (
    FIELD_WIDTH,
    LANGUAGES,
    catalog,
    filled,
    is_printable,
    localized,
    plural_form,
    printable,
    single_line,
    text,
)
from custseg.texts._format import (
    DASH,
    EXACT,
    POINTS,
    SHARES,
    SMALLEST_POINTS,
    YEAR,
    amount,
    calendar_date,
    counted,
    listed,
    number,
    percent,
    plural,
    roundest,
    shortened,
    shown,
    significant_digits,
    table,
    unit_beside,
    value_text,
    whole_range,
)
from custseg.texts._scales import STABILITY_BOUNDS, stability_level

__all__ = [
    "DASH",
    "EXACT",
    "FIELD_WIDTH",
    "LANGUAGES",
    "POINTS",
    "SHARES",
    "SMALLEST_POINTS",
    "STABILITY_BOUNDS",
    "YEAR",
    "amount",
    "calendar_date",
    "catalog",
    "counted",
    "filled",
    "is_printable",
    "listed",
    "localized",
    "number",
    "percent",
    "plural",
    "plural_form",
    "printable",
    "roundest",
    "shortened",
    "shown",
    "significant_digits",
    "single_line",
    "stability_level",
    "table",
    "text",
    "unit_beside",
    "value_text",
    "whole_range",
]
