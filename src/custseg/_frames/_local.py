"""Local tables, usually of one row per customer: creating, collecting and writing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import polars.selectors as cs

from custseg._frames._files import CSVFormat
from custseg._frames._run import collected_schema, reason, run, run_all
from custseg._frames._spark._session import run_spark
from custseg._frames._spreadsheet import safe_for_spreadsheets
from custseg.errors import DataError

FOR_EXCEL = CSVFormat(encoding="utf-8-sig")


def frame_from_columns(columns: Mapping[str, Any]) -> pl.DataFrame:
    """A polars DataFrame of NumPy arrays or lists; None is null, NumPy types are kept."""
    return pl.DataFrame({name: _series(name, values) for name, values in columns.items()})


def local_table(columns: Mapping[str, Any]) -> nw.DataFrame[Any]:
    """The same as a local table."""
    return nw.from_native(frame_from_columns(columns), eager_only=True)


def parquet_rows(path: Path) -> nw.LazyFrame[Any]:
    """The rows of one Parquet file that this package wrote, lazily: a filter reads only what it needs."""
    return nw.from_native(pl.scan_parquet(path, glob=False, hive_partitioning=False))


def parquet_table(path: Path) -> nw.DataFrame[Any] | None:
    """The rows of one Parquet file; None where there is none, or it cannot be read."""
    try:
        return collect(parquet_rows(path))
    except (OSError, DataError, pl.exceptions.PolarsError):
        return None


def readable_rows(path: Path) -> nw.LazyFrame[Any] | None:
    """The same lazily, whose columns alone are read."""
    rows = parquet_rows(path)
    try:
        collected_schema(nw.to_native(rows))
    except DataError:
        return None
    return rows


def slices(rows: nw.LazyFrame[Any], n_rows: int, *, start: int = 0, size: int) -> Iterator[nw.DataFrame[Any]]:
    """`n_rows` rows of a Parquet file from row `start` on, `size` of them at a time."""
    native: pl.LazyFrame = nw.to_native(rows)
    for first in range(start, start + n_rows, size):
        yield nw.from_native(run(native.slice(first, min(size, start + n_rows - first))), eager_only=True)


def columns_of(table: nw.DataFrame[Any], names: Iterable[str]) -> nw.DataFrame[Any]:
    """Only these columns of a local table; polars would take names such as "*" and "^a$" for patterns."""
    return table.select(*(table.get_column(name) for name in names))


def column_of(table: nw.DataFrame[Any], name: str) -> nw.Series[Any]:
    """One column of a local table, called "values": many methods of a polars Series named "^a$" fail."""
    return table.get_column(name).alias("values")


def collect(frame: nw.LazyFrame[Any]) -> nw.DataFrame[Any]:
    """The lazy frame of any engine, computed into a local polars table."""
    native = nw.to_native(frame)
    if isinstance(native, pl.LazyFrame):
        return nw.from_native(run(native), eager_only=True)
    if frame.implementation.is_spark_like():
        return cast("nw.DataFrame[Any]", run_spark(partial(frame.collect, backend="polars")))
    return frame.collect(backend="polars")


def in_memory(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The lazy frame computed once, so that what is computed from it does not read its file again.

    A relation stays in its database.
    """
    native = nw.to_native(frame)
    return nw.from_native(run(native).lazy()) if isinstance(native, pl.LazyFrame) else frame


def collect_together(*frames: nw.LazyFrame[Any]) -> list[nw.DataFrame[Any]]:
    """Several lazy frames at once: polars then computes what they share only once."""
    natives = [nw.to_native(frame) for frame in frames]
    if not all(isinstance(native, pl.LazyFrame) for native in natives):
        return [collect(frame) for frame in frames]
    return [nw.from_native(frame, eager_only=True) for frame in run_all(natives)]


def table_writer(table: nw.DataFrame[Any], form: str, csv: CSVFormat = FOR_EXCEL) -> Callable[[Path], object]:
    """A function that writes the table to a path, as CSV or Parquet; it raises OSError on failure."""
    native: pl.DataFrame = table.to_native()
    if form == "parquet":
        return partial(_write, native.write_parquet)
    safe = safe_for_spreadsheets(native)
    if csv.decimal_mark != ".":
        numbers = cs.float() | cs.decimal()
        safe = safe.with_columns(numbers.cast(pl.String).str.replace(".", csv.decimal_mark, literal=True))
    has_mark = csv.encoding == "utf-8-sig"
    return partial(_write, partial(safe.write_csv, separator=csv.separator or ",", include_bom=has_mark))


def _write(write: Callable[[BytesIO], object], path: Path) -> None:
    # The file is written by Python: older versions of polars do not report a full disk.
    content = BytesIO()
    try:
        write(content)
    except pl.exceptions.PolarsError as error:
        raise OSError(0, reason(error)) from error
    path.write_bytes(content.getbuffer())


def _series(name: str, values: Any) -> pl.Series:
    if getattr(values, "dtype", None) == np.dtype(object):
        values = list(values)
    return pl.Series(name, values, strict=True)
