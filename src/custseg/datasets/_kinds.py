"""The six kinds of customers of the seeded shop, as data, and how long and how often each buys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg.datasets._calendar import DAYS, ORDINARY, SEASONAL, days_between

Days = NDArray[np.int64]
Visits = tuple[Days, Days, Days]
"""First day, last day and number of orders of each customer."""


@dataclass(frozen=True)
class Kind:
    """What the customers of one kind have in common; each customer varies around it."""

    name: str
    share: float
    """Share of all customers."""
    visits: Callable[[np.random.Generator, int], Visits]
    evenness: float = 1.0
    """Regularity of the gaps between orders: 1 is a Poisson process."""
    in_season: bool = False
    """Whether the customers come for the weeks before the holidays."""
    price_level: float = 0.0
    """Shift of the prices chosen, in standard deviations of the catalog."""
    further_lines: float = 1.6
    """Mean number of lines of an order beyond its first."""
    on_discount: tuple[float, float] = (1.2, 12.0)
    """Beta distribution of the customers' share of lines bought on discount."""
    gifts: float = 0.08
    """Share of the lines that are gift articles, beyond the customer's own taste."""
    opens: float = 0.25
    """Mean probability of a human open of a mail."""
    clicks: float = 0.15
    """Mean probability of a click on an opened mail, or on a text message."""
    redeems: float = 0.2
    """Probability that a discounted web order redeems a code."""
    leaves: float = 0.008
    """Probability of unsubscribing, per mail."""
    browses: float = 0.3
    """Visits without an order per 30 days."""
    carts: float = 0.25
    """Probability that a visit without an order leaves a cart behind."""
    ads: float = 0.03
    """Clicks on advertisements per 30 days."""
    age_shift: float = 0.0
    """Years by which these customers are older than all: demography explains little."""
    sources: tuple[float, ...] = (30, 15, 10, 15, 30)
    """Weights of search, social, referral, email, direct as the source of acquisition."""

    @property
    def calendar(self) -> NDArray[np.float64]:
        """How busy each day is for these customers, as a running total."""
        return SEASONAL if self.in_season else ORDINARY


def _loyal(rng: np.random.Generator, n: int) -> Visits:
    """Regular and still active: about one order a month for one to two years."""
    age = _rounded(240 + 485 * rng.beta(2.0, 1.3, n))
    count = 4 + rng.poisson(age / 38 * rng.gamma(5.0, 0.2, n))
    # The open gap is a part of the customer's usual gap: those who are long overdue are not loyal.
    recency = _rounded(1 + 1.1 * age / count * rng.beta(1.0, 1.7, n))
    return DAYS - age, DAYS - recency, count


def _one_time(rng: np.random.Generator, n: int) -> Visits:
    """One order, not recent."""
    day = DAYS - _rounded(95 + 630 * rng.beta(1.1, 1.2, n))
    return day, day, np.ones(n, dtype=np.int64)


def _new(rng: np.random.Generator, n: int) -> Visits:
    """First order in the last six weeks; one in four has a second order."""
    age = _rounded(1 + 41 * rng.beta(1.2, 1.1, n))
    count = 1 + (rng.random(n) < 0.25).astype(np.int64)
    last = np.where(count > 1, rng.integers(DAYS - age, DAYS), DAYS - age)
    return DAYS - age, last, count


def _lapsed(rng: np.random.Generator, n: int) -> Visits:
    """Many orders within some months, and none for at least half a year."""
    recency = _rounded(np.minimum(185 + rng.gamma(2.5, 45.0, n), 500))
    span = _rounded(np.minimum(110 + rng.gamma(4.0, 35.0, n), 725 - recency))
    count = np.maximum(6, rng.poisson(span * rng.gamma(9.0, 1 / 9, n) / 19))
    return DAYS - recency - span, DAYS - recency, count


def _bargain(rng: np.random.Generator, n: int) -> Visits:
    """A moderate number of orders, the last one weeks or a few months ago."""
    age = _rounded(230 + 490 * rng.beta(1.6, 1.3, n))
    count = 3 + rng.poisson(rng.gamma(4.0, 1.0, n))
    recency = _rounded(np.minimum(4 + rng.gamma(2.0, 22.0, n), 160))
    return DAYS - age, DAYS - recency, count


def _seasonal(rng: np.random.Generator, n: int) -> Visits:
    """Orders before the holidays, in both years."""
    start, middle = np.zeros(n, dtype=np.int64), np.full(n, 365)
    first = days_between(rng, SEASONAL, (start, middle))
    last = days_between(rng, SEASONAL, (middle + 1, np.full(n, DAYS - 1)))
    return first, last, 2 + rng.poisson(rng.gamma(6.0, 0.75, n))


def _prospect(rng: np.random.Generator, n: int) -> Visits:
    """Known since a day, without an order."""
    day = rng.integers(DAYS - 400, DAYS - 4, n)
    return day, day, np.zeros(n, dtype=np.int64)


def _rounded(days: NDArray[np.float64]) -> Days:
    return np.asarray(np.floor(days), dtype=np.int64)


KINDS = (
    Kind(
        "loyal", 0.22, _loyal, evenness=3.0, price_level=0.25, further_lines=2.2,
        on_discount=(1.2, 14.0), opens=0.5, clicks=0.25, redeems=0.3, leaves=0.002,
        browses=0.6, ads=0.02, age_shift=2.0, sources=(25, 8, 22, 12, 33),
    ),
    Kind(
        "one-time", 0.25, _one_time, price_level=-0.1, further_lines=1.2,
        on_discount=(1.0, 19.0), opens=0.1, clicks=0.06, leaves=0.025,
        browses=0.08, carts=0.15, ads=0.04, sources=(38, 27, 5, 8, 22),
    ),
    Kind(
        "new", 0.14, _new, opens=0.4, clicks=0.2, leaves=0.01,
        browses=1.6, carts=0.35, ads=0.2, age_shift=-3.0, sources=(30, 25, 12, 10, 23),
    ),
    Kind(
        "lapsed big spender", 0.10, _lapsed, evenness=2.0, price_level=1.0, further_lines=2.6,
        opens=0.12, clicks=0.06, leaves=0.012, browses=0.08, ads=0.01, sources=(28, 10, 20, 12, 30),
    ),
    Kind(
        "bargain hunter", 0.16, _bargain, evenness=1.2, price_level=-0.2, further_lines=1.8,
        on_discount=(9.0, 1.6), opens=0.4, clicks=0.4, redeems=0.75, leaves=0.006,
        browses=0.8, carts=0.45, ads=0.12, sources=(30, 25, 5, 25, 15),
    ),
    Kind(
        "seasonal", 0.13, _seasonal, in_season=True, price_level=0.4, further_lines=3.2,
        gifts=0.5, opens=0.2, clicks=0.12, leaves=0.008,
        browses=0.25, sources=(38, 12, 12, 13, 25),
    ),
)  # fmt: skip

PROSPECT = Kind(
    "prospect", 0.0, _prospect, opens=0.25, clicks=0.15, leaves=0.015,
    browses=0.5, carts=0.3, ads=0.2,
)  # fmt: skip
"""Has visited or subscribed, and never bought."""


def kind_sizes(n_customers: int) -> list[int]:
    """Customers of each kind by largest remainders of the shares; from 6 on, none is empty."""
    exact = np.array([kind.share for kind in KINDS]) * n_customers
    sizes = np.floor(exact + 1e-9).astype(int)
    missing = n_customers - sizes.sum()
    sizes[np.argsort(sizes - exact, kind="stable")[:missing]] += 1
    return [int(size) for size in sizes]
