"""Groups of ten neighboring rows or more of one cluster: by halves, or along the minimum spanning tree."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, depth_first_order, minimum_spanning_tree
from scipy.spatial import cKDTree

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP

# The spanning tree is searched among the nearest neighbors; where these are not connected, its parts are joined.
_TREE_NEIGHBORS = 8


@dataclass(frozen=True, eq=False)
class Group:
    """Rows of one cluster, by their indices.

    With `sizes` the rows are in depth-first order of a tree: each is followed by its descendants, and `sizes` counts
    them and itself.
    """

    members: Integers
    sizes: Integers | None = None


Cut = Callable[[Floats, Group], Sequence[Group]]


def in_halves(X: Floats, clusters: Iterable[Integers], *, max_groups: int) -> list[Integers]:
    """The clusters in at most `max_groups` groups of ten rows or more, compact: they follow the edge of a cluster."""
    return _cut_up(X, [Group(members) for members in clusters], _halves, max_groups=max_groups)


def along_tree(X: Floats, clusters: Iterable[Integers], *, max_groups: int) -> list[Integers]:
    """The same along the spanning tree of each cluster: no group bridges the turns of a curved cluster.

    The tree is cut where the sum of squares decreases most (Assuncao et al. 2006); a group that has no edge with ten
    rows on either side is halved.
    """
    return _cut_up(X, [_tree(X, members) for members in clusters], _subtrees, max_groups=max_groups)


def _cut_up(X: Floats, groups: Sequence[Group], cut: Cut, *, max_groups: int) -> list[Integers]:
    """Cut the group of the largest sum of squares in two until all are small, or there are `max_groups`."""
    heap = [(-_scatter(X, group), ticket, group) for ticket, group in enumerate(groups)]
    heapq.heapify(heap)
    ticket = len(heap)
    while 0 < len(heap) < max_groups and heap[0][0] < 0:
        for smaller in cut(X, heapq.heappop(heap)[2]):
            heapq.heappush(heap, (-_scatter(X, smaller), ticket, smaller))
            ticket += 1
    return [group.members for _, _, group in sorted(heap, key=lambda entry: entry[1])]


def _scatter(X: Floats, group: Group) -> float:
    """Sum of squared distances from the mean; 0 for a group that is too small to be cut."""
    if len(group.members) < 2 * SMALLEST_GROUP:
        return 0.0
    return float((deviations(X[group.members]) ** 2).sum())


def _halves(X: Floats, group: Group) -> Sequence[Group]:
    """The group cut across its first principal axis, so that tens fit into the halves about equally often."""
    rows = deviations(X[group.members])
    axis = np.linalg.eigh(rows.T @ rows)[1][:, -1]
    order = np.argsort(rows @ axis, kind="stable")
    tens = len(order) // SMALLEST_GROUP
    count = len(order) * (tens // 2) // tens
    return Group(group.members[order[:count]]), Group(group.members[order[count:]])


def _subtrees(X: Floats, group: Group) -> Sequence[Group]:
    """The group cut at the edge that leaves the smallest sum of squares; halves where no edge can be cut."""
    sizes, n = group.sizes, len(group.members)
    if sizes is None:
        return _halves(X, group)
    can_be_cut = np.flatnonzero((sizes >= SMALLEST_GROUP) & (n - sizes >= SMALLEST_GROUP))
    if not len(can_be_cut):
        return _halves(X, group)
    sums = np.cumsum(np.vstack([np.zeros(X.shape[1]), deviations(X[group.members])]), axis=0)
    below = sums[can_be_cut + sizes[can_be_cut]] - sums[can_be_cut]
    # The deviations sum to 0, so those of the rest are the same with the other sign.
    between = (below**2).sum(axis=1) * (1 / sizes[can_be_cut] + 1 / (n - sizes[can_be_cut]))
    top = int(can_be_cut[between.argmax()])
    end, positions = top + int(sizes[top]), np.arange(n)
    is_ancestor = (positions < top) & (positions + sizes > top)
    remaining = np.r_[:top, end:n]
    return (
        Group(group.members[top:end], sizes[top:end]),
        Group(group.members[remaining], np.where(is_ancestor, sizes - sizes[top], sizes)[remaining]),
    )


def _tree(X: Floats, members: Integers) -> Group:
    """The rows of a cluster in depth-first order of their minimum spanning tree."""
    n = len(members)
    if n < 2 * SMALLEST_GROUP:
        return Group(members)
    count = min(_TREE_NEIGHBORS, n - 1)
    distances, near = cKDTree(X[members]).query(X[members], k=np.arange(2, count + 2))
    # An edge of length 0 would be none.
    lengths = distances.ravel() + (float(distances.max()) or 1.0) * 1e-12
    # Older versions of SciPy need indices of 32 bits.
    heads, tails = np.repeat(np.arange(n, dtype=np.int32), count), near.ravel().astype(np.int32)
    edges = csr_array((lengths, (heads, tails)), shape=(n, n))
    tree = minimum_spanning_tree(edges)
    orders, parents = [], np.full(n, -1)
    for root in np.unique(connected_components(tree, directed=False)[1], return_index=True)[1]:
        order, predecessors = depth_first_order(tree, root, directed=False)
        orders.append(order)
        parents[order[1:]] = predecessors[order[1:]]
    order = np.concatenate(orders)
    positions = np.empty(n, dtype=np.intp)
    positions[order] = np.arange(n)
    # A further root hangs on the first one.
    above = np.where(parents < 0, 0, positions[parents])[order]
    sizes = np.ones(n, dtype=np.intp)
    for position in range(n - 1, 0, -1):
        sizes[above[position]] += sizes[position]
    return Group(members[order], sizes)


def deviations(rows: Floats) -> Floats:
    """The rows less their mean; exactly 0 for equal rows."""
    shifted = rows - rows[0]
    centered: Floats = shifted - shifted.mean(axis=0)
    return centered
