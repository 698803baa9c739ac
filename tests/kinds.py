"""One table as each kind that custseg reads, and the rows of whatever kind comes back."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from effort import all_of
from spark_session import is_spark_frame, local_rows, spark_frame


def rows_of(result: Any) -> list[dict[str, Any]]:
    """The rows of any kind of table as plain Python values, missing ones as None."""
    if isinstance(result, pl.LazyFrame):
        result = result.collect()
    if isinstance(result, pd.DataFrame):
        columns = {name: result[name].astype(object).where(result[name].notna(), None) for name in result}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    if isinstance(result, duckdb.DuckDBPyRelation):
        result = result.pl()
    if is_spark_frame(result):
        result = local_rows(result)
    return result.to_pylist() if isinstance(result, pa.Table) else result.to_dicts()


def same(found: object, expected: object) -> bool:
    """Whether both are equal, floats to some units in the last place: Java's logarithm is another one."""
    if isinstance(expected, float) and isinstance(found, float):
        return found == expected or math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(expected, dict) and isinstance(found, dict):
        return list(found) == list(expected) and all(same(found[key], expected[key]) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return found == expected


def _pandas(table: pl.DataFrame, folder: Path) -> pd.DataFrame:
    """NumPy types, as most pandas frames have; integers with gaps as objects, so that they stay exact."""
    frame = table.to_pandas()
    for column in table:
        if column.null_count() and (column.dtype.is_integer() or column.dtype == pl.Boolean):
            frame[column.name] = pd.Series(column.to_list(), dtype=object)
    return frame


def _pandas_nullable(table: pl.DataFrame, folder: Path) -> pd.DataFrame:
    # Not convert_dtypes(): it sends integers with gaps through floats.
    frame = table.to_pandas()
    for column in table:
        if column.dtype in (pl.String, pl.Boolean):
            frame[column.name] = pd.array(column.to_list(), dtype=str(column.dtype).lower())
        elif column.dtype.is_integer() or column.dtype.is_float():
            frame[column.name] = pd.array(column.to_list(), dtype=str(column.dtype))
    return frame


def _pandas_arrow(table: pl.DataFrame, folder: Path) -> pd.DataFrame:
    return table.to_pandas(use_pyarrow_extension_array=True)


_CONNECTIONS: list[duckdb.DuckDBPyConnection] = []


def _duckdb(table: pl.DataFrame, folder: Path) -> duckdb.DuckDBPyRelation:
    return duckdb.from_arrow(table.to_arrow())


def duckdb_relation(table: pa.Table) -> duckdb.DuckDBPyRelation:
    """The rows as a query of a database of its own."""
    return _connection().from_arrow(table).project("*")


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    # A relation of DuckDB 1.3 does not keep its connection open by itself.
    _CONNECTIONS.append(connection)
    return connection


def _duckdb_connection(table: pl.DataFrame, folder: Path) -> duckdb.DuckDBPyRelation:
    """A table of a database of its own, whose zone is not the machine's."""
    connection = _connection()
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    connection.register("source", table.to_arrow())
    connection.execute("CREATE TABLE log AS SELECT * FROM source")
    return connection.table("log")


def _csv(table: pl.DataFrame, folder: Path) -> str:
    # A CSV has no word for NaN but the empty field.
    # Column by column: methods of a frame take names such as "*" for patterns.
    columns = (
        column.alias("values").fill_nan(None).alias(column.name) if column.dtype.is_float() else column
        for column in table
    )
    pl.DataFrame(columns).write_csv(folder / "table.csv")
    return str(folder / "table.csv")


def _parquet(table: pl.DataFrame, folder: Path) -> Path:
    table.write_parquet(folder / "table.parquet")
    return folder / "table.parquet"


KINDS: dict[str, Callable[[pl.DataFrame, Path], object]] = {
    "polars": lambda table, folder: table,
    "polars lazy": lambda table, folder: table.lazy(),
    "pandas": _pandas,
    "pandas nullable": _pandas_nullable,
    "pandas arrow": _pandas_arrow,
    "pyarrow": lambda table, folder: table.to_arrow(),
    "duckdb": _duckdb,
    "duckdb connection": _duckdb_connection,
    "csv": _csv,
    "parquet": _parquet,
    "spark": lambda table, folder: spark_frame(table),
}
"""From a polars DataFrame, and a folder to write in, to a table of each kind. A new engine is one line."""

LOCAL_KINDS = all_of([k for k in KINDS if k != "spark"], quick=("polars", "pandas", "duckdb"))
"""The names as parameters of a test; all but one kind of each engine run in `make test-slow` alone."""

EVERY_KIND = [*LOCAL_KINDS, pytest.param("spark", marks=pytest.mark.spark)]
"""The same with Spark, which runs in `make test-spark` alone."""

OTHER_KINDS = [kind for kind in EVERY_KIND if kind != "polars"]
"""All but polars, for tests that compare with the answer for a polars DataFrame."""

RETURNED: dict[str, type] = {
    "polars lazy": pl.LazyFrame,
    "pandas": pd.DataFrame,
    "pandas nullable": pd.DataFrame,
    "pandas arrow": pd.DataFrame,
    "pyarrow": pa.Table,
    "duckdb": duckdb.DuckDBPyRelation,
    "duckdb connection": duckdb.DuckDBPyRelation,
}
"""What comes back for each kind of table; polars DataFrames for all that is not named."""


def comes_back(result: object, kind: str) -> bool:
    """Whether the result is a table of what comes back for this kind."""
    return is_spark_frame(result) if kind == "spark" else isinstance(result, RETURNED.get(kind, pl.DataFrame))
