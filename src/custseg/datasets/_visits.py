"""Visits to the shop's site and app in the last year: with an order, with an abandoned cart, or without either."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from custseg.datasets._buyers import CUSTOMER, GUEST, of_kind
from custseg.datasets._calendar import (
    DAYS,
    ORDINARY,
    SEASONAL,
    Moments,
    day_of,
    days_between,
    moments,
)
from custseg.datasets._columns import Columns, height, select_rows, stacked
from custseg.datasets._event_rows import (
    CAMPAIGNS,
    NOBODY,
    WINDOW,
    later,
    rows,
)
from custseg.datasets._lines import STORE

_START = DAYS - WINDOW


def draw_visits(rng: np.random.Generator, people: Columns, lines: Columns) -> Columns:
    """All events on the site and in the app, and clicks on advertisements."""
    orders = _online_orders(people, lines)
    return stacked(
        _order_visits(rng, people, orders),
        _idle_visits(rng, people),
        _ad_clicks(rng, people),
        _unknown_visits(rng, height(orders) // 20),
    )


def _online_orders(people: Columns, lines: Columns) -> Columns:
    """Paid orders of known customers on the web or in the app: buyer, moment, channel, money."""
    counted = (
        (people["role"][lines["buyer"]] == CUSTOMER)
        & ~lines["cancelled"]
        & (lines["channel"] != STORE)
        & (day_of(lines["at"]) >= _START)
    )
    lines = select_rows(lines, counted)
    starts = np.flatnonzero(np.diff(lines["order"], prepend=-1))
    cents = lines["quantity"] * lines["price"] - lines["discount"]
    orders = {
        "person": lines["buyer"][starts],
        "at": lines["at"][starts],
        "channel": lines["channel"][starts],
        "cents": np.add.reduceat(cents, starts) if len(starts) else cents,
        "discount": np.add.reduceat(lines["discount"], starts) if len(starts) else cents,
    }
    return select_rows(orders, orders["cents"] > 0)


def _order_visits(rng: np.random.Generator, people: Columns, orders: Columns) -> Columns:
    """Visited → viewed → carted → checkout → (redeemed) → ordered, all within the hour."""
    person, at, channel = orders["person"], orders["at"], orders["channel"]
    cents = orders["cents"]
    seconds = rng.integers(300, 2400, height(orders))

    def before(share: float) -> Moments:
        moment: Moments = at - (seconds * share).astype("timedelta64[s]")
        return moment

    redeems = of_kind(lambda kind: kind.redeems, people["kind"][person])
    coded = (orders["discount"] > 0) & (rng.random(height(orders)) < redeems)
    running = np.array([DAYS - campaign.days_before for campaign in CAMPAIGNS])
    campaign = np.searchsorted(running, day_of(at)) - 1
    return stacked(
        rows("visited", person, before(1.0), channel=channel),
        rows("viewed", person, before(0.8), channel=channel),
        rows("carted", person, before(0.4), channel=channel, cents=cents),
        rows("checkout", person, before(0.2), channel=channel, cents=cents),
        rows(
            "redeemed", person[coded], before(0.1)[coded], channel=channel[coded],
            campaign=campaign[coded], cents=orders["discount"][coded],
        ),
        rows("ordered", person, at, channel=channel, cents=cents),
    )  # fmt: skip


def _idle_visits(rng: np.random.Generator, people: Columns) -> Columns:
    """Visits without an order; some abandon a cart, a few abandon the checkout."""
    person = _spread(rng, people, of_kind(lambda kind: kind.browses, people["kind"]))
    at = _some_time(rng, people, person)
    channel = (rng.random(len(person)) < 0.3).astype(np.int8)
    views = rng.random(len(person)) < 0.75
    carts = views & (rng.random(len(person)) < of_kind(lambda k: k.carts, people["kind"][person]))
    checks_out = carts & (rng.random(len(person)) < 0.3)
    view_at, cart_at = later(rng, at, (10, 120)), later(rng, at, (130, 900))
    cents = np.rint(100 * rng.lognormal(3.4, 0.7, len(person))).astype(np.int64)
    return stacked(
        rows("visited", person, at, channel=channel),
        rows("viewed", person[views], view_at[views], channel=channel[views]),
        rows("carted", person[carts], cart_at[carts], channel=channel[carts], cents=cents[carts]),
        rows(
            "checkout", person[checks_out], later(rng, cart_at, (20, 200))[checks_out],
            channel=channel[checks_out], cents=cents[checks_out],
        ),
    )  # fmt: skip


def _ad_clicks(rng: np.random.Generator, people: Columns) -> Columns:
    """A click on an advertisement, and the visit it leads to."""
    person = _spread(rng, people, of_kind(lambda kind: kind.ads, people["kind"]))
    at = _some_time(rng, people, person)
    return stacked(
        rows("ad_clicked", person, at, channel="ads"),
        rows("visited", person, later(rng, at, (1, 4)), channel="web"),
    )


def _unknown_visits(rng: np.random.Generator, size: int) -> Columns:
    """Visits of people who are not logged in."""
    at = moments(rng, rng.integers(_START, DAYS, size))
    return rows("visited", np.full(size, NOBODY), at, channel="web")


def _spread(rng: np.random.Generator, people: Columns, per_30d: NDArray[np.float64]) -> NDArray[np.int64]:
    """Persons, repeated by their number of visits: a gamma–Poisson count over the days since they are known."""
    days = DAYS - np.maximum(people["first"], _START)
    mean = np.where(people["role"] == GUEST, 0.0, per_30d * days / 30)
    counts = rng.poisson(mean * rng.gamma(1.5, 1 / 1.5, len(mean)))
    return np.repeat(np.arange(len(mean)), counts)


def _some_time(rng: np.random.Generator, people: Columns, person: NDArray[np.int64]) -> Moments:
    """A random time since the person is known, on days when people of the kind are active."""
    first = np.maximum(people["first"][person], _START)
    span = (first, np.full(len(person), DAYS - 1))
    seasonal = of_kind(lambda kind: kind.in_season, people["kind"][person]).astype(bool)
    days = np.where(
        seasonal,
        days_between(rng, SEASONAL, span),
        days_between(rng, ORDINARY, span),
    )
    return later(rng, moments(rng, days), (0, 59))
