"""Reads a table of assignments in Spark: its rows stay there, and only grouped counts are collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect, counts_of_marks, is_spark_frame, open_table
from custseg.errors import DataError
from custseg.tracking._assignments import (
    EXACT_IN_FLOAT,
    OPTIONAL,
    REQUIRED,
    Assignments,
    SizesOfGroups,
    check_one_name,
    check_present_ids,
    check_present_names,
    check_rows,
    wanted_columns,
)

_NO_ID = "is_no_id"
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
        Numeric columns beside those of assignments, which are called as `number_column` says.

    Raises
    ------
    DataError
        If a column is missing or of the wrong type, the table has no rows, or a row lacks an id or a name.
    """
    opened = open_table(table, caller, on_spark=True)
    dialect = opened.dialect
    columns = wanted_columns(dialect.columns, numbers, caller, argument=argument)
    opened.check_columns(caller, {name: name for name in columns})
    sources = {name: name for name in (*REQUIRED, *OPTIONAL) if name in columns}
    sources |= {number_column(position): name for position, name in enumerate(numbers)}
    rows = dialect.select({name: dialect.plain(source) for name, source in sources.items()})
    _check_types(rows, sources, caller, argument=argument)
    canonical = {name: _canonical(rows, name) for name in sources}
    checked = rows.select(*canonical.values(), is_no_id(rows).alias(_NO_ID))
    counts = _checked_counts(checked, numbers, caller, argument=argument)
    names, unclustered = _names_of(counts, caller, argument=argument)
    local = checked.select(*canonical)
    return Assignments(local, names, unclustered, opened.returner("customer_id"), sizes=sizes_of_groups(counts))


def number_column(position: int) -> str:
    """What the further numeric column at this position is called in the rows: its own name may hold dots and quotes."""
    return f"number_{position}"


def whole_id(rows: nw.LazyFrame[Any]) -> nw.Expr:
    """The ids as text or whole numbers of 64 bits, called `customer_id`; decimals and floats that are none are null."""
    kind, ids = rows.collect_schema()["customer_id"], nw.col("customer_id")
    if kind == nw.String:
        return ids
    if not kind.is_integer():
        number = ids.cast(nw.Float64)
        ids = nw.when((number.abs() <= EXACT_IN_FLOAT) & (number == number.round(0))).then(number)
    return ids.cast(nw.Int64).alias("customer_id")


def is_no_id(rows: nw.LazyFrame[Any]) -> nw.Expr:
    """Whether there is an id that is a number, and no whole one of 64 bits."""
    return ~nw.col("customer_id").is_null() & whole_id(rows).is_null()


def with_ids_of_kind(rows: nw.LazyFrame[Any], kind: Any, caller: str, *, argument: str, joined_to: str) -> Any:
    """The rows with their ids in the type of those of `joined_to`; one pass counts what is wrong with them.

    Raises
    ------
    DataError
        If the one are text and the other numbers, or an id is missing or no whole number.
    """
    ids = rows.collect_schema()["customer_id"]
    if (ids == nw.String) != (kind == nw.String):
        raise DataError(
            f"{caller}: the customer ids of {argument} are {ids}, those of {joined_to} {kind}. Convert the column."
        )
    counts = counts_of_marks(rows, {"missing": nw.col("customer_id").is_null(), "odd": is_no_id(rows)})
    check_present_ids(counts["missing"], caller, argument)
    _check_whole_ids(counts["odd"], caller, argument)
    return rows.with_columns(whole_id(rows))


def sizes_of_groups(counts: nw.DataFrame[Any]) -> SizesOfGroups:
    """How many `customers` each pair of a `segment` and a `name` has."""
    rows = counts.select("segment", "name", "customers").iter_rows()
    sizes: dict[tuple[int | None, str], int] = {}
    for segment, name, customers in rows:
        sizes[segment, name] = sizes.get((segment, name), 0) + int(customers)
    return sizes


def check_unchanged(is_same: bool, caller: str, argument: str) -> None:
    """Raise unless a table in Spark was the same in all passes over it."""
    if not is_same:
        raise DataError(
            f"{caller}: {argument} changed between two passes: there were other customers in its segments. "
            "Give a table that does not change: write it, or persist it."
        )


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


def _check_types(rows: nw.LazyFrame[Any], sources: Mapping[str, str], caller: str, *, argument: str) -> None:
    """Raise unless the columns have the types of assignments; all wrong ones in one message."""
    schema = rows.collect_schema()
    wrong = []
    for name, source in sources.items():
        kind = schema[name]
        if name == "customer_id":
            rule, is_right = "whole numbers or text", kind.is_numeric() or kind == nw.String
        elif name in ("segment", "second_segment"):
            rule, is_right = "whole numbers", kind.is_integer()
        elif name == "name":
            rule, is_right = "text", kind == nw.String
        elif name == "is_outlier":
            rule, is_right = "true and false", kind == nw.Boolean
        else:
            rule, is_right = "numbers", kind.is_numeric()
        # A column without any value (NULL) has no type.
        if not is_right and not (kind == nw.Unknown and name not in ("customer_id", "name")):
            wrong.append(f"{source!r} must hold {rule}, got {kind}")
    if wrong:
        raise DataError(f"{caller}: columns of {argument}: {'; '.join(wrong)}. Cast them in Spark first.")


def _canonical(rows: nw.LazyFrame[Any], name: str) -> nw.Expr:
    """The column in the type that assignments have; NaN is missing."""
    if name == "customer_id":
        return whole_id(rows)
    value = nw.col(name)
    if name in ("segment", "second_segment"):
        return value.cast(nw.Int64)
    if name == "is_outlier":
        return value.cast(nw.Boolean)
    return value if name == "name" else value.cast(nw.Float64)


def _checked_counts(
    rows: nw.LazyFrame[Any], numbers: Sequence[str], caller: str, *, argument: str
) -> nw.DataFrame[Any]:
    """The `customers` by `segment` and `name`; raises for missing ids and for numbers that none can be."""
    faults = {"no_id": nw.col("customer_id").is_null() & ~nw.col(_NO_ID), "odd_id": nw.col(_NO_ID)}
    if "confidence" in rows.collect_schema():
        faults["odd"] = (nw.col("confidence") < 0) | (nw.col("confidence") > 1)
    for position, _ in enumerate(numbers):
        faults[f"infinite{position}"] = ~nw.col(number_column(position)).is_finite()
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
    return counts


def _names_of(counts: nw.DataFrame[Any], caller: str, *, argument: str) -> tuple[dict[int, str], tuple[str, ...]]:
    """The name of each segment, and the names of those in none, from counts by segment and name."""
    by_segment: dict[int, set[str]] = {}
    unclustered = set()
    has_no_name = counts.get_column("name").is_null()
    check_present_names(int(counts.get_column("customers").filter(has_no_name).sum()), caller, argument)
    for segment, name in counts.select("segment", "name").iter_rows():
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
    _check_whole_ids(counts["odd_id"], caller, argument)
    if counts.get("odd"):
        raise DataError(f"{caller}: column 'confidence' of {argument} must hold numbers from 0 to 1.")
    for number, name in enumerate(numbers):
        if counts[f"infinite{number}"]:
            raise DataError(
                f"{caller}: column {name!r} of {argument} must hold finite numbers. Leave infinite values empty."
            )


def _check_whole_ids(odd: int, caller: str, argument: str) -> None:
    if odd:
        raise DataError(
            f"{caller}: column 'customer_id' of {argument} must hold whole numbers or text, and has other numbers. "
            "Cast it to STRING in Spark first."
        )
