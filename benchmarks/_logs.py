"""Seeded order logs of any size, shared by the benchmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

AS_OF = "2025-07-01"


def write_log(path: Path, lines: int, customers: int) -> None:
    """A seeded order log: text order ids, several lines per order, some refunds."""
    rng = np.random.default_rng(0)
    orders = lines * 2 // 5
    order = np.sort(rng.integers(0, orders, lines))
    owner = rng.permutation(np.arange(orders) % customers)
    start = np.datetime64("2023-07-01", "us") + rng.integers(0, 730 * 86_400, orders) * np.timedelta64(1, "s")
    amount = np.round(rng.gamma(2.0, 20.0, lines), 2) * np.where(rng.random(lines) < 0.02, -1, 1)
    shuffled = rng.permutation(lines)
    frame = pl.DataFrame(
        {
            "customer_id": owner[order],
            "order_id": order,
            "ordered_at": start[order],
            "amount": amount,
        }
    )[shuffled].with_columns(pl.format("A{}", pl.col("order_id")).alias("order_id"))
    frame.write_parquet(path)
