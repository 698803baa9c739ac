"""Spark DataFrames, classic and Spark Connect: everything is a SQL expression that runs where the data are."""

from __future__ import annotations

from custseg._frames._spark._customers import (
    count_rows,
    is_spark_frame,
    numeric_columns,
    smallest_hashes,
)

__all__ = ["count_rows", "is_spark_frame", "numeric_columns", "smallest_hashes"]
