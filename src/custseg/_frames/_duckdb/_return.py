"""Local results as relations of the caller's DuckDB connection.

A relation does not show its connection, and a table that is found by the name of a Python variable can be hidden by
a table of the database, or be refused by a connection that was locked down. The values therefore enter the query as
constants: no name, no file and no registration is needed, also where the database is read-only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from custseg._frames._give_back import polars_instead

_SEPARATOR = "\n"
_ROWS_PER_QUERY = 100_000
_SQL_TYPES: dict[type[pl.DataType], str] = {
    pl.Int8: "TINYINT", pl.Int16: "SMALLINT", pl.Int32: "INTEGER", pl.Int64: "BIGINT", pl.Int128: "HUGEINT",
    pl.UInt8: "UTINYINT", pl.UInt16: "USMALLINT", pl.UInt32: "UINTEGER", pl.UInt64: "UBIGINT",
    pl.Float32: "FLOAT", pl.Float64: "DOUBLE", pl.Boolean: "BOOLEAN", pl.Date: "DATE",
}  # fmt: skip


@dataclass(frozen=True)
class RelationLike:
    """Gives back a relation of the same connection, with ids in the type they came in.

    No other process can reach the connection: pickled, this gives back polars DataFrames.
    """

    relation: Any

    def __call__(self, frame: nw.DataFrame[Any], id_column: str) -> Any:
        """The frame as a relation."""
        types = dict(zip(self.relation.columns, self.relation.types, strict=True))
        result = _relation_of(frame.to_native(), self.relation)
        if "customer_id" in frame.columns and id_column in types:
            result = result.project(f"* REPLACE (CAST(customer_id AS {types[id_column]}) AS customer_id)")
        return result

    def __reduce__(self) -> tuple[Any, ...]:
        return polars_instead, ()


def _relation_of(table: pl.DataFrame, relation: Any) -> Any:
    """The table as a relation on the connection of `relation`, whose rows are not read."""
    # An aggregate, because the engine would expand a constant list while it plans, at many times the memory.
    start = relation.limit(0).aggregate("coalesce(max(''), '') AS empty")
    relations = [_relation_of_rows(rows, start) for rows in table.iter_slices(_ROWS_PER_QUERY)]
    return reduce(lambda above, below: above.union(below), relations or [_relation_of_rows(table, start).limit(0)])


def _relation_of_rows(rows: pl.DataFrame, start: Any) -> Any:
    import duckdb

    call, constant = duckdb.FunctionExpression, duckdb.ConstantExpression
    separator, columns = constant(_SEPARATOR), []
    for series in rows.iter_columns():
        text = call("concat", duckdb.ColumnExpression("empty"), constant(_joined(series)))
        value = call("nullif", call("unnest", call("string_split", text, separator)), constant(""))
        if (kind := _SQL_TYPES.get(type(series.dtype))) is not None:
            value = value.cast(kind)
        else:
            for written, original in (("\\1", _SEPARATOR), ("\\0", "\\")):
                value = call("replace", value, constant(written), constant(original))
            value = call("substring", value, constant(2))
        columns.append(value.alias(series.name))
    result = start.select(*columns)
    # Newer versions keep a query as text, which would be read again in each step that follows.
    return result.materialize() if hasattr(result, "materialize") else result


def _joined(series: pl.Series) -> str:
    """All values in one text, missing ones as empty; text is escaped and has a mark in front, for it may be empty."""
    text = series.cast(pl.String)
    if type(series.dtype) not in _SQL_TYPES:
        text = "=" + text.str.replace_all("\\", "\\0", literal=True).str.replace_all(_SEPARATOR, "\\1", literal=True)
    return str(text.fill_null("").str.join(_SEPARATOR).item())
