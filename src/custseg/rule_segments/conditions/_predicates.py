"""Conditions over features: the parts that rules are made of, combined with and, or, not.

Each has one text, which `_grammar.py` reads back, and knows the columns that it needs.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PERCENT = "%"
OPERATORS = ("<", "<=", ">", ">=", "=", "!=")
RATES: Mapping[str, tuple[str, str]] = {
    "open": ("emails_opened", "emails_delivered"),
    "click": ("emails_clicked", "emails_delivered"),
    "click_to_open": ("emails_clicked", "emails_opened"),
}
"""Rates with a name of their own: the columns of successes and trials."""
RATE_COLUMNS: Mapping[str, tuple[str, str]] = {
    "open_rate": RATES["open"],
    "click_rate": RATES["click"],
    "click_to_open": RATES["click_to_open"],
}
"""Columns of plain rates, and the counts that they are made of."""
KEYWORDS = frozenset(
    ("and", "or", "not", "in", "is", "within", "valid", "for", "by", "yes", "no", "unknown", "rate_above", "overdue")
)
CAPITALS = frozenset(("AND", "OR", "NOT", "IN", "IS"))
"""Words that may be written as in SQL."""
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


class Predicate(ABC):
    """A condition on the features of a customer: true, false, or unknown where a value is missing.

    Combine conditions with ``&`` (and), ``|`` (or) and ``~`` (not); ``str`` gives the text that TOML files have. Make
    them with `column` and `rate_above`, or write them as text.

    Examples
    --------
    >>> from custseg.rule_segments import column, rate_above
    >>> str(column("recency_days").within(30) & ~rate_above("open", 0.5, sure=0.8))
    'recency_days within 30 days and not rate_above(open, 0.5, sure=0.8)'
    """

    def __and__(self, other: Predicate) -> Predicate:
        return AllOf((*_operands(self, AllOf), *_operands(other, AllOf)))

    def __or__(self, other: Predicate) -> Predicate:
        return AnyOf((*_operands(self, AnyOf), *_operands(other, AnyOf)))

    def __invert__(self) -> Predicate:
        return self.operand if isinstance(self, Not) else Not(self)

    def __bool__(self) -> bool:
        raise TypeError("Predicate: join conditions with &, | and ~, each in parentheses, and not with and, or, not.")

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns that the condition needs, each once."""

    @property
    def tests(self) -> tuple[Predicate, ...]:
        """The conditions on single values that this one is made of."""
        return (self,)


@dataclass(frozen=True)
class Comparison(Predicate):
    """A number compared with a bound, whose unit is a word, a currency or the per cent sign."""

    column: str
    operator: str
    value: float
    unit: str = ""

    @property
    def bound(self) -> float:
        """The bound in the unit of the column: 50 % is 0.5."""
        return self.value / 100 if self.unit == PERCENT else self.value

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"{name_text(self.column)} {self.operator} {number_text(self.value)}{unit}"


@dataclass(frozen=True)
class Within(Predicate):
    """A number of days before the snapshot that lies in a window: from 0 to so many days, both included."""

    column: str
    days: int

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def __str__(self) -> str:
        return f"{name_text(self.column)} within {self.days} days"


@dataclass(frozen=True)
class OneOf(Predicate):
    """A text that equals one of several."""

    column: str
    values: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def __str__(self) -> str:
        words = [value_text(value) for value in self.values]
        test = f"= {words[0]}" if len(words) == 1 else f"in [{', '.join(words)}]"
        return f"{name_text(self.column)} {test}"


@dataclass(frozen=True)
class Flag(Predicate):
    """A column of yes and no that is yes, or that is no."""

    column: str
    is_yes: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def __str__(self) -> str:
        return f"{name_text(self.column)} is {'yes' if self.is_yes else 'no'}"


