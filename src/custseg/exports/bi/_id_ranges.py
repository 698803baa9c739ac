"""Tables that are sorted by id and larger than memory, read side by side."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import slices

_Part = nw.DataFrame[Any]


def in_ranges_of_ids(tables: Sequence[Iterator[_Part]]) -> Iterator[list[_Part | None]]:
    """Ranges of ids in increasing order, and of each the rows of every table in it.

    All rows of one id are in one range, and memory holds one batch of each table.

    Parameters
    ----------
    tables : sequence of iterators of narwhals DataFrame
        Each the batches of a table that is sorted by its column `customer_id`, without repeated ids.

    Yields
    ------
    list of (narwhals DataFrame or None)
        In the order of the tables; None where a table has no row in the range.
    """
    batches = [_next(table) for table in tables]
    while any(batch is not None for batch in batches):
        # No id up to here is in a batch that was not read yet.
        last = min(batch.get_column("customer_id")[-1] for batch in batches if batch is not None)
        chunks: list[_Part | None] = []
        for number, batch in enumerate(batches):
            if batch is None:
                chunks.append(None)
                continue
            ids: Any = batch.get_column("customer_id")
            count = bisect_right(ids, last)
            chunks.append(batch.head(count) if count else None)
            batches[number] = batch.tail(len(batch) - count) if count < len(batch) else _next(tables[number])
        yield chunks


def _next(table: Iterator[_Part]) -> _Part | None:
    """The next batch that has rows."""
    return next((batch for batch in table if len(batch)), None)


def in_order_of_text(rows: nw.LazyFrame[Any], n_rows: int, *, size: int) -> Iterator[_Part]:
    """The rows of a Parquet file that is sorted by its column `customer_id`, in the order of the ids as text.

    The column is text then. Whole numbers with the same number of digits have this order already, those below 0 the
    opposite one; they stand one after the other in the file.
    """
    if rows.collect_schema()["customer_id"] == nw.String:
        yield from slices(rows, n_rows, size=size)
        return
    lengths: dict[tuple[bool, int], int] = {}
    for chunk in slices(rows.select("customer_id"), n_rows, size=size):
        number = nw.col("customer_id")
        kinds = chunk.select((number < 0).alias("is_negative"), number.cast(nw.String).str.len_chars().alias("length"))
        for is_negative, length, count in (
            kinds.group_by("is_negative", "length").agg(nw.len().alias("rows")).iter_rows()
        ):
            lengths[is_negative, length] = lengths.get((is_negative, length), 0) + count
    blocks, start = [], 0
    for is_negative, length in sorted(lengths, key=lambda kind: -kind[1] if kind[0] else kind[1]):
        count = lengths[is_negative, length]
        blocks.append(_text_of_block(rows, range(start, start + count), size=size, is_descending=is_negative))
        start += count
    for chunks in in_ranges_of_ids(blocks):
        yield nw.concat([chunk for chunk in chunks if chunk is not None]).sort("customer_id")


def _text_of_block(rows: nw.LazyFrame[Any], numbers: range, *, size: int, is_descending: bool) -> Iterator[_Part]:
    """Batches of the rows with these numbers, ids as text; from the last on if the order of the numbers is opposite."""
    starts = numbers[::size]
    for start in reversed(starts) if is_descending else starts:
        n_rows = min(size, numbers.stop - start)
        for chunk in slices(rows, n_rows, start=start, size=size):
            yield chunk.with_columns(nw.col("customer_id").cast(nw.String)).sort("customer_id")
