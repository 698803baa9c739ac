"""`Season`: the part of the year in which the customers of a base order far more than in the rest of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools, Floats, Integers

YEAR = 1461
"""A year of 365.25 days in quarters of a day, in which it is a whole number."""
# Quarters of a day from 1 January to the first day of each month, less two: 1 January itself lies within half a day of
# the start of a year of 365.25 days.
_MONTHS = tuple(days - 2 for days in (0, 124, 237, 361, 481, 605, 725, 849, 973, 1093, 1217, 1337))
PART_STARTS = tuple(start + half for start in _MONTHS for half in (0, 60))
"""Starts of the halves of months, the steps in which a season begins and ends: the 1st and the 16th of each."""
PARTS = len(PART_STARTS)
PRIOR_ORDERS = 2
"""So many orders like those of all customers are added to the own ones: one order in the season is no habit."""
OF_SEASON = 0.8
"""Who places so large a part of the orders in the season orders in the season."""
_FOUR = 4
_ALL_YEARS = YEAR * 10_000
"""Years before 1970 count from a number of quarters that is above 0."""


@dataclass(frozen=True)
class Season:
    """The season of a customer base, and time as customers with a season live it.

    A customer who orders in the season alone is not silent outside of it. A day of the season counts s / p of a day,
    and another day (1 - s) / (1 - p), where s is the share of the customer's orders in the season and p the part of the
    year that it takes: a year has 365.25 of these *operational* days, and for who orders evenly each day counts as one.

    Attributes
    ----------
    first : int
        The first half-month of the season, from 0 for the first half of January to 23.
    n_parts : int
        Its length in half-months, 1 to 23; it may go on into the next year.
    share : float
        The share of all orders that are placed in it.
    gap, other_gap : float or None
        Median of the gaps between the orders of a customer in operational days, of those who order in the season and of
        all others; None without gaps.

    Notes
    -----
    Operational time goes back to time change in survival analysis: an intensity that varies with the calendar becomes
    constant where time is measured by its integral.
    """

    first: int
    n_parts: int
    share: float
    gap: float | None = None
    other_gap: float | None = None

    @property
    def part(self) -> float:
        """The part of the year that the season takes."""
        return self.length / YEAR

    @property
    def start(self) -> int:
        """Quarters of a day from 1 January to the first day of the season."""
        return PART_STARTS[self.first]

    @property
    def length(self) -> int:
        """Quarters of a day from the first day of the season to its end."""
        return (PART_STARTS[(self.first + self.n_parts) % PARTS] - self.start) % YEAR

    @property
    def offset(self) -> int:
        """Added to a day since 1970 in quarters of a day, it gives a multiple of `YEAR` at each start of the season."""
        return _ALL_YEARS - self.start

    def phase(self, days: Floats | Integers) -> Floats:
        """Quarters of a day since the last start of the season; days count from 1970-01-01."""
        return np.asarray((np.asarray(days, dtype=np.float64) * _FOUR + self.offset) % YEAR)

    def contains(self, days: Floats | Integers) -> Bools:
        """Which of the days, counted from 1970-01-01, are in the season."""
        return np.asarray(self.phase(days) < self.length)

    def days_before(self, days: Floats | Integers) -> Floats:
        """How many days of the season there are before each day, counted from a moment long ago."""
        phase = self.phase(days)
        quarters = np.asarray(days, dtype=np.float64) * _FOUR + self.offset - phase
        return np.asarray((quarters * self.part + np.minimum(phase, self.length)) / _FOUR)

    def own_shares(self, shares: Floats, orders: Floats) -> Floats:
        """The share of orders in the season by customer, drawn to that of all customers where orders are few."""
        in_season = np.where(orders > 0, shares * orders, 0.0)
        return np.asarray((in_season + PRIOR_ORDERS * self.share) / (orders + PRIOR_ORDERS))

    def has_lasted(self, last: Floats, today: int) -> Bools:
        """Whether as many days of the season as it has are over since the day `last`: one season was missed."""
        passed = self.days_before(np.full(len(last), today)) - self.days_before(last)
        return np.asarray(passed * _FOUR >= self.length)

    def elapsed(self, first: Floats, last: Floats, *, own_shares: Floats) -> Floats:
        """Operational days from the day `first` to the day `last` of each customer."""
        in_season = self.days_before(last) - self.days_before(first)
        rate, quiet_rate = own_shares / self.part, (1 - own_shares) / (1 - self.part)
        return np.asarray(in_season * rate + (last - first - in_season) * quiet_rate)
