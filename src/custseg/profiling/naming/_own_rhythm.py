"""Which customers are within their own gap between orders: it says more of who has lapsed than the days since an order.

Somebody who gives once a year has not lapsed after ten months, and a weekly customer may have after five weeks. Only
gaps that are more even than those of orders at random are called a rhythm. Where the base has a season, silence and
gaps are measured in operational days, see `Season`: a closed summer is no silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.feature_table import OF_SEASON
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._table import SEASON_SHARE, ProfileTable
from custseg.profiling.measures._terms import OPERATORS, Term
from custseg.profiling.naming.traits._levels import CLEARLY_MORE
from custseg.profiling.naming.traits._words import high_limit, low_limit

OVERDUE = "overdue_ratio"
LATE = 1.5
"""Usual gaps since the last order up to which a customer is within the own rhythm."""
_RECENCY, _GAP, _ORDERS = "recency_days", "gap_days_mean", "order_count"
_TREND, _AGE = "trend", "age_days"
_VARIATION, _ORDER_DAYS = "gap_cv", "order_days"
# Gaps are even if their relative variance is at most so large a part of what orders at random have.
_EVEN = 0.5
_FEWEST_GAPS = 2
EVEN_GAPS, USUAL_GAP = RHYTHMS = "even", "usual"
"""Most members order at even gaps and are within them; or most are at least known to be within their usual gap."""
YEARLY = (330.0, 400.0)
"""Mean gaps of about a year, in days."""
# The share of customers that stands for most of them.
_MOST = 0.6


@dataclass(frozen=True, eq=False)
class Rhythm:
    """The customers whose own rhythm is known, and those of them who are within it.

    Attributes
    ----------
    regular : ndarray of bool, shape (n_customers,)
        Customers with a gap between two orders and with `overdue_ratio`.
    punctual : ndarray of bool, shape (n_customers,)
        Those of them whose last order is no longer ago than one and a half of their usual gaps.
    even : ndarray of bool, shape (n_customers,)
        Customers with two or more gaps that vary at most half as much, in relative variance, as at random.
    yearly : ndarray of bool, shape (n_customers,)
        Customers whose mean gap is about a year.
    lapsed : ndarray of bool, shape (n_customers,)
        Those of them who are beyond that, and customers with one order longer ago than one and a half of the gap that
        is usual among the others.
    """

    regular: Bools
    punctual: Bools
    lapsed: Bools
    even: Bools
    yearly: Bools


def own_rhythm(table: ProfileTable) -> Rhythm | None:
    """The rhythm of each customer; None for a table that does not have it."""
    if OVERDUE not in table.numbers or table.described[OVERDUE].doubtful:
        return None
    ratios = table.values(OVERDUE)
    regular = ~np.isnan(ratios)
    yearly = np.zeros(len(table), dtype=bool)
    if _GAP in table.numbers:
        yearly = (table.values(_GAP) >= YEARLY[0]) & (table.values(_GAP) < YEARLY[1])
    if _GAP in table.numbers and _RECENCY in table.numbers:
        days, gaps = _silence_and_gaps(table)
        regular &= ~np.isnan(gaps)
        if regular.any():
            # The ratio takes the gap partly from all gaps, most of which are those of the customers with most orders.
            usual = np.where(regular, gaps, np.median(gaps[regular]))
            ratios = np.where(usual > 0, days / np.where(usual > 0, usual, 1.0), ratios)
    elif _GAP in table.numbers:
        regular &= ~np.isnan(table.values(_GAP))
    elif _ORDERS in table.numbers:
        regular &= table.values(_ORDERS) > 1
    ratios = _until_a_season_is_missed(ratios, table)
    return Rhythm(regular, regular & (ratios <= LATE), ratios > LATE, _has_even_gaps(table), yearly)


def own_ratios(table: ProfileTable) -> Floats:
    """The usual gaps since the last order, by the gaps of the customers themselves where these are known.

    `overdue_ratio` takes the gap partly from all gaps, most of which are those of frequent customers: who comes once a
    year looks overdue after ten months. One gap alone may be chance, so that it only shows that nobody is late yet.
    """
    ratios = table.values(OVERDUE)
    if _GAP not in table.numbers or _RECENCY not in table.numbers:
        return ratios
    days, gaps = _silence_and_gaps(table)
    has_gap = gaps > 0
    own = np.where(has_gap, days / np.where(has_gap, gaps, 1.0), ratios)
    counts = next((table.values(name) for name in (_ORDER_DAYS, _ORDERS) if name in table.numbers), None)
    own = own if counts is None else np.where(counts > _FEWEST_GAPS, own, np.fmin(own, ratios))
    return _until_a_season_is_missed(own, table)


def _silence_and_gaps(table: ProfileTable) -> tuple[Floats, Floats]:
    """Days since the last order and the mean gap of each customer; operational ones where the base has a season."""
    days, gaps, season = table.values(_RECENCY), table.values(_GAP), table.season
    if season is None or not {_ORDERS, _ORDER_DAYS} <= set(table.numbers):
        return days, gaps
    own_shares = season.own_shares(table.values(SEASON_SHARE), table.values(_ORDERS))
    n_gaps, last = table.values(_ORDER_DAYS) - 1, table.day - days
    silence = season.elapsed(last, np.full(len(table), float(table.day)), own_shares=own_shares)
    span = season.elapsed(last - gaps * n_gaps, last, own_shares=own_shares)
    return silence, np.where(n_gaps > 0, span / np.where(n_gaps > 0, n_gaps, 1.0), np.nan)


def _until_a_season_is_missed(ratios: Floats, table: ProfileTable) -> Floats:
    """The ratios, at most 1 for those who order in the season and have not let one of its length go by."""
    if table.season is None or _RECENCY not in table.numbers:
        return ratios
    last = table.day - table.values(_RECENCY)
    waits = (table.values(SEASON_SHARE) >= OF_SEASON) & ~table.season.has_lasted(last, table.day)
    return np.where(waits, np.fmin(ratios, 1.0), ratios)


def holds_by_own_rhythm(term: Term, table: ProfileTable, bounds: Mapping[tuple[str, float], float]) -> Bools:
    """Which customers meet the term; one on the usual gaps since the last order by their own gaps."""
    operator, value = term.bound(bounds)
    if term.feature != OVERDUE or OVERDUE not in table.numbers or operator not in OPERATORS:
        return term.holds(table, bounds)
    return np.asarray(OPERATORS[operator](own_ratios(table), value))


def _has_even_gaps(table: ProfileTable) -> Bools:
    """Which customers have gaps that are known to be even.

    The squared coefficient of variation of n gaps drawn from an exponential distribution, with n - 1 in the variance,
    has the mean n / (n + 1).
    """
    if _VARIATION not in table.numbers:
        return np.zeros(len(table), dtype=bool)
    days = next((table.values(name) for name in (_ORDER_DAYS, _ORDERS) if name in table.numbers), np.zeros(len(table)))
    n_gaps = np.fmax(days - 1, _FEWEST_GAPS)
    return np.asarray(table.values(_VARIATION) ** 2 <= _EVEN * n_gaps / (n_gaps + 1))


@dataclass(eq=False)
class SegmentRhythm:
    """Whether most members of a segment, and most clustered customers, are within their own rhythm."""

    statistics: ColumnStatistics

    def keeps(self, segment: int) -> bool:
        """Whether most members are known to be within their rhythm."""
        return self._is_most(self.n_within[segment], self.statistics.sizes()[segment])

    def is_late(self, segment: int) -> bool:
        """Whether most members are known to be beyond it."""
        return self._is_most(self.n_late[segment], self.statistics.sizes()[segment])

    def is_rhythm(self, segment: int) -> bool:
        """Whether most members order at even gaps and are within them."""
        if self._rhythm is None:
            return False
        n_even = self._counted(self._rhythm.punctual & self._rhythm.even)[segment]
        return self._is_most(n_even, self.statistics.sizes()[segment])

    def of(self, segment: int) -> str:
        """What is known of the gaps of most members, one of `RHYTHMS`; empty where nothing is."""
        return EVEN_GAPS if self.is_rhythm(segment) else USUAL_GAP if self.keeps(segment) else ""

    def has_trend(self, segment: int, *, falls: bool) -> bool:
        """Whether most members order less and less, or more and more, and clearly fewer of every other segment do.

        Only who still orders: the trend falls as well where customers have stopped, which the days since the last order
        say. Nor do those count who joined lately, whose halves are weeks; those within an even rhythm, as of three
        orders at even gaps two are in one half; nor, in a base with a season, those within any rhythm.
        """
        sizes = np.maximum(self.statistics.sizes(), 1)
        shares = self._counted(self._with_trend(falls=falls)) / sizes
        rivals = np.delete(shares, segment)[np.delete(sizes, segment) >= SMALLEST_GROUP]
        return bool(shares[segment] >= _MOST and (rivals <= shares[segment] - CLEARLY_MORE).all())

    def _with_trend(self, *, falls: bool) -> Bools:
        """The customers who still order, have done so for months, and do so less and less, or more and more."""
        table = self.statistics.table
        trend = table.values(_TREND)
        changes = trend <= low_limit(_TREND) if falls else trend >= high_limit(_TREND)
        if OVERDUE in table.numbers:
            changes &= ~(own_ratios(table) > LATE)
        elif _RECENCY in table.numbers:
            changes &= ~(table.values(_RECENCY) >= high_limit(_RECENCY))
        if _AGE in table.numbers:
            changes &= ~(table.values(_AGE) <= low_limit(_AGE))
        if self._rhythm is not None:
            changes &= ~(self._rhythm.punctual & (self._rhythm.even | (table.season is not None)))
        return np.asarray(changes)

    def is_timely(self, segment: int) -> bool:
        """Whether the base has a season, and most members are not late by their own gaps, or else by those of all."""
        table = self.statistics.table
        if table.season is None:
            return False
        return self._is_most(self._counted(own_ratios(table) <= LATE)[segment], self.statistics.sizes()[segment])

    @property
    def base_is_yearly(self) -> bool:
        """Whether most clustered customers with two orders or more order about once a year."""
        if self._rhythm is None:
            return False
        n_yearly = self._counted(self._rhythm.regular & self._rhythm.yearly).sum()
        n_regular = self._counted(self._rhythm.regular).sum()
        return bool(n_regular >= SMALLEST_GROUP and self._is_most(n_yearly, n_regular))

    @property
    def base_keeps(self) -> bool:
        """Whether most clustered customers are known to be within their rhythm."""
        return self._is_most(self.n_within.sum(), self.statistics.sizes().sum())

    @property
    def base_is_late(self) -> bool:
        """Whether most clustered customers are known to be beyond it."""
        return self._is_most(self.n_late.sum(), self.statistics.sizes().sum())

    @property
    def base_has_lapsed(self) -> bool | None:
        """Whether most clustered customers are beyond their rhythm, or that of the others; None if not known."""
        if self._rhythm is None:
            return None
        return self._is_most(self._counted(self._rhythm.lapsed).sum(), self.statistics.sizes().sum())

    @cached_property
    def n_within(self) -> Integers:
        """Members of each segment that are known to be within their rhythm."""
        return self._counted(None if self._rhythm is None else self._rhythm.punctual)

    @cached_property
    def n_late(self) -> Integers:
        """Members of each segment that are known to be beyond it."""
        return self._counted(None if self._rhythm is None else self._rhythm.regular & ~self._rhythm.punctual)

    @cached_property
    def _rhythm(self) -> Rhythm | None:
        return own_rhythm(self.statistics.table)

    def _counted(self, customers: Bools | None) -> Integers:
        labels, n_segments = self.statistics.labels, self.statistics.n_segments
        if customers is None:
            return np.zeros(n_segments, dtype=np.intp)
        return np.bincount(labels[customers & (labels >= 0)], minlength=n_segments)

    def _is_most(self, count: int, size: int) -> bool:
        return bool(size > 0 and count >= _MOST * size)
