"""Compiled loops over the tree of paths through dense regions."""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from custseg._compiled import compiled


@compiled
def spanning_tree(rows, core, near, far, lengths):
    """The minimum spanning tree by mutual reachability (Prim): its edges, squared lengths.

    `core` holds squared core distances.
    """
    n, d = rows.shape
    best = np.full(n, np.inf)
    origin = np.zeros(n, dtype=np.int64)
    done = np.zeros(n, dtype=np.bool_)
    at = 0
    for edge in range(n - 1):
        done[at] = True
        following = -1
        for r in range(n):
            if done[r]:
                continue
            reach = 0.0
            for c in range(d):
                difference = rows[r, c] - rows[at, c]
                reach += difference * difference
            reach = max(reach, core[r], core[at])
            if reach < best[r]:
                best[r] = reach
                origin[r] = at
            if following < 0 or best[r] < best[following]:
                following = r
        near[edge] = origin[following]
        far[edge] = following
        lengths[edge] = best[following]
        at = following


@compiled
def path_sums(near, far, lengths, slots, sums):
    """Sum of the path distances of each row to all rows of each slot; edges come in rising length.

    The path distance of two rows is the longest edge on the way between them: the length at which the
    tree joins them. `slots` has a row per labeling, and a slot below 0 for rows in no cluster.
    """
    n = slots.shape[1]
    n_slots = sums.shape[1]
    parent = np.arange(2 * n - 1)
    left = np.full(2 * n - 1, -1, dtype=np.int64)
    right = np.full(2 * n - 1, -1, dtype=np.int64)
    held = np.zeros((2 * n - 1, n_slots))
    total = np.zeros((2 * n - 1, n_slots))
    for labeling in range(slots.shape[0]):
        for r in range(n):
            if slots[labeling, r] >= 0:
                held[r, slots[labeling, r]] = 1.0
    for edge in range(n - 1):
        a, b = near[edge], far[edge]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        node = n + edge
        parent[a], parent[b] = node, node
        left[node], right[node] = a, b
        held[node] = held[a] + held[b]
    for node in range(2 * n - 2, n - 1, -1):
        a, b, length = left[node], right[node], lengths[node - n]
        total[a] = total[node] + length * held[b]
        total[b] = total[node] + length * held[a]
    sums[:] = total[:n]
