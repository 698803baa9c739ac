"""Reads a table of assignments: one row per customer with its segment, in one form whatever table it came in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Table, collect, open_table
from custseg.errors import DataError
from custseg.texts import listed, plural

REQUIRED = ("customer_id", "segment", "name")
OPTIONAL = ("confidence", "second_segment", "is_outlier")
EXACT_IN_FLOAT = 2**53
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1

SizesOfGroups = Mapping[tuple[int | None, str], int]
"""How many customers each pair of a segment and a name has."""


@dataclass(frozen=True)
class Assignments:
    """A table of assignments that was read and checked.

    Attributes
    ----------
    local : narwhals DataFrame, or LazyFrame on Spark
        `customer_id` (whole numbers or text), `segment` (Int64; missing in no segment), `name`, and, if the table has
        them, `confidence` (Float64), `second_segment` (Int64), `is_outlier` (Boolean) and the columns asked for.
    names : mapping of int to str
        The name of each segment.
    unclustered : tuple of str
        The names of customers in no segment, sorted.
    give_back : callable
        Converts a local frame to the caller's kind of table.
    sizes : mapping, optional
        Of rows on Spark, how many customers each pair of a segment and a name had when they were checked.
    """

    local: Any
    names: Mapping[int, str]
    unclustered: tuple[str, ...]
    give_back: Callable[[nw.DataFrame[Any]], Any]
    sizes: SizesOfGroups | None = None


def read_assignments(
    table: object, caller: str, argument: str, *, numbers: Sequence[str] = (), distinct: bool = True
) -> Assignments:
    """The table of assignments; `numbers` are further numeric columns to read.

    Parameters
    ----------
    table : table or path
        One row per customer.
    caller, argument : str
        The function that the user called, and its argument, for the errors.
    numbers : sequence of str
        Numeric columns beside those of assignments.
    distinct : bool
        Whether to check that no id is repeated.

    Returns
    -------
    Assignments

    Raises
    ------
    DataError
        If a column is missing or of the wrong type, the table has no rows, or an id is missing or repeated.
    TypeError
        If it is no table.
    """
    opened = open_table(table, caller, in_memory=True)
    wanted = wanted_columns(opened.dialect.columns, numbers, caller, argument=argument)
    opened.check_columns(caller, {name: name for name in wanted})
    local = _plain(opened, wanted)
    check_rows(len(local), caller, argument)
    local = local.with_columns(
        checked_ids(local.get_column("customer_id"), caller, argument, distinct=distinct),
        _segments(local, "segment", caller, argument=argument),
        _names(local, caller, argument),
        *(_optional(local, name, caller, argument=argument) for name in wanted if name not in REQUIRED),
    )
    names, unclustered = _names_by_segment(local, caller, argument)
    return Assignments(local, names, unclustered, opened.returner("customer_id"))


def recorded_assignments(local: nw.DataFrame[Any], caller: str, argument: str) -> Assignments:
    """The rows of a snapshot, which were checked when they were recorded."""
    names, unclustered = _names_by_segment(local, caller, argument)
    return Assignments(local, names, unclustered, nw.to_native)


def wanted_columns(columns: Sequence[str], numbers: Sequence[str], caller: str, *, argument: str) -> list[str]:
    """The columns of assignments that a table has, and `numbers`; DataError where one that is needed is missing."""
    if lacking := [name for name in (*REQUIRED, *numbers) if name not in columns]:
        raise DataError(
            f"{caller}: {argument} lacks {'columns' if len(lacking) > 1 else 'column'} {listed(lacking)}. "
            f"A table of assignments has {listed(REQUIRED)}, as `result.assignments` does; "
            f"its columns are {listed(columns)}."
        )
    return list(dict.fromkeys((*REQUIRED, *(name for name in OPTIONAL if name in columns), *numbers)))


def check_rows(rows: int, caller: str, argument: str) -> None:
    """Raise for a table without rows."""
    if not rows:
        raise DataError(f"{caller}: {argument} has no rows. A snapshot needs the assignments of its customers.")


def check_present_ids(missing: int, caller: str, argument: str) -> None:
    """Raise if any rows lack an id."""
    if missing:
        raise DataError(
            f"{caller}: {plural(missing, 'row', 'rows')} of {argument} without an id in column 'customer_id'. "
            "Leave them out, or give them their ids."
        )


def check_present_names(missing: int, caller: str, argument: str) -> None:
    """Raise if any rows lack a name."""
    if missing:
        raise DataError(
            f"{caller}: {plural(missing, 'row', 'rows')} of {argument} without a name in column 'name'. "
            "Give customers in no segment a name too, such as 'No data'."
        )


def check_one_name(several: Sequence[int], caller: str, argument: str) -> None:
    """Raise if any segments have more than one name."""
    if several:
        raise DataError(
            f"{caller}: a segment must have one name in {argument}, but {listed(several)} have several. "
            "Give all customers of a segment its name."
        )


def checked_ids(ids: nw.Series[Any], caller: str, argument: str, *, distinct: bool = True) -> nw.Series[Any]:
    """Ids as text or whole numbers of 64 bits, called `customer_id`; each present and different from all others."""
    ids = ids.alias("customer_id")
    if ids.dtype != nw.String:
        ids = _whole(ids, f"{caller}: column 'customer_id' of {argument}", "whole numbers or text")
    check_present_ids(int(ids.is_null().sum()), caller, argument)
    if distinct:
        check_repeated(len(ids) - ids.n_unique(), caller, argument)
    return ids


def check_repeated(repeated: int, caller: str, argument: str) -> None:
    """Raise if any rows repeat the id of an earlier one."""
    if repeated:
        raise DataError(
            f"{caller}: {argument} must have one row per customer, but "
            f"{plural(repeated, 'row repeats', 'rows repeat')} the id of an earlier one. Keep one row of each customer."
        )


def _plain(opened: Table, columns: Sequence[str]) -> nw.DataFrame[Any]:
    """The columns in memory, with ids as they are: "007" stays text."""
    dialect = opened.dialect
    expressions = dict(dialect.plain_columns([name for name in columns if name != "customer_id"]))
    if "is_outlier" in columns and dialect.text:
        expressions["is_outlier"] = dialect.flag("is_outlier")
    expressions["customer_id"] = dialect.identity("customer_id")
    # "007" of a CSV is no segment; a name that looks like a number is one.
    expressions["name"] = dialect.word("name")
    return collect(dialect.select({name: expressions[name] for name in columns}))


def _whole(values: nw.Series[Any], subject: str, rule: str) -> nw.Series[Any]:
    """Whole numbers of any type as Int64, or as UInt64 where they are larger."""
    refusal = DataError(f"{subject} must hold {rule}, got {values.dtype}. Convert the column.")
    if values.is_null().all():
        return values.cast(nw.Int64)
    if not values.dtype.is_numeric():
        raise refusal
    if not values.dtype.is_integer():
        numbers = values.cast(nw.Float64)
        if not bool(((numbers == numbers.round(0)) & (numbers.abs() <= EXACT_IN_FLOAT)).all()):
            raise refusal
        return numbers.cast(nw.Int64)
    low, high = int(values.min()), int(values.max())
    if low >= _SMALLEST and high <= _LARGEST:
        return values.cast(nw.Int64)
    if low >= 0 and high < 2**64:
        return values.cast(nw.UInt64)
    raise DataError(f"{subject} must hold numbers of at most 64 bits. Convert the column to text.")


def _segments(local: nw.DataFrame[Any], column: str, caller: str, *, argument: str) -> nw.Series[Any]:
    subject = f"{caller}: column {column!r} of {argument}"
    rule = "the numbers of segments, missing for customers in no segment"
    values = _whole(local.get_column(column), subject, rule)
    if bool((values < 0).any()):
        raise DataError(f"{subject} must hold {rule}, but has negative numbers. Segments count from 0.")
    return values.cast(nw.Int64)


def _names(local: nw.DataFrame[Any], caller: str, argument: str) -> nw.Series[Any]:
    names = local.get_column("name").cast(nw.String)
    check_present_names(int(names.is_null().sum()), caller, argument)
    return names


def _optional(local: nw.DataFrame[Any], column: str, caller: str, *, argument: str) -> nw.Series[Any]:
    """One of the further columns in its type."""
    values = local.get_column(column)
    subject = f"{caller}: column {column!r} of {argument}"
    if column == "second_segment":
        return _segments(local, column, caller, argument=argument)
    if column == "is_outlier":
        if values.dtype != nw.Boolean and not values.is_null().all():
            raise DataError(f"{subject} must hold true and false, got {values.dtype}. Convert the column.")
        return values.cast(nw.Boolean)
    if not values.dtype.is_numeric() and not values.is_null().all():
        raise DataError(f"{subject} must hold numbers, got {values.dtype}. Convert the column.")
    values = values.cast(nw.Float64)
    if column == "confidence" and not bool(values.drop_nulls().is_between(0, 1).all()):
        raise DataError(f"{subject} must hold numbers from 0 to 1.")
    if not bool(values.drop_nulls().is_finite().all()):
        raise DataError(f"{subject} must hold finite numbers. Leave infinite values empty.")
    return values


def _names_by_segment(local: nw.DataFrame[Any], caller: str, argument: str) -> tuple[dict[int, str], tuple[str, ...]]:
    """The name of each segment, and the names of those in none; DataError where a segment has several."""
    has_segment = ~nw.col("segment").is_null()
    rows = (
        local.filter(has_segment)
        .group_by("segment")
        .agg(nw.col("name").min().alias("first"), nw.col("name").max().alias("last"))
    )
    first = dict(zip(rows.get_column("segment").to_list(), rows.get_column("first").to_list(), strict=True))
    last = dict(zip(rows.get_column("segment").to_list(), rows.get_column("last").to_list(), strict=True))
    check_one_name(sorted(segment for segment in first if first[segment] != last[segment]), caller, argument)
    unclustered = local.filter(~has_segment).get_column("name").unique().to_list()
    return dict(sorted(first.items())), tuple(sorted(unclustered))
