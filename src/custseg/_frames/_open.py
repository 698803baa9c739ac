"""Opens a table of any supported kind, or the file at a path."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike, fsdecode
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from custseg._checks import check_columns, check_distinct, check_no_nul, optional_module
from custseg._frames._dialect import Dialect
from custseg._frames._duckdb._draws import changes_when_read_again, read_once
from custseg._frames._duckdb._relation import DuckDBDialect, is_relation, run_query
from custseg._frames._duckdb._return import RelationLike
from custseg._frames._files import USUAL_FORM, CSVFormat, csv_table, excel_table, json_table, parquet_table
from custseg._frames._give_back import ArrowLike, GiveBack, PandasLike, Returner, as_lazy_polars, as_polars
from custseg._frames._polars import PolarsDialect
from custseg._frames._run import run
from custseg._frames._spark._dialect import SparkDialect
from custseg._frames._spark._return import SparkLike
from custseg._frames._spark._session import check_usable, is_spark_frame
from custseg.errors import DataError
from custseg.texts import shown

_KINDS = (
    "a polars DataFrame or LazyFrame, a pandas DataFrame, a pyarrow Table, a DuckDB relation, a Spark DataFrame, "
    "or the path of a CSV, Parquet, Excel or JSON file"
)
NOT_ON_SPARK = (
    "a table in Spark cannot be given here, for its rows would have to come to this machine. Give the part that is "
    "needed as a local table: select its columns and rows in Spark, or a sample, then .toArrow()."
)
_CSV = (".csv", ".csv.gz", ".tsv", ".txt")
_PARQUET = (".parquet", ".pq")
_UNREADABLE_ARROW = ("month_day_nano_interval", "decimal256", "sparse_union", "dense_union", "run_end_encoded")
_EXCEL = (".xlsx", ".xlsm")
_JSON = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")


@dataclass(frozen=True)
class Table:
    """An opened table: its dialect, how a result returns in the caller's kind, and what its files are like.

    Attributes
    ----------
    dialect : Dialect
        The columns.
    give_back : callable
        Turns a local frame, whose ids came from the named column, into the caller's kind of table.
    short_rows : int
        Lines of a CSV with fewer fields than the header; the values they lack are missing.
    advice : str
        What a file suggests where columns are missing.
    lacking, conflicts : mapping of str to str
        Columns that a file of several lacks, with that file; columns whose types in several files cannot be
        brought to one, or cannot be read, with the reason: they are left out.
    """

    dialect: Dialect
    give_back: GiveBack
    short_rows: int = 0
    advice: str = ""
    lacking: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)

    def check_columns(self, caller: str, names: Mapping[str, str | None], *, required: Sequence[str] = ()) -> None:
        """Raise for wanted columns (argument -> column) that are not there once, or not in one type.

        Those of the `required` arguments must be in each of several files.
        """
        self.check_types(caller, [name for name in names.values() if isinstance(name, str)])
        check_columns(caller, names, self.dialect.columns, advice=self.advice)
        for argument in required:
            name = names.get(argument)
            if name is not None and name in self.lacking:
                raise DataError(
                    f"{caller}: the file {shown(self.lacking[name], 300)} lacks column {shown(name)} ({argument}=), "
                    "which other files of the pattern have. Rename its column, or leave the file out."
                )

    @property
    def is_distributed(self) -> bool:
        """Whether the rows are on Spark."""
        return isinstance(self.dialect, SparkDialect)

    def check_usable(self, caller: str) -> None:
        """Raise if the table is on a Spark session that was stopped since it was opened."""
        if isinstance(self.dialect, SparkDialect):
            check_usable(self.dialect.frame, caller)

    def check_types(self, caller: str, names: Iterable[str] | None = None) -> None:
        """Raise if one of the columns (by default all) was left out because of its type."""
        for name in self.conflicts if names is None else names:
            if name in self.conflicts:
                raise DataError(f"{caller}: {self.conflicts[name]}.")

    def returner(self, id_column: str = "") -> Returner:
        """What turns a local frame, whose ids came from the column, into the caller's kind of table."""
        return Returner(self.give_back, id_column)


