"""RFM features: recency, frequency and monetary value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collected
from custseg.feature_table import Feature
from custseg.features._family import Family, FamilyColumns
from custseg.features.sums._expressions import exposure_days
from custseg.features.sums._order_sums import OrderSums
from custseg.features.sums._shared import SharedSums
from custseg.logs import as_orders, described_logs

_SHORTEST_EXPOSURE = 30

FEATURES = (
    Feature("recency_days", "days", "rfm", -1),
    Feature("age_days", "days", "rfm", 0),
    Feature("order_count", "orders", "rfm", 1, absent=0),
    Feature("order_days", "days", "rfm", 1, absent=0),
    Feature("revenue", "money", "rfm", 1, absent=0),
    Feature("order_value", "money", "rfm", 1),
    Feature("order_value_shrunk", "money", "rfm", 1, shrunk=True),
    Feature("orders_per_30d", "orders per 30 days", "rfm", 1, absent=0),
    Feature("recency_span_days", "days", "rfm", 1),
    Feature("repeat_count", "days", "rfm", 1, absent=0),
    Feature("repeat_value", "money", "rfm", 1),
)
_RETURNED = Feature("returned_orders", "orders", "rfm", -1, absent=0)
"""For logs with refunds or cancellations."""


def rfm(
    orders: object,
    *,
    as_of: object,
    window_days: int | None = None,
    refunds: str = "net",
    zero_orders: str = "drop",
) -> Any:
    """Compute recency, frequency and money of each customer with at least one purchase in the window.

    An order is a purchase if its net value is positive. Lines at or after `as_of` are ignored.
    Days are calendar days in the log's zone: `recency_days` is the date of `as_of` minus the date of
    the last order, so an order of yesterday evening is 1 at midnight.

    Parameters
    ----------
    orders : Orders or table
        The order log; a plain table has the default column names of `Orders`.
    as_of : date, datetime or ISO text
        The moment of the snapshot; without a zone it is taken in the log's zone.
    window_days : int, optional
        Length of the window before `as_of`, in calendar days; only orders in it count. By default all do.
    refunds : {"net", "gross", "error"}, default "net"
        "net": refunds are subtracted from revenue; a refund with an order number of its own is not an order.
        "gross": negative and cancelled lines are left out. "error": they raise an error.
    zero_orders : {"drop", "keep"}, default "drop"
        Whether orders worth nothing (gifts, samples) count as purchases.

    Returns
    -------
    table
        In the caller's kind (polars for a file), sorted by `customer_id`, which keeps its type. A log without money
        (``Orders(..., amount=None)``) gives the columns without money:

        - `recency_days` (int): days since the last order. Low is good.
        - `age_days` (int): days since the first order before `as_of`, in the window or not; the T of
          purchase models.
        - `order_count` (int): distinct orders.
        - `order_days` (int): distinct days with an order.
        - `revenue` (float): net money, exact to a ten-thousandth and independent of the order of rows.
          May be negative.
        - `order_value` (float): `revenue / order_count`.
        - `order_value_shrunk` (float): `(n * order_value + k * base) / (n + k)` with n orders, base the
          revenue per order of all customers, and k the variance of order values within over between customers
          (one-way random effects by moments). Equal to `order_value` if no customer has a second order.
        - `orders_per_30d` (float): `30 * order_count / max(exposure, 30)`; the exposure is `age_days`, at
          most the window.
        - `recency_span_days` (int): days from the first order to the last, which purchase models call
          recency.
        - `repeat_count` (int): `order_days - 1`.
        - `repeat_value` (float): mean of the day totals after the first day; missing without any.

    Raises
    ------
    DataError
        If the log cannot be used: columns missing, dates or amounts that cannot be read, several
        currencies without rates, no rows before `as_of`, refunds under `refunds="error"`.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Lines without a customer or a date are left out; lines without an amount count as 0.
    The time of an order is that of its first line. Cost: two passes over the log, three if it covers
    twelve months.

    References
    ----------
    Bult, J. R. and Wansbeek, T. (1995). Optimal selection for direct mail. Marketing Science 14(4),
    378-394. doi:10.1287/mksc.14.4.378

    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005). RFM and CLV: using iso-value curves for customer
    base analysis. Journal of Marketing Research 42(4), 415-430. doi:10.1509/jmkr.2005.42.4.415

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
    logs = described_logs(described, None, as_of=as_of, caller="rfm", window_days=window_days, refunds=refunds,
                          zero_orders=zero_orders)  # fmt: skip
    sums = SharedSums(logs).order_sums(rhythm=False)
    columns = rfm_columns(sums, learn_rfm(sums))
    names = [feature.name for feature in columns.features if feature != _RETURNED]
    buyers = columns.table.filter(nw.col("order_count") > 0).select("customer_id", *names)
    return described.source_table.give_back(buyers, described.customer)


@dataclass(frozen=True)
class RfmFigures:
    """Figures of the customer base for `order_value_shrunk`.

    Attributes
    ----------
    order_value : float
        Revenue per order of all customers.
    shrinkage : float or None
        Variance of order values within customers over that between customers: the weight of `order_value`, in orders.
        0 if no customer has a second order, and None if the variance between is not positive: then every customer gets
        `order_value`.
    has_returns : bool
        Whether the log has refunds or cancellations, so that returned orders are counted.
    """

    order_value: float
    shrinkage: float | None
    has_returns: bool


