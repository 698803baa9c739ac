"""Two snapshots in Spark compared there: one grouping by customer, of which only the counts of flows are collected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import MONEY_LIMIT, MONEY_UNIT, collect, is_spark_frame, open_table
from custseg.errors import DataError
from custseg.feature_table import DistributedFeatures, features_in_spark
from custseg.texts import listed
from custseg.tracking._assignments import Assignments, check_repeated
from custseg.tracking._assignments_in_spark import (
    both_on_spark,
    number_column,
    read_assignments_in_spark,
    with_ids_of_kind,
)
from custseg.tracking.movement._compared import CALLER, ComparedSnapshots, checked_moments

_REVENUE = "revenue"
_KEYS = ("before", "after")


@dataclass(frozen=True, eq=False)
class MovementInSpark:
    """The customers of two snapshots in Spark, and what was counted of them.

    Attributes
    ----------
    customers : narwhals LazyFrame on Spark
        `customer_id`, `before` and `after` (keys of segments), and `units`, the revenue, if there are values.
    flows : narwhals DataFrame
        `before`, `after`, `customers` and, if there are values, `units`.
    without_value : int
        Customers without a value.
    """

    customers: nw.LazyFrame[Any]
    flows: nw.DataFrame[Any]
    without_value: int


def refuse_in_spark(*, min_stay: int, earlier: Sequence[object], with_models: bool) -> None:
    """Raise for what needs each customer's path or a rebuilt past, which is not compared in Spark."""
    refused = [
        *(["min_stay="] if min_stay > 1 else []),
        *(["earlier="] if earlier else []),
        *(["models and logs"] if with_models else []),
    ]
    if refused:
        raise DataError(
            f"{CALLER}: {listed(refused)} cannot be given with assignments in Spark, where the two snapshots alone are "
            "compared. Leave them out, or give the tables of a part of the customers as local tables (.toArrow())."
        )


def snapshots_in_spark(
    before: object, after: object, *, since: object, as_of: object, column: str | None
) -> ComparedSnapshots:
    """The snapshots of two tables in Spark; nothing but the names of segments is collected."""
    both_on_spark((before, after), _KEYS, CALLER)
    numbers = () if column is None else (column,)
    first, last = checked_moments(since, as_of)
    former = read_assignments_in_spark(before, CALLER, "before", numbers=numbers)
    later = read_assignments_in_spark(after, CALLER, "after", numbers=numbers)
    return ComparedSnapshots(later, former, as_of=last, since=first)


def moved_in_spark(
    snapshots: ComparedSnapshots, values: object, column: str | None, *, min_confidence: float
) -> MovementInSpark:
    """The customers of either snapshot, by one grouping of the rows of both, and the counts of the flows."""
    has_values = values is not None
    tables = [
        _rows_of(snapshots, assignments, name, column=column)
        for name, assignments in zip(_KEYS[::-1], (snapshots.after, snapshots.before), strict=True)
    ]
    _check_types(tables)
    if has_values and column is None:
        tables.append(_values(values, tables[0]))
    below = nw.concat(tables, how="diagonal")
    present = [name for name in below.collect_schema().names() if name != "customer_id"]
    counted = [*_KEYS, *(["given"] if "given" in present else [])]
    grouped = below.group_by("customer_id").agg(
        # Each value is in one row; the largest of it and of missing ones is the value.
        *(nw.col(name).max() for name in present),
        *(nw.col(name).count().alias(f"n_{name}") for name in counted),
    )
    grouped = grouped.filter((nw.col("n_before") > 0) | (nw.col("n_after") > 0))
    grouped = grouped.with_columns(_settled_after(present, min_confidence).alias("after"))
    if has_values:
        value = nw.col("given") if column is None else _latest_value()
        grouped = grouped.with_columns(value.alias("value"))
        # Values that cannot be added are an error below; until then they must not overflow.
        scaled = nw.col("value").fill_null(0.0) * MONEY_UNIT
        units = nw.when(scaled.abs() < MONEY_LIMIT).then(scaled.round(0)).otherwise(0.0).cast(nw.Int64)
        grouped = grouped.with_columns(units.alias("units"))
    flows = _flows(grouped, has_values=has_values)
    columns = ["customer_id", *_KEYS, *(["units"] if has_values else [])]
    selected = ["customers", *(["units"] if has_values else [])]
    without = int(flows.get_column("without_value").sum()) if has_values else 0
    return MovementInSpark(grouped.select(columns), flows.select(*_KEYS, *selected), without)


