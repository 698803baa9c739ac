"""P values of a segment against all other customers, and the bound that many tried columns require."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr
from scipy.stats import chi2_contingency, fisher_exact

from custseg._numerics import Floats, Integers
from custseg.profiling.measures._ranked import Ranked

_MIN_EXPECTED = 5
_LEVEL = 0.05

Test = tuple[float | None, float | None, float | None]
"""Statistic, effect and p value."""


def is_beyond_chance(p_value: float | None, n_tests: int) -> bool:
    """Whether a p value is at most 5 % after Bonferroni's correction for so many tests.

    Of columns that have nothing to do with the segments, all together pass in at most 5 % of all tables.
    """
    return p_value is not None and p_value * n_tests <= _LEVEL


def rank_p_value(ranks: Ranked, segment: int) -> float | None:
    """Two-sided p value of Mann and Whitney's test of members against others, from Cliff's delta and the ties.

    Normal approximation without a correction for continuity; None where nothing can be compared.
    """
    effect, n, m = ranks.effects[segment], int(ranks.counts[segment]), int(ranks.others_counts[segment])
    total = n + m
    if effect is None or total < 2 or ranks.ties >= total**3 - total:
        return None
    variance = (total + 1 - ranks.ties / (total * (total - 1))) / (3 * n * m)
    return float(2 * ndtr(-abs(effect.value) / np.sqrt(variance)))


def chi_square(counts: Integers) -> Test:
    """Statistic, Cramér's V and p value of a table of segments × categories.

    The rarest categories are merged until the expected count of every cell is at least 5. A 2 × 2 table that still
    misses this is tested by Fisher's exact test; a larger one has no p value.
    """
    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    while table.shape[1] > 2 and _expected(table).min() < _MIN_EXPECTED:
        table = table[:, np.argsort(-table.sum(axis=0), kind="stable")]
        table = np.column_stack([table[:, :-2], table[:, -2:].sum(axis=1)])
    if min(table.shape) < 2:
        return None, None, None
    result = chi2_contingency(table, correction=False)
    v = float(np.sqrt(result.statistic / (table.sum() * (min(table.shape) - 1))))
    p = float(result.pvalue)
    if _expected(table).min() < _MIN_EXPECTED:
        if table.shape != (2, 2):
            return None, None, None
        p = float(fisher_exact(table).pvalue)
    return float(result.statistic), v, p


def against_others(counts: Integers, segment: int) -> float | None:
    """P value of the category counts of a segment against those of all others."""
    return chi_square(np.stack([counts[segment], counts.sum(axis=0) - counts[segment]]))[2]


def _expected(table: Integers) -> Floats:
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum())
