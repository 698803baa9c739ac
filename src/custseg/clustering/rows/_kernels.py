"""Compiled loops over rows: distances, Lloyd's steps, E-steps. Imported only where a fit needs them.

Every sum runs over the columns of one row, or over the rows of one fixed block, in one order; so the bits
of a result depend neither on the batch nor on the number of threads.
"""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numba
import numpy as np

from custseg._compiled import compiled

# Rows per strip: their distances fit into the first cache.
_STRIP = 256
LANES = 64


def max_threads() -> int:
    """Number of threads that numba would use: one per core, or NUMBA_NUM_THREADS."""
    return int(getattr(numba.config, "NUMBA_NUM_THREADS"))  # noqa: B009 - set when numba is imported


@compiled
def lloyd(rows, strips, weights, centers, offsets, max_iter, tol, cost, labels, gaps, own, sums, sizes):
    """Lloyd's algorithm on one block, in place: returns the number of steps, and whether it converged.

    Fills the label, the margin to the second-best cluster and the cost of each row, where cost is squared
    distance - offset. Without steps the rows are assigned to the given centers. `strips` holds the rows again,
    transposed by strips.
    """
    n, d = rows.shape
    k = len(centers)
    step, converged = 0, False
    while True:
        changed = step == 0
        for j in range(k):
            sizes[j] = 0.0
            for c in range(d):
                sums[j, c] = 0.0
        for number in range(len(strips)):
            for j in range(k):
                squared = cost[j]
                for r in range(LANES):
                    squared[r] = 0.0
                for c in range(d):
                    value, column = centers[j, c], strips[number, c]
                    for r in range(LANES):
                        difference = column[r] - value
                        squared[r] += difference * difference
            start = number * LANES
            for r in range(start, min(n, start + LANES)):
                best, second, label = np.inf, np.inf, 0
                for j in range(k):
                    reduced = cost[j, r - start] - offsets[j]
                    # Selections instead of branches, which a processor cannot predict here.
                    worse = best if reduced < best else reduced
                    second = worse if worse < second else second
                    label = j if reduced < best else label
                    best = reduced if reduced < best else best
                changed |= labels[r] != label
                labels[r], own[r], gaps[r] = label, best, second - best
                sizes[label] += weights[r]
                for c in range(d):
                    sums[label, c] += weights[r] * rows[r, c]
        if converged or step == max_iter:
            return step, converged
        step += 1
        if not changed:
            return step, True
        shift = 0.0
        for j in range(k):
            if sizes[j] > 0.0:
                moved = 0.0
                for c in range(d):
                    mean = sums[j, c] / sizes[j]
                    difference = mean - centers[j, c]
                    moved += difference * difference
                    centers[j, c] = mean
                shift += moved
        converged = shift <= tol


@compiled
def assign(rows, centers, offsets, labels, gaps, own):
    """Label, margin and cost of many rows: bitwise the same as `lloyd` without steps, in half the time.

    Rows are transposed by strips, so that the processor's vector instructions apply; this takes long to compile.
    """
    n, d = rows.shape
    k = len(centers)
    turned = np.empty((d, _STRIP))
    cost = np.empty(_STRIP)
    best = np.empty(_STRIP)
    second = np.empty(_STRIP)
    label = np.empty(_STRIP, dtype=np.int32)
    for start in range(0, n, _STRIP):
        m = min(_STRIP, n - start)
        for r in range(m):
            for c in range(d):
                turned[c, r] = rows[start + r, c]
        best[:] = np.inf
        second[:] = np.inf
        label[:] = 0
        for j in range(k):
            cost[:] = 0.0
            for c in range(d):
                value = centers[j, c]
                column = turned[c]
                for r in range(_STRIP):
                    difference = column[r] - value
                    cost[r] += difference * difference
            offset = offsets[j]
            for r in range(_STRIP):
                reduced = cost[r] - offset
                first = reduced < best[r]
                second[r] = best[r] if first else min(second[r], reduced)
                label[r] = j if first else label[r]
                best[r] = reduced if first else best[r]
        for r in range(m):
            labels[start + r] = label[r]
            own[start + r] = best[r]
            gaps[start + r] = second[r] - best[r]


@compiled
def add_up(rows, weights, labels, sums, sizes):
    """Add the weighted rows and the weights of one block to the sums of their clusters."""
    for r in range(len(rows)):
        j = labels[r]
        sizes[j] += weights[r]
        for c in range(rows.shape[1]):
            sums[j, c] += weights[r] * rows[r, c]


