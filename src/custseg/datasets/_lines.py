"""The order lines of the seeded shop: first clean, then with the errors that real logs have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from custseg.datasets._buyers import N_TASTES, REFUND_ONLY, SOURCES, draw_order_days, of_kind
from custseg.datasets._calendar import AS_OF, moments
from custseg.datasets._columns import (
    Columns,
    height,
    position_in_group,
    sampled,
    select_rows,
    stacked,
    words,
)

CATEGORIES = ("books", "toys", "home", "kitchen", "garden", "beauty", "electronics", "gifts")
GIFTS = CATEGORIES.index("gifts")
CHANNELS = ("web", "app", "store")
STORE = CHANNELS.index("store")

_MEDIAN_PRICES = np.array([9.0, 11.0, 14.0, 16.0, 13.0, 10.0, 24.0, 12.0])
PER_CATEGORY = 40
SAMPLE = len(CATEGORIES) * PER_CATEGORY
"""Product number of the free sample that zero-value orders hold."""

_DEPTHS = np.array([20, 25, 30, 40, 50])


def _price_list() -> NDArray[np.int64]:
    """Prices in cents by product number: log-normal in a category, set to price points."""
    quantiles = ndtri((np.arange(PER_CATEGORY) + 0.5) / PER_CATEGORY)
    prices = (_MEDIAN_PRICES[:, None] * np.exp(0.7 * quantiles)).ravel()
    points = np.where(prices < 60, np.floor(prices) + 0.90, 5 * np.ceil(prices / 5))
    free_sample = 0
    return np.append(np.rint(100 * points).astype(np.int64), free_sample)


PRICES = _price_list()
PRODUCTS = (
    *(f"{name} {number:02d}" for name in CATEGORIES for number in range(1, PER_CATEGORY + 1)),
    "free sample",
)


def draw_lines(rng: np.random.Generator, people: Columns) -> Columns:
    """Clean lines of all orders: buyer, order number, moment, channel, product, money in cents."""
    buyer, days = draw_order_days(rng, people)
    counts = 1 + rng.poisson(people["further_lines"][buyer])
    order = np.repeat(np.arange(len(buyer)), counts)
    lines = {"buyer": buyer[order], "order": order, "position": position_in_group(counts)}
    lines["at"] = moments(rng, days)[order]
    lines["channel"] = _channels(rng, people["store_share"][buyer])[order]
    lines["product"] = _products(rng, people, lines["buyer"])
    lines["quantity"] = (1 + rng.poisson(0.3, len(order))) * people["bulk"][lines["buyer"]]
    lines["price"] = PRICES[lines["product"]]
    lines["discount"] = _discounts(rng, lines, people["on_discount"][lines["buyer"]])
    lines["cancelled"] = np.zeros(len(order), dtype=bool)
    return lines


def _channels(rng: np.random.Generator, store_share: NDArray[Any]) -> NDArray[np.int64]:
    """Store with each buyer's own probability, else web or app."""
    draw = rng.random(len(store_share))
    online = (draw > store_share + 0.7 * (1 - store_share)).astype(np.int64)
    return np.where(draw < store_share, STORE, online)


def _products(rng: np.random.Generator, people: Columns, buyer: NDArray[np.int64]) -> NDArray[np.int64]:
    """Product numbers: half from the buyer's favorite category, more expensive ones for higher price levels."""
    size = len(buyer)
    gift = rng.random(size) < of_kind(lambda kind: kind.gifts, people["kind"][buyer])
    own_taste = rng.random(size) < 0.5
    category = np.where(own_taste, people["taste"][buyer], rng.integers(0, N_TASTES, size))
    rank = ndtr(0.75 * (people["price_level"][buyer] + rng.normal(0, 0.9, size)))
    place = np.minimum((rank * PER_CATEGORY).astype(np.int64), PER_CATEGORY - 1)
    return np.asarray(np.where(gift, GIFTS, category) * PER_CATEGORY + place)


def _discounts(rng: np.random.Generator, lines: Columns, on_discount: NDArray[Any]) -> NDArray[np.int64]:
    """Discount of each line in cents; bargain hunters also get larger discounts."""
    size = height(lines)
    deeper = rng.beta(1.0 + 1.5 * on_discount, 1.2)
    depth = _DEPTHS[(deeper * len(_DEPTHS)).astype(np.int64).clip(max=len(_DEPTHS) - 1)]
    off = (lines["quantity"] * lines["price"] * depth + 50) // 100
    return np.where(rng.random(size) < on_discount, off, 0)


