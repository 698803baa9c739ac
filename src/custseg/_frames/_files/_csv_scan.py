"""CSV files as lazy frames of text: each file is checked once, then read in a way that loses no row."""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import polars as pl

from custseg._frames._files._csv_bytes import Lines
from custseg._frames._files._csv_format import CSVFormat
from custseg._frames._files._csv_records import Reading, UnreadableQuotes
from custseg._frames._files._csv_shape import Counts, Shape, shape_of
from custseg._frames._files._text_file import TextFacts, look_at_text_file
from custseg._frames._run import collected_schema
from custseg.errors import DataError
from custseg.texts import plural, shown

_LONGEST_HEADER = 2**22
_BLANK = re.compile(rb"^\r?\n", re.MULTILINE)
_QUOTE_REMEDY = (
    "Export the file again with quote marks doubled inside quoted fields (RFC 4180), or as Parquet, "
    "or take the quote marks out of it."
)
_CHANGED = "The file was cut off or changed: take it as it was exported"


@dataclass(frozen=True)
class CSVFile:
    """One CSV file, checked.

    Attributes
    ----------
    path : str
        The file.
    columns : tuple of str
        The names in the header, repeated ones too.
    frame : polars LazyFrame
        All records as text, in columns called "column 0", "column 1" and so on.
    short_rows : int
        Records with fewer fields than the header; the fields they lack are null.
    advice : str
        What the file suggests where columns are missing: another separator, lines above the header.
    """

    path: str
    columns: tuple[str, ...]
    frame: pl.LazyFrame
    short_rows: int = 0
    advice: str = ""


def frame_names(count: int) -> list[str]:
    """The names of so many columns by their places: no name in a file can be mistaken for a pattern."""
    return [f"column {index}" for index in range(count)]


def open_csv(path: str, form: CSVFormat, caller: str) -> CSVFile:
    """Check the file and say how its records are read; DataError where that would lose or change some."""
    try:
        facts = look_at_text_file(path)
        return _File(path, form, caller=caller, facts=facts).read()
    except (OSError, EOFError, zlib.error) as error:  # the last two of damaged gzip files
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{caller}: the file {shown(path, 300)} could not be read: {reason}.") from error


