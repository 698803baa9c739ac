"""Starting centers for the fallback search: rows projected on a direction and cut into intervals of equal weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Floats

_BISECTIONS = 60
# Sums of weights may differ by rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class IntervalCut:
    """Centers on a line, the offsets which put boundaries midway between rows, and the smallest cluster's weight."""

    centers: Floats
    offsets: Floats
    smallest: float


def interval_cuts(X: Floats, weights: Floats, k: int, *, n_cuts: int) -> list[IntervalCut]:
    """The cuts into k intervals whose smallest interval is heaviest, at most `n_cuts`, the best first.

    Directions: each column, the first principal axis, and one direction on which distinct rows do not coincide.
    """
    # The median and the interquartile range as origin and unit: distant rows cost the others no digits.
    low, middle, high = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
    spread = np.where(high > low, high - low, X.std(axis=0))
    spread = np.where(spread > 0, spread, 1.0)
    scaled = (X - middle) / spread
    cuts = []
    for direction in _directions(scaled, weights):
        projections, group = np.unique((scaled * direction).sum(axis=1), return_inverse=True)
        cumulated: Floats = np.cumsum(np.bincount(group, weights)).astype(np.float64)
        last = _maximin_intervals(cumulated, k)
        if last is None:
            continue
        inner = _innermost(projections, cumulated, last)
        between = (projections[last[:-1]] + projections[last[:-1] + 1]) / 2
        # In the units of the columns, the same order has the direction divided by the spreads.
        along = direction / spread
        squared_length = float((along**2).sum())
        # ‖x - c_j‖² is inner_j (inner_j - 2 projection) / squared_length, except for what all centers share.
        steps = np.diff(inner) * ((inner[1:] - between) + (inner[:-1] - between)) / squared_length
        offsets = np.append(0.0, np.cumsum(steps))
        smallest = float(np.diff(cumulated[last], prepend=0.0).min())
        centers = middle + inner[:, None] * along / squared_length
        cuts.append(IntervalCut(centers, offsets - offsets.min(), smallest))
    return sorted(cuts, key=lambda cut: -cut.smallest)[:n_cuts]


def _directions(scaled: Floats, weights: Floats) -> Floats:
    """Directions, one per row."""
    d = scaled.shape[1]
    if d == 1:
        return np.ones((1, 1))
    # Clipped, so that the principal axis is that of most rows.
    clipped = np.clip(scaled, -3.0, 3.0)
    centered = (clipped - np.average(clipped, axis=0, weights=weights)) * np.sqrt(weights / weights.max())[:, None]
    # Rounded, so that the order of a parallel sum leaves no trace.
    principal = np.round(np.linalg.eigh(np.round(centered.T @ centered / len(scaled), 9))[1][:, -1], 9)
    # Every column counts, each with another weight: distinct rows of a lattice have distinct projections.
    slanted = 1 + np.sqrt(np.arange(2.0, d + 2)) / 10
    return np.concatenate([[slanted], np.eye(d), [principal]])


def _maximin_intervals(cumulated: Floats, k: int) -> NDArray[np.intp] | None:
    """Last position of each of the k intervals whose smallest weight is largest, by bisection; None without any."""
    low, high = 0.0, float(cumulated[-1]) / k
    best, middle = None, 2 * _ROUNDING * high
    for _ in range(_BISECTIONS):
        last = _filled_intervals(cumulated, k, middle)
        if last is not None:
            best, low = last, float(np.diff(cumulated[last], prepend=0.0).min())
        elif best is None:
            return None
        else:
            high = middle
        if high - low <= _ROUNDING * high:
            break
        middle = (low + high) / 2
    return best


def _filled_intervals(cumulated: Floats, k: int, min_size: float) -> NDArray[np.intp] | None:
    """Last position of each interval, where each is filled to the minimum size in turn; None if they run out."""
    last: list[int] = []
    weight_before = 0.0
    for _ in range(k):
        first = last[-1] + 1 if last else 0
        position = first + int(np.searchsorted(cumulated[first:], weight_before + min_size * (1 - _ROUNDING)))
        if position >= len(cumulated):
            return None
        last.append(position)
        weight_before = float(cumulated[position])
    # The remainder belongs to the last interval.
    last[-1] = len(cumulated) - 1
    return np.array(last, dtype=np.intp)


def _innermost(projections: Floats, cumulated: Floats, last: NDArray[np.intp]) -> Floats:
    """The projection in each interval that is nearest to the median: distant rows then cost no precision."""
    first = np.append(0, last[:-1] + 1)
    median = int(np.searchsorted(cumulated, cumulated[-1] / 2))
    return np.asarray(projections[np.clip(median, first, last)])
