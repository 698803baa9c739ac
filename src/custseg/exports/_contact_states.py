"""Whether customers in Spark may be contacted, as columns that stay there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect, counts_of_marks, is_spark_frame
from custseg.errors import DataError
from custseg.feature_table import DistributedFeatures, features_in_spark
from custseg.texts import listed
from custseg.tracking import check_repeated

REASONS = ("unsubscribed", "complained", "bounced")
SENDS = "send_pressure_7d"


def check_contact_columns(names: Sequence[str], contactable: str, cap: int | None, *, caller: str) -> None:
    """Raise unless the features have the columns that are asked for."""
    needed = [contactable, *([SENDS] if cap is not None else [])]
    if lacking := [name for name in needed if name not in names]:
        raise DataError(
            f"{caller}: features lack {'columns' if len(lacking) > 1 else 'column'} {listed(lacking)}; "
            f"their columns are {listed(names)}. Build the family 'email', or give contactable='...'."
        )


def states_in_spark(features: object, contactable: str, cap: int | None, *, caller: str) -> nw.LazyFrame[Any]:
    """`customer_id`, `contactable`, the reasons that there are columns for, and `send_cap`, of features in Spark.

    One pass counts values that are neither yes nor no, and another repeated ids, which would repeat customers.
    """
    if not isinstance(features, DistributedFeatures) and not is_spark_frame(features):
        raise DataError(
            f"{caller}: features are not on Spark, as the comparison is. Bring them there with "
            "spark.createDataFrame(table.to_arrow()) or spark.read."
        )
    table = features_in_spark(features, None, caller)
    check_contact_columns(table.names, contactable, cap, caller=caller)
    if cap is not None and SENDS not in table.numeric_names():
        raise DataError(f"{caller}: column {SENDS!r} of features must be numeric. Cast it in Spark first.")
    rows: nw.LazyFrame[Any] = nw.from_native(table.native)
    rows = rows.filter(~nw.col("customer_id").is_null())
    columns = {"contactable": contactable, **{name: name for name in REASONS if name in table.names}}
    _check_flags(rows, list(columns.values()), caller)
    _check_distinct_ids(rows, caller)
    states = [nw.col("customer_id"), *(_flag(rows, name).alias(new) for new, name in columns.items())]
    if cap is not None:
        states.append((nw.col(SENDS) >= cap).alias("send_cap"))
    return rows.select(states)


def _flag(rows: nw.LazyFrame[Any], name: str) -> nw.Expr:
    """A column of yes and no; NaN is missing."""
    if rows.collect_schema()[name] == nw.Boolean:
        return nw.col(name)
    value = nw.col(name)
    return nw.when((value == 1) | (value == 0)).then(value == 1)


def _check_flags(rows: nw.LazyFrame[Any], names: Sequence[str], caller: str) -> None:
    schema = rows.collect_schema()
    numbers = [name for name in names if schema[name].is_numeric()]
    wrong = [name for name in names if schema[name] != nw.Boolean and name not in numbers]
    marks = {}
    for position, name in enumerate(numbers):
        value = nw.col(name).cast(nw.Float64)
        marks[str(position)] = ~value.is_nan() & (value != 0) & (value != 1)
    counts = counts_of_marks(rows, marks)
    wrong += [name for position, name in enumerate(numbers) if counts[str(position)]]
    if wrong:
        raise DataError(
            f"{caller}: columns of features must hold true and false, or 1 and 0: {listed(wrong)} "
            f"{'does' if len(wrong) == 1 else 'do'} not. Write what they hold as one of these in Spark."
        )


def _check_distinct_ids(rows: nw.LazyFrame[Any], caller: str) -> None:
    rows_of_each = rows.group_by("customer_id").agg(nw.len().alias("rows"))
    repeats = rows_of_each.select((nw.col("rows") - 1).alias("repeats"))
    check_repeated(int(collect(repeats.select(nw.col("repeats").sum())).item() or 0), caller, "features")
