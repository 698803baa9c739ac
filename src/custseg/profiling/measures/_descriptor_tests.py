"""Tests of descriptors: columns that had no part in making the segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, chi2_contingency, fisher_exact, norm

from custseg._arrays import Integers
from custseg.profiling.measures._ranked import Ranked

_LEAST_EXPECTED = 5


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
        Epsilon squared for numbers, Cramér's V for categories: 0 none, 1 all.
    p_value : float or None
        After Holm over all descriptors.
    """

    feature: str
    test: str
    statistic: float | None
    effect: float | None
    p_value: float | None


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """P values after Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70; None stays None."""
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, place) in enumerate(known):
        largest = max(largest, min(1.0, p * (len(known) - rank)))
        adjusted[place] = largest
    return adjusted


def kruskal(ranked: Ranked) -> tuple[float | None, float | None, float | None]:
    """Statistic, epsilon squared and p value of the Kruskal-Wallis test, from the rank sums."""
    sizes = ranked.known[ranked.known > 0].astype(float)
    n = float(sizes.sum())
    correction = 1 - ranked.ties / (n**3 - n) if n > 1 else 0.0
    if len(sizes) < 2 or correction <= 0:
        return None, None, None
    sums = ranked.rank_sums[ranked.known > 0]
    statistic = (12 / (n * (n + 1)) * float((sums**2 / sizes).sum()) - 3 * (n + 1)) / correction
    return statistic, statistic / (n - 1), float(chi2.sf(statistic, len(sizes) - 1))


def mann_whitney(ranked: Ranked, segment: int) -> float | None:
    """Two-sided p value of members against others: normal, corrected for ties and continuity."""
    n, others = float(ranked.known[segment]), float(ranked.others_known[segment])
    total = n + others
    if n == 0 or others == 0:
        return None
    spread = n * others / 12 * (total + 1 - ranked.ties / (total * (total - 1)))
    if spread <= 0:
        return None
    lead = abs(ranked.rank_sums[segment] - n * (n + 1) / 2 - n * others / 2) - 0.5
    return min(1.0, 2 * float(norm.sf(lead / np.sqrt(spread))))


def chi_square(counts: Integers) -> tuple[float | None, float | None, float | None]:
    """Statistic, Cramér's V and p value of a table of segments × categories.

    The rarest categories are joined until 5 customers are expected in every cell; a table of 2 × 2 for which that is
    not enough has Fisher's exact test, and a larger one no p value.
    """
    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    while table.shape[1] > 2 and _expected(table).min() < _LEAST_EXPECTED:
        table = table[:, np.argsort(-table.sum(axis=0), kind="stable")]
        table = np.column_stack([table[:, :-2], table[:, -2:].sum(axis=1)])
    if min(table.shape) < 2:
        return None, None, None
    found = chi2_contingency(table, correction=False)
    v = float(np.sqrt(found.statistic / (table.sum() * (min(table.shape) - 1))))
    p = float(found.pvalue)
    if _expected(table).min() < _LEAST_EXPECTED:
        if table.shape != (2, 2):
            return None, None, None
        p = float(fisher_exact(table).pvalue)
    return float(found.statistic), v, p


def against_others(counts: Integers, segment: int) -> float | None:
    """P value of the categories of members against those of all others."""
    return chi_square(np.stack([counts[segment], counts.sum(axis=0) - counts[segment]]))[2]


def _expected(table: Integers) -> NDArray[np.float64]:
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum())
