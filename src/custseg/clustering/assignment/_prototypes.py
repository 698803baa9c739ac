"""Prototypes in place of core rows: each stands for ten customers or more, so that no customer's row is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from scipy.spatial import cKDTree

from custseg._numerics import Floats, Integers
from custseg.clustering.assignment._groups import along_tree, in_halves
from custseg.clustering.assignment._nearest_core import CoreRule

# The direction away from the cluster is judged by so many neighboring prototypes.
_NEIGHBORS = 3


def condensed(rule: CoreRule, X: Floats, *, max_prototypes: int) -> CoreRule:
    """The rule with prototypes in place of its core rows; there are at most `max_prototypes`, or one per cluster.

    A prototype stands for a group of ten core rows or more of one cluster, or for all rows of a cluster of fewer: its
    place is their mean, its core distance their mean core distance. Of four ways to choose prototypes (compact groups
    or groups along the spanning tree, means as they are or moved outward) the one is used whose labels of the rows
    agree most often with those of the core rows.
    """
    labels = rule.labels(X)
    best, agreement = rule, -1.0
    for candidate in _candidates(rule, max_prototypes):
        share = float((candidate.labels(X) == labels).mean())
        if share > agreement:
            best, agreement = candidate, share
        if share == 1:
            break
    return best


def _candidates(rule: CoreRule, max_prototypes: int) -> Iterator[CoreRule]:
    clusters = [np.flatnonzero(rule.core_labels == j) for j in range(rule.n_clusters)]
    for cut_up, is_moved in product((in_halves, along_tree), (True, False)):
        groups = cut_up(rule.cores, clusters, max_groups=max_prototypes)
        yield with_prototypes(rule, groups, is_moved=is_moved)


def with_prototypes(rule: CoreRule, groups: Sequence[Integers], *, is_moved: bool) -> CoreRule:
    """The rule with one prototype for each group of core rows."""
    group_of = np.empty(len(rule.cores), dtype=np.intp)
    for number, members in enumerate(groups):
        group_of[members] = number
    means = np.array([_mean(rule.cores[members]) for members in groups])
    labels = np.array([rule.core_labels[members[0]] for members in groups])
    shifts = _shifts(rule.cores, means, group_of=group_of, labels=labels) if is_moved else 0.0
    neighbors = round(rule.neighbors * len(groups) / len(rule.cores))
    return replace(
        rule,
        cores=means + shifts,
        core_distances=np.array([_mean(rule.core_distances[members]) for members in groups]),
        core_labels=labels,
        neighbors=max(1, min(neighbors, len(groups))),
    )


def _shifts(rows: Floats, means: Floats, *, group_of: Integers, labels: Integers) -> Floats:
    """Away from the neighboring means of the cluster: a standard deviation at its edge, nearly 0 inside.

    A row outside a cluster is nearer to the outer rows of a group than to their mean, the more so the wider the group
    is. Unmoved, a cluster of narrow groups wins rows from one of wide groups.
    """
    outward = np.zeros_like(means)
    for j in np.unique(labels):
        members = np.flatnonzero(labels == j)
        count = min(_NEIGHBORS, len(members) - 1)
        if count < 1:
            continue
        distances, near = cKDTree(means[members]).query(means[members], k=np.arange(2, count + 2))
        from_neighbors = means[members] - means[members[near]].mean(axis=1)
        scale = distances.mean(axis=1)[:, None]
        outward[members] = np.divide(from_neighbors, scale, out=np.zeros_like(from_neighbors), where=scale > 0)
    length = np.linalg.norm(outward, axis=1, keepdims=True)
    direction = np.divide(outward, length, out=np.zeros_like(outward), where=length > 0)
    along = ((rows - means[group_of]) * direction[group_of]).sum(axis=1)
    variance = np.bincount(group_of, along**2) / np.bincount(group_of)
    shifts: Floats = np.sqrt(variance)[:, None] * outward
    return shifts


def _mean(values: Floats) -> Floats:
    """The mean, exact for equal values."""
    mean: Floats = values[0] + (values - values[0]).mean(axis=0)
    return mean
