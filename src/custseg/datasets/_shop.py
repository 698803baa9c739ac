"""A seeded shop: two years of orders, one year of events, and the true kind of each customer."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._checks import check_integer, check_random_state
from custseg._frames import frame_from_columns
from custseg.datasets._buyers import CUSTOMER, draw_buyers
from custseg.datasets._calendar import AS_OF
from custseg.datasets._columns import Columns, taken, words
from custseg.datasets._customers import customer_table
from custseg.datasets._events import draw_events, event_table
from custseg.datasets._kinds import KINDS
from custseg.datasets._lines import draw_lines, order_table, with_dirt


@dataclass(frozen=True, repr=False, eq=False)
class Shop:
    """TODO"""

    orders: Any
    events: Any
    customers: Any
    kinds: Any
    as_of: datetime.datetime

    def __repr__(self) -> str:
        return (
            f"Shop({len(self.kinds):,} customers of {len(KINDS)} kinds, "
            f"{len(self.orders):,} order lines, {len(self.events):,} events, "
            f"as_of {self.as_of:%Y-%m-%d})"
        )


def make_shop(n_customers: int = 2_000, random_state: int = 0) -> Shop:
    """TODO"""
    n = check_integer("make_shop", "n_customers", n_customers, len(KINDS))
    seed = check_random_state("make_shop", random_state)
    # A stream for each part: drawing more of one changes no other.
    buyers, orders, events, attributes = np.random.default_rng(seed).spawn(4)
    people = draw_buyers(buyers, n)
    lines = with_dirt(orders, people, draw_lines(orders, people))
    happened, left = draw_events(events, people, lines)
    return Shop(
        orders=frame_from_columns(order_table(people, lines)),
        events=frame_from_columns(event_table(people, happened)),
        customers=frame_from_columns(customer_table(attributes, people, left)),
        kinds=frame_from_columns(_kind_table(people)),
        as_of=AS_OF.astype(datetime.datetime),
    )


def _kind_table(people: Columns) -> Columns:
    """Id and name of the kind of each customer, by id."""
    customers = taken(people, people["role"] == CUSTOMER)
    table = {
        "customer_id": customers["id"],
        "kind": words(customers["kind"], tuple(kind.name for kind in KINDS)),
    }
    return taken(table, np.argsort(customers["id"]))
