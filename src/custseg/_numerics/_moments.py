"""Statistics of columns of any magnitude: squares of values above 1e154 overflow, and below 1e-154 underflow."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from custseg._numerics._arrays import Floats

_LARGE = 2.0**300
"""Below it, sums of cubes of any number of rows stay far from overflow; division by powers of two is exact."""


def unit_of(values: Floats) -> float:
    """A power of two to divide the values by before they are squared; 1 unless they are very large or very small."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0 or 1 / _LARGE < largest < _LARGE:
        return 1.0
    return math.ldexp(1.0, math.frexp(largest)[1] - 1)


def shares_of_groups(values: Floats, groups: NDArray[np.intp], counted: NDArray[np.bool_]) -> dict[int, float | None]:
    """The share of each group in the sum over the counted groups; None where that sum is not above 0.

    Sums are exact, so that they neither depend on the order of the rows nor give shares such as 1.0000000000000002.
    `groups` are numbered from 0; `counted` has a flag per group.
    """
    scaled = values / unit_of(values)
    order = np.argsort(groups, kind="stable")
    ends = np.cumsum(np.bincount(groups, minlength=len(counted)))[:-1]
    values_by_group = [group_values.tolist() for group_values in np.split(scaled[order], ends)]
    total = math.fsum(
        value for group_values, counts in zip(values_by_group, counted, strict=True) if counts for value in group_values
    )
    return {
        group: math.fsum(group_values) / total if total > 0 else None
        for group, group_values in enumerate(values_by_group)
    }


def median(values: Floats) -> float:
    """The median, also if the sum of the two middle values overflows."""
    unit = unit_of(values)
    return float(np.median(values / unit)) * unit


def mean(values: Floats) -> float:
    """The mean, also if the sum of the values overflows."""
    unit = unit_of(values)
    return float(np.mean(values / unit)) * unit


def skewness(values: Floats) -> float:
    """The third standardized moment; 0 where all values are equal."""
    scaled = values / unit_of(values)
    spread = float(scaled.std()) if len(scaled) else 0.0
    if spread == 0:
        return 0.0
    return float(np.mean(((scaled - scaled.mean()) / spread) ** 3))
