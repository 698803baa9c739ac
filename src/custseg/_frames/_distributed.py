"""Frames that stay where they are because one machine may not hold them: those of Spark; all others become local tables.

The same steps are written once, in narwhals, for tables of one row per customer; only here the two differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import narwhals.stable.v2 as nw

from custseg._frames._local import collect, collect_together
from custseg._frames._spark._return import spark_table
from custseg._frames._spark._session import functions_of, run_spark, window_of

Rows = nw.DataFrame[Any] | nw.LazyFrame[Any]
"""A local table, or one on Spark."""


def is_distributed(frame: Rows) -> bool:
    """Whether the frame is on Spark."""
    return frame.implementation.is_spark_like()


def gathered(frame: nw.LazyFrame[Any], key: str = "customer") -> nw.LazyFrame[Any]:
    """The frame with all rows of a customer in one partition, so that later steps per customer move no rows.

    Each of them would move rows by keys of its own otherwise, such as the customer and the order.
    """
    if not is_distributed(frame):
        return frame
    native = frame.to_native()
    return cast("nw.LazyFrame[Any]", nw.from_native(native.repartition(functions_of(native).col(key))))


def computed_once(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The frame; on Spark its rows are kept when they are first computed, in memory and on disk.

    Spark computes a frame anew for each of its uses, and a view may then have changed.
    """
    if not is_distributed(frame):
        return frame
    return cast("nw.LazyFrame[Any]", nw.from_native(run_spark(frame.to_native().persist)))


def computed(
    per_customer: Sequence[nw.LazyFrame[Any]], small: Sequence[nw.LazyFrame[Any]] = ()
) -> tuple[list[Rows], list[nw.DataFrame[Any]]]:
    """Frames of rows per customer, as local tables but for those on Spark, and small ones as local tables."""
    if per_customer and is_distributed(per_customer[0]):
        return list(per_customer), [collect(frame) for frame in small]
    tables = collect_together(*per_customer, *small)
    return list(tables[: len(per_customer)]), tables[len(per_customer) :]


def collected(rows: Rows) -> nw.DataFrame[Any]:
    """The rows as a local table, which must be few."""
    return collect(rows) if isinstance(rows, nw.LazyFrame) else rows


def with_lookup(rows: Rows, lookup: nw.DataFrame[Any], on: Sequence[str]) -> Rows:
    """The rows with the columns of a small local table, which has one row per combination of the keys."""
    if not is_distributed(rows):
        return left_join(rows, lookup, on)
    native = rows.to_native()
    small = functions_of(native).broadcast(spark_table(lookup, native))
    return left_join(rows, cast("Rows", nw.from_native(small)), on)


def left_join(left: Rows, right: Rows, on: str | Sequence[str] = "customer_id") -> Rows:
    """The rows of the left side, with the columns of the right one; both are local or on one Spark session."""
    columns = [on] if isinstance(on, str) else list(on)
    return cast("Rows", left.join(cast("Any", right), on=columns, how="left"))


def outer_join(left: Rows, right: Rows, on: str = "customer_id") -> Rows:
    """The rows of both sides; a customer of both is one row."""
    if is_distributed(left):
        return cast("Rows", nw.from_native(left.to_native().join(right.to_native(), on=on, how="full_outer")))
    ids = nw.concat([cast("nw.DataFrame[Any]", rows).select(on) for rows in (left, right)]).unique()
    return left_join(left_join(ids, left, on), right, on)


def first_of_each(rows: Rows, key: str, order_by: Sequence[str]) -> Rows:
    """The first row of each key in the order of these columns, the smallest first."""
    if not is_distributed(rows):
        local = cast("nw.DataFrame[Any]", rows).sort(*order_by)
        return local.unique(subset=[key], keep="first", maintain_order=True)
    native = rows.to_native()
    functions = functions_of(native)
    window = window_of(native).partitionBy(key).orderBy(*order_by)
    numbered = native.withColumn("number in key", functions.row_number().over(window))
    return cast("Rows", nw.from_native(numbered.filter(functions.col("number in key") == 1).drop("number in key")))


def sorted_by(rows: Rows, column: str = "customer_id") -> Rows:
    """The rows in the order of a column; rows on Spark have no order."""
    return rows if is_distributed(rows) else rows.sort(column)


def renamed(rows: Rows, names: Mapping[str, str]) -> Rows:
    """The rows with other names of their columns, which may hold dots and quotes."""
    if not is_distributed(rows):
        return rows.rename(dict(names))
    native = rows.to_native()
    return cast("Rows", nw.from_native(native.toDF(*(names.get(name, name) for name in native.columns))))
