"""Types of arrays, moments that do not overflow, intervals, and the thread pool: shared by all parts that compute."""

from __future__ import annotations

from custseg._numerics._arrays import Bools, Floats, Integers, Labels32, mix
from custseg._numerics._beta_prior import BetaPrior, beta_prior
from custseg._numerics._intervals import (
    N_RESAMPLES,
    holm,
    mean_interval,
    ratio_interval,
    wilson_ends,
    wilson_interval,
)
from custseg._numerics._moments import mean, median, shares_of_groups, skewness, unit_of
from custseg._numerics._rounding import six_digits
from custseg._numerics._threads import in_threads

__all__ = [
    "N_RESAMPLES",
    "BetaPrior",
    "Bools",
    "Floats",
    "Integers",
    "Labels32",
    "beta_prior",
    "holm",
    "in_threads",
    "mean",
    "mean_interval",
    "median",
    "mix",
    "ratio_interval",
    "shares_of_groups",
    "six_digits",
    "skewness",
    "unit_of",
    "wilson_ends",
    "wilson_interval",
]
