"""Separation of clusters: whether one can walk from the dense half of one cluster to that of another.

Start at `ReachabilityTree.separations`; `without_shared_values` removes the gaps between values that many rows share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.spatial import cKDTree

from custseg._numerics import Floats, Integers

# A core distance reaches so many rows beside the own one.
_NEIGHBORS = 5
# From so many columns on, or up to so many rows, a search tree is slower than all distances.
_MANY_COLUMNS, _FEW_ROWS = 6, 1_000
# A value that at least this share of the rows have is shared.
SHARED = 0.05


@dataclass(frozen=True, eq=False)
class ReachabilityTree:
    """The minimum spanning tree of rows by mutual reachability, as Prim's algorithm builds it.

    Attributes
    ----------
    core : ndarray of shape (n_rows,)
        Squared core distance of each row.
    order : ndarray of int, shape (n_rows,)
        The rows in the order in which they join the tree.
    lengths : ndarray of shape (n_rows,)
        Length of the edge by which each of them joins.

    References
    ----------
    Campello, Moulavi, Sander (2013), doi:10.1007/978-3-642-37456-2_14 (mutual reachability). Fischer and Buhmann
    (2003), doi:10.1109/TPAMI.2003.1190577 (path distance).
    """

    core: Floats
    order: Integers
    lengths: Floats

    @classmethod
    def of(cls, X: Floats, *, smallest: int | None = None) -> Self:
        """The tree of the rows; takes time and memory O(n²) and O(n).

        `smallest` is the size of the smallest cluster: a core distance must not reach beyond it.
        """
        from custseg.clustering.rows._path_kernels import prim_order

        n = len(X)
        neighbors = _NEIGHBORS if smallest is None else max(1, min(_NEIGHBORS, smallest - 1))
        core = _core_distances(X, min(neighbors, n - 1))
        order, lengths = np.empty(n, dtype=np.int64), np.zeros(n)
        prim_order(np.array(X.T, order="C"), core.copy(), np.full(n, np.inf), np.empty(n), np.arange(n), order, lengths)
        return cls(core, order, np.sqrt(lengths))

    def separations(self, labels: Integers) -> Floats:
        """Separation of each two clusters, shape (n_clusters, n_clusters); infinite on the diagonal.

        1 - (mean path distance within the dense half of a cluster, the larger of the two) / (shortest path distance
        between the two dense halves). The path distance of two rows is the longest step on the best path between
        them. Above 0 a sparse region separates the two; below 0 one can walk from one to the other within the dense
        region. Rows on the border and noise have no influence.
        """
        from custseg.clustering.rows._path_kernels import path_distances

        k = int(labels.max()) + 1
        half = self._dense_halves(labels, k)
        within, between = np.zeros(k), np.full((k, k), np.inf)
        path_distances(half[self.order], self.lengths, within, between)
        sizes = np.bincount(half[half >= 0], minlength=k)
        within /= np.maximum(sizes * (sizes - 1) / 2, 1)
        larger = np.maximum(within[:, None], within[None, :])
        separations: Floats = 1 - np.divide(larger, between, out=np.ones((k, k)), where=between > 0)
        np.fill_diagonal(separations, np.inf)
        return separations

    def _dense_halves(self, labels: Integers, k: int) -> Integers:
        """The label of each row in the dense half of its cluster, -1 for the others."""
        half = np.full(len(labels), -1)
        for cluster in range(k):
            members = np.flatnonzero(labels == cluster)
            count = max(2, (len(members) + 1) // 2)
            half[members[np.argsort(self.core[members], kind="stable")][:count]] = cluster
        return half


def _core_distances(X: Floats, neighbors: int) -> Floats:
    """Squared distance of each row to its furthest of so many nearest other rows."""
    from custseg.clustering.rows._path_kernels import core_distances

    n_rows, n_columns = X.shape
    if neighbors < 1 or (n_columns < _MANY_COLUMNS and n_rows > _FEW_ROWS):
        distances: Floats = cKDTree(X).query(X, k=[neighbors + 1])[0][:, 0] ** 2
        return distances
    core = np.empty(n_rows)
    core_distances(np.ascontiguousarray(X.T), np.empty(n_rows), np.empty(neighbors), core)
    return core


def smallest_separations(tree: ReachabilityTree, labelings: Sequence[Integers], numbers: Sequence[int]) -> Floats:
    """The separation of the two least separated clusters of each labeling into these numbers of clusters.

    -inf where the rows of the tree hold fewer clusters: what has no row in a sample is not known to be separated.
    """
    smallest = np.full(len(labelings), -np.inf)
    for index, (labels, k) in enumerate(zip(labelings, numbers, strict=True)):
        if len(np.unique(labels[labels >= 0])) == k > 1:
            smallest[index] = tree.separations(_numbered(labels)).min()
    return smallest


def best_separated(tree: ReachabilityTree, labels: Integers) -> float:
    """The separation of the cluster that is best separated from all others; -inf for a single cluster."""
    separations = tree.separations(_numbered(labels))
    return float(separations.min(axis=1).max()) if len(separations) > 1 else -np.inf


def without_shared_values(X: Floats, rng: np.random.Generator) -> Floats:
    """The rows with each value that many rows share spread evenly up to the midpoints to its neighbors.

    The gap between one order and two orders is no gap between two groups of customers.
    """
    spread = X.copy()
    for column in spread.T:
        values, index, counts = np.unique(column, return_inverse=True, return_counts=True)
        if len(values) < 2 or counts.max() < SHARED * len(X):
            continue
        steps = np.diff(values)
        low = values - np.append(steps[0], steps) / 2
        high = values + np.append(steps, steps[-1]) / 2
        shared = counts[index] >= SHARED * len(X)
        position = rng.uniform(size=len(X))
        column[shared] = (low[index] + position * (high - low)[index])[shared]
    return spread


def _numbered(labels: Integers) -> Integers:
    """The labels without gaps in their numbers; -1 stays."""
    present = np.unique(labels[labels >= 0])
    numbers = np.full(int(labels.max(initial=0)) + 2, -1)
    numbers[present] = np.arange(len(present))
    numbered: Integers = numbers[labels]
    return numbered
