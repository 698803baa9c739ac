"""Profiles as people read them: lines of text, and a page."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from custseg._texts import printable
from custseg.profiling._text import clean, percent_text

if TYPE_CHECKING:
    from custseg.profiling._profiles import SegmentProfile

_WIDTH = 100
_MOST_MARKERS = 3

_HEADS = {
    "en": ("segment", "name", "customers", "share"),
    "ru": ("сегмент", "название", "клиенты", "доля"),
}
_REVENUE = {"en": "revenue share", "ru": "доля выручки"}
_APART = {"en": "what sets it apart", "ru": "чем отличается"}
_RULE = {"en": "rule", "ru": "правило"}


def marker_line(row: SegmentProfile) -> str:
    """The three strongest markers on one line."""
    return " · ".join(marker.texts[row.language] for marker in row.markers[:_MOST_MARKERS])


def profiles_table(rows: Sequence[SegmentProfile]) -> tuple[list[str], list[list[str]]]:
    """Heads and a row of texts per segment: number, name, size, shares, what sets it apart, and the rule."""
    heads, cells = _sizes(rows)
    has_rules = any(row.rule is not None for row in rows)
    language = rows[0].language
    heads += [_APART[language], *[_RULE[language]] * has_rules]
    for row, texts in zip(rows, cells, strict=True):
        texts += [marker_line(row), *[_rule(row)] * has_rules]
    return heads, cells


def profiles_text(rows: Sequence[SegmentProfile]) -> str:
    """The segments as a table, each with its markers and its rule on lines of their own."""
    heads, cells = _sizes(rows)
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    lines = [_aligned(heads, widths)]
    indent = " " * (widths[0] + 4)
    for row, texts in zip(rows, cells, strict=True):
        lines.append(_aligned(texts, widths))
        # Lines break between markers, not within one.
        details = marker_line(row).replace(" ", "\xa0").replace("\xa0·\xa0", "\xa0· "), _rule(row)
        for text in details:
            wrapped = textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
            lines += [line.replace("\xa0", " ") for line in wrapped]
    return "\n".join(lines)


def profiles_html(rows: Sequence[SegmentProfile]) -> str:
    """The segments as a table of HTML; all texts are escaped."""
    heads, cells = profiles_table(rows)
    head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in texts) + "</tr>" for texts in cells)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _sizes(rows: Sequence[SegmentProfile]) -> tuple[list[str], list[list[str]]]:
    money = any(row.revenue_share is not None for row in rows)
    heads = [*_HEADS[rows[0].language], *[_REVENUE[rows[0].language]] * money]
    cells = [
        [
            "–" if row.segment is None else clean(str(row.segment)),
            printable(row.name),
            f"{row.size:,}",
            percent_text(row.share, 1),
            *[percent_text(row.revenue_share, 1)] * money,
        ]
        for row in rows
    ]
    return heads, cells


def _rule(row: SegmentProfile) -> str:
    return "" if row.rule is None else str(row.rule)


def _aligned(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        text.ljust(width) if place == 1 else text.rjust(width)
        for place, (text, width) in enumerate(zip(texts, widths, strict=True))
    )
    return "  ".join(padded).rstrip()
