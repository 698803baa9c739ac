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
from custseg.clustering.rows._rows import DistinctRows, column_scales

# Starts whose costs differ by less, relatively, ended in the same clusters.
_SAME_COST = 1e-9
# With at least four times as many rows, starts are ranked on a sample of this size, and only the best continue.
_SAMPLE = 65_536
_FINALISTS = 3


@dataclass(frozen=True, eq=False)
class Restarts:
    """The rows, the constraint and the limits that all starts share."""

    rows: DistinctRows
    k: int
    min_size: float
    max_iter: int
    tol: float

    def best(self, centers: Sequence[Floats]) -> KMeansSolution | None:
        """The solution of least cost over all starts, else that of the fallback search; None if there is none."""
        X, weights = self.rows.values, self.rows.weights
        tol = self.tol * float(column_scales(self.rows).mean())
        starts = [unconstrained_lloyd(X, weights, start, max_iter=self.max_iter, tol=tol) for start in centers]
        best: KMeansSolution | None = None
        for start in self._finalists(_distinct_starts(starts), tol):
            # The cost without the minimum size is approximately a lower bound of the cost with it.
            if best is not None and best.cost <= start.inertia:
                continue
            solution = self._constrained(start, tol)
            if solution is not None and (best is None or solution.cost < best.cost):
                best = solution
        return best or self._by_fallback()

    def _finalists(self, starts: list[LloydResult], tol: float) -> list[LloydResult]:
        """Of many rows, the starts whose cost under the minimum size is lowest on a sample, and where they got to."""
        if len(self.rows.values) < 4 * _SAMPLE or len(starts) <= _FINALISTS:
            return starts
        # Rows are in the order of their hashes: the first are a random sample.
        X, weights = self.rows.values[:_SAMPLE], self.rows.weights[:_SAMPLE]
        share = float(weights.sum() / self.rows.weights.sum())
        ranked = []
        for start in starts:
            if meets(cluster_sizes(start.labels, self.rows.weights, self.k), self.min_size):
                ranked.append((start.inertia, start))
                continue
            result = constrained_lloyd(
                X, weights, start, min_size=self.min_size * share, max_iter=self.max_iter, tol=tol
            )
            cost = float((CenterCosts(X, result.centers).to_assigned(result.labels) * weights).sum()) / share
            ranked.append((cost, replace(start, centers=result.centers, offsets=result.offsets, steps=result.steps)))
        return [start for _, start in sorted(ranked, key=lambda pair: pair[0])[:_FINALISTS]]

    def _constrained(self, start: LloydResult, tol: float) -> KMeansSolution | None:
        """The solution that a start leads to; at its unconstrained centers if ties leave no better ones."""
        weights = self.rows.weights
        if meets(cluster_sizes(start.labels, weights, self.k), self.min_size):
            return kmeans_solution(self.rows, start, self.min_size)
        result = constrained_lloyd(
            self.rows.values, weights, start, min_size=self.min_size, max_iter=self.max_iter, tol=tol
        )
        return kmeans_solution(self.rows, result, self.min_size) or kmeans_solution(self.rows, start, self.min_size)

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


def _distinct_starts(starts: list[LloydResult]) -> list[LloydResult]:
    """The starts by increasing cost, without those that ended in the same clusters."""
    ordered = sorted(starts, key=lambda start: start.inertia)
    return [
        start
        for before, start in zip([None, *ordered], ordered, strict=False)
        if before is None or start.inertia - before.inertia > _SAME_COST * start.inertia
    ]
