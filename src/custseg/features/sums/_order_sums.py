"""Aggregate an order log to sums per customer, from which the order families are computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import Rows, collect, computed, computed_once, is_distributed, sorted_by
from custseg.features.sums._expressions import as_int64, exposure_days, value_if, whole_units
from custseg.logs import OrderFacts, net_money, order_totals
from custseg.snapshot import Snapshot

_EXACT_SQUARES = 3e9
_YEAR_DAYS = 365
_PEAK_WEEKS = 6


@dataclass(frozen=True, eq=False)
class OrderSums:
    """Exact integer sums per customer at one snapshot of an order log.

    Attributes
    ----------
    table : narwhals DataFrame, or LazyFrame on Spark
        One row per customer of the log, sorted by `customer_id`, all columns Int64. Over the purchases
        in the window: `orders`, `order_days`, `first_day`, `last_day`, `spent`, `first_day_spent`,
        `peak_spent`, `squared_gaps` (of days between order days), `late_orders` (in the second half of
        the exposure), `size` and `squares` (of order values in `square_unit`, and of their squares).
        Besides: `money` (all lines in the window, refunds too), `first_day_ever` (the first purchase before
        the snapshot, in the window or not), `returned_orders` (orders in the window that were refunded or cancelled
        in full).
    gaps : narwhals DataFrame or None
        How often each gap between two order days of one customer occurs: `gap` in days, `times`; None where
        the sums for rhythm features were not requested.
    snapshot : Snapshot
        The snapshot and its window.
    facts : OrderFacts
        Counts over the log.
    square_unit : int
        Units of money per unit of `squares`: squares are summed as integers too.
    peak_weeks : tuple of int or None
        The weeks of the year that `peak_spent` counts; None where the log has no money or covers less than a year.
    n_lines : int or None
        Lines that were aggregated, counted on Spark alone: what it reads again may have changed.
    """

    table: Rows
    gaps: nw.DataFrame[Any] | None
    snapshot: Snapshot
    facts: OrderFacts
    square_unit: int
    peak_weeks: tuple[int, ...] | None
    n_lines: int | None = None


def order_sums(
    facts: OrderFacts,
    snapshot: Snapshot,
    *,
    lines: nw.LazyFrame[Any],
    refunds: str,
    zero_orders: str,
    rhythm: bool = True,
    peak_weeks: Sequence[int] | None = None,
) -> OrderSums:
    """Aggregate the log on its own engine; without `rhythm`, the sums of that family are 0.

    By default, the peak weeks are those of this log.
    """
    unit = max(1, math.ceil(facts.money / _EXACT_SQUARES))
    if peak_weeks is None and rhythm:
        peak_weeks = _peak_weeks(facts, snapshot)
    peak = _days_of(peak_weeks or (), facts, snapshot)
    totals = order_totals(lines, snapshot, facts, refunds=refunds)
    days = _customer_days(totals, snapshot, zero_orders=zero_orders, unit=unit)
    marked = _with_firsts(days, snapshot)
    marked = computed_once(_with_gaps(marked) if rhythm else marked.with_columns(gap=nw.lit(None, nw.Int64)))
    small = [marked.group_by("gap").agg(nw.len().alias("times"))] if rhythm else []
    if is_distributed(lines):
        small.append(marked.select(nw.col("n_lines").sum()))
    [table], figures = computed([_customer_sums(marked, snapshot, peak)], small)
    n_lines = int(figures[-1].item() or 0) if is_distributed(lines) else None
    gaps = None
    if rhythm:
        gaps = figures[0].with_columns(nw.col("gap", "times").cast(nw.Int64)).filter(~nw.col("gap").is_null())
        gaps = gaps.sort("gap")
    weeks = None if peak_weeks is None else tuple(peak_weeks)
    return OrderSums(sorted_by(as_int64(table)), gaps, snapshot, facts, unit, weeks, n_lines)


def _customer_days(totals: nw.LazyFrame[Any], snapshot: Snapshot, *, zero_orders: str, unit: int) -> nw.LazyFrame[Any]:
    """One row per customer and day with a purchase in the window, and one row for all other lines."""
    col = nw.col
    nothing = (col("lines") > 0) & (col("money") == 0)
    worth = (col("money") > 0) | nothing if zero_orders == "keep" else col("money") > 0
    money, bought, placed = col("money"), worth, col("placed")
    if snapshot.start is not None:
        inside = col("moment") >= snapshot.start
        money, bought, placed = value_if(inside, money), worth & inside, value_if(inside, placed)
    # Conditions stand before the aggregation: inside `agg` some engines drop them in silence.
    marked = totals.with_columns(
        nw.when(bought).then(col("day")).alias("order_day"),
        nw.when(worth).then(col("day")).alias("day_ever"),
        value_if(bought, nw.lit(1)).alias("orders"),
        value_if(bought, col("money")).alias("spent"),
        value_if(bought, whole_units(col("money"), unit)).alias("size"),
        money.alias("money"),
        nw.when(worth).then(nw.lit(0)).otherwise(placed).alias("returned_orders"),
    ).with_columns((col("size") * col("size")).alias("squares"))
    return marked.group_by("customer", "order_day").agg(
        col("day_ever").min(),
        col("orders").sum(),
        col("spent").sum(),
        col("size").sum(),
        col("squares").sum(),
        col("money").sum(),
        col("returned_orders").sum(),
        *([col("n_lines").sum()] if "n_lines" in totals.collect_schema().names() else []),
    )


def _with_firsts(days: nw.LazyFrame[Any], snapshot: Snapshot) -> nw.LazyFrame[Any]:
    """Daily rows with the customer's first day, in the window and ever."""
    first = nw.col("order_day").min().over("customer")
    if snapshot.start is None:
        return days.with_columns(first.alias("first_day")).with_columns(first_day_ever=nw.col("first_day"))
    return days.with_columns(
        first.alias("first_day"), nw.col("day_ever").min().over("customer").alias("first_day_ever")
    )


