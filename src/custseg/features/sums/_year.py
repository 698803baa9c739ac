"""The year of a customer base: the six weeks with the most revenue, and its season, if it has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collect
from custseg._numerics import Floats, Integers
from custseg.feature_table import PART_STARTS, PARTS, YEAR, Season
from custseg.logs import OrderFacts, net_money
from custseg.snapshot import Snapshot

_YEAR_DAYS = 365
_PEAK_WEEKS = 6
_WEEKS = 52
# A season holds so much more of the orders than of the year: so many would have to be placed at another time for a year
# without a season. Holidays and a strong quarter do not reach it.
_MORE = 0.25
# With fewer customers the parts of the year differ by chance.
_FEWEST_CUSTOMERS = 50
# In a season that comes back, orders are so many times as frequent as in the rest of the year around it.
_TIMES = 2.0
_FEWEST_SEASONS = 2
_DIGITS = 6
# Of a season that is so little covered by the log it is not known whether it came.
_COVERED = 0.5


@dataclass(frozen=True)
class YearFigures:
    """The year of a customer base.

    Attributes
    ----------
    peak_weeks : tuple of int or None
        The six weeks of the year with the most revenue, or lines in a log without money, from 0; None where the log
        covers less than a year.
    season : Season or None
        The part of the year with far more orders than the rest; None where the log shows no season that comes back.
    """

    peak_weeks: tuple[int, ...] | None = None
    season: Season | None = None


def learn_peak_weeks(facts: OrderFacts, snapshot: Snapshot) -> tuple[int, ...] | None:
    """The six weeks of the year with the most revenue of a log before the snapshot, inside its window."""
    if not _covers_a_year(facts, snapshot):
        return None
    lines = facts.orders.lines()
    inside = nw.col("moment") < snapshot.moment
    if snapshot.start is not None:
        inside = inside & (nw.col("moment") >= snapshot.start)
    lines = lines.filter(inside).with_columns(money=net_money(lines))
    is_bought = (nw.col("money") > 0) & ~nw.col("customer").is_null()
    lines = lines.with_columns(line=nw.when(is_bought).then(nw.lit(1)).otherwise(nw.lit(0)))
    name = "money" if facts.orders.has_money else "line"
    daily = collect(lines.group_by("day").agg(nw.col(name).sum())).filter(nw.col("day") < snapshot.day)
    if not len(daily):
        return ()
    revenue = daily.get_column(name).fill_null(0).cast(nw.Float64).to_numpy()
    return _peak_weeks(daily.get_column("day").to_numpy(), revenue, snapshot.day)


def order_days_of_repeaters(days: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The sum of 1 / `n_days` over the customers who ordered on several days, for each `order_day`, as `weight`.

    A single order says nothing about when its customer orders. All others weigh the same, however often they order.

    Parameters
    ----------
    days : narwhals LazyFrame
        A row per customer and day with orders, `order_day`, with the number of these days of the customer, `n_days`.
    """
    n_days = nw.col("n_days")
    repeated = days.filter(n_days > 1, ~nw.col("order_day").is_null()).with_columns(weight=1 / n_days.cast(nw.Float64))
    return repeated.group_by("order_day").agg(nw.col("weight").sum())


def learn_season(facts: OrderFacts, snapshot: Snapshot, days: nw.DataFrame[Any]) -> Season | None:
    """The season of what `order_days_of_repeaters` has counted before the snapshot, inside its window."""
    days = days.filter(nw.col("order_day") < snapshot.day)
    if not len(days) or not _covers_a_year(facts, snapshot):
        return None
    order_days, weights = (days.get_column(name).to_numpy() for name in ("order_day", "weight"))
    return season_of(order_days, weights, until=snapshot.day)


