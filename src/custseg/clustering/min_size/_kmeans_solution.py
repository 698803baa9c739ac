"""Solutions of k-means under a minimum size: duplicate rows together, clusters sorted by size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers, Labels32
from custseg.clustering.min_size._lloyd import CenterCosts, LloydResult
from custseg.clustering.min_size._offsets import Costs, cluster_sizes, optimal_offsets
from custseg.clustering.min_size._sized_assignment import SizedAssignment, sized_assignment
from custseg.clustering.rows._rows import DistinctRows


@dataclass(frozen=True, eq=False)
class KMeansSolution:
    """Centers and offsets whose clusters meet the minimum size with duplicate rows together, the largest first."""

    centers: Floats
    offsets: Floats
    labels: Labels32
    sizes: Floats
    cost: float
    steps: int
    converged: bool


# With more rows, offsets which meet the minimum size are accepted without a search for smaller ones.
MAX_SEARCH_ROWS = 5_000


def kmeans_solution(
    rows: DistinctRows, result: LloydResult, min_size: float, *, accept_start: bool = False
) -> KMeansSolution | None:
    """Assign the rows to the centers under the minimum size, and sort the clusters; None if that is impossible."""
    centers, offsets, k = result.centers, result.offsets, len(result.centers)
    if len(result.labels) == len(rows.values):
        order = _largest_first(centers, cluster_sizes(result.labels, rows.weights, k))
        centers, offsets = np.ascontiguousarray(centers[order]), offsets[order]
    solution: KMeansSolution | None = None
    for _ in range(10):
        costs = CenterCosts(rows.values, centers)
        assignment = feasible_assignment(costs, rows.weights, min_size, start=offsets, accept_start=accept_start)
        if assignment is None:
            return None
        offsets, labels, sizes = assignment.offsets, assignment.labels, assignment.sizes
        cost = float((costs.to_assigned(labels) * rows.weights).sum())
        solution = KMeansSolution(centers, offsets, labels, sizes, cost, result.steps, result.converged)
        order = _largest_first(centers, sizes)
        if np.array_equal(order, np.arange(k)):
            break
        # Exact ties may be broken differently once the clusters are renumbered: assign again.
        centers, offsets = np.ascontiguousarray(centers[order]), offsets[order]
    return solution


def _largest_first(centers: Floats, sizes: Floats) -> Integers:
    """The order of the clusters by decreasing size, equal ones by the values of their centers."""
    return np.lexsort((*centers.T[::-1], -sizes))


def feasible_assignment(
    costs: Costs, weights: Floats, min_size: float, *, start: Floats, accept_start: bool = False
) -> SizedAssignment | None:
    """The assignment without offsets if it meets the minimum size, else the one with minimal offsets, else None.

    With `accept_start` the offsets given as start are accepted if no smaller ones are found, or if rows are many.
    """
    at_start: SizedAssignment | None = None
    if accept_start or not start.any():
        labels, _ = costs.assign(start)
        sizes = cluster_sizes(labels, weights, len(start))
        at_start = SizedAssignment(start, labels, sizes) if meets(sizes, min_size) else None
        if (at_start and not start.any()) or (accept_start and len(costs) > MAX_SEARCH_ROWS):
            return at_start
    if not start.any():
        start, _ = optimal_offsets(costs, weights, min_size, start=start)
    return sized_assignment(costs, weights, min_size, start=start) or at_start


def meets(sizes: Floats, min_size: float) -> bool:
    """Whether the smallest cluster reaches the minimum size, up to the rounding of sums."""
    return bool(sizes.min() >= min_size * (1 - 1e-9))
