"""Prototypes of the core rows of clusters: each stands for ten customers or more, so that no customer's row is stored."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP

# The direction away from the cluster is judged by so many neighboring prototypes.
_NEIGHBORS = 3


@dataclass(frozen=True, eq=False)
class Prototypes:
    """Prototypes of core rows.

    Attributes
    ----------
    centers : ndarray of shape (n_prototypes, n_columns)
        Means of neighboring rows of one cluster, moved toward its edge by a standard deviation.
    core_distances : ndarray of shape (n_prototypes,)
        Mean core distance of the rows.
    labels : ndarray of int, shape (n_prototypes,)
        Their cluster.
    sizes : ndarray of int, shape (n_prototypes,)
        Number of rows.
    """

    centers: Floats
    core_distances: Floats
    labels: Integers
    sizes: Integers


def prototypes(X: Floats, core_distances: Floats, labels: Integers, *, most: int) -> Prototypes:
    """Prototypes of the rows of clusters 0, 1, ..., by repeated bisection of the group that spreads the most.

    Groups have ten rows or more, or are a whole cluster of fewer; there are at most `most`, or one per cluster. Small
    groups follow the shape of any cluster: they are cut across their longest axis.
    """
    groups = _groups(X, [np.flatnonzero(labels == j) for j in range(int(labels.max(initial=-1)) + 1)], most)
    group_of = np.empty(len(X), dtype=np.intp)
    for number, members in enumerate(groups):
        group_of[members] = number
    means = np.array([_mean(X[members]) for members in groups]).reshape(len(groups), X.shape[1])
    group_labels = np.array([labels[members[0]] for members in groups], dtype=np.intp)
    return Prototypes(
        means + _shifts(X, means, group_of=group_of, labels=group_labels),
        np.array([_mean(core_distances[members]) for members in groups]),
        group_labels,
        np.array([len(members) for members in groups], dtype=np.intp),
    )


def _groups(X: Floats, clusters: Sequence[Integers], most: int) -> list[Integers]:
    """The clusters cut into groups of ten rows or more."""
    heap: list[tuple[float, int, Integers]] = []
    for number, members in enumerate(clusters):
        heapq.heappush(heap, (-_scatter(X, members), number, members))
    ticket = len(heap)
    while 0 < len(heap) < most and heap[0][0] < 0:
        for half in _halves(X, heapq.heappop(heap)[2]):
            heapq.heappush(heap, (-_scatter(X, half), ticket, half))
            ticket += 1
    return [members for _, _, members in sorted(heap, key=lambda entry: entry[1])]


def _scatter(X: Floats, members: Integers) -> float:
    """Sum of squared distances from the mean; 0 for a group that is too small to be cut."""
    if len(members) < 2 * SMALLEST_GROUP:
        return 0.0
    rows = X[members]
    return float(((rows - _mean(rows)) ** 2).sum())


def _halves(X: Floats, members: Integers) -> Iterator[Integers]:
    """The group cut in two across its first principal axis, so that tens fit into the halves about equally often."""
    deviations = X[members] - _mean(X[members])
    axis = np.linalg.eigh(deviations.T @ deviations)[1][:, -1]
    order = np.argsort(deviations @ axis, kind="stable")
    tens = len(members) // SMALLEST_GROUP
    count = len(members) * (tens // 2) // tens
    yield members[order[:count]]
    yield members[order[count:]]


def _shifts(X: Floats, means: Floats, *, group_of: Integers, labels: Integers) -> Floats:
    """Away from the neighboring prototypes of the cluster: a standard deviation at its edge, nearly 0 inside.

    A row outside a cluster is nearer to the outer rows of a group than to their mean, the more so the wider the group
    is. Unshifted, a cluster of narrow groups would win rows from one of wide groups.
    """
    outward = np.zeros_like(means)
    for j in range(int(labels.max(initial=-1)) + 1):
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
    along = ((X - means[group_of]) * direction[group_of]).sum(axis=1)
    variance = np.bincount(group_of, along**2, minlength=len(means)) / np.bincount(group_of, minlength=len(means))
    shifts: Floats = np.sqrt(variance)[:, None] * outward
    return shifts


def _mean(rows: Floats) -> Floats:
    """The mean, exact for equal rows."""
    mean: Floats = rows[0] + (rows - rows[0]).mean(axis=0)
    return mean
