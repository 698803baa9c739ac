"""The compiled loop over a sorted feature."""

# Numba finds the types, and takes arguments by position.
# ruff: noqa: PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from custseg._compiled import compiled


@compiled
def sweep(values, codes, sizes, below, tied, dominance, middle, lead, lead_square, back_square, equal, pairs):
    """Pass over sorted values, one group of ties at a time, and accumulate the sums for Cliff's delta.

    Fills `middle` with the mid-rank of each row, and adds for each segment: the dominances of members over others
    (`lead`) and their squares, the squared dominances of others over members (`back_square`), the numbers of equal
    pairs, and the dominances over every other segment (`pairs`). Returns Σ (t³ - t) over groups of t ties.
    `below` and `tied` begin as 0; they and `dominance` are buffers of one number per segment.
    """
    n, k = len(values), len(sizes)
    ties = 0.0
    start = 0
    while start < n:
        stop = start
        while stop < n and values[stop] == values[start]:
            tied[codes[stop]] += 1.0
            stop += 1
        t = float(stop - start)
        ties += t * t * t - t
        for row in range(start, stop):
            middle[row] = 0.5 * (start + 1 + stop)
        for s in range(k):
            dominance[s] = (2.0 * below[s] + tied[s]) / sizes[s] - 1.0 if sizes[s] > 0.0 else 0.0
        for s in range(k):
            n_tied = tied[s]
            n_others_tied = t - n_tied
            back_square[s] += n_others_tied * dominance[s] * dominance[s]
            if n_tied > 0.0:
                equal[s] += n_tied * n_others_tied
                n_others = n - sizes[s]
                if n_others > 0.0:
                    over_others = (2.0 * (start - below[s]) + n_others_tied) / n_others - 1.0
                    lead[s] += n_tied * over_others
                    lead_square[s] += n_tied * over_others * over_others
                for segment in range(k):
                    pairs[s, segment] += n_tied * dominance[segment]
                below[s] += n_tied
                tied[s] = 0.0
        start = stop
    return ties
