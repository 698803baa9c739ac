"""The best of several k-means starts under a minimum size, its clusters numbered by size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from custseg._arrays import Floats
from custseg.clustering.min_size._fallback import Diagram, LastResort
from custseg.clustering.min_size._kmeans_solution import End, meets, numbered
from custseg.clustering.min_size._lloyd import CenterCosts, Clustered, bound_clustering, free_clustering
from custseg.clustering.min_size._offsets import cluster_sizes
from custseg.clustering.rows._rows import DistinctRows, column_scales

# Ends whose costs differ by less, relatively, are the same end.
_SAME = 1e-9
# With many more rows, the starts compete on so many, and so many of them go on.
_RACE = 65_536
_FINALISTS = 3


@dataclass(frozen=True, eq=False)
class Search:
    """What is asked of the starts."""

    rows: DistinctRows
    k: int
    least: float
    max_iter: int
    tol: float

    def best(self, starts: Sequence[Floats]) -> End | None:
        """The cheapest end of all starts, or else of the last resort; None where there is none."""
        X, weights = self.rows.values, self.rows.weights
        tol = self.tol * float(column_scales(self.rows).mean())
        free = [free_clustering(X, weights, centers, max_iter=self.max_iter, tol=tol) for centers in starts]
        best: End | None = None
        for start in self._raced(_different(free), tol):
            # What a start costs without the minimum is about the least that it can cost with it.
            if best is not None and best.cost <= start.inertia:
                continue
            end = self._end(start, tol)
            if end is not None and (best is None or end.cost < best.cost):
                best = end
        return best or self._by_last_resort()

    def _raced(self, starts: list[Clustered], tol: float) -> list[Clustered]:
        """Of many rows, the starts that end best on a sample under the minimum, and where they end there."""
        if len(self.rows.values) < 4 * _RACE or len(starts) <= _FINALISTS:
            return starts
        # Rows stand in the order of their hashes: the first are a random sample.
        X, weights = self.rows.values[:_RACE], self.rows.weights[:_RACE]
        portion = float(weights.sum() / self.rows.weights.sum())
        ends = []
        for start in starts:
            if meets(cluster_sizes(start.labels, self.rows.weights, self.k), self.least):
                ends.append((start.inertia, start))
                continue
            bound = bound_clustering(X, weights, start, least=self.least * portion, max_iter=self.max_iter, tol=tol)
            cost = float((CenterCosts(X, bound.centers).own(bound.labels) * weights).sum()) / portion
            there = replace(start, centers=bound.centers, offsets=bound.offsets, steps=bound.steps)
            ends.append((cost, there))
        return [start for _, start in sorted(ends, key=lambda end: end[0])[:_FINALISTS]]

    def _end(self, start: Clustered, tol: float) -> End | None:
        """Where a start ends under the minimum; near its free centers where ties forbid better ones."""
        weights = self.rows.weights
        if meets(cluster_sizes(start.labels, weights, self.k), self.least):
            return numbered(self.rows, start, self.least)
        bound = bound_clustering(self.rows.values, weights, start, least=self.least, max_iter=self.max_iter, tol=tol)
        return numbered(self.rows, bound, self.least) or numbered(self.rows, start, self.least)

    def _by_last_resort(self) -> End | None:
        """The cheapest that centers of the last resort lead to; None where none of them meets the minimum."""
        best: End | None = None
        for end in self.last_resort.meeting(self.least):
            for better in (end, self._improved(end)):
                if better is not None and (best is None or better.cost < best.cost):
                    best = better
        return best

    def _improved(self, end: End) -> End | None:
        start = Clustered(end.centers, end.offsets, end.labels, end.cost, end.steps, end.converged)
        bound = bound_clustering(
            self.rows.values, self.rows.weights, start, least=self.least, max_iter=self.max_iter, tol=0.0
        )
        return numbered(self.rows, bound, self.least)

    @cached_property
    def last_resort(self) -> LastResort[End]:
        """The search that no seed touches."""
        return last_resort(self.rows, self.k)


def last_resort(rows: DistinctRows, k: int) -> LastResort[End]:
    """The search for centers whose power diagram meets a minimum."""

    def attempt(diagram: Diagram, least: float) -> End | None:
        centers, offsets = diagram
        start = Clustered(centers, offsets, np.empty(0, dtype=np.int32), np.nan, 0, converged=False)
        return numbered(rows, start, least, as_given=True)

    return LastResort(rows, k, attempt)


def _different(starts: list[Clustered]) -> list[Clustered]:
    """The starts by rising cost, each end once: many lead to the same."""
    ordered = sorted(starts, key=lambda start: start.inertia)
    return [
        start
        for before, start in zip([None, *ordered], ordered, strict=False)
        if before is None or start.inertia - before.inertia > _SAME * start.inertia
    ]
