"""Runs SQL on Spark DataFrames, in their own session."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import polars as pl

from custseg._frames._spark._customers import collected
from custseg._frames._spark._session import run_spark

_AS_WRITTEN = "spark.sql.parser.escapedStringLiterals"
_LITERAL = re.compile(r"`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*'", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0", "Z": "\x1a"}


def spark_sql(query: str, tables: Mapping[str, Any]) -> Any:
    """The query over the DataFrames, by the names that it reads them by, as a DataFrame; nothing is computed yet.

    The names must be quoted in the query and need no view: Spark puts the DataFrames in their place.
    """
    # Braces would be read as the names of tables.
    text = query.replace("{", "{{").replace("}", "}}")
    for name in tables:
        text = text.replace(f"FROM `{name}`", f"FROM {{{name}}}")
    session = next(iter(tables.values())).sparkSession
    if run_spark(lambda: session.conf.get(_AS_WRITTEN)) == "true":
        text = _LITERAL.sub(_without_escapes, text)
    return run_spark(lambda: session.sql(text, **tables))


def _without_escapes(match: re.Match[str]) -> str:
    """The text in quotes by its bytes, for a session that takes backslashes as they are; names stay what they are."""
    literal = match[0]
    if literal.startswith("`") or "\\" not in literal:
        return literal
    plain = re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), literal[1:-1], flags=re.DOTALL)
    return f"CAST(X'{plain.encode().hex()}' AS STRING)"


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
