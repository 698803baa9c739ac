"""Aggregate order lines to purchases per customer and value, and to discounted and refunded money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import instance, number_advice
from custseg._frames import Rows, collect, computed, computed_once
from custseg.errors import DataError
from custseg.features.sums._expressions import as_int64, in_window, value_if
from custseg.logs import (
    OrderFacts,
    Orders,
    counted_lines,
    net_money,
)
from custseg.snapshot import Snapshot
from custseg.texts import plural

DIMENSIONS = ("category", "channel", "source")
_SUM_LIMIT = 9.2e18
_MONEY = ("gross", "discounted", "taken_off", "returned")


@dataclass(frozen=True, eq=False)
class MixSums:
    """Exact integer sums per customer, and per customer and value of a dimension.

    Attributes
    ----------
    pairs : mapping of str to narwhals DataFrame, or LazyFrame on Spark
        By dimension: a row per customer and value with a purchase before the snapshot, with `customer_id`,
        `value`, `orders` (purchases in the window that hold the value), `first_moment` (of the first one,
        in the window or not), `last_moment` (of the last one in the window).
    money : narwhals DataFrame, or LazyFrame on Spark
        A row per customer of the log, in units of money over the window: `gross` (lines with a positive
        amount that count), `discounted` (those of them with a discount), `taken_off` (discounts on lines
        that count and are no refunds), `returned` (negative lines and the column of refunds, as a positive amount).
    has_discount, has_returns : bool
        Whether the log has a discount column; whether it has refunds that count.
    """

    pairs: Mapping[str, Rows]
    money: Rows
    has_discount: bool
    has_returns: bool


def mix_sums(
    orders: Orders,
    snapshot: Snapshot,
    facts: OrderFacts,
    *,
    lines: nw.LazyFrame[Any],
    refunds: str,
    zero_orders: str,
    caller: str,
) -> MixSums:
    """Aggregate the lines of the log on its own engine."""
    if orders.discount is not None:
        _check_discounts(facts.orders, snapshot, caller)
    dimensions = [name for name in DIMENSIONS if getattr(orders, name) is not None]
    counted, keys = counted_lines(lines, snapshot, facts, refunds=refunds)
    order_parts = _order_parts(facts.orders, counted, keys, keep_zero=zero_orders == "keep")
    placed = _placed(order_parts, keys, snapshot, keep_zero=zero_orders == "keep")
    placed = computed_once(placed)
    money = placed.with_columns(value_if(nw.col("inside"), nw.col(name)).alias(name) for name in _MONEY)
    tables, _ = computed(
        [
            money.group_by("customer").agg(nw.col(name).sum() for name in _MONEY),
            *(_pairs(placed, keys, name) for name in dimensions),
        ]
    )
    totals, *pairs = (table.rename({"customer": "customer_id"}) for table in tables)
    return MixSums(
        {name: _whole_pairs(table) for name, table in zip(dimensions, pairs, strict=True)},
        as_int64(totals),
        has_discount=orders.discount is not None,
        has_returns=facts.refund_lines + facts.refunded_lines > 0 and refunds == "net",
    )


def _order_parts(
    orders: Orders, counted: nw.LazyFrame[Any], keys: Sequence[str], *, keep_zero: bool
) -> nw.LazyFrame[Any]:
    """One row per order and combination of values; the keys identify an order."""
    col = nw.col
    money = col("money")
    counts = ~col("day").is_null()
    bought = counts & ((money >= 0) | money.is_null()) if keep_zero else money > 0
    dimensions = [name for name in DIMENSIONS if getattr(orders, name) is not None]
    off = col("discount").abs().fill_null(0) if orders.discount is not None else nw.lit(0)
    refunded = col("refund").fill_null(0) if orders.refund is not None else nw.lit(0)
    # Conditions stand before the aggregation: inside `agg` some engines drop them in silence.
    marked = counted.with_columns(
        *(nw.when(bought).then(col(name)).alias(name) for name in dimensions),
        value_if(money > 0, money).alias("gross"),
        value_if((money > 0) & (off > 0), money).alias("discounted"),
        value_if(counts & (money >= 0), off).alias("taken_off"),
        (value_if(money < 0, nw.lit(0) - money) + refunded).alias("returned"),
        net_money(counted).alias("money"),
    )
    return marked.group_by(*keys, *dimensions).agg(
        col("moment").min(),
        col("day").count().alias("lines"),
        *(col(name).sum() for name in ("money", *_MONEY)),
    )


def _placed(
    order_parts: nw.LazyFrame[Any], keys: Sequence[str], snapshot: Snapshot, *, keep_zero: bool
) -> nw.LazyFrame[Any]:
    """The parts with the moment of their order, whether it is in the window and whether it is a purchase."""
    col = nw.col
    whole_order = order_parts.with_columns(
        col("money").sum().over(*keys).alias("net"),
        col("lines").sum().over(*keys).alias("all_lines"),
        col("moment").min().over(*keys).alias("placed"),
    )
    nothing = (col("all_lines") > 0) & (col("net") == 0)
    inside = in_window(snapshot, "placed")
    return whole_order.with_columns(
        ((col("net") > 0) | nothing if keep_zero else col("net") > 0).alias("purchase"),
        inside.alias("inside"),
    )


def _pairs(placed: nw.LazyFrame[Any], keys: Sequence[str], dimension: str) -> nw.LazyFrame[Any]:
    """One row per customer and value; an order counts once for each value that it holds."""
    col = nw.col
    marked = placed.filter(~col(dimension).is_null(), col("purchase")).with_columns(
        value_if(col("inside"), nw.lit(1)).alias("orders"),
        nw.when(col("inside")).then(col("placed")).alias("last_moment"),
    )
    once = marked.group_by(*keys, dimension).agg(
        col("orders").max(), col("placed").min().alias("first_moment"), col("last_moment").max()
    )
    return (
        once.group_by("customer", dimension)
        .agg(col("orders").sum(), col("first_moment").min(), col("last_moment").max())
        .rename({dimension: "value"})
    )


def _whole_pairs(table: Rows) -> Rows:
    """The pairs with integer columns as Int64."""
    numbers = ("orders", "first_moment", "last_moment")
    return table.with_columns(nw.col(name).cast(nw.Int64) for name in numbers)


def _check_discounts(orders: Orders, snapshot: Snapshot, caller: str) -> None:
    """Raise if discounts before the snapshot cannot be read, or their sum overflows."""
    assert orders.discount is not None
    col, dialect = nw.col, orders.source_table.dialect
    lines = dialect.select(
        {
            "moment": orders.dates.expressions()["moment"],
            "filled": dialect.filled([orders.discount]),
            "discount": dialect.money([orders.discount], None, digits=orders.money_digits),
        }
    )
    before = col("moment") < snapshot.moment
    marked = lines.select(
        nw.when(before & col("filled") & col("discount").is_null()).then(nw.lit(1)).alias("unusable"),
        nw.when(before).then(col("discount").abs().cast(nw.Float64)).alias("size"),
    )
    unusable, size = collect(marked.select(col("unusable").count(), col("size").sum())).row(0)
    if unusable:
        shape = dialect.shape_of_unusable(orders.discount, dialect.number(orders.discount))
        raise DataError(
            f"{caller}: {plural(int(unusable), 'value')} of {orders.discount!r} "
            f"{'is' if unusable == 1 else 'are'} not a finite number below 9.2e14{instance(shape)}. "
            f"{number_advice(shape) or 'Correct these rows or leave them out.'}"
        )
    if float(size or 0.0) * max([1.0, *(orders.rates or {}).values()]) > _SUM_LIMIT:
        raise DataError(f"{caller}: the discounts add up to more than 9.2e14. Give them in a larger unit.")
