"""Clusters of centers and offsets that meet a minimum with equal rows together, numbered by size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._arrays import Floats, Labels32
from custseg.clustering.min_size._lloyd import CenterCosts, Clustered
from custseg.clustering.min_size._offsets import Costs, Settled, cluster_sizes, optimal_offsets, settled_offsets
from custseg.clustering.rows._rows import DistinctRows


@dataclass(frozen=True, eq=False)
class End:
    """Clusters that meet the minimum with equal rows together, the largest first."""

    centers: Floats
    offsets: Floats
    labels: Labels32
    sizes: Floats
    cost: float
    steps: int
    converged: bool


# With more rows, offsets that meet the minimum are taken as they are where no start led to better ones.
MANY = 5_000


def numbered(rows: DistinctRows, found: Clustered, least: float, *, as_given: bool = False) -> End | None:
    """The clusters with equal rows together, the largest first; None where the minimum forbids it."""
    centers, offsets, k = found.centers, found.offsets, len(found.centers)
    end: End | None = None
    for _ in range(10):
        costs = CenterCosts(rows.values, centers)
        settled = settled_or_free(costs, rows.weights, least, start=offsets, as_given=as_given)
        if settled is None:
            return None
        cost = float((costs.own(settled.labels) * rows.weights).sum())
        end = End(centers, settled.offsets, settled.labels, settled.sizes, cost, found.steps, found.converged)
        order = np.lexsort((*centers.T[::-1], -settled.sizes))
        if np.array_equal(order, np.arange(k)):
            break
        # Rows that are exactly tied may change their cluster with its number: look again.
        centers, offsets = np.ascontiguousarray(centers[order]), settled.offsets[order]
    return end


def settled_or_free(
    costs: Costs, weights: Floats, least: float, *, start: Floats, as_given: bool = False
) -> Settled | None:
    """The offsets themselves where there are none and none are needed; or else the least that do.

    With `as_given` the offsets themselves will do where no lesser ones are found, or rows are many.
    """
    given: Settled | None = None
    if as_given or not start.any():
        labels, _ = costs.assign(start)
        sizes = cluster_sizes(labels, weights, len(start))
        given = Settled(start, labels, sizes) if meets(sizes, least) else None
        if (given and not start.any()) or (as_given and len(costs) > MANY):
            return given
    if not start.any():
        start, _ = optimal_offsets(costs, weights, least, start=start)
    return settled_offsets(costs, weights, least, start=start) or given


def meets(sizes: Floats, least: float) -> bool:
    """Whether the smallest cluster reaches the minimum, but for the rounding of sums."""
    return bool(sizes.min() >= least * (1 - 1e-9))
