"""Ridits: ranks of values among the customer base, as a curve that a model can keep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP

MOST_KNOTS = 200
_LARGEST = 0.5


@dataclass(frozen=True)
class Ridits:
    """The ridit of a value: (average rank - 1/2) / n - 1/2, from -1/2 to 1/2; 0 where the value is missing.

    Attributes
    ----------
    values, ridits : tuple of float
        Knots of the curve, at most 200: mean value and mean ridit of ten customers or more. Between the knots it is
        straight, beyond the last ones constant.
    """

    values: tuple[float, ...]
    ridits: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for knots of which no curve can be drawn, as an edited model file may have them."""
        if len(self.values) != len(self.ridits) or bool((np.diff(self.values) < 0).any()):
            raise ValueError("the knots of ridits must be pairs in increasing order")
        if any(abs(ridit) > _LARGEST for ridit in self.ridits):
            raise ValueError("ridits must be from -1/2 to 1/2")

    @classmethod
    def of(cls, values: Floats) -> Ridits:
        """The curve of a customer base; values that are missing do not count."""
        ordered = np.sort(values[~np.isnan(values)])
        if not len(ordered):
            return cls((), ())
        distinct, counts = np.unique(ordered, return_counts=True)
        ridits = (np.cumsum(counts) - counts / 2) / len(ordered) - 0.5
        group_of = _groups(counts, max(SMALLEST_GROUP, int(np.ceil(len(ordered) / MOST_KNOTS))))
        sizes = np.bincount(group_of, weights=counts)
        knots = (np.bincount(group_of, weights=counts * column) / sizes for column in (distinct, ridits))
        return cls(*(tuple(knot.tolist()) for knot in knots))

    def __call__(self, values: Floats) -> Floats:
        """The ridits of values of the same or of later customers."""
        if not self.values:
            return np.zeros(len(values))
        return np.where(np.isnan(values), 0.0, np.interp(values, self.values, self.ridits))


def _groups(counts: Integers, n_least: int) -> Integers:
    """The group of each distinct value: neighbors join until a group has enough customers."""
    group_of = np.zeros(len(counts), dtype=np.intp)
    group, size = 0, 0
    for index, count in enumerate(counts.tolist()):
        group_of[index] = group
        size += count
        if size >= n_least:
            group, size = group + 1, 0
    if size and group:
        # The last values are too few for a group of their own.
        group_of[group_of == group] = group - 1
    return group_of
