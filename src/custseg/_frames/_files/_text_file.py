"""What a file is by its bytes: text or something else, its encoding, line ends, separator, header and quotes."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Literal, cast

from custseg._frames._files._encodings import Encoding, byte_order_mark, guessed_encoding, utf_16_without_mark

SEPARATORS = ("\t", ";", "|", ",")
"""The usual separators; between equals the earlier is taken, because text holds more commas than tabs."""

Quoting = Literal["none", "standard", "backslash", "irregular"]

SAMPLE_BYTES = 2**20
_SIGNATURES = (
    (b"PAR1", "a Parquet file"),
    (b"PK\x03\x04", "a ZIP archive, as Excel's .xlsx files are"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF document"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"\x28\xb5\x2f\xfd", "a file compressed with Zstandard"),
    (b"BZh", "a file compressed with bzip2"),
    (b"SQLite format 3", "an SQLite database"),
)
_MARKUP = re.compile(r"<(!doctype\s+html|html|table|body|head|\?xml|[a-z][\w:]*[\s>])", re.IGNORECASE)
_SEPARATOR_LINE = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.|"")*"')


@dataclass(frozen=True)
class TextFacts:
    r"""What the bytes of a file say about its form.

    Attributes
    ----------
    looks_like : str
        "text" for lines of text, "nothing" for an empty file, else what the bytes are in words.
    compressed : bool
        Whether the file is compressed with gzip, whatever its name.
    encoding : str or None
        Python's name: "utf-8" (ASCII too), "utf-8-sig", "utf-16" (with its mark), "utf-16-le", "utf-16-be",
        or the likeliest encoding with one byte per letter; None where none gives plausible text.
    beyond_ascii : bool
        Whether there are other characters than those of ASCII.
    other_encodings : tuple of str
        Encodings that give another text that is nearly as plausible.
    line_end : {"\n", "\r\n", "\r"}
        What ends the lines.
    separator : str or None
        The character between fields; None where the file has a single column.
    other_separators : tuple of str
        Separators that would do as well.
    separator_line : bool
        Whether the first line is ``sep=;`` or the like.
    skip_rows : int
        Lines above the header, with a ``sep=`` line if a title follows; 0 where that line alone stands there.
    columns : tuple of str
        The names in the header.
    quoting : {"none", "standard", "backslash", "irregular"}
        No quotes at all, fields in quotes with inner quotes doubled, inner quotes after a backslash, or
        quotes that follow no rule; of the first MiB.
    sample : tuple of str
        The first lines from the header on, decoded, at most a MiB; the last may be cut off.
    odd_line : int
        The first line (from 1) that is not UTF-8, where the encoding is a guess; else 0.
    """

    looks_like: str
    compressed: bool = False
    encoding: str | None = "utf-8"
    beyond_ascii: bool = False
    other_encodings: tuple[str, ...] = ()
    line_end: str = "\n"
    separator: str | None = None
    other_separators: tuple[str, ...] = ()
    separator_line: bool = False
    skip_rows: int = 0
    columns: tuple[str, ...] = ()
    quoting: Quoting = "none"
    sample: tuple[str, ...] = ()
    odd_line: int = 0

    @property
    def is_text(self) -> bool:
        """Whether the file holds lines of text."""
        return self.looks_like == "text"


def look_at_text_file(path: str | PathLike[str]) -> TextFacts:
    """What the bytes of the file say about its form; OSError where it cannot be read."""
    with open_bytes(path) as file:
        sample = file.read(SAMPLE_BYTES)
    compressed = is_compressed(path)
    if not sample:
        return TextFacts("nothing", compressed)
    if signature := _signature(sample):
        return TextFacts(signature, compressed)
    encoding = _encoding(path, sample)
    text = _decoded(sample, encoding.name)
    looks_like = _nature(text)
    if looks_like != "text":
        return TextFacts(looks_like, compressed, encoding.name, not encoding.ascii, encoding.rivals)
    line_end = "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"
    lines = text.split("\r" if line_end == "\r" else "\n")
    lines = [line.removesuffix("\r") for line in lines]
    layout = _layout(lines)
    return TextFacts(
        looks_like, compressed, encoding.name, not encoding.ascii, encoding.rivals, line_end,
        separator=layout.separator, other_separators=layout.rivals, separator_line=layout.declared,
        skip_rows=0 if layout.declared and layout.header == 1 else layout.header,
        columns=_names(lines[layout.header], layout.separator), quoting=_quoting(text, layout.separator),
        sample=tuple(lines[layout.header:]), odd_line=encoding.odd_line,
    )  # fmt: skip


def is_compressed(path: str | PathLike[str]) -> bool:
    """Whether the file is compressed with gzip, whatever its name."""
    with Path(path).open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def open_bytes(path: str | PathLike[str]) -> BinaryIO:
    """The bytes of the file, decompressed where it is gzip."""
    return cast("BinaryIO", gzip.open(path, "rb") if is_compressed(path) else Path(path).open("rb"))


def _signature(sample: bytes) -> str | None:
    return next((words for start, words in _SIGNATURES if sample.startswith(start)), None)


def _nature(text: str) -> str:
    """Text of rows and columns, or what else it is."""
    controls = sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\r\f\v\x1a\x1b")
    if "\0" in text or controls > len(text) / 100:
        return "binary data"
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        return "JSON"
    if match := _MARKUP.match(start):
        return "XML" if match[1].lower() == "?xml" else "HTML or XML"
    return "text" if start else "nothing"


def _encoding(path: str | PathLike[str], sample: bytes) -> Encoding:
    """The encoding of the whole file; bytes beyond ASCII may come late."""
    if name := byte_order_mark(sample) or utf_16_without_mark(sample):
        return Encoding(name)
    decoder = codecs.getincrementaldecoder("utf-8")()
    plain, line = True, 1
    with open_bytes(path) as file:
        while True:
            chunk = file.read(SAMPLE_BYTES)
            plain = plain and chunk.isascii()
            try:
                if not plain:
                    decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                return replace(guessed_encoding(chunk or sample), odd_line=line)
            if not chunk:
                return Encoding("utf-8", ascii=plain)
            line += chunk.count(b"\n")


def _decoded(sample: bytes, encoding: str | None) -> str:
    return sample.decode(encoding or "latin-1", errors="replace").removeprefix("\ufeff")


@dataclass(frozen=True)
class _Layout:
    """The separator, where the header stands, and what would do as well."""

    separator: str | None
    header: int
    rivals: tuple[str, ...] = ()
    declared: bool = False


def _layout(lines: Sequence[str]) -> _Layout:
    """The separator whose count per line is the steadiest, and the first line that has that count."""
    declared = _SEPARATOR_LINE.fullmatch(lines[0])
    plain = [_QUOTED.sub("", line) for line in lines[:-1] or lines]
    candidates = [declared[1]] if declared else SEPARATORS
    ranks = {
        separator: rank for separator in candidates if (rank := _rank(plain, separator, first=1 if declared else 0))
    }
    if not ranks:
        header = next((i for i, line in enumerate(lines) if line.strip() and not (declared and i == 0)), 0)
        return _Layout(declared[1] if declared else None, header, declared=declared is not None)
    best = min(ranks, key=lambda separator: ranks[separator][0])
    rivals = [separator for separator in ranks if separator != best and ranks[separator][0] <= ranks[best][0]]
    return _Layout(best, ranks[best][1], tuple(rivals), declared is not None)


def _rank(plain: Sequence[str], separator: str, *, first: int) -> tuple[int, int] | None:
    """How many lines do not have the usual count of the separator, and the place of the header."""
    counts = [(i, line.count(separator)) for i, line in enumerate(plain) if i >= first and line.strip()]
    usual = Counter(count for _, count in counts).most_common(1)
    if not usual or not usual[0][0] or usual[0][1] < len(counts) / 2:
        return None
    header = next(i for i, count in counts if count == usual[0][0])
    return len(counts) - usual[0][1], header


def _names(line: str, separator: str | None) -> tuple[str, ...]:
    try:
        fields = next(csv.reader([line], delimiter=separator), []) if separator else [line.strip('"')]
    except csv.Error:
        return ()
    return tuple(field.strip() for field in fields)


def _quoting(text: str, separator: str | None) -> Quoting:
    if '"' not in text:
        return "none"
    edge = re.escape(separator or ",")
    unquoted = re.sub(rf'(?:^|(?<=[{edge}\r\n]))"(?:[^"]|"")*"(?=[{edge}\r\n]|$)', "", text)
    if '"' not in unquoted:
        return "standard"
    unquoted = re.sub(rf'(?:^|(?<=[{edge}\r\n]))"(?:[^"\\]|\\.|"")*"(?=[{edge}\r\n]|$)', "", text, flags=re.DOTALL)
    return "backslash" if '"' not in unquoted and '\\"' in text else "irregular"
