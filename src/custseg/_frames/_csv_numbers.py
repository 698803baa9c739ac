"""Numbers in the text of a CSV file: decimal marks, marks between thousands, and values that may hold either."""

from __future__ import annotations

import re

import polars as pl

from custseg._frames._files import CSVFormat, thousands_marks


def plain_number(text: pl.Expr, form: CSVFormat) -> pl.Expr:
    """The text with a decimal point and no marks between thousands; null where the marks are misplaced."""
    text = text.str.strip_chars()
    decimal = re.escape(form.decimal_mark)
    if form.thousands is not None:
        mark = f"[{re.escape(thousands_marks(form.thousands))}]"
        grouped = rf"^[+-]?\d{{1,3}}(?:{mark}\d{{3}})+(?:{decimal}\d*)?$"
        plain = ~text.str.contains(mark) | text.str.contains(grouped)
        text = pl.when(plain).then(text.str.replace_all(mark, ""))
    if form.decimal_mark != ".":
        # Without thousands= the point of "1.234" is not to be guessed.
        pointless = ~text.str.contains(".", literal=True)
        text = pl.when(pointless).then(text.str.replace(form.decimal_mark, ".", literal=True))
    return text


def may_be_thousands(text: pl.Expr, form: CSVFormat) -> tuple[pl.Expr, pl.Expr]:
    """Whether values have a decimal mark before groups of exactly three digits; whether others rule that out.

    Others do where the mark stands elsewhere ("12.50", "0.125"), or where a value from 1000 up has none.
    """
    text = text.str.strip_chars()
    decimal = re.escape(form.decimal_mark)
    grouped = text.str.contains(rf"^[+-]?[1-9]\d{{0,2}}(?:{decimal}\d{{3}})+$")
    otherwise = text.str.contains(decimal) & ~grouped
    return grouped.any(), (otherwise | text.str.contains(r"^[+-]?\d{4,}$")).any()
