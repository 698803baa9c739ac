"""`RFMGrid`: scores of recency and frequency as a grid, and which segment the customers of each cell are in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP, hidden_cells, share_words
from custseg.classical_rfm._edges import FeatureEdges, learned_edges, scores_by_edges


@dataclass(frozen=True)
class RFMCell:
    """The customers with one score in recency and one in frequency.

    Attributes
    ----------
    recency, frequency : int
        The scores, from 1 (worst).
    size : int or None
        Customers; None where that is hidden: for 1 to 9 of them, and for the smallest other cell if only one is
        hidden, which could be computed from the total.
    is_small : bool
        Whether 1 to 9 customers are in it.
    segment : int or None
        Number of the segment that most of them are in; None under 10 customers.
    share : dict of str to str
        By language, how many of them are in it, as people read it: "62%", or ">83%" where 1 to 9 are in others;
        empty where that cannot be said.
    """

    recency: int
    frequency: int
    size: int | None
    is_small: bool
    segment: int | None
    share: Mapping[str, str]


@dataclass(frozen=True)
class RFMGrid:
    """The grid of recency and frequency scores.

    Attributes
    ----------
    recency, frequency : str
        The two features.
    bounds : mapping of str to (mapping of int to tuple)
        By feature and score that customers have, the lowest and the highest of its values; the lowest of values that
        are not whole numbers is the highest of the score beside. None for no bound.
    cells : tuple of RFMCell
        The cells that have customers.
    """

    recency: str
    frequency: str
    bounds: Mapping[str, Mapping[int, tuple[float | None, float | None]]]
    cells: tuple[RFMCell, ...]


def rfm_grid(
    values: Mapping[str, Floats], labels: Integers, numbers: Sequence[int], *, bins: int, languages: Sequence[str]
) -> RFMGrid:
    """The grid of the clustered customers; `values` has recency first, then frequency, without missing values.

    Scores are those of `rfm_scores` for these customers. `numbers` are those of the segments 0, 1, ...
    """
    recency, frequency = values
    edges = {
        name: learned_edges(column, bins, falling=name == recency, integers=bool((column % 1 == 0).all()))
        for name, column in values.items()
    }
    r, f = (scores_by_edges(values[name], edges[name]) for name in values)
    counts = np.zeros((bins + 1, bins + 1, len(numbers)), dtype=np.intp)
    np.add.at(counts, (r, f, labels), 1)
    hidden = hidden_cells(counts.sum(axis=2).reshape(1, -1)).reshape(bins + 1, bins + 1)
    cells = [
        _cell((int(i), int(j)), counts[i, j], numbers, is_hidden=bool(hidden[i, j]), languages=languages)
        for i, j in np.argwhere(counts.sum(axis=2))
    ]
    bounds = {name: _bounds(column, edges[name]) for name, column in values.items()}
    return RFMGrid(recency, frequency, bounds, tuple(cells))


def _cell(
    scores: tuple[int, int], counts: Integers, numbers: Sequence[int], *, is_hidden: bool, languages: Sequence[str]
) -> RFMCell:
    size, label = int(counts.sum()), int(counts.argmax())
    is_small = size < SMALLEST_GROUP
    has_share = not is_hidden and counts[label] >= SMALLEST_GROUP
    words = {code: share_words(int(counts[label]), size, code) for code in languages} if has_share else {}
    return RFMCell(
        *scores,
        None if is_hidden else size,
        is_small,
        None if is_small else numbers[label],
        {code: share for code, share in words.items() if share is not None},
    )


def _bounds(values: Floats, edges: FeatureEdges) -> dict[int, tuple[float | None, float | None]]:
    """The range of each score that occurs, the smallest values first.

    The lowest value of all is said where ten customers have it, such as one order.
    """
    is_whole, lowest = bool((values % 1 == 0).all()), float(values.min())
    first = lowest if (values == lowest).sum() >= SMALLEST_GROUP else None
    lows = [first, *(value + is_whole for value in edges["upper"])]
    return dict(zip(edges["scores"], zip(lows, [*edges["upper"], None], strict=True), strict=True))
