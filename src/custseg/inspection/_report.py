"""An inspection as text for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from custseg._format import shown
from custseg._texts import printable, text
from custseg.inspection._command import command_line
from custseg.inspection._findings import counted
from custseg.inspection._result import FileInspection, Finding

_WIDEST_EXAMPLE = 22
_WIDEST_NAME = 40
_MOST_OTHERS = 40
_SETTINGS = ("encoding", "separator", "skip_rows", "decimal", "thousands", "date_format")


def report_of(found: FileInspection) -> str:
    """What was found, how sure, what is ambiguous, two masked rows, and the line to run."""
    words = text(found.language, "inspect")
    blocks = [
        [*_head(found, words)],
        _table(_role_rows(found, words), words["heads"]["columns"]),
        _table(_setting_rows(found, words), words["heads"]["settings"]),
        [*_others(found, words)],
        _section(words["heads"]["notes"], found.notes),
        _section(words["heads"]["ambiguous"], _choices(found, words) if command_line(found) else ()),
        _section(words["heads"]["run"], command_line(found)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(found: FileInspection, words: Any) -> Iterator[str]:
    yield f"{printable(found.path)}: {words['kinds'][found.kind]} ({words['certainty'][found.certainty]})"
    layout = found.layout
    parts = [words["forms"][layout["form"]]]
    if "encoding" in layout:
        parts.append(words["layout"]["encoding"].format(encoding=layout["encoding"]))
        parts.append(words["layout"]["separator"].format(separator=_shown(layout["separator"])))
        parts.append(words["layout"]["line_end"].format(line_end=_shown(layout["line_end"])))
    if layout["skip_rows"]:
        rows = counted(int(str(layout["skip_rows"])), found.language, "rows_above")
        parts.append(rows)
    seen = counted(int(str(layout["rows"])), found.language, "all_rows" if layout["complete"] else "some_rows")
    yield f"{', '.join(parts)}. {seen}"


def _shown(value: object) -> str:
    return "–" if value is None else repr(str(value))


def _role_rows(found: FileInspection, words: Any) -> list[list[str]]:
    rows = []
    for one in found.findings:
        if one.subject in _SETTINGS:
            continue
        examples = "–"
        if one.value in found.columns:
            place = found.columns.index(one.value)
            examples = " | ".join(_cut(row[place]) or "–" for row in found.examples)
        role = words["roles"][one.subject]
        role = role if one.used else words["layout"]["unused"].format(role=role)
        rows.append([role, _cut(one.value, _WIDEST_NAME), words["certainty"][one.certainty], examples, one.reason])
    return rows


def _setting_rows(found: FileInspection, words: Any) -> list[list[str]]:
    rows = [
        [words["settings"][one.subject], _shown(one.value), words["certainty"][one.certainty], one.reason]
        for one in found.findings
        if one.subject in _SETTINGS and one.certainty != "ambiguous"
    ]
    if found.event_names:
        names = ", ".join(f"{name} = {event}" for name, event in found.event_names.items())
        rows.append([words["settings"]["names"], names, words["certainty"]["likely"], words["reasons"]["event_names"]])
    return rows


def _cut(value: str, widest: int = _WIDEST_EXAMPLE) -> str:
    plain = printable(" ".join(value.split()))
    return plain if len(plain) <= widest else plain[: widest - 1] + "…"


def _others(found: FileInspection, words: Any) -> Iterator[str]:
    used = {one.value for one in found.findings if one.subject not in _SETTINGS}
    rest = [name for name in found.columns if name not in used]
    if rest:
        more = f", … (+{len(rest) - _MOST_OTHERS})" if len(rest) > _MOST_OTHERS else ""
        yield words["heads"]["others"].format(columns=", ".join(map(shown, rest[:_MOST_OTHERS])) + more)


def _choices(found: FileInspection, words: Any) -> list[str]:
    return [
        words["layout"]["choice"].format(
            subject=words["roles"].get(one.subject) or words["settings"][one.subject],
            reason=one.reason,
            options=words["layout"]["or"].join(option_words(one)),
        )
        for one in found.ambiguous
    ]


def option_words(one: Finding) -> list[str]:
    """The options of `custseg fit` among which to choose."""
    if one.subject == "decimal":
        return [_number_options(value) for value in (one.value, *one.alternatives)]
    option = f"--{one.subject.replace('_', '-')}"
    return [f"{option} {shlex.quote(printable(value))}" for value in (one.value, *one.alternatives)]


def _number_options(pair: str) -> str:
    decimal, _, thousands = pair.partition(" ")
    return f"--decimal '{decimal}'" + (f" --thousands '{thousands}'" if thousands else "")


def _section(head: str, lines: Sequence[str]) -> list[str]:
    return [head, *(f"  {line}" for line in lines)] if lines else []


def _table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> list[str]:
    """Columns side by side; the last is as wide as it needs."""
    if not rows:
        return []
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in (heads, *rows)
    ]
