"""Suppression of small groups and cells, so that no customer can be identified from the results."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Bools, Integers
from custseg.texts import number

SMALLEST_GROUP = 10
"""Groups of fewer customers are not described."""

_MAX_CATEGORIES = 20

SMALLEST_TAIL = 21
"""With fewer values the 5 % quantile lies below the second-lowest one, so that the extreme customer decides it."""


def hidden_cells(counts: Integers) -> Bools:
    """Which cells of a table of counts (segments × categories) must not be shown.

    Cells with 1 to 9 customers. A single hidden cell of a segment could be computed from its size, so the smallest
    other cell is hidden too. The totals of categories are not shown, see `blurred`.
    """
    hidden = (counts > 0) & (counts < SMALLEST_GROUP)
    for line in np.flatnonzero(hidden.sum(axis=1) == 1):
        free = np.flatnonzero(~hidden[line] & (counts[line] > 0))
        if len(free):
            hidden[line, free[np.argmin(counts[line, free])]] = True
    return hidden


def hidden_in_cross_table(counts: Integers) -> Bools:
    """Which cells of a cross table that is shown with its totals must not be shown; shape (rows + 1, columns + 1).

    The last row and column of the result are the totals, the corner the grand total. Cells with 1 to 9 customers are
    hidden. A line (a row or a column, with its total) is an equation, so that in every line with hidden cells further
    ones are hidden, the smallest first, until there are two or more that count 20 customers or more; as far as the
    line has such cells.
    """
    table = np.vstack([counts, counts.sum(axis=0)])
    table = np.column_stack([table, table.sum(axis=1)])
    hidden = (table > 0) & (table < SMALLEST_GROUP)
    while True:
        before = hidden.sum()
        for lines, masks in ((table, hidden), (table.T, hidden.T)):
            for line, mask in zip(lines, masks, strict=True):
                _hide_more(line, mask)
        if hidden.sum() == before:
            return hidden


def _hide_more(line: Integers, mask: Bools) -> None:
    """Hide cells of one line until none of the hidden ones can be computed from those shown."""
    while mask.any() and (mask.sum() < 2 or line[mask].sum() < 2 * SMALLEST_GROUP):
        free = np.flatnonzero(~mask & (line > 0))
        if not len(free):
            return
        mask[free[np.argmin(line[free])]] = True


def blurred(counts: Integers) -> Integers:
    """The table with 1 to 9 replaced by 5, and the difference added to the largest cell of the segment if it has 10.

    What is said about the customers outside a segment is summed from this table, so that subtracting two figures
    never reveals a small cell.
    """
    counts_shown = np.where((counts > 0) & (counts < SMALLEST_GROUP), SMALLEST_GROUP // 2, counts)
    if not counts.shape[1]:
        return counts_shown
    lines = np.arange(len(counts))
    largest = counts.argmax(axis=1)
    enough = counts[lines, largest] >= SMALLEST_GROUP
    counts_shown[lines[enough], largest[enough]] += (counts - counts_shown).sum(axis=1)[enough]
    return np.maximum(counts_shown, 0)


def shown_count(count: int, size: int) -> int | None:
    """A count of customers out of `size` as it may be shown.

    None for 1 to 9, and for a size under 10. Where all but 1 to 9 are counted it is `size` less 10, so that the
    number of the others is not disclosed; None for a size under 20.
    """
    if 0 < count < SMALLEST_GROUP or size < SMALLEST_GROUP:
        return None
    if 0 < size - count < SMALLEST_GROUP:
        return size - SMALLEST_GROUP if size >= 2 * SMALLEST_GROUP else None
    return count


def group_size(count: int | None, language: str) -> str:
    """The count of a group as people read it; "<10" for None, in a group of at least 20."""
    return f"<{SMALLEST_GROUP}" if count is None else number(count, language)


def frequent_categories(column: nw.Series[Any], *, printable: bool = False) -> tuple[str, ...]:
    """Up to 20 categories that at least 10 customers have, the most frequent first; on request printable ones only."""
    counts = column.cast(nw.String).drop_nulls().alias("value").value_counts(name="count")
    counts = counts.filter(nw.col("count") >= SMALLEST_GROUP).sort("count", "value", descending=[True, False])
    categories = counts.get_column("value").to_list()
    return tuple(category for category in categories if category.isprintable() or not printable)[:_MAX_CATEGORIES]
