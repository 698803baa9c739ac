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