def season_of(days: Integers, weights: Floats, *, until: int) -> Season | None:
    """The season of orders on some days, counted from 1970-01-01, before the day `until`; None where there is none.

    `weights` are the order days of customers on each day, where those of a customer add up to one.

    It is the run of half-months whose share of the orders exceeds its part of the year most, as Kuiper's statistic does
    on the circle of the year, where it does so by a quarter or more. Each half-month counts by its mean weight per day.
    The season must come back: in two years or more, and in most of those that the log covers, orders are more than
    twice as frequent in it as in the rest of that year. So neither growth nor customers who leave look like a season.

    References
    ----------
    Kuiper, N. H. (1960). Tests concerning random points on a circle. Proceedings of the Koninklijke Nederlandse
    Akademie van Wetenschappen, Series A 63, 38-47.
    """
    calendar = np.arange(days.min(), until)
    daily = np.zeros(len(calendar))
    daily[days - calendar[0]] = weights
    starts = np.array(PART_STARTS) - PART_STARTS[0]
    parts = np.searchsorted(starts, (calendar * 4 - PART_STARTS[0]) % YEAR, side="right") - 1
    exposure = np.bincount(parts, minlength=PARTS)
    if len(calendar) < _YEAR_DAYS or weights.sum() < _FEWEST_CUSTOMERS or not exposure.all():
        return None
    of_year = np.diff([*starts, YEAR]) / YEAR
    masses = np.bincount(parts, weights=daily, minlength=PARTS) / exposure * of_year
    firsts, lengths = np.meshgrid(np.arange(PARTS), np.arange(1, PARTS), indexing="ij")
    shares, times = (_of_runs(values, firsts, lengths) for values in (masses / masses.sum(), of_year))
    # Rounded, so that of equal runs the first one is taken whatever the order of the rows.
    surplus = np.round(shares - times, _DIGITS)
    first, index = np.unravel_index(int(np.argmax(surplus)), surplus.shape)
    # Sums of floats depend on the order of the rows in their last digits, and on the engine.
    season = Season(int(first), int(index) + 1, round(float(shares[first, index]), _DIGITS))
    if surplus[first, index] < _MORE or not _comes_back(season, calendar, daily):
        return None
    return season


def _of_runs(values: Floats, firsts: Integers, lengths: Integers) -> Floats:
    """The sum of the values of each run of parts of the year, which may go on into the next year."""
    running = np.concatenate([[0.0], np.cumsum(np.tile(values, 2))])
    return np.asarray(running[firsts + lengths] - running[firsts])


def _comes_back(season: Season, calendar: Integers, daily: Floats) -> bool:
    """Whether the season came in two years or more, and in most; a year lasts from one quiet time to the next."""
    quiet = season.start + season.length + (YEAR - season.length) // 2
    years = (calendar * 4 - quiet) // YEAR
    years -= years.min()
    is_in = season.contains(calendar)
    n_days, n_orders = (
        np.array([np.bincount(years[which], weights=values[which], minlength=years.max() + 1)
                  for which in (is_in, ~is_in)])
        for values in (np.ones(len(calendar)), daily)
    )  # fmt: skip
    is_judged = n_days[0] * 4 >= _COVERED * season.length
    rates = n_orders / np.maximum(n_days, 1)
    came = is_judged & (rates[0] > _TIMES * rates[1])
    return bool(came.sum() >= _FEWEST_SEASONS and came.sum() * 2 > is_judged.sum())


def days_of_weeks(weeks: Sequence[int], facts: OrderFacts, snapshot: Snapshot) -> list[int]:
    """The days of the log before the snapshot that are in these weeks of the year."""
    if not weeks or facts.first_day is None:
        return []
    return [day for day in range(facts.first_day, snapshot.day) if _week_of_year(day) in weeks]


def days_of_season(season: Season | None, facts: OrderFacts, snapshot: Snapshot) -> list[int]:
    """The days of the log up to that of the snapshot that are in the season."""
    if season is None or facts.first_day is None:
        return []
    days = np.arange(facts.first_day, snapshot.day + 1)
    in_season: list[int] = days[season.contains(days)].tolist()
    return in_season


def _covers_a_year(facts: OrderFacts, snapshot: Snapshot) -> bool:
    """Whether the log and the window cover twelve months."""
    if facts.first_day is None or snapshot.day - facts.first_day < _YEAR_DAYS:
        return False
    return snapshot.window_days is None or snapshot.window_days >= _YEAR_DAYS


def _peak_weeks(days: Integers, weights: Floats, until: int) -> tuple[int, ...]:
    """The six weeks of the year with the largest mean of a day, in increasing order."""
    calendar = np.arange(days.min(), until)
    weeks = np.array([_week_of_year(day) for day in calendar.tolist()])
    daily = np.zeros(len(calendar))
    daily[days - calendar[0]] = weights
    n_days = np.bincount(weeks, minlength=_WEEKS)
    means = np.bincount(weeks, weights=daily, minlength=_WEEKS) / np.maximum(n_days, 1)
    return tuple(sorted(np.lexsort((np.arange(_WEEKS), -means))[:_PEAK_WEEKS].tolist()))


def _week_of_year(day: int) -> int:
    """Week of the year; week 0 starts on 1 January, the last week includes the remaining days."""
    return min(_WEEKS - 1, ((date(1970, 1, 1) + timedelta(days=day)).timetuple().tm_yday - 1) // 7)