def learn_rfm(sums: OrderSums) -> RfmFigures:
    """The figures of all customers of the log."""
    return RfmFigures(*_base_order_value(sums), has_returns=sums.facts.has_undone_orders)


def rfm_columns(sums: OrderSums, figures: RfmFigures) -> FamilyColumns:
    """RFM features of every customer of the log; customers without a purchase in the window have 0 orders."""
    col = nw.col
    today, count, bought = nw.lit(sums.snapshot.day), col("orders"), col("orders") > 0
    base, weight = figures.order_value, figures.shrinkage
    shrunk = nw.lit(base) if weight is None else (col("order_total") + weight * base) / (count + weight)
    exposure = exposure_days(sums.snapshot)
    steps = (
        {
            "net_money": in_money(sums, "money"),
            "later_money": in_money(sums, "spent", "first_day_spent"),
            "exposure": nw.when(exposure < _SHORTEST_EXPOSURE).then(nw.lit(_SHORTEST_EXPOSURE)).otherwise(exposure),
            "repeats": col("order_days") - 1,
        },
        {"mean_order": col("net_money") / count},
        {"order_total": count * col("mean_order")},
    )
    columns = {
        "recency_days": today - col("last_day"),
        "age_days": today - col("first_day_ever"),
        "order_count": count,
        "order_days": col("order_days"),
        "revenue": col("net_money"),
        "order_value": nw.when(bought).then(col("mean_order")),
        "order_value_shrunk": nw.when(bought).then(shrunk),
        "orders_per_30d": 30 * count.cast(nw.Float64) / col("exposure"),
        "recency_span_days": col("last_day") - col("first_day"),
        "repeat_count": nw.when(bought).then(col("repeats")).otherwise(nw.lit(0)),
        "repeat_value": nw.when(col("repeats") > 0).then(col("later_money") / col("repeats")),
        "returned_orders": col("returned_orders"),
    }
    features = tuple(item for item in FEATURES if item.unit != "money" or sums.facts.orders.has_money)
    if figures.has_returns or sums.facts.has_undone_orders:
        features = (*features, _RETURNED)
    return FamilyColumns(sums.table, columns, features, steps)


def in_money(sums: OrderSums, column: str, subtrahend: str | None = None) -> nw.Expr:
    """A sum of units of money, or the difference of two, in money."""
    units = nw.col(column) if subtrahend is None else nw.col(column) - nw.col(subtrahend)
    digits = sums.facts.orders.money_digits
    # Engines multiply by 1 / 10000, which misses the nearest number one time in three.
    money: nw.Expr = units.cast(nw.Float64) / float(10**digits)
    return money.round(digits)


def _base_order_value(sums: OrderSums) -> tuple[float, float | None]:
    """Revenue per order of all customers, and the shrinkage weight k = variance within / variance between.

    The sums are whole numbers up to the last step, so that they depend on no order of the rows and on no engine.
    """
    groups = _buyers_by_orders(sums)
    if not groups:
        return 0.0, 0.0
    n = sum(orders * customers for orders, customers, *_ in groups)
    customers = sum(group[1] for group in groups)
    digits = sums.facts.orders.money_digits
    base = round(sum(group[2] for group in groups) / 10**digits, digits) / n
    if n <= customers or customers < 2:
        return base, 0.0
    total = sum(group[3] for group in groups)
    squares_within = math.fsum(
        (squares * orders - of_customers) / orders for orders, _, _, _, squares, of_customers in groups
    )
    variance_within = max(squares_within / (n - customers), 0.0)
    quotients = [(*divmod(of_customers * n, orders), orders) for orders, *_, of_customers in groups]
    whole = sum(quotient for quotient, _, _ in quotients) - total**2
    among = (whole + math.fsum(remainder / orders for _, remainder, orders in quotients)) / n / (customers - 1)
    typical = (n - sum(orders**2 * customers for orders, customers, *_ in groups) / n) / (customers - 1)
    between = (among - variance_within) / typical
    return base, variance_within / between if between > 0 else None


def _buyers_by_orders(sums: OrderSums) -> list[tuple[int, ...]]:
    """By the number of orders: how many customers have it, and the sums of their money, size and squares.

    The last number is the sum of the squared sizes of customers.
    """
    col = nw.col
    buyers = sums.table.filter(col("orders") > 0).with_columns((col("size") * col("size")).alias("of_customers"))
    totals = ("money", "size", "squares", "of_customers")
    grouped = buyers.group_by("orders").agg(nw.len().alias("customers"), *(col(name).sum() for name in totals))
    return [tuple(map(int, row)) for row in collected(grouped).sort("orders").iter_rows()]


RFM = Family(
    "rfm",
    lambda logs: "" if logs.orders else "orders",
    lambda sums, figures: rfm_columns(sums.orders, figures),
    learn=lambda sums: learn_rfm(sums.orders),
    figures=RfmFigures,
)
