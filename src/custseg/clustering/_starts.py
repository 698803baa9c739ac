"""The best of several k-means starts under a minimum size, its clusters numbered by size."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from custseg.clustering._line import line_centres
from custseg.clustering._lloyd import CentreCosts, Clustered, bound_clustering, free_clustering, seeds
from custseg.clustering._minimum import (
    Floats,
    Labels,
    Settled,
    cluster_sizes,
    largest_minimum,
    optimal_offsets,
    settled_offsets,
)
from custseg.clustering._rows import DistinctRows
from custseg.errors import InfeasibleMinimumError

# Ends whose costs differ by less, relatively, are the same end.
_SAME = 1e-9
# With many more rows, the starts compete on so many, and so many of them go on.
_RACE = 65_536
_FINALISTS = 3


@dataclass(frozen=True, eq=False)
class End:
    """Clusters that meet the minimum with equal rows together, the largest first."""

    centres: Floats
    offsets: Floats
    labels: Labels
    sizes: Floats
    cost: float
    steps: int
    converged: bool


@dataclass(frozen=True, eq=False)
class Search:
    """What is asked of the starts."""

    rows: DistinctRows
    k: int
    least: float
    n_init: int
    max_iter: int
    tol: float

    def best(self, rng: np.random.RandomState, name: str) -> End:
        """The cheapest end of all starts; an error with the largest feasible minimum if there is none."""
        X, weights = self.rows.values, self.rows.weights
        tol = self.tol * _mean_variance(X, weights)
        free = [
            free_clustering(X, weights, seeds(X, weights, self.k, rng=rng), max_iter=self.max_iter, tol=tol)
            for _ in range(self.n_init)
        ]
        best: End | None = None
        for start in self._raced(_different(free), tol):
            # What a start costs without the minimum is about the least that it can cost with it.
            if best is not None and best.cost <= start.inertia:
                continue
            end = self._end(start, tol)
            if end is not None and (best is None or end.cost < best.cost):
                best = end
        return best or self._on_a_line(free, name)

    def _raced(self, starts: list[Clustered], tol: float) -> list[Clustered]:
        """Of many rows, the starts that end best on a sample under the minimum, and where they end there."""
        if len(self.rows.values) < 4 * _RACE or len(starts) <= _FINALISTS:
            return starts
        # Rows stand in the order of their hashes: the first are a random sample.
        X, weights = self.rows.values[:_RACE], self.rows.weights[:_RACE]
        portion = float(weights.sum() / self.rows.weights.sum())
        ends = []
        for start in starts:
            if self._meets(cluster_sizes(start.labels, self.rows.weights, self.k)):
                ends.append((start.inertia, start))
                continue
            bound = bound_clustering(X, weights, start, least=self.least * portion, max_iter=self.max_iter, tol=tol)
            cost = float((CentreCosts(X, bound.centres).own(bound.labels) * weights).sum()) / portion
            there = replace(start, centres=bound.centres, offsets=bound.offsets, steps=bound.steps)
            ends.append((cost, there))
        return [start for _, start in sorted(ends, key=lambda end: end[0])[:_FINALISTS]]

    def _end(self, start: Clustered, tol: float) -> End | None:
        """Where a start ends under the minimum; near its free centres where ties forbid better ones."""
        weights = self.rows.weights
        if self._meets(cluster_sizes(start.labels, weights, self.k)):
            return self._numbered(start)
        bound = bound_clustering(self.rows.values, weights, start, least=self.least, max_iter=self.max_iter, tol=tol)
        return self._numbered(bound) or self._numbered(start)

    def _on_a_line(self, free: list[Clustered], name: str) -> End:
        """Ranges on a line, the last resort where equal rows are many; an error if these are too small."""
        for start in _different(free)[:_FINALISTS]:
            end = self._numbered(start)
            if end is not None:
                return end
        line, feasible = line_centres(self.rows.values, self.rows.weights, self.k)
        if self.least <= feasible:
            end = self._numbered(replace(free[0], centres=line, offsets=np.zeros(self.k)))
            if end is not None:
                return end
        for start in _different(free)[:_FINALISTS]:
            costs = CentreCosts(self.rows.values, start.centres)
            most = largest_minimum(costs, self.rows.weights, self.least, k=self.k)
            feasible = max(feasible, most)
        raise InfeasibleMinimumError(
            f"{name}: no {self.k} clusters of at least {self.least:g} were found without splitting equal "
            f"rows, of which the largest group holds {self.rows.weights.max():g}. "
            f"min_size={feasible} is feasible, and so may be fewer clusters.",
            feasible=feasible,
        )

    def _numbered(self, found: Clustered) -> End | None:
        """The clusters with equal rows together, the largest first; None where the minimum forbids it."""
        centres, offsets = found.centres, found.offsets
        end: End | None = None
        for _ in range(10):
            costs = CentreCosts(self.rows.values, centres)
            settled = self._settled(costs, offsets)
            if settled is None:
                return None
            cost = float((costs.own(settled.labels) * self.rows.weights).sum())
            end = End(centres, settled.offsets, settled.labels, settled.sizes, cost, found.steps, found.converged)
            order = np.lexsort((*centres.T[::-1], -settled.sizes))
            if np.array_equal(order, np.arange(self.k)):
                break
            # Rows that are exactly tied may change their cluster with its number: look again.
            centres, offsets = np.ascontiguousarray(centres[order]), settled.offsets[order]
        return end

    def _settled(self, costs: CentreCosts, offsets: Floats) -> Settled | None:
        """The offsets themselves where there are none and none are needed; or else the least that do."""
        weights = self.rows.weights
        if not offsets.any():
            labels, _ = costs.assign(offsets)
            sizes = cluster_sizes(labels, weights, self.k)
            if self._meets(sizes):
                return Settled(offsets, labels, sizes)
            offsets, _ = optimal_offsets(costs, weights, self.least, start=offsets)
        return settled_offsets(costs, weights, self.least, start=offsets)

    def _meets(self, sizes: Floats) -> bool:
        return bool(sizes.min() >= self.least * (1 - 1e-9))


def _different(starts: list[Clustered]) -> list[Clustered]:
    """The starts by rising cost, each end once: many lead to the same."""
    ordered = sorted(starts, key=lambda start: start.inertia)
    return [
        start
        for before, start in zip([None, *ordered], ordered, strict=False)
        if before is None or start.inertia - before.inertia > _SAME * start.inertia
    ]


def _mean_variance(X: Floats, weights: Floats) -> float:
    """Mean over the columns of the weighted variance."""
    total = weights.sum()
    means = [float((weights * X[:, c]).sum() / total) for c in range(X.shape[1])]
    return float(np.mean([(weights * (X[:, c] - mean) ** 2).sum() / total for c, mean in enumerate(means)]))
