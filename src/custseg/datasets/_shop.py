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
    """A made-up shop: its logs, as a shop would export them, and the truth about its customers.

    The tables are polars DataFrames. Column names are the default ones of `Orders`, `Events` and
    `Customers`, so that each table can be used as it is. Moments are in UTC, without a zone.

    Attributes
    ----------
    orders : DataFrame
        One row per line of an order, in order of time, over the two years before `as_of`:

        - `customer_id` (text): null for guests, who order without an account (about 1 % of lines).
        - `order_id` (text): the lines of an order share it and their moment.
        - `ordered_at` (datetime): to the minute.
        - `amount` (float): money for the line, in cents: `quantity * price - discount`.
        - `quantity` (int), `price` (float), `discount` (float): pieces, money per piece, money taken
          off the line. On a refund, quantity and discount are negative.
        - `product`, `category`, `channel` (text): what was bought; "web", "app" or "store".
        - `source` (text): how the customer came to the shop; null where unknown (3 %).
        - `cancelled` (bool): the line was never delivered or paid.
    events : DataFrame
        One row per event in the year before `as_of`, in order of time: `customer_id` (null for visitors
        who are not known), `occurred_at`, `event` (canonical names, see Notes), `channel` ("email",
        "sms", "web", "app", "ads"), `campaign` (null for none), `value` (float: the money in a cart,
        of an order, or saved by a code; else null), `machine` (bool: a mail program opened the mail
        by itself).
    customers : DataFrame
        One row per person with an account, by id: `customer_id`, `age` (years), `sex`, `region`,
        `interests` (text, labels joined by "|"), `consent_email`, `consent_sms` (bool; null is
        unknown, not no), `observed_at` (when this was last confirmed). All may be missing but the
        first and the last, and nearly nothing in them tells the kinds apart.
    kinds : DataFrame
        One row per customer, by id: `customer_id` and `kind`, the truth that a segmentation is to
        find: "loyal", "one-time", "new", "lapsed big spender", "bargain hunter" or "seasonal".
    as_of : datetime.datetime
        The moment to look at the shop from: 2025-07-01 00:00. All rows lie before it.

    Notes
    -----
    The kinds in order, with their shares: 22, 25, 14, 10, 16 and 13 %. Within a kind customers differ
    (gamma, beta and log-normal), so that kinds touch at their edges:

    - loyal: about one order a month, for one to two years and to this day (the last within two months).
    - one-time: one order, at least three months ago.
    - new: the first order in the last six weeks; one in four has a second.
    - lapsed big spender: bought often and dear for some months, silent for half a year or longer.
    - bargain hunter: a moderate number of orders, nearly all of their money on discounted lines.
    - seasonal: orders in the six weeks before the holidays (from 12 November), in both years.

    The logs are as dirty as real ones. Orders hold refunds (within the order, or under a number of
    their own days later; 2.4 % of lines are negative), cancelled lines and orders (1.6 %), free
    samples worth nothing (0.4 %), equal lines (1.2 %), and many equal amounts. Every customer in `kinds`
    has at least one order of positive value. There are three sorts of people besides them, all without
    a kind: prospects (1 for every 100 customers, at least one) are in `customers` and may be in
    `events`, but have no order; one in 300 (at least one) has a refund in `orders`, of a purchase
    before the log begins, and no purchase; guests have no id.

    Events follow from each other: sent, then delivered or bounced, opened, clicked; visited, viewed,
    carted, checkout, perhaps redeemed, ordered. Each "ordered" is a web or app order in `orders` at
    the same moment; carts without one are abandoned. After "unsubscribed" nothing more is sent.
    """

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
    """A seeded shop whose customers are of six known kinds: data to learn on, and to test against.

    Two years of order lines, one year of events, and attributes, with the dirt that real logs have.
    No column says what kind a customer is: the kinds show in recency, age and number of orders, in
    revenue, in the share bought on discount and in the share bought before the holidays.

    Parameters
    ----------
    n_customers : int, default 2_000
        Customers with a kind, at least 6, which is one of each. There are a few people more.
    random_state : int, default 0
        The seed. The same seed and number give the same tables, to the bit, with the same NumPy.

    Returns
    -------
    Shop
        Tables `orders`, `events`, `customers` and `kinds`, and the moment `as_of`.

    Raises
    ------
    TypeError
        If an argument is not a whole number.
    ValueError
        If `n_customers` is below 6, or `random_state` does not fit 32 bits without a sign.

    Notes
    -----
    Cost: about 27 order lines and 40 events per customer; 2,000 customers take a tenth of a second,
    250,000 some fifteen seconds and 5 GB. Shops of different sizes share no customers, even with
    the same seed.

    Examples
    --------
    >>> from custseg.datasets import make_shop
    >>> shop = make_shop(60, random_state=1)
    >>> shop.kinds["kind"].value_counts(sort=True).rows()[0]
    ('one-time', 15)
    >>> shop.orders.columns[:4]
    ['customer_id', 'order_id', 'ordered_at', 'amount']
    """
    n = check_integer("make_shop", "n_customers", n_customers, minimum=len(KINDS))
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
