"""The minimum spanning tree by mutual reachability, compiled: equal to SciPy's single linkage, without a matrix."""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from custseg._compiled import compiled, compiled_part


@compiled_part
def squared_distances(columns, row, n, distances):
    """Fill the squared distances of the first rows to this one."""
    for r in range(n):
        distances[r] = 0.0
    for c in range(len(columns)):
        x = columns[c, row]
        for r in range(n):
            difference = columns[c, r] - x
            distances[r] += difference * difference


@compiled
def core_distances(columns, distances, nearest, core):
    """Squared distance of each row to its furthest of some nearest other rows.

    `columns` has shape (n_columns, n_rows): loops over rows are vectorized. `nearest`, of the number of neighbors, and
    `distances`, of the number of rows, are work space.
    """
    n = len(core)
    last = len(nearest) - 1
    for row in range(n):
        squared_distances(columns, row, n, distances)
        distances[row] = np.inf
        for at in range(last + 1):
            nearest[at] = np.inf
        for r in range(n):
            distance = distances[r]
            if distance < nearest[last]:
                at = last
                while at > 0 and nearest[at - 1] > distance:
                    nearest[at] = nearest[at - 1]
                    at -= 1
                nearest[at] = distance
        core[row] = nearest[last]


@compiled
def prim_order(columns, core, best, distances, rows, order, lengths):
    """The order in which Prim's algorithm adds the rows to the minimum spanning tree by mutual reachability.

    `columns` has shape (n_columns, n_rows), `core` holds squared core distances, `rows` the numbers of the rows: the
    first of each are the rows that are not in the tree yet, so the three are changed. Fills `lengths` with the squared
    length of the edge that adds each row. `best`, initially infinite, and `distances` are work space.
    """
    n = len(core)
    at = 0
    for position in range(n):
        order[position] = rows[at]
        left = n - position - 1
        core_of_added = core[at]
        for c in range(len(columns)):
            columns[c, at], columns[c, left] = columns[c, left], columns[c, at]
        core[at], best[at], rows[at] = core[left], best[left], rows[left]
        squared_distances(columns, left, left, distances)
        nearest, smallest = 0, np.inf
        for r in range(left):
            best[r] = min(best[r], max(distances[r], core[r], core_of_added))
        for r in range(left):
            if best[r] < smallest:
                nearest, smallest = r, best[r]
        if left > 0:
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
        label = labels[position]
        if label < 0:
            continue
        for level in range(1, depth + 1):
            within[label] += counts[level, label] * longest[level]
        for cluster in range(k):
            if cluster != label and nearest[cluster] < between[label, cluster]:
                between[label, cluster] = nearest[cluster]
                between[cluster, label] = nearest[cluster]
        nearest[label] = 0.0
