"""Compiled loops over rows. Imported only where a fit or a large matrix needs them.

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

# Rows worked on together: their distances stay in the first cache.
_STRIP = 256


def max_threads() -> int:
    """Threads that numba would use, which it takes from the machine or from NUMBA_NUM_THREADS."""
    return int(getattr(numba.config, "NUMBA_NUM_THREADS"))  # noqa: B009 - set when numba is imported


@compiled
def assign(rows, centres, offsets, labels, gaps, own):
    """Label, distance to the runner-up and own cost of each row: cost is squared distance - offset."""
    n, d = rows.shape
    k = len(centres)
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
                value = centres[j, c]
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
    d = rows.shape[1]
    for r in range(len(rows)):
        j = labels[r]
        w = weights[r]
        sizes[j] += w
        for c in range(d):
            sums[j, c] += w * rows[r, c]


@compiled
def costs(rows, centres, out):
    """Squared distance of each row to each centre."""
    for r in range(len(rows)):
        for j in range(len(centres)):
            total = 0.0
            for c in range(rows.shape[1]):
                difference = rows[r, c] - centres[j, c]
                total += difference * difference
            out[r, j] = total


@compiled
def nearer(rows, weights, centre, closest, out):
    """`out` becomes the distance to the closest centre with one more; returns its weighted sum."""
    total = 0.0
    for r in range(len(rows)):
        distance = 0.0
        for c in range(rows.shape[1]):
            difference = rows[r, c] - centre[c]
            distance += difference * difference
        out[r] = min(distance, closest[r])
        total += weights[r] * out[r]
    return total


@compiled
def seeded(rows, weights, first, levels):
    """Places of k-means++ seeds: the first, and of each row of `levels`, in [0, 1), the draw that helps most."""
    n = len(rows)
    chosen = np.empty(len(levels) + 1, dtype=np.int64)
    closest, kept, tried = np.full(n, np.inf), np.empty(n), np.empty(n)
    chosen[0] = first
    nearer(rows, weights, rows[first], closest, closest)
    for place in range(len(levels)):
        total = np.cumsum(weights * closest)
        best = np.inf
        for level in levels[place]:
            row = min(np.searchsorted(total, level * total[-1]), n - 1)
            potential = nearer(rows, weights, rows[row], closest, tried)
            if potential < best:
                best, chosen[place + 1] = potential, row
                kept, tried = tried, kept
        closest, kept = kept, closest
    return chosen


@compiled
def lloyd(rows, weights, centres, max_iter, tol):
    """Lloyd's steps of one block: centres, labels, own costs, steps, and whether they were enough."""
    n, k = len(rows), len(centres)
    none, sums, sizes = np.zeros(k), np.empty_like(centres), np.empty(k)
    labels, before = np.full(n, -1, dtype=np.int32), np.empty(n, dtype=np.int32)
    gaps, own = np.empty(n), np.empty(n)
    step, converged = 0, False
    while step < max_iter and not converged:
        step += 1
        before, labels = labels, before
        assign(rows, centres, none, labels, gaps, own)
        if np.array_equal(labels, before):
            return centres, labels, own, step, True
        sums[:] = 0.0
        sizes[:] = 0.0
        add_up(rows, weights, labels, sums, sizes)
        moved, shift = centres.copy(), 0.0
        for j in range(k):
            if sizes[j] > 0:
                moved[j] = sums[j] / sizes[j]
                shift += ((moved[j] - centres[j]) ** 2).sum()
        converged = shift <= tol
        centres = moved
    assign(rows, centres, none, labels, gaps, own)
    return centres, labels, own, step, converged


@compiled
def mahalanobis(rows, means, factors, out):
    """Squared length of factor · (row - mean) for each component; the factors are lower triangular."""
    d = rows.shape[1]
    centred = np.empty(d)
    for r in range(len(rows)):
        for j in range(len(means)):
            for c in range(d):
                centred[c] = rows[r, c] - means[j, c]
            total = 0.0
            for a in range(d):
                value = 0.0
                for b in range(a + 1):
                    value += factors[j, a, b] * centred[b]
                total += value * value
            out[r, j] = total


@compiled
def add_moments(rows, shares, means, zeroth, first, second):
    """Add the weight, the sum and the products of (row - mean) of one block to those of each component."""
    d = rows.shape[1]
    centred = np.empty(d)
    for r in range(len(rows)):
        for j in range(len(means)):
            share = shares[r, j]
            if share == 0.0:
                continue
            zeroth[j] += share
            for c in range(d):
                centred[c] = rows[r, c] - means[j, c]
                first[j, c] += share * centred[c]
            for a in range(d):
                part = share * centred[a]
                for b in range(a + 1):
                    second[j, a, b] += part * centred[b]


@compiled
def expected(rows, weights, mixture, logs, zeroth, first, second):
    """Log density of each row, and the moments of one block that `add_moments` adds, with posteriors as shares.

    `mixture` holds means, factors and constants less offsets.
    """
    means, factors, constants = mixture
    k, d = means.shape
    centred = np.empty((k, d))
    shares = np.empty(k)
    for r in range(len(rows)):
        low = np.inf
        for j in range(k):
            for c in range(d):
                centred[j, c] = rows[r, c] - means[j, c]
            total = 0.0
            for a in range(d):
                value = 0.0
                for b in range(a + 1):
                    value += factors[j, a, b] * centred[j, b]
                total += value * value
            shares[j] = constants[j] + 0.5 * total
            low = min(low, shares[j])
        total = 0.0
        for j in range(k):
            shares[j] = np.exp(low - shares[j])
            total += shares[j]
        logs[r] = np.log(total) - low
        for j in range(k):
            share = shares[j] / total * weights[r]
            if share == 0.0:
                continue
            zeroth[j] += share
            for a in range(d):
                part = share * centred[j, a]
                first[j, a] += part
                for b in range(a + 1):
                    second[j, a, b] += part * centred[j, b]


@compiled
def inverted(roots, out):
    """The inverses of lower triangular matrices."""
    d = roots.shape[1]
    for j in range(len(roots)):
        for c in range(d):
            for a in range(c, d):
                value = 1.0 if a == c else 0.0
                for b in range(c, a):
                    value -= roots[j, a, b] * out[j, b, c]
                out[j, a, c] = value / roots[j, a, a]


@compiled
def cheapest(costs, offsets, labels, gaps):
    """Label, and distance to the runner-up, of each row of a matrix of costs."""
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


@compiled
def nearest_gain(costs, offsets, raised):
    """The row outside the raised clusters that is nearest to one of them, and how far; -1 if there is none."""
    row, least = -1, np.inf
    for r in range(len(costs)):
        best, inside, label = np.inf, np.inf, 0
        for j in range(len(offsets)):
            reduced = costs[r, j] - offsets[j]
            if reduced < best:
                best, label = reduced, j
            if raised[j] and reduced < inside:
                inside = reduced
        if not raised[label] and inside - best < least:
            row, least = r, inside - best
    return row, least
