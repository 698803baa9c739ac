"""Rates by evidence: how many successes of so many trials are enough, the same in Python and in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from custseg._numerics import BetaPrior, Bools, Floats, Integers
from custseg.rule_segments.conditions._truth import Truth

MOST_TRIALS = 200
"""Beyond so many trials the posterior is taken as normal: a table of all counts would be as long as the log."""


@dataclass(frozen=True)
class RateBound:
    """From which number of successes on P(rate > bound) >= sure.

    The numbers up to `MOST_TRIALS` are exact and follow from a table, so that a database needs no beta function. Above,
    the posterior Beta(a, b) is taken as normal: the bound lies z standard deviations below its mean.

    Attributes
    ----------
    rate, sure : float
        The bound of the rate, and the probability.
    prior : BetaPrior
        The prior of the rate.
    """

    rate: float
    sure: float
    prior: BetaPrior

    @property
    def fewest_trials(self) -> int:
        """With fewer trials no number of successes is enough; `MOST_TRIALS` + 1 if that is so up to there."""
        return self._table[0]

    @property
    def steps(self) -> list[tuple[int, int]]:
        """Pairs (successes, trials): so many successes are enough up to so many trials; ascending."""
        successes_needed, max_trials = self._table[1], self._table[2]
        return list(zip(successes_needed.tolist(), max_trials.tolist(), strict=True))

    @property
    def z(self) -> float:
        """The quantile of the normal distribution at `sure`."""
        from scipy.special import ndtri

        return float(ndtri(self.sure))

    @cached_property
    def _table(self) -> tuple[int, Integers, Integers]:
        return _table_of(self.rate, self.sure, self.prior)

    def holds(self, successes: Floats, trials: Floats) -> Bools:
        """Whether the successes of the trials, which must be possible, are enough."""
        min_trials, successes_needed, max_trials = self._table
        step = np.searchsorted(max_trials, trials, side="left")
        is_in_table = (trials >= min_trials) & (trials <= MOST_TRIALS)
        enough = np.zeros(len(trials), dtype=bool)
        if len(successes_needed):
            enough[is_in_table] = successes[is_in_table] >= successes_needed[step[is_in_table]]
        is_beyond_table = trials > MOST_TRIALS
        total = trials[is_beyond_table] + self.prior.strength
        mean = (successes[is_beyond_table] + self.prior.mean * self.prior.strength) / total
        spread = np.sqrt(mean * (1 - mean) / (total + 1))
        enough[is_beyond_table] = mean - self.z * spread >= self.rate
        return enough


def truth_of_rate(successes: Floats, trials: Floats, *, rate: float, bound: RateBound | None) -> Truth:
    """Whether the rate is above its bound: by the evidence, or without `bound` by the plain rate.

    Unknown without trials, and for counts that are impossible: more successes than trials.
    """
    with np.errstate(invalid="ignore"):
        is_known = np.asarray((trials > 0) & (successes >= 0) & (successes <= trials) & np.isfinite(trials))
    x, n = np.where(is_known, successes, 0.0), np.where(is_known, trials, 1.0)
    holds = x / n > rate if bound is None else bound.holds(x, n)
    return Truth.where(holds, is_known)


def expected_precision(
    prior: BetaPrior, rate: float, *, successes: Floats, trials: Floats, selected: Bools
) -> float | None:
    """The share of the selected customers whose rate is above the bound, as the prior and their trials tell it."""
    if not selected.any():
        return None
    return float(prior.above(rate, successes[selected], trials[selected]).mean())


@lru_cache(maxsize=64)
def _table_of(rate: float, sure: float, prior: BetaPrior) -> tuple[int, Integers, Integers]:
    """The fewest trials, and ascending successes with the most trials that each is enough for."""
    trials = np.arange(1, MOST_TRIALS + 1, dtype=np.float64)
    low, high = np.zeros(MOST_TRIALS), trials + 1
    # Bisection over the successes of all numbers of trials at once; n + 1 stands for none being enough.
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        enough = (middle <= trials) & (prior.above(rate, np.minimum(middle, trials), trials) >= sure)
        high, low = np.where(enough, middle, high), np.where(enough | (low == high), low, middle + 1)
    possible = high <= trials
    min_trials = int(trials[possible][0]) if possible.any() else MOST_TRIALS + 1
    successes_needed = np.unique(high[possible]).astype(np.intp)
    max_trials = np.array([int(trials[possible & (high == value)].max()) for value in successes_needed], dtype=np.intp)
    return min_trials, successes_needed, max_trials
