"""`MapArea`: where the customers of a segment lie on a map, as a density on a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats
from custseg._privacy import SMALLEST_GROUP

_CELLS = 64
_DRAWN, _HALF = 0.8, 0.5
# Beyond the densest region with so many customers nothing is stored: a single customer far out would be seen.
_STORED = 0.95
# Areas are first sought from the 0.01 to the 0.99 quantile of every segment; the margin is a tenth.
_OUTER_QUANTILES, _MARGIN = (0.01, 0.99), 0.1


@dataclass(frozen=True)
class MapArea:
    """Where the customers of one segment lie on the map.

    Attributes
    ----------
    segment : int
        Number of the segment.
    center : tuple of float or None
        Mean of its customers on both axes; None under 10 customers.
    peak : tuple of float or None
        Where most of them are.
    density : tuple of tuple of float
        Relative to its largest value, in [0, 1], by position on the second axis and then on the first; 0 outside the
        densest region with 95 % of the customers. Empty under 10 customers.
    level, level_of_half : float or None
        80 % of the customers, and half of them, lie where the density is at least so large. None under 10 customers.
    """

    segment: int
    center: tuple[float, float] | None
    peak: tuple[float, float] | None
    density: tuple[tuple[float, ...], ...]
    level: float | None
    level_of_half: float | None


def areas_of(groups: list[Floats], numbers: Sequence[int]) -> tuple[tuple[Floats, Floats], tuple[MapArea, ...]]:
    """The grid, as the middles of its cells on both axes, and the area of each segment on it.

    `groups` are the positions of the customers of each segment, shape (n_customers, 2). The grid holds the areas with
    80 % of the customers and a margin.
    """
    ends = np.array([np.quantile(points, _OUTER_QUANTILES, axis=0) for points in groups if len(points)])
    grid = _cells(ends[:, 0].min(axis=0), ends[:, 1].max(axis=0))
    areas = [_area(number, points, grid) for number, points in zip(numbers, groups, strict=True)]
    if inside := [np.array(area.density) >= area.level for area in areas if area.level is not None]:
        drawn = np.logical_or.reduce(inside)
        first, second = grid[0][drawn.any(axis=0)], grid[1][drawn.any(axis=1)]
        grid = _cells(np.array([first[0], second[0]]), np.array([first[-1], second[-1]]))
        areas = [_area(number, points, grid) for number, points in zip(numbers, groups, strict=True)]
    return grid, tuple(areas)


def _cells(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The middles of the cells between two corners and a margin."""
    # Axes without any differences get a width all the same.
    margin = np.maximum(_MARGIN * (high - low), _MARGIN)
    first, second = (np.linspace(*pair, _CELLS).round(4) for pair in zip(low - margin, high + margin, strict=True))
    return first, second


def _area(segment: int, points: Floats, grid: tuple[Floats, Floats]) -> MapArea:
    """The area of a segment from the positions of its customers, by a Gaussian kernel (Scott's bandwidth)."""
    if len(points) < SMALLEST_GROUP:
        return MapArea(segment, None, None, (), None, None)
    counts, smooth = _counts(points, grid), []
    for axis, middles in enumerate(grid):
        step = float(middles[1] - middles[0])
        width = max(float(points[:, axis].std()) * len(points) ** (-1 / 6), step)
        smooth.append(np.exp(-0.5 * ((middles[:, None] - middles[None, :]) / width) ** 2))
    density = smooth[0] @ counts @ smooth[1].T
    density /= density.max()
    row, column = np.unravel_index(int(density.argmax()), density.shape)
    half, level, faintest = (_level(density, counts, share * len(points)) for share in (_HALF, _DRAWN, _STORED))
    stored = np.where(density >= faintest, density, 0.0).round(3).T
    center = points.mean(axis=0).round(4) + 0.0  # no -0.0
    return MapArea(
        segment,
        (float(center[0]), float(center[1])),
        (float(grid[0][row]), float(grid[1][column])),
        tuple(map(tuple, stored.tolist())),
        round(level, 3),
        round(half, 3),
    )


def _counts(points: Floats, grid: tuple[Floats, Floats]) -> Floats:
    """How many customers are in each cell; those beyond the grid are in none."""
    edges = [np.append(middles - step / 2, middles[-1] + step / 2) for middles in grid if (step := np.diff(middles)[0])]
    counts: Floats = np.histogram2d(points[:, 0], points[:, 1], bins=edges)[0]
    return counts


def _level(density: Floats, counts: Floats, needed: float) -> float:
    """The largest density so that as many customers as needed are where it is reached."""
    order = np.argsort(-density, axis=None, kind="stable")
    within = np.cumsum(counts.ravel()[order])
    position = int(np.searchsorted(within, min(needed, within[-1]) - 1e-9))
    return float(density.ravel()[order][position])