class _File:
    """One file under one description."""

    def __init__(self, path: str, form: CSVFormat, *, caller: str, facts: TextFacts) -> None:
        self.path, self.caller, self.facts, self.quoted = path, caller, facts, form.quoted
        self._check_nature()
        self.lines = Lines(path, self._encoding(form), facts.line_end == "\r")
        self.separator = self._separator(form)
        self.start = form.skip_rows or (1 if facts.separator_line else 0)
        self.advice = _advice(facts, form, self.separator)
        self.skipped, self.header, self.header_lines = self._header()
        self.names_quoted = self._are_names_quoted()

    def read(self) -> CSVFile:
        """The file, read in the fastest way that is safe."""
        fields = len(self.header)
        shape = shape_of(self._chunks(), separator=self.separator, fields=fields)
        how = self._how(shape)
        counts = shape.quoted if how == "quoted" else shape.literal
        if how == "records":
            frame, short = self._by_records(shape)
        else:
            self._refuse_long(counts)
            if not self.quoted:
                self._refuse_short(counts)
            frame, short = self._by_polars(counts, quote='"' if how == "quoted" else None), counts.short
        return CSVFile(self.path, self.header, frame, short, self.advice)

    def _check_nature(self) -> None:
        looks_like = self.facts.looks_like
        if looks_like == "nothing":
            self._refuse("the file is empty")
        if not self.facts.is_text:
            self._refuse(f"the file is no CSV: it looks like {looks_like}", _remedy(looks_like))

    def _encoding(self, form: CSVFormat) -> str:
        """The encoding to read, by the byte order mark, else as described; an error where the bytes contradict."""
        detected = self.facts.encoding
        if detected in ("utf-8-sig", "utf-16", "utf-32"):
            return detected
        requested = form.encoding.lower().replace("_", "-")
        if requested in ("utf-8", "utf8", "utf-8-sig", "ascii"):
            if detected == "utf-8":
                return "utf-8-sig"
            likely = (
                f"It looks like {detected}: give encoding={detected!r}"
                if detected
                else "Give encoding=, such as 'cp1252'"
            )
            if self.facts.other_encodings:
                likely += f" (or {', '.join(map(repr, self.facts.other_encodings))}, if letters come out wrong)"
            where = f" (line {self.facts.odd_line:,} is the first that is not)" if self.facts.odd_line else ""
            self._refuse(f"the file is not in UTF-8{where}", f"{likely}, or save the file as UTF-8")
        if detected == "utf-8" and self.facts.beyond_ascii:
            self._refuse(f"encoding={form.encoding!r} does not fit, the file is in UTF-8", "Leave encoding= out")
        return form.encoding

    def _separator(self, form: CSVFormat) -> str:
        declared = self.facts.separator if self.facts.separator_line else None
        if declared and form.separator and declared != form.separator:
            self._refuse(
                f"the first line says sep={declared}, but separator={form.separator!r} was given",
                "Leave separator= out, or delete that line",
            )
        # A decimal comma may stand in quotes between commas; without quotes the line has a field too many.
        return form.separator or declared or ","

    def _header(self) -> tuple[int, tuple[str, ...], int]:
        """The number of lines above the header, its names, and how many lines it takes."""
        first = next(self.lines.chunks(self.caller, skip=self.start), b"")
        blank = len(first) - len(first.lstrip(b"\r\n"))
        if blank == len(first):
            self._refuse(f"the file has no line after the first {self.start:,}" if self.start else "the file is empty")
        if b"\n" not in first[:_LONGEST_HEADER]:
            self._refuse("the first line is longer than 4 MiB, so it is no header", "Give a file with line ends")
        text = first[blank:].decode()
        line = text.partition("\n")[0].removesuffix("\r")
        reader = csv.reader(text.splitlines(keepends=True), delimiter=self.separator, strict=True)
        try:
            names, length = next(reader), reader.line_num
        except csv.Error:
            names, length = line.split(self.separator), 1
        return self.start + first[:blank].count(b"\n"), tuple(names), length

    def _are_names_quoted(self) -> bool:
        """Whether the header has names in quotes."""
        line = next(self.lines.chunks(self.caller, skip=self.skipped)).partition(b"\n")[0].decode()
        return line.startswith('"') or f'{self.separator}"' in line

    def _how(self, shape: Shape) -> str:
        """The reading of the quotes: "literal" or "quoted" by polars, "records" by the csv module."""
        if not shape.quotes or not self.quoted:
            return "literal"
        if shape.first_irregular is None:
            if shape.literal.even and (shape.several_lines or not shape.quoted.even):
                self._refuse_quotes(shape.first_quote or 0, "each line is a whole record without it")
            doubtful = shape.several_lines or (shape.escaped and not shape.quoted.even)
            return "records" if doubtful else "quoted"
        if shape.literal.even and not self.names_quoted:
            if shape.wrapped and shape.escaped:
                return "records"
            if shape.wrapped:
                self._refuse_quotes(shape.first_irregular, "others stand around fields, this one does not")
            return "literal"
        return "records"

    def _by_polars(self, counts: Counts, quote: str | None) -> pl.LazyFrame:
        """The records by polars, which sees each line as it is: no quoted field holds a line end."""
        names = frame_names(len(self.header))
        if not counts.records:
            return pl.LazyFrame(schema=dict.fromkeys(names, pl.String))
        # polars names repeated columns so, and refuses a header that has such a name already.
        renamed = any("_duplicated_" in name for name in self.header)
        if self.lines.unchanged and not counts.blank_inside and self.header_lines == 1 and not renamed:
            # The full path: "file:x.csv" would be taken for an address.
            frame = pl.scan_csv(
                Path(self.path).resolve(),
                separator=self.separator,
                quote_char=quote,
                infer_schema=False,
                glob=False,
                skip_lines=self.skipped,
            )
            read_names = collected_schema(frame).names()
            if len(read_names) == len(names):
                frame = frame.rename(dict(zip(read_names, names, strict=True)))
                return frame.head(counts.records) if counts.blank else frame
        head = self.separator.join(names).encode() + b"\n"
        frames = [
            pl.read_csv(
                head + _BLANK.sub(b"", chunk) if counts.blank else head + chunk,
                separator=self.separator, quote_char=quote, infer_schema=False,
            )
            for chunk in self._chunks()
        ]  # fmt: skip
        table = pl.concat(frames, rechunk=False)
        self._check_count(table.height, counts.records)
        return table.lazy()

    def _by_records(self, shape: Shape) -> tuple[pl.LazyFrame, int]:
        """The records by the first reading with the csv module that fits them all."""
        exact = Reading(self.separator, len(self.header))
        regular = shape.first_irregular is None
        readings = [replace(exact, short=regular)]
        if shape.escaped:
            # Quotes that are regular and give whole records need no escapes: "C:\\" is a path.
            readings.insert(1 if regular and shape.quoted.even else 0, replace(exact, backslash=True))
        for reading in readings:
            try:
                frame = reading.frame(self._chunks(), frame_names(len(self.header)))
                self._refuse_swallowed(reading, frame.height, shape)
            except UnreadableQuotes as fault:
                first = shape.first_irregular if shape.first_irregular is not None else fault.line
            else:
                if reading.short:
                    self._check_count(frame.height, shape.quoted.records)
                return frame.lazy(), shape.quoted.short if reading.short else 0
        if regular:
            self._refuse_long(shape.quoted)
        self._refuse_quotes(first, "it neither stands around a whole field nor is doubled inside one")

    def _refuse_swallowed(self, reading: Reading, height: int, shape: Shape) -> None:
        """Raise where lines within quotes look like records: two stray quote marks would hide them."""
        if height >= shape.literal.records:
            return
        if (line := reading.swallowed_record(self._chunks())) is not None:
            self._refuse_quotes(line, "the field that it opens holds line ends and lines that look like records")

    def _chunks(self) -> Iterator[bytes]:
        """The lines after the header."""
        return self.lines.chunks(self.caller, skip=self.skipped + self.header_lines)

    def _check_count(self, read: int, counted: int) -> None:
        """Raise unless as many records were read as the bytes hold."""
        if read != counted:
            self._refuse(f"{read:,} records were read, but the file holds {counted:,}", _QUOTE_REMEDY)

    def _refuse_long(self, counts: Counts) -> None:
        """Raise where records have more fields than the header."""
        if counts.first_long is None:
            return
        self._refuse(
            f"{plural(counts.long, 'line has', 'lines have')} more fields than the header, which has "
            f"{len(self.header):,}; the first is line {self._number(counts.first_long):,} with up to "
            f"{counts.most_fields:,}",
            self.advice.rstrip(". ")
            or (
                f"Does separator={self.separator!r} fit the file? Fields that hold the separator must be in quotes"
                if self.quoted
                else _CHANGED
            ),
        )

    def _refuse_short(self, counts: Counts) -> None:
        """Raise where records have fewer fields than the header."""
        if counts.first_short is None:
            return
        self._refuse(
            f"{plural(counts.short, 'line has', 'lines have')} fewer fields than the header, which has "
            f"{len(self.header):,}; the first is line {self._number(counts.first_short):,}",
            _CHANGED,
        )

    def _refuse_quotes(self, line: int, why: str) -> NoReturn:
        self._refuse(
            f'line {self._number(line):,} holds a quote mark (") that can be read in several ways: {why}',
            self.advice.rstrip() or _QUOTE_REMEDY,
        )

    def _number(self, line: int) -> int:
        """The number of a line in the file, from 1."""
        return self.skipped + self.header_lines + line + 1

    def _refuse(self, fault: str, remedy: str = "") -> NoReturn:
        end = f" {remedy.rstrip('.')}." if remedy else ""
        raise DataError(f"{self.caller}: {fault}, in {shown(self.path, 300)}.{end}")


def _remedy(looks_like: str) -> str:
    """What to do with a file that is no CSV."""
    if "Parquet" in looks_like:
        return "Give it a name that ends in .parquet"
    if "Excel" in looks_like:
        return "Save the sheet as CSV (UTF-8), and give that file"
    if "compressed" in looks_like:
        return "Unpack it first; gzip alone is read as it is"
    return "Export the table as CSV or Parquet"


def _advice(facts: TextFacts, form: CSVFormat, separator: str) -> str:
    """Arguments that the lines of the file suggest and the description lacks."""
    words = []
    if facts.separator not in (None, separator):
        words.append(f"its fields seem to be separated by {facts.separator!r}: give separator={facts.separator!r}")
    names = not any(re.fullmatch(r"[\d\s.,:+-]*", name) for name in facts.columns)
    if facts.skip_rows != form.skip_rows and facts.separator is not None and names:
        words.append(
            f"the header seems to be line {facts.skip_rows + 1}, not the first line: give skip_rows={facts.skip_rows}"
        )
    return f"In this file {', and '.join(words)}. " if words else ""
