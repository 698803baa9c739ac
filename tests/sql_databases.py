"""Databases that run the SQL of a model, and whether they and Python agree."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from custseg import SegmentModel
from custseg.exports import to_sql
from custseg.feature_table import given_features
from custseg.matrix import can_be_clustered

NEARLY_EQUAL = 1e-9
"""Two segments whose costs differ relatively by no more may change places: logarithms differ in the last digit."""


def on_duckdb(query: str, tables: Mapping[str, pl.DataFrame]) -> list[tuple[Any, ...]]:
    """The rows of the query on DuckDB."""
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register("given", table)
            connection.execute(f"CREATE TABLE {quoted(name)} AS SELECT * FROM given")
        return connection.execute(query).fetchall()


def on_sqlite(query: str, tables: Mapping[str, pl.DataFrame]) -> list[tuple[Any, ...]]:
    """The rows of the query on SQLite; skips where it was built without mathematical functions."""
    with sqlite3.connect(":memory:") as connection:
        options = {option for (option,) in connection.execute("PRAGMA compile_options")}
        if "ENABLE_MATH_FUNCTIONS" not in options:
            pytest.skip("SQLite was built without SQLITE_ENABLE_MATH_FUNCTIONS")
        for name, table in tables.items():
            marks = ", ".join("?" * table.width)
            connection.execute(f"CREATE TABLE {quoted(name)} ({', '.join(map(quoted, table.columns))})")
            connection.executemany(f"INSERT INTO {quoted(name)} VALUES ({marks})", table.iter_rows())
        return connection.execute(query).fetchall()


def on_postgres(query: str, tables: Mapping[str, pl.DataFrame]) -> list[tuple[Any, ...]]:
    """The rows of the query on the PostgreSQL server of `make test-services`; skips without it."""
    if "PGPORT" not in os.environ:
        pytest.skip("no PostgreSQL server: run make test-services")
    import psycopg

    with psycopg.connect() as connection, connection.cursor() as cursor:
        for name, table in tables.items():
            columns = ", ".join(f"{quoted(c)} {_postgres_type(t)}" for c, t in table.schema.items())
            cursor.execute(f"CREATE TEMPORARY TABLE {quoted(name)} ({columns})")
            with cursor.copy(f"COPY {quoted(name)} FROM STDIN") as copy:
                for row in table.iter_rows():
                    copy.write_row(row)
        return cursor.execute(query).fetchall()


def _postgres_type(dtype: pl.DataType) -> str:
    if dtype.is_float():
        return "double precision"
    if dtype.is_integer():
        return "bigint"
    if isinstance(dtype, pl.Datetime):
        return "timestamp" if dtype.time_zone is None else "timestamptz"
    return {pl.Date: "date", pl.Boolean: "boolean"}.get(dtype.base_type(), "text")


def quoted(name: str) -> str:
    """The name as an identifier of the databases here."""
    return '"' + name.replace('"', '""') + '"'


Database = Callable[[str, Mapping[str, pl.DataFrame]], list[tuple[Any, ...]]]
DATABASES: dict[str, Database] = {"duckdb": on_duckdb, "sqlite": on_sqlite, "postgres": on_postgres}
PARAMETERS = [pytest.param(name, marks=[pytest.mark.services] if name == "postgres" else []) for name in DATABASES]


@dataclass(frozen=True)
class Agreement:
    """How SQL and Python agree on the customers of a table.

    Attributes
    ----------
    customers, differences, nearly_equal : int
        Customers; those whose segment or name differs although their two best segments do not cost nearly the same; and
        those whose segment differs while they do.
    confidence : float
        The largest difference of the confidence.
    """

    customers: int
    differences: int
    nearly_equal: int
    confidence: float


def agreement(model: SegmentModel, dialect: str, table: pl.DataFrame, *, returns: list[str] | None = None) -> Agreement:
    """Compare `to_sql` and `SegmentModel` on a table with the columns of the model.

    Infinite values are an error in Python: such customers must have no segment in SQL.
    """
    names = model.preparation.names
    infinite = np.logical_or.reduce([np.isinf(table[name].cast(pl.Float64).to_numpy()) for name in names])
    query = to_sql(model, dialect, "features", return_columns=returns or [])
    rows = sorted(DATABASES[dialect](query, {"features": table}))
    in_sql = pl.DataFrame(
        rows,
        schema={"customer_id": pl.Int64, "segment": pl.Int64, "name": pl.String, "confidence": pl.Float64},
        orient="row",
    )
    assert in_sql["customer_id"].equals(table["customer_id"].sort())
    assert in_sql.filter(infinite)["segment"].null_count() == infinite.sum()
    assert in_sql.filter(infinite)["confidence"].null_count() == infinite.sum()
    finite_rows = table.filter(~infinite)
    expected, found = model.assign(features=finite_rows), in_sql.filter(~infinite)
    differs = (expected["segment"].fill_null(-1) != found["segment"].fill_null(-1)) | (
        expected["name"] != found["name"]
    )
    is_unsure = nearly_equal_costs(model, finite_rows)
    same = ~differs.to_numpy()
    gaps = (expected["confidence"] - found["confidence"]).abs().filter(same)
    assert expected["confidence"].is_null().equals(found["confidence"].is_null())
    return Agreement(
        customers=len(table),
        differences=int((~same & ~is_unsure).sum()),
        nearly_equal=int((~same & is_unsure).sum()),
        confidence=float(gaps.max() or 0.0),
    )


def nearly_equal_costs(model: SegmentModel, table: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether the two best segments of a customer, or the best one and noise, cost nearly the same."""
    features = given_features(table, None, "test")
    inside = can_be_clustered(features, model.preparation.names)
    result = np.zeros(len(table), dtype=bool)
    if inside.any():
        X = model.preparation.matrix({name: features.values(name)[inside] for name in model.preparation.names})
        first, second = two_best_costs(model.rule, X)
        result[inside] = np.abs(second - first) <= NEARLY_EQUAL * np.maximum(np.abs(first), np.abs(second))
    return result


def two_best_costs(rule: Any, X: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two smallest costs of each row: that of noise is the limit of the nearest cluster."""
    if rule.kind == "cores":
        assessed = rule.assess(X)
        nearest = np.where(assessed.label < 0, assessed.second_label, assessed.label)
        first, confidence = assessed.distance, np.clip(assessed.confidence, 0, np.nextafter(1, 0))
        # confidence = second / (first + second); the limit of noise is the other boundary.
        second = first * confidence / (1 - confidence)
        second = np.where(assessed.label < 0, np.inf, second)
        limit = rule.limit[nearest]
        return first, np.where(np.abs(limit - first) < np.abs(second - first), limit, second)
    if rule.kind == "centers":
        costs = ((X[:, None, :] - rule.centers) ** 2).sum(axis=2) - rule.offsets
    else:
        costs = rule.costs(X) - rule.offsets
    ordered = np.sort(costs, axis=1)
    return ordered[:, 0], ordered[:, 1] if ordered.shape[1] > 1 else np.full(len(X), np.inf)
