"""Categories by segment: shares, how they differ from the others', and what may be shown of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._arrays import Integers
from custseg.profiling.measures._intervals import Effect, share_difference, share_ratio
from custseg.profiling.measures._privacy import SMALLEST, blurred, hidden_cells
from custseg.profiling.measures._table import OTHER, Categories


@dataclass(frozen=True)
class CategoryShare:
    """How many of a segment have one category.

    Attributes
    ----------
    value : str
        The category, as text.
    share : float or None
        Of the members with a value; None where that would show fewer than 10 customers.
    others_share : float or None
        The same of all other clustered customers; 1 to 9 of a segment count as 5, so that they cannot be read off.
    difference : Effect or None
        `share` less `others_share`, with Newcombe's interval.
    lift : Effect or None
        `share` over `others_share`, with a MOVER interval.
    """

    value: str
    share: float | None
    others_share: float | None
    difference: Effect | None
    lift: Effect | None


def category_counts(column: Categories, labels: Integers, n_segments: int) -> Integers:
    """Clustered customers by segment and category, shape (n_segments, n_categories)."""
    used = (labels >= 0) & (column.codes >= 0)
    width = len(column.values)
    cells = np.bincount(labels[used] * width + column.codes[used], minlength=n_segments * width)
    return cells.reshape(n_segments, width)


def category_shares(column: Categories, counts: Integers) -> list[tuple[CategoryShare, ...]]:
    """The categories of each segment, as they may be shown."""
    hidden, told = hidden_cells(counts), blurred(counts)
    sizes, totals = counts.sum(axis=1), told.sum(axis=0)
    rows = []
    for segment, size in enumerate(sizes):
        others = totals - told[segment] if sizes.sum() - size >= SMALLEST else None
        rows.append(
            tuple(
                CategoryShare(value, None, None, None, None)
                if size < SMALLEST or hidden[segment, c]
                else _share(value, int(counts[segment, c]), int(size), others=others, category=c)
                for c, value in enumerate(column.values)
            )
        )
    return rows


def _share(value: str, hits: int, size: int, *, others: Integers | None, category: int) -> CategoryShare:
    share = hits / size
    if others is None:
        return CategoryShare(value, share, None, None, None)
    pair = int(others[category]), int(others.sum())
    return CategoryShare(
        value,
        share,
        pair[0] / pair[1],
        share_difference(hits, size, others=pair),
        share_ratio(hits, size, others=pair),
    )


def strongest(shares: tuple[CategoryShare, ...]) -> CategoryShare | None:
    """The named category by which a segment differs most from the others."""
    known = [one for one in shares if one.difference is not None and one.value != OTHER]
    # Of two that differ alike, the one that is more common here says what the segment is.
    strengths = {
        one.value: (round(abs(one.difference.value), 9), one.difference.value) for one in known if one.difference
    }
    return max(known, key=lambda one: strengths[one.value], default=None)