def open_table(
    table: object,
    caller: str,
    *,
    form: CSVFormat = USUAL_FORM,
    in_memory: bool = False,
    on_spark: bool = False,
) -> Table:
    """The table or file, opened; of a CSV file the bytes are checked once.

    With `in_memory`, a CSV file is read into memory: its columns are to be looked at one by one. Only with `on_spark`
    may it be a Spark DataFrame: all others would pull its rows to this machine.
    """
    form.check(caller)
    if not on_spark and is_spark_frame(table):
        raise TypeError(f"{caller}: {NOT_ON_SPARK}")
    opened = _opened(table, caller, form, in_memory=in_memory)
    check_no_nul(caller, opened.dialect.columns)
    return opened


def _opened(table: object, caller: str, form: CSVFormat, *, in_memory: bool) -> Table:
    if isinstance(table, Table):
        return table
    if isinstance(table, (str, PathLike)):
        return _open_file(fsdecode(table), caller, form, in_memory=in_memory)
    table = nw.to_native(table, pass_through=True)
    if isinstance(table, pl.LazyFrame):
        return Table(PolarsDialect(table), as_lazy_polars)
    if isinstance(table, pl.DataFrame):
        return Table(PolarsDialect(table.lazy()), as_polars)
    if nw.dependencies.is_pandas_dataframe(table):
        frame = _polars_from_pandas(table, caller)
        return Table(PolarsDialect(frame.lazy()), PandasLike.of(table))
    if is_relation(table):
        return Table(run_query(lambda: _duckdb_dialect(table)), RelationLike(table))
    if is_spark_frame(table):
        check_usable(table, caller)
        return Table(SparkDialect(table), SparkLike(table))
    if nw.dependencies.is_pyarrow_table(table):
        readable, unreadable = _readable_columns(table, caller)
        frame = _polars_from_arrow(readable, caller)
        return Table(PolarsDialect(frame.lazy()), ArrowLike(table.schema), conflicts=unreadable)
    raise TypeError(f"{caller}: the table must be {_KINDS}, got {type(table).__name__}.")


def read_table(path: str | PathLike[str], *, separator: str = ",") -> pl.DataFrame:
    """The whole file as a polars DataFrame, with the types that polars finds in it."""
    name, paths = _existing(fsdecode(path), "read_table")
    if name.lower().endswith(_PARQUET):
        return run(pl.scan_parquet(name, glob=len(paths) > 1))
    return run(pl.scan_csv(paths, glob=False, separator=separator, infer_schema_length=None))


def _open_file(path: str, caller: str, form: CSVFormat, *, in_memory: bool) -> Table:
    name, paths = _existing(path, caller)
    if name.lower().endswith(_EXCEL):
        if len(paths) > 1:
            raise DataError(
                f"{caller}: {len(paths)} workbooks fit {shown(path, 300)}, and one is read at a time. "
                "Give one of them, or save them as CSV files, which can be given as a pattern."
            )
        files = excel_table(paths[0], form.skip_rows)
        # Numbers in cells have a decimal point: no marks between thousands can be meant.
        numbers = replace(form, decimal=form.decimal or ".")
        dialect = PolarsDialect(files.frame, form=numbers, names=files.columns)
    elif name.lower().endswith(_JSON):
        files = json_table(paths, caller)
        dialect = PolarsDialect(files.frame)
    elif not name.lower().endswith(_PARQUET):
        # Types are ours to read: an id "007" must stay text, and one bad row must be counted, not fatal.
        files = csv_table(paths, form, caller)
        frame = run(files.frame).lazy() if in_memory else files.frame
        dialect = PolarsDialect(frame, form=form, names=files.columns)
    elif Path(path).is_dir() and not (paths := _plain_parts(path)):
        return Table(PolarsDialect(pl.scan_parquet(name)), as_polars)
    else:
        files = parquet_table(paths)
        dialect = PolarsDialect(files.frame)
    return Table(dialect, as_polars, files.short_rows, files.advice, files.lacking, files.conflicts)


