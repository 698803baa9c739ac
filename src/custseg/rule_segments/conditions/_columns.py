"""How conditions are written in Python: `column`, `rate_above` and `overdue`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

from custseg._checks import check_choice, check_integer
from custseg.rule_segments.conditions._predicates import (
    RATES,
    Comparison,
    Flag,
    OneOf,
    Overdue,
    Predicate,
    RateAbove,
    Unknown,
    Valid,
    Within,
)

LONGEST = 36_600
"""Days of the longest window."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column to make conditions of; see `column`.

    Attributes
    ----------
    name : str
        The feature.
    age : str or None
        The column with the age of the values in days; None where values do not grow stale.
    max_age_days : int
        Values that are older are unknown.
    """

    name: str
    age: str | None = None
    max_age_days: int = 0

    __hash__ = None  # type: ignore[assignment]

    def valid_for(self, days: int, *, age: str) -> Column:
        """The column whose values are unknown if they were observed more than so many days ago.

        Parameters
        ----------
        days : int
            The greatest age in days.
        age : str
            The column with the age of each value, in days; where it is missing, the value is unknown.
        """
        return replace(
            self,
            age=_name(age, "age"),
            max_age_days=check_integer("valid_for", "days", days, minimum=0, maximum=LONGEST),
        )

    def compared(self, operator: str, value: object, unit: str = "") -> Predicate:
        """The comparison with a number in a unit: a word such as "days", a currency such as "RUB", or "%"."""
        if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
            raise TypeError(f"column: {self.name!r} must be compared with a finite number, got {value!r}.")
        return self._valid(Comparison(self.name, operator, float(value), unit))

    def __gt__(self, value: object) -> Predicate:
        return self.compared(">", *_with_unit(value))

    def __ge__(self, value: object) -> Predicate:
        return self.compared(">=", *_with_unit(value))

    def __lt__(self, value: object) -> Predicate:
        return self.compared("<", *_with_unit(value))

    def __le__(self, value: object) -> Predicate:
        return self.compared("<=", *_with_unit(value))

    def __eq__(self, value: object) -> Predicate:  # type: ignore[override]
        return self.one_of([value]) if isinstance(value, str) else self.compared("=", *_with_unit(value))

    def __ne__(self, value: object) -> Predicate:  # type: ignore[override]
        return ~self.one_of([value]) if isinstance(value, str) else self.compared("!=", *_with_unit(value))

    def within(self, days: int) -> Predicate:
        """Whether a number of days before the snapshot lies in the window of so many calendar days before it.

        A purchase exactly `days` days ago is in the window, ``[as_of - days, as_of)``, as for `window_days`.
        """
        return self._valid(Within(self.name, check_integer("within", "days", days, minimum=1, maximum=LONGEST)))

    def one_of(self, values: Iterable[str]) -> Predicate:
        """Whether a text is one of these, letter by letter."""
        words = [values] if isinstance(values, str) else list(values)
        if not words or not all(isinstance(word, str) for word in words):
            raise TypeError(f"one_of: {self.name!r} must be compared with one text or more, got {words!r}.")
        return self._valid(OneOf(self.name, tuple(dict.fromkeys(words))))

    def is_yes(self) -> Predicate:
        """Whether a flag is yes."""
        return self._valid(Flag(self.name, is_yes=True))

    def is_no(self) -> Predicate:
        """Whether a flag is no."""
        return self._valid(Flag(self.name, is_yes=False))

    def is_unknown(self) -> Predicate:
        """Whether the value is missing."""
        return Unknown(self.name)

    def _valid(self, test: Predicate) -> Predicate:
        return test if self.age is None else Valid(test, self.max_age_days, self.age)


def column(name: str) -> Column:
    """A column to make conditions of.

    Parameters
    ----------
    name : str
        The feature.

    Returns
    -------
    Column
        Compare it with numbers by ``<``, ``<=``, ``>``, ``>=``, ``==`` and ``!=``; a number may have a unit, as in
        ``column("order_value") > (5000, "RUB")`` or ``column("return_share") > (20, "%")``. Compare it with text by
        ``==``, ``!=`` and ``one_of``. ``within(30)`` is the window of the last 30 days; ``is_yes()``, ``is_no()`` and
        ``is_unknown()`` are for flags and missing values; ``valid_for(365, age=...)`` makes stale values unknown.

    Examples
    --------
    >>> from custseg.rule_segments import column
    >>> str((column("order_value") > (5000, "RUB")) & (column("region") == "Moscow"))
    "order_value > 5000 RUB and region = 'Moscow'"
    """
    return Column(_name(name, "name"))


def rate_above(rate: str | Sequence[str], bound: float, *, sure: float | None = 0.8) -> Predicate:
    """Whether a rate of a customer is above a bound, by the evidence.

    With x successes of n trials and the Beta prior that is fitted to the rates of all customers, the condition is
    P(rate > bound | x, n) >= `sure`. One open of one mail is no evidence of a rate above one half; nine of ten are.

    Parameters
    ----------
    rate : {"open", "click", "click_to_open"} or sequence of str
        The rate, or the columns of successes and of trials, such as ``("emails_opened", "emails_delivered")``.
    bound : float
        Between 0 and 1, both excluded.
    sure : float or None, default 0.8
        The probability. None is the plain rule, x / n > bound; `RuleSegments.check` says how often it is right.

    Returns
    -------
    Predicate
        Unknown for a customer without a trial.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or value.

    References
    ----------
    Kleinman, J. C. (1973). Proportions with extraneous variance: single and independent samples. Journal of the
    American Statistical Association 68(341), 46-54. doi:10.1080/01621459.1973.10481332

    Examples
    --------
    >>> from custseg.rule_segments import rate_above
    >>> str(rate_above("open", 0.5, sure=0.8))
    'rate_above(open, 0.5, sure=0.8)'
    """
    if isinstance(rate, str):
        check_choice("rate_above", "rate", rate, allowed=list(RATES))
        counts: Any = RATES[rate]
    else:
        counts = rate
    if not isinstance(counts, Sequence) or len(counts) != 2 or not all(isinstance(name, str) for name in counts):
        raise TypeError(f"rate_above: rate must be a name or two columns, successes and trials, got {rate!r}.")
    probability = None if sure is None else _probability("rate_above", "sure", sure)
    return RateAbove(counts[0], counts[1], _probability("rate_above", "bound", bound), probability)


def overdue(*, sure: float = 0.8) -> Predicate:
    """Whether the next order of a customer would have come by now, at the customer's own rhythm.

    With n gaps between order days of sum G, the median gap g0 of all customers and gaps that are exponential, the next
    gap is longer than the t days since the last order with probability ``(1 + t / (G + 2 g0)) ** -(n + 2)``. The
    condition is that this is at most 1 - `sure`: after one order it takes much longer than after ten.

    Parameters
    ----------
    sure : float, default 0.8
        The probability, between 0 and 1.

    Returns
    -------
    Predicate
        Of the columns `overdue_ratio` and `order_days`; unknown for a customer without an order.

    Examples
    --------
    >>> from custseg.rule_segments import overdue
    >>> str(overdue(sure=0.9))
    'overdue(sure=0.9)'
    """
    return Overdue(_probability("overdue", "sure", sure))


def _probability(caller: str, argument: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{caller}: {argument} must be a number, got {value!r}.")
    probability = float(value)
    if not 0 < probability < 1:
        raise ValueError(f"{caller}: {argument} must lie between 0 and 1, both excluded, got {probability:g}.")
    return probability


def _with_unit(value: object) -> tuple[object, str]:
    """A number and its unit."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str):
        return value
    return value, ""


def _name(value: object, argument: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"column: {argument} must be the name of a column, got {value!r}.")
    return value
