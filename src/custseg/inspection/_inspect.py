"""`inspect`: detects the format of a file and the roles of its columns."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike, fsdecode
from pathlib import Path

from custseg._checks import check_choice
from custseg._frames import TableSample, matching_paths, sample_file
from custseg.errors import DataError
from custseg.inspection._findings import findings_of, notes_of
from custseg.inspection._header import fields_between_spaces, has_header, is_matrix, is_total, total_rows, unsplit_by
from custseg.inspection._kind import FileKind, read_columns
from custseg.inspection._report import report_of
from custseg.inspection._result import FileInspection
from custseg.inspection.columns._facts import ColumnFacts
from custseg.inspection.columns._words import event_names
from custseg.texts import LANGUAGES, plural, printable, shown

_CALLER = "inspect"


def inspect(path: str | PathLike[str], *, language: str = "en") -> FileInspection:
    r"""Detect how a file is written and which role each column has.

    The file is read in parts: up to about 10,000 rows from its start, middle and end.

    Parameters
    ----------
    path : str or Path
        A CSV file (also TSV or TXT, also compressed with gzip), a Parquet file or an Excel workbook
        (``pip install 'custseg[excel]'``). Of a glob pattern, the first file is read.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    FileInspection
        The findings, how certain they are, and the `custseg fit` command to run.

    Raises
    ------
    DataError
        If the file is missing or holds no table with names in its first row, such as JSON or a matrix.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> from pathlib import Path
    >>> rows = [f"{i % 30};R{i};{1 + i % 28:02}.05.2024;{i % 7},50" for i in range(99)]
    >>> _ = Path("shop.csv").write_text("\n".join(["Kunde;Beleg;Datum;Betrag", *rows]))
    >>> file = inspect("shop.csv")
    >>> file.kind, file.arguments["customer"], file.arguments["date_format"], file.arguments["decimal"]
    ('orders', 'Kunde', '%d.%m.%Y', ',')
    """
    return inspect_with(path, {}, language=language)


def inspect_with(
    path: str | PathLike[str], fixed: Mapping[str, object], *, language: str, kind: FileKind | None = None
) -> FileInspection:
    """Inspect a file of which columns (role -> name), the separator, the encoding or the kind are already fixed."""
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    if not isinstance(path, (str, PathLike)):
        raise TypeError(f"{_CALLER}: path must be the path of a file, got {type(path).__name__}.")
    name = fsdecode(path)
    sample = _sampled(name, fixed)
    totals = total_rows(sample)
    columns = _columns(sample)
    _check_header(sample, columns, name)
    reading = read_columns(columns, {role: str(value) for role, value in fixed.items()}, kind)
    event = reading.roles.get("event")
    inspection = FileInspection(
        path=name,
        kind=reading.kind,
        certainty=reading.certainty,
        findings=findings_of(reading, columns, sample, language=language),
        columns=tuple(column.name for column in columns),
        examples=_examples(sample),
        layout=_layout(sample, totals),
        missing=reading.missing,
        event_names=event_names(event.column.filled) if event is not None else {},
        notes=notes_of(reading, columns, sample, totals=totals, language=language),
        language=language,
    )
    return replace(inspection, report=report_of(inspection))


def _sampled(name: str, fixed: Mapping[str, object]) -> TableSample:
    path = Path(matching_paths(name, _CALLER)[0])  # files of a pattern are alike
    try:
        sample = sample_file(path, separator=_word(fixed, "separator"), encoding=_word(fixed, "encoding"))
    except OSError as error:
        raise DataError(f"{_CALLER}: {shown(name)} could not be read: {error.strerror or error}.") from None
    except (EOFError, zlib.error):
        raise DataError(
            f"{_CALLER}: {shown(name)} is a damaged or incomplete gzip file. Copy or download it again."
        ) from None
    if sample.form:
        return sample
    raise DataError(
        f"{_CALLER}: {shown(name)} {_nature(sample.looks_like)}. "
        "Export the data as CSV, Parquet or Excel (.xlsx), with the names of the columns in the first row."
    )


def _nature(looks_like: str) -> str:
    return "is empty" if looks_like == "nothing" else f"looks like {looks_like}, not like a table"


def _word(fixed: Mapping[str, object], name: str) -> str | None:
    value = fixed.get(name)
    return value if isinstance(value, str) else None


def _columns(sample: TableSample) -> list[ColumnFacts]:
    """The columns of the sample, without rows of totals."""
    rows = [row for row in sample.rows if sample.form == "parquet" or not is_total(row, len(sample.names))]
    return [
        ColumnFacts(index, name, kind, [row[index] for row in rows])
        for index, (name, kind) in enumerate(zip(sample.names, sample.kinds, strict=True))
    ]


def _check_header(sample: TableSample, columns: list[ColumnFacts], name: str) -> None:
    if not columns or not any(column.filled for column in columns):
        raise DataError(f"{_CALLER}: {shown(name)} has no row below its first line.")
    if sample.form == "parquet":
        return
    if mark := unsplit_by(columns):
        raise DataError(
            f"{_CALLER}: {shown(name)} has one column, with {mark!r} in its name and its values. If whole lines are "
            f"quoted, export the file again without them; if {mark!r} is the separator, custseg fit takes "
            f"--separator {mark!r}."
        )
    if fields := fields_between_spaces(columns):
        raise DataError(
            f"{_CALLER}: {shown(name)} looks like a table of {fields} columns with spaces between them. "
            "Export it with commas, semicolons or tabs, and with the names of the columns in the first row."
        )
    if is_matrix(columns):
        raise DataError(
            f"{_CALLER}: {shown(name)} looks like a matrix of numbers without a header: "
            f"{plural(len(columns), 'column')}, and its first row holds numbers too. "
            "Put a row with the names of the columns above it."
        )
    if not has_header(sample, columns):
        raise DataError(
            f"{_CALLER}: {shown(name)} looks like a table without a header: its first row holds values like those of "
            "the rows below. Put a row with the names of the columns above it."
        )


def _layout(sample: TableSample, totals: int) -> dict[str, object]:
    layout: dict[str, object] = {"form": sample.form, "rows": len(sample.rows), "complete": sample.complete}
    if sample.sheets:
        layout["sheets"] = sample.sheets
    if sample.text is not None:
        layout |= {
            "encoding": sample.text.encoding,
            "separator": sample.text.separator,
            "line_end": sample.text.line_end,
            "separator_line": sample.text.separator_line,
            "quoting": sample.text.quoting,
        }
    return layout | {"skip_rows": sample.skip_rows, "total_rows": totals}


def _examples(sample: TableSample) -> tuple[tuple[str, ...], ...]:
    """The two fullest of the first rows, masked."""
    first = sorted(sample.rows[:50], key=lambda row: -sum(cell is not None for cell in row))[:2]
    return tuple(tuple(masked(cell or "") for cell in row) for row in first)


def masked(value: str) -> str:
    """The value with every letter as A and every digit as 9."""
    return printable(re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", value)))
