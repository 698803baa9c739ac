"""Clusters that are ranges on a line: the start that meets a minimum where better ones cannot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def line_centres(X: Floats, weights: Floats, k: int) -> tuple[Floats, int]:
    """Centres on one line that cut the rows into k ranges, and the largest minimum that ranges can keep.

    Ranges along a line are the cells of a power diagram, so this minimum is feasible for certain.
    """
    mean = X.mean(axis=0)
    spread = X.std(axis=0)
    # Unequal factors, so that rows of a lattice do not share a place.
    direction = spread / max(float(spread.max()), 1e-300) * (1 + np.sqrt(np.arange(2, X.shape[1] + 2)) / 10)
    places = np.zeros(len(X))
    for column, factor in enumerate(direction):
        places += (X[:, column] - mean[column]) * factor
    unique, group = np.unique(places, return_inverse=True)
    held: Floats = np.bincount(group, weights).astype(np.float64)
    low, high = 0, int(weights.sum() // k)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _range_of_each(held, middle).max() + 1 >= k else (low, middle - 1)
    ranges = np.minimum(_range_of_each(held, max(low, 1)), k - 1)
    middles = np.bincount(ranges, held * unique, minlength=k) / np.maximum(
        np.bincount(ranges, held, minlength=k), 1e-300
    )
    return mean + middles[:, None] * direction / (direction**2).sum(), low


def _range_of_each(held: Floats, least: float) -> NDArray[np.intp]:
    """The range of each place when ranges are filled to the minimum one after the other."""
    ranges, count, total = [], 0, 0.0
    for weight in held.tolist():
        ranges.append(count)
        total += weight
        if total >= least:
            count, total = count + 1, 0.0
    result = np.array(ranges, dtype=np.intp)
    # What is left over at the end belongs to the last full range.
    return np.minimum(result, max(count - 1, 0))