def with_dirt(rng: np.random.Generator, people: Columns, lines: Columns) -> Columns:
    """The log as a shop would export it, in order of time.

    The first line of each order is paid for and not returned at once, so that the order remains a purchase.
    """
    n_orders = int(lines["order"][-1]) + 1
    only_refund = people["role"][lines["buyer"]] == REFUND_ONLY
    returns = _reversed(select_rows(lines, only_refund & (lines["position"] == 0)))
    lines = select_rows(lines, ~only_refund)
    further = lines["position"] > 0
    lines["cancelled"] = further & (rng.random(height(lines)) < 0.01)
    kept = select_rows(lines, ~lines["cancelled"])
    log = stacked(
        lines,
        returns,
        _reversed(sampled(rng, select_rows(kept, kept["position"] > 0), 0.008)),
        _booked_apart(rng, _reversed(sampled(rng, kept, 0.02)), n_orders),
        _failed_tries(rng, lines, n_orders),
        _samples(rng, lines, n_orders),
        sampled(rng, lines, 0.003),
    )
    return _numbered(select_rows(log, log["at"] < AS_OF))


def _reversed(lines: Columns) -> Columns:
    """The same lines as refunds: quantity and money negative."""
    return lines | {"quantity": -lines["quantity"], "discount": -lines["discount"]}


def _booked_apart(rng: np.random.Generator, refunds: Columns, n_orders: int) -> Columns:
    """Refunds under a number of their own, some days after the purchase."""
    days = rng.integers(2, 25, height(refunds)).astype("timedelta64[D]")
    numbers = 3 * n_orders + np.arange(height(refunds))
    return refunds | {"order": numbers, "at": refunds["at"] + days}


def _failed_tries(rng: np.random.Generator, lines: Columns, n_orders: int) -> Columns:
    """Cancelled duplicates of some orders, under another number and minutes earlier."""
    tried = select_rows(lines, rng.random(n_orders)[lines["order"]] < 0.01)
    minutes = (2 + tried["order"] % 40).astype("timedelta64[m]")
    return tried | {
        "order": n_orders + tried["order"],
        "at": tried["at"] - minutes,
        "cancelled": np.ones(height(tried), dtype=bool),
    }


def _samples(rng: np.random.Generator, lines: Columns, n_orders: int) -> Columns:
    """Free samples after some orders: orders of value zero."""
    sent = sampled(rng, select_rows(lines, lines["position"] == 0), 0.015)
    size = height(sent)
    days = rng.integers(1, 10, size).astype("timedelta64[D]")
    return sent | {
        "order": 2 * n_orders + sent["order"],
        "at": sent["at"] + days,
        "product": np.full(size, SAMPLE),
        "quantity": np.ones(size, dtype=np.int64),
        "price": np.zeros(size, dtype=np.int64),
        "discount": np.zeros(size, dtype=np.int64),
        "cancelled": np.zeros(size, dtype=bool),
    }


def _numbered(log: Columns) -> Columns:
    """The log in order of time, its orders numbered in that order."""
    log = select_rows(log, np.lexsort((log["order"], log["at"])))
    opens = np.diff(log["order"], prepend=-1) != 0
    return log | {"order": np.cumsum(opens)}


def order_table(people: Columns, lines: Columns) -> Columns:
    """The lines as a shop's export shows them."""
    category = np.minimum(lines["product"] // PER_CATEGORY, GIFTS)
    cents = lines["quantity"] * lines["price"] - lines["discount"]
    return {
        "customer_id": people["id"][lines["buyer"]],
        "order_id": _order_ids(lines["order"]),
        "ordered_at": lines["at"],
        "amount": cents / 100,
        "quantity": lines["quantity"],
        "price": lines["price"] / 100,
        "discount": lines["discount"] / 100,
        "product": words(lines["product"], PRODUCTS),
        "category": words(category, CATEGORIES),
        "channel": words(lines["channel"], CHANNELS),
        "source": words(people["source"][lines["buyer"]], SOURCES),
        "cancelled": lines["cancelled"],
    }


def _order_ids(numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    """Order numbers as text; `numbers` are ascending from 1."""
    width = max(7, len(str(numbers[-1])))
    names = [f"O{number:0{width}d}" for number in range(1, int(numbers[-1]) + 1)]
    return words(numbers - 1, names)
