"""Whether the first row of a file holds names, and whether its last rows hold totals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from custseg._frames import TableSample
from custseg.inspection.columns._dates import date_readings
from custseg.inspection.columns._facts import ColumnFacts
from custseg.inspection.columns._words import catalog, concepts

_NUMBER = re.compile(r"[-+]?[\d\s.,]*\d(?:[eE][-+]?\d+)?")
_TOTAL = re.compile(rf"\s*({'|'.join(catalog()['totals']['patterns'])})\b.*", re.IGNORECASE)
_LARGEST_LABEL = 40
_SEPARATORS = ",;\t|^~"


def has_header(sample: TableSample, columns: Sequence[ColumnFacts]) -> bool:
    """Whether the names are names: not all numbers or dates above columns of the same kind."""
    if sample.form == "parquet" or any(concepts(column.name) for column in columns):
        return True
    valued = [column for column in columns if column.is_number or column.dates]
    if valued:
        return not all(looks_like_value(column.name) for column in valued)
    # Text alone: a header differs from what stands below it.
    repeated = sum(column.name in set(column.filled) for column in columns)
    return 2 * repeated < max(1, len(columns))


def looks_like_value(name: str) -> bool:
    """Whether the text is a number or a date, or nothing at all."""
    return not name or _NUMBER.fullmatch(name) is not None or bool(date_readings([name]))


def is_matrix(columns: Sequence[ColumnFacts]) -> bool:
    """Whether there are numbers alone, the first row included."""
    return bool(columns) and all(
        looks_like_value(column.name) and (column.numbers.share > 0.9 or not column.filled) for column in columns
    )


def fields_between_spaces(columns: Sequence[ColumnFacts]) -> int:
    """How many fields the only column has between its spaces, the same in nearly every row; 0 for none."""
    if len(columns) != 1 or not columns[0].filled:
        return 0
    counts = Counter(len(value.split()) for value in columns[0].filled)
    [(fields, rows)] = counts.most_common(1)
    return fields if fields > 1 and rows > 0.95 * len(columns[0].filled) else 0


def unsplit_by(columns: Sequence[ColumnFacts]) -> str:
    """The separator that stands equally often in the only name and in nearly every value below it; empty for none."""
    if len(columns) != 1:
        return ""
    name, values = columns[0].name, columns[0].filled
    for mark in _SEPARATORS:
        count = name.count(mark)
        if count and sum(value.count(mark) == count for value in values) > 0.95 * len(values):
            return mark
    return ""


def total_rows(sample: TableSample) -> int:
    """How many of the last rows are totals: they are labeled so, or are empty but for a number."""
    count = 0
    for row in reversed(sample.last):
        if not is_total(row, len(sample.names)):
            break
        count += 1
    return count


def is_total(row: Sequence[str | None], width: int) -> bool:
    """Whether the row holds totals rather than a line of the log."""
    filled = [cell for cell in row if cell]
    if not filled:
        return False
    labeled = any(len(cell) <= _LARGEST_LABEL and _TOTAL.fullmatch(cell) for cell in filled[:2])
    return labeled and len(filled) < max(2, width)
