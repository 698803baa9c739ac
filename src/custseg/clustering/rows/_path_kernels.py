"""The minimum spanning tree by mutual reachability, compiled: equal to SciPy's single linkage, without a matrix."""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from custseg._compiled import compiled


@compiled
def prim_order(rows, core, best, order, lengths):
    """The order in which Prim's algorithm adds the rows to the minimum spanning tree by mutual reachability.

    `core` holds squared core distances. Fills `lengths` with the squared length of the edge that adds each row.
    `best`, initially infinite, is work space.
    """
    n, d = rows.shape
    at = 0
    for position in range(n):
        order[position] = at
        best[at] = -1.0  # in the tree
        nearest, smallest = -1, np.inf
        for r in range(n):
            if best[r] < 0.0:
                continue
            reach = 0.0
            for c in range(d):
                difference = rows[r, c] - rows[at, c]
                reach += difference * difference
            reach = core[r] if reach < core[r] else reach
            reach = core[at] if reach < core[at] else reach
            best[r] = reach if reach < best[r] else best[r]
            if best[r] < smallest:
                nearest, smallest = r, best[r]
        if nearest >= 0:
            lengths[position + 1] = smallest
        at = nearest


@compiled
def path_distances(labels, lengths, within, between):
    """Path distances within and between sets of rows, from the order in which Prim's algorithm adds them.

    `labels` and `lengths` are in this order, -1 for rows in no set. The path distance of two rows is the longest edge
    between their positions. Adds to `within` the sum over the pairs of each set, and lowers `between` to the shortest
    distance of each two sets.
    """
    n, k = len(labels), len(within)
    # A stack of positions with falling edge lengths: how many members of each set come before, within reach.
    counts = np.zeros((n + 1, k))
    longest = np.zeros(n + 1)
    depth = 0
    nearest = np.full(k, np.inf)
    for position in range(n):
        length = lengths[position]
        for cluster in range(k):
            nearest[cluster] = max(nearest[cluster], length)
        # All earlier rows behind a shorter edge are now behind this one.
        depth += 1
        longest[depth] = length
        counts[depth] = 0.0
        if position > 0 and labels[position - 1] >= 0:
            counts[depth, labels[position - 1]] = 1.0
        while depth > 1 and longest[depth - 1] <= length:
            counts[depth - 1] += counts[depth]
            longest[depth - 1] = length
            depth -= 1
        own = labels[position]
        if own < 0:
            continue
        for level in range(1, depth + 1):
            within[own] += counts[level, own] * longest[level]
        for cluster in range(k):
            if cluster != own and nearest[cluster] < between[own, cluster]:
                between[own, cluster] = nearest[cluster]
                between[cluster, own] = nearest[cluster]
        nearest[own] = 0.0
