"""Expressions and steps shared by the aggregations."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Rows, collect_together, is_distributed
from custseg.snapshot import Snapshot

DAY = 24 * 60 * 60 * 1_000_000
"""In microseconds, as moments are."""


def value_if(condition: nw.Expr, value: nw.Expr) -> nw.Expr:
    """The value where the condition holds, else 0."""
    return nw.when(condition).then(value).otherwise(nw.lit(0))


def in_window(snapshot: Snapshot, moment: str) -> nw.Expr:
    """Whether the moment lies in the window, for rows before the snapshot."""
    has_moment = ~nw.col(moment).is_null()
    return has_moment if snapshot.start is None else has_moment & (nw.col(moment) >= snapshot.start)


def as_int64(frame: Rows) -> Rows:
    """All columns but the ids as Int64: engines differ in the type of integer sums."""
    names = frame.collect_schema().names()
    return frame.with_columns(nw.col(name).cast(nw.Int64) for name in names if name != "customer_id")


def whole_units(money: nw.Expr, unit: int) -> nw.Expr:
    """Money in a larger unit, rounded down; some engines divide whole numbers as floats."""
    return money if unit == 1 else ((money - money % unit).cast(nw.Float64) / float(unit)).round(0).cast(nw.Int64)


def exposure_days(snapshot: Snapshot) -> nw.Expr:
    """Days since the first order, at most the window; missing without any order."""
    age = nw.lit(snapshot.day) - nw.col("first_day_ever")
    window = snapshot.window_days
    return age if window is None else nw.when(age > window).then(nw.lit(window)).otherwise(age)


def concatenated(first: nw.LazyFrame[Any], second: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Concatenation of both, collected to polars unless both are polars or on Spark: other engines cannot be mixed."""
    if first.implementation.is_polars() and second.implementation.is_polars():
        return nw.concat([first, second])
    if is_distributed(first):
        return nw.concat([first, second])
    return nw.concat(collect_together(first, second)).lazy()
