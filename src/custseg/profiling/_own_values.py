"""Ranges of the values that the members of a segment have: "t_per_annum 14–23" rather than 10–50.

The bounds that tell segments apart lie anywhere in the gap between them. A range that is shown promises that its values
occur in the segment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats
from custseg.profiling.measures._terms import Term
from custseg.texts import roundest

_TAIL, _CENTRAL_TAIL = 0.05, 0.1
"""Shares of the values beyond either end of those without stray ones, and of those that a long tail hardly moves."""
# A bound is rounded by at most so large a part.
_MARGIN = 0.1
# A number that people say is at most so many times as far.
_FAR = 1.5
# Of so many different values or fewer, each is said as it is.
_FEW_VALUES = 12
# A lower bound is near the members if it is below their median by at most so large a part of that.
_NEAR = 0.5
# A bound that is beyond their lowest or highest values by at most so large a part is not moved.
_CLOSE = 0.2


@dataclass(frozen=True)
class OwnValues:
    """Where the values of a column lie that the members of a segment have.

    Attributes
    ----------
    median : float
        Their median.
    tails : tuple of float
        The values at 5 and 95 %: those of the segment without stray ones.
    center : tuple of float
        The values at 10 and 90 %, which a long tail hardly moves, or at the `tail` that was asked for.
    has_few : bool
        Whether there are at most 12 different values, each of which is said as it is.
    is_whole : bool
        Whether all of them are whole numbers.
    spoken : tuple of float
        The numbers that people say of such a column, in ascending order: bounds are rounded to near ones.
    says_last : bool
        Whether the words for an upper bound say the last whole number under it, as "5–9 orders" of fewer than 10 do.
    """

    median: float
    tails: tuple[float, float]
    center: tuple[float, float]
    has_few: bool
    is_whole: bool
    spoken: tuple[float, ...] = ()
    says_last: bool = False

    def tightened(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """The bounds of a range, or a lower one alone, each moved inwards to the values where it is farther out.

        Of a range the bounds are at most those within which nine in ten members are, rounded outwards, so that it loses
        at most a tenth of them; where that is one value, it is the term. A lower bound alone is moved only if it is
        below half of the median and far from the lowest values. Other terms stay as they are.
        """
        bounds = {term.operator: float(term.value) for term in terms if isinstance(term.value, (int, float))}
        if len(bounds) < len(terms) or set(bounds) not in ({">=", "<"}, {">="}):
            return terms
        feature, low = terms[0].feature, bounds[">="]
        first, last = self.tails
        if "<" not in bounds:
            stays = self.is_near(low) or first - low <= _CLOSE * abs(first)
            return terms if stays else (Term(feature, ">=", max(low, self._low(first))),)
        high = bounds["<"]
        if first == last and low <= first < high:
            return (Term(feature, "==", first),)
        # Of few values each is said as it is.
        if self.has_few or first - low > _CLOSE * abs(first):
            low = max(low, self._low(first))
        if self.has_few or high - last > _CLOSE * abs(last):
            high = min(high, self._high(last))
        return (Term(feature, ">=", low), Term(feature, "<", high)) if low < high else terms

    def widened(self, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """Bounds that leave out many members, each moved outwards to those within which nine in ten are.

        A single value becomes a range. Terms that are not bounds in numbers, or that lose nobody so, stay as they are.
        """
        bounds = {term.operator: float(term.value) for term in terms if isinstance(term.value, (int, float))}
        if len(bounds) < len(terms) or not bounds.keys() <= {">=", "<", "=="}:
            return terms
        feature, (first, last) = terms[0].feature, self.center
        is_single = "==" in bounds
        low, high = (bounds["=="],) * 2 if is_single else (bounds.get(">=", -math.inf), bounds.get("<", math.inf))
        low = min(low, self._low(first)) if math.isfinite(low) else low
        if math.isfinite(high):
            high = high if not is_single and last < high else max(high, self._high(last))
        ends = [(">=", low), ("<", high)]
        return tuple(Term(feature, operator, end) for operator, end in ends if math.isfinite(end)) or terms

    def central(self, feature: str) -> tuple[Term, ...]:
        """The range between the values of `center`, rounded outwards; empty where it is one value or has no end."""
        first, last = self.center
        low, high = self._low(first), self._high(last)
        return (Term(feature, ">=", low), Term(feature, "<", high)) if first < last and high < math.inf else ()

    def is_near(self, bound: float) -> bool:
        """Whether a lower bound is at least half of the median: 3 says nothing of customers who have 76."""
        return self.median - bound <= _NEAR * abs(self.median)

    def _low(self, value: float) -> float:
        """The lower bound next to a value."""
        spoken = [number for number in self.spoken if value / _FAR <= number <= value]
        if spoken:
            return spoken[-1]
        rounded = None if self.has_few else roundest(value - _MARGIN * abs(value), value, near=value)
        return value if rounded is None else rounded

    def _high(self, value: float) -> float:
        """The upper bound next to a value, which is below it; infinite where there is none that people say."""
        spoken = [number for number in self.spoken if value < number <= value * _FAR]
        if spoken:
            return spoken[0]
        if self.has_few:
            return _above(value) if self.is_whole else math.inf
        limit = value + _MARGIN * abs(value)
        first = value - 1 if self.says_last else value
        rounded = None if math.isinf(limit) else roundest(first, limit, whole=self.says_last, near=value)
        if rounded is None:
            return _above(value) if self.says_last else math.inf
        return _above(rounded) if self.says_last else rounded


def _above(whole: float) -> float:
    """The next whole number; from 2**53 on the next number that there is."""
    return max(whole + 1, math.nextafter(whole, math.inf))


def own_values(
    members: Floats, *, spoken: tuple[float, ...] = (), says_last: bool = False, tail: float = _CENTRAL_TAIL
) -> OwnValues:
    """Where the values of the members lie, one or more, none of them missing; `tail` is the share beyond either end."""
    quantiles = (_TAIL, tail, 1 - tail, 1 - _TAIL)
    # A quantile is one of the values, so that a bound occurs in the segment.
    first, low, high, last = (float(value) for value in np.quantile(members, quantiles, method="inverted_cdf"))
    return OwnValues(
        median=float(np.median(members)),
        tails=(first, last),
        center=(low, high),
        has_few=len(np.unique(members)) <= _FEW_VALUES,
        is_whole=bool((members == np.floor(members)).all()),
        spoken=spoken,
        says_last=says_last,
    )
