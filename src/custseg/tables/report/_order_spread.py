"""How the values of an order log are spread: over customers, orders, days and the lines of an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect_together
from custseg.tables._order_facts import OrderFacts
from custseg.tables._order_totals import counted_lines, net_money
from custseg.tables._orders import Orders
from custseg.tables._snapshot import Snapshot
from custseg.tables.report._ids import GUEST, SCIENTIFIC
from custseg.tables.report._words import words

_FAR_APART_DAYS = 30
_EXACT_FLOATS = 2.0**53
_NEARLY_ALL = 0.9
_EVEN = 0.5
_PROOF = 0.001


@dataclass(frozen=True, eq=False)
class OrderSpread:
    """Counts over the orders of known customers before the snapshot.

    Attributes
    ----------
    customers : narwhals DataFrame
        A row per customer: `customer`, `lines`, `orders` (those with a positive line), and the counts below.
    day_orders : narwhals Series
        Orders per day of their first positive line.
    days : narwhals Series
        The distinct days of all lines.
    zero_orders, over_refunded : int
        Orders that add up to nothing, and those with more refunded than paid.
    several_lines, equal_lines : int
        Orders with several positive lines, and those of them whose lines all have one amount.
    shared, restarted, inexact, placeholders : int
        Order ids that several customers have; that have lines of one customer far apart; that lost digits;
        that mean none.
    """

    customers: nw.DataFrame[Any]
    day_orders: nw.Series[Any]
    days: nw.Series[Any]
    zero_orders: int
    over_refunded: int
    several_lines: int
    equal_lines: int
    shared: int
    restarted: int
    inexact: int
    placeholders: int


def order_spread(orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, refunds: str) -> OrderSpread:
    """Sum the log up per order, and the orders per customer, order id and day, on the engine where the log is."""
    col, lines = nw.col, orders.lines()
    rows = _orders(orders, snapshot, facts, refunds=refunds)
    marks = _order_marks(orders)
    frames = [
        lines.filter(col("moment") < snapshot.moment).select("day").unique(),
        _marked(rows, marks, "customer", "lines")
        .group_by("customer")
        .agg(col("lines").sum(), *(col(name).count() for name in marks)),
        rows.filter(~col("first_day").is_null()).group_by("first_day").agg(nw.len().alias("orders")),
    ]
    if orders.order is not None:
        frames.append(_order_id_counts(rows))
    days, customers, day_orders, *ids = collect_together(*frames)
    customers = customers.with_columns(col(name).cast(nw.Int64) for name in ("lines", *marks))
    totals = {name: int(customers.get_column(name).sum()) for name in marks if name != "orders"}
    id_counts = ids[0].rows(named=True)[0] if ids else {}
    return OrderSpread(
        customers=customers,
        day_orders=day_orders.get_column("orders"),
        days=days.get_column("day"),
        **totals,
        **{name: int(id_counts.get(name, 0)) for name in ("shared", "restarted", "inexact", "placeholders")},
    )


def repeated_totals(
    orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, spread: OrderSpread, refunds: str
) -> tuple[int, int]:
    """Orders whose lines all have one amount, if nearly all orders of several lines do and not by chance, else 0.

    The second number is that of the orders of several lines.

    The lines of a shop with few prices agree by chance, as often as the amounts of two orders do. Where products are
    described, orders of one product are left aside.
    """
    if spread.equal_lines < max(_NEARLY_ALL * spread.several_lines, 1):
        return 0, spread.several_lines
    rows = _orders(orders, snapshot, facts, refunds=refunds, products=orders.product is not None)
    several = rows.filter(nw.col("paid_lines") > 1)
    if orders.product is not None:
        several = several.filter(nw.col("one_product") != nw.col("other_product"))
    equal = several.filter(nw.col("least") == nw.col("most"))
    count = several.select(nw.len().alias("orders"))
    amounts, total = collect_together(equal.group_by("most").agg(nw.len().alias("orders")), count)
    same = [int(count) for count in amounts.get_column("orders").to_list()]
    chance = _equal_chance(same)
    proof = chance <= _EVEN and chance ** sum(same) < _PROOF
    several_lines = int(total.item())
    return sum(same) if proof and sum(same) >= _NEARLY_ALL * several_lines else 0, several_lines


def _orders(
    orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, refunds: str, products: bool = False
) -> nw.LazyFrame[Any]:
    """One row per order of a known customer."""
    col = nw.col
    counted, keys = counted_lines(orders.lines(), snapshot, facts, refunds=refunds)
    paid = col("money") > 0
    # Conditions stand before the aggregation: inside `agg` some engines drop them in silence.
    marked = counted.with_columns(
        net_money(counted).alias("net"),
        nw.when(paid).then(col("money")).alias("paid"),
        nw.when(paid).then(col("day")).alias("paid_day"),
    )
    sums = [
        nw.len().alias("lines"),
        col("day").count().alias("counted"),
        col("net").sum(),
        col("paid").count().alias("paid_lines"),
        col("paid").min().alias("least"),
        col("paid").max().alias("most"),
        col("paid_day").min().alias("first_day"),
        col("paid_day").max().alias("last_day"),
    ]
    if products:
        sums += [col("product").min().alias("one_product"), col("product").max().alias("other_product")]
    if orders.refund is not None:
        sums += [col("refund").sum(), col("paid").sum().alias("paid_money")]
    return marked.group_by(*keys).agg(*sums)


def _order_marks(orders: Orders) -> dict[str, nw.Expr]:
    """The questions that an order answers."""
    col = nw.col
    several, never = col("paid_lines") > 1, nw.lit(value=False)
    return {
        "orders": col("paid_lines") > 0,
        "zero_orders": (col("counted") > 0) & (col("net") == 0),
        "over_refunded": (col("refund") > col("paid_money")) if orders.refund is not None else never,
        "several_lines": several,
        "equal_lines": several & (col("least") == col("most")),
    }


def _order_id_counts(rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Counts over the order ids."""
    col = nw.col
    named = rows.filter(~col("order").is_null())
    spread = (col("last_day") - col("first_day")).alias("spread")
    ids = named.with_columns(spread).group_by("order").agg(nw.len().alias("customers"), col("spread").max())
    kind = named.collect_schema()["order"]
    several = col("customers") > 1
    marks = {
        "shared": several,
        # Where several customers have a number, it was given anew: two days are then two orders.
        "restarted": (col("spread") > _FAR_APART_DAYS) | (several & (col("spread") > 0)),
    }
    if kind == nw.String:
        plain = col("order").str.strip_chars().str.to_lowercase()
        marks["inexact"] = col("order").str.contains(SCIENTIFIC)
        marks["placeholders"] = plain.is_in(list(words("missing_ids"))) | plain.str.contains(GUEST)
    elif kind.is_float():
        marks["inexact"] = col("order").abs() >= _EXACT_FLOATS
    return _counts(ids, marks)


def _counts(rows: nw.LazyFrame[Any], marks: dict[str, nw.Expr]) -> nw.LazyFrame[Any]:
    """One row: how many rows bear each mark."""
    return _marked(rows, marks).select(*(nw.col(name).count() for name in marks))


def _marked(rows: nw.LazyFrame[Any], marks: dict[str, nw.Expr], *columns: str) -> nw.LazyFrame[Any]:
    """The columns, and one per mark: 1 where a row bears it, else null."""
    return rows.select(*columns, *(nw.when(mark).then(nw.lit(1)).alias(name) for name, mark in marks.items()))


def _equal_chance(counts: list[int]) -> float:
    """How likely two orders drawn at random have one amount; not below what as many orders can show."""
    orders = sum(counts)
    if orders < 2:
        return 1.0
    pairs = sum(count * (count - 1) for count in counts)
    return max(pairs / (orders * (orders - 1)), 1 / orders)
