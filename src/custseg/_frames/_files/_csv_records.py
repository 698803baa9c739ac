"""Records of a CSV file by the csv module: for quoted line breaks, and for quotes that do not follow RFC 4180."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

_BATCH = 50_000
_NUMERIC = re.compile(r"[\d\s.,:+\-/TZ%]*\d[\d\s.,:+\-/TZ%]*")


class UnreadableQuotes(Exception):
    """The quotes do not follow the rule of the reading; `line` is the place, from 0 after the header."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True)
class Reading:
    """How the csv module is to take quotes.

    Attributes
    ----------
    separator : str
        The character between fields.
    fields : int
        How many fields a record has.
    backslash : bool
        Whether a backslash escapes the next character.
    short : bool
        Whether records may have fewer fields.
    """

    separator: str
    fields: int
    backslash: bool = False
    short: bool = False

    def frame(self, chunks: Iterable[bytes], names: Sequence[str]) -> pl.DataFrame:
        """All records as text; UnreadableQuotes where one breaks the rule or has another number of fields."""
        batches: list[pl.DataFrame] = []
        rows: list[list[str | None]] = []
        for row in self.records(chunks):
            rows.append(row)
            if len(rows) == _BATCH:
                batches.append(_text_frame(rows, names))
                rows = []
        return pl.concat([*batches, _text_frame(rows, names)], rechunk=False)

    def records(self, chunks: Iterable[bytes]) -> Iterator[list[str | None]]:
        """The records, each as long as the header."""
        reader = csv.reader(
            _lines(chunks),
            delimiter=self.separator,
            escapechar="\\" if self.backslash else None,
            strict=True,
        )
        start = 0
        try:
            for row in reader:
                if row:
                    yield self._checked(row, reader.line_num - 1)
                start = reader.line_num
        except csv.Error as error:
            raise UnreadableQuotes(start, str(error)) from None

    def swallowed_record(self, chunks: Iterable[bytes]) -> int | None:
        """The line of a record with a line within quotes that looks like a record itself; None if there is none.

        Such a line has as many fields, and numbers or dates wherever all other records have some.
        """
        suspects: list[tuple[int, list[str]]] = []
        columns = [_Column() for _ in range(self.fields)]
        line = 0
        for row in self.records(chunks):
            breaks = sum(value.count("\n") for value in row if value)
            if breaks:
                suspects += [(line, fields) for fields in self._inner_lines(row)]
            else:
                for column, value in zip(columns, row, strict=True):
                    column.add(value)
            line += 1 + breaks
        for number, fields in suspects:
            if all(column.allows(value) for column, value in zip(columns, fields, strict=True)):
                return number
        return None

    def _inner_lines(self, row: Sequence[str | None]) -> Iterator[list[str]]:
        """Lines within the fields of a record, but the first, that have as many fields as a record."""
        text = self.separator.join(value or "" for value in row)
        for line in text.split("\n")[1:]:
            fields = line.split(self.separator)
            if len(fields) == self.fields:
                yield fields

    def _checked(self, row: list[str], line: int) -> list[str | None]:
        lacking = self.fields - len(row)
        if lacking < 0 or (lacking and not self.short):
            raise UnreadableQuotes(line, f"{len(row)} fields, the header has {self.fields}")
        return [*row, *[None] * lacking]


@dataclass
class _Column:
    """Whether all values of a column so far are numbers or dates."""

    has_values: bool = False
    numeric: bool = True

    def add(self, value: str | None) -> None:
        if value:
            self.has_values = True
            self.numeric = self.numeric and bool(_NUMERIC.fullmatch(value))

    def allows(self, value: str) -> bool:
        """Whether the value can be one more of the column."""
        return not (self.has_values and self.numeric and value) or bool(_NUMERIC.fullmatch(value))


def _text_frame(rows: Sequence[Sequence[str | None]], names: Sequence[str]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pl.DataFrame([pl.Series(name, column, pl.String) for name, column in zip(names, columns, strict=True)])


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines with their line feeds; the csv module wants them whole."""
    for chunk in chunks:
        for line in chunk.decode().split("\n")[:-1]:
            yield line + "\n"
