"""How many customers stayed, moved, are new and gone, as they may be shown beside the matrix of movement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP, at_least, hidden_in_cross_table, is_small
from custseg.texts import number

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class ShownSum:
    """A sum, exact or as a bound.

    Attributes
    ----------
    count : int
        The sum.
    is_exact : bool
        Whether it may be shown: it is not from 1 to 9, and no hidden cell can be computed from it.
    """

    count: int
    is_exact: bool

    def text(self, language: str) -> str:
        """As people read it: "61", "<10" or "≥60"."""
        if self.is_exact:
            return number(self.count, language)
        return f"<{SMALLEST_GROUP}" if self.count < SMALLEST_GROUP else at_least(self.count, language)

    def plain(self) -> int | str:
        """For programs: 61, "<10" or ">=60"."""
        if self.is_exact:
            return self.count
        tens = self.count - self.count % SMALLEST_GROUP
        return f"<{SMALLEST_GROUP}" if self.count < SMALLEST_GROUP else f">={tens}"


def hidden_movement(counts: Integers, is_in_none: Sequence[bool]) -> Bools:
    """The hidden cells of the matrix with its totals; see `hidden_in_cross_table`.

    The grand total is hidden where 1 to 9 customers are in no segment: other results have the sum of the segments.
    """
    return hidden_in_cross_table(counts, hides_total=has_small_rest(counts, is_in_none))


def has_small_rest(counts: Integers, is_in_none: Sequence[bool]) -> bool:
    """Whether 1 to 9 customers are in no segment, before or after."""
    outside = np.flatnonzero([*is_in_none, False])
    return bool(is_small(counts[outside].sum()) or is_small(counts[:, outside].sum()))


def movement_sums(counts: Integers, is_in_none: Sequence[bool]) -> Mapping[str, ShownSum]:
    """The sums "before", "after", "stayed", "moved", "new" and "gone".

    Parameters
    ----------
    counts : ndarray of int, shape (n_segments + 1, n_segments + 1)
        Customers by segment before and after; new ones in the last row, those that are gone in the last column.
    is_in_none : sequence of bool
        Which of the segments are groups of customers in none.
    """
    hidden, size = hidden_movement(counts, is_in_none), len(counts) - 1
    inside = counts[:size, :size]
    is_other = np.zeros_like(hidden)
    is_other[:size, :size] = ~np.eye(size, dtype=bool)
    new, gone, stayed = int(counts[size, :size].sum()), int(counts[:size, size].sum()), int(np.trace(inside))
    moved = _total(int(inside.sum()) - stayed, is_exact=not _gives_away(hidden, is_other))
    sums = {
        "moved": moved,
        "new": ShownSum(new, not hidden[size, size + 1]),
        "gone": ShownSum(gone, not hidden[size + 1, size]),
    }
    rest = has_small_rest(counts, is_in_none)
    # The sizes of the segments give the sum of those who stayed and the others.
    is_exact = not rest and all(item.is_exact for item in sums.values())
    # After, less before, is new less gone: with both totals, a single small one could be computed.
    is_computable = is_small(np.array(new)) != is_small(np.array(gone))
    before, after = int(counts[:size].sum()), int(counts[:, :size].sum())
    return {
        **sums,
        "stayed": _total(stayed, is_exact=is_exact),
        "before": _total(before, is_exact=not rest and not is_computable),
        "after": _total(after, is_exact=not rest),
    }


def drawn_movement(counts: Integers, is_in_none: Sequence[bool]) -> Floats:
    """The matrix as a picture may show it, without totals: no hidden count can be measured in it.

    Hidden cells are as large as what is shown leaves them: near 5 for a cell of 1 to 9, near 20 for one that is hidden
    for the sake of another, and moved from there so that they add up to the totals that are shown.
    """
    hidden = hidden_movement(counts, is_in_none)
    table = np.vstack([counts, counts.sum(axis=0)])
    table = np.column_stack([table, table.sum(axis=1)]).astype(float)
    if not hidden.any():
        return table[:-1, :-1]
    usual = np.where(table[hidden] < SMALLEST_GROUP, SMALLEST_GROUP / 2, 2.0 * SMALLEST_GROUP)
    shown = np.where(hidden, 0.0, table)
    lacking = np.concatenate([2 * shown[:, -1] - shown.sum(axis=1), 2 * shown[-1] - shown.sum(axis=0)])
    equations = _equations(hidden)
    # Weights: what is missing goes to the larger cells.
    solved = usual * np.linalg.lstsq(equations * usual, lacking - equations @ usual, rcond=None)[0]
    table[hidden] = np.maximum(usual + solved, 1.0)
    return table[:-1, :-1]


def _gives_away(hidden: Bools, is_summed: Bools) -> bool:
    """Whether a hidden cell can be computed once the sum of some cells is shown beside the matrix and its totals.

    The hidden cells are unknowns; every row and column says that its cells add up to its total. A cell can be computed
    if the equations span its unit vector, so that the diagonal of the projection on them is 1.
    """
    if not hidden.any():
        return False
    equations = np.vstack([_equations(hidden), is_summed[hidden]])
    return bool((_is_determined(equations) & ~_is_determined(equations[:-1])).any())


def _equations(hidden: Bools) -> Floats:
    """For every row, then every column, the sign of each hidden cell in "cells - total = 0"."""
    cells, last = np.argwhere(hidden), len(hidden) - 1
    equations = np.zeros((2 * len(hidden), len(cells)))
    for index, (row, column) in enumerate(cells):
        equations[row, index] = -1 if column == last else 1
        equations[len(hidden) + column, index] = -1 if row == last else 1
    return equations


def _is_determined(equations: Floats) -> Bools:
    _, strengths, directions = np.linalg.svd(equations, full_matrices=False)
    spanned = directions[strengths > _TOLERANCE]
    return np.asarray((spanned**2).sum(axis=0) > 1 - _TOLERANCE)


def _total(count: int, *, is_exact: bool) -> ShownSum:
    return ShownSum(count, is_exact and not bool(is_small(np.array(count))))
