"""Compiled loops of the silhouettes. Every sum runs in one order, so its bits do not depend on the threads.

All three fill `sums`: for each cluster of each labeling the weighted distances of a strip of rows to its
members. The rows of a strip stand side by side, which is what the processor's vectors want.
"""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from custseg._compiled import compiled

# Rows worked on together: their columns and sums stay in the first and second cache.
STRIP = 64


@compiled
def finish(sums, slots, starts, totals, single, weights, out):
    """Silhouettes of a strip in each labeling, from the sums of distances to each of its clusters."""
    m = len(weights)
    other = np.empty(STRIP)
    for labeling in range(len(out)):
        noise = starts[labeling + 1] - 1
        own = slots[labeling]
        other[:] = np.inf
        for slot in range(starts[labeling], noise):
            total = totals[slot]
            for r in range(m):
                mean = sums[slot, r] / total
                if own[r] != slot and mean < other[r]:
                    other[r] = mean
        for r in range(m):
            slot = own[r]
            if slot == noise or single[slot] or other[r] == np.inf:
                out[labeling, r] = 0.0
                continue
            inner = sums[slot, r] / (totals[slot] - weights[r])
            larger = max(inner, other[r])
            out[labeling, r] = (other[r] - inner) / larger if larger > 0.0 else 0.0


@compiled
def from_rows(rows, start, ends, cells, slots, starts, totals, single, weights, out):
    """Silhouettes by Euclidean distance of one strip, which begins at `start`; rows of one cell stand together."""
    m = out.shape[1]
    d = rows.shape[1]
    strip = np.zeros((d, STRIP))
    for r in range(m):
        for c in range(d):
            strip[c, r] = rows[start + r, c]
    sums = np.zeros((len(totals), STRIP))
    squared = np.empty(STRIP)
    partial = np.empty(STRIP)
    j = 0
    for cell in range(len(ends)):
        partial[:] = 0.0
        while j < ends[cell]:
            squared[:] = 0.0
            for c in range(d):
                value = rows[j, c]
                column = strip[c]
                for r in range(STRIP):
                    difference = column[r] - value
                    squared[r] += difference * difference
            weight = weights[j]
            for r in range(STRIP):
                partial[r] += weight * np.sqrt(squared[r])
            j += 1
        for slot in cells[cell]:
            target = sums[slot]
            for r in range(STRIP):
                target[r] += partial[r]
    finish(sums, slots, starts, totals, single, weights[start : start + m], out)


@compiled
def from_matrix(matrix, start, ends, cells, slots, starts, totals, single, weights, order, out):
    """Silhouettes of one strip by the columns of a symmetric matrix; `order` brings the rows of a cell together."""
    m = out.shape[1]
    sums = np.zeros((len(totals), STRIP))
    partial = np.empty(STRIP)
    j = 0
    for cell in range(len(ends)):
        partial[:] = 0.0
        while j < ends[cell]:
            row = matrix[order[j]]
            weight = weights[order[j]]
            for r in range(m):
                partial[r] += weight * row[start + r]
            j += 1
        for slot in cells[cell]:
            target = sums[slot]
            for r in range(STRIP):
                target[r] += partial[r]
    finish(sums, slots, starts, totals, single, weights[start : start + m], out)


@compiled
def from_centres(rows, anchors, shifts, spreads, slots, starts, totals, single, weights, out):
    """Silhouettes by squared distance of one block: sum over a cluster = size · ‖x - centre‖² + its own spread.

    The centre is anchor + shift, taken off one after the other: far from the origin their sum would be rounded.
    """
    n, d = rows.shape
    strip = np.zeros((d, STRIP))
    sums = np.empty((len(totals), STRIP))
    for start in range(0, n, STRIP):
        stop = min(start + STRIP, n)
        for r in range(stop - start):
            for c in range(d):
                strip[c, r] = rows[start + r, c]
        for slot in range(len(totals)):
            target = sums[slot]
            target[:] = 0.0
            for c in range(d):
                anchor = anchors[slot, c]
                shift = shifts[slot, c]
                column = strip[c]
                for r in range(STRIP):
                    difference = (column[r] - anchor) - shift
                    target[r] += difference * difference
            total = totals[slot]
            spread = spreads[slot]
            for r in range(STRIP):
                target[r] = total * target[r] + spread
        part = slice(start, stop)
        finish(sums, slots[:, part], starts, totals, single, weights[part], out[:, part])


@compiled
def add_moments_about(rows, weights, slots, anchors, shifts, first, second):
    """Add the weighted differences from the centre of each cluster, and their squares, of one block."""
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
