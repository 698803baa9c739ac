"""`SegmentMap`: the segments in two dimensions, in which they differ most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.feature_table import Feature
from custseg.picture_data._areas import MapArea, areas_of
from custseg.picture_data._directions import NOTHING, directions, weighted_centers
from custseg.picture_data._map_columns import MapColumns

# A feature names an axis from this correlation on, or as the strongest; three at most.
_NAMING, _MOST_NAMES = 0.6, 3


@dataclass(frozen=True)
class MapAxis:
    """What an axis of the map means.

    Attributes
    ----------
    correlations : mapping of str to float
        Of the position on the axis with each clustering feature as it was prepared, in [-1, 1].
    higher, lower : tuple of str
        Features that are clearly higher, or lower, towards the positive end, as they are called inside a sentence; the
        strongest first.
    explained : float
        The share of the squared differences between the centers of segments along this axis.
    """

    correlations: Mapping[str, float]
    higher: tuple[str, ...]
    lower: tuple[str, ...]
    explained: float


@dataclass(frozen=True)
class SegmentMap:
    """The segments in the two perpendicular directions of the prepared features in which their centers differ most.

    Directions are orthonormal, so that distances on the map are those of the clustering, as far as two dimensions
    show them. The positive end is the one with more of what is good for the company, or of the feature that the axis
    goes with.

    Attributes
    ----------
    axes : tuple of MapAxis
        The first and the second axis.
    grid : tuple of tuple of float
        Positions of the density on both axes.
    areas : tuple of MapArea
        Where the customers of each segment are, in the order of the segments.
    explained : float
        The share of the squared differences between the centers that both axes show, in [0, 1]; with one segment, of
        those between customers.
    explained_of_customers : float
        The share of the squared differences between customers that both axes show.
    """

    axes: tuple[MapAxis, MapAxis]
    grid: tuple[tuple[float, ...], tuple[float, ...]]
    areas: tuple[MapArea, ...]
    explained: float
    explained_of_customers: float


def segment_map(columns: MapColumns, labels: Integers, *, numbers: Sequence[int]) -> SegmentMap:
    """The map of the matrix of `columns`, at least two; `numbers` are those of the segments 0, 1, ...

    The same for any order of the customers.
    """
    X, features, phrases, meanings = columns.rows, columns.features, columns.phrases, columns.meanings
    plane = directions(X, labels)
    centered = X - X.mean(axis=0)
    named = centered if meanings is None else meanings - meanings.mean(axis=0)
    correlations = [_correlations(named, centered @ direction) for direction in plane.T]
    signs = np.array([_sign(values, features) for values in correlations])
    # Sums in another order differ in the last bits.
    points = (centered @ plane * signs).round(6)
    groups = [points[labels == label] for label in range(len(numbers))]
    grid, areas = areas_of(groups, numbers)
    between = weighted_centers(centered, labels)
    total = float((between**2).sum())
    base = between if total > NOTHING * float((centered**2).sum()) else centered
    shares = ((base @ plane) ** 2).sum(axis=0) / max(float((base**2).sum()), np.finfo(np.float64).tiny)
    first, second = (
        _axis(values * sign, features, phrases=phrases, share=float(share))
        for values, sign, share in zip(correlations, signs, shares, strict=True)
    )
    return SegmentMap(
        (first, second),
        (tuple(grid[0].tolist()), tuple(grid[1].tolist())),
        areas,
        explained=round(float(shares.sum()), 4),
        explained_of_customers=round(float((points**2).sum() / (centered**2).sum()), 4),
    )


def _correlations(centered: Floats, positions: Floats) -> Floats:
    """The correlation of each column with the positions; 0 where either does not vary."""
    norms = np.sqrt((centered**2).sum(axis=0) * (positions**2).sum())
    products = centered.T @ positions
    correlations: Floats = np.divide(products, norms, out=np.zeros(len(products)), where=norms > 0)
    return correlations


def _sign(correlations: Floats, features: Sequence[Feature]) -> float:
    """1, or -1 to turn the axis round: its end is better in the features that name it, or has more of the first."""
    named = _naming(correlations)
    good = sum(float(correlations[index]) * features[index].direction for index in named)
    return -1.0 if (round(good, 6) or float(correlations[named[0]])) < 0 else 1.0


def _naming(correlations: Floats) -> list[int]:
    """The columns that name an axis, the strongest first."""
    strengths = np.abs(correlations).round(6)
    order = np.argsort(-strengths, kind="stable").tolist()
    return [index for index in order if strengths[index] >= _NAMING][:_MOST_NAMES] or order[:1]


def _axis(correlations: Floats, features: Sequence[Feature], *, phrases: Mapping[str, str], share: float) -> MapAxis:
    called = {index: phrases[features[index].name] for index in _naming(correlations)}
    return MapAxis(
        {feature.name: round(float(value), 4) + 0.0 for feature, value in zip(features, correlations, strict=True)},
        higher=tuple(phrase for index, phrase in called.items() if correlations[index] > 0),
        lower=tuple(phrase for index, phrase in called.items() if correlations[index] <= 0),
        explained=round(share, 4),
    )
