"""Whether customers click less than they themselves usually do when they get many mails in a week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers, ratio_interval
from custseg._privacy import SMALLEST_GROUP

MOST = 5
"""The last level: so many mails in a week, or more."""

_ENOUGH_EXPECTED = 5
_ALPHA = 0.05
DAY = 24 * 60 * 60 * 1_000_000


@dataclass(frozen=True)
class Level:
    """Mails that were at least the `mails`-th of their week, compared with the norm of their own customers.

    Attributes
    ----------
    mails : int
        Mails in the seven days up to and with the mail, or more.
    ratio : float
        Clicks over the clicks that the same customers would have given at their own mean rate; 1 is no fatigue.
    low, high : float
        Its interval, at 95 % for all levels of a segment together.
    is_enough : bool
        Whether ten customers or more are behind it, who would have given five clicks.
    """

    mails: int
    ratio: float
    low: float
    high: float
    is_enough: bool


@dataclass(frozen=True)
class Fatigue:
    """What the mails of a segment say about fatigue.

    Attributes
    ----------
    levels : tuple of Level
        From 2 mails a week on.
    level : int or None
        The smallest number of mails from which on clicks are below the own norm beyond the interval; None where
        nothing shows that.
    observed : int
        The largest number of mails with enough data; 1 where there is none.
    """

    levels: tuple[Level, ...]
    level: int | None
    observed: int


def fatigue_of(owners: Integers, mails: Integers, clicks: Floats, *, seed: int) -> Fatigue:
    """Clicks at each level over what the same customers usually give.

    For customer i with rate r_i over all mails, and n_ik mails at level k or above with x_ik clicks, the ratio is
    Σ x_ik / Σ n_ik r_i. Each customer is their own norm: that the eager ones get more mails does not bias it. Without
    fatigue its mean is 1. Intervals are bootstrap-t over customers, at 1 - 0.05 / m for m levels (Bonferroni).
    """
    customers, owner = np.unique(owners, return_inverse=True)
    n = len(customers)
    rate = np.bincount(owner, weights=clicks, minlength=n) / np.maximum(np.bincount(owner, minlength=n), 1)
    expected = rate[owner]
    sums = {}
    for least in range(2, MOST + 1):
        above = mails >= least
        x, e = (_sums(owner[above], values[above], n) for values in (clicks, expected))
        if int((e > 0).sum()) >= SMALLEST_GROUP and float(e.sum()) >= _ENOUGH_EXPECTED:
            sums[least] = (x[e > 0], e[e > 0])
    confidence = 1 - _ALPHA / max(len(sums), 1)
    levels = tuple(_level(least, sums.get(least), confidence=confidence, seed=seed) for least in range(2, MOST + 1))
    tired = [level.mails for level in levels if level.is_enough and level.high < 1]
    return Fatigue(levels, min(tired, default=None), max(sums, default=1))


def _sums(owner: Integers, values: Floats, n: int) -> Floats:
    return np.bincount(owner, weights=values, minlength=n).astype(np.float64)


def _level(mails: int, sums: tuple[Floats, Floats] | None, *, confidence: float, seed: int) -> Level:
    if sums is None:
        return Level(mails, float("nan"), float("nan"), float("nan"), is_enough=False)
    order = np.lexsort(sums)
    x, e = sums[0][order], sums[1][order]
    low, high = ratio_interval(x, e, seed=seed, confidence=confidence)
    # Where no customer clicks at this level the rows have no spread: the rule of three, one-sided.
    if not x.sum():
        low, high = 0.0, float(-np.log((1 - confidence) / 2) / e.sum())
    return Level(mails, float(x.sum() / e.sum()), low, high, is_enough=bool(np.isfinite([low, high]).all()))


def levels(owners: Integers, moments: Integers, *, days: int) -> Integers:
    """For each mail the number of mails of its customer in the `days` up to and with it: 1 or more.

    Mails at one moment count for each other.
    """
    if not len(moments):
        return np.empty(0, dtype=np.int64)
    order = np.lexsort((moments, owners))
    who, when = owners[order], moments[order]
    # The mails of a customer lie apart from those of others by more than the whole span, in seconds.
    seconds = (when - when.min()) // 1_000_000
    length = int(seconds.max()) + days * (DAY // 1_000_000) + 1
    _, code = np.unique(who, return_inverse=True)
    key = code.astype(np.int64) * length + seconds
    first = np.searchsorted(key, key - days * (DAY // 1_000_000), side="right")
    first = np.maximum(first, np.searchsorted(code, code, side="left"))
    last = np.searchsorted(key, key, side="right")
    counts = np.empty(len(order), dtype=np.int64)
    counts[order] = last - first
    return counts
