"""Tests of descriptors: columns that were not used for clustering, so that their p values are valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import kruskal, mannwhitneyu

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._significance import Test, against_others, chi_square


@dataclass(frozen=True)
class DescriptorTest:
    """Whether a descriptor differs between the segments.

    Attributes
    ----------
    feature : str
        The descriptor.
    test : str
        "Kruskal-Wallis" for numbers, "chi-square" for categories.
    statistic : float or None
        Corrected for ties; None where nothing could be tested.
    effect : float or None
        Epsilon squared for numbers, Cramér's V for categories: from 0, no difference, to 1.
    p_value : float or None
        Adjusted by Holm over all descriptors.
    """

    feature: str
    test: str
    statistic: float | None
    effect: float | None
    p_value: float | None


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """P values adjusted by Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70; None stays None."""
    ordered = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, index) in enumerate(ordered):
        largest = max(largest, min(1.0, p * (len(ordered) - rank)))
        adjusted[index] = largest
    return adjusted


def descriptor_tests(
    statistics: ColumnStatistics,
) -> tuple[tuple[DescriptorTest, ...], dict[tuple[str, int], float | None]]:
    """Test each descriptor over all segments, and each segment against the others; p values adjusted by Holm.

    Returns
    -------
    tests : tuple of DescriptorTest
        One per descriptor, over all segments.
    p_values : dict of (str, int) to (float or None)
        By descriptor and segment, against all other clustered customers.
    """
    overall: list[tuple[str, str, Test]] = []
    pairwise: dict[tuple[str, int], float | None] = {}
    for name in statistics.table.descriptors:
        if name in statistics.ranked:
            values, labels = statistics.clustered_values(name)
            overall.append((name, "Kruskal-Wallis", kruskal_wallis(values, labels)))
            for segment in range(statistics.n_segments):
                testable = statistics.effect(name, segment) is not None
                pairwise[name, segment] = mann_whitney(values, labels == segment) if testable else None
        elif name in statistics.counts:
            counts = statistics.counts[name]
            overall.append((name, "chi-square", chi_square(counts)))
            for segment in range(statistics.n_segments):
                testable = counts[segment].sum() >= SMALLEST_GROUP
                pairwise[name, segment] = against_others(counts, segment) if testable else None
    adjusted = holm([p for _, _, (_, _, p) in overall])
    tests = tuple(
        DescriptorTest(name, test, statistic, effect, p)
        for (name, test, (statistic, effect, _)), p in zip(overall, adjusted, strict=True)
    )
    return tests, dict(zip(pairwise, holm(list(pairwise.values())), strict=True))


def kruskal_wallis(values: Floats, labels: Integers) -> Test:
    """Statistic, epsilon squared and p value of the Kruskal-Wallis test; None where all values are equal."""
    groups = [values[labels == segment] for segment in np.unique(labels)]
    if len(groups) < 2 or values.min() == values.max():
        return None, None, None
    result = kruskal(*groups)
    return float(result.statistic), float(result.statistic) / (len(values) - 1), float(result.pvalue)


def mann_whitney(values: Floats, members: Bools) -> float | None:
    """Two-sided p value of members against all others; None where nothing can be compared."""
    if members.all() or not members.any() or values.min() == values.max():
        return None
    return float(mannwhitneyu(values[members], values[~members], method="asymptotic").pvalue)
