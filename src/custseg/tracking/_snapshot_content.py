"""`SnapshotContent`: the rows of a snapshot before they are recorded, in memory or streamed from Spark into a file."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Rows, count_lines, parquet_rows, slices, streamed_writer, table_writer
from custseg.tracking._assignments import SizesOfGroups, check_repeated
from custseg.tracking._assignments_in_spark import check_unchanged, sizes_of_groups
from custseg.tracking._manifest import PART, blocks_of, content_checksum, kind_line, missing_bits, types_of

_STREAM = ".custseg-stream-"
_BATCH = 2**17


@dataclass(frozen=True)
class SnapshotContent:
    """The rows of a snapshot.

    Attributes
    ----------
    n_rows : int
        How many they are.
    types : mapping of str to str
        The type of each column.
    checksum : str
        Of the rows in the order of their ids.
    write : callable
        Writes them to a path as Parquet.
    """

    n_rows: int
    types: Mapping[str, str]
    checksum: str
    write: Callable[[Path], object]


@contextmanager
def snapshot_content(
    rows: Rows, root: Path, caller: str, *, sizes: SizesOfGroups | None = None
) -> Iterator[SnapshotContent]:
    """The content of checked rows. Those on Spark are in a file of the folder `root` until the end.

    Local rows are sorted by their ids. On Spark they are sorted there, and then it is an error if ids are repeated, or
    if pairs of a segment and a name have other `sizes` than when they were checked.
    """
    if isinstance(rows, nw.DataFrame):
        yield SnapshotContent(len(rows), types_of(rows), content_checksum(rows), table_writer(rows, "parquet"))
        return
    for leftover in root.glob(f"{_STREAM}*"):
        # Of a killed process: the lock is held.
        shutil.rmtree(leftover, ignore_errors=True)
    with TemporaryDirectory(prefix=_STREAM, dir=root) as folder:
        path = Path(folder) / PART
        streamed_writer(rows.sort("customer_id"), "parquet")(path)
        stored = parquet_rows(path)
        n_rows, types = count_lines(stored), {name: str(dtype) for name, dtype in stored.collect_schema().items()}
        check_repeated(_n_repeated(stored, n_rows), caller, "assignments")
        check_unchanged(_sizes(stored, n_rows) == sizes, caller, "assignments")
        yield SnapshotContent(n_rows, types, streamed_checksum(path), lambda target: shutil.move(path, target))


def streamed_checksum(path: Path, *, size: int = _BATCH) -> str:
    """`content_checksum` of the sorted rows of a Parquet file, of which memory holds `size` values, a multiple of 8."""
    rows = parquet_rows(path)
    checksum, n_rows = hashlib.sha256(), count_lines(rows)
    for name, dtype in sorted(rows.collect_schema().items()):
        checksum.update(kind_line(name, dtype))
        for values in _batches(rows, name, n_rows, size=size):
            checksum.update(missing_bits(values))
        # Of text there are two blocks: all lengths, then all texts.
        for block in range(2 if dtype == nw.String else 1):
            for values in _batches(rows, name, n_rows, size=size):
                checksum.update(blocks_of(values)[block])
    return checksum.hexdigest()


def _n_repeated(rows: nw.LazyFrame[Any], n_rows: int) -> int:
    """How many rows have the id of the row before; the rows are sorted by their ids."""
    repeated, last = 0, None
    for values in _batches(rows, "customer_id", n_rows, size=_BATCH):
        repeated += int((values == values.shift(1)).sum()) + (last == values[0])
        last = values[-1]
    return repeated


def _sizes(rows: nw.LazyFrame[Any], n_rows: int) -> SizesOfGroups:
    """How many customers each pair of a segment and a name has."""
    pairs = slices(rows.select("segment", "name"), n_rows, size=_BATCH)
    counts = [chunk.group_by("segment", "name").agg(nw.len().alias("customers")) for chunk in pairs]
    return sizes_of_groups(nw.concat(counts))


def _batches(rows: nw.LazyFrame[Any], name: str, n_rows: int, *, size: int) -> Iterator[nw.Series[Any]]:
    """The values of a column, some rows at a time."""
    return (part.get_column(name) for part in slices(rows.select(name), n_rows, size=size))
