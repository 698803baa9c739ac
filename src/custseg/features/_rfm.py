"""Recency, frequency and money: the oldest description of a customer, done with care."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import MONEY_UNIT, collect
from custseg.errors import DataError
from custseg.tables import (
    REFUNDS,
    ZERO_ORDERS,
    Feature,
    OrderFacts,
    Orders,
    Snapshot,
    as_orders,
    order_facts,
    order_totals,
)

FEATURES = (
    Feature("recency_days", "Days since the last order.", "days", "rfm", -1),
    Feature("age_days", "Days since the first order.", "days", "rfm", 0),
    Feature("order_count", "Distinct orders.", "orders", "rfm", 1),
    Feature("order_days", "Distinct days with an order.", "days", "rfm", 1),
    Feature("revenue", "Money spent, net of refunds.", "money", "rfm", 1),
    Feature("order_value", "Revenue per order.", "money", "rfm", 1),
)


def rfm(orders: object, *, as_of: object, refunds: str = "net", zero_orders: str = "drop") -> Any:
    """Recency, frequency and money of each customer with at least one purchase.

    An order is a purchase when its own net value is positive. Lines at or after `as_of` do not exist.
    Days are calendar days in the log's zone: `recency_days` is the date of `as_of` minus the date of
    the last order, so an order of yesterday evening is 1 at midnight.

    Parameters
    ----------
    orders : Orders or table
        The order log; a plain table has the default column names of `Orders`.
    as_of : date, datetime or ISO text
        The moment of the snapshot; without a zone it is taken in the log's zone.
    refunds : {"net", "gross", "error"}, default "net"
        "net": money is net of all refunds, and a refund booked under its own number is money but no
        order. "gross": negative and cancelled lines are left out. "error": they are refused.
    zero_orders : {"drop", "keep"}, default "drop"
        Whether orders worth nothing (gifts, samples) count as purchases.

    Returns
    -------
    table
        In the caller's kind (polars for a file), sorted by `customer_id`, which keeps its type:

        - `recency_days` (int): days since the last order. Low is good.
        - `age_days` (int): days since the first order.
        - `order_count` (int): distinct orders.
        - `order_days` (int): distinct days with an order.
        - `revenue` (float): net money, exact to a ten-thousandth whatever the order of the rows.
          May be negative.
        - `order_value` (float): `revenue / order_count`.

    Raises
    ------
    DataError
        If the log cannot be used: columns missing, dates or amounts that cannot be read, several
        currencies without rates, no rows before `as_of`, refunds under `refunds="error"`.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Lines without a customer or a date are left out; lines without an amount count as no money.
    The time of an order is that of its first line. Cost: two passes over the log.

    References
    ----------
    Bult, J. R. and Wansbeek, T. (1995). Optimal selection for direct mail. Marketing Science 14(4),
    378-394. doi:10.1287/mksc.14.4.378

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.features import rfm
    >>> log = pl.DataFrame(
    ...     {
    ...         "customer_id": ["ann", "ann", "bob"],
    ...         "order_id": [1, 2, 3],
    ...         "ordered_at": ["2024-05-01", "2024-05-20", "2024-03-01"],
    ...         "amount": [30.0, 50.0, 20.0],
    ...     }
    ... )
    >>> rfm(log, as_of="2024-06-01")["recency_days"].to_list()
    [12, 92]
    """
    described = as_orders(orders)
    check_policy("rfm", refunds, zero_orders)
    snapshot = described.snapshot(as_of, "rfm") if as_of is not None else _no_as_of()
    facts = order_facts(described, snapshot, "rfm")
    totals = rfm_of_all(described, snapshot, facts, caller="rfm", refunds=refunds, zero_orders=zero_orders)
    buyers = collect(totals.filter(nw.col("order_count") > 0)).sort("customer_id")
    return described.source_table.give_back(buyers, described.customer)


def rfm_of_all(
    orders: Orders,
    snapshot: Snapshot,
    facts: OrderFacts,
    *,
    caller: str,
    refunds: str,
    zero_orders: str,
) -> nw.LazyFrame[Any]:
    """One row per customer of the log; who has no purchase has 0 orders and missing days."""
    if refunds == "error" and (facts.refund_lines or facts.cancelled_lines):
        raise DataError(
            f"{caller}: the log has {facts.refund_lines:,} negative and {facts.cancelled_lines:,} "
            "cancelled lines, and refunds='error' was asked. Use refunds='net' or 'gross'."
        )
    col = nw.col
    totals = order_totals(orders.lines(), snapshot, facts, refunds=refunds)
    worth = col("money") > 0
    if zero_orders == "keep":
        worth = (col("money") >= 0) & (col("lines") > 0)
    # Conditions stand before the aggregation: inside `agg` some engines drop them in silence.
    purchases = totals.with_columns(
        nw.when(worth).then(col("day")).alias("purchase_day"),
        nw.when(worth).then(nw.lit(1)).otherwise(nw.lit(0)).alias("purchase"),
    )
    customers = purchases.group_by("customer").agg(
        col("purchase_day").max().alias("last_day"),
        col("purchase_day").min().alias("first_day"),
        col("purchase_day").n_unique().alias("days_and_null"),
        nw.len().alias("order_numbers"),
        col("purchase").sum(),
        col("money").sum(),
    )
    count = col("purchase").cast(nw.Int64)
    no_day = nw.when(col("order_numbers") > col("purchase")).then(nw.lit(1)).otherwise(nw.lit(0))
    # Engines multiply by 1 / 10000, which misses the nearest number one time in three.
    revenue = (col("money").cast(nw.Float64) / MONEY_UNIT).round(4)
    return customers.select(
        col("customer").alias("customer_id"),
        (nw.lit(snapshot.day) - col("last_day")).cast(nw.Int64).alias("recency_days"),
        (nw.lit(snapshot.day) - col("first_day")).cast(nw.Int64).alias("age_days"),
        count.alias("order_count"),
        # A null counts as one distinct value.
        (col("days_and_null").cast(nw.Int64) - no_day).cast(nw.Int64).alias("order_days"),
        revenue.alias("revenue"),
        nw.when(count > 0).then(revenue / count).alias("order_value"),
    )


def check_policy(caller: str, refunds: str, zero_orders: str) -> None:
    """Raise for an unknown policy."""
    check_choice(caller, "refunds", refunds, allowed=REFUNDS)
    check_choice(caller, "zero_orders", zero_orders, allowed=ZERO_ORDERS)


def _no_as_of() -> Snapshot:
    raise TypeError("rfm: as_of must be a date, a datetime or ISO text, got None. The clock is never read.")
