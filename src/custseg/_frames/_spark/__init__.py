"""Spark DataFrames, classic and Spark Connect: everything is an expression that runs where the data are."""

from __future__ import annotations

from custseg._frames._spark._customers import (
    count_rows,
    counts_of_values,
    id_facts,
    numeric_columns,
    renamed_id,
    smallest_hashes,
    types_of,
)
from custseg._frames._spark._session import OWN_ERROR, check_differing, check_usable, is_spark_frame
from custseg._frames._spark._sql import counted, persisted, spark_sql

__all__ = [
    "OWN_ERROR",
    "check_differing",
    "check_usable",
    "count_rows",
    "counted",
    "counts_of_values",
    "id_facts",
    "is_spark_frame",
    "numeric_columns",
    "persisted",
    "renamed_id",
    "smallest_hashes",
    "spark_sql",
    "types_of",
]
