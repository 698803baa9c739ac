"""Opens what the caller has: a table of any supported kind, or the path of a file."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike, fsdecode
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from custseg._checks import check_distinct, check_no_nul
from custseg._frames._dialect import Dialect
from custseg._frames._duckdb import DuckDBDialect, RelationLike, is_relation
from custseg._frames._give_back import ArrowLike, GiveBack, PandasLike, Returner, as_lazy_polars, as_polars
from custseg._frames._pandas import polars_from_pandas
from custseg._frames._polars import PolarsDialect, run
from custseg.errors import DataError

_KINDS = (
    "a polars DataFrame or LazyFrame, a pandas DataFrame, a pyarrow Table, a DuckDB relation, "
    "or the path of a CSV or Parquet file"
)
_CSV = (".csv", ".csv.gz", ".tsv", ".txt")
_PARQUET = (".parquet", ".pq")
_REPEATED_IN_CSV = re.compile(r"(.+)_duplicated_\d+")


@dataclass(frozen=True)
class Table:
    """An opened table: its dialect, and how a result returns in the caller's kind."""

    dialect: Dialect
    give_back: GiveBack

    def returner(self, id_column: str = "") -> Callable[[nw.DataFrame[Any]], Any]:
        """What turns a local frame, whose ids came from the column, into the caller's kind of table."""
        return Returner(self.give_back, id_column)


def open_table(table: object, caller: str, *, separator: str = ",", decimal: str = ".") -> Table:
    """The table or file, opened; nothing is read yet but the names and types of its columns."""
    opened = _opened(table, caller, separator=separator, decimal=decimal)
    check_no_nul(caller, opened.dialect.columns)
    return opened


def _opened(table: object, caller: str, *, separator: str, decimal: str) -> Table:
    if isinstance(table, (str, PathLike)):
        return Table(_open_file(fsdecode(table), caller, separator=separator, decimal=decimal), as_polars)
    table = nw.to_native(table, pass_through=True)
    if isinstance(table, pl.LazyFrame):
        return Table(PolarsDialect(table), as_lazy_polars)
    if isinstance(table, pl.DataFrame):
        return Table(PolarsDialect(table.lazy()), as_polars)
    if nw.dependencies.is_pandas_dataframe(table):
        frame = polars_from_pandas(table, caller)
        return Table(PolarsDialect(frame.lazy()), PandasLike.of(table))
    if is_relation(table):
        return Table(DuckDBDialect(table), RelationLike(table))
    if nw.dependencies.is_pyarrow_table(table):
        return Table(PolarsDialect(_polars_from_arrow(table, caller).lazy()), ArrowLike(table.schema))
    raise TypeError(f"{caller}: the table must be {_KINDS}, got {type(table).__name__}.")


def read_table(path: str | PathLike[str], *, separator: str = ",") -> pl.DataFrame:
    """The whole file as a polars DataFrame, with the types that polars finds in it."""
    name, pattern = _existing(fsdecode(path), "read_table")
    if name.lower().endswith(_PARQUET):
        return run(pl.scan_parquet(name, glob=pattern))
    return run(pl.scan_csv(name, glob=pattern, separator=separator, infer_schema_length=None))


def _open_file(path: str, caller: str, *, separator: str, decimal: str) -> PolarsDialect:
    name, pattern = _existing(path, caller)
    if name.lower().endswith(_PARQUET):
        return PolarsDialect(pl.scan_parquet(name, glob=pattern))
    _check_marks(separator, decimal, caller)
    # Types are ours to read: an id "007" must stay text, and one bad row must be counted, not fatal.
    frame = pl.scan_csv(name, glob=pattern, separator=separator, infer_schema=False)
    dialect = PolarsDialect(frame, text=True, decimal=decimal)
    check_distinct(caller, _names_in_csv(dialect.columns))
    return dialect


def _check_marks(separator: object, decimal: object, caller: str) -> None:
    """Raise unless the marks of a CSV can be told apart."""
    if not isinstance(separator, str) or len(separator.encode()) != 1 or separator in '"\r\n':
        raise ValueError(f"{caller}: separator must be one ASCII character, got {separator!r}.")
    if decimal not in (".", ","):
        raise ValueError(f"{caller}: decimal must be '.' or ',', got {decimal!r}.")
    if decimal == separator:
        raise ValueError(
            f"{caller}: separator and decimal cannot both be {decimal!r}. "
            "Exports with a decimal comma mostly have separator=';'."
        )


def _names_in_csv(columns: Sequence[str]) -> list[str]:
    """The names as they stand in the file: polars renames those that repeat an earlier one."""
    repeated = ((name, _REPEATED_IN_CSV.fullmatch(name)) for name in columns)
    return [match[1] if match and match[1] in columns else name for name, match in repeated]


def _existing(path: str, caller: str) -> tuple[str, bool]:
    """The path, checked to be one of our formats and to exist, and whether it is a glob."""
    if not path.lower().endswith((*_CSV, *_PARQUET)):
        raise DataError(
            f"{caller}: the file must end in one of {[*_CSV, *_PARQUET]}, got {path!r}. "
            "A folder is given as a glob, such as 'orders/*.parquet'."
        )
    if Path(path).is_file():
        return path, False
    if not glob.glob(path):
        raise DataError(f"{caller}: there is no file {path!r}.")
    return path, True


def _polars_from_arrow(table: Any, caller: str) -> pl.DataFrame:
    check_distinct(caller, table.schema.names)
    try:
        frame = pl.from_arrow(table)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{caller}: the table has a column of a type that cannot be read: {error}") from error
    assert isinstance(frame, pl.DataFrame)
    return frame
