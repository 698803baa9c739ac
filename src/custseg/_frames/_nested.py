"""Values inside nested columns, as columns of their own: members of structures, and entries of lists by their key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from custseg._frames._duckdb._relation import DuckDBDialect
from custseg._frames._open import Table, open_table
from custseg._frames._polars import PolarsDialect

_ENTRY = re.compile(r"(?P<column>[^\[\]]+)\[(?P<key>[^\[\]]+)\]")


def rows_of(table: Table) -> nw.LazyFrame[Any]:
    """The rows of a typed table as they are, on the engine of the data."""
    dialect = table.dialect
    assert isinstance(dialect, (PolarsDialect, DuckDBDialect))
    frame: nw.LazyFrame[Any] = nw.from_native(dialect.frame if isinstance(dialect, PolarsDialect) else dialect.relation)
    return frame


def with_rows(table: Table, frame: nw.LazyFrame[Any]) -> Table:
    """A table of other rows, made from those of `table`: results return in the same kind."""
    return replace(
        open_table(nw.to_native(frame), ""), give_back=table.give_back, short_rows=table.short_rows, lacking={}
    )


def with_nested(table: Table, paths: Iterable[str]) -> Table:
    """The table with a column for each path that leads to a value within its nested columns.

    Parameters
    ----------
    table : Table
        A table with typed columns; one of text, such as a CSV file, has nothing nested and stays as it is.
    paths : iterable of str
        ``"ecommerce.transaction_id"`` is a member of a structure. ``"event_params[currency]"`` is the value whose key
        is "currency" in a list of structures with a key and a value; where that value is a structure too, its only
        member that is not null, as text.
    """
    if table.dialect.text:
        return table
    for path in dict.fromkeys(paths):
        if path in table.dialect.columns:
            continue
        if match := _ENTRY.fullmatch(path):
            table = _with_entry(table, path, match)
        elif "." in path:
            table = _with_member(table, path)
    return table


def _with_member(table: Table, path: str) -> Table:
    """The table with the member of a structure, if it has one at that path."""
    frame = rows_of(table)
    first, *members = path.split(".")
    kind: Any = frame.collect_schema().get(first)
    value = nw.col(first)
    for member in members:
        kinds = {field.name: field.dtype for field in kind.fields} if isinstance(kind, nw.Struct) else {}
        if member not in kinds:
            return table
        kind, value = kinds[member], value.struct.field(member)
    return with_rows(table, frame.with_columns(value.alias(path)))


def _with_entry(table: Table, path: str, match: re.Match[str]) -> Table:
    """The table with the entry of a list of keys and values, if it has such a list."""
    column, key = match["column"], match["key"]
    frame = rows_of(table)
    kind = frame.collect_schema().get(column)
    inner = kind.inner if isinstance(kind, nw.List) else None
    kinds = {field.name: field.dtype for field in inner.fields} if isinstance(inner, nw.Struct) else {}
    if not {"key", "value"} <= kinds.keys():
        return table
    value = kinds["value"]
    members = [field.name for field in value.fields] if isinstance(value, nw.Struct) else []
    native = nw.to_native(frame)
    if isinstance(native, pl.LazyFrame):
        return with_rows(table, nw.from_native(native.with_columns(_polars_entry(column, key, members).alias(path))))
    entry = _duckdb_entry(column, key, members)
    return with_rows(table, nw.from_native(native.project(f"*, {entry} AS {_name(path)}")))


def _polars_entry(column: str, key: str, members: Sequence[str]) -> pl.Expr:
    element = pl.element()
    matching = element.filter(element.struct.field("key") == key).struct.field("value")
    value = pl.col(column).list.eval(matching).list.first()
    return pl.coalesce(value.struct.field(name).cast(pl.String) for name in members) if members else value


def _duckdb_entry(column: str, key: str, members: Sequence[str]) -> str:
    text = "'" + key.replace("'", "''") + "'"
    entry = f"[entry.value FOR entry IN {_name(column)} IF entry.key = {text}][1]"
    values = [f"CAST({entry}.{_name(name)} AS VARCHAR)" for name in members]
    return f"coalesce({', '.join(values)})" if values else entry


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
