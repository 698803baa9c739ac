"""Whether customers in Spark may be contacted, as columns that stay there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect, counts_of_marks, is_spark_frame, open_table
from custseg.errors import DataError
from custseg.feature_table import DistributedFeatures, features_in_spark
from custseg.texts import listed
from custseg.tracking import check_repeated, with_ids_of_kind

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


def states_in_spark(
    features: object, contactable: str, cap: int | None, *, ids_like: Any, caller: str
) -> nw.LazyFrame[Any]:
    """`customer_id`, `contactable`, the reasons that there are columns for, and `send_cap`, of features in Spark.

    Ids are brought to the type `ids_like`. Three passes count what is wrong: ids that are missing, values that are
    neither yes nor no, and repeated ids, which would repeat customers.
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
    dialect = open_table(table.native, caller, on_spark=True).dialect
    sources = {"contactable": contactable, **{name: name for name in REASONS if name in table.names}}
    # By their own names, for those of the table may hold dots and quotes.
    values = {name: dialect.plain(source) for name, source in sources.items()}
    values |= {"sends": dialect.number(SENDS)} if cap is not None else {}
    rows: nw.LazyFrame[Any] = dialect.select({"customer_id": dialect.identity("customer_id"), **values})
    rows = with_ids_of_kind(rows, ids_like, caller, argument="features", joined_to="the comparison")
    _check_flags(rows, sources, caller)
    _check_distinct_ids(rows, caller)
    states = [nw.col("customer_id"), *(_flag(rows, name).alias(name) for name in sources)]
    if cap is not None:
        states.append((nw.col("sends") >= cap).alias("send_cap"))
    return rows.select(states)


def _flag(rows: nw.LazyFrame[Any], name: str) -> nw.Expr:
    """A column of yes and no."""
    kind, value = rows.collect_schema()[name], nw.col(name)
    if kind == nw.Boolean or kind == nw.Unknown:
        return value.cast(nw.Boolean)
    return nw.when((value == 1) | (value == 0)).then(value == 1)


def _check_flags(rows: nw.LazyFrame[Any], sources: Mapping[str, str], caller: str) -> None:
    schema = rows.collect_schema()
    numbers = [name for name in sources if schema[name].is_numeric()]
    # A column without any value (NULL) has no type.
    others = [name for name in sources if name not in numbers and schema[name] not in (nw.Boolean, nw.Unknown)]
    counts = counts_of_marks(rows, {name: (nw.col(name) != 0) & (nw.col(name) != 1) for name in numbers})
    wrong = [source for name, source in sources.items() if name in others or counts.get(name)]
    if wrong:
        raise DataError(
            f"{caller}: columns of features must hold true and false, or 1 and 0: {listed(wrong)} "
            f"{'does' if len(wrong) == 1 else 'do'} not. Write what they hold as one of these in Spark."
        )


def _check_distinct_ids(rows: nw.LazyFrame[Any], caller: str) -> None:
    rows_of_each = rows.group_by("customer_id").agg(nw.len().alias("rows"))
    repeats = rows_of_each.select((nw.col("rows") - 1).alias("repeats"))
    check_repeated(int(collect(repeats.select(nw.col("repeats").sum())).item() or 0), caller, "features")
