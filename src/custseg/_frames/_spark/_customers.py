"""Spark DataFrames with one row per customer: which columns are numbers, how many rows, and a sample by hash.

Expressions are text (`selectExpr`, `where`), which classic sessions and Spark Connect read alike: PySpark itself is
never imported.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from custseg._frames._spark._session import functions_of, run_spark
from custseg._frames._spark._values import cleaned

_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
_FLOATS = ("float", "double")
# Text of a whole number that was written as 12.0, as in the hash of `proof.split`.
_WHOLE = "^(-?[0-9]+)[.]0$"
# Beyond this, floats have no unit digit.
_LARGEST_WHOLE = 2**53
_HASH = "custseg_hash"
_HASH_DIGITS = 8
# Standard deviations by which the first cut of a sample is too large: it then almost surely has enough rows.
_SURE = 8


def quoted(name: str) -> str:
    """The name of a column inside an expression."""
    return f"`{name.replace('`', '``')}`"


def numeric_columns(frame: Any) -> list[str]:
    """The columns that hold numbers."""
    return [name for name, kind in frame.dtypes if kind.partition("(")[0] in _NUMBERS]


def types_of(frame: Any) -> list[tuple[str, str]]:
    """The columns with their types, as Spark writes these."""
    return list(frame.dtypes)


def renamed_id(frame: Any, source: str) -> Any:
    """The frame with its column of ids first, called `customer_id`; NaN and blank text are null."""
    functions, kind = functions_of(frame), dict(frame.dtypes)[source]
    ids = cleaned(functions, functions.col(quoted(source)), kind)
    # Of a collation, by which other ids might be the same.
    ids = ids.cast("string") if kind.startswith("string ") else ids
    others = [quoted(name) for name in frame.columns if name != source]
    return run_spark(lambda: frame.select(ids.alias("customer_id"), *map(functions.col, others)))


def count_rows(frame: Any) -> int:
    """The number of rows."""
    return int(run_spark(frame.count))


def counts_of_values(frame: Any, name: str) -> pl.DataFrame:
    """The distinct values of a column that are not missing, in increasing order, and how many rows `n` have each."""
    values = frame.selectExpr(f"{quoted(name)} AS value").where("value IS NOT NULL")
    return collected(values.groupBy("value").count().selectExpr("value", "count AS n")).sort("value")


@dataclass(frozen=True)
class IdFacts:
    """Counts of rows, of missing and of distinct ids, and of infinite values by column."""

    n_rows: int
    missing: int
    distinct: int
    infinite: Mapping[str, int]


def id_facts(frame: Any, ids: str, numbers: Sequence[str]) -> IdFacts:
    """What one pass over the rows says of the ids and the columns of numbers."""
    types = dict(frame.dtypes)
    floats = [name for name in numbers if types[name] in _FLOATS]
    infinite = [
        f"COUNT_IF(ABS({quoted(name)}) = DOUBLE('infinity')) AS infinite{number}" for number, name in enumerate(floats)
    ]
    column = quoted(ids)
    counts = ["COUNT(1) AS n_rows", f"COUNT({column}) AS present", f"COUNT(DISTINCT {column}) AS distinct_ids"]
    row = collected(frame.selectExpr(*counts, *infinite)).row(0, named=True)
    by_column = {name: int(row[f"infinite{number}"]) for number, name in enumerate(floats)}
    return IdFacts(row["n_rows"], row["n_rows"] - row["present"], row["distinct_ids"], by_column)


def hash_of_id(frame: Any, ids: str, salt: str) -> str:
    """The expression of the MD5 hash of ``salt + ":" + id``, whose first 8 digits are those of `proof.split`."""
    kind, column = dict(frame.dtypes)[ids], quoted(ids)
    key = f"CAST({column} AS STRING)"
    if kind in _FLOATS:
        is_whole = f"ABS({column}) <= {_LARGEST_WHOLE} AND {column} = FLOOR({column})"
        key = f"CASE WHEN {is_whole} THEN CAST(CAST({column} AS BIGINT) AS STRING) ELSE {key} END"
    elif kind == "string":
        key = f"REGEXP_REPLACE({column}, '{_WHOLE}', '$1')"
    return f"MD5(CONCAT('{salt}:', {key}))"


def smallest_hashes(frame: Any, ids: str, *, n: int, n_rows: int, salt: str) -> pl.DataFrame:
    """The `n` of the `n_rows` rows with the smallest hash of their id, in the order of the hashes.

    They do not depend on the partitions. A cut by the expected hash comes first, so that no executor sorts more than
    about `n` rows.
    """
    columns = [quoted(name) for name in frame.columns]
    hashed = frame.selectExpr(*columns, f"{hash_of_id(frame, ids, salt)} AS {_HASH}")
    share = (n + _SURE * math.sqrt(n) + _SURE**2) / max(n_rows, 1)
    if share < 1:
        limit = f"{math.ceil(share * 16**_HASH_DIGITS):0{_HASH_DIGITS}x}"
        cut = hashed.where(f"SUBSTRING({_HASH}, 1, {_HASH_DIGITS}) < '{limit}'")
        sample = _ordered(cut, columns, n)
        if len(sample) == n:
            return sample
    return _ordered(hashed, columns, n)


def _ordered(hashed: Any, columns: list[str], n: int) -> pl.DataFrame:
    """The first `n` rows by the hash, collected."""
    return collected(hashed.orderBy(_HASH).limit(n).selectExpr(*columns))


def collected(frame: Any) -> pl.DataFrame:
    """The rows of a small Spark DataFrame."""
    local = pl.from_arrow(run_spark(frame.toArrow))
    assert isinstance(local, pl.DataFrame)
    return local
