"""Frames that stay where they are, for one machine may not hold them: those of Spark; others become local tables.

The same steps are written once, in narwhals, for tables of one row per customer; only here the two differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from typing import Any, TypeVar, cast

import narwhals.stable.v2 as nw

from custseg._frames._local import collect, collect_together
from custseg._frames._spark._return import spark_table
from custseg._frames._spark._session import functions_of, is_connect, run_spark, window_of
from custseg._numerics import Integers

Rows = nw.DataFrame[Any] | nw.LazyFrame[Any]
"""A local table, or one on Spark."""

_Frame = TypeVar("_Frame", bound=Rows)


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


_PERSISTED: ContextVar[list[Any] | None] = ContextVar("persisted", default=None)


@contextmanager
def keeping() -> Iterator[list[Any]]:
    """While it is open, `computed_once` keeps rows on Spark; the list names what is kept. An error releases them."""
    persisted: list[Any] = []
    token = _PERSISTED.set(persisted)
    try:
        yield persisted
    except BaseException:
        release(persisted)
        raise
    finally:
        _PERSISTED.reset(token)


def release(persisted: Sequence[Any]) -> None:
    """Free what Spark keeps of these DataFrames; frames made of them are then computed anew."""
    for native in persisted:
        run_spark(native.unpersist)


def computed_once(frame: _Frame) -> _Frame:
    """The frame; on Spark, where `keeping` is open, its rows are kept when they are first computed, on disk if need be.

    Spark computes a frame anew for each of its uses, and a view may then have changed.
    """
    persisted = _PERSISTED.get()
    if persisted is None or not is_distributed(frame):
        return frame
    native = frame.to_native()
    # Spark Connect sends the whole plan with every step, which a checkpoint cuts off; its rows go with the last frame.
    native = run_spark(native.localCheckpoint if is_connect(native) else native.persist)
    persisted.append(native)
    return cast("_Frame", nw.from_native(native))


def computed(
    per_customer: Sequence[nw.LazyFrame[Any]], small: Sequence[nw.LazyFrame[Any]] = ()
) -> tuple[list[Rows], list[nw.DataFrame[Any]]]:
    """Frames of rows per customer, as local tables but for those on Spark, and small ones as local tables."""
    if per_customer and is_distributed(per_customer[0]):
        return list(per_customer), [collect(frame) for frame in small]
    tables = collect_together(*per_customer, *small)
    return list(tables[: len(per_customer)]), tables[len(per_customer) :]


def count_lines(rows: Rows) -> int:
    """How many rows the table has."""
    return int(collected(rows.select(nw.len().alias("lines"))).item())


def counts_of_marks(
    rows: Rows, marks: Mapping[str, nw.Expr], sums: Mapping[str, nw.Expr] | None = None
) -> dict[str, int]:
    """How many rows meet each condition, and the sums of whole numbers, by one pass over the rows."""
    sums = sums or {}
    if not marks and not sums:
        return {}
    # Conditions stand before the aggregation: inside `select` with sums some engines drop them in silence.
    marked = rows.select(
        *(nw.when(mark).then(nw.lit(1)).alias(name) for name, mark in marks.items()),
        *(value.alias(name) for name, value in sums.items()),
    )
    columns = [*(nw.col(name).count() for name in marks), *(nw.col(name).sum() for name in sums)]
    row = collected(marked.select(*columns)).row(0)
    return {name: int(count or 0) for name, count in zip((*marks, *sums), row, strict=True)}


def counts_of_counts(rows: Rows, name: str) -> tuple[Integers, Integers]:
    """The distinct values of a column of counts, which are few, in increasing order, and how many rows have each."""
    counts = collected(rows.select(name).group_by(name).agg(nw.len().alias("rows"))).sort(name)
    values, times = (counts.get_column(column).cast(nw.Int64).to_numpy() for column in (name, "rows"))
    return values, times


def collected(rows: Rows) -> nw.DataFrame[Any]:
    """The rows as a local table, which must be few."""
    return collect(rows) if isinstance(rows, nw.LazyFrame) else rows


def with_lookup(rows: Rows, lookup: nw.DataFrame[Any], on: Sequence[str]) -> Rows:
    """The rows with the columns of a small local table, which has one row per combination of the keys."""
    if is_distributed(rows):
        native = rows.to_native()
        small = functions_of(native).broadcast(spark_table(lookup, native))
        return cast("Rows", nw.from_native(native.join(small, on=list(on), how="left")))
    return cast("nw.DataFrame[Any]", rows).join(lookup, on=list(on), how="left")


def joined(tables: Sequence[Rows], key: str = "customer_id") -> Rows:
    """One row per key of any table, with the columns of all; missing where a table lacks the key.

    The tables have one row per key, and no column besides the key in common.
    """
    if len(tables) == 1:
        return tables[0]
    if is_distributed(tables[0]):
        return _joined_on_spark([table.to_native() for table in tables], key)
    local = cast("Sequence[nw.DataFrame[Any]]", tables)
    ids = nw.concat([table.select(key) for table in local]).unique()
    return reduce(lambda left, right: left.join(right, on=key, how="left"), local, ids)


def _joined_on_spark(tables: Sequence[Any], key: str) -> Rows:
    """Rows below each other, then one per key: tables that have all rows of a key in one partition move nothing.

    Joins would sort each table by itself and hold all of them in memory at once.
    """
    functions = functions_of(tables[0])
    below = reduce(lambda above, table: above.unionByName(table, allowMissingColumns=True), tables)
    names = [name for name in below.columns if name != key]
    # Each value stands in one row; the largest of it and nulls is the value.
    return cast("Rows", nw.from_native(below.groupBy(key).agg(*(functions.max(n).alias(n) for n in names))))


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


def split_pattern(rows: Rows, separator: str) -> str:
    """The separator as the engine wants it to split text: Spark takes it for a regular expression."""
    return re.escape(separator) if is_distributed(rows) else separator


def unicode_pattern(rows: Rows, pattern: str) -> str:
    """The regular expression, whose classes and cases are those of Unicode; in Java they are of ASCII unless told."""
    return f"(?U){pattern}" if is_distributed(rows) else pattern


def sorted_by(rows: Rows, column: str = "customer_id") -> Rows:
    """The rows in the order of a column; rows on Spark have no order."""
    return rows if is_distributed(rows) else rows.sort(column)


def renamed(rows: Rows, names: Mapping[str, str]) -> Rows:
    """The rows with other names of their columns, which may hold dots and quotes."""
    if not is_distributed(rows):
        return rows.rename(dict(names))
    native = rows.to_native()
    return cast("Rows", nw.from_native(native.toDF(*(names.get(name, name) for name in native.columns))))
