"""Rows, first of all those on Spark, that go to a file of this machine in batches: memory holds one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import narwhals.stable.v2 as nw
import polars as pl

from custseg._frames._files import CSVFormat
from custseg._frames._local import FOR_EXCEL
from custseg._frames._run import reason
from custseg._frames._spark._session import run_spark
from custseg._frames._spreadsheet import safe_for_spreadsheets

ReadBatches = Callable[[], Iterable[nw.DataFrame[Any]]]

BATCH_ROWS = 2**17
"""A multiple of 8, so that the bits of missing values can be packed batch by batch."""


def batches(frame: nw.LazyFrame[Any], *, size: int = BATCH_ROWS) -> Iterator[nw.DataFrame[Any]]:
    """The rows on Spark in their order, `size` of them at a time; one batch without rows where there are none.

    Spark hands over one partition after the other: memory holds a partition and a batch.
    """
    native = nw.to_native(frame)
    empty = pl.from_arrow(run_spark(lambda: native.limit(0).toArrow()))
    assert isinstance(empty, pl.DataFrame)
    rows = run_spark(native.toLocalIterator)
    n_batches = 0
    while lines := run_spark(lambda: [tuple(row) for row in islice(rows, size)]):
        n_batches += 1
        yield nw.from_native(pl.DataFrame(lines, schema=empty.schema, orient="row"), eager_only=True)
    if not n_batches:
        yield nw.from_native(empty, eager_only=True)


def streamed_writer(frame: nw.LazyFrame[Any], form: str, csv: CSVFormat = FOR_EXCEL) -> Callable[[Path], object]:
    """A function that writes the rows to a path as CSV or Parquet, batch by batch; it raises OSError on failure.

    A CSV file is the one that `table_writer` writes of the same rows.
    """
    return batches_writer(partial(batches, frame), form, csv)


def batches_writer(read: ReadBatches, form: str, csv: CSVFormat = FOR_EXCEL) -> Callable[[Path], object]:
    """The same for local tables of the same columns, one at least, which `read` gives one after the other."""
    return partial(_write_parquet if form == "parquet" else partial(_write_csv, csv), read)


def _write_parquet(read: ReadBatches, path: Path) -> None:
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    with path.open("wb") as file:
        writer: Any = None
        try:
            for batch in read():
                table = batch.to_arrow()
                writer = ParquetWriter(file, table.schema) if writer is None else writer
                writer.write_table(table, row_group_size=BATCH_ROWS)
        except pa.ArrowException as error:
            raise OSError(0, str(error).partition("\n")[0]) from error
        finally:
            if writer is not None:
                writer.close()


def _write_csv(csv: CSVFormat, read: ReadBatches, path: Path) -> None:
    with path.open("wb") as file:
        for number, batch in enumerate(read()):
            _append_csv(file, safe_for_spreadsheets(nw.to_native(batch)), csv, is_first=number == 0)


def _append_csv(file: BinaryIO, rows: pl.DataFrame, csv: CSVFormat, *, is_first: bool) -> None:
    has_mark = is_first and csv.encoding == "utf-8-sig"
    try:
        rows.write_csv(file, separator=csv.separator or ",", include_bom=has_mark, include_header=is_first)
    except pl.exceptions.PolarsError as error:
        raise OSError(0, reason(error)) from error
