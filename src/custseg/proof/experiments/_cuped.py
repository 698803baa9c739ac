"""CUPED: an outcome less what the customer's own past explains of it, so that the same difference is clearer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools, Floats, unit_of

LEAST_REDUCTION = 0.02
"""Share of the variance that the past must explain: below it, the adjustment would change the figures and say nothing.
"""


@dataclass(frozen=True)
class Adjustment:
    """An outcome adjusted by the past.

    Attributes
    ----------
    values : array of float
        outcome - slope (past - mean of the past): both groups are compared as if they had the same past.
    reduction : float
        Share of the variance that the past explains: the intervals are sqrt(1 - reduction) times as wide.
    """

    values: Floats
    reduction: float

    @property
    def helps(self) -> bool:
        """Whether the past explains enough of the outcome."""
        return self.reduction >= LEAST_REDUCTION


def adjusted_by_past(outcome: Floats, past: Floats, is_treated: Bools) -> Adjustment:
    """Adjust the outcome of each customer by what the same customer did before the experiment.

    The slope is that within the groups, cov(past, outcome) / var(past), so that the effect of the treatment does not
    enter it. The mean difference stays unbiased, because the groups were drawn at random and the past lies before.

    References
    ----------
    Deng, A., Xu, Y., Kohavi, R. and Walker, T. (2013). Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data. WSDM, 123-132. doi:10.1145/2433396.2433413
    """
    unit, past_unit = unit_of(outcome), unit_of(past)
    values, before = outcome / unit, past / past_unit
    residuals, past_residuals = _within(values, is_treated), _within(before, is_treated)
    past_variance, variance = float(past_residuals @ past_residuals), float(residuals @ residuals)
    if past_variance == 0 or variance == 0:
        return Adjustment(outcome, 0.0)
    shared = float(residuals @ past_residuals)
    adjusted = values - shared / past_variance * (before - before.mean())
    return Adjustment(adjusted * unit, shared**2 / (past_variance * variance))


def _within(values: Floats, is_treated: Bools) -> Floats:
    """The values less the mean of their group."""
    means = np.where(is_treated, values[is_treated].mean(), values[~is_treated].mean())
    return np.asarray(values - means)