def _with_gaps(days: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Daily rows with the gap to the customer's previous day."""
    before = nw.col("order_day").shift(1).over("customer", order_by="order_day")
    return days.with_columns(before.alias("day_before")).with_columns(
        (nw.col("order_day") - nw.col("day_before")).alias("gap")
    )


def _customer_sums(days: nw.LazyFrame[Any], snapshot: Snapshot, peak: Sequence[int]) -> nw.LazyFrame[Any]:
    """Daily rows aggregated to one row per customer."""
    col = nw.col
    late = (nw.lit(snapshot.day) - col("order_day")) * 2 < exposure_days(snapshot)
    in_peak = col("order_day").is_in(list(peak))
    marked = days.with_columns(
        (col("gap") * col("gap")).alias("squared_gaps"),
        value_if(col("order_day") == col("first_day"), col("spent")).alias("first_day_spent"),
        value_if(in_peak, col("spent")).alias("peak_spent"),
        value_if(late, col("orders")).alias("late_orders"),
    )
    sums = ("orders", "spent", "first_day_spent", "peak_spent", "squared_gaps", "late_orders", "size", "squares")
    return (
        marked.group_by("customer")
        .agg(
            *(col(name).sum() for name in (*sums, "money", "returned_orders")),
            col("order_day").count().alias("order_days"),
            col("order_day").min().alias("first_day"),
            col("order_day").max().alias("last_day"),
            col("first_day_ever").min(),
        )
        .rename({"customer": "customer_id"})
    )


def _covers_a_year(facts: OrderFacts, snapshot: Snapshot) -> bool:
    """Whether the log and the window cover twelve months."""
    if facts.first_day is None or snapshot.day - facts.first_day < _YEAR_DAYS:
        return False
    return snapshot.window_days is None or snapshot.window_days >= _YEAR_DAYS


def _peak_weeks(facts: OrderFacts, snapshot: Snapshot) -> tuple[int, ...] | None:
    """The six weeks of the year with the largest mean daily revenue, in increasing order."""
    if not facts.orders.has_money or not _covers_a_year(facts, snapshot):
        return None
    inside = nw.col("moment") < snapshot.moment
    if snapshot.start is not None:
        inside = inside & (nw.col("moment") >= snapshot.start)
    lines = facts.orders.lines().filter(inside)
    per_day = collect(lines.with_columns(money=net_money(lines)).group_by("day").agg(nw.col("money").sum()))
    days = per_day.get_column("day").to_numpy()
    if not (days < snapshot.day).any():
        return ()
    revenue = per_day.get_column("money").fill_null(0).cast(nw.Float64).to_numpy()
    calendar = np.arange(days.min(), snapshot.day)
    weeks = np.array([_week_of_year(day) for day in calendar.tolist()])
    daily = np.zeros(len(calendar))
    before = days < snapshot.day
    daily[days[before] - calendar[0]] = revenue[before]
    means = np.bincount(weeks, weights=daily, minlength=52) / np.maximum(np.bincount(weeks, minlength=52), 1)
    return tuple(sorted(np.lexsort((np.arange(52), -means))[:_PEAK_WEEKS].tolist()))


def _days_of(weeks: Sequence[int], facts: OrderFacts, snapshot: Snapshot) -> list[int]:
    """The days of the log before the snapshot that are in these weeks of the year."""
    if not weeks or facts.first_day is None:
        return []
    return [day for day in range(facts.first_day, snapshot.day) if _week_of_year(day) in weeks]


def _week_of_year(day: int) -> int:
    """Week of the year; week 0 starts on 1 January, the last week includes the remaining days."""
    return min(51, ((date(1970, 1, 1) + timedelta(days=day)).timetuple().tm_yday - 1) // 7)
