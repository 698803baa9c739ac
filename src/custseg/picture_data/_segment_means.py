"""`SegmentMeans`: the mean of each segment in the telling features, in standard deviations of all customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.preparation import CLIP, fit_preparation
from custseg.profiling import Profiles


@dataclass(frozen=True)
class SegmentMeans:
    """The mean of each segment in some features, all on one scale.

    Attributes
    ----------
    features : tuple of str
        The feature whose means differ most first.
    means : mapping of int to tuple of (float or None)
        By number of the segment, its means in the order of `features`: in standard deviations of all clustered
        customers, after skewed features were transformed and values clipped at ±4 as for clustering. 0 is the mean of
        all. None under 10 values.
    """

    features: tuple[str, ...]
    means: Mapping[int, tuple[float | None, ...]]


def telling_features(profiles: Profiles, clustered_on: Sequence[str], *, most: int) -> list[str]:
    """The numeric features of the clustering and those of markers, in the order of the table.

    Markers do not repeat features that say the same. Of more than `most`, those with the largest effects.
    """
    rows = profiles.segments
    candidates = {*clustered_on, *(marker.feature for row in rows for marker in row.markers)}
    largest = {
        name: max(abs(row.effects.get(name) or 0.0) for row in rows) for name in rows[0].effects if name in candidates
    }
    strongest = sorted(largest, key=lambda name: -largest[name])[:most]
    return [name for name in largest if name in strongest]


def segment_means(values: Mapping[str, Floats], labels: Integers, numbers: Sequence[int]) -> SegmentMeans:
    """The means of the clustered customers' values, in human units; `numbers` are those of the segments 0, 1, ...

    Features that hardly vary are left out. Missing values do not count.
    """
    means: dict[str, list[float | None]] = {}
    for plan in fit_preparation(values, "segment_means").columns:
        present = ~np.isnan(values[plan.name])
        standardized = np.clip(plan.standardized(values[plan.name]), -CLIP, CLIP)
        groups = [standardized[present & (labels == label)] for label in range(len(numbers))]
        means[plan.name] = [round(float(g.mean()), 4) if len(g) >= SMALLEST_GROUP else None for g in groups]
    ordered = sorted(means, key=lambda name: -_range_of(means[name]))
    return SegmentMeans(
        tuple(ordered),
        {number: tuple(means[name][label] for name in ordered) for label, number in enumerate(numbers)},
    )


def _range_of(means: Sequence[float | None]) -> float:
    present = [mean for mean in means if mean is not None]
    return max(present) - min(present) if present else 0.0
