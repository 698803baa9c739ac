"""Whole numbers that are labels or points in time rather than quantities: post codes, numbers of shops, years."""

from __future__ import annotations

import numpy as np

from custseg._column_kinds._words import (
    catalog,
    is_amount_or_count,
    is_children_name,
    is_demographic_name,
    is_share_name,
    matches,
    words_of,
)
from custseg._numerics import Bools, Floats

_YEARS = (1800, 2100)
_RECENT_YEARS = (1900, 2100)
# An unnamed column of whole numbers is one of years if all of them lie within a lifetime.
_LIFETIME = 110
# 0 or 9999 may stand for an unknown year.
_NEARLY_ALL = 0.95
OLDEST = 110
"""Years over which nobody is taken to be alive."""
YEARS = (1000, 3000)
"""From the first of these, and under the second, a number is a year."""
_ADULT = 18
_MOST_CHILDREN = 10
_YOUNGEST_SHARE = 0.99


def is_share_column(name: str, values: Floats) -> bool:
    """Whether a column holds shares of a whole: its name says so, and the values are from 0 to 1, not just these."""
    present = values[~np.isnan(values)]
    is_within = bool(((present >= 0) & (present <= 1)).all())
    return is_share_name(name) and is_within and bool(((present > 0) & (present < 1)).any())


def is_year_column(name: str, values: Floats) -> bool:
    """Whether a column holds calendar years; NaN is missing.

    Whole numbers from 1800 to 2100 (but for a few) in a column whose name says year or birth; or, in a column whose
    name says no amount or count, several values all within 110 years between 1900 and 2100.
    """
    present = _whole(values)
    if present is None:
        return False
    words, lists = words_of(name), catalog()["year"]
    if any(matches(word, lists["words"]) for word in words) and not any(matches(w, lists["other"]) for w in words):
        return bool(((present >= _YEARS[0]) & (present <= _YEARS[1])).mean() >= _NEARLY_ALL)
    low, high = float(present.min()), float(present.max())
    is_narrow = _RECENT_YEARS[0] <= low < high <= _RECENT_YEARS[1] and high - low <= _LIFETIME
    return is_narrow and not is_amount_or_count(name)


def is_label_column(name: str, values: Floats) -> bool:
    """Whether a column of whole numbers holds labels by its name, such as post codes and numbers of agents.

    Their sums and averages mean nothing, nor does the distance of two of them; NaN is missing.
    """
    words, lists = words_of(name), catalog()["label"]
    named = any(matches(word, lists["words"]) for word in words) or " ".join(words) in lists["alone"]
    is_measure = any(matches(word, lists["measures"]) for word in words)
    present = _whole(values) if named and not is_measure else None
    return present is not None and bool((present >= 0).all()) and len(np.unique(present)) > 2


def is_demographic_column(name: str, values: Floats) -> bool:
    """Whether a column of numbers holds who somebody is or where they live, by its name; NaN is missing.

    Of a name with children in it, only whole numbers up to 10 do: the others are hours of programs for children.
    """
    if not is_demographic_name(name):
        return False
    present = _whole(values) if is_children_name(name) else None
    return not is_children_name(name) or (present is not None and bool(present.max() <= _MOST_CHILDREN))


def _whole(values: Floats) -> Floats | None:
    """The values that are not missing, if all are whole numbers and there are any."""
    present = values[~np.isnan(values)]
    is_whole = len(present) > 0 and bool(np.isfinite(present).all()) and bool((present == np.floor(present)).all())
    return present if is_whole else None


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
