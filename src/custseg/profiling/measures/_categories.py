"""Shares of categories by segment, compared with all other customers, as far as they may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Integers
from custseg._privacy import SMALLEST_GROUP, blurred, has_small_cell, hidden_cells
from custseg.profiling.measures._intervals import Effect, share_difference, share_ratio
from custseg.profiling.measures._table import OTHER, Categories


@dataclass(frozen=True)
class CategoryShare:
    """The share of one category in a segment.

    Attributes
    ----------
    value : str
        The category, as text.
    share : float or None
        Share of the members with a value; None where the cell is hidden for privacy.
    others_share : float or None
        The same of all other clustered customers, where 1 to 9 members of a segment count as 5.
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
    """The categories of each segment, hidden cells without figures."""
    hidden, blurred_counts = hidden_cells(counts), blurred(counts)
    sizes, totals = counts.sum(axis=1), blurred_counts.sum(axis=0)
    rows = []
    for segment, size in enumerate(sizes):
        others = totals - blurred_counts[segment] if sizes.sum() - size >= SMALLEST_GROUP else None
        rows.append(
            tuple(
                CategoryShare(value, None, None, None, None)
                if size < SMALLEST_GROUP or hidden[segment, c]
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


def bounded_shares(categories: Sequence[str], counts: Integers, segment: int) -> list[CategoryShare]:
    """The categories of a segment that all but 1 to 9 members have, or only these: without a share to be shown.

    Their differences are those of the blurred cells, in which 1 to 9 count as 5.
    """
    sizes = counts.sum(axis=1)
    shares = []
    for position in np.flatnonzero(has_small_cell(counts[segment], sizes[segment])).tolist():
        cells = blurred(np.stack([counts[:, position], sizes - counts[:, position]], axis=1))
        hits, misses = (int(count) for count in cells.sum(axis=0) - cells[segment])
        if min(sizes[segment], hits + misses) >= 2 * SMALLEST_GROUP:
            pair = hits, hits + misses
            difference = share_difference(int(cells[segment, 0]), int(cells[segment].sum()), others=pair)
            shares.append(CategoryShare(categories[position], None, None, difference, None))
    return shares


def strongest(shares: tuple[CategoryShare, ...]) -> CategoryShare | None:
    """The named category by which a segment differs most from all other customers."""
    # Of two equal differences the positive one is preferred: it says what the segment is.
    strengths = {
        share: (round(abs(share.difference.value), 9), share.difference.value)
        for share in shares
        if share.difference is not None and share.value != OTHER
    }
    return max(strengths, key=lambda share: strengths[share], default=None)
