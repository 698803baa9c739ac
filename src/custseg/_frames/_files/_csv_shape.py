"""One pass over the bytes of a CSV file: how many records it has and which readings of its quotes are possible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_LINE_FEED, _RETURN, _QUOTE = 10, 13, 34

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Positions = NDArray[np.intp]


@dataclass
class Counts:
    """The records of a file under one reading of its quotes. Lines count from 0, the first after the header.

    Attributes
    ----------
    records : int
        Records, without blank lines.
    short, long : int
        Records with fewer and with more fields than the header.
    blank : int
        Blank lines.
    blank_inside : bool
        Whether a record follows a blank line.
    first_short, first_long : int or None
        The line of the first such record.
    most_fields : int
        The fields of the longest record that is longer than the header.
    open_fields : int or None
        Separators of a record that the lines seen so far do not end; None between records.
    """

    records: int = 0
    short: int = 0
    long: int = 0
    blank: int = 0
    blank_inside: bool = False
    first_short: int | None = None
    first_long: int | None = None
    most_fields: int = 0
    open_fields: int | None = None

    @property
    def even(self) -> bool:
        """Whether each record has as many fields as the header."""
        return not self.short and not self.long


@dataclass
class Shape:
    """What one pass over the body of a file finds. Lines count from 0, the first after the header.

    Attributes
    ----------
    quotes : int
        Quote marks.
    escaped : bool
        Whether a quote mark stands after a backslash.
    literal : Counts
        The records where each line is one, and quotes are characters like others.
    wrapped : int
        Fields of the literal reading that start and end with a quote mark.
    quoted : Counts
        The records where fields may be quoted (RFC 4180).
    first_quote, first_irregular : int or None
        The line of the first quote mark, and of the first that RFC 4180 does not allow.
    several_lines : bool
        Whether a quoted field holds a line break.
    swallowed : list of int
        Lines that begin within quotes and have as many separators as the header.
    """

    quotes: int = 0
    escaped: bool = False
    literal: Counts = field(default_factory=Counts)
    wrapped: int = 0
    quoted: Counts = field(default_factory=Counts)
    first_quote: int | None = None
    first_irregular: int | None = None
    several_lines: bool = False
    swallowed: list[int] = field(default_factory=list)


def shape_of(chunks: Iterable[bytes], *, separator: str, fields: int) -> Shape:
    """Look once at the lines after the header, which has so many fields."""
    shape, line, inside = Shape(), 0, False
    for chunk in chunks:
        data = np.frombuffer(chunk, np.uint8)
        marks = (data == _LINE_FEED) | (data == ord(separator))
        positions = np.flatnonzero(marks)
        _count(shape.literal, data, positions, line=line, fields=fields)
        if b'"' in chunk or inside:
            shape.quotes += chunk.count(b'"')
            shape.escaped |= b'\\"' in chunk
            shape.wrapped += _wrapped(data, positions)
            inside = _read_quotes(shape, data, marks, line=line, fields=fields, inside=inside)
        else:
            _count(shape.quoted, data, positions, line=line, fields=fields)
        line += chunk.count(b"\n")
    if inside and shape.first_irregular is None:
        shape.first_irregular = shape.first_quote
    return shape


def _read_quotes(shape: Shape, data: Bytes, marks: Mask, *, line: int, fields: int, inside: bool) -> bool:
    """Add what the lines are when read by RFC 4180; whether the last of them ends within quotes."""
    quote = data == _QUOTE
    quoted = (np.bitwise_xor.accumulate(quote.view(np.uint8)) ^ np.uint8(inside)).view(np.bool_)
    feeds = np.flatnonzero(data == _LINE_FEED)
    if shape.first_quote is None:
        shape.first_quote = line + int(np.searchsorted(feeds, int(quote.argmax())))
    odd = _irregular(data, marks, quote & quoted, closing=quote & ~quoted)
    if len(odd) and shape.first_irregular is None:
        shape.first_irregular = line + int(np.searchsorted(feeds, odd.min()))
    _count(shape.quoted, data, np.flatnonzero(marks & ~quoted), line=line, fields=fields, feeds=feeds)
    begun = np.concatenate([[inside], quoted[feeds][:-1]])
    if begun.any() or quoted[-1]:
        shape.several_lines = True
        positions = np.flatnonzero(marks)
        n_fields = np.diff(np.flatnonzero(data[positions] == _LINE_FEED), prepend=-1)
        shape.swallowed += (line + np.flatnonzero(begun & (n_fields == fields))).tolist()
    return bool(quoted[-1])


def _irregular(data: Bytes, marks: Mask, opening: Mask, *, closing: Mask) -> Positions:
    """Quotes that neither open a field at its start, nor close it at its end, nor are doubled."""
    opened, closed = np.flatnonzero(opening), np.flatnonzero(closing)
    begins = (opened == 0) | marks[opened - 1] | closing[opened - 1]
    # Each chunk ends with a line feed, so that a byte follows each quote.
    after, second = data[closed + 1], data[np.minimum(closed + 2, len(data) - 1)]
    ends = marks[closed + 1] | opening[closed + 1] | ((after == _RETURN) & (second == _LINE_FEED))
    return np.concatenate([opened[~begins], closed[~ends]])


def _wrapped(data: Bytes, positions: Positions) -> int:
    """Fields between two marks that start and end with a quote."""
    starts = np.concatenate([[0], positions[:-1] + 1])
    last = positions - 1
    last = last - (data[last] == _RETURN)
    return int(((last > starts) & (data[starts] == _QUOTE) & (data[last] == _QUOTE)).sum())


def _count(
    counts: Counts, data: Bytes, positions: Positions, *, line: int, fields: int, feeds: Positions | None = None
) -> None:
    """Add the records between the marks at the places; `feeds` are all line ends where some are within quotes."""
    ends = data[positions] == _LINE_FEED
    if _all_regular(counts, ends, fields):
        counts.records += len(ends) // fields
        counts.blank_inside |= counts.blank > 0
        return
    where = np.flatnonzero(ends)
    if not len(where):
        counts.open_fields = (counts.open_fields or 0) + len(positions)
        return
    stops = positions[where]
    starts = np.concatenate([[0], stops[:-1] + 1])
    n_fields = np.diff(where, prepend=-1)
    empty = (stops == starts) | ((stops == starts + 1) & (data[starts] == _RETURN))
    blank = (n_fields == 1) & empty
    if counts.open_fields is not None:
        n_fields[0] += counts.open_fields
        blank[0] = False
    numbers = line + (np.arange(len(stops)) if feeds is None else np.searchsorted(feeds, stops))
    _add(counts, n_fields, blank, numbers=numbers, fields=fields)
    remaining = len(positions) - int(where[-1]) - 1
    counts.open_fields = remaining if int(stops[-1]) < len(data) - 1 else None


def _all_regular(counts: Counts, ends: Mask, fields: int) -> bool:
    """Whether each line plainly has the right number of fields; a blank line of one field looks like others."""
    if counts.open_fields is not None or fields == 1 or not len(ends) or len(ends) % fields:
        return False
    return bool(ends[fields - 1 :: fields].all()) and int(ends.sum()) * fields == len(ends)


def _add(counts: Counts, n_fields: Positions, blank: Mask, *, numbers: Positions, fields: int) -> None:
    """Add records with their numbers of fields and of lines."""
    short, long = (n_fields < fields) & ~blank, (n_fields > fields) & ~blank
    if short.any() and counts.first_short is None:
        counts.first_short = int(numbers[short.argmax()])
    if long.any():
        if counts.first_long is None:
            counts.first_long = int(numbers[long.argmax()])
        counts.most_fields = max(counts.most_fields, int(n_fields[long].max()))
    filled = np.flatnonzero(~blank)
    empty = np.flatnonzero(blank)
    if len(filled):
        counts.blank_inside |= counts.blank > 0 or bool(len(empty) and empty[0] < filled[-1])
    counts.records += len(filled)
    counts.blank += len(empty)
    counts.short += int(short.sum())
    counts.long += int(long.sum())
