"""Facts about the values of one column: dates, numbers, ids, shares."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from custseg._frames import ColumnKind
from custseg.inspection.columns._dates import DateReading, date_readings, number_of_time
from custseg.inspection.columns._numbers import READINGS, NumberFacts, number_facts, plain_number
from custseg.inspection.columns._words import concepts, name_scores

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_YES_NO = {"true", "t", "yes", "y", "1", "false", "f", "no", "n", "0"}
_CURRENCY = re.compile(r"[A-Z]{3}|[$€£¥₽₹]|R\$|руб\.?")
_WHOLE = re.compile(r"-?\d+(\.0+)?")
_MOSTLY = 0.95
_NAMED = 0.6


@dataclass(frozen=True)
class ColumnFacts:
    """One column of the sample: its name, its type and its values as text."""

    index: int
    name: str
    kind: ColumnKind
    values: Sequence[str | None]

    @cached_property
    def scores(self) -> Mapping[str, float]:
        """How well the name fits each role."""
        return name_scores(self.name)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """The concepts in the name."""
        return concepts(self.name)

    @cached_property
    def filled(self) -> list[str]:
        """The values that are not empty."""
        return [value for value in self.values if value is not None]

    @cached_property
    def filled_share(self) -> float:
        """Share of the rows that have a value."""
        return len(self.filled) / len(self.values) if self.values else 0.0

    @cached_property
    def distinct(self) -> int:
        """Number of different values."""
        return len(set(self.filled))

    @cached_property
    def distinct_share(self) -> float:
        """Different values per filled row: 1 where none repeats."""
        return self.distinct / len(self.filled) if self.filled else 0.0

    @cached_property
    def dates(self) -> list[DateReading]:
        """The ways to read the values as dates; empty where they are none."""
        if self.kind in ("date", "datetime", "zoned datetime"):
            return [DateReading("", 1.0)]
        if self.time_number and self.scores.get("date", 0.0) >= _NAMED:
            return [DateReading(self.time_number, 1.0, self.time_number)]
        return date_readings(self.filled) if self.kind == "text" else []

    @cached_property
    def time_number(self) -> str:
        """The format of the numbers if they are times, such as "unix"; empty where they are none."""
        return number_of_time(self.filled) if self.kind in ("text", "integer", "number") else ""

    @property
    def is_date(self) -> bool:
        """Whether the values are dates: eight digits alone need a name that says so."""
        if not self.dates:
            return False
        return self.dates[0].pattern != "%Y%m%d" or "date" in self.scores

    @cached_property
    def numbers(self) -> NumberFacts:
        """How the numbers are written."""
        if self.kind in ("integer", "number"):
            return NumberFacts(1.0, frozenset({(".", "")}))
        return number_facts(self.filled) if self.kind == "text" else NumberFacts(0.0, frozenset())

    @property
    def is_number(self) -> bool:
        """Whether nearly all values are numbers, and not dates."""
        return self.numbers.share >= _MOSTLY and not self.is_date

    @cached_property
    def is_whole(self) -> bool:
        """Whether nearly all values are whole numbers without marks."""
        return bool(self.filled) and _share(self.filled, _WHOLE) >= _MOSTLY

    @cached_property
    def has_decimals(self) -> bool:
        """Whether the values are numbers with marks; "85123A" is none."""
        return self.is_number and not self.is_whole and (self.kind != "text" or self.numbers.marked)

    @cached_property
    def is_id(self) -> bool:
        """Whether the values can be ids: neither dates nor numbers with decimals, and more than one."""
        readable = self.kind not in ("boolean", "other")
        decimals = self.has_decimals and "id" not in self.concepts  # "1690.17040" may be the id of a visitor
        return readable and self.distinct > 1 and not self.is_date and not decimals

    @cached_property
    def is_email(self) -> bool:
        """Whether nearly all values are addresses of e-mail."""
        return bool(self.filled) and _share(self.filled, _EMAIL) >= _MOSTLY

    @cached_property
    def is_currency(self) -> bool:
        """Whether the values are codes or signs of currencies."""
        return bool(self.filled) and self.distinct <= 50 and _share(self.filled, _CURRENCY) >= _MOSTLY

    @cached_property
    def is_yes_or_no(self) -> bool:
        """Whether the values are the yes and no that `Orders` reads."""
        return self.kind == "boolean" or ({value.lower() for value in self.filled} <= _YES_NO and self.distinct > 0)

    @cached_property
    def is_share(self) -> bool:
        """Whether the numbers are shares or percentages rather than money."""
        if "%" in self.numbers.signs:
            return True
        numbers = [number for value in set(self.filled) if (number := self.number(value)) is not None]
        return bool(numbers) and 0 < max(numbers) <= 1 and min(numbers) >= 0

    @cached_property
    def may_be_percent(self) -> bool:
        """Whether the numbers are whole, from 0 to 100, and no name says that they are money."""
        numbers = [number for value in set(self.filled) if (number := self.number(value)) is not None]
        return "amount" not in self.concepts and self.is_whole and min(numbers) >= 0 and max(numbers) <= 100

    def number(self, value: str | None) -> float | None:
        """The value as a number, in the plainest reading of the column."""
        decimal, thousands = next((pair for pair in READINGS if pair in self.numbers.readings), (".", ""))
        return None if value is None else plain_number(value, decimal, thousands)


def _share(values: Sequence[str], form: re.Pattern[str]) -> float:
    return sum(form.fullmatch(value) is not None for value in values) / len(values)


def determines(keys: Sequence[str | None], values: Sequence[str | None]) -> float:
    """Share of the repeated values of `keys` that always stand beside the same one of `values`; 1 if none repeats."""
    beside: dict[str, set[str]] = {}
    rows: dict[str, int] = {}
    for key, value in zip(keys, values, strict=True):
        if key is not None and value is not None:
            beside.setdefault(key, set()).add(value)
            rows[key] = rows.get(key, 0) + 1
    repeated = [key for key, count in rows.items() if count > 1]
    return sum(len(beside[key]) == 1 for key in repeated) / len(repeated) if repeated else 1.0


def same_values(first: ColumnFacts, second: ColumnFacts) -> bool:
    """Whether two columns hold the same in nearly every row."""
    equal = sum(a == b for a, b in zip(first.values, second.values, strict=True))
    return equal > 0.99 * len(first.values)


def same_partition(first: ColumnFacts, second: ColumnFacts) -> bool:
    """Whether two columns split the rows into the same groups, so that they are interchangeable."""
    return (
        abs(first.distinct - second.distinct) <= 0.01 * max(first.distinct, second.distinct)
        and determines(first.values, second.values) > 0.99
        and determines(second.values, first.values) > 0.99
    )
