"""One table out of one file or several, whose parts may differ in columns, their order and types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from custseg._frames._files._csv_format import CSVFormat
from custseg._frames._files._csv_scan import CSVFile, frame_names, open_csv
from custseg._frames._run import collected_schema
from custseg.texts import shown

_EXACT_IN_FLOAT = 2**53


@dataclass(frozen=True)
class FileTable:
    """The table in some files.

    Attributes
    ----------
    frame : polars LazyFrame
        The rows of all files; of CSV files all values are text.
    columns : tuple of str
        The names in the files, in the order of the frame's columns; a CSV may repeat some.
    short_rows : int
        Lines of CSV files with fewer fields than the header.
    advice : str
        What the files suggest where columns are missing.
    lacking : mapping of str to str
        A file that lacks the column, by column: its rows have no value there.
    conflicts : mapping of str to str
        Columns left out because their types cannot be brought to one, with the reason.
    """

    frame: pl.LazyFrame
    columns: tuple[str, ...]
    short_rows: int = 0
    advice: str = ""
    lacking: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)


def csv_table(paths: Sequence[str], form: CSVFormat, caller: str) -> FileTable:
    """The CSV files as one table of text."""
    files = [open_csv(path, form, caller) for path in paths]
    keys = {file.path: _numbered(file.columns) for file in files}
    order = list(dict.fromkeys(key for file in files for key in keys[file.path]))
    frames = [_placed(file, keys[file.path], order) for file in files]
    lacking = {name: file.path for file in reversed(files) for name, _ in order if name not in file.columns}
    return FileTable(
        frames[0] if len(frames) == 1 else pl.concat(frames),
        tuple(name for name, _ in order),
        short_rows=sum(file.short_rows for file in files),
        advice=next((file.advice for file in files if file.advice), ""),
        lacking=lacking,
    )


def _numbered(columns: Sequence[str]) -> list[tuple[str, int]]:
    """Each name with how often it has occurred before."""
    counts: Counter[str] = Counter()
    numbered = []
    for name in columns:
        numbered.append((name, counts[name]))
        counts[name] += 1
    return numbered


def _placed(file: CSVFile, keys: Sequence[tuple[str, int]], order: Sequence[tuple[str, int]]) -> pl.LazyFrame:
    """The columns of a part at their places in the whole, null where the part lacks one."""
    if list(keys) == list(order):
        return file.frame
    available = dict(zip(keys, frame_names(len(keys)), strict=True))
    names = frame_names(len(order))
    return file.frame.select(
        (pl.col(available[key]) if key in available else pl.lit(None, pl.String)).alias(name)
        for key, name in zip(order, names, strict=True)
    )


def parquet_table(paths: Sequence[str]) -> FileTable:
    """The Parquet files as one table; types that differ are brought to one where that is safe."""
    full = [Path(path).resolve() for path in paths]
    frames = [pl.scan_parquet(path, glob=False) for path in full]
    schemas = [collected_schema(frame) for frame in frames]
    if all(schema == schemas[0] for schema in schemas):
        frame = frames[0] if len(frames) == 1 else pl.scan_parquet(full, glob=False)
        return FileTable(frame, tuple(schemas[0].names()))
    names = list(dict.fromkeys(name for schema in schemas for name in schema.names()))
    kinds: dict[str, pl.DataType] = {}
    conflicts: dict[str, str] = {}
    for name in names:
        dtypes = {path: schema[name] for path, schema in zip(paths, schemas, strict=True) if name in schema}
        kind = _common_type(list(dtypes.values()))
        if kind is None:
            conflicts[name] = _conflict(name, dtypes)
        else:
            kinds[name] = kind
    by_path = dict(zip(paths, schemas, strict=True))
    lacking = {name: path for path in reversed(paths) for name in kinds if name not in by_path[path]}
    aligned = [
        frame.select(_cast(name, schema.get(name), kind) for name, kind in kinds.items())
        for frame, schema in zip(frames, schemas, strict=True)
    ]
    return FileTable(pl.concat(aligned), tuple(kinds), lacking=lacking, conflicts=conflicts)


def _conflict(name: str, dtypes: Mapping[str, pl.DataType]) -> str:
    (first, kind), *further = dtypes.items()
    path, dtype = next((path, dtype) for path, dtype in further if _common_type([kind, dtype]) is None)
    return (
        f"column {shown(name)} is {kind} in {shown(first, 300)} and {dtype} in {shown(path, 300)}. "
        "Write both files with the same type, or give the files one by one"
    )


def _common_type(kinds: Sequence[pl.DataType]) -> pl.DataType | None:
    """A type that holds the values of all, or None."""
    kinds = [kind for kind in dict.fromkeys(kinds) if kind != pl.Null]
    if len(kinds) <= 1:
        return kinds[0] if kinds else pl.Null()
    if all(kind.is_integer() for kind in kinds):
        # Int64 does not hold all that UInt64 does.
        return pl.UInt64() if all(kind.is_unsigned_integer() for kind in kinds) else pl.Int64()
    if all(isinstance(kind, pl.Decimal) for kind in kinds):
        return pl.Decimal(38, max(kind.scale for kind in kinds if isinstance(kind, pl.Decimal)))
    if all(kind.is_numeric() for kind in kinds):
        return pl.Float64()
    if all(isinstance(kind, (pl.String, pl.Categorical, pl.Enum)) for kind in kinds):
        return pl.String()
    zones = {kind.time_zone for kind in kinds if isinstance(kind, pl.Datetime)}
    if all(isinstance(kind, (pl.Date, pl.Datetime)) for kind in kinds):
        if None not in zones and not any(isinstance(kind, pl.Date) for kind in kinds):
            return pl.Datetime("us", zones.pop() if len(zones) == 1 else "UTC")
        return pl.Datetime("us") if zones == {None} else None
    return None


def _cast(name: str, present: pl.DataType | None, kind: pl.DataType) -> pl.Expr:
    """The column of a part in the common type."""
    if present is None:
        return pl.lit(None, kind).alias(name)
    column = pl.col(name)
    if present == kind:
        return column
    if isinstance(present, (pl.Int64, pl.UInt64)) and kind == pl.Float64:
        # A larger number would change its last digits, which matters for an id: it counts as unreadable.
        column = pl.when(column.abs() <= _EXACT_IN_FLOAT).then(column)
    return column.cast(kind)
