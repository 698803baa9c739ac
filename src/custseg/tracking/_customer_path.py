"""The way of one customer through the snapshots of a history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect, frame_from_columns, parquet_rows

_COLUMNS = ("as_of", "segment", "name", "previous_segment", "previous_name", "changed_at")


def rows_of_customer(path: Path, customer_id: int | str) -> list[tuple[Any, ...]]:
    """Segment and name of the customer in one snapshot; none where it does not have them."""
    rows = collect(parquet_rows(path).filter(nw.col("customer_id") == nw.lit(customer_id)).select("segment", "name"))
    return list(rows.iter_rows())


def path_of_customer(steps: Sequence[tuple[Any, ...]]) -> Any:
    """The steps with the segment before the latest change and its moment, as a polars DataFrame.

    A step is the moment, the segment and its name; customers in no segment differ by the name alone.
    """
    rows: list[tuple[Any, ...]] = []
    previous: tuple[int | None, str | None] = (None, None)
    changed_at = steps[0][0]
    for index, (moment, segment, name) in enumerate(steps):
        before = steps[max(index - 1, 0)]
        if (segment, name if segment is None else "") != (before[1], before[2] if before[1] is None else ""):
            previous, changed_at = before[1:], moment
        rows.append((moment, segment, name, *previous, changed_at))
    frame = nw.from_native(
        frame_from_columns(dict(zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True))), eager_only=True
    )
    texts = [nw.col(name).cast(nw.String) for name in ("name", "previous_name", "changed_at")]
    numbers = [nw.col(name).cast(nw.Int64) for name in ("segment", "previous_segment")]
    return nw.to_native(frame.with_columns(*numbers, *texts))
