"""Deterministic fallback search: power diagrams which meet a minimum size independently of the random seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Protocol, TypeVar

import numpy as np

from custseg._arrays import Floats
from custseg.clustering.min_size._cuts import interval_cuts
from custseg.clustering.min_size._kmeans_solution import MAX_SEARCH_ROWS
from custseg.clustering.min_size._lloyd import constrained_lloyd, kmeans_plusplus, unconstrained_lloyd
from custseg.clustering.rows._rows import DistinctRows

_SEEDS = 3
_MAX_ITER = 30
_CUTS = 3
# Resolution of weights that are not whole numbers, relative to the mean weight of a cluster.
_RESOLUTION = 1e-6


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
