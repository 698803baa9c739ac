"""The range of a column, with customers on both sides of it, that holds most members and few others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.texts import roundest

# A range is said instead of one bound only if one bound sets apart at most so much of what the range does.
_ONE_BOUND = 0.75
# A bound is moved to a rounder number if that loses at most so much of what the range sets apart.
_LOSS = 0.02
# A bound is at most so far from the values of the range, relative to its width.
_MARGIN = 0.1
# So large a part of the members must be in the range.
_MOST_MEMBERS = 0.6
_TERMS = np.arange(1, 101)


@dataclass(frozen=True)
class MiddleRange:
    """Values from `low` to under `high`, and the p value of so large a difference of shares under any two bounds."""

    low: float
    high: float
    p_value: float


def middle_ranges(values: Floats, labels: Integers, *, grid: Floats, n_segments: int) -> tuple[MiddleRange | None, ...]:
    """The range that sets the members of each segment and all others apart most; None where one bound nearly does.

    Parameters
    ----------
    values : ndarray of shape (n_customers,)
        A column without missing values.
    labels : ndarray of int, shape (n_customers,)
        Segments numbered from 0.
    grid : ndarray of float
        Different values in ascending order, the smallest first: the bounds that are tried.
    n_segments : int
        Number of segments.

    Returns
    -------
    tuple of MiddleRange or None, of length n_segments
        At least ten customers are below the range and ten above it, and 60 % of the members are within.

    Notes
    -----
    The largest difference of the shares within two bounds is Kuiper's statistic. Its p value allows for all the bounds
    that were tried; with ties it is too large rather than too small. Stephens, M. A. (1970). Use of the
    Kolmogorov-Smirnov, Cramer-von Mises and related statistics without extensive tables. JRSS B 32(1), 115-122.
    """
    width = len(grid) + 1
    bins = np.searchsorted(grid, values, side="right")
    counts = np.bincount(labels * width + bins, minlength=n_segments * width).reshape(n_segments, width)
    below, sizes = counts.cumsum(axis=1)[:, :-1], counts.sum(axis=1)
    total = below.sum(axis=0)
    may_be_bounds = (total >= SMALLEST_GROUP) & (len(values) - total >= SMALLEST_GROUP)
    return tuple(
        _middle_range(
            values,
            labels == segment,
            grid,
            may_be_bounds=may_be_bounds,
            below=np.stack([below[segment], total - below[segment]]),
            sizes=(int(sizes[segment]), len(values) - int(sizes[segment])),
        )
        for segment in range(n_segments)
    )


def _middle_range(
    values: Floats, is_member: Bools, grid: Floats, *, may_be_bounds: Bools, below: Integers, sizes: tuple[int, int]
) -> MiddleRange | None:
    """The range of one segment, from how many members and others are below each value of the grid."""
    cuts = np.flatnonzero(may_be_bounds)
    if len(cuts) < 2 or min(sizes) < SMALLEST_GROUP:
        return None
    shares = below / np.array(sizes)[:, None]
    surplus = shares[0] - shares[1]
    first, last = (int(cuts[position]) for position in _widest_rise(surplus[cuts]))
    gain = float(surplus[last] - surplus[first])
    if np.abs(surplus).max() > _ONE_BOUND * gain or shares[0][last] - shares[0][first] < _MOST_MEMBERS:
        return None
    low_run = _around(first, may_be_bounds & (surplus <= surplus[first] + _LOSS * gain))
    high_run = _around(last, may_be_bounds & (surplus >= surplus[last] - _LOSS * gain))
    low, high = _rounded_ends(values, is_member, lows=grid[low_run], highs=grid[high_run])
    return MiddleRange(low, high, _kuiper_p_value(gain, *sizes)) if low < high else None


def _widest_rise(surplus: Floats) -> tuple[int, int]:
    """Positions i < j with the largest difference surplus[j] - surplus[i]."""
    last = int((surplus - np.minimum.accumulate(surplus)).argmax())
    return int(surplus[: last + 1].argmin()), last


def _around(position: int, mask: Bools) -> Integers:
    """The positions around one at which the mask holds without a break."""
    breaks = np.flatnonzero(~mask)
    start = int(breaks[breaks < position].max(initial=-1)) + 1
    return np.arange(start, int(breaks[breaks > position].min(initial=len(mask))))


def _rounded_ends(values: Floats, is_member: Bools, *, lows: Floats, highs: Floats) -> tuple[float, float]:
    """The roundest bounds next to the members in the range: in a wide gap no bound is far from them."""
    inside = values[is_member & (values >= lows[-1]) & (values < highs[0])]
    first, last = float(inside.min()), float(inside.max())
    before, after = float(values[values < first].max()), float(values[values > last].min())
    is_whole = bool((values == np.floor(values)).all())
    margin = max(_MARGIN * (last - first), float(is_whole))
    lowest = max(min(before, float(values[values < lows[0]].max())), first - margin)
    low = roundest(lowest, first, whole=is_whole, near=first)
    high = roundest(last, min(max(after, float(highs[-1])), last + margin), whole=is_whole, near=last)
    return first if low is None else low, after if high is None else high


def _kuiper_p_value(statistic: float, n: int, m: int) -> float:
    """How often two samples of one distribution differ by so much within some two bounds."""
    root = math.sqrt(n * m / (n + m))
    scaled = (root + 0.155 + 0.24 / root) * statistic
    if scaled < 0.4:  # the series does not converge, and the value is 1 to 15 digits
        return 1.0
    squares = (_TERMS * scaled) ** 2
    return float(min(1.0, 2 * ((4 * squares - 1) * np.exp(-2 * squares)).sum()))
