"""Clusters that are ranges on a line: power diagrams for certain, and the best of each direction exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Floats

# Directions tried, and places on them in all: fewer directions where there are many rows.
_DIRECTIONS = 2_000
_PLACES = 20_000_000
_RANDOM = 32
_HALVINGS = 60
# Sums of weights may differ by rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Ranges:
    """Centers on one line, the offsets that part the ranges half-way between rows, and the smallest of them."""

    centers: Floats
    offsets: Floats
    smallest: float


def best_ranges(X: Floats, weights: Floats, k: int, *, kept: int) -> list[Ranges]:
    """The few cuts into k ranges of the largest minimum, the largest first.

    Every direction is cut at its best. In one column, and in two where rows are few, all orders are tried.
    """
    # Far rows must not cost the others their digits: the middle and the unit are those of most rows.
    low, middle, high = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
    spread = np.where(high > low, high - low, X.std(axis=0))
    spread = np.where(spread > 0, spread, 1.0)
    scaled = (X - middle) / spread
    found: list[Ranges] = []
    for direction in _directions(scaled):
        places = np.zeros(len(X))
        for column, factor in enumerate(direction):
            places += scaled[:, column] * factor
        unique, group = np.unique(places, return_inverse=True)
        filled: Floats = np.cumsum(np.bincount(group, weights)).astype(np.float64)
        cut = _best_cut(filled, k, above=found[-1].smallest if len(found) == kept else 0.0)
        if cut is None:
            continue
        inner = _inner_places(unique, filled, cut[0])
        # Back in the columns' own units the same order has the direction divided by the spreads.
        along = direction / spread
        size = float((along**2).sum())
        between = (unique[cut[0][:-1]] + unique[cut[0][:-1] + 1]) / 2
        # ‖x - c_j‖² is inner_j (inner_j - 2 place) / size but for what all centers share.
        steps = np.diff(inner) * ((inner[1:] - between) + (inner[:-1] - between)) / size
        offsets = np.append(0.0, np.cumsum(steps))
        offsets -= offsets.min()
        found.append(Ranges(middle + inner[:, None] * along / size, offsets, cut[1]))
        found = sorted(found, key=lambda ranges: -ranges.smallest)[:kept]
    return found


def _directions(scaled: Floats) -> Floats:
    """Directions, one per row: every order of the rows in a plane, or the columns, differences and a fixed draw."""
    n, d = scaled.shape
    if d == 1:
        return np.ones((1, 1))
    # All columns count, and not alike: rows of a lattice get different places, and sums keep their digits.
    slanted = 1 + np.sqrt(np.arange(2.0, 2 * d + 2)).reshape(2, d) / 10
    slanted[1, ::2] *= -1
    most = int(np.clip(_PLACES // n, 8, _DIRECTIONS))
    pairs = n * (n - 1) // 2
    differences = np.empty((0, d))
    if pairs <= most:
        first, second = np.triu_indices(n, 1)
        differences = scaled[first] - scaled[second]
    if d == 2 and pairs <= most:
        # The order changes where a direction is square to a difference: one direction between each two of these.
        angles = np.unique(np.arctan2(differences[:, 0], -differences[:, 1]) % np.pi)
        between = angles + np.diff(np.append(angles, angles[0] + np.pi)) / 2
        return np.concatenate([slanted, np.column_stack([np.cos(between), np.sin(between)])])
    drawn = np.random.RandomState(0).normal(size=(_RANDOM, d))
    return np.concatenate([slanted, np.eye(d), drawn, differences])[:most]


def _best_cut(filled: Floats, k: int, *, above: float) -> tuple[NDArray[np.intp], float] | None:
    """Ends of the k ranges of largest minimum, and this minimum; None where it is not above that."""
    low, high = above, float(filled[-1]) / k
    # First just above: most directions are no better than the best before.
    best, middle = None, low + 2 * _ROUNDING * high
    for _ in range(_HALVINGS):
        ends = _ends(filled, k, middle)
        if ends is not None:
            low = float(np.diff(filled[ends], prepend=0.0).min())
            best = ends, low
        elif best is None:
            return None
        else:
            high = middle
        if high - low <= _ROUNDING * high:
            break
        middle = (low + high) / 2
    return best


def _ends(filled: Floats, k: int, least: float) -> NDArray[np.intp] | None:
    """Last place of each range when ranges are filled to the minimum one after the other."""
    ends: list[int] = []
    before = 0.0
    for _ in range(k):
        first = ends[-1] + 1 if ends else 0
        at = first + int(np.searchsorted(filled[first:], before + least * (1 - _ROUNDING)))
        if at >= len(filled):
            return None
        ends.append(at)
        before = float(filled[at])
    # What is left over at the end belongs to the last range.
    ends[-1] = len(filled) - 1
    return np.array(ends, dtype=np.intp)


def _inner_places(unique: Floats, filled: Floats, ends: NDArray[np.intp]) -> Floats:
    """The place of each range that is nearest to the middle of all rows: far rows then cost no precision."""
    starts = np.append(0, ends[:-1] + 1)
    middle = int(np.searchsorted(filled, filled[-1] / 2))
    return np.asarray(unique[np.clip(middle, starts, ends)])
