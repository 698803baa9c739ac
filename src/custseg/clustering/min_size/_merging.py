"""The minimum size of density-based clusters: one that is too small joins its nearest neighbor."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.clustering.assignment._nearest_core import CoreRule, NearestCores


@dataclass(frozen=True)
class Merge:
    """A cluster below the minimum size that joined its nearest neighbor, or became noise where there was none.

    Attributes
    ----------
    size : int
        Number of its rows, without those of clusters that had joined it.
    target : int
        The cluster, in the final numbering, that took its core rows; -1 where they became noise.
    distance : float
        Mutual reachability between the two.
    """

    size: int
    target: int
    distance: float


def merged_to_min_size(
    rule: CoreRule, X: Floats, weights: Floats, *, min_size: int
) -> tuple[CoreRule, NearestCores, list[Merge]]:
    """The rule with clusters below the minimum size joined to their nearest neighbor, the smallest first.

    Also the nearest cores of the rows, under that rule.
    """
    merges: list[Merge] = []
    near = rule.nearest_cores(X)
    while True:
        labels = rule.nearest_label(near)
        inside = labels >= 0
        sizes = np.bincount(labels[inside], weights[inside], minlength=rule.n_clusters)
        if not rule.n_clusters or sizes.min() >= min_size:
            return rule, near, merges
        small = int(sizes.argmin())
        joined = sum(m.size for m in merges if m.target == small)
        target, distance = nearest_cluster(rule, small)
        rule, renumbered = _without(rule, small, target)
        if target < 0:
            near = rule.nearest_cores(X)
        merges = [replace(m, target=int(renumbered[m.target]) if m.target >= 0 else -1) for m in merges]
        merges.append(Merge(int(sizes[small]) - joined, int(renumbered[small]), distance))


def nearest_cluster(rule: CoreRule, small: int) -> tuple[int, float]:
    """The nearest other cluster and its distance: mutual reachability of the nearest core rows; -1 if there is none."""
    if rule.n_clusters == 1:
        return -1, math.inf
    inside = rule.core_labels == small
    core, best, label = rule.core_distances[inside], math.inf, -1
    for j in np.unique(rule.core_labels[~inside]).tolist():
        distance = rule.reachable(rule.cores[inside], core, indices=np.flatnonzero(rule.core_labels == j))
        if distance.min() < best:
            best, label = float(distance.min()), int(j)
    return label, best


def _without(rule: CoreRule, small: int, target: int) -> tuple[CoreRule, Integers]:
    """The rule with one cluster joined to another, or dropped, and the new number of each old cluster."""
    renumbered = np.arange(rule.n_clusters)
    renumbered[small + 1 :] -= 1
    renumbered[small] = renumbered[target] if target >= 0 else -1
    labels = renumbered[rule.core_labels]
    remaining = labels >= 0
    limit = rule.limit.copy()
    limit[target] = max(limit[target], limit[small])
    return (
        replace(
            rule,
            cores=rule.cores[remaining],
            core_distances=rule.core_distances[remaining],
            core_labels=labels[remaining],
            n_clusters=rule.n_clusters - 1,
            reach=np.delete(rule.reach, small),
            limit=np.delete(limit, small),
        ),
        renumbered,
    )
