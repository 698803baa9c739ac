"""The header of a file whose layout is not fixed: the first line that has a column for every role."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike, fsdecode
from pathlib import Path

from custseg._checks import check_columns, did_you_mean
from custseg._frames import (
    CSVFormat,
    Table,
    first_rows,
    further_sheets,
    is_json,
    look_at_text_file,
    matching_paths,
    open_table,
    with_nested,
)
from custseg.errors import DataError
from custseg.sources.reading import FileFormat, SourceTable, recognized_file
from custseg.texts import listed, shown

_LINES = 50
"""Lines in which the header is looked for: title lines are a handful."""

_EXCEL = (".xlsx", ".xlsm")
_PLAIN = (".parquet", ".pq", ".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
CALLER = "sources.mapped"


def open_mapped(table: object, kind: FileFormat, columns: Mapping[str, str], *, form: CSVFormat) -> SourceTable:
    """The file, opened below its title lines, with its columns by role.

    `columns` names the columns of some roles; for the others the first of the format's candidates that is there is
    taken.

    Raises
    ------
    DataError
        If no line has a column for each required role; the message lists the roles and candidates that are missing.
    """
    if isinstance(table, (str, PathLike)) and not fsdecode(table).lower().endswith(_PLAIN):
        path = fsdecode(table)
        form = replace(form, skip_rows=_lines_above(path, kind, columns, form=form))
    opened = open_table(table, CALLER, form=form)
    opened = with_nested(opened, [*(name for names in kind.columns.values() for name in names), *columns.values()])
    present = opened.dialect.columns
    check_columns(CALLER, {role: _exact(name, present) for role, name in columns.items()}, present)
    missing = _missing(kind, columns, present)
    if missing:
        raise _missing_error(table, kind, missing, present=present)
    return SourceTable(CALLER, opened, _names(opened, kind, columns), kind, costly=is_json(table))


def n_further_sheets(table: object) -> int:
    """How many sheets of a workbook have tables that are not read; 0 for other files and tables."""
    path = fsdecode(table) if isinstance(table, (str, PathLike)) else ""
    return further_sheets(Path(matching_paths(path, CALLER)[0])) if path.lower().endswith(_EXCEL) else 0


def _lines_above(path: str, kind: FileFormat, columns: Mapping[str, str], *, form: CSVFormat) -> int:
    """The lines above the header, which are as many in each of several files."""
    paths = matching_paths(path, CALLER)
    lines = {file: _header_line(file, kind, columns, form=form) for file in paths}
    first = paths[0]
    other = next((file for file in paths if lines[file] != lines[first]), None)
    if other is not None:
        raise DataError(
            f"{CALLER}: the header is line {lines[first] + 1} of {shown(first, 300)}, and line {lines[other] + 1} of "
            f"{shown(other, 300)}. Take the lines above it out of the files, or read those that differ by themselves."
        )
    return lines[first]


def _header_line(path: str, kind: FileFormat, columns: Mapping[str, str], *, form: CSVFormat) -> int:
    """The lines above the header of one file."""
    try:
        if not path.lower().endswith(_EXCEL):
            _check_nature(path)
        rows = first_rows(path, form, count=_LINES)
    except (OSError, EOFError, zlib.error) as error:  # the last two of damaged gzip files
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DataError(f"{CALLER}: {shown(path, 300)} could not be read: {reason}.") from error
    candidates = [(_missing(kind, columns, row.cells), row) for row in rows]
    if not candidates:
        return 0
    missing, header = min(candidates, key=lambda candidate: len(candidate[0]))
    if missing:
        raise _missing_error(path, kind, missing, present=header.cells, advice=_advice(path, form))
    return header.lines_above


def _check_nature(path: str) -> None:
    """Raise for a file that is no table of text, such as a web page or a workbook under another name."""
    facts = look_at_text_file(path)
    if facts.is_text or facts.looks_like == "nothing":
        return
    remedy = recognized_file(path).strip()
    if not remedy:
        is_sheet = "Excel" in facts.looks_like
        remedy = f"It looks like {facts.looks_like}. " + (
            "Save the sheet as CSV (UTF-8) or as a workbook that ends in .xlsx, and give that file."
            if is_sheet
            else "Export the table as CSV or Parquet."
        )
    raise DataError(f"{CALLER}: {shown(path, 300)} is no table of text. {remedy}")


def _missing(kind: FileFormat, columns: Mapping[str, str], cells: Sequence[str]) -> list[str]:
    """The required roles and named columns that a line lacks."""
    present = {cell.strip() for cell in cells}
    roles = dict.fromkeys([*kind.required, *columns])
    return [role for role in roles if not present & set([columns[role]] if role in columns else kind.columns[role])]


def _advice(path: str, form: CSVFormat) -> str:
    """The encoding or the separator that the file seems to have, if it is another one."""
    if path.lower().endswith(_EXCEL):
        return ""
    facts = look_at_text_file(path)
    if facts.odd_line and form.encoding == "utf-8":
        likely = f" It looks like {facts.encoding}: give encoding={facts.encoding!r}." if facts.encoding else ""
        return f" The file is not in UTF-8.{likely}"
    if facts.encoding in ("utf-16-le", "utf-16-be") and form.encoding == "utf-8":
        return f" The file is in {facts.encoding}: give encoding={facts.encoding!r}."
    if facts.separator in (None, form.separator or ","):
        return ""
    return f" In this file fields seem to be separated by {facts.separator!r}: give separator={facts.separator!r}."


def _missing_error(
    table: object, kind: FileFormat, missing: Sequence[str], *, present: Sequence[str], advice: str = ""
) -> DataError:
    """The error for a file without columns of some roles."""
    path = shown(fsdecode(table), 300) if isinstance(table, (str, PathLike)) else "the table"
    looks_like = f" {recognized_file(table)}".rstrip()
    needed = "; ".join(f"{role} (such as {listed(kind.columns[role])})" if kind.columns.get(role) else role
                       for role in missing)  # fmt: skip
    close = next((hint for role in missing for name in kind.columns.get(role, [])
                  if (hint := did_you_mean(name, list(present), " "))), "")  # fmt: skip
    words = listed([name for name in present if name])
    return DataError(
        f"{CALLER}: {path} has no line with the columns of {kind.title}. Missing: {needed}.{looks_like}{advice}{close} "
        f"Name them with columns={{{missing[0]!r}: '...'}}; the line that fits best has {words}."
    )


def _names(opened: Table, kind: FileFormat, columns: Mapping[str, str]) -> dict[str, str]:
    """The columns by role."""
    present = opened.dialect.columns
    stripped = {name.strip(): name for name in reversed(present)}
    names = {
        role: next((stripped[name] for name in candidates if name in stripped), None)
        for role, candidates in kind.columns.items()
    }
    names |= {role: _exact(name, present) for role, name in columns.items()}
    return {role: name for role, name in names.items() if name is not None}


def _exact(name: str, present: Sequence[str]) -> str:
    """The name as the file writes it, with blanks around it."""
    return next((column for column in present if column.strip() == name.strip()), name)
