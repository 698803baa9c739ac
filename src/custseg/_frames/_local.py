"""Local tables of one row per customer: made, collected and written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from custseg._frames._run import run, run_all

_FORMULA = r"^[=+\-@\t\r\n]"
_NUMBER = r"^[+-]?\d+([.,]\d+)?$"


def frame_from_columns(columns: Mapping[str, Any]) -> pl.DataFrame:
    """A polars DataFrame of NumPy arrays or lists; None is null, NumPy types are kept."""
    return pl.DataFrame({name: _series(name, values) for name, values in columns.items()})


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


def table_writer(table: nw.DataFrame[Any], form: str) -> Callable[[Path], object]:
    """What writes the table to a path, as CSV or Parquet."""
    native: pl.DataFrame = table.to_native()
    return native.write_parquet if form == "parquet" else safe_for_spreadsheets(native).write_csv


def write_files(folder: Path, writers: Mapping[str, Callable[[Path], object]]) -> list[Path]:
    """Write the named files into the folder: all of them appear, or none does.

    Each is written beside the folder first, and all are moved in place at the end.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, write in writers.items():
            write(workshop / name)
        folder.mkdir(exist_ok=True)
        for name in writers:
            (workshop / name).replace(folder / name)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return [folder / name for name in writers]


def safe_for_spreadsheets(table: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe; numbers stay."""
    text = pl.col(pl.String)
    risky = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return table.with_columns(pl.when(risky).then("'" + text).otherwise(text).name.keep())


def _series(name: str, values: Any) -> pl.Series:
    if getattr(values, "dtype", None) == np.dtype(object):
        values = list(values)
    return pl.Series(name, values, strict=True)
