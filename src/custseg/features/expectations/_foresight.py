"""`foresight`: what to expect of each customer, and how right that would have been in the past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from scipy.stats import rankdata

from custseg._checks import check_integer
from custseg._frames import collected
from custseg._numerics import Floats
from custseg._privacy import SMALLEST_GROUP, bound_words
from custseg.errors import DataError
from custseg.features.expectations._base import CustomerBase
from custseg.features.expectations._columns import FORESIGHT, foresight_columns
from custseg.features.expectations._figures import (
    ForesightFigures,
    learn_foresight,
    learn_purchases,
    purchase_history,
)
from custseg.features.expectations._outcomes import OUTCOMES, later_values
from custseg.features.expectations._past import PastWindow, past_windows
from custseg.features.sums._shared import SharedSums
from custseg.logs import as_orders, described_logs
from custseg.texts import DASH, number, table

LONGEST_HORIZON = 3_660
"""Days: ten years."""


@dataclass(frozen=True)
class PastAccuracy:
    """How right the expectations would have been in one past window, from what was known at its beginning.

    Attributes
    ----------
    since, until : datetime
        The window.
    customers : int
        Customers known at its beginning.
    expected_orders, orders : float
        Days with an order that were expected of all of them, and that there were.
    expected_revenue, revenue : float or None
        The same of revenue; None for a log without money.
    order_correlation, revenue_correlation : float or None
        Spearman correlation over the customers of expected and actual orders and revenue: 1 is the right order of all
        customers, 0 none. None where all are equal.
    alive_gap : float or None
        Share of customers with an order among the half with the larger `p_alive`, minus that among the others.
    """

    since: datetime
    until: datetime
    customers: int
    expected_orders: float
    orders: float
    expected_revenue: float | None
    revenue: float | None
    order_correlation: float | None
    revenue_correlation: float | None
    alive_gap: float | None


@dataclass(frozen=True, eq=False, repr=False)
class Foresight:
    """What to expect of each customer in the days after a snapshot.

    Attributes
    ----------
    table : table
        In the kind of the log: `customer_id`, `foresight`, `p_alive`, `expected_orders` and `expected_revenue`.
    accuracy : tuple of PastAccuracy
        How right the same method would have been in up to three past windows, the newest first.
    figures : ForesightFigures
        What was learned from the log.
    as_of : datetime
        The snapshot.
    """

    table: Any
    accuracy: tuple[PastAccuracy, ...]
    figures: ForesightFigures = field(repr=False)
    as_of: datetime = field(repr=False)

    def __repr__(self) -> str:
        head = f"Foresight of {self.figures.horizon_days:,} days from {self.as_of:%Y-%m-%d}"
        if not self.accuracy:
            return f"{head}; the log is too short to say how right it would have been."
        rows = [["window", "customers", "orders expected", "orders", "revenue expected", "revenue", "rank correlation"]]
        for past in self.accuracy:
            of_revenue = past.revenue_correlation if past.revenue is not None else past.order_correlation
            cells = (past.expected_orders, past.orders, past.expected_revenue, past.revenue, of_revenue)
            texts = ["" if cell is None else number(cell, "en") for cell in cells]
            if 0 < past.orders < SMALLEST_GROUP:
                # Their money, and how it goes with what was expected, are of 1 to 9 customers too.
                texts[1], texts[3], texts[4] = bound_words(int(past.orders)), DASH, DASH
            days = f"{past.since:%Y-%m-%d} to {past.until:%Y-%m-%d}"
            rows.append([days, number(past.customers, "en"), *texts])
        return "\n".join([f"{head}. How right it would have been:", *table(rows)])


def foresight(
    orders: object,
    *,
    as_of: object,
    horizon_days: int,
    refunds: str = "net",
    zero_orders: str = "drop",
) -> Foresight:
    """Foresee the orders and the revenue of each customer in the days after a snapshot.

    Two sources are added up, each standardized among the customers: what past windows of the same log teach, and what a
    model of purchases expects.

    - *Past windows*: at up to three earlier cuts, half a horizon apart, whose outcome ends at the snapshot or before
      it, log(1 + revenue) of the window is regressed (ridge, penalty 1) on recency, number of orders and revenue at the
      cut as ridits, ``(average rank - 1/2) / n - 1/2``, with their squares and products. The windows are as long as
      the horizon, at most a third of the log, at least 14 days.
    - *BG/NBD model* [1]_ of the days with an order: P(at least one order) · log(1 + expected revenue if there is one),
      with the shrunken order value of `rfm`. A log too short for past windows has this part alone.

    Parameters
    ----------
    orders : Orders or table
        The order log from its beginning; a plain table has the default column names of `Orders`.
    as_of : date, datetime or ISO text
        The moment of the snapshot. Lines at or after it are ignored.
    horizon_days : int
        How many days to look ahead, 1 to 3,660.
    refunds, zero_orders : str
        See `rfm`.

    Returns
    -------
    Foresight
        Its `table` has one row per customer with a purchase, sorted by `customer_id`:

        - `foresight` (float): the sum of both parts, in standard deviations; high is good. 0 is the mean.
        - `p_alive` (float): probability that the customer still buys; 1 for customers with a single order, about whom
          the model has learned nothing.
        - `expected_orders` (float): expected days with an order in the horizon.
        - `expected_revenue` (float): `expected_orders` times the shrunken order value, 0 where it is negative; not
          given for a log without money.

    Raises
    ------
    DataError
        If the log cannot be used, or no customer has an order before the day of the snapshot.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    `p_alive` is a number of the model, not a fact: look at `accuracy` before you use it. Cost: two passes over the log,
    and four for each past window.

    References
    ----------
    .. [1] Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). "Counting your customers" the easy way: an alternative
       to the Pareto/NBD model. Marketing Science 24(2), 275-284. doi:10.1287/mksc.1040.0098

    Examples
    --------
    >>> from custseg.datasets import make_shop
    >>> from custseg.features import foresight
    >>> shop = make_shop(500, 0)
    >>> ahead = foresight(shop.orders, as_of=shop.as_of, horizon_days=90)
    >>> ahead.table.columns
    ['customer_id', 'foresight', 'p_alive', 'expected_orders', 'expected_revenue']
    >>> [past.customers > 300 for past in ahead.accuracy]
    [True, True, True]
    """
    days = check_integer("foresight", "horizon_days", horizon_days, minimum=1, maximum=LONGEST_HORIZON)
    described = as_orders(orders)
    logs = described_logs(described, None, as_of=as_of, caller="foresight", refunds=refunds, zero_orders=zero_orders)
    if lacking := FORESIGHT.lacks(logs):
        raise DataError(f"foresight: it needs {lacking}.")
    sums = SharedSums(logs)
    figures = learn_foresight(sums, horizon_days=days)
    columns = foresight_columns(sums, figures)
    outcome = OUTCOMES[figures.outcome]
    windows = past_windows(sums, outcome, days)
    accuracy = [past_accuracy(sums, window) for window in windows]
    native = described.source_table.give_back(collected(columns.table), described.customer)
    return Foresight(native, tuple(past for past in accuracy if past is not None), figures, logs.as_of)


def past_accuracy(sums: SharedSums, window: PastWindow) -> PastAccuracy | None:
    """How right the model of purchases would have been in a window; None for fewer than ten customers."""
    at_cut = replace(sums, logs=replace(sums.logs, as_of=window.cut, assumed=False))
    base = CustomerBase.of(at_cut, ())
    history = purchase_history(base)
    if len(base.table) < SMALLEST_GROUP or not (history[2] > 0).any():
        return None
    purchases, order_values = learn_purchases(base)
    assert purchases is not None
    expected = purchases.expected_orders(*history, horizon=window.horizon_days)
    later = partial(later_values, sums.logs, ids=base.ids, cut=window.cut, horizon_days=window.horizon_days)
    orders = later(OUTCOMES["order_days"])
    expected_revenue = revenue = None
    if order_values is not None:
        expected_revenue = expected * base.order_value(order_values)
        revenue = later(OUTCOMES["revenue"])
    return PastAccuracy(
        window.cut,
        window.until,
        len(orders),
        float(expected.sum()),
        float(orders.sum()),
        None if expected_revenue is None else float(expected_revenue.sum()),
        None if revenue is None else float(revenue.sum()),
        rank_correlation(expected, orders),
        None if expected_revenue is None or revenue is None else rank_correlation(expected_revenue, revenue),
        _alive_gap(purchases.p_alive(*history), orders),
    )


def rank_correlation(first: Floats, second: Floats) -> float | None:
    """Spearman's correlation; None where all values of one are equal."""
    ranks = rankdata(first), rankdata(second)
    if min(rank.std() for rank in ranks) == 0:
        return None
    return float(np.corrcoef(*ranks)[0, 1])


def _alive_gap(p_alive: Floats, orders: Floats) -> float | None:
    """Share of customers with an order in the upper half of `p_alive` minus that in the lower half."""
    is_upper = p_alive > np.median(p_alive)
    if not is_upper.any():
        return None
    bought = orders > 0
    return float(bought[is_upper].mean() - bought[~is_upper].mean())
