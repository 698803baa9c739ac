"""Rank statistics of one numeric feature from a single sort: quantiles, effect sizes and ranks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Floats, Integers, unit_of
from custseg.profiling.measures._intervals import Effect, delta_effect

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_GRID = 257


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rank statistics of one feature by segment; customers without a value are left out.

    Attributes
    ----------
    counts, others_counts : ndarray of int, shape (n_segments,)
        Members, and other clustered customers, with a value.
    quantiles : ndarray of float, shape (n_segments, 5)
        Quantiles of the members; NaN where none has a value.
    others_medians : ndarray of float, shape (n_segments,)
        Median of all other clustered customers.
    effects : tuple of Effect or None
        Cliff's delta of each segment against the others; None if there are too few customers to compare.
    pairs : ndarray of float, shape (n_segments, n_segments)
        Cliff's delta of the row's segment against the column's; NaN where one has no values.
    rank_sums : ndarray of float, shape (n_segments,)
        Sums of mid-ranks.
    bounds : dict of (operator, quantile) to float
        The values at the requested quantiles; NaN where no customer lies there.
    scaled_ranks : ndarray of float32, shape (n_customers,)
        Mid-ranks, centered and scaled to norm 1; 0 without a value.
    ties : float
        Σ (t³ - t) over groups of t equal values.
    grid : ndarray of float
        Up to 257 different values in ascending order, at evenly spaced ranks, with the smallest and the largest.
    """

    counts: Integers
    others_counts: Integers
    quantiles: Floats
    others_medians: Floats
    effects: tuple[Effect | None, ...]
    pairs: Floats
    rank_sums: Floats
    bounds: dict[tuple[str, float], float]
    scaled_ranks: NDArray[np.float32]
    ties: float
    grid: Floats


def ranked(
    values: Floats, labels: Integers, *, n_segments: int, quantile_terms: Collection[tuple[str, float]] = ()
) -> Ranked:
    """Compute the rank statistics of one feature.

    Parameters
    ----------
    values : ndarray of shape (n_customers,)
        NaN where missing.
    labels : ndarray of int, shape (n_customers,)
        Segments numbered from 0; -1 for customers in no segment.
    n_segments : int
        Number of segments.
    quantile_terms : collection of (operator, quantile)
        Quantiles whose values are requested: for "<=" the largest value at or below the quantile, for ">=" the
        smallest one at or above it, "<" and ">" alike. The quantile rank of a value is (average rank - 1/2) / n.
    """
    from custseg.profiling.measures._rank_kernel import sweep

    rows = np.flatnonzero(~np.isnan(values) & (labels >= 0))
    rows = rows[np.argsort(values[rows])]
    ordered, owners = values[rows], labels[rows]
    sizes = np.bincount(owners, minlength=n_segments)
    middle, pairs = np.empty(len(rows)), np.zeros((n_segments, n_segments))
    lead, lead_square, back_square, equal = sums = np.zeros((4, n_segments))
    ties = sweep(ordered, owners, sizes.astype(float), *np.zeros((3, n_segments)), middle, *sums, pairs)
    positions = [np.flatnonzero(owners == segment) for segment in range(n_segments)]
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs /= sizes[:, None]
        pairs[:, sizes == 0] = np.nan
    quantile_ranks = (middle - 0.5) / max(len(rows), 1)
    return Ranked(
        counts=sizes,
        others_counts=len(rows) - sizes,
        quantiles=np.array([quantiles_of(ordered[at]) for at in positions]),
        others_medians=np.array([_others_median(ordered, at) for at in positions]),
        effects=tuple(
            _effect(int(sizes[s]), len(rows) - int(sizes[s]), (lead[s], lead_square[s], back_square[s], equal[s]))
            for s in range(n_segments)
        ),
        pairs=pairs,
        rank_sums=np.bincount(owners, weights=middle, minlength=n_segments).astype(float),
        bounds={key: _bound(ordered, quantile_ranks, key) for key in quantile_terms},
        scaled_ranks=_scaled_ranks(middle, rows, n_customers=len(values), ties=ties),
        ties=float(ties),
        grid=np.unique(ordered[np.linspace(0, len(rows) - 1, _GRID).astype(np.intp)]) if len(rows) else ordered,
    )


def _effect(n: int, n_others: int, sums: tuple[float, float, float, float]) -> Effect | None:
    """Cliff's delta of n members against the others.

    The variance is the consistent one of Cliff (1996), Ordinal Methods for Behavioral Data Analysis, from the leads
    d_i. and d_.j: the share of the other group below each customer less the share above.
    """
    if n == 0 or n_others == 0:
        return None
    lead, lead_square, back_square, equal = sums
    delta = lead / n
    if abs(delta) > 1 - 1e-12:
        delta = float(np.sign(delta))
    member_square = lead_square - n * delta * delta
    other_square = back_square - n_others * delta * delta
    pair_square = n * n_others * (1 - delta * delta) - equal
    m, k = max(n - 1, 1), max(n_others - 1, 1)
    variance = (k * member_square / m + m * other_square / k + pair_square / (m * k)) / (n * n_others)
    return delta_effect(delta, max(variance, 0.0), min(n, n_others))


def quantiles_of(values: Floats) -> Floats:
    """Quantiles by linear interpolation; NaN without values."""
    if len(values) == 0:
        return np.full(len(QUANTILES), np.nan)
    # The difference of two values may be too large for a float.
    unit = unit_of(values)
    return np.asarray(np.quantile(values / unit, QUANTILES) * unit)


def _others_median(ordered: Floats, members: Integers) -> float:
    """The median of all values but those at the positions of the members."""
    n = len(ordered) - len(members)
    if n == 0:
        return np.nan
    middle = np.array([(n - 1) // 2, n // 2])
    skipped = np.searchsorted(members - np.arange(len(members)), middle, side="right")
    # Halves first: the sum of two values may be too large for a float.
    return float((ordered[middle + skipped] / 2).sum())


def _bound(ordered: Floats, quantile_ranks: Floats, quantile_term: tuple[str, float]) -> float:
    """The value at which the quantile rank of a customer meets the term."""
    operator, quantile = quantile_term
    if operator in ("<=", "<"):
        last = int(np.searchsorted(quantile_ranks, quantile, side="right" if operator == "<=" else "left")) - 1
        return float(ordered[last]) if last >= 0 else np.nan
    first = int(np.searchsorted(quantile_ranks, quantile, side="left" if operator == ">=" else "right"))
    return float(ordered[first]) if first < len(ordered) else np.nan


def _scaled_ranks(middle: Floats, rows: Integers, *, n_customers: int, ties: float) -> NDArray[np.float32]:
    n = float(len(rows))
    scaled = np.zeros(n_customers, dtype=np.float32)
    square = (n**3 - n - ties) / 12
    if square > 0:
        scaled[rows] = (middle - (n + 1) / 2) / np.sqrt(square)
    return scaled
