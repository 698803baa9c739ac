"""The report of an inspection, in the language of the user."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from custseg.inspection._command import command_line
from custseg.inspection._result import FileFinding, FileInspection
from custseg.texts import counted, printable, shown, single_line, table, text

_EXAMPLE_WIDTH = 22
_NAME_WIDTH = 40
_MAX_UNUSED = 40
_SETTINGS = ("encoding", "separator", "skip_rows", "decimal", "thousands", "date_format")


def report_of(inspection: FileInspection) -> str:
    """The findings with their certainty, what is ambiguous, two masked rows, and the command to run."""
    words = text(inspection.language, "inspect")
    blocks = [
        [*_head(inspection, words)],
        _table(_role_rows(inspection, words), words["heads"]["columns"]),
        _table(_setting_rows(inspection, words), words["heads"]["settings"]),
        [*_unused_columns(inspection, words)],
        _section(words["heads"]["notes"], inspection.notes),
        _section(words["heads"]["ambiguous"], _choices(inspection, words) if command_line(inspection) else ()),
        _section(words["heads"]["run"], command_line(inspection)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(inspection: FileInspection, words: Any) -> Iterator[str]:
    certainty = words["certainty"][inspection.certainty]
    yield f"{printable(inspection.path)}: {words['kinds'][inspection.kind]} ({certainty})"
    layout = inspection.layout
    phrases = [words["forms"][layout["form"]]]
    if "encoding" in layout:
        phrases.append(words["layout"]["encoding"].format(encoding=layout["encoding"]))
        phrases.append(words["layout"]["separator"].format(separator=_quoted(layout["separator"])))
        phrases.append(words["layout"]["line_end"].format(line_end=_quoted(layout["line_end"])))
    if layout["skip_rows"]:
        phrases.append(counted(int(str(layout["skip_rows"])), words["nouns"]["rows_above"], inspection.language))
    forms = words["nouns"]["all_rows" if layout["complete"] else "some_rows"]
    yield f"{', '.join(phrases)}. {counted(int(str(layout['rows'])), forms, inspection.language)}"


def _quoted(value: object) -> str:
    return "–" if value is None else repr(str(value))


def _role_rows(inspection: FileInspection, words: Any) -> list[list[str]]:
    rows = []
    for finding in inspection.findings:
        if finding.subject in _SETTINGS:
            continue
        examples = "–"
        if finding.value in inspection.columns:
            index = inspection.columns.index(finding.value)
            examples = " | ".join(single_line(row[index], _EXAMPLE_WIDTH) or "–" for row in inspection.examples)
        role = words["roles"][finding.subject]
        role = role if finding.used else words["layout"]["unused"].format(role=role)
        rows.append(
            [
                role,
                single_line(finding.value, _NAME_WIDTH),
                words["certainty"][finding.certainty],
                examples,
                finding.reason,
            ]
        )
    return rows


def _setting_rows(inspection: FileInspection, words: Any) -> list[list[str]]:
    rows = [
        [
            words["settings"][finding.subject],
            _quoted(finding.value),
            words["certainty"][finding.certainty],
            finding.reason,
        ]
        for finding in inspection.findings
        if finding.subject in _SETTINGS and finding.certainty != "ambiguous"
    ]
    if inspection.event_names:
        names = ", ".join(f"{name} = {event}" for name, event in inspection.event_names.items())
        rows.append([words["settings"]["names"], names, words["certainty"]["likely"], words["reasons"]["event_names"]])
    return rows


def _unused_columns(inspection: FileInspection, words: Any) -> Iterator[str]:
    used = {finding.value for finding in inspection.findings if finding.subject not in _SETTINGS}
    unused = [name for name in inspection.columns if name not in used]
    if unused:
        ellipsis = f", … (+{len(unused) - _MAX_UNUSED})" if len(unused) > _MAX_UNUSED else ""
        yield words["heads"]["others"].format(columns=", ".join(map(shown, unused[:_MAX_UNUSED])) + ellipsis)


def _choices(inspection: FileInspection, words: Any) -> list[str]:
    return [
        words["layout"]["choice"].format(
            subject=words["roles"].get(finding.subject) or words["settings"][finding.subject],
            reason=finding.reason,
            options=words["layout"]["or"].join(option_words(finding)),
        )
        for finding in inspection.ambiguous
    ]


def option_words(finding: FileFinding) -> list[str]:
    """The options of `custseg fit` to choose from."""
    if finding.subject == "decimal":
        return [_number_options(value) for value in (finding.value, *finding.alternatives)]
    option = f"--{finding.subject.replace('_', '-')}"
    return [f"{option} {shlex.quote(printable(value))}" for value in (finding.value, *finding.alternatives)]


def _number_options(pair: str) -> str:
    decimal, _, thousands = pair.partition(" ")
    return f"--decimal '{decimal}'" + (f" --thousands '{thousands}'" if thousands else "")


def _section(head: str, lines: Sequence[str]) -> list[str]:
    return [head, *(f"  {line}" for line in lines)] if lines else []


def _table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> list[str]:
    return table((heads, *rows), left=range(len(heads))) if rows else []
