"""`given_features`: a ready table with one row per customer, read and checked; and which of its columns say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_distinct, check_named
from custseg._column_kinds import TextNumbers, is_id_name, is_outcome_name, is_sensitive_name, numbers_in_text
from custseg._frames import (
    USUAL_FORM,
    CSVFormat,
    collect,
    column_of,
    columns_of,
    frame_from_columns,
    open_table,
)
from custseg._numerics import Floats
from custseg.errors import DataError
from custseg.feature_table._categories import as_text
from custseg.feature_table._feature import CODE
from custseg.feature_table._table import ID, FeatureTable, Reading, given_features_of
from custseg.texts import plural

UnclusteredReason = Literal["no value", "constant", "id", "code", "sensitive", "outcome", "duplicate"]
# Columns whose values have the same order in so many rows are compared in all rows.
_FIRST_ROWS = 1_000
_CATEGORICAL = ("categorical", "category", "enum", "dictionary")
"""Beginnings of the names that engines give to types of categories."""


def given_features(
    table: object,
    id_column: str | None,
    caller: str,
    *,
    form: CSVFormat = USUAL_FORM,
    numbers: Sequence[str] = (),
) -> FeatureTable:
    """A ready customer table; the ids are in `id_column`, else in `customer_id`, else in the first column.

    Text columns are read as numbers where all but a few values are numbers; those in `numbers` also if they have no
    value at all, as may be the case with a few new customers.
    """
    if isinstance(table, FeatureTable):
        return table
    opened = open_table(table, caller, form=form, in_memory=True)
    opened.check_types(caller)
    dialect = opened.dialect
    if not dialect.columns:
        raise DataError(f"{caller}: the feature table has no columns.")
    source = id_column
    if source is None:
        source = ID if ID in dialect.columns else dialect.columns[0]
    opened.check_columns(caller, {"customer_column": source})
    check_distinct(caller, dialect.columns)
    if dialect.kind(source) in ("boolean", "other"):
        raise DataError(
            f"{caller}: column {source!r} must hold ids (numbers or text), got {dialect.type_name(source)}. "
            "Give the column of ids as customer_column='...'."
        )
    names = [name for name in dialect.columns if name != source]
    check_named(caller, dialect.columns, ids=source)
    if ID in names:
        raise DataError(f"{caller}: the feature table has a column 'customer_id' beside customer_column={source!r}.")
    plain = dict(dialect.plain_columns(dialect.columns))
    local = collect(dialect.select(plain | {ID: dialect.identity(source)}))
    if id_column is None and source != ID:
        _refuse_fractions(column_of(local, source), source, caller)
    local = columns_of(local, [ID, *names])
    is_guessed = id_column is None and source != ID
    _check_ids(local, source, is_guessed=is_guessed, caller=caller)
    uncategorized = [name for name in names if not dialect.type_name(name).lower().startswith(_CATEGORICAL)]
    texts = {
        name: numbers_in_text(column_of(local, name).to_list(), decimal=form.decimal)
        for name in uncategorized
        if local.schema[name] == nw.String
    }
    converted = {
        name: text
        for name, text in texts.items()
        if text.is_numeric or (text.is_empty and (text.blanks or name in numbers))
    }
    partly_numeric = {name: text for name, text in texts.items() if text.is_partly_numeric}
    reading = Reading(source, is_guessed, converted, partly_numeric)
    local = _with_numbers(local, converted)
    # What a table declares as categories is no quantity, whatever the categories are called.
    declared = _declared_categories(table)
    codes = [name for name in names if name in declared and local.schema[name].is_numeric()]
    local = _with_texts(local, codes)
    return FeatureTable(local, given_features_of(local, names), opened.returner(source), reading=reading)


def _with_numbers(local: nw.DataFrame[Any], converted: dict[str, TextNumbers]) -> nw.DataFrame[Any]:
    """The table with the numbers in place of the texts."""
    if not converted:
        return local
    columns = {f"number {index}": text.values for index, text in enumerate(converted.values())}
    frame = nw.from_native(frame_from_columns(columns), eager_only=True)
    return local.with_columns(
        frame.get_column(f"number {index}").cast(nw.Float64).alias(name) for index, name in enumerate(converted)
    )


def _declared_categories(table: object) -> set[str]:
    """The columns that a table in memory declares as categories, which may be numbers in pandas and pyarrow."""
    native = nw.from_native(table, eager_only=True, pass_through=True)
    if not isinstance(native, nw.DataFrame):
        return set()
    return {str(name) for name, dtype in native.schema.items() if dtype == nw.Categorical}


def _with_texts(local: nw.DataFrame[Any], names: Sequence[str]) -> nw.DataFrame[Any]:
    """The table with the numbers of these columns as text."""
    for name in names:
        frame = nw.from_native(frame_from_columns({name: as_text(column_of(local, name))}), eager_only=True)
        local = local.with_columns(frame.get_column(name).cast(nw.String))
    return local


def _refuse_fractions(column: nw.Series[Any], source: str, caller: str) -> None:
    """Raise if a first column that was not given as ids holds numbers with a fraction: it is a measure."""
    if not column.dtype.is_numeric() or column.dtype.is_integer():
        return
    values = column.cast(nw.Float64).drop_nulls().to_numpy()
    if (values != np.floor(values)).any():
        raise DataError(
            f"{caller}: column {source!r} would be taken as the ids because it is the first column, but it holds "
            "numbers with a fraction. Give the column of ids as customer_column='...', or call it 'customer_id'."
        )


def _check_ids(local: nw.DataFrame[Any], source: str, *, is_guessed: bool, caller: str) -> None:
    ids = local.get_column(ID)
    if len(ids) == 0:
        raise DataError(f"{caller}: the feature table has no rows.")
    hint = ""
    if is_guessed:
        better = [name for name in local.columns[1:] if is_id_name(name) and _differs(column_of(local, name))]
        hint = (
            " It was taken as the ids because it is the first column; give "
            f"customer_column={better[0] if better else '...'!r}."
        )
    if missing := int(ids.is_null().sum()):
        raise DataError(f"{caller}: {plural(missing, 'row has', 'rows have')} no id in column {source!r}.{hint}")
    if repeated := len(ids) - ids.n_unique():
        raise DataError(
            f"{caller}: the ids in column {source!r} must differ, but "
            f"{plural(repeated, 'row repeats', 'rows repeat')} an earlier one.{hint} A table of features has one row "
            "per customer; a log with several is given as orders= or events=."
        )


def _differs(column: nw.Series[Any]) -> bool:
    """Whether the column has a different value in every row."""
    return not column.is_null().any() and column.n_unique() == len(column)


def unclustered_columns(table: FeatureTable, sensitive: Sequence[str] = ()) -> dict[str, UnclusteredReason]:
    """The numeric columns of a ready table that are not clustered on unless they are asked for, with the reason.

    They have no value or a single one; are ids (whole numbers that all differ, and that are named like ids or, if other
    columns are left, are consecutive); are codes, such as post codes; are sensitive (named like age, sex, children,
    health or religion, or listed in `sensitive`); have two values and are named like an outcome, which is known only
    afterwards; or have the same order as an earlier column, so that one is the other in another unit.
    """
    ready_columns = {feature.name for feature in table.described if feature.family == "given"}
    columns = {name: table.values(name) for name in table.numeric_names() if name in ready_columns}
    codes = {feature.name for feature in table.described if feature.unit == CODE}
    reasons: dict[str, UnclusteredReason] = {}
    for name, values in columns.items():
        if reason := _reason(name, values, is_code=name in codes, is_sensitive=name in sensitive):
            reasons[name] = reason
    if reasons.keys() == columns.keys():
        # Consecutive numbers may be measures after all, such as ranks, where nothing else is left.
        reasons = {name: reason for name, reason in reasons.items() if reason != "id" or is_id_name(name)}
    # Attributes beside features of logs have been made from columns that were described.
    attributes = [feature.name for feature in table.described if feature.family == "attributes"]
    for name in table.numeric_names():
        if name not in columns and (name in sensitive or (name in attributes and is_sensitive_name(name))):
            reasons[name] = "sensitive"
    duplicates = duplicate_columns({name: values for name, values in columns.items() if name not in reasons})
    return reasons | dict.fromkeys(duplicates, "duplicate")


def _reason(name: str, values: Floats, *, is_code: bool, is_sensitive: bool) -> UnclusteredReason | None:
    present = values[~np.isnan(values)]
    if not len(present):
        return "no value"
    if not np.isfinite(present).all():
        return None  # an error, if it is used
    low, high = present.min(), present.max()
    if low == high:
        return "constant"
    if len(present) == len(values) and is_id(name, values):
        return "id"
    if is_sensitive:
        return "sensitive"
    if is_code:
        return "code"
    if is_sensitive_name(name):
        return "sensitive"
    return "outcome" if is_outcome_name(name) and len(np.unique(present)) == 2 else None


def is_id(name: str, values: Floats) -> bool:
    """Whether whole numbers all differ, and are named like ids or consecutive."""
    if not np.isfinite(values).all() or (values != np.floor(values)).any() or not len(values):
        return False
    is_run = values.max() - values.min() == len(values) - 1
    return (is_run or is_id_name(name)) and len(np.unique(values)) == len(values)


def duplicate_columns(columns: Mapping[str, Floats]) -> dict[str, str]:
    """The columns with the order of an earlier one, and with values in the same rows; and that earlier column.

    Prices with and without a constant tax, or lengths in centimeters and in inches, are such pairs.
    """
    groups: dict[bytes, list[str]] = {}
    for name, values in columns.items():
        groups.setdefault(_order(values[:_FIRST_ROWS]), []).append(name)
    return {
        name: first
        for group in groups.values()
        if len(group) > 1
        for name, first in _repeated({name: columns[name] for name in group})
    }


def _repeated(columns: Mapping[str, Floats]) -> Iterator[tuple[str, str]]:
    firsts: dict[bytes, str] = {}
    for name, values in columns.items():
        first = firsts.setdefault(_order(values), name)
        if first != name:
            yield name, first


def _order(values: Floats) -> bytes:
    """The rank of each value; NaN is one value, above all others."""
    return np.unique(values, return_inverse=True)[1].astype(np.int32).tobytes()
