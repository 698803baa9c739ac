"""How far the other customers are from a segment in a column, beside how far its own members are from each other.

Rank effects are 1 wherever two groups do not overlap; this tells ten times as many from a little more.
"""

from __future__ import annotations

import numpy as np

from custseg._numerics import Floats, Integers, unit_of


def relative_distances(values: Floats, labels: Integers, *, grid: Floats, n_segments: int) -> Floats:
    """How much farther the typical other customer is from the median of a segment than the typical member.

    It is (D - d) / (D + d), where d and D are the medians of the absolute deviations from the members' median, of the
    members and of all others: 1 where all members have one value that most others lack, 0 where others are as near as
    members. As skewed columns have long tails and ranks have no magnitude, it is the mean of that of values and that
    of ranks. It does not depend on the unit, and tells a segment in the middle as well as one at an end.

    Parameters
    ----------
    values : ndarray of shape (n_customers,)
        Values of the clustered customers, none missing.
    labels : ndarray of int, shape (n_customers,)
        Segments numbered from 0.
    grid : ndarray of float
        Some of the values in ascending order with the smallest: a value counts as the next lower one of these.
    n_segments : int
        Number of segments.

    Returns
    -------
    ndarray of shape (n_segments,)
        In [-1, 1]; 0 where there are no members or no others.
    """
    if not len(grid):
        return np.zeros(n_segments)
    bins = np.maximum(np.searchsorted(grid, values, side="right") - 1, 0)
    counts = np.bincount(labels * len(grid) + bins, minlength=n_segments * len(grid)).reshape(n_segments, len(grid))
    total = counts.sum(axis=0)
    scales = grid / unit_of(grid), total.cumsum() - total / 2
    return np.array([np.mean([_relative(scale, members, total - members) for scale in scales]) for members in counts])


def _relative(scale: Floats, members: Integers, remaining: Integers) -> float:
    """That of one segment, whose members and remaining customers are counted by position on the scale."""
    if not members.any() or not remaining.any():
        return 0.0
    deviations = np.abs(scale - _median(scale, members))
    near, far = _median(deviations, members), _median(deviations, remaining)
    return (far - near) / (far + near) if far + near else 0.0


def _median(figures: Floats, counts: Integers) -> float:
    """The lower median of figures that occur so often."""
    order = np.argsort(figures, kind="stable")
    reached = counts[order].cumsum()
    return float(figures[order][np.searchsorted(reached, reached[-1] / 2)])
