"""Values inside nested columns, as columns of their own: members of structures, and entries of lists by their key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from custseg._frames._duckdb._relation import DuckDBDialect
from custseg._frames._open import Table, open_table
from custseg._frames._polars import PolarsDialect

_PATH_OF_ENTRY = re.compile(r"(?P<column>[^\[\]]+)\[(?P<key>[^\[\]]+)\]")


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
    frame = rows_of(table)
    kinds = dict(frame.collect_schema())
    members: list[nw.Expr] = []
    entries: dict[str, _Entry] = {}
    for path in dict.fromkeys(paths):
        if path in kinds:
            continue
        if entry := _entry(path, kinds):
            entries[path] = entry
        elif (value := _member(path, kinds)) is not None:
            members.append(value.alias(path))
    if not members and not entries:
        return table
    frame = frame.with_columns(*members) if members else frame
    native = nw.to_native(frame)
    if isinstance(native, pl.LazyFrame):
        native = native.with_columns(_polars_entry(entry).alias(path) for path, entry in entries.items())
    elif entries:
        native = native.project(
            ", ".join(["*", *(f"{_duckdb_entry(e)} AS {_name(path)}" for path, e in entries.items())])
        )
    return with_rows(table, nw.from_native(native))


@dataclass(frozen=True)
class _Entry:
    """The list of keys and values in which an entry is looked up, and the members of its values."""

    column: str
    key: str
    members: tuple[str, ...]


def _member(path: str, kinds: Mapping[str, Any]) -> nw.Expr | None:
    """The member of a structure; None if there is none at that path."""
    first, *members = path.split(".")
    kind: Any = kinds.get(first) if members else None
    value = nw.col(first)
    for member in members:
        inner = _members(kind)
        if member not in inner:
            return None
        kind, value = inner[member], value.struct.field(member)
    return value if members else None


def _entry(path: str, kinds: Mapping[str, Any]) -> _Entry | None:
    """The entry of a list of keys and values; None if there is no such list."""
    match = _PATH_OF_ENTRY.fullmatch(path)
    kind = kinds.get(match["column"]) if match else None
    inner = _members(kind.inner) if isinstance(kind, nw.List) else {}
    if match is None or not {"key", "value"} <= inner.keys():
        return None
    return _Entry(match["column"], match["key"], tuple(_members(inner["value"])))


def _members(kind: Any) -> dict[str, Any]:
    """The members of a structure and their types; none for other types."""
    return {field.name: field.dtype for field in kind.fields} if isinstance(kind, nw.Struct) else {}


def _polars_entry(entry: _Entry) -> pl.Expr:
    element = pl.element()
    matching = element.filter(element.struct.field("key") == entry.key).struct.field("value")
    value = pl.col(entry.column).list.eval(matching).list.first()
    if not entry.members:
        return value
    return pl.coalesce(value.struct.field(name).cast(pl.String) for name in entry.members)


def _duckdb_entry(entry: _Entry) -> str:
    text = "'" + entry.key.replace("'", "''") + "'"
    value = f"[entry.value FOR entry IN {_name(entry.column)} IF entry.key = {text}][1]"
    values = [f"CAST({value}.{_name(name)} AS VARCHAR)" for name in entry.members]
    return f"coalesce({', '.join(values)})" if values else value


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
