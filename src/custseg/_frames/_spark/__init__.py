"""Spark DataFrames, classic and Spark Connect: everything is a SQL expression that runs where the data are."""

from __future__ import annotations

from custseg._frames._spark._customers import (
    count_rows,
    is_spark_frame,
    is_streaming,
    numeric_columns,
    renamed_id,
    smallest_hashes,
    types_of,
)
from custseg._frames._spark._sql import counted, spark_sql

__all__ = [
    "count_rows",
    "counted",
    "is_spark_frame",
    "is_streaming",
    "numeric_columns",
    "renamed_id",
    "smallest_hashes",
    "spark_sql",
    "types_of",
]
