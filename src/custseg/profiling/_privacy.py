"""Small cells are not shown: nobody is to be recognised in a profile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALLEST = 10
"""Fewer customers than that are not described."""

SMALLEST_TAIL = 21
"""Fewer values have a 5 % quantile between their two lowest: that is one customer's value."""


def hidden_cells(counts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which cells of a table of counts (segments × categories) must not be shown.

    Those with 1 to 9 customers; and where a row or a column would have one hidden cell alone, which its total gives
    away, the smallest other one too.
    """
    hidden = (counts > 0) & (counts < SMALLEST)
    changed = True
    while changed:
        changed = False
        for table, mask in ((counts, hidden), (counts.T, hidden.T)):
            for line in np.flatnonzero(mask.sum(axis=1) == 1):
                free = np.flatnonzero(~mask[line] & (table[line] > 0))
                if len(free):
                    mask[line, free[np.argmin(table[line, free])]] = True
                    changed = True
    return hidden


def told_count(count: int, size: int) -> int | None:
    """A count of customers out of `size` as it may be told.

    None under 10; where all but 1 to 9 are counted, `size` less 10, so that the few others cannot be read off.
    """
    if 0 < count < SMALLEST:
        return None
    if 0 < size - count < SMALLEST:
        return size - SMALLEST if size >= 2 * SMALLEST else None
    return count
