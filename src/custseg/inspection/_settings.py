"""How numbers and dates of a file are written, from the columns that have a role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custseg.inspection.columns._dates import DateReading
from custseg.inspection.columns._facts import ColumnFacts
from custseg.inspection.columns._numbers import joint_readings
from custseg.inspection.columns._roles import Certainty

_ALL = 0.999


@dataclass(frozen=True)
class NumberSetting:
    """The decimal mark and the thousands separator, empty for none, and how certain they are.

    `rivals` are other pairs that read the same texts as different numbers; `example` is such a text.
    """

    decimal: str = "."
    thousands: str = ""
    certainty: Certainty = "certain"
    rivals: tuple[tuple[str, str], ...] = ()
    example: str = ""
    column: str = ""


@dataclass(frozen=True)
class DateSetting:
    """The pattern of the dates, empty for ISO 8601, and how certain it is."""

    reading: DateReading
    certainty: Certainty = "certain"
    rivals: tuple[DateReading, ...] = ()
    example: str = ""


def number_setting(money: Sequence[ColumnFacts], columns: Sequence[ColumnFacts]) -> NumberSetting:
    """The marks of the columns of money; all columns of numbers decide where these are ambiguous."""
    marked = [column for column in money if column.kind == "text" and column.numbers.marked]
    if not marked:
        return NumberSetting()
    readings = joint_readings([column.numbers for column in marked])
    if len(readings) == 1:
        return _setting(readings, marked, "certain")
    remaining = [column for column in columns if column.kind == "text" and column.numbers.marked and column.is_number]
    together = joint_readings([column.numbers for column in (*marked, *remaining)])
    if len(readings) > 1 and len(together) == 1:
        return _setting(together, marked, "likely")
    if not readings:
        separate = [joint_readings([column.numbers]) for column in marked]
        readings = list(dict.fromkeys(pair for pairs in separate for pair in pairs)) or [(".", "")]
    return _setting(readings, marked, "ambiguous")


def _setting(
    readings: Sequence[tuple[str, str]], columns: Sequence[ColumnFacts], certainty: Certainty
) -> NumberSetting:
    decimal, thousands = readings[0]
    spaces = next((column.numbers.spaces for column in columns if column.numbers.spaces), " ")
    # Where nothing reads all numbers, the longest shows it: 1,23,456.50.
    pick = max if certainty == "ambiguous" and len(readings) == 1 else min
    telling = [(pick(column.numbers.texts, key=lambda text: (len(text), text)), column.name) for column in columns]
    example, name = telling[0]
    return NumberSetting(
        decimal, spaces if thousands == " " else thousands, certainty, tuple(readings[1:]), example, name
    )


def date_setting(column: ColumnFacts, columns: Sequence[ColumnFacts]) -> DateSetting | None:
    """The pattern of the date column; other columns of dates in the same form decide where it is ambiguous."""
    if not column.dates:
        return None
    best, *rivals = column.dates
    example = column.filled[0] if column.filled else ""
    if not rivals:
        return DateSetting(best, "certain" if best.share >= _ALL else "likely", example=example)
    for reference in columns:
        if reference is not column and len(reference.dates) == 1:
            matching = [reading for reading in column.dates if reading.order == reference.dates[0].order]
            if len(matching) == 1 and _marks(matching[0].pattern) == _marks(reference.dates[0].pattern):
                return DateSetting(matching[0], "likely", example=example)
    return DateSetting(best, "ambiguous", tuple(rivals), example)


def _marks(pattern: str) -> str:
    """The marks between day, month and year."""
    return "".join(character for character in pattern[:8] if not character.isalpha() and character != "%")