def _plain_parts(folder: str) -> list[str]:
    """The Parquet files in the folder; none where folders say values of a column ("year=2024"): polars reads those."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in _PARQUET and path.is_file())
    return [] if any("=" in str(path.relative_to(folder).parent) for path in paths) else list(map(str, paths))


def _existing(path: str, caller: str) -> tuple[str, list[str]]:
    """The path, checked to be one of our formats, and the files that it or the pattern names."""
    if not path.lower().endswith((*_CSV, *_PARQUET, *_EXCEL, *_JSON)):
        raise DataError(
            f"{caller}: the file must end in one of {[*_CSV, *_PARQUET, *_EXCEL, *_JSON[:3]]}, got {shown(path)}. "
            "A folder is given as a glob, such as 'orders/*.parquet'."
        )
    return path, matching_paths(path, caller)


def is_json(table: object) -> bool:
    """Whether this is the path of a file of JSON objects."""
    return isinstance(table, (str, PathLike)) and fsdecode(table).lower().endswith(_JSON)


def matching_paths(path: str, caller: str) -> list[str]:
    """The path where it exists, else what the pattern names, sorted; DataError where that is nothing."""
    try:
        paths = [path] if Path(path).exists() else sorted(glob.glob(path))
    except (OSError, ValueError):  # a name that no file can have: too long, or with a zero byte
        paths = []
    if not paths:
        raise DataError(f"{caller}: there is no file {shown(path, 300)}.")
    return paths


def _duckdb_dialect(relation: Any) -> Dialect:
    """The relation where it is; rows that could differ at the next reading are read once, now."""
    return read_once(relation) if changes_when_read_again(relation) else DuckDBDialect(relation)


def _polars_from_pandas(table: Any, caller: str) -> pl.DataFrame:
    """The pandas frame as polars, which groups 4 to 7 times faster; columns that hold several types become text."""
    optional_module("pyarrow", f"{caller}: reading a pandas DataFrame")
    names = [str(name) for name in table.columns]
    check_distinct(caller, names)
    columns = [_series_from_pandas(table.iloc[:, i], name, caller) for i, name in enumerate(names)]
    return pl.DataFrame(columns)


def _series_from_pandas(values: Any, name: str, caller: str) -> pl.Series:
    if values.dtype == object and _mixes_zones(values.dropna()):
        raise DataError(
            f"{caller}: column {name!r} mixes dates with and without a time zone. Bring them to one zone first."
        )
    try:
        return pl.Series(name, pl.from_pandas(values))
    except (TypeError, ValueError, OverflowError, NotImplementedError, pl.exceptions.PolarsError):
        # What pyarrow cannot type (numbers among text, say) is compared and counted as text.
        texts = (None if missing else str(v) for v, missing in zip(values, values.isna(), strict=True))
        return pl.Series(name, texts, pl.String)


def _mixes_zones(values: Any) -> bool:
    zoned = {v.tzinfo is not None for v in values if getattr(v, "tzinfo", v) is not v}
    return len(zoned) > 1


def _readable_columns(table: Any, caller: str) -> tuple[Any, dict[str, str]]:
    """The pyarrow table without columns of types that polars lacks, and why each of these is left out."""
    check_distinct(caller, table.schema.names)
    unreadable = {
        field.name: f"column {shown(field.name)} has the pyarrow type {shown(str(field.type))}, which cannot be read. "
        "Cast it to a number, a date or text, or drop it"
        for field in table.schema
        if str(field.type).startswith(_UNREADABLE_ARROW)
    }
    return table.select([name for name in table.schema.names if name not in unreadable]), unreadable


def _polars_from_arrow(table: Any, caller: str) -> pl.DataFrame:
    try:
        frame = pl.from_arrow(table)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{caller}: the table has a column of a type that cannot be read: {error}") from error
    assert isinstance(frame, pl.DataFrame)
    return frame
