"""The two years of the shop, day by day: how busy each day is, and on which days a customer orders."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Moments: TypeAlias = NDArray[np.datetime64]

AS_OF = np.datetime64("2025-07-01T00:00:00", "us")
"""The snapshot: half a year after the peak, so that seasonal buyers are silent but not yet lost."""

DAYS = 731
"""Length of the log in days; day 0 is 2023-07-01, day 730 the last one before the snapshot."""

_DATES = AS_OF.astype("datetime64[D]") - np.arange(DAYS, 0, -1)
_DAYS_TO_PEAK = np.abs((_DATES - (_DATES.astype("datetime64[Y]").astype("datetime64[D]") + 336)).astype(int))
"""Distance to 3 December (2 December in a leap year), the middle of the peak of six weeks."""

_WEEKDAY = np.array([1.05, 1.1, 1.2, 0.9, 1.0, 1.0, 1.0])
"""Thursday first, as 1970-01-01 was one."""

_HOURS = np.array([2, 1, 1, 1, 1, 2, 4, 8, 12, 16, 19, 21, 24, 21, 19, 18, 19, 21, 24, 28, 30, 25, 14, 6])


def _running(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running total of the day weights, from 0 at the start of day 0."""
    return np.concatenate([[0.0], np.cumsum(weights)])


_BUSY = _WEEKDAY[_DATES.astype(int) % 7]

ORDINARY = _running(_BUSY * np.where(_DAYS_TO_PEAK <= 21, 1.7, 1.0))
"""Calendar of most customers: a little more before the holidays."""

SEASONAL = _running(_BUSY * (np.exp(-0.5 * (_DAYS_TO_PEAK / 19.0) ** 10) + 0.003))
"""Calendar of those who come for the season: about 95 % of it lies in the six weeks."""


def days_between(
    rng: np.random.Generator,
    calendar: NDArray[np.float64],
    span: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.int64]:
    """One day from the first to the last of each span (both included), busy days more often."""
    low, high = calendar[span[0]], calendar[span[1] + 1]
    return _days_at(calendar, low + rng.random(len(low)) * (high - low), span)


def order_days(
    rng: np.random.Generator,
    calendar: NDArray[np.float64],
    visits: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    *,
    evenness: float,
) -> NDArray[np.int64]:
    """The day of every order, customer by customer: the first and last are given, gamma gaps between.

    `visits` is first day, last day, count; `evenness` 1 is a Poisson process, above it more regular.
    """
    first, last, count = visits
    gaps = rng.gamma(evenness, size=count.sum())
    ends = np.cumsum(count)
    running = np.cumsum(gaps)
    start, end = running[ends - count], running[ends - 1]
    span = np.maximum(end - start, 1e-12)
    share = (running - np.repeat(start, count)) / np.repeat(span, count)
    # Single orders have no gap: they fall on their first day, which is their last.
    low, high = calendar[first] + 1e-9, calendar[last + 1] - 1e-9
    at = np.repeat(low, count) + share * np.repeat(np.where(count > 1, high - low, 0.0), count)
    return _days_at(calendar, at, (np.repeat(first, count), np.repeat(last, count)))


def _days_at(
    calendar: NDArray[np.float64],
    at: NDArray[np.float64],
    span: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.int64]:
    """The day on which the running total passes each value, kept within its span."""
    return np.clip(np.searchsorted(calendar, at, side="right") - 1, *span).astype(np.int64)


def moments(rng: np.random.Generator, days: NDArray[np.int64]) -> Moments:
    """A moment of each day, to the minute, at the hours when people shop."""
    hours = rng.choice(24, size=len(days), p=_HOURS / _HOURS.sum())
    minutes = (days - DAYS) * 1440 + hours * 60 + rng.integers(0, 60, size=len(days))
    return AS_OF + minutes.astype("timedelta64[m]")


def day_of(moment: Moments) -> NDArray[np.int64]:
    """The day number of each moment."""
    days: NDArray[np.timedelta64] = moment.astype("datetime64[D]") - _DATES[0]
    return days.astype(np.int64)
