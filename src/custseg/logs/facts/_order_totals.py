"""Aggregate order lines to orders under a policy for refunds and cancellations."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import is_distributed
from custseg.logs.facts._order_facts import OrderFacts
from custseg.snapshot import Snapshot

REFUNDS = ("net", "gross", "error")
ZERO_ORDERS = ("drop", "keep")


def check_policy(caller: str, refunds: str, zero_orders: str) -> None:
    """Raise for an unknown policy for refunds, or for orders that are worth nothing."""
    check_choice(caller, "refunds", refunds, allowed=REFUNDS)
    check_choice(caller, "zero_orders", zero_orders, allowed=ZERO_ORDERS)


def order_totals(lines: nw.LazyFrame[Any], snapshot: Snapshot, facts: OrderFacts, *, refunds: str) -> nw.LazyFrame[Any]:
    """One row per order of a known customer: `customer`, `day`, `money`, `lines`, `placed`.

    `money` is the order's net value in ten-thousandths, `day` the first day among the lines that count and
    `lines` their number. Cancelled lines do not count unless they are refunds; with `refunds="gross"`
    negative lines do not count either. An order without counted lines has a null day and null money, so
    that its customer is kept. `placed` is 1 if a line had a positive amount, whether it counts or not, and 0 in logs
    without refunds and cancellations. If there is a window, `moment` is that of the first line.
    """
    col = nw.col
    counted, keys = counted_lines(lines, snapshot, facts, refunds=refunds)
    placed, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    groups = counted.with_columns(
        net_money(counted).alias("money"),
        (nw.when(col("offered") > 0).then(placed).otherwise(zero) if facts.has_undone_orders else zero).alias("placed"),
    ).group_by(*keys)
    sums = [col("day").min(), col("day").count().alias("lines"), col("money").sum(), col("placed").max()]
    if is_distributed(lines):
        sums.append(nw.len().alias("n_lines"))
    return groups.agg(*sums) if snapshot.start is None else groups.agg(*sums, col("moment").min())


def counted_lines(
    lines: nw.LazyFrame[Any], snapshot: Snapshot, facts: OrderFacts, *, refunds: str
) -> tuple[nw.LazyFrame[Any], list[str]]:
    """Lines with a customer before the snapshot, and the columns that identify an order.

    A line that does not count under the policy has a null `day` and null `money`; `offered`, in logs with refunds or
    cancellations, is its amount all the same. The column of refunds, where
    there is one, is null on such lines, and on all lines where the policy leaves refunds out.
    """
    col = nw.col
    before = known_lines(lines, snapshot)
    keys = ["customer", "order"]
    if facts.has_undone_orders:
        before = before.with_columns(col("money").alias("offered"))
    if facts.without_order:
        # Lines without an order id are one order per customer and moment.
        before = before.with_columns(nw.when(col("order").is_null()).then(col("moment")).alias("at"))
        keys.append("at")
    if facts.cancelled_lines or (refunds == "gross" and facts.refund_lines):
        refund = (col("money") < 0).fill_null(value=False)
        cancelled = col("cancelled") if facts.cancelled_lines else nw.lit(value=False)
        counts = ~(refund | cancelled) if refunds == "gross" else refund | ~cancelled
        before = before.with_columns(
            nw.when(counts).then(col("day")).alias("day"),
            nw.when(counts).then(col("money")).alias("money"),
        )
    if "refund" in before.collect_schema().names():
        counts_refund = ~col("day").is_null() & nw.lit(value=refunds != "gross")
        before = before.with_columns(nw.when(counts_refund).then(col("refund")).alias("refund"))
    return before, keys


def known_lines(lines: nw.LazyFrame[Any], snapshot: Snapshot) -> nw.LazyFrame[Any]:
    """The lines before the snapshot that have a customer."""
    return lines.filter(~nw.col("customer").is_null(), nw.col("moment") < snapshot.moment)


def net_money(lines: nw.LazyFrame[Any]) -> nw.Expr:
    """The amount of a line minus the column of refunds."""
    money = nw.col("money")
    if "refund" not in lines.collect_schema().names():
        return money
    return nw.when(nw.col("refund") > 0).then(money.fill_null(0) - nw.col("refund")).otherwise(money)
