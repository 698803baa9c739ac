"""The compiled loop over a sorted feature."""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

from custseg._compiled import compiled


@compiled
def sweep(values, owners, sizes, middle):
    """Go through sorted values once, a group of equal ones at a time.

    Fills `middle` with the mid-rank of each row, and returns for each segment the sums from which Cliff's delta
    and its variance come: of the leads of members over others and their squares, of the leads of others over members
    squared, of equal pairs; then the sums of leads of every segment over every other one, and Σ (t³ - t).
    """
    n, k = len(values), len(sizes)
    lead, lead_square = np.zeros(k), np.zeros(k)
    back_square, equal = np.zeros(k), np.zeros(k)
    pairs = np.zeros((k, k))
    lower, here = np.zeros(k), np.zeros(k)
    half = np.zeros(k)
    ties = 0.0
    start = 0
    while start < n:
        stop = start + 1
        while stop < n and values[stop] == values[start]:
            stop += 1
        t = float(stop - start)
        ties += t * t * t - t
        for row in range(start, stop):
            here[owners[row]] += 1.0
            middle[row] = (start + 1 + stop) / 2
        for s in range(k):
            size, others = sizes[s], n - sizes[s]
            c = here[s]
            rest = t - c
            half[s] = (2 * lower[s] + c) / size - 1 if size > 0 else 0.0
            if c > 0 and others > 0:
                own = (2 * (start - lower[s]) + rest) / others - 1
                lead[s] += c * own
                lead_square[s] += c * own * own
            back_square[s] += rest * half[s] * half[s]
            equal[s] += c * rest
        for s in range(k):
            if here[s] > 0:
                for other in range(k):
                    pairs[s, other] += here[s] * half[other]
        for s in range(k):
            lower[s] += here[s]
            here[s] = 0.0
        start = stop
    return lead, lead_square, back_square, equal, pairs, ties