def _rows_of(
    snapshots: ComparedSnapshots, assignments: Assignments, name: str, *, column: str | None
) -> nw.LazyFrame[Any]:
    """Ids and keys of one snapshot, with its confidence and its value."""
    rows: Any = snapshots.with_keys(assignments)
    columns = [nw.col("customer_id"), nw.col("key").alias(name)]
    if "confidence" in rows.collect_schema():
        columns.append(nw.col("confidence").alias(f"confidence_{name}"))
    if column is not None:
        columns.append(nw.col(number_column(0)).alias(f"value_{name}"))
    selected: nw.LazyFrame[Any] = rows.select(columns)
    return selected


def _check_types(tables: Sequence[nw.LazyFrame[Any]]) -> None:
    """Raise if the ids of one snapshot are text and those of the other are numbers."""
    types = [table.collect_schema()["customer_id"] for table in tables]
    if len(set(types)) > 1:
        raise DataError(
            f"{CALLER}: the customer ids must be of one type, but they are {listed(dict.fromkeys(map(str, types)))}. "
            "Convert the column."
        )


def _values(values: object, like: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """`customer_id` and the `given` value of each customer."""
    if not isinstance(values, DistributedFeatures) and not is_spark_frame(values):
        raise DataError(
            f"{CALLER}: values are not on Spark, as the assignments are. Bring them there with "
            "spark.createDataFrame(table.to_arrow()) or spark.read, or give the name of a column of both assignments."
        )
    table = features_in_spark(values, None, CALLER)
    numeric = table.numeric_names()
    if _REVENUE not in numeric and len(numeric) != 1:
        raise DataError(
            f"{CALLER}: values must have a column 'revenue', or a single column of numbers beside the ids; "
            f"its columns of numbers are {listed(numeric)}. Keep the one that is meant."
        )
    dialect = open_table(table.native, CALLER, on_spark=True).dialect
    number = dialect.number(_REVENUE if _REVENUE in numeric else numeric[0])
    rows = dialect.select({"customer_id": dialect.identity("customer_id"), "given": number})
    kind = like.collect_schema()["customer_id"]
    checked: nw.LazyFrame[Any] = with_ids_of_kind(rows, kind, CALLER, argument="values", joined_to="the assignments")
    return checked


def _settled_after(present: Sequence[str], min_confidence: float) -> nw.Expr:
    """The key after; that of before, where a customer has one and the confidence of the change is too low."""
    after, before = nw.col("after"), nw.col("before")
    if min_confidence <= 0 or "confidence_after" not in present:
        return after
    is_uncertain = (nw.col("confidence_after") < min_confidence) & ~after.is_null() & ~before.is_null()
    return nw.when(is_uncertain).then(before).otherwise(after)


def _latest_value() -> nw.Expr:
    """The value of the later snapshot; of the earlier one for customers that are gone."""
    return nw.when(nw.col("n_after") > 0).then(nw.col("value_after")).otherwise(nw.col("value_before"))


def _flows(grouped: nw.LazyFrame[Any], *, has_values: bool) -> nw.DataFrame[Any]:
    """The customers and sums by both keys; raises for repeated ids and for values that cannot be added."""
    repeats = {name: nw.col(f"n_{name}") for name in _KEYS}
    if "n_given" in grouped.collect_schema():
        repeats["given"] = nw.col("n_given")
    columns = [(count - 1).alias(f"repeats_{name}") for name, count in repeats.items()]
    if has_values:
        value = nw.col("value").fill_null(0.0)
        columns += [value.abs().alias("size"), nw.when(nw.col("value").is_null()).then(1).alias("without_value")]
        columns.append(nw.col("units"))
    marked = grouped.select(*_KEYS, *columns)
    positive = [nw.when(nw.col(f"repeats_{name}") > 0).then(nw.col(f"repeats_{name}")) for name in repeats]
    marked = marked.with_columns(
        column.alias(f"repeats_{name}") for name, column in zip(repeats, positive, strict=True)
    )
    sums = [nw.len().alias("customers"), *(nw.col(f"repeats_{name}").sum() for name in repeats)]
    if has_values:
        sums += [nw.col("size").sum(), nw.col("without_value").count(), nw.col("units").sum()]
    flows = collect(marked.group_by(*_KEYS).agg(*sums))
    for name in ("after", "before"):
        check_repeated(int(flows.get_column(f"repeats_{name}").sum() or 0), CALLER, name)
    if "given" in repeats:
        check_repeated(int(flows.get_column("repeats_given").sum() or 0), CALLER, "values")
    if has_values:
        total = float(flows.get_column("size").sum())
        if not total < float("inf"):
            raise DataError(f"{CALLER}: values must be finite numbers. Leave infinite values empty.")
        if total * MONEY_UNIT >= MONEY_LIMIT:
            raise DataError(f"{CALLER}: the sum of values is too large. Give them in a larger unit, such as thousands.")
    return flows
