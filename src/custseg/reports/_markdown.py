"""`markdown`: the report as text for chats, tickets and pull requests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from custseg._display import is_figure
from custseg.reports._report_data import collected
from custseg.reports._sources import checked_sources
from custseg.texts import text

if TYPE_CHECKING:
    from custseg.insights import Scorecard
    from custseg.model import SegmentModel
    from custseg.proof import Proof
    from custseg.result import Segmentation
    from custseg.tracking import Transitions

_SPECIAL = re.compile(r"([\\`*_{}\[\]|#~])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&commat;"})
# What begins a list, a quotation or a title at the start of a line.
_START = re.compile(r"^(\d*)([-+=](?=\s|$)|[.)](?=\s|$))")
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")


def markdown(
    result: Segmentation,
    *,
    language: str | None = None,
    previous: Segmentation | SegmentModel | None = None,
    proof: Proof | None = None,
    scorecard: Scorecard | None = None,
    transitions: Transitions | None = None,
) -> str:
    """The report in Markdown: in brief, a table of the segments, and for each what to do and what to avoid.

    Names from the data are escaped, so that they are neither links, tables, mentions nor HTML.

    Parameters
    ----------
    result : Segmentation
        The result of `fit_segments`.
    language : {"en", "ru"}, optional
        The language; by default that of the result.
    previous : Segmentation or SegmentModel, optional
        The segments before, to say what changed.
    proof, scorecard, transitions : Proof, Scorecard, Transitions, optional
        Further parts, see `report_data`.

    Returns
    -------
    str

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type, the language is unknown, or one of the parts is in another language.

    Examples
    --------
    >>> from custseg import fit_segments
    >>> from custseg.datasets import make_shop
    >>> from custseg.reports import markdown
    >>> markdown(fit_segments(make_shop(500, 0).orders)).splitlines()[0]
    '# Customer segments'
    """
    further = {"previous": previous, "proof": proof, "scorecard": scorecard, "transitions": transitions}
    data = collected(checked_sources("markdown", result, language=language, **further))
    words = text(data["language"], "report", "words")
    advice = text(data["language"], "profiling", "advice")
    lines = [f"# {_escaped(data['title'])}", "", _escaped(data["subtitle"]), "", f"## {words['summary']}", ""]
    for entry in data["summary"]:
        lines += [f"**{_escaped(entry['question'])}** {_escaped(' '.join(entry['answers']))}", ""]
    lines += [f"## {words['segments']}", ""]
    sizes = next(entry["table"] for entry in data["pictures"] if entry["key"] == "segments")
    lines += [*_table(sizes["head"], sizes["rows"]), ""]
    for card in data["segments"]:
        lines += _card(card, words, advice)
    lines += [_escaped(words["general_advice"]), ""]
    for section in data["sections"]:
        if section["key"] in ("proof", "scorecard", "movement", "previous"):
            lines += _section(section)
    return "\n".join(lines).rstrip() + "\n"


def _card(card: dict[str, Any], words: dict[str, str], advice: dict[str, str]) -> list[str]:
    """Name, what sets the segment apart, and the advice as lists."""
    lines = [f"### {_escaped(card['name'])}", "", _escaped(card["description"]), ""]
    if card["stated"]:
        lines += [f"**{_escaped(card['stated']['label'])}:** {_escaped(card['stated']['text'])}", ""]
    parts = [(words["who"], card["markers"]), (advice["do"], card["do"]), (advice["dont"], card["dont"])]
    if card["shows"]:
        parts.append((words["shows"], [card["shows"]]))
    parts.append((words["warnings"], card["warnings"]))
    for title, items in parts:
        if items:
            lines += [f"**{_escaped(title)}**", "", *(f"- {_escaped(item)}" for item in items), ""]
    return lines


def _section(section: dict[str, Any]) -> list[str]:
    lines = [f"## {_escaped(section['title'])}", ""]
    for sentence in section["text"]:
        lines += [_escaped(sentence), ""]
    for table in section["tables"]:
        lines += [
            *([_escaped(table["title"]), ""] if table["title"] else []),
            *_table(table["head"], table["rows"]),
            "",
        ]
    return lines


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table; columns of figures are aligned on the right, as on the page."""
    columns = list(zip(*rows, strict=True))[1:]
    marks = ["---", *("---:" if all(map(is_figure, column)) else "---" for column in columns)]
    lines = ["| " + " | ".join(map(_escaped, cells)) + " |" for cells in (head, *rows)]
    return [lines[0], "| " + " | ".join(marks) + " |", *lines[1:]]


def _escaped(value: str) -> str:
    """The text as Markdown that shows it as it is."""
    # The zero-width joiner keeps chats from making a link of an address.
    escaped = _ADDRESS.sub("\\1\N{WORD JOINER}\\2", _SPECIAL.sub(r"\\\1", value.translate(_ENTITIES)))
    return _START.sub(r"\1\\\2", escaped)
