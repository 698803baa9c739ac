"""Compiled loops of the silhouettes. Every sum runs in one order, so its bits do not depend on the threads."""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from custseg._compiled import compiled

# Rows side by side, which is what the processor's vectors want; their columns and sums stay in the first cache.
STRIP = 64


@compiled
def add_distances(rows, weights, start, ends, cells, strip, squared, partial, sums):
    """Add the weighted distances of the rows from `start` on to the members of each slot.

    Rows of one cell stand together; `cells` holds the slots of each cell, `sums` has the shape (strips, slots, STRIP).
    `strip`, `squared` and `partial` are work space for one strip; `ends` holds the end of each cell.
    """
    n, d = rows.shape
    for number in range(len(sums)):
        for c in range(d):
            for r in range(STRIP):
                row = start + number * STRIP + r
                strip[c, r] = rows[row if row < n else 0, c]
        j = 0
        for cell in range(len(ends)):
            for r in range(STRIP):
                partial[r] = 0.0
            while j < ends[cell]:
                for r in range(STRIP):
                    squared[r] = 0.0
                for c in range(d):
                    value, column = rows[j, c], strip[c]
                    for r in range(STRIP):
                        difference = column[r] - value
                        squared[r] += difference * difference
                weight = weights[j]
                for r in range(STRIP):
                    partial[r] += weight * np.sqrt(squared[r])
                j += 1
            for labeling in range(cells.shape[1]):
                target = sums[number, cells[cell, labeling]]
                for r in range(STRIP):
                    target[r] += partial[r]


@compiled
def squares(rows, anchors, shifts, out):
    """Squared distance of each row to the center of each slot, which is anchor + shift.

    One is subtracted after the other: far from the origin their sum would be rounded.
    """
    for slot in range(len(anchors)):
        for r in range(len(rows)):
            total = 0.0
            for c in range(rows.shape[1]):
                difference = (rows[r, c] - anchors[slot, c]) - shifts[slot, c]
                total += difference * difference
            out[slot, r] = total


@compiled
def add_moments_about(rows, weights, slots, anchors, shifts, first, second):
    """Add the weighted differences from the center of each cluster, and their squares, of one block."""
    n, d = rows.shape
    for labeling in range(len(slots)):
        for r in range(n):
            slot = slots[labeling, r]
            weight = weights[r]
            square = 0.0
            for c in range(d):
                difference = (rows[r, c] - anchors[slot, c]) - shifts[slot, c]
                first[slot, c] += weight * difference
                square += difference * difference
            second[slot] += weight * square