@dataclass(frozen=True)
class Unknown(Predicate):
    """A value that is missing; this condition is never unknown itself."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def __str__(self) -> str:
        return f"{name_text(self.column)} is unknown"


@dataclass(frozen=True)
class RateAbove(Predicate):
    """A rate of successes among trials that is above a bound with a given probability; `sure` None is the plain rule.

    Unknown without a trial.
    """

    successes: str
    trials: str
    rate: float
    sure: float | None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.successes, self.trials)

    @property
    def key(self) -> str:
        """The counts, as the key of their prior."""
        return f"{name_text(self.successes)} / {name_text(self.trials)}"

    def __str__(self) -> str:
        names = [name for name, counts in RATES.items() if counts == self.columns]
        sure = "" if self.sure is None else f", sure={number_text(self.sure)}"
        return f"rate_above({names[0] if names else self.key}, {number_text(self.rate)}{sure})"


@dataclass(frozen=True)
class Overdue(Predicate):
    """The next order would have come by now, with a given probability, at the customer's own rhythm."""

    sure: float

    @property
    def columns(self) -> tuple[str, ...]:
        return ("overdue_ratio", "order_days")

    def __str__(self) -> str:
        return f"overdue(sure={number_text(self.sure)})"


@dataclass(frozen=True)
class Valid(Predicate):
    """A condition that is unknown where the value was observed too many days ago, or nobody knows when."""

    test: Predicate
    days: int
    age: str

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.test.columns, self.age)))

    def __str__(self) -> str:
        return f"{self.test} valid for {self.days} days by {name_text(self.age)}"


@dataclass(frozen=True)
class Not(Predicate):
    """The negation."""

    operand: Predicate

    @property
    def columns(self) -> tuple[str, ...]:
        return self.operand.columns

    @property
    def tests(self) -> tuple[Predicate, ...]:
        return self.operand.tests

    def __str__(self) -> str:
        return f"not {_inner_text(self.operand, (AllOf, AnyOf))}"


@dataclass(frozen=True)
class AllOf(Predicate):
    """All conditions hold."""

    operands: tuple[Predicate, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return _columns_of(self.operands)

    @property
    def tests(self) -> tuple[Predicate, ...]:
        return tuple(test for operand in self.operands for test in operand.tests)

    def __str__(self) -> str:
        return " and ".join(_inner_text(operand, (AnyOf,)) for operand in self.operands)


@dataclass(frozen=True)
class AnyOf(Predicate):
    """At least one condition holds."""

    operands: tuple[Predicate, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return _columns_of(self.operands)

    @property
    def tests(self) -> tuple[Predicate, ...]:
        return tuple(test for operand in self.operands for test in operand.tests)

    def __str__(self) -> str:
        return " or ".join(map(str, self.operands))


def name_text(column: str) -> str:
    """A column as rules write it: in double quotes unless it is one word."""
    if _IDENTIFIER.fullmatch(column) and column not in KEYWORDS | CAPITALS:
        return column
    return '"' + column.replace('"', '""') + '"'


def value_text(value: str) -> str:
    """A text as rules write it."""
    return "'" + value.replace("'", "''") + "'"


def number_text(value: float) -> str:
    """A number as rules write it: it reads back as the same float."""
    return repr(float(value)).removesuffix(".0")


def _columns_of(operands: tuple[Predicate, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for operand in operands for name in operand.columns))


def _operands(predicate: object, kind: type[AllOf] | type[AnyOf]) -> Iterator[Predicate]:
    """The operands of a condition of this kind, or the condition itself."""
    if not isinstance(predicate, Predicate):
        raise TypeError(f"Predicate: join conditions with conditions, got {type(predicate).__name__}.")
    if isinstance(predicate, kind):
        yield from predicate.operands
    else:
        yield predicate


def _inner_text(predicate: Predicate, in_parentheses: tuple[type[Predicate], ...]) -> str:
    return f"({predicate})" if isinstance(predicate, in_parentheses) else str(predicate)
