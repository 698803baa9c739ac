"""Seeded order logs of any size, shared by the benchmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

AS_OF = "2025-07-01"

# So many lines are made at once, which bounds the memory of making them to about 5 GB.
_PIECE = 20_000_000


def write_log(path: Path, lines: int, customers: int) -> None:
    """A seeded order log: text order ids, several lines per order, some refunds."""
    rng = np.random.default_rng(0)
    writer = None
    for start in range(0, lines, _PIECE):
        # Pieces of a longer log have orders of their own, of the same customers and days.
        table = _piece(rng, min(_PIECE, lines - start), customers, first_order=start).to_arrow()
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=1_000_000)
    if writer:
        writer.close()


def _piece(rng: np.random.Generator, lines: int, customers: int, *, first_order: int) -> pl.DataFrame:
    orders = lines * 2 // 5
    order = np.sort(rng.integers(0, orders, lines))
    owner = rng.permutation(np.arange(orders) % customers)
    moment = np.datetime64("2023-07-01", "us") + rng.integers(0, 730 * 86_400, orders) * np.timedelta64(1, "s")
    amount = np.round(rng.gamma(2.0, 20.0, lines), 2) * np.where(rng.random(lines) < 0.02, -1, 1)
    shuffled = rng.permutation(lines)
    frame = pl.DataFrame(
        {"customer_id": owner[order], "order_id": order + first_order, "ordered_at": moment[order], "amount": amount}
    )[shuffled]
    return frame.with_columns(pl.format("A{}", pl.col("order_id")).alias("order_id"))
