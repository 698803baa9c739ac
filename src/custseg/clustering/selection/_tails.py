"""Heavy tails: far values that no group can hold are drawn in, so that they take no cluster for themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f, norm

from custseg._arrays import Floats, Integers
from custseg.clustering._methods import rule_from_dict
from custseg.clustering.assignment._assessment import Assessment, AssignmentRule

# Fewer rows tell nothing of a tail.
_FEWEST = 5
# Tail index 3: thinner tails have a variance, and harm little.
_HEAVY = 1 / 3
# Stretches of so many rows; a group is beyond one that is so much thinner than one further inside, and no chance.
_STRETCH, _RISE, _BY_CHANCE = 10, 2.5, 1e-4
# A single step is a gap where it is so many times as large as the largest would be in one of a hundred columns.
_SURE = 1.5
# A tail is looked at in its outermost rows: fewer than a group, and no more than this share.
_OUTER = 0.05
_KNOTS = 64
_QUARTILE = float(norm.ppf(0.75))


@dataclass(frozen=True, eq=False)
class Tail:
    """One side of a column: the distance from its middle that is taken instead of the one that is there.

    Attributes
    ----------
    column : int
        Position of the column.
    middle : float
        Its median.
    sign : {-1.0, 1.0}
        The side: below or above.
    seen, taken : ndarray of shape (n_knots,)
        Distances from the middle, and what becomes of them; in between they are interpolated, beyond they stay
        at the last.
    """

    column: int
    middle: float
    sign: float
    seen: Floats
    taken: Floats

    def drawn_in(self, values: Floats) -> Floats:
        """The values of the column; those of the other side stay."""
        apart = self.sign * (values - self.middle)
        drawn: Floats = np.where(
            apart > self.seen[0], self.middle + self.sign * np.interp(apart, self.seen, self.taken), values
        )
        return drawn


@dataclass(frozen=True, eq=False)
class Tails:
    """The heavy tails of a matrix; none for most.

    A side of a column has one where its outer rows, fewer than a group, lie ever farther out (Hill's estimate of the
    tail index is below 3), and no gap or thin stretch on the way out has so many rows beyond it. Then no value of that
    side stays farther from the median than a normal column would have it at its rank, whose rows on that side
    have the same median distance. (Hill 1975, doi:10.1214/aos/1176343247.)
    """

    parts: tuple[Tail, ...]

    @classmethod
    def of(cls, X: Floats, least: int) -> Tails:
        """The tails of the columns, where a group has so many rows or more."""
        if least < _FEWEST or len(X) < 4 * least:
            return cls(())
        found = (_tail(X[:, c], c, sign, least=least) for c in range(X.shape[1]) for sign in (-1.0, 1.0))
        return cls(tuple(tail for tail in found if tail is not None))

    def drawn_in(self, X: Floats) -> Floats:
        """The rows with their far values drawn in."""
        if not self.parts:
            return X
        drawn = X.copy()
        for tail in self.parts:
            drawn[:, tail.column] = tail.drawn_in(drawn[:, tail.column])
        return drawn

    def to_list(self) -> list[dict[str, Any]]:
        """The tails in lists and numbers, for JSON."""
        return [{**vars(tail), "seen": tail.seen.tolist(), "taken": tail.taken.tolist()} for tail in self.parts]

    @classmethod
    def from_list(cls, plain: list[dict[str, Any]]) -> Tails:
        """The tails that `to_list` wrote."""
        arrays = [{name: np.array(tail[name], dtype=np.float64) for name in ("seen", "taken")} for tail in plain]
        return cls(tuple(Tail(**{**tail, **found}) for tail, found in zip(plain, arrays, strict=True)))

    def beyond(self, X: Floats) -> NDArray[np.bool_]:
        """Which rows lie farther out on a tail than every row that was seen."""
        far = np.zeros(len(X), dtype=bool)
        for tail in self.parts:
            far |= tail.sign * (X[:, tail.column] - tail.middle) > tail.seen[-1]
        return far

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns that have any."""
        return tuple(sorted({tail.column for tail in self.parts}))


