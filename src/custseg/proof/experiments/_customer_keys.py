"""Ids of customers as text, the same for 12, 12.0 and "12", and tables with one row per customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect, columns_of, open_table
from custseg.errors import DataError
from custseg.texts import listed, plural
from custseg.trials import id_key

_EXACT_IN_FLOAT = 2**53


@dataclass(frozen=True)
class CustomerTable:
    """A table with one row per customer.

    Attributes
    ----------
    local : narwhals DataFrame
        `customer_id` in its own type, and the columns that were asked for.
    keys : list of str
        The id of each row as text, see `id_key`.
    give_back : callable
        Turns a local frame into the caller's kind of table.
    """

    local: nw.DataFrame[Any]
    keys: list[str]
    give_back: Callable[[nw.DataFrame[Any]], Any]

    def column(self, name: str) -> nw.Series[Any]:
        """One of the columns."""
        return self.local.get_column(name)


def read_customers(
    table: object, caller: str, argument: str, *, customer_column: str, columns: Sequence[str] = ()
) -> CustomerTable:
    """The customers of a table with these further columns; raises if an id is missing, repeated or no id.

    Parameters
    ----------
    table : table or path
        One row per customer.
    caller, argument : str
        The function that the user called, and its argument, for the errors.
    customer_column : str
        The column of ids.
    columns : sequence of str
        Further columns to read.
    """
    opened = open_table(table, caller, in_memory=True)
    names = list(dict.fromkeys((customer_column, *columns)))
    if lacking := [name for name in names if name not in opened.dialect.columns]:
        raise DataError(
            f"{caller}: {argument} lacks {'columns' if len(lacking) > 1 else 'column'} {listed(lacking)}; "
            f"its columns are {listed(opened.dialect.columns)}. Name the right ones, or rename them."
        )
    opened.check_columns(caller, {name: name for name in names})
    further = [name for name in dict.fromkeys(columns) if name != customer_column]
    if "customer_id" in further:
        raise DataError(f"{caller}: the ids of {argument} become the column 'customer_id'; rename the other column.")
    expressions = dict(opened.dialect.plain_columns(further))
    expressions["customer_id"] = opened.dialect.identity(customer_column)
    local = columns_of(collect(opened.dialect.select(expressions)), ["customer_id", *further])
    if len(local) == 0:
        raise DataError(f"{caller}: {argument} has no rows.")
    keys = id_keys(local.get_column("customer_id"), caller, argument)
    if repeated := len(keys) - len(set(keys)):
        raise DataError(
            f"{caller}: {argument} must have one row per customer, but "
            f"{plural(repeated, 'row repeats', 'rows repeat')} the id of an earlier one. "
            "Keep one row of each customer; sum or count lines of a log per customer first."
        )
    return CustomerTable(local, keys, opened.returner(customer_column))


def id_keys(ids: nw.Series[Any], caller: str, argument: str) -> list[str]:
    """The ids as text."""
    if missing := int(ids.is_null().sum()):
        raise DataError(
            f"{caller}: {plural(missing, 'row', 'rows')} of {argument} without a customer id. "
            "Leave them out, or give them their ids."
        )
    if ids.dtype == nw.String:
        return [id_key(value) for value in ids.to_list()]
    if not ids.dtype.is_numeric():
        raise DataError(
            f"{caller}: customer ids of {argument} must be text or whole numbers, got {ids.dtype}. Convert the column."
        )
    if ids.dtype.is_integer():
        return [str(value) for value in ids.to_list()]
    numbers = ids.cast(nw.Float64)
    if not bool(((numbers == numbers.round(0)) & (numbers.abs() <= _EXACT_IN_FLOAT)).all()):
        raise DataError(
            f"{caller}: customer ids of {argument} must be text or whole numbers, but some have decimals or are too "
            "large for a float to hold exactly. Convert the column to text."
        )
    return [str(int(value)) for value in numbers.to_list()]
