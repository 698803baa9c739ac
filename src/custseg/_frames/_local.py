"""Local tables of one row per customer: made, collected and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import polars.selectors as cs

from custseg._frames._run import reason, run, run_all

_FORMULA = r"^[=+\-@\t\r\n]"
_NUMBER = r"^[+-]?\d+([.,]\d+)?$"


def frame_from_columns(columns: Mapping[str, Any]) -> pl.DataFrame:
    """A polars DataFrame of NumPy arrays or lists; None is null, NumPy types are kept."""
    return pl.DataFrame({name: _series(name, values) for name, values in columns.items()})


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
    return frame.collect(backend="polars")


def collect_together(*frames: nw.LazyFrame[Any]) -> list[nw.DataFrame[Any]]:
    """Several lazy frames at once: polars then computes what they share only once."""
    natives = [nw.to_native(frame) for frame in frames]
    if not all(isinstance(native, pl.LazyFrame) for native in natives):
        return [collect(frame) for frame in frames]
    return [nw.from_native(frame, eager_only=True) for frame in run_all(natives)]


@dataclass(frozen=True)
class CsvStyle:
    """How a CSV file is written: the mark between fields, the decimal mark, and the byte order mark for Excel."""

    separator: str = ","
    decimal: str = "."
    byte_order_mark: bool = True


def table_writer(table: nw.DataFrame[Any], form: str, style: CsvStyle | None = None) -> Callable[[Path], object]:
    """What writes the table to a path, as CSV or Parquet; raises OSError where that fails."""
    native: pl.DataFrame = table.to_native()
    if form == "parquet":
        return partial(_write, native.write_parquet)
    style = style or CsvStyle()
    safe = safe_for_spreadsheets(native)
    if style.decimal != ".":
        numbers = cs.float() | cs.decimal()
        safe = safe.with_columns(numbers.cast(pl.String).str.replace(".", style.decimal, literal=True))
    return partial(_write, partial(safe.write_csv, separator=style.separator, include_bom=style.byte_order_mark))


def _write(write: Callable[[Path], object], path: Path) -> None:
    try:
        write(path)
    except pl.exceptions.PolarsError as error:
        raise OSError(0, reason(error)) from error


def safe_for_spreadsheets(table: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay."""
    text = pl.col(pl.String)
    risky = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return table.with_columns(pl.when(risky).then("'" + text).otherwise(text).name.keep())


def _series(name: str, values: Any) -> pl.Series:
    if getattr(values, "dtype", None) == np.dtype(object):
        values = list(values)
    return pl.Series(name, values, strict=True)
