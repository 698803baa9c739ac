"""Aggregate an order log to sums per customer, from which the order families are computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Rows, computed, computed_once, is_distributed, sorted_by
from custseg.features.sums._expressions import as_int64, exposure_days, value_if, whole_units
from custseg.features.sums._year import (
    YearFigures,
    days_of_season,
    days_of_weeks,
    learn_peak_weeks,
    learn_season,
    order_days_of_repeaters,
)
from custseg.logs import OrderFacts, order_totals
from custseg.snapshot import Snapshot

_EXACT_SQUARES = 3e9


@dataclass(frozen=True, eq=False)
class OrderSums:
    """Exact integer sums per customer at one snapshot of an order log.

    Attributes
    ----------
    table : narwhals DataFrame, or LazyFrame on Spark
        One row per customer of the log, sorted by `customer_id`, all columns Int64. Over the purchases
        in the window: `orders`, `order_days`, `first_day`, `last_day`, `spent`, `first_day_spent`,
        `peak_spent` (in the peak weeks; in a log without money the orders in them), `season_orders` (in the season),
        `squared_gaps` (of days between order days), `late_orders` (in the second half of
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
    year : YearFigures
        The weeks of the year that `peak_spent` counts, and the season.
    n_lines : int or None
        Lines that were aggregated, counted on Spark alone: what it reads again may have changed.
    """

    table: Rows
    gaps: nw.DataFrame[Any] | None
    snapshot: Snapshot
    facts: OrderFacts
    square_unit: int
    year: YearFigures
    n_lines: int | None = None


def order_sums(
    facts: OrderFacts,
    snapshot: Snapshot,
    *,
    lines: nw.LazyFrame[Any],
    refunds: str,
    zero_orders: str,
    rhythm: bool = True,
    year: YearFigures | None = None,
) -> OrderSums:
    """Aggregate the log on its own engine; without `rhythm`, the sums of that family are 0.

    By default, the peak weeks and the season are those of this log.
    """
    unit = max(1, math.ceil(facts.money / _EXACT_SQUARES))
    totals = order_totals(lines, snapshot, facts, refunds=refunds)
    days = _customer_days(totals, snapshot, zero_orders=zero_orders, unit=unit)
    marked = _with_firsts(days, snapshot)
    marked = computed_once(_with_gaps(marked) if rhythm else marked.with_columns(gap=nw.lit(None, nw.Int64)))
    small: dict[str, nw.LazyFrame[Any]] = {}
    if rhythm:
        small["gaps"] = marked.group_by("gap").agg(nw.len().alias("times"))
    if is_distributed(lines):
        small["n_lines"] = marked.select(nw.col("n_lines").sum())
    learns_year = rhythm and year is None
    if learns_year:
        small["order_days"] = order_days_of_repeaters(marked)
        year = YearFigures(learn_peak_weeks(facts, snapshot))
    year = year or YearFigures()
    [table], small_tables = computed([_customer_sums(marked, facts, snapshot, year=year)], list(small.values()))
    figures = dict(zip(small, small_tables, strict=True))
    season = learn_season(facts, snapshot, figures["order_days"]) if learns_year else None
    if season is not None:
        # Few bases have one: for all others one pass gives everything.
        year = replace(year, season=season)
        [table], _ = computed([_customer_sums(marked, facts, snapshot, year=year)])
    n_lines = int(figures["n_lines"].item() or 0) if "n_lines" in figures else None
    gaps = None
    if rhythm:
        gaps = figures["gaps"].with_columns(nw.col("gap", "times").cast(nw.Int64)).filter(~nw.col("gap").is_null())
        gaps = gaps.sort("gap")
    return OrderSums(sorted_by(as_int64(table)), gaps, snapshot, facts, unit, year, n_lines)


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
    names = ["orders", "spent", "size", "squares", "money", "returned_orders"]
    if "n_lines" in totals.collect_schema().names():
        names.append("n_lines")
    return marked.group_by("customer", "order_day").agg(col("day_ever").min(), *(col(name).sum() for name in names))


def _with_firsts(days: nw.LazyFrame[Any], snapshot: Snapshot) -> nw.LazyFrame[Any]:
    """Daily rows with the customer's first day, in the window and ever, and the number of days with an order."""
    days = days.with_columns(
        nw.col("order_day").min().over("customer").alias("first_day"),
        nw.col("order_day").count().over("customer").alias("n_days"),
    )
    if snapshot.start is None:
        return days.with_columns(first_day_ever=nw.col("first_day"))
    return days.with_columns(nw.col("day_ever").min().over("customer").alias("first_day_ever"))


def _with_gaps(days: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Daily rows with the gap to the customer's previous day."""
    before = nw.col("order_day").shift(1).over("customer", order_by="order_day")
    return days.with_columns(before.alias("day_before")).with_columns(
        (nw.col("order_day") - nw.col("day_before")).alias("gap")
    )


def _customer_sums(
    days: nw.LazyFrame[Any], facts: OrderFacts, snapshot: Snapshot, *, year: YearFigures
) -> nw.LazyFrame[Any]:
    """Daily rows aggregated to one row per customer."""
    col = nw.col
    late = (nw.lit(snapshot.day) - col("order_day")) * 2 < exposure_days(snapshot)
    in_peak = _is_one_of(days_of_weeks(year.peak_weeks or (), facts, snapshot))
    in_season = _is_one_of(days_of_season(year.season, facts, snapshot))
    marked = days.with_columns(
        (col("gap") * col("gap")).alias("squared_gaps"),
        value_if(col("order_day") == col("first_day"), col("spent")).alias("first_day_spent"),
        value_if(in_peak, col("spent" if facts.orders.has_money else "orders")).alias("peak_spent"),
        value_if(in_season, col("orders")).alias("season_orders"),
        value_if(late, col("orders")).alias("late_orders"),
    )
    sums = (
        *("orders", "spent", "first_day_spent", "peak_spent", "season_orders"),
        *("squared_gaps", "late_orders", "size", "squares"),
    )
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


def _is_one_of(days: Sequence[int]) -> nw.Expr:
    """Whether an order was placed on one of the days."""
    return nw.col("order_day").is_in(list(days))
