"""Types of arrays, moments that do not overflow, and the thread pool: shared by all parts that compute."""

from __future__ import annotations

from custseg._numerics._arrays import Bools, Floats, Integers, Labels32, mix
from custseg._numerics._moments import median, shares_of_groups, skewness, unit_of
from custseg._numerics._threads import in_threads

__all__ = [
    "Bools",
    "Floats",
    "Integers",
    "Labels32",
    "in_threads",
    "median",
    "mix",
    "shares_of_groups",
    "skewness",
    "unit_of",
]
