"""A sample of the rows of a file, as text, with what its bytes say about its form."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO, Literal

import polars as pl

from custseg._frames._dialect import ColumnKind
from custseg._frames._files._excel import excel_rows
from custseg._frames._files._text_file import SAMPLE_BYTES, TextFacts, look_at_text_file, open_bytes
from custseg._frames._polars import PolarsDialect
from custseg._frames._run import run

_HEAD, _CHUNKS, _CHUNK_ROWS, _TAIL = 4_000, 10, 500, 500
_CHUNK_BYTES = 2**17
_PARQUET_ROWS = 10_000
_EXCEL = (".xlsx", ".xlsm")
_PARQUET = "a Parquet file"
_WORKBOOK = "a ZIP archive, as Excel's .xlsx files are"


@dataclass(frozen=True)
class TableSample:
    """Rows of a file, as text.

    Attributes
    ----------
    form : {"csv", "parquet", "excel", ""}
        The kind of file; empty where it holds no table that can be read.
    looks_like : str
        What the bytes are in words, "text" for a CSV.
    names : tuple of str
        The names of the columns.
    kinds : tuple of ColumnKind
        The types of the columns; "text" for all columns of a text file or workbook.
    rows : list of tuples
        The sampled rows in the order of the file; None is an empty cell.
    skip_rows : int
        Lines above the header.
    last : list of tuples
        The last rows of the file; of a large Parquet file, of its sample.
    text : TextFacts or None
        The form of a text file.
    complete : bool
        Whether the sample holds all rows of the file.
    sheets : tuple of str
        The sheets of a workbook; the first with two rows or more is read.
    """

    form: str
    looks_like: str
    names: tuple[str, ...] = ()
    kinds: tuple[ColumnKind, ...] = ()
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    skip_rows: int = 0
    last: list[tuple[str | None, ...]] = field(default_factory=list)
    text: TextFacts | None = None
    complete: bool = True
    sheets: tuple[str, ...] = ()

    def column(self, index: int) -> list[str | None]:
        """The values of one column."""
        return [row[index] for row in self.rows]


def sample_file(path: Path, *, separator: str | None = None, encoding: str | None = None) -> TableSample:
    """The sample of a CSV, Parquet or Excel file; OSError where the file cannot be read."""
    facts = look_at_text_file(path)
    if facts.looks_like == _PARQUET:
        return _of_parquet(path, facts.looks_like)
    if facts.looks_like == _WORKBOOK and path.suffix.lower() in _EXCEL:
        sheets, cells = excel_rows(path)
        return _of_rows(cells, TableSample("excel", facts.looks_like, sheets=sheets))
    if not facts.is_text:
        return TableSample("", facts.looks_like, text=facts)
    facts = _decoded_as(facts, encoding)
    chosen = separator if separator is not None and len(separator) == 1 else facts.separator
    rows, complete = _Reader(path, facts, chosen or ",").sample()
    form = TableSample("csv", "text", text=facts, complete=complete, skip_rows=facts.skip_rows)
    return _of_rows(rows, form, above=None if chosen == facts.separator else 0)


def _decoded_as(facts: TextFacts, encoding: str | None) -> TextFacts:
    """The facts with the sample in another encoding, where its bytes allow it."""
    if encoding is None or facts.encoding is None:
        return facts
    try:
        lines = tuple(line.encode(facts.encoding).decode(encoding) for line in facts.sample)
    except (UnicodeError, LookupError):
        return facts
    return replace(facts, encoding=encoding, sample=lines)


def _of_rows(rows: Sequence[Sequence[str | None]], form: TableSample, *, above: int | None = None) -> TableSample:
    """The rows below the header; a title that has as many separators as the header may stand above it."""
    above = _rows_above_header(rows) if above is None else above
    names = tuple(name or "" for name in rows[above]) if len(rows) > above else ()
    width = len(names)
    body = [tuple(_cells(row, width)) for row in rows[above + 1 :] if any(row)]
    kinds: tuple[ColumnKind, ...] = tuple("text" for _ in names)
    return replace(form, names=names, kinds=kinds, rows=body, last=body[-5:], skip_rows=form.skip_rows + above)


def _rows_above_header(rows: Sequence[Sequence[str | None]]) -> int:
    """How many rows stand above the first row that is filled as widely as the rows usually are."""
    filled = [sum(1 for cell in row if cell and cell.strip()) for row in rows[:50]]
    if len(filled) < 2:
        return 0
    usual = sorted(filled)[len(filled) // 2]
    return next((i for i, count in enumerate(filled) if 2 * count >= usual and (count > 1 or usual <= 1)), 0)


def _cells(row: Sequence[str | None], width: int) -> Iterator[str | None]:
    for index in range(width):
        cell = row[index].strip() if index < len(row) and row[index] is not None else None  # type: ignore[union-attr]
        yield cell or None


class _Reader:
    """Reads rows at the start, in the middle and at the end of a text file."""

    def __init__(self, path: Path, facts: TextFacts, separator: str) -> None:
        self.path, self.facts, self.separator = path, facts, separator
        self.encoding = facts.encoding or "latin-1"

    def sample(self) -> tuple[list[list[str | None]], bool]:
        head = list(self._parsed(self.facts.sample))
        with open_bytes(self.path) as file:
            file.seek(SAMPLE_BYTES)
            if not file.read(1):
                return head, True
            rows = head[:-1][: _HEAD + 1]  # the last line may be cut off
            width = len(rows[0]) if rows else 0
            start, size = SAMPLE_BYTES, self._size()
            for number in range(1, _CHUNKS + 1):
                position = start + (size - start) * number // (_CHUNKS + 1)
                rows += self._rows_at(file, position, width)[:_CHUNK_ROWS]
            rows += self._rows_at(file, max(start, size - _CHUNK_BYTES), None)[-_TAIL:]
        return rows, False

    def _size(self) -> int:
        """The number of bytes, decompressed; gzip keeps it at the end of the file."""
        if not self.facts.compressed:
            return self.path.stat().st_size
        with self.path.open("rb") as file:
            file.seek(-4, SEEK_END)
            return int.from_bytes(file.read(4), "little")

    def _rows_at(self, file: BinaryIO, position: int, width: int | None) -> list[list[str | None]]:
        """Rows from the first line that starts after the place; with a width, rows that were cut are left out."""
        file.seek(position - position % 2)
        encoding = self.encoding.replace("-sig", "")
        if encoding == "utf-16":
            encoding = "utf-16-le"
        text = file.read(_CHUNK_BYTES).decode(encoding, errors="replace")
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[1:]
        parsed = self._parsed(lines if width is None else lines[:-1])
        return [row for row in parsed if width is None or len(row) == width]

    def _parsed(self, lines: Iterable[str]) -> Iterator[list[str | None]]:
        # A line per item, so that a field in quotes can hold line ends.
        feed = (line + "\n" for line in lines)
        quoting: Literal[0, 3] = csv.QUOTE_NONE if self.facts.quoting == "irregular" else csv.QUOTE_MINIMAL
        escape = "\\" if self.facts.quoting == "backslash" else None
        reader = csv.reader(feed, delimiter=self.separator, quoting=quoting, escapechar=escape)
        while True:
            try:
                yield [cell or None for cell in next(reader)]
            except StopIteration:
                return
            except csv.Error:
                continue


def _of_parquet(path: Path, looks_like: str) -> TableSample:
    frame = pl.scan_parquet(path)
    dialect = PolarsDialect(frame)
    names = tuple(dialect.columns)
    rows = run(frame.select(pl.len())).item()
    step = max(1, rows // _PARQUET_ROWS)
    sample = run(frame.gather_every(step)) if step > 1 else run(frame)
    columns = [_as_text(sample.get_column(name)) for name in names]
    body = list(zip(*columns, strict=True))
    kinds = tuple(dialect.kind(name) for name in names)
    return TableSample("parquet", looks_like, names, kinds, body, last=body[-5:], complete=step == 1)


def _as_text(column: pl.Series) -> list[str | None]:
    dtype = column.dtype
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d %H:%M:%S").to_list()
    if dtype.is_nested() or isinstance(dtype, (pl.Binary, pl.Object, pl.Duration)):
        return [None if value is None else "…" for value in column]
    return column.cast(pl.String).to_list()
