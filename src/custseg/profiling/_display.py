"""Profiles as text for terminals and as HTML for notebooks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from custseg._display import DisplayTable
from custseg._privacy import bound_text
from custseg.profiling._segment_profile import SegmentProfile, sizes_to_show
from custseg.texts import DASH, number, percent, printable, single_line, table, text

_WIDTH = 100
_NAME_LENGTH = 120
_HARDLY = 0.0005
_BOUND = re.compile(r"[<>]\d+(?:[.,]\d+)?[ \xa0]?%")
"""A share that is said as a bound, such as ">83%"."""


def marker_line(row: SegmentProfile) -> str:
    """The three strongest markers, and those of what the name says, on one line."""
    return " · ".join(_marker_texts(row))


def _marker_texts(row: SegmentProfile) -> list[str]:
    return [marker.texts[row.language] for marker in row.main_markers]


def profiles_table(rows: Sequence[SegmentProfile]) -> tuple[list[str], list[list[str]]]:
    """Headings, and the texts of each segment: number, name, size, shares, markers, and the rule where there is one."""
    headings, cells = _sizes(rows)
    has_rules = any(row.rule is not None for row in rows)
    language = rows[0].language
    headings += [_heading("markers", language), *[_heading("rule", language)] * has_rules]
    for row, texts in zip(rows, cells, strict=True):
        texts += [marker_line(row), *[_rule(row)] * has_rules]
    return headings, cells


def profiles_text(rows: Sequence[SegmentProfile]) -> str:
    """The segments as an aligned table, each followed by its markers and its rule; a last line explains bounds."""
    headings, cells = _sizes(rows)
    first, *lines = table([headings, *cells], left={1})
    indent = " " * (max(len(texts[0]) for texts in (headings, *cells)) + 4)
    output = [first]
    for row, line in zip(rows, lines, strict=True):
        output.append(line)
        for details in (_unbroken_markers(row, _WIDTH - len(indent)), _rule(row)):
            wrapped = textwrap.wrap(
                details, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
            )
            output += [detail.replace("\xa0", " ") for detail in wrapped]
    if any(_BOUND.search(marker_line(row)) for row in rows):
        output.append(indent + text(rows[0].language, "profiling", "markers", "bounds"))
    return "\n".join(output)


def _unbroken_markers(row: SegmentProfile, width: int) -> str:
    """The markers, so that lines break between them: within one, between words, only where it is longer than a line."""
    markers = [marker if len(marker) > width - 2 else marker.replace(" ", "\xa0") for marker in _marker_texts(row)]
    return "\xa0· ".join(markers)


def profiles_display(rows: Sequence[SegmentProfile]) -> DisplayTable:
    """The segments as a table with bars for the shares; very long names are shortened."""
    headings, cells = profiles_table(rows)
    for texts, row in zip(cells, rows, strict=True):
        texts[1] = single_line(row.name, _NAME_LENGTH)
    sizes = sizes_to_show(rows)
    bars = {3: [None if size is None else row.share for row, size in zip(rows, sizes, strict=True)]}
    if _has_revenue(rows):
        bars[4] = [row.revenue_share for row in rows]
    return DisplayTable(headings, cells, bars=bars)


def _sizes(rows: Sequence[SegmentProfile]) -> tuple[list[str], list[list[str]]]:
    """Headings, and the number, name, size and shares of each segment."""
    language = rows[0].language
    has_revenue = _has_revenue(rows)
    columns = ["segment", "name", "customers", "share", *["revenue_share"] * has_revenue]
    cells = [
        [
            DASH if row.segment is None else single_line(str(row.segment)),
            printable(row.name),
            bound_text(row.size) if size is None else number(size, language),
            percent(None if size is None else row.share, language, decimals=1),
            *[_revenue_share(row.revenue_share, language)] * has_revenue,
        ]
        for row, size in zip(rows, sizes_to_show(rows), strict=True)
    ]
    return [_heading(column, language) for column in columns], cells


def _has_revenue(rows: Sequence[SegmentProfile]) -> bool:
    return any(row.revenue_share is not None for row in rows)


def _revenue_share(share: float | None, language: str) -> str:
    """The share of the revenue; refunds that hardly count read 0.0%."""
    return percent(0.0 if share is not None and -_HARDLY < share < 0 else share, language, decimals=1)


def _heading(column: str, language: str) -> str:
    return str(text(language, "profiling", "columns", column))


def _rule(row: SegmentProfile) -> str:
    return "" if row.rule is None else str(row.rule)
