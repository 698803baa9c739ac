"""Small cells are not shown: nobody is to be recognized in a profile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALLEST = 10
"""Fewer customers than that are not described."""

SMALLEST_TAIL = 21
"""Fewer values have a 5 % quantile between their two lowest: that is one customer's value."""


def hidden_cells(counts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which cells of a table of counts (segments × categories) must not be shown.

    Those with 1 to 9 customers; and where a segment would have one hidden cell alone, which its size gives away, its
    smallest other one too. The totals of categories are not shown, see `blurred`.
    """
    hidden = (counts > 0) & (counts < SMALLEST)
    for line in np.flatnonzero(hidden.sum(axis=1) == 1):
        free = np.flatnonzero(~hidden[line] & (counts[line] > 0))
        if len(free):
            hidden[line, free[np.argmin(counts[line, free])]] = True
    return hidden


def blurred(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """The same table with 5 in place of 1 to 9, made up for in the largest cell of the segment.

    What is told of all others is added up from it, so that no difference of two figures gives a small cell away.
    """
    told = np.where((counts > 0) & (counts < SMALLEST), SMALLEST // 2, counts)
    if not counts.shape[1]:
        return told
    lines = np.arange(len(counts))
    largest = counts.argmax(axis=1)
    enough = counts[lines, largest] >= SMALLEST
    told[lines[enough], largest[enough]] += (counts - told).sum(axis=1)[enough]
    return np.maximum(told, 0)


def told_count(count: int, size: int) -> int | None:
    """A count of customers out of `size` as it may be told.

    None under 10, and for a size under 10; where all but 1 to 9 are counted, `size` less 10, so that the few others
    cannot be read off.
    """
    if 0 < count < SMALLEST or size < SMALLEST:
        return None
    if 0 < size - count < SMALLEST:
        return size - SMALLEST if size >= 2 * SMALLEST else None
    return count