@compiled
def costs(rows, centers, out):
    """Squared distance of each row to each center."""
    for r in range(len(rows)):
        for j in range(len(centers)):
            total = 0.0
            for c in range(rows.shape[1]):
                difference = rows[r, c] - centers[j, c]
                total += difference * difference
            out[r, j] = total


@compiled
def nearer(rows, weights, center, closest, out):
    """Fill `out` with the distance to the closest center once one is added; returns the weighted sum."""
    total = 0.0
    for r in range(len(rows)):
        distance = 0.0
        for c in range(rows.shape[1]):
            difference = rows[r, c] - center[c]
            distance += difference * difference
        out[r] = distance if distance < closest[r] else closest[r]
        total += weights[r] * out[r]
    return total


@compiled
def seeds(rows, weights, chosen, uniforms, closest, candidate, closest_with_best, total):
    """Greedy k-means++ on one block: fill `chosen` after its first row; for each one a row of uniform numbers.

    `closest` is to be infinite; `candidate`, `closest_with_best` and `total` are work space for a number per row.
    """
    nearer(rows, weights, rows[chosen[0]], closest, closest)
    for j in range(1, len(chosen)):
        below = 0.0
        for r in range(len(rows)):
            below += weights[r] * closest[r]
            total[r] = below
        best = np.inf
        for uniform in uniforms[j - 1]:
            row = min(np.searchsorted(total, uniform * below), len(rows) - 1)
            potential = nearer(rows, weights, rows[row], closest, candidate)
            if potential < best:
                best, chosen[j] = potential, row
                candidate, closest_with_best = closest_with_best, candidate
        closest, closest_with_best = closest_with_best, closest


@compiled
def mahalanobis(rows, means, factors, strip, centered, lanes, out):
    """Squared Mahalanobis distances of rows to components: |factor · (row - mean)|², factors are lower triangular.

    `strip` and `centered` are work space for LANES rows, transposed, and `lanes` for two numbers of each of them.
    """
    n, d = rows.shape
    value, total = lanes
    for start in range(0, n, LANES):
        m = min(LANES, n - start)
        for r in range(m):
            for c in range(d):
                strip[c, r] = rows[start + r, c]
        for j in range(len(means)):
            for r in range(LANES):
                total[r] = 0.0
            for a in range(d):
                for r in range(LANES):
                    value[r] = 0.0
                    centered[a, r] = strip[a, r] - means[j, a]
                for b in range(a + 1):
                    factor, column = factors[j, a, b], centered[b]
                    for r in range(LANES):
                        value[r] += factor * column[r]
                for r in range(LANES):
                    total[r] += value[r] * value[r]
            for r in range(m):
                out[start + r, j] = total[r]


@compiled
def expected(rows, weights, costs, offsets, means, centered, shares, logs, zeroth, first, second):
    """E-step: log density of each row; adds the moments of one block about the means, weighted by posteriors.

    `costs` less the offsets are the negative log joint densities; `centered` and `shares` are work space for one row.
    """
    k, d = means.shape
    for r in range(len(rows)):
        low = np.inf
        for j in range(k):
            shares[j] = costs[r, j] - offsets[j]
            low = shares[j] if shares[j] < low else low
        total = 0.0
        for j in range(k):
            shares[j] = np.exp(low - shares[j])
            total += shares[j]
        logs[r] = np.log(total) - low
        for j in range(k):
            share = shares[j] / total * weights[r]
            if share != 0.0:
                zeroth[j] += share
                for a in range(d):
                    centered[a] = rows[r, a] - means[j, a]
                for a in range(d):
                    weighted, products = share * centered[a], second[j, a]
                    first[j, a] += weighted
                    for b in range(a + 1):
                        products[b] += weighted * centered[b]


@compiled
def cheapest(costs, offsets, labels, gaps):
    """Label of each row of a cost matrix, and the margin to its second-best cluster."""
    for r in range(len(costs)):
        best, second, label = np.inf, np.inf, 0
        for j in range(len(offsets)):
            reduced = costs[r, j] - offsets[j]
            if reduced < best:
                second, best, label = best, reduced, j
            elif reduced < second:
                second = reduced
        labels[r] = label
        gaps[r] = second - best
