"""`features_in_spark`: a ready table in Spark, with one row per customer, as distributed features."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from custseg._checks import check_columns, check_distinct, check_named, check_no_nul
from custseg._frames import check_differing, check_usable, id_facts, renamed_id, types_of
from custseg._privacy import few
from custseg.errors import DataError
from custseg.feature_table._distributed import DistributedFeatures
from custseg.feature_table._feature import Feature
from custseg.feature_table._table import ID, Reading
from custseg.texts import listed

_IDS = ("string", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal")


def features_in_spark(table: Any, id_column: str | None, caller: str) -> DistributedFeatures:
    """The table as distributed features; the ids are in `id_column`, else in `customer_id`, else in the first column.

    Only names and types are checked: nothing is computed. Columns are described as they are by their names alone.
    """
    if isinstance(table, DistributedFeatures):
        check_usable(table.native, caller)
        return table
    check_usable(table, caller)
    types = types_of(table)
    columns = [name for name, _ in types]
    if not columns:
        raise DataError(f"{caller}: the feature table has no columns.")
    check_no_nul(caller, columns)
    source = id_column if id_column is not None else ID if ID in columns else columns[0]
    check_columns(caller, {"customer_column": source}, columns)
    check_distinct(caller, columns)
    check_differing(table, caller)
    check_named(caller, columns, ids=source)
    names = [name for name in columns if name != source]
    kind = dict(types)[source]
    if kind.partition("(")[0].partition(" ")[0] not in _IDS:
        raise DataError(
            f"{caller}: column {source!r} must hold ids (numbers or text), got {kind}. "
            "Give the column of ids as customer_column='...'."
        )
    if ID in names:
        raise DataError(f"{caller}: the feature table has a column 'customer_id' beside customer_column={source!r}.")
    reading = Reading(source, is_guessed=id_column is None and source != ID)
    return DistributedFeatures(renamed_id(table, source), tuple(map(Feature, names)), reading=reading)


def check_base_in_spark(table: DistributedFeatures, caller: str) -> int:
    """The number of customers; raises DataError, after one pass, for missing or repeated ids and infinite values."""
    numeric = table.numeric_names()
    facts = id_facts(table.native, ID, numeric)
    source = table.reading.id_column if table.reading else ID
    if not facts.n_rows:
        raise DataError(f"{caller}: the feature table has no rows.")
    faults = []
    if facts.missing:
        faults.append(f"{few(facts.missing, 'row has', 'rows have')} no id in column {source!r}")
    if repeated := facts.n_rows - facts.missing - facts.distinct:
        times = few(repeated, "row repeats", "rows repeat")
        faults.append(f"the ids in column {source!r} must differ, but {times} an earlier one")
    if infinite := [name for name, count in facts.infinite.items() if count]:
        faults.append(f"the columns {listed(infinite)} must be finite or missing, and hold infinite values")
    if faults:
        raise DataError(
            f"{caller}: {'; '.join(faults)}. A table of features has one row per customer: leave such rows out, or "
            "give another column of ids as customer_column='...'."
        )
    return facts.n_rows


def check_numbers_in_spark(table: DistributedFeatures, names: Collection[str], caller: str) -> None:
    """Raise unless all of the columns exist and hold numbers."""
    table.check_present(names, caller)
    numeric, types = table.numeric_names(), dict(types_of(table.native))
    if texts := [name for name in names if name not in numeric]:
        casts = ", ".join(f"{name!r} ({types[name]})" for name in texts)
        raise DataError(
            f"{caller}: columns must be numeric, and in Spark some are not: {casts}. Cast them first, as in "
            f"df.withColumn({texts[0]!r}, df[{texts[0]!r}].try_cast('double')), and count what becomes null."
        )
