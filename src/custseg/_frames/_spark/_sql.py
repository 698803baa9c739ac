"""Runs SQL on Spark DataFrames, in their own session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import polars as pl

from custseg._frames._spark._customers import collected
from custseg._frames._spark._session import run_spark


def spark_sql(query: str, tables: Mapping[str, Any]) -> Any:
    """The query over the DataFrames, by the names that it reads them by, as a DataFrame; nothing is computed yet.

    The names must be quoted in the query and need no view: Spark puts the DataFrames in their place.
    """
    # Braces would be read as the names of tables.
    text = query.replace("{", "{{").replace("}", "}}")
    for name in tables:
        text = text.replace(f"FROM `{name}`", f"FROM {{{name}}}")
    session = next(iter(tables.values())).sparkSession
    return run_spark(lambda: session.sql(text, **tables))


@contextmanager
def persisted(frame: Any) -> Iterator[Any]:
    """The DataFrame, whose rows Spark keeps in memory and on disk once they are computed, until the end."""
    stored = run_spark(frame.persist)
    try:
        yield stored
    finally:
        run_spark(stored.unpersist)


def counted(query: str, tables: Mapping[str, Any]) -> pl.DataFrame:
    """The few rows that a query of counts returns."""
    return collected(spark_sql(query, tables))
