"""Deterministic fallback search: power diagrams which meet a minimum size independently of the random seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Floats
from custseg.clustering.min_size._kmeans_solution import MAX_SEARCH_ROWS
from custseg.clustering.min_size._lloyd import constrained_lloyd, kmeans_plusplus, unconstrained_lloyd
from custseg.clustering.rows._rows import DistinctRows

_SEEDS = 3
_MAX_ITER = 30
_CUTS = 3
# Resolution of weights that are not whole numbers, relative to the mean weight of a cluster.
_RESOLUTION = 1e-6
_BISECTIONS = 60
# Sums of weights may differ by rounding.
_ROUNDING = 1e-9


class Sized(Protocol):
    """A solution with the size of each cluster."""

    @property
    def sizes(self) -> Floats: ...


# Centers and offsets of the cells.
PowerDiagram = tuple[Floats, Floats]
Solution = TypeVar("Solution", bound=Sized)


@dataclass(frozen=True, eq=False)
class FallbackSearch(Generic[Solution]):
    """A few power diagrams that depend on the rows and on `k` alone, not on the seed nor on the minimum size.

    `attempt(diagram, min_size)` returns a solution which starts from the diagram and meets the minimum size, or
    None. A minimum size that one of the diagrams meets is therefore feasible for every seed.
    """

    rows: DistinctRows
    k: int
    attempt: Callable[[PowerDiagram, float], Solution | None]

    def solutions(self, min_size: float) -> Iterator[Solution]:
        """The solutions which meet the minimum size."""
        for diagram in self._diagrams():
            solution = self.attempt(diagram, min_size)
            if solution is not None:
                yield solution

    def feasible(self, below: float) -> float:
        """A feasible minimum size under the refused one: the largest which a diagram meets, 0 if none does."""
        feasible, highest = 0.0, min(self._upper_bound, below - self._unit)
        for diagram in self._diagrams():
            feasible = self._largest_met(diagram, low=feasible, high=highest)
            if feasible > highest - self._unit:
                break
        return feasible

    @cached_property
    def _upper_bound(self) -> float:
        """The largest minimum size conceivable: the heaviest groups of duplicate rows fill one cluster each."""
        heaviest = np.sort(self.rows.weights)[::-1][: self.k]
        remaining = float(self.rows.weights.sum()) - np.append(0.0, np.cumsum(heaviest)[:-1])
        bound = float((remaining / np.arange(self.k, 0, -1)).min())
        return float(np.floor(bound * (1 + 1e-12))) if self._unit == 1.0 else bound

    @cached_property
    def _unit(self) -> float:
        """The step in which minimum sizes are tried."""
        weights = self.rows.weights
        return 1.0 if (weights == np.floor(weights)).all() else _RESOLUTION * float(weights.sum()) / self.k

    def _diagrams(self) -> Iterator[PowerDiagram]:
        """Cuts into intervals, then k-means from fixed seeds with and without the minimum size.

        Of many rows the cuts alone: to assign the others takes minutes.
        """
        X, weights = self.rows.values, self.rows.weights
        for cut in interval_cuts(X, weights, self.k, n_cuts=_CUTS):
            yield cut.centers, cut.offsets
        if len(X) > MAX_SEARCH_ROWS:
            return
        no_offsets = np.zeros(self.k)
        for seed in range(_SEEDS):
            start = kmeans_plusplus(X, weights, self.k, rng=np.random.RandomState(seed))
            free = unconstrained_lloyd(X, weights, start, max_iter=_MAX_ITER, tol=0.0)
            yield free.centers, no_offsets
            bound = constrained_lloyd(X, weights, free, min_size=self._upper_bound, max_iter=_MAX_ITER, tol=0.0)
            yield bound.centers, no_offsets

    def _largest_met(self, diagram: PowerDiagram, *, low: float, high: float) -> float:
        """The largest minimum size up to `high` which the diagram meets, by bisection; `low` if none above it."""
        if high - low < self._unit or self.attempt(diagram, high) is not None:
            return max(low, high)
        met, low_units, high_units = low, int(low / self._unit), int(high / self._unit)
        while low_units < high_units:
            units = (low_units + high_units + 1) // 2
            solution = self.attempt(diagram, units * self._unit)
            if solution is None:
                high_units = units - 1
            else:
                low_units, met = units, units * self._unit
        return met


@dataclass(frozen=True, eq=False)
class IntervalCut:
    """Centers on a line, the offsets which put boundaries midway between rows, and the smallest cluster's weight."""

    centers: Floats
    offsets: Floats
    smallest: float


