"""Spark DataFrames, classic and Spark Connect: the dialect, tables of customers that stay there, and results."""

from __future__ import annotations

from custseg._frames._spark._customers import count_rows, numeric_columns, smallest_hashes
from custseg._frames._spark._session import is_spark_frame

__all__ = ["count_rows", "is_spark_frame", "numeric_columns", "smallest_hashes"]
