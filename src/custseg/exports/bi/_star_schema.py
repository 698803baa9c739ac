"""The five tables of the star: their columns and types, and how they are read back and checked.

Types are those that both programs read: whole numbers of 64 bits, float64, text, true and false, and dates. Hyper
refuses float32, unsigned 64-bit numbers, wide decimals, nested columns and columns without a type.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import frame_from_columns, parquet_table, readable_rows
from custseg.errors import DataError
from custseg.texts import listed, shown

DATES, SEGMENTS, FEATURES = "dim_date", "dim_segment", "dim_feature"
MEMBERSHIP, METRICS = "fact_membership", "fact_metric"
_Columns = Mapping[str, Any]
TABLES: Mapping[str, _Columns] = {
    DATES: {
        "date": nw.Date,
        **dict.fromkeys(("year", "quarter", "month"), nw.Int64),
        "month_name": nw.String,
        **dict.fromkeys(("day", "iso_year", "iso_week", "weekday"), nw.Int64),
        "weekday_name": nw.String,
        "is_snapshot": nw.Boolean,
    },
    SEGMENTS: {
        **dict.fromkeys(("segment_key", "segment"), nw.Int64),
        **dict.fromkeys(("name", "description", "rule", "do", "dont", "channel", "cadence"), nw.String),
        **dict.fromkeys(("first_date", "last_date"), nw.Date),
    },
    FEATURES: {
        "feature_key": nw.Int64,
        **dict.fromkeys(("feature", "label", "unit", "family"), nw.String),
        "is_clustered": nw.Boolean,
    },
    MEMBERSHIP: {
        "date": nw.Date,
        "snapshot": nw.String,
        "customer_key": nw.Int64,
        "customer_id": nw.String,
        "segment_key": nw.Int64,
        "confidence": nw.Float64,
        "is_outlier": nw.Boolean,
    },
    METRICS: {
        "date": nw.Date,
        "snapshot": nw.String,
        **dict.fromkeys(("segment_key", "feature_key"), nw.Int64),
        **dict.fromkeys(("measure", "category"), nw.String),
        "value": nw.Float64,
        "hidden": nw.String,
    },
}
"""Columns and types by table, dimensions first."""


def typed_table(name: str, columns: Mapping[str, Sequence[object]]) -> nw.DataFrame[Any]:
    """The columns as the table of this name; a column without any value has its type all the same."""
    local: nw.DataFrame[Any] = nw.from_native(frame_from_columns(columns), eager_only=True)
    return local.select(nw.col(column).cast(dtype) for column, dtype in TABLES[name].items())


def rows_of(table: nw.DataFrame[Any]) -> list[dict[str, Any]]:
    """The rows as mappings."""
    return list(table.iter_rows(named=True))


def columns_of_rows(name: str, rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """The rows as columns of the table of this name; what a row lacks is missing."""
    return {column: [row.get(column) for row in rows] for column in TABLES[name]}


def read_tables(folder: Path, caller: str, *, lazily: Collection[str] = ()) -> dict[str, Any] | None:
    """The tables of an earlier export; None where the folder has none of them.

    Those that are named in `lazily` are LazyFrames on their files.

    Raises
    ------
    DataError
        If the folder has some of the files only, or files of other columns.
    """
    files = {name: folder / f"{name}.parquet" for name in TABLES}
    lacking = [path.name for path in files.values() if not path.exists()]
    if len(lacking) == len(files):
        return None
    if lacking:
        raise not_appendable(caller, folder, f"it lacks {listed(lacking)}, and has the other tables")
    tables = {}
    for name, path in files.items():
        table = readable_rows(path) if name in lazily else parquet_table(path)
        if table is None or dict(table.collect_schema()) != TABLES[name]:
            raise not_appendable(caller, folder, f"{path.name!r} is damaged, or not the table of this version")
        tables[name] = table
    return tables


def not_appendable(caller: str, folder: Path, reason: str) -> DataError:
    """The error for a folder that has files, and not all tables of this version."""
    return DataError(
        f"{caller}: the folder {shown(str(folder), 300)} cannot be appended to: {reason}. "
        "Give another folder, or move its files away and export all snapshots again."
    )
