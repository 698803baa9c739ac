"""Suppression of small groups and cells, so that no customer can be identified from the results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg.texts import number, percent, plural, plural_form

SMALLEST_GROUP = 10
"""Groups of fewer customers are not described."""

_MAX_CATEGORIES = 20

SMALLEST_TAIL = 21
"""With fewer values the 5 % quantile lies below the second-lowest one, so that the extreme customer decides it."""


def is_small(counts: Integers) -> Bools:
    """Whether counts of customers are too small to be shown: 1 to 9. They read "<10"."""
    return np.asarray((np.asarray(counts) > 0) & (np.asarray(counts) < SMALLEST_GROUP))


def has_small_cell(counts: Integers, sizes: Integers) -> Bools:
    """Whether 1 to 9 customers are counted, or all but 1 to 9: the size would give the other cell away."""
    return is_small(counts) | is_small(np.asarray(sizes) - np.asarray(counts))


def hidden_cells(counts: Integers) -> Bools:
    """Which cells of a table of counts (segments × categories) must not be shown.

    Cells with 1 to 9 customers. A single hidden cell of a segment could be computed from its size, so the smallest
    other cell is hidden too. The totals of categories are not shown, see `blurred`.
    """
    hidden = is_small(counts)
    for line in np.flatnonzero(hidden.sum(axis=1) == 1):
        free = np.flatnonzero(~hidden[line] & (counts[line] > 0))
        if len(free):
            hidden[line, free[np.argmin(counts[line, free])]] = True
    return hidden


def hidden_in_cross_table(counts: Integers, *, hides_total: bool = False) -> Bools:
    """Which cells of a cross table that is shown with its totals must not be shown; shape (rows + 1, columns + 1).

    The last row and column of the result are the totals, the corner the grand total. Cells with 1 to 9 customers are
    hidden. A line (a row or a column, with its total) is an equation, so that in every line with hidden cells further
    ones are hidden, the smallest first, until there are two or more that count 20 customers or more; as far as the
    line has such cells. With `hides_total` the grand total is hidden from the outset.
    """
    table = np.vstack([counts, counts.sum(axis=0)])
    table = np.column_stack([table, table.sum(axis=1)])
    hidden = (table > 0) & (table < SMALLEST_GROUP)
    hidden[-1, -1] |= hides_total
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
    counts_shown = np.where(is_small(counts), SMALLEST_GROUP // 2, counts)
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
    if not has_small_cell(np.array(count), np.array(size)):
        return count if size >= SMALLEST_GROUP else None
    return size - SMALLEST_GROUP if count >= SMALLEST_GROUP <= size - SMALLEST_GROUP else None


def shown_share(count: int, size: int) -> float | None:
    """The share of the counted as it may be shown; None for a size under 10, and where one of both cells is small."""
    if size < SMALLEST_GROUP or has_small_cell(np.array(count), np.array(size)):
        return None
    return count / size


def share_bounds(counts: Integers, sizes: Integers) -> tuple[Floats, Floats]:
    """The lowest and the highest share that what is shown leaves possible: equal but where a cell has 1 to 9."""
    shares, nine = counts / sizes, (SMALLEST_GROUP - 1) / sizes
    low = np.where(is_small(counts), 0.0, np.where(is_small(sizes - counts), 1 - nine, shares))
    high = np.where(is_small(counts), nine, np.where(is_small(sizes - counts), 1.0, shares))
    return low, high


def share_words(count: int, size: int, language: str, *, shown: float | None = None) -> str | None:
    """The share of the counted as people read it: "<17%" for 1 to 9 of 60, ">83%" for all but 1 to 9 of them.

    Bounds are rounded outwards. `shown` is the share to show where no cell is small. None for a size under 10, and
    under 20 where a cell is small.
    """
    if size < SMALLEST_GROUP:
        return None
    if not has_small_cell(np.array(count), np.array(size)):
        return percent(count / size if shown is None else shown, language)
    if size < 2 * SMALLEST_GROUP:
        return None
    decimals = 0 if SMALLEST_GROUP / size >= 0.01 else 1
    steps = 10 ** (2 + decimals)
    bound = math.ceil(round(SMALLEST_GROUP / size * steps, 9)) / steps
    if count < SMALLEST_GROUP:
        return "<" + percent(bound, language, decimals=decimals)
    return ">" + percent(1 - bound, language, decimals=decimals)


def shown_sizes(sizes: Sequence[int]) -> list[int | None]:
    """Sizes of groups whose total is known: None for 1 to 9 customers; if one is hidden, for the smallest other too."""
    hidden = hidden_cells(np.array([sizes], dtype=np.intp).reshape(1, -1))[0]
    return [None if mask else size for size, mask in zip(sizes, hidden, strict=True)]


def bound_words(count: int) -> str:
    """What files have for a count that is hidden: "<10", or ">=10" where it would give another one away."""
    return f"<{SMALLEST_GROUP}" if count < SMALLEST_GROUP else f">={SMALLEST_GROUP}"


def bound_text(count: int) -> str:
    """The same as people read it: "<10" or "≥10"."""
    return bound_words(count).replace(">=", "≥")


def group_size(count: int | None, language: str) -> str:
    """The count of a group as people read it; "<10" for None, in a group of at least 20."""
    return f"<{SMALLEST_GROUP}" if count is None else number(count, language)


def at_least(count: int, language: str) -> str:
    """A count as a bound, where the difference to another one is small: "≥260" for 260 to 269."""
    return f"≥{number(count - count % SMALLEST_GROUP, language)}"


def with_count(count: int, forms: Sequence[str], language: str, *, quotes: Sequence[str] = (), **fields: str) -> str:
    """The sentence with a count of customers, in the form that goes with it; 1 to 9 read "<10"."""
    is_hidden = 0 < count < SMALLEST_GROUP
    form = plural_form(SMALLEST_GROUP if is_hidden else count, forms, language)
    return form.format(*quotes, count=group_size(None if is_hidden else count, language), **fields)


def few(count: int, noun: str, nouns: str | None = None) -> str:
    """A count of customers in an error: "<10 customers" for 1 to 9, else "12 customers"."""
    if not 0 < count < SMALLEST_GROUP:
        return plural(count, noun, nouns)
    return f"<{SMALLEST_GROUP} {nouns or noun + 's'}"


def frequent_categories(column: nw.Series[Any], *, printable: bool = False) -> tuple[str, ...]:
    """Up to 20 categories that at least 10 customers have, the most frequent first; on request printable ones only."""
    counts = column.cast(nw.String).drop_nulls().alias("value").value_counts(name="count")
    counts = counts.filter(nw.col("count") >= SMALLEST_GROUP).sort("count", "value", descending=[True, False])
    categories = counts.get_column("value").to_list()
    return tuple(category for category in categories if category.isprintable() or not printable)[:_MAX_CATEGORIES]
