"""Offsets under which every cluster meets the minimum size among rows that can be counted, but not read here.

The rows of a large base stay in its engine. A clustering is fitted to a sample of them; its sizes among all rows are
counts, and only the costs of the rows near a boundary are fetched, grouped by their values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from custseg._numerics import Floats
from custseg.clustering.min_size._em import MatrixCosts
from custseg.clustering.min_size._offsets import cheapest, optimal_offsets
from custseg.clustering.min_size._sized_assignment import sized_assignment
from custseg.errors import InfeasibleMinimumError

_ROUNDS = 12
# Rows near a boundary that are fetched: so many times those that are missing, and at least so many of the sample.
_TIMES_MISSING, _FEWEST_OF_SAMPLE = 4, 50
# A deficit of so many rows of the sample or more is closed on the sample first.
_SURE_IN_SAMPLE = 4
_WIDER = 4.0


class CountedRows(Protocol):
    """Rows in an engine, by their costs: those of assigning each row to each cluster."""

    def sizes(self, offsets: Floats) -> Floats:
        """How many rows each cluster has; a row is in the first cluster of least cost less offset."""
        ...

    def near(self, offsets: Floats, reach: float) -> tuple[Floats, Floats] | None:
        """The distinct costs of the rows whose two best clusters differ by at most `reach`, and their counts.

        None if these are too many to be fetched.
        """
        ...


@dataclass(frozen=True, eq=False)
class CountedOffsets:
    """Offsets with the sizes that they give among all rows.

    Attributes
    ----------
    offsets, sizes : ndarray of shape (n_clusters,)
        The offsets, and the number of rows of each cluster.
    passes : int
        How often the rows were counted or fetched.
    """

    offsets: Floats
    sizes: Floats
    passes: int


def offsets_for_all_rows(
    rows: CountedRows, sample: Floats, min_size: float, *, start: Floats, caller: str
) -> CountedOffsets:
    """The offsets nearest to `start` that were tried under which every cluster has `min_size` of all rows.

    Each round counts the sizes. While a cluster lacks more rows than the sample can tell, the offsets are solved on the
    sample, with minimum sizes corrected by what the counts differ from those of the sample: what remains is the error
    in the few rows that move. Then the rows near a boundary are fetched, as distinct costs with their counts, and the
    transportation problem with them is solved exactly, all other rows being fixed; rows of equal costs stay together.
    The next round counts again, so that what is returned was counted. There are at most 12 rounds.

    Parameters
    ----------
    rows : CountedRows
        All rows.
    sample : ndarray of shape (n_rows, n_clusters)
        Costs of a random sample of them.
    min_size : float
        The minimum size, in rows.
    start : ndarray of shape (n_clusters,)
        The offsets to start from.
    caller : str
        Name of the calling function, for errors.

    Raises
    ------
    InfeasibleMinimumError
        If no round meets the minimum; `feasible` is the largest minimum that a round met.
    """
    offsets, feasible, passes, wider = start.astype(np.float64), 0.0, 0, 1.0
    tried, fewest_missing, by_sample = offsets, np.inf, True
    for _ in range(_ROUNDS):
        sizes, passes = rows.sizes(tried), passes + 1
        missing = float(np.maximum(min_size - sizes, 0.0).sum())
        feasible = max(feasible, float(sizes.min()))
        if missing == 0:
            return CountedOffsets(tried, sizes, passes)
        if min_size * len(sizes) > sizes.sum():
            break
        if missing < fewest_missing:
            offsets, sizes_of_best, fewest_missing = tried, sizes, missing
        else:
            by_sample, wider = False, wider * _WIDER
        weight = float(sizes.sum()) / len(sample)
        if by_sample and missing > _SURE_IN_SAMPLE * weight and weight > 1:
            tried = _solved_on_sample(sample, sizes, min_size, offsets=offsets)
            continue
        fetched = _fetched(rows, sample, offsets, n_near=wider * _TIMES_MISSING * fewest_missing, weight=weight)
        passes += fetched.passes
        tried = offsets + fetched.raises(sizes_of_best, min_size, offsets)
    raise InfeasibleMinimumError(
        f"{caller}: no boundaries between {len(start)} clusters were found that leave {min_size:,.0f} of all "
        f"{float(rows.sizes(start).sum()):,.0f} customers in each without splitting customers of equal values. "
        f"{int(feasible):,} in each is feasible.",
        feasible=int(feasible),
    )


def _solved_on_sample(sample: Floats, sizes: Floats, min_size: float, *, offsets: Floats) -> Floats:
    """The optimal offsets of the sample, with the minimum of each cluster corrected by its size among all rows."""
    k, weight = len(sizes), float(sizes.sum()) / len(sample)
    labels, _ = cheapest(sample, offsets)
    of_sample = np.bincount(labels, minlength=k)
    # What the sample must have for all rows to have the minimum, if each moved row of it stands for `weight` rows.
    required = of_sample + (min_size - sizes) / weight
    fixed, largest = required.max() - required, float(required.max())
    return _optimum(sample, np.ones(len(sample)), fixed=fixed, min_size=largest, offsets=offsets)[0]


def _optimum(
    costs: Floats, weights: Floats, *, fixed: Floats, min_size: float, offsets: Floats
) -> tuple[Floats, Floats]:
    """The optimal offsets if each cluster has a fixed number of further rows; and the costs with a row for these."""
    k = len(offsets)
    anchors = _far(costs, offsets) * (1.0 - np.eye(k))
    anchored = np.ascontiguousarray(np.concatenate([costs, anchors]))
    solved, _ = optimal_offsets(MatrixCosts(anchored), np.concatenate([weights, fixed]), min_size, start=offsets)
    return solved, anchored


def _far(costs: Floats, offsets: Floats) -> float:
    """A cost by which a row never leaves its cluster."""
    largest = float(np.abs(costs).max()) if costs.size else 0.0
    return 1e3 * (largest + float(np.abs(offsets).max()) + 1.0)


@dataclass(frozen=True, eq=False)
class _Near:
    """The distinct costs of the rows within reach of a boundary, and their counts; and how many passes they took."""

    costs: Floats
    counts: Floats
    reach: float
    passes: int

    def raises(self, sizes: Floats, min_size: float, offsets: Floats) -> Floats:
        """By how much offsets rise so that the minimum is met by these rows alone; 0 if it cannot be."""
        k = len(sizes)
        reduced = self.costs - offsets
        labels, _ = cheapest(reduced, np.zeros(k))
        fixed = sizes - np.bincount(labels, self.counts, minlength=k)
        # Less the present offsets, so that none is lowered: which rows would leave a cluster then, these do not tell.
        start, anchored = _optimum(reduced, self.counts, fixed=fixed, min_size=min_size, offsets=np.zeros(k))
        weights = np.concatenate([self.counts, fixed])
        met = sized_assignment(MatrixCosts(anchored), weights, min_size, start=start)
        return np.zeros(k) if met is None or met.offsets.max() > self.reach else met.offsets


def _fetched(rows: CountedRows, sample: Floats, offsets: Floats, *, n_near: float, weight: float) -> _Near:
    """About that many rows near a boundary, fewer where these are too many to be fetched."""
    _, margins = cheapest(sample, offsets)
    margins.sort()
    position = min(max(n_near / weight, _FEWEST_OF_SAMPLE), len(margins))
    passes = 0
    while position >= 1:
        passes += 1
        reach = float(margins[int(position)]) if position < len(margins) else np.inf
        near = rows.near(offsets, reach)
        if near is not None:
            return _Near(*near, reach, passes)
        position /= _WIDER
    return _Near(np.empty((0, len(offsets))), np.empty(0), 0.0, passes)
