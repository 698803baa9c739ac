"""Which segments or campaigns work best: values shrunk towards their mean, and a winner only where there is one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from custseg._numerics import Floats
from custseg.insights.scorecards._estimates import Figure

_Z = 1.959963984540054

_WINNING = 2.2414027276049473 / _Z
"""A winner is picked after the fact, and must hold at 97.5 %: half-widths of 95 % intervals grow by so much."""


@dataclass(frozen=True)
class Ranked:
    """One segment or campaign in a ranking.

    Attributes
    ----------
    name : str
        Its name.
    figure : Figure
        The measure as it was observed.
    shrunken : float
        The value to expect again: shrunk towards the mean, the more the less certain the figure is.
    low, high : float
        The 95 % interval of `shrunken`.
    """

    name: str
    figure: Figure
    shrunken: float
    low: float
    high: float


@dataclass(frozen=True)
class Ranking:
    """Segments or campaigns by one measure, the best first.

    Attributes
    ----------
    measure : str
        Such as "click_rate".
    ranked : tuple of Ranked
        Those with enough data.
    not_enough : tuple of str
        The names of those without.
    winner : str or None
        The first of `ranked`, if it is better than each of the others beyond the 97.5 % interval of the difference.
    verdict : {"winner", "no_clear_winner", "not_enough_data"}
        "not_enough_data" where fewer than two are ranked.
    """

    measure: str
    ranked: tuple[Ranked, ...]
    not_enough: tuple[str, ...]
    winner: str | None
    verdict: str


def rank(names: Sequence[str], figures: Sequence[Figure]) -> Ranking:
    """The ranking of one measure.

    The values y_j are shrunk towards their mean by the weight τ² / (τ² + s_j²), with s_j the standard error and τ² the
    variance between the true values (Paule and Mandel, which is right where errors differ as much as those of money
    do: the moment estimate of DerSimonian and Laird takes its weight from the segments that spend least). Where τ² is
    0 the values differ no more than chance makes them differ, and nobody wins. Otherwise the first must beat each of
    the others: the 97.5 % interval of the difference (MOVER, from the two intervals) lies above 0. If all are alike,
    somebody wins in fewer than one of twenty cases: most often of two, more rarely of more, since the first has to
    beat all others at once.

    References
    ----------
    Paule, R. C. and Mandel, J. (1982). Consensus values and weighting factors. Journal of Research of the National
    Bureau of Standards 87(5), 377-385. doi:10.6028/jres.087.022

    Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures. Statistics in Medicine
    27(10), 1693-1702. doi:10.1002/sim.3095
    """
    measure = figures[0].measure if figures else ""
    enough = [index for index, figure in enumerate(figures) if figure.is_enough]
    not_enough = tuple(names[index] for index in range(len(names)) if index not in enough)
    values, ends, spread = shrink([figures[index] for index in enough])
    # Stable: of equal values the first given is first.
    order = sorted(range(len(enough)), key=lambda position: -values[position])
    ranked = tuple(
        Ranked(names[enough[row]], figures[enough[row]], float(values[row]), *map(float, ends[row])) for row in order
    )
    if len(ranked) < 2:
        return Ranking(measure, ranked, not_enough, None, "not_enough_data")
    best, *others = (entry.figure for entry in ranked)
    wins = spread > 0 and all(difference_low(best, other) > 0 for other in others)
    winner = ranked[0].name if wins else None
    return Ranking(measure, ranked, not_enough, winner, "winner" if wins else "no_clear_winner")


def shrink(figures: Sequence[Figure]) -> tuple[Floats, Floats, float]:
    """The shrunken values of shape (n,), their 95 % intervals of shape (n, 2), and the variance between true values."""
    if not figures:
        return np.empty(0), np.empty((0, 2)), 0.0
    values, low, high = (np.array([getattr(figure, end) for figure in figures]) for end in ("value", "low", "high"))
    variances = np.maximum(((high - low) / (2 * _Z)) ** 2, np.finfo(float).tiny)
    between = _between(values, variances)
    weights = 1 / (between + variances)
    mean, mean_half = float((weights * values).sum() / weights.sum()), _Z / math.sqrt(float(weights.sum()))
    keep = between / (between + variances)
    shrunken = mean + keep * (values - mean)
    below, above = (np.hypot(np.sqrt(keep) * half, (1 - keep) * mean_half) for half in (values - low, high - values))
    return shrunken, np.column_stack([shrunken - below, shrunken + above]), between


def _between(values: Floats, variances: Floats) -> float:
    """The variance between true values with which the weighted squares are as large as expected, n - 1; at least 0."""

    def surplus(between: float) -> float:
        weights = 1 / (between + variances)
        mean = (weights * values).sum() / weights.sum()
        return float((weights * (values - mean) ** 2).sum()) - (len(values) - 1)

    if len(values) < 2 or surplus(0.0) <= 0:
        return 0.0
    # With the sum of squares as the variance, the weighted squares are at most 1.
    return float(brentq(surplus, 0.0, float(((values - values.mean()) ** 2).sum()), xtol=1e-300, rtol=1e-9))


def difference_low(first: Figure, second: Figure) -> float:
    """The lower end of the 97.5 % interval of the difference of two independent figures."""
    return (first.value - second.value) - _WINNING * math.hypot(first.value - first.low, second.high - second.value)
