"""Limits of distances that depend on ten rows or more, so that no rule stores the distance of a single customer."""

from __future__ import annotations

import numpy as np

from custseg._numerics import Floats, Integers, Labels32
from custseg._privacy import SMALLEST_GROUP

# Equal distances differ in the last bits: none of them is beyond their mean.
_ROUNDING = 1e-9


def outlier_limits(labels: Integers | Labels32, distances: Floats, counts: Floats, *, n_clusters: int) -> Floats:
    """The distance beyond which a row is an outlier of each cluster: the mean of its ten farthest training rows.

    `counts` is the number of rows that each of the training rows stands for.
    """
    members = (labels == j for j in range(n_clusters))
    return np.array([mean_largest(distances[inside], counts[inside]) for inside in members])


def mean_largest(values: Floats, counts: Floats) -> float:
    """The mean of the ten largest values, or of all fewer; 0 of none. It is above each of equal values."""
    if not len(values):
        return 0.0
    largest, times = _largest(values, counts)
    smallest = largest[times > 0].min()
    return float(smallest + ((largest - smallest) * times).sum() / times.sum()) * (1 + _ROUNDING)


def bound_of_largest(values: Floats) -> float:
    """A bound that no value exceeds, by mean and variance of the ten largest alone; 0 of none.

    The largest of n values is at most √(n - 1) standard deviations above the mean (Samuelson's inequality).
    """
    if not len(values):
        return 0.0
    largest, _ = _largest(values, np.ones(len(values)))
    deviations = largest - largest.min()
    spread = np.sqrt(len(largest) - 1) * deviations.std()
    return float(largest.min() + deviations.mean() + spread) * (1 + _ROUNDING)


def _largest(values: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """The ten largest values, and how often each is among them; `counts` is how often each occurs."""
    top = np.argpartition(-values, SMALLEST_GROUP)[:SMALLEST_GROUP] if len(values) > SMALLEST_GROUP else slice(None)
    largest, occurrences = values[top], counts[top]
    order = np.argsort(-largest, kind="stable")
    largest, occurrences = largest[order], occurrences[order]
    before = np.cumsum(occurrences) - occurrences
    return largest, np.clip(SMALLEST_GROUP - before, 0.0, occurrences)
