"""The best of several k-means starts under a minimum size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from custseg._numerics import Floats
from custseg.clustering.min_size._fallback import FallbackSearch, PowerDiagram
from custseg.clustering.min_size._kmeans_solution import KMeansSolution, kmeans_solution, meets
from custseg.clustering.min_size._lloyd import (
    CenterCosts,
    LloydResult,
    constrained_lloyd,
    unconstrained_lloyd,
)
from custseg.clustering.min_size._offsets import cluster_sizes
from custseg.clustering.rows._rows import DistinctRows

# Starts whose costs differ by less, relatively, ended in the same clusters.
_SAME_COST = 1e-9
# Each sample is this many times as large as the one before it.
_GROWTH = 4
# A smaller sample would rank starts by chance: of 4,096 rows, the best clusters cost up to 1 % more at last.
_SMALLEST_SAMPLE = 16_384
# And so would one with fewer rows in a cluster of the minimum size.
_ROWS_PER_CLUSTER = 50
# Two, because ties may leave one of them without a solution.
_FEWEST_FINALISTS = 2
# Starts are ranked once their centers move by less than this many times the tolerance, after two thirds of their steps:
# of ten starts, the best clusters cost 0.001 % more at last, with a minimum size 0.01 % (0.07 and 0.5 % at most).
_RANKING_TOLERANCE = 10


@dataclass(frozen=True, eq=False)
class Restarts:
    """The rows, the constraint and the limits that all starts share.

    Of many rows, all starts run on a sample; the better half of them continue on one that is four times as large, and
    so on to all rows (successive halving, Jamieson and Talwalkar 2016), where few steps are left to do.
    """

    rows: DistinctRows
    k: int
    min_size: float
    max_iter: int
    tol: float

    @cached_property
    def samples(self) -> list[DistinctRows]:
        """Samples of increasing size, the last of all rows."""
        n, weights, total = len(self.rows.values), self.rows.weights, float(self.rows.weights.sum())
        # Kish's effective number of rows: less than n where a few are heavy.
        effective = total**2 / float((weights**2).sum())
        smallest = max(_SMALLEST_SAMPLE, _ROWS_PER_CLUSTER * total / self.min_size * n / effective)
        sizes = []
        size = n / _GROWTH
        while size >= smallest:
            sizes.append(int(size))
            size /= _GROWTH
        return [*map(self.rows.first, reversed(sizes)), self.rows]

    def best(self, centers: Sequence[Floats]) -> KMeansSolution | None:
        """The solution of least cost over all starts, else that of the fallback search; None if there is none."""
        tol = self.tol * float(self.rows.scales.mean())
        no_labels = np.empty(0, dtype=np.int32)
        starts = [LloydResult(start, np.zeros(self.k), no_labels, np.nan, 0, converged=False) for start in centers]
        for sample in self.samples[:-1]:
            starts = self._finalists(starts, sample, tol)
        best: KMeansSolution | None = None
        ranked = self._unconstrained(starts, self.rows, tol * _RANKING_TOLERANCE)[: _n_finalists(starts)]
        for start in self._unconstrained(ranked, self.rows, tol):
            # The cost without the minimum size is approximately a lower bound of the cost with it.
            if best is not None and best.cost <= start.inertia:
                continue
            solution = self._solution(start, tol)
            if solution is not None and (best is None or solution.cost < best.cost):
                best = solution
        return best or self._by_fallback()

    def _finalists(self, starts: list[LloydResult], sample: DistinctRows, tol: float) -> list[LloydResult]:
        """The starts whose cost under the minimum size is lowest on a sample, and where they got to."""
        count = _n_finalists(starts)
        best: list[LloydResult] = []
        for start in self._unconstrained(starts, sample, tol):
            if len(best) < count or start.inertia < best[-1].inertia:
                best.append(replace(self._constrained(start, sample, tol), steps=0))
                best = sorted(best, key=lambda result: result.inertia)[:count]
        return best

    def _unconstrained(self, starts: list[LloydResult], rows: DistinctRows, tol: float) -> list[LloydResult]:
        """The starts after Lloyd's steps, by increasing cost; those which have offsets as they are.

        These have the cost on the sample before, which is less than any on this one.
        """

        def steps(start: LloydResult) -> LloydResult:
            if start.offsets.any():
                return start
            left = self.max_iter - start.steps
            result = unconstrained_lloyd(rows.values, rows.weights, start.centers, max_iter=left, tol=tol)
            return replace(result, steps=start.steps + result.steps)

        return _distinct_starts([steps(start) for start in starts])

    def _constrained(self, start: LloydResult, rows: DistinctRows, tol: float) -> LloydResult:
        """The start after Lloyd's steps under the minimum size, if it does not meet it already."""
        X, weights = rows.values, rows.weights
        min_size = self.min_size * float(weights.sum() / self.rows.weights.sum())
        if not start.offsets.any() and meets(cluster_sizes(start.labels, weights, self.k), min_size):
            return start
        result = constrained_lloyd(X, weights, start, min_size=min_size, max_iter=self.max_iter, tol=tol)
        if rows is self.rows:
            return result
        cost = float((CenterCosts(X, result.centers).to_assigned(result.labels) * weights).sum())
        return replace(result, inertia=cost)

    def _solution(self, start: LloydResult, tol: float) -> KMeansSolution | None:
        """The solution that a start leads to; at its own centers if ties leave no better ones."""
        result = self._constrained(start, self.rows, tol)
        solution = kmeans_solution(self.rows, result, self.min_size)
        return solution if solution or result is start else kmeans_solution(self.rows, start, self.min_size)

    def _by_fallback(self) -> KMeansSolution | None:
        """The solution of least cost of the fallback search, each also improved by Lloyd's steps."""
        best: KMeansSolution | None = None
        for solution in self.fallback_search.solutions(self.min_size):
            for candidate in (solution, self._improved(solution)):
                if candidate is not None and (best is None or candidate.cost < best.cost):
                    best = candidate
        return best

    def _improved(self, solution: KMeansSolution) -> KMeansSolution | None:
        start = LloydResult(
            solution.centers, solution.offsets, solution.labels, solution.cost, solution.steps, solution.converged
        )
        result = constrained_lloyd(
            self.rows.values, self.rows.weights, start, min_size=self.min_size, max_iter=self.max_iter, tol=0.0
        )
        return kmeans_solution(self.rows, result, self.min_size)

    @cached_property
    def fallback_search(self) -> FallbackSearch[KMeansSolution]:
        """The search whose result does not depend on the seed."""

        def attempt(diagram: PowerDiagram, min_size: float) -> KMeansSolution | None:
            start = LloydResult(*diagram, np.empty(0, dtype=np.int32), np.nan, 0, converged=False)
            return kmeans_solution(self.rows, start, min_size, accept_start=True)

        return FallbackSearch(self.rows, self.k, attempt)


def _n_finalists(starts: Sequence[LloydResult]) -> int:
    """How many of these starts go on: half of them, but at least two."""
    return max(-(-len(starts) // 2), _FEWEST_FINALISTS)


def _distinct_starts(starts: list[LloydResult]) -> list[LloydResult]:
    """The starts by increasing cost, without those that ended in the same clusters."""
    ordered = sorted(starts, key=lambda start: start.inertia)
    return [
        start
        for before, start in zip([None, *ordered], ordered, strict=False)
        if before is None or start.inertia - before.inertia > _SAME_COST * start.inertia
    ]