def interval_cuts(X: Floats, weights: Floats, k: int, *, n_cuts: int) -> list[IntervalCut]:
    """The cuts into k intervals whose smallest interval is heaviest, at most `n_cuts`, the best first.

    Directions: each column, the first principal axis, and one direction on which distinct rows do not coincide.
    """
    # The median and the interquartile range as origin and unit: distant rows cost the others no digits.
    low, middle, high = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
    spread = np.where(high > low, high - low, X.std(axis=0))
    spread = np.where(spread > 0, spread, 1.0)
    scaled = (X - middle) / spread
    cuts = []
    for direction in _directions(scaled, weights):
        projections, group = np.unique((scaled * direction).sum(axis=1), return_inverse=True)
        cumulated: Floats = np.cumsum(np.bincount(group, weights)).astype(np.float64)
        last = _maximin_intervals(cumulated, k)
        if last is None:
            continue
        inner = _innermost(projections, cumulated, last)
        between = (projections[last[:-1]] + projections[last[:-1] + 1]) / 2
        # In the units of the columns, the same order has the direction divided by the spreads.
        along = direction / spread
        squared_length = float((along**2).sum())
        # ‖x - c_j‖² is inner_j (inner_j - 2 projection) / squared_length, except for what all centers share.
        steps = np.diff(inner) * ((inner[1:] - between) + (inner[:-1] - between)) / squared_length
        offsets = np.append(0.0, np.cumsum(steps))
        smallest = float(np.diff(cumulated[last], prepend=0.0).min())
        centers = middle + inner[:, None] * along / squared_length
        cuts.append(IntervalCut(centers, offsets - offsets.min(), smallest))
    return sorted(cuts, key=lambda cut: -cut.smallest)[:n_cuts]


def _directions(scaled: Floats, weights: Floats) -> Floats:
    """Directions, one per row."""
    d = scaled.shape[1]
    if d == 1:
        return np.ones((1, 1))
    # Clipped, so that the principal axis is that of most rows.
    clipped = np.clip(scaled, -3.0, 3.0)
    centered = (clipped - np.average(clipped, axis=0, weights=weights)) * np.sqrt(weights / weights.max())[:, None]
    # Rounded, so that the order of a parallel sum leaves no trace.
    principal = np.round(np.linalg.eigh(np.round(centered.T @ centered / len(scaled), 9))[1][:, -1], 9)
    # Every column counts, each with another weight: distinct rows of a lattice have distinct projections.
    slanted = 1 + np.sqrt(np.arange(2.0, d + 2)) / 10
    return np.concatenate([[slanted], np.eye(d), [principal]])


def _maximin_intervals(cumulated: Floats, k: int) -> NDArray[np.intp] | None:
    """Last position of each of the k intervals whose smallest weight is largest, by bisection; None without any."""
    low, high = 0.0, float(cumulated[-1]) / k
    best, middle = None, 2 * _ROUNDING * high
    for _ in range(_BISECTIONS):
        last = _filled_intervals(cumulated, k, middle)
        if last is not None:
            best, low = last, float(np.diff(cumulated[last], prepend=0.0).min())
        elif best is None:
            return None
        else:
            high = middle
        if high - low <= _ROUNDING * high:
            break
        middle = (low + high) / 2
    return best


def _filled_intervals(cumulated: Floats, k: int, min_size: float) -> NDArray[np.intp] | None:
    """Last position of each interval, where each is filled to the minimum size in turn; None if they run out."""
    last: list[int] = []
    weight_before = 0.0
    for _ in range(k):
        first = last[-1] + 1 if last else 0
        position = first + int(np.searchsorted(cumulated[first:], weight_before + min_size * (1 - _ROUNDING)))
        if position >= len(cumulated):
            return None
        last.append(position)
        weight_before = float(cumulated[position])
    # The remainder belongs to the last interval.
    last[-1] = len(cumulated) - 1
    return np.array(last, dtype=np.intp)


def _innermost(projections: Floats, cumulated: Floats, last: NDArray[np.intp]) -> Floats:
    """The projection in each interval that is nearest to the median: distant rows then cost no precision."""
    first = np.append(0, last[:-1] + 1)
    median = int(np.searchsorted(cumulated, cumulated[-1] / 2))
    return np.asarray(projections[np.clip(median, first, last)])
