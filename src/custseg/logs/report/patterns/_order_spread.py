"""Distribution of an order log over customers, orders, days and lines of an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import (
    Rows,
    collect_together,
    computed,
    computed_once,
    counts_of_marks,
    unicode_pattern,
)
from custseg.logs._orders import Orders
from custseg.logs.facts._order_facts import OrderFacts
from custseg.logs.facts._order_totals import counted_lines, net_money
from custseg.logs.report._customer_ids import SCIENTIFIC
from custseg.logs.report._words import means_none
from custseg.snapshot import Snapshot

_FAR_APART_DAYS = 30
_EXACT_FLOATS = 2.0**53
_NEARLY_ALL = 0.9
_EVEN = 0.5
_PROOF = 0.001
_OF_CUSTOMERS = ("orders", "kept")
"""Marks that are of interest per customer; the others are counts of the log."""


@dataclass(frozen=True, eq=False)
class OrderSpread:
    """Counts over the orders of known customers before the snapshot.

    Attributes
    ----------
    customers : narwhals DataFrame, or LazyFrame on Spark
        A row per customer: `customer`, `lines` and `orders` (those with a positive line).
    n_keeping : int
        Customers with a purchase that was not returned.
    day_orders : narwhals Series
        Orders per day of their first positive line.
    days : narwhals Series
        The distinct days of all lines.
    zero_orders, over_refunded : int
        Orders with a total of 0, and those with more refunded than paid.
    equal_lines, unequal_lines : int
        Orders of several lines whose positive ones have one amount, and those with different amounts.
    shared, restarted, inexact, placeholders : int
        Order ids shared by several customers; with lines of one customer far apart; truncated; placeholders.
    """

    customers: Rows
    n_keeping: int
    day_orders: nw.Series[Any]
    days: nw.Series[Any]
    zero_orders: int
    over_refunded: int
    equal_lines: int
    unequal_lines: int
    shared: int
    restarted: int
    inexact: int
    placeholders: int


def order_spread(orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, refunds: str) -> OrderSpread:
    """Aggregate the log per order, and orders per customer, order id and day, on its own engine."""
    col, lines = nw.col, orders.lines()
    rows = computed_once(_orders(orders, snapshot, facts, refunds=refunds))
    marks = _order_marks(orders, may_not_count=_may_not_count(facts, refunds))
    per_customer = (
        _marked(rows, marks, "customer", "lines", "net")
        .group_by("customer")
        .agg(col("lines", "net").sum(), *(col(name).count() for name in marks))
    )
    frames = [
        lines.filter(col("moment") < snapshot.moment).select("day").unique(),
        rows.filter(~col("first_day").is_null()).group_by("first_day").agg(nw.len().alias("orders")),
    ]
    if orders.order is not None:
        frames.append(_order_ids(rows))
    [customers], (days, day_orders, *ids) = computed([computed_once(per_customer)], frames)
    # Refunds with order numbers of their own that are exactly what was paid leave nothing, but the orders stand.
    keeps = (col("kept") > 0) & (col("net").cast(nw.Float64) != 0)
    totals = counts_of_marks(
        customers,
        {"n_keeping": keeps},
        {name: col(name).cast(nw.Int64) for name in marks if name not in _OF_CUSTOMERS},
    )
    id_counts = _doubtful_ids(rows, ids[0]) if ids else {}
    return OrderSpread(
        customers=customers.select("customer", *(col(name).cast(nw.Int64) for name in ("lines", "orders"))),
        day_orders=day_orders.get_column("orders"),
        days=days.get_column("day"),
        **totals,
        **{name: int(id_counts.get(name, 0)) for name in ("shared", "restarted", "inexact", "placeholders")},
    )


def _doubtful_ids(rows: nw.LazyFrame[Any], ids: nw.DataFrame[Any]) -> dict[str, Any]:
    """Counts over the order ids; they take a separate pass if any id is doubtful."""
    counts = ids.rows(named=True)[0]
    orders, distinct = counts.pop("orders"), counts.pop("distinct")
    if orders == distinct and not any(counts.values()):
        return {}
    return _order_id_counts(rows)


def repeated_totals(
    orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, spread: OrderSpread, refunds: str
) -> tuple[int, int]:
    """Orders whose lines all have one amount, if nearly all orders of several lines do and not by chance, else 0.

    The second value is the number of orders of several lines.

    In a shop with few prices, lines agree by chance, as often as the amounts of two orders do. If products are
    described, orders of a single product are ignored.
    """
    several_at_most = spread.equal_lines + spread.unequal_lines
    if spread.equal_lines < max(_NEARLY_ALL * several_at_most, 1):
        return 0, several_at_most
    rows = _orders(orders, snapshot, facts, refunds=refunds, products=True)
    several = rows.filter(nw.col("paid_lines") > 1)
    if orders.product is not None:
        several = several.filter(nw.col("one_product") != nw.col("other_product"))
    equal = several.filter(nw.col("least") == nw.col("most"))
    of_amounts = equal.group_by("most").agg(nw.len().alias("orders")).group_by("orders").agg(nw.len().alias("amounts"))
    table, total = collect_together(of_amounts, several.select(nw.len().alias("orders")))
    order_counts = [(int(row["orders"]), int(row["amounts"])) for row in table.rows(named=True)]
    n_equal = sum(count * amounts for count, amounts in order_counts)
    chance = _equal_chance(order_counts)
    proof = chance <= _EVEN and chance**n_equal < _PROOF
    several_lines = int(total.item())
    return n_equal if proof and n_equal >= _NEARLY_ALL * several_lines else 0, several_lines


def _orders(
    orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, refunds: str, products: bool = False
) -> nw.LazyFrame[Any]:
    """One row per order of a known customer."""
    col = nw.col
    counted, keys = counted_lines(facts.orders.lines(), snapshot, facts, refunds=refunds)
    paid = col("money") > 0
    # Conditions stand before the aggregation: inside `agg` some engines drop them in silence.
    marked = counted.with_columns(
        net_money(counted).alias("net"),
        nw.when(paid).then(col("money")).alias("paid"),
        nw.when(paid).then(col("day")).alias("paid_day"),
    )
    sums = [
        nw.len().alias("lines"),
        col("net").sum(),
        col("paid").min().alias("least"),
        col("paid").max().alias("most"),
        col("paid_day").min().alias("first_day"),
        col("paid_day").max().alias("last_day"),
    ]
    if _may_not_count(facts, refunds):
        sums.append(col("day").count().alias("counted"))
    if products:
        sums.append(col("paid").count().alias("paid_lines"))
    if products and orders.product is not None:
        sums += [col("product").min().alias("one_product"), col("product").max().alias("other_product")]
    if orders.refund is not None:
        sums += [col("refund").sum(), col("paid").sum().alias("paid_money")]
    return marked.group_by(*keys).agg(*sums)


def _order_marks(orders: Orders, *, may_not_count: bool) -> dict[str, nw.Expr]:
    """Conditions counted per order."""
    col = nw.col
    worthless, never = col("net") == 0, nw.lit(value=False)
    return {
        "orders": ~col("most").is_null(),
        "kept": col("net") > 0,
        "zero_orders": (col("counted") > 0) & worthless if may_not_count else worthless,
        "over_refunded": (col("refund") > col("paid_money")) if orders.refund is not None else never,
        "unequal_lines": col("least") != col("most"),
        "equal_lines": (col("lines") > 1) & (col("least") == col("most")),
    }


def _may_not_count(facts: OrderFacts, refunds: str) -> bool:
    """Whether an order may have no line that counts under the policy."""
    return bool(facts.cancelled_lines) or (refunds == "gross" and facts.refund_lines > 0)


def _order_ids(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """One row: number of orders with an id, of distinct ids, and of orders with a doubtful id."""
    col = nw.col
    named = rows.filter(~col("order").is_null())
    doubtful = {"far": col("last_day") - col("first_day") > _FAR_APART_DAYS, **_order_id_marks(named)}
    marked = _marked(named, doubtful, "order")
    distinct = col("order").n_unique().alias("distinct")
    return marked.select(*(col(name).count() for name in doubtful), col("order").count().alias("orders"), distinct)


def _order_id_counts(rows: nw.LazyFrame[Any]) -> dict[str, int]:
    """Counts over the order ids."""
    col = nw.col
    named = rows.filter(~col("order").is_null())
    spread = (col("last_day") - col("first_day")).alias("spread")
    ids = named.with_columns(spread).group_by("order").agg(nw.len().alias("customers"), col("spread").max())
    several = col("customers") > 1
    marks = {
        "shared": several,
        # A number that several customers have was reused: two days are then two orders.
        "restarted": (col("spread") > _FAR_APART_DAYS) | (several & (col("spread") > 0)),
        **_order_id_marks(named),
    }
    return counts_of_marks(ids, marks)


def _order_id_marks(rows: nw.LazyFrame[Any]) -> dict[str, nw.Expr]:
    """Whether an order id is truncated, or a placeholder."""
    order, kind = nw.col("order"), rows.collect_schema()["order"]
    if kind.is_float():
        return {"inexact": order.abs() >= _EXACT_FLOATS}
    if kind != nw.String:
        return {}
    return {
        name: order.str.contains(unicode_pattern(rows, pattern))
        for name, pattern in (("inexact", SCIENTIFIC), ("placeholders", means_none()))
    }


def _marked(rows: nw.LazyFrame[Any], marks: dict[str, nw.Expr], *columns: str) -> nw.LazyFrame[Any]:
    """The columns, and an indicator per condition: 1 or null."""
    return rows.select(*columns, *(nw.when(mark).then(nw.lit(1)).alias(name) for name, mark in marks.items()))


def _equal_chance(counts: list[tuple[int, int]]) -> float:
    """Probability that two random orders have the same amount; at least 1 over the number of orders.

    `counts` are numbers of orders with one amount, each with the number of amounts that have so many.
    """
    orders = sum(count * amounts for count, amounts in counts)
    if orders < 2:
        return 1.0
    pairs = sum(count * (count - 1) * amounts for count, amounts in counts)
    return max(pairs / (orders * (orders - 1)), 1 / orders)
