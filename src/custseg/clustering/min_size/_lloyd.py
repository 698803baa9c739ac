"""K-means++ seeds and Lloyd's algorithm on distinct rows, without and with a minimum size.

Not scikit-learn's: the result is bitwise the same for any number of threads, and rows have offsets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers, Labels32
from custseg.clustering.min_size._offsets import optimal_offsets
from custseg.clustering.rows._blocks import (
    cluster_means,
    in_one_block,
    lloyd_steps,
    over_blocks,
    power_labels,
    squared_distances,
)


@dataclass(frozen=True, eq=False)
class CenterCosts:
    """Squared distances of rows to centers."""

    rows: Floats
    centers: Floats

    def __len__(self) -> int:
        return len(self.rows)

    def assign(self, offsets: Floats) -> tuple[Labels32, Floats]:
        """Label of each row, and the cost margin to its second-best cluster."""
        labels, gaps, _ = power_labels(self.rows, self.centers, offsets)
        return labels, gaps

    def matrix(self, chosen: Integers) -> Floats:
        """The costs of the chosen rows."""
        return squared_distances(self.rows[chosen], self.centers)

    def to_assigned(self, labels: Labels32) -> Floats:
        """Squared distance of each row to the center of its label."""
        of_blocks = over_blocks(
            len(self.rows), lambda block: ((self.rows[block] - self.centers[labels[block]]) ** 2).sum(axis=1)
        )
        return np.concatenate(of_blocks)

    def first(self, rows: int) -> CenterCosts:
        """The same of the first rows alone."""
        return CenterCosts(self.rows[:rows], self.centers)


@dataclass(frozen=True, eq=False)
class LloydResult:
    """The centers and labels after Lloyd's steps.

    `offsets` enforce the minimum size up to ties; `converged` is whether the steps ended before their limit.
    """

    centers: Floats
    offsets: Floats
    labels: Labels32
    inertia: float
    steps: int
    converged: bool


def kmeans_plusplus(X: Floats, weights: Floats, k: int, *, rng: np.random.RandomState) -> Floats:
    """Greedy k-means++ seeds (Arthur and Vassilvitskii 2007): of a few draws the one which lowers the cost most."""
    from custseg.clustering.rows import _kernels

    first = min(int(np.searchsorted(np.cumsum(weights), rng.uniform() * weights.sum())), len(X) - 1)
    uniforms = rng.uniform(size=(k - 1, 2 + int(np.log(k))))
    chosen = np.full(k, first)
    if in_one_block(len(X)):
        closest, *work_space = np.full(len(X), np.inf), *np.empty((3, len(X)))
        _kernels.seeds(X, weights, chosen, uniforms, closest, *work_space)
    else:
        _add_seeds_by_blocks(X, weights, chosen=chosen, uniforms=uniforms)
    seeds: Floats = X[chosen]
    return seeds


def _add_seeds_by_blocks(X: Floats, weights: Floats, *, chosen: Integers, uniforms: Floats) -> None:
    """The seeds after the first one, as `_kernels.seeds` chooses them, with blocks of rows in threads."""
    from custseg.clustering.rows import _kernels

    closest, best_distances, candidate = np.full(len(X), np.inf), np.empty(len(X)), np.empty(len(X))

    def distances_with(row: int, out: Floats) -> float:
        def block_potential(block: slice) -> float:
            return float(_kernels.nearer(X[block], weights[block], X[row], closest[block], out[block]))

        return float(np.sum(over_blocks(len(X), block_potential)))

    distances_with(chosen[0], closest)
    for j in range(1, len(chosen)):
        total = np.cumsum(weights * closest)
        rows = np.searchsorted(total, uniforms[j - 1] * total[-1])
        best = np.inf
        for row in np.minimum(rows, len(X) - 1):
            potential = distances_with(int(row), candidate)
            if potential < best:
                best, chosen[j] = potential, row
                best_distances, candidate = candidate, best_distances
        closest, best_distances = best_distances, closest


def unconstrained_lloyd(X: Floats, weights: Floats, centers: Floats, *, max_iter: int, tol: float) -> LloydResult:
    """Lloyd's algorithm, until the centers move by at most `tol` (sum of squares)."""
    k = len(centers)
    no_offsets = np.zeros(k)
    if in_one_block(len(X)):
        assigned, centers, step, converged = lloyd_steps(
            X, weights, centers, offsets=no_offsets, max_iter=max_iter, tol=tol
        )
        labels, _, own_costs = assigned
        return LloydResult(centers, no_offsets, labels, float((own_costs * weights).sum()), step, converged)
    labels, own_costs = np.full(len(X), -1, dtype=np.int32), np.empty(0)
    step, converged = 0, False
    while step < max_iter and not converged:
        step += 1
        before = labels
        labels, _, own_costs = power_labels(X, centers, no_offsets)
        if np.array_equal(labels, before):
            converged = True
            break
        means, sizes = cluster_means(X, weights, labels, n_clusters=k)
        moved = np.where(sizes[:, None] > 0, means, centers)
        converged = float(((moved - centers) ** 2).sum()) <= tol
        centers = moved
    labels, _, own_costs = power_labels(X, centers, no_offsets)
    return LloydResult(centers, no_offsets, labels, float((own_costs * weights).sum()), step, converged)


def constrained_lloyd(
    X: Floats, weights: Floats, start: LloydResult, *, min_size: float, max_iter: int, tol: float
) -> LloydResult:
    """Constrained k-means (Bradley et al. 2000): Lloyd's steps with the optimal assignment under the minimum size."""
    centers, offsets, converged = start.centers, start.offsets, False
    labels = start.labels
    for step in range(1, max_iter + 1):
        before = labels
        offsets, labels = optimal_offsets(CenterCosts(X, centers), weights, min_size, start=offsets)
        means, sizes = cluster_means(X, weights, labels, n_clusters=len(centers))
        moved = np.where(sizes[:, None] > 0, means, centers)
        shift = float(((moved - centers) ** 2).sum())
        if shift <= tol or (step > 1 and np.array_equal(before, labels)):
            converged = True
            break
        centers = moved
    steps = start.steps + step
    return LloydResult(centers, offsets, labels, np.nan, steps, converged)