def _tail(values: Floats, column: int, sign: float, *, least: int) -> Tail | None:
    """The tail of one side of a column, where it is heavy."""
    middle = float(np.median(values))
    apart = np.sort(sign * (values - middle))
    apart = apart[np.searchsorted(apart, 0.0, side="right") :]
    outer = min(least, max(_FEWEST, int(_OUTER * len(values))))
    if (
        len(apart) < 2 * least + _STRETCH
        or not _is_heavy(apart[-outer:])
        or _holds_a_group(_without_ties(apart), least)
    ):
        return None
    # Half of the rows of a side are within the quartile of the column, as they are for a normal one.
    scale = float(np.median(apart)) / _QUARTILE
    last = norm.isf(0.25 / len(apart))
    scores = np.linspace(_QUARTILE, max(last, 2 * _QUARTILE), _KNOTS)
    there = np.append(np.quantile(apart, 2 * norm.cdf(scores) - 1), apart[-1])
    taken = np.minimum(there, scale * np.append(scores, scores[-1]))
    # Of several ranks with one value the highest counts.
    final = np.append(there[1:] > there[:-1], True)
    return Tail(column, middle, sign, there[final], taken[final])


def _is_heavy(outer: Floats) -> bool:
    """Whether the outermost distances, rising, come from a heavy tail."""
    return bool(outer[0] > 0 and np.log(outer / outer[0]).mean() > _HEAVY)


def _without_ties(ordered: Floats) -> Floats:
    """The values, equal ones spread over the usual step between two: whole numbers stand on steps, not in groups."""
    values, place, counts = np.unique(ordered, return_inverse=True, return_counts=True)
    if len(values) in (1, len(ordered)):
        return ordered
    rank = np.arange(len(ordered)) - (np.cumsum(counts) - counts)[place]
    spread = ordered + float(np.median(np.diff(values))) * ((rank + 0.5) / counts[place] - 0.5)
    within: Floats = np.maximum(spread, ordered / 2)
    return within


def _holds_a_group(apart: Floats, least: int) -> bool:
    """Whether a gap or a thin stretch is on the way out, with as many rows as a group has beyond it.

    Times the rows beyond it, the step from the log of one distance to that of the next is the thinness of a place. It
    keeps its level along a power law (Renyi 1953) and falls along thinner tails; where a group follows, it rises.
    """
    beyond = len(apart) - 1 - np.arange(len(apart) - 1)
    outside = slice(len(apart) // 2, len(apart) - least)
    thin = (beyond * np.diff(np.log(apart)))[outside]
    usual = float(np.median(thin))
    if not usual > 0:
        return True
    count = min(max(_STRETCH, least // 2), len(thin))
    sums = np.cumsum(np.append(0.0, thin))
    stretches = (sums[count:] - sums[:-count]) / count
    rise = float((stretches / np.minimum.accumulate(stretches)).max())
    # Along a power law the steps are exponential: their mean is the median / log 2, and the largest grows with the log.
    largest = float(thin.max()) / usual * np.log(2)
    if rise > max(_RISE, float(f.isf(_BY_CHANCE, 2 * count, 2 * count))):
        return True
    return bool(largest > _SURE * np.log(len(thin) / 0.01))


@dataclass(frozen=True, eq=False)
class TailRule:
    """A rule for rows whose far values are drawn in first.

    Attributes
    ----------
    tails : Tails
        What is drawn in.
    rule : AssignmentRule
        The rule for the rows after that.
    """

    kind: ClassVar[str] = "tails"

    tails: Tails
    rule: AssignmentRule

    def labels(self, X: Floats) -> Integers:
        """The cluster of each row."""
        return self.rule.labels(self.tails.drawn_in(X))

    def assess(self, X: Floats) -> Assessment:
        """How well each row fits its cluster; beyond all that was seen of a tail it is an outlier too."""
        found = self.rule.assess(self.tails.drawn_in(X))
        return replace(found, is_outlier=found.is_outlier | self.tails.beyond(X))

    def contributions(self, row: Floats, first: int, second: int) -> tuple[Floats, float]:
        """By how much each column of one row makes the second cluster costlier than the first, and all else does."""
        return self.rule.contributions(self.tails.drawn_in(row[None, :])[0], first, second)

    def to_dict(self) -> dict[str, Any]:
        """The rule in lists, numbers and words, for JSON."""
        return {"kind": self.kind, "tails": self.tails.to_list(), "rule": self.rule.to_dict()}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> TailRule:
        """The rule that `to_dict` wrote."""
        return cls(Tails.from_list(plain["tails"]), rule_from_dict(plain["rule"]))
