"""The compiled loop over a sorted feature."""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from custseg._compiled import compiled


@compiled
def sweep(values, owners, sizes, lower, here, half, middle, lead, lead_square, back_square, equal, pairs):
    """Go through sorted values once, a group of equal ones at a time.

    Fills `middle` with the mid-rank of each row, and adds for each segment the sums from which Cliff's delta
    and its variance come: of the leads of members over others and their squares, of the leads of others over members
    squared, of equal pairs; then the sums of leads of every segment over every other one. Returns Σ (t³ - t).
    `lower` and `here` begin as 0; they and `half` are room for one number per segment.
    """
    n, k = len(values), len(sizes)
    ties = 0.0
    start = 0
    while start < n:
        stop = start
        while stop < n and values[stop] == values[start]:
            here[owners[stop]] += 1.0
            stop += 1
        t = float(stop - start)
        ties += t * t * t - t
        for row in range(start, stop):
            middle[row] = 0.5 * (start + 1 + stop)
        for s in range(k):
            half[s] = (2.0 * lower[s] + here[s]) / sizes[s] - 1.0 if sizes[s] > 0.0 else 0.0
        for s in range(k):
            c = here[s]
            rest = t - c
            back_square[s] += rest * half[s] * half[s]
            if c > 0.0:
                equal[s] += c * rest
                others = n - sizes[s]
                if others > 0.0:
                    own = (2.0 * (start - lower[s]) + rest) / others - 1.0
                    lead[s] += c * own
                    lead_square[s] += c * own * own
                for other in range(k):
                    pairs[s, other] += c * half[other]
                lower[s] += c
                here[s] = 0.0
        start = stop
    return ties
