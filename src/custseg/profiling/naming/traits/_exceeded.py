"""Which segments another one clearly exceeds in a column, so that no spend is called high beside a far higher one."""

from __future__ import annotations

import numpy as np

from custseg._numerics import Bools, Floats, Integers, unit_of
from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import NEGLIGIBLE

# A median or mean is clearly higher by the smaller part of the other one where chance does not explain it, and by the
# larger part whatever chance may do: readers see the share of the revenue beside that of the customers.
_CLEARLY, _FAR = 0.1, 0.25
_Z_95 = 1.96


def exceeded(statistics: ColumnStatistics, name: str, *, among: Bools | None = None) -> Bools:
    """Whether some other segment has clearly more per customer, by its median or by its mean.

    Parameters
    ----------
    statistics : ColumnStatistics
        The columns by segment.
    name : str
        A numeric column, in any unit.
    among : ndarray of bool, shape (n_segments,), optional
        The segments to compare with; by default all. Those with fewer than 10 values exceed none.

    Returns
    -------
    ndarray of bool, shape (n_segments,)
        False for segments without values.
    """
    values, labels = statistics.clustered_values(name)
    ranks = statistics.ranked[name]
    counts, unit = ranks.counts, unit_of(values)
    means, variances = _moments(values / unit, labels, counts)
    medians = ranks.quantiles[:, 2] / unit
    with np.errstate(invalid="ignore"):
        errors = np.sqrt(variances[:, None] + variances[None, :])
        is_beyond_chance = means[:, None] - means[None, :] > _Z_95 * errors
        higher = _above(means, _CLEARLY) & is_beyond_chance
        higher |= _above(medians, _CLEARLY) & (ranks.pairs >= NEGLIGIBLE)
        higher |= _above(means, _FAR) | _above(medians, _FAR)
    higher[counts < SMALLEST_GROUP] = False
    if among is not None:
        higher[~among] = False
    return np.asarray(higher.any(axis=0))


def _moments(values: Floats, labels: Integers, counts: Integers) -> tuple[Floats, Floats]:
    """The mean of each segment and the variance of that mean; NaN without values."""
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.bincount(labels, weights=values, minlength=len(counts)) / counts
        squares = np.bincount(labels, weights=(values - means[labels]) ** 2, minlength=len(counts))
        return means, squares / counts / np.maximum(counts - 1, 1)


def _above(figures: Floats, part: float) -> Bools:
    """Whether the figure of the row is higher than that of the column by that part of it."""
    return np.asarray(figures[:, None] > figures[None, :] + part * np.abs(figures[None, :]))
