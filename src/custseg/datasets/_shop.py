"""A seeded shop: two years of orders, one year of events, and the true kind of each customer."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_integer, check_random_state
from custseg._frames import frame_from_columns
from custseg.datasets._buyers import CONSENT, CUSTOMER, GUEST, N_TASTES, NO, draw_buyers, of_kind
from custseg.datasets._calendar import AS_OF, DAYS, Moments, moments
from custseg.datasets._columns import Columns, blanked, height, sampled, select_rows, stacked, words
from custseg.datasets._event_rows import CAMPAIGN_NAMES, EVENT_CHANNELS, EVENTS
from custseg.datasets._kinds import KINDS
from custseg.datasets._lines import CATEGORIES, draw_lines, order_table, with_dirt
from custseg.datasets._mails import draw_mails
from custseg.datasets._visits import draw_visits

_SEXES = ("female", "male", "other", None)
_REGIONS = ("center", "north", "south", "east", "west", "coast", "lakes", "islands", None)
_INTERESTS = tuple(
    "|".join(name for bit, name in enumerate(CATEGORIES) if mask >> bit & 1) or None for mask in range(2**N_TASTES)
)


@dataclass(frozen=True, repr=False, eq=False)
class Shop:
    """A simulated shop: its logs, as a shop would export them, and the true kinds of its customers.

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
        first and the last, and they hardly distinguish the kinds.
    kinds : DataFrame
        One row per customer, by id: `customer_id` and `kind`, the true group that a segmentation should
        find: "loyal", "one-time", "new", "lapsed big spender", "bargain hunter" or "seasonal".
    as_of : datetime.datetime
        The snapshot: 2025-07-01 00:00. All rows are before it.

    Notes
    -----
    The kinds in order, with their shares: 22, 25, 14, 10, 16 and 13 %. Within a kind customers differ
    (gamma, beta and log-normal), so that the kinds overlap at their edges:

    - loyal: about one order a month, for one to two years and to this day (the last within two months).
    - one-time: one order, at least three months ago.
    - new: the first order in the last six weeks; one in four has a second.
    - lapsed big spender: bought often and at high prices for some months, silent for half a year or longer.
    - bargain hunter: a moderate number of orders, nearly all of their money on discounted lines.
    - seasonal: orders in the six weeks before the holidays (from 12 November), in both years.

    The logs are as dirty as real ones. Orders hold refunds (within the order, or under a number of
    their own days later; 2.4 % of lines are negative), cancelled lines and orders (1.6 %), free
    samples worth nothing (0.4 %), equal lines (1.2 %), and many equal amounts. Every customer in `kinds`
    has at least one order of positive value. Three further sorts of people have no
    kind: prospects (1 for every 100 customers, at least one) are in `customers` and may be in
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
    """Simulate a shop whose customers are of six known kinds, for examples and tests.

    Two years of order lines, one year of events, and attributes, with the errors that real logs have.
    No column contains the kind of a customer: the kinds differ in recency, age and number of orders, in
    revenue, in the share bought on discount and in the share bought before the holidays.

    Parameters
    ----------
    n_customers : int, default 2_000
        Number of customers with a kind, at least 6, one of each kind. There are a few further people.
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
        If `n_customers` is below 6, or `random_state` is not between 0 and 2**32 - 1.

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
    happened, left = _draw_events(events, people, lines)
    return Shop(
        orders=frame_from_columns(order_table(people, lines)),
        events=frame_from_columns(_event_table(people, happened)),
        customers=frame_from_columns(_customer_table(attributes, people, left)),
        kinds=frame_from_columns(_kind_table(people)),
        as_of=AS_OF.astype(datetime.datetime),
    )


def _draw_events(rng: np.random.Generator, people: Columns, lines: Columns) -> tuple[Columns, NDArray[np.bool_]]:
    """Every event before the snapshot, and which people have unsubscribed from mail."""
    mails, left = draw_mails(rng, people)
    log = stacked(mails, draw_visits(rng, people, lines))
    log = stacked(log, sampled(rng, log, 0.001))
    log = select_rows(log, log["at"] < AS_OF)
    # A stable sort: events at one moment keep the order in which they follow from each other.
    return select_rows(log, np.argsort(log["at"], kind="stable")), left


def _event_table(people: Columns, log: Columns) -> Columns:
    """The events as a shop would export them; unknown visitors (-1) have the last, empty name."""
    return {
        "customer_id": np.append(people["id"], [None])[log["person"]],
        "occurred_at": log["at"],
        "event": words(log["event"], EVENTS),
        "channel": words(log["channel"], EVENT_CHANNELS),
        "campaign": words(log["campaign"], CAMPAIGN_NAMES),
        "value": blanked(log["cents"] / 100, log["cents"] < 0),
        "machine": log["machine"],
    }


def _customer_table(rng: np.random.Generator, people: Columns, left: NDArray[np.bool_]) -> Columns:
    """One row per known person, by id; `left` are those who unsubscribed from mail."""
    people = people | {"consent_email": np.where(left, NO, people["consent_email"])}
    people = select_rows(people, people["role"] != GUEST)
    size = height(people)
    age = np.rint(rng.normal(44, 14, size) + of_kind(lambda kind: kind.age_shift, people["kind"]))
    interests = np.where(rng.random(size) < 0.25, 0, _interest_masks(rng, people["taste"]))
    table: Columns = {
        "customer_id": people["id"],
        "age": blanked(age.clip(18, 90).astype(np.int64), rng.random(size) < 0.1),
        "sex": words(rng.choice(4, size=size, p=[0.48, 0.38, 0.02, 0.12]), _SEXES),
        "region": words(
            rng.choice(9, size=size, p=[0.22, 0.16, 0.14, 0.12, 0.1, 0.08, 0.07, 0.05, 0.06]),
            _REGIONS,
        ),
        "interests": words(interests, _INTERESTS),
        "consent_email": words(people["consent_email"], CONSENT),
        "consent_sms": words(people["consent_sms"], CONSENT),
        "observed_at": _observed(rng, people["first"]),
    }
    return select_rows(table, np.argsort(people["id"]))


def _interest_masks(rng: np.random.Generator, taste: NDArray[np.int64]) -> NDArray[np.int64]:
    """Interests as bits: often the person's favorite category, sometimes each of the others."""
    likes = rng.random((len(taste), N_TASTES)) < 0.15
    likes[np.arange(len(taste)), taste] = rng.random(len(taste)) < 0.6
    return np.asarray(likes @ (1 << np.arange(N_TASTES)))


def _observed(rng: np.random.Generator, first: NDArray[np.int64]) -> Moments:
    """When the attributes were last confirmed: since the first contact, mostly lately."""
    days = first + np.floor(rng.random(len(first)) ** 0.6 * (DAYS - first)).astype(np.int64)
    return moments(rng, days)


def _kind_table(people: Columns) -> Columns:
    """Id and name of the kind of each customer, by id."""
    customers = select_rows(people, people["role"] == CUSTOMER)
    table = {
        "customer_id": customers["id"],
        "kind": words(customers["kind"], tuple(kind.name for kind in KINDS)),
    }
    return select_rows(table, np.argsort(customers["id"]))
