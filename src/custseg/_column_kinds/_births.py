"""Years of birth that no customer can have."""

from __future__ import annotations

import numpy as np

from custseg._numerics import Bools, Floats

OLDEST = 110
"""Years over which nobody is taken to be alive."""
YEARS = (1000, 3000)
"""From the first of these, and under the second, a number is a year."""
_ADULT = 18
_YOUNGEST_SHARE = 0.99


def impossible_births(years: Floats, latest: float | None = None) -> tuple[Bools, Bools]:
    """Which births were over 110 years ago, and which are in the future; NaN is missing.

    Without the latest year that is known, "now" is 18 years after the births of the youngest customers, who are taken
    to be grown up.
    """
    plausible = years[(years >= YEARS[0]) & (years < YEARS[1])]
    if not len(plausible):
        known = ~np.isnan(years)
        return known, ~known & known
    this_year = np.floor(np.quantile(plausible, _YOUNGEST_SHARE) + _ADULT if latest is None else latest)
    return years < this_year - OLDEST, years >= this_year + 1
