"""The normal formulas of sample size: customers for a lift, and the lift that a number of customers can show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from statistics import NormalDist
from typing import Any

from scipy.optimize import brentq

from custseg._checks import check_integer
from custseg.errors import DataError


@dataclass(frozen=True)
class TrialDesign:
    """What an experiment must be able to do, with a share of the customers held out.

    Attributes
    ----------
    power : float
        Probability that a true lift is shown.
    alpha : float
        Probability that a lift is shown where there is none; two-sided, over all comparisons.
    holdout : float
        Share of the customers that are held out.
    comparisons : int
        Number of segments that are tested: each at `alpha / comparisons`, the first step of Holm's method.
    """

    power: float = 0.8
    alpha: float = 0.05
    holdout: float = 0.5
    comparisons: int = 1

    @property
    def ratio(self) -> float:
        """Held out per treated customer."""
        return self.holdout / (1 - self.holdout)

    @property
    def alpha_quantile(self) -> float:
        """The normal quantile that a test statistic must exceed."""
        return NormalDist().inv_cdf(1 - self.alpha / self.comparisons / 2)

    @property
    def power_quantile(self) -> float:
        """The normal quantile of the power."""
        return NormalDist().inv_cdf(self.power)


def checked_design(caller: str, *, power: object, alpha: object, holdout: object, comparisons: object) -> TrialDesign:
    """The design, or an error that names what is wrong."""
    return TrialDesign(
        power=open_share(caller, "power", power, usual="0.8"),
        alpha=open_share(caller, "alpha", alpha, usual="0.05"),
        holdout=open_share(caller, "holdout", holdout, usual="0.5, or 0.1 to hold out every tenth customer"),
        comparisons=check_integer(caller, "comparisons", comparisons, minimum=1),
    )


def open_share(caller: str, argument: str, value: Any, *, usual: str) -> float:
    """The value as a float between 0 and 1, both excluded, or an error with a usual value."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{caller}: {argument} must be a number, got {type(value).__name__} {value!r}.")
    share = float(value)
    if not 0 < share < 1:
        percentage = f" Write {share:g} % as {share / 100:g}." if 1 < share < 100 else ""
        raise ValueError(
            f"{caller}: {argument} must lie between 0 and 1 (both excluded), got {share:g}.{percentage} "
            f"Usual is {usual}."
        )
    return share


def check_lift(caller: str, lift: Any, base_rate: float | None = None) -> float:
    """The lift as a float: above -1, not 0, and with a base rate such that the raised rate is at most 1."""
    if isinstance(lift, bool) or not isinstance(lift, Real):
        raise TypeError(f"{caller}: lift must be a number, got {type(lift).__name__} {lift!r}.")
    change = float(lift)
    if not -1 < change < math.inf or change == 0:
        raise ValueError(
            f"{caller}: lift must be a relative change above -1 and not 0, got {change:g}. "
            "Give 0.2 for a rise by 20 %, -0.2 for a fall."
        )
    if base_rate is not None and base_rate * (1 + change) > 1:
        largest = 1 / base_rate - 1
        raise ValueError(
            f"{caller}: a base rate of {base_rate:g} cannot rise by {change:.0%}, because no rate is above 1. "
            f"Give a lift of {largest:.4g} or less, or the rate of those who do not act."
        )
    return change


def treated_for_rates(base_rate: float, lift: float, design: TrialDesign) -> float:
    """Treated customers, so that a rate that differs by the lift is shown with the power of the design.

    n1 = (z_alpha sqrt((1 + 1/r) p (1 - p)) + z_power sqrt(p1 (1 - p1) + p2 (1 - p2) / r))² / (p1 - p2)², with p1 the
    rate of the treated, p2 the base rate, r = n2 / n1 and p = (p1 + r p2) / (1 + r). Equal to
    `samplesize_proportions_2indep_onetail` of statsmodels.

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). Statistical methods for rates and proportions, 3rd ed., Wiley,
    section 4.2, without the correction for continuity.
    """
    rate, ratio = min(base_rate * (1 + lift), 1.0), design.ratio
    pooled = (rate + ratio * base_rate) / (1 + ratio)
    null_spread = math.sqrt((1 + 1 / ratio) * pooled * (1 - pooled))
    spread = math.sqrt(rate * (1 - rate) + base_rate * (1 - base_rate) / ratio)
    z = design.alpha_quantile * null_spread + design.power_quantile * spread
    return (max(z, 0.0) / (rate - base_rate)) ** 2


def treated_for_means(cv: float, lift: float, design: TrialDesign) -> float:
    """Treated customers, so that a mean that differs by the lift is shown; `cv` is standard deviation over mean.

    n1 = (1 + 1/r) ((z_alpha + z_power) cv / lift)², with r = n2 / n1 and the same spread in both groups.
    """
    z = max(design.alpha_quantile + design.power_quantile, 0.0)
    return (1 + 1 / design.ratio) * (z * cv / lift) ** 2


def lift_of_rates(customers: float, base_rate: float, design: TrialDesign) -> float:
    """The smallest rise of the rate that so many customers (treated and held out) show; infinite if none does."""
    largest = 1 / base_rate - 1
    n_treated = customers * (1 - design.holdout)
    if n_treated <= 0 or treated_for_rates(base_rate, largest, design) > n_treated:
        return math.inf
    smallest = min(1e-9, largest / 2)
    if treated_for_rates(base_rate, smallest, design) <= n_treated:
        return smallest
    log_lift = brentq(
        lambda log: treated_for_rates(base_rate, math.exp(log), design) - n_treated,
        math.log(smallest),
        math.log(largest),
        xtol=1e-12,
    )
    return math.exp(log_lift)


def lift_of_means(customers: float, cv: float, design: TrialDesign) -> float:
    """The smallest rise of the mean that so many customers (treated and held out) show; infinite for none."""
    n_treated = customers * (1 - design.holdout)
    if n_treated <= 0:
        return math.inf
    return math.sqrt(treated_for_means(cv, 1.0, design) / n_treated)


def customers_of(n_treated: float, design: TrialDesign) -> tuple[int, int]:
    """Whole numbers of treated and held out customers."""
    # A sum of floats that is 80 up to rounding is 80 customers.
    return math.ceil(round(n_treated, 9)), math.ceil(round(n_treated * design.ratio, 9))


def check_cv(caller: str, cv: Any) -> float:
    """The coefficient of variation: finite and above 0."""
    if isinstance(cv, bool) or not isinstance(cv, Real):
        raise TypeError(f"{caller}: cv must be a number, got {type(cv).__name__} {cv!r}.")
    spread = float(cv)
    if not 0 < spread < math.inf:
        raise DataError(
            f"{caller}: cv is the standard deviation of the amount per customer over its mean; it must be above 0 and "
            f"finite, got {spread:g}. An outcome that is the same for all customers shows nothing: choose another one."
        )
    return spread
