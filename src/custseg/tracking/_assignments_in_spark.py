"""Reads a table of assignments in Spark: its rows stay there, and only grouped counts are collected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Returner, SparkLike, check_usable, collect, is_spark_frame
from custseg.errors import DataError
from custseg.tracking._assignments import (
    Assignments,
    check_one_name,
    check_present_ids,
    check_present_names,
    check_rows,
    wanted_columns,
)

_MOST_GROUPS = 10_000
"""More pairs of a segment and a name than any model has."""


def read_assignments_in_spark(table: Any, caller: str, argument: str, *, numbers: Sequence[str] = ()) -> Assignments:
    """The table of assignments, whose `local` rows are a LazyFrame on Spark; one pass counts what is wrong with it.

    Repeated ids are not looked for: who groups or sorts the rows by their ids sees them there.

    Parameters
    ----------
    table : pyspark DataFrame
        One row per customer.
    caller, argument : str
        The function that the user called, and its argument, for the errors.
    numbers : sequence of str
        Numeric columns beside those of assignments.

    Raises
    ------
    DataError
        If a column is missing or of the wrong type, the table has no rows, or a row lacks an id or a name.
    """
    check_usable(table, caller)
    wanted = wanted_columns(list(table.columns), numbers, caller, argument=argument)
    rows: nw.LazyFrame[Any] = nw.from_native(table).select(*wanted)
    _check_types(rows, numbers, caller, argument=argument)
    rows = rows.with_columns(*(_canonical(rows, name) for name in wanted))
    names, unclustered = _checked_names(rows, numbers, caller, argument=argument)
    return Assignments(rows, names, unclustered, Returner(SparkLike(table), "customer_id"))


def both_on_spark(tables: Sequence[object], arguments: Sequence[str], caller: str) -> bool:
    """Whether the tables are on Spark; DataError where some are and others are not."""
    on_spark = [is_spark_frame(table) for table in tables]
    if any(on_spark) and not all(on_spark):
        local = [name for name, is_there in zip(arguments, on_spark, strict=True) if not is_there]
        raise DataError(
            f"{caller}: {' and '.join(local)} {'is' if len(local) == 1 else 'are'} not on Spark, and other tables are. "
            "Bring all to Spark, as with spark.read.parquet(...) or spark.createDataFrame(table.to_arrow())."
        )
    return all(on_spark)


def _check_types(rows: nw.LazyFrame[Any], numbers: Sequence[str], caller: str, *, argument: str) -> None:
    """Raise unless the columns have the types of assignments; all wrong ones in one message."""
    schema = rows.collect_schema()
    rules = {
        "customer_id": (
            "whole numbers or text",
            schema["customer_id"].is_integer() or schema["customer_id"] == nw.String,
        ),
        "segment": ("whole numbers", schema["segment"].is_integer()),
        "name": ("text", schema["name"] == nw.String),
    }
    for name in ("confidence", *numbers):
        if name in schema:
            rules[name] = ("numbers", schema[name].is_numeric())
    if "second_segment" in schema:
        rules["second_segment"] = ("whole numbers", schema["second_segment"].is_integer())
    if "is_outlier" in schema:
        rules["is_outlier"] = ("true and false", schema["is_outlier"] == nw.Boolean)
    wrong = [
        f"{name!r} must hold {rule}, got {schema[name]}" for name, (rule, is_right) in rules.items() if not is_right
    ]
    if wrong:
        raise DataError(f"{caller}: columns of {argument}: {'; '.join(wrong)}. Cast them in Spark first.")


def _canonical(rows: nw.LazyFrame[Any], name: str) -> nw.Expr:
    """The column in the type that assignments have; NaN is missing."""
    kind, value = rows.collect_schema()[name], nw.col(name)
    if name in ("segment", "second_segment") or (name == "customer_id" and kind != nw.String):
        return value.cast(nw.Int64)
    if kind.is_numeric():
        number = value.cast(nw.Float64)
        return nw.when(~number.is_nan()).then(number).alias(name)
    return value


def _checked_names(
    rows: nw.LazyFrame[Any], numbers: Sequence[str], caller: str, *, argument: str
) -> tuple[dict[int, str], tuple[str, ...]]:
    """The name of each segment, and the names of those in none, from counts by segment and name."""
    faults = {"no_id": nw.col("customer_id").is_null()}
    schema = rows.collect_schema()
    if "confidence" in schema:
        faults["odd"] = (nw.col("confidence") < 0) | (nw.col("confidence") > 1)
    for number, name in enumerate(numbers):
        faults[f"infinite{number}"] = ~nw.col(name).is_finite()
    marked = rows.select("segment", "name", *(nw.when(mark).then(1).alias(fault) for fault, mark in faults.items()))
    grouped = marked.group_by("segment", "name").agg(
        nw.len().alias("customers"), *(nw.col(fault).count() for fault in faults)
    )
    counts = collect(grouped.head(_MOST_GROUPS + 1))
    check_rows(len(counts), caller, argument)
    if len(counts) > _MOST_GROUPS:
        raise DataError(
            f"{caller}: {argument} has more than {_MOST_GROUPS:,} pairs of segment and name, which no model gives. "
            "Is 'name' the name of the segment?"
        )
    _raise_on_faults(
        {fault: int(counts.get_column(fault).sum()) for fault in faults}, numbers, caller, argument=argument
    )
    by_segment: dict[int, set[str]] = {}
    unclustered = set()
    for segment, name, customers in counts.select("segment", "name", "customers").iter_rows():
        check_present_names(int(customers) if name is None else 0, caller, argument)
        if segment is None:
            unclustered.add(name)
        else:
            by_segment.setdefault(int(segment), set()).add(name)
    if min(by_segment, default=0) < 0:
        raise DataError(f"{caller}: column 'segment' of {argument} has negative numbers. Segments count from 0.")
    check_one_name(sorted(segment for segment, names in by_segment.items() if len(names) > 1), caller, argument)
    return {segment: min(by_segment[segment]) for segment in sorted(by_segment)}, tuple(sorted(unclustered))


def _raise_on_faults(counts: dict[str, int], numbers: Sequence[str], caller: str, *, argument: str) -> None:
    check_present_ids(counts["no_id"], caller, argument)
    if counts.get("odd"):
        raise DataError(f"{caller}: column 'confidence' of {argument} must hold numbers from 0 to 1.")
    for number, name in enumerate(numbers):
        if counts[f"infinite{number}"]:
            raise DataError(
                f"{caller}: column {name!r} of {argument} must hold finite numbers. Leave infinite values empty."
            )
