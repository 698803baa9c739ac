"""Beta-binomial shrinkage of rates towards the mean of all customers (empirical Bayes)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ENOUGH_TRIALS = 5
_WEAKEST, _STRONGEST = 1.0, 1e6


@dataclass(frozen=True)
class BetaPrior:
    """Beta prior of customer rates, Beta(`mean` × `strength`, (1 − `mean`) × `strength`).

    Attributes
    ----------
    mean : float
        Mean of the prior.
    strength : float
        Weight of the prior, in trials.
    """

    mean: float
    strength: float

    def above(self, rate: float, successes: NDArray[np.float64], trials: NDArray[np.float64]) -> NDArray[np.float64]:
        """Posterior probability that the rate of each customer is above a given one, given the trials."""
        # Imported late: it takes longer than the rest of the folder, and few callers need it.
        from scipy.special import betainc

        a = successes + self.mean * self.strength
        b = trials - successes + (1 - self.mean) * self.strength
        return np.asarray(betainc(b, a, 1 - rate), dtype=np.float64)


def beta_prior(
    successes: NDArray[np.float64], trials: NDArray[np.float64], customers: NDArray[np.float64] | None = None
) -> BetaPrior:
    """Fit the prior by the method of moments to customers with 5 or more trials.

    `customers` is how many customers have these successes and trials; 1 by default.

    With rates r of mean m and variance v, and h the mean of 1 / trials, the correlation within customers is
    ρ = (v / (m (1 − m)) − h) / (1 − h): the variance expected from sampling alone is subtracted. The
    strength is 1 / ρ − 1, clipped to [1, 1e6]. If it cannot be estimated (fewer than two such customers, or
    rates that are all 0 or all 1), the mean is the rate over all trials, with half a success and half a
    failure added, and the strength is 2.
    """
    counts = np.ones(len(trials)) if customers is None else customers
    enough = trials >= _ENOUGH_TRIALS
    rates, weights = successes[enough] / trials[enough], counts[enough]
    n = float(weights.sum())
    mean = float(weights @ rates) / n if n else 0.0
    if n < 2 or not 0 < mean < 1:
        return BetaPrior(float((counts @ successes + 0.5) / (counts @ trials + 1)), 2.0)
    chance = float(weights @ (1 / trials[enough])) / n
    variance = float(weights @ (rates - mean) ** 2) / (n - 1)
    alike = (variance / (mean * (1 - mean)) - chance) / (1 - chance)
    strength = 1 / alike - 1 if alike > 1 / _STRONGEST else _STRONGEST
    return BetaPrior(mean, max(strength, _WEAKEST))
