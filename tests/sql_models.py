"""Models of every method, and tables of customers that are hard to assign alike, for the tests of SQL."""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import polars as pl

from custseg import SegmentModel, fit_segments
from custseg.clustering import method_names

MODELS = [f"{method}{tails}" for method in method_names() for tails in ("", " with heavy tails")]
COLUMNS = ("recency_days", "order_count", "revenue", "size %")


def customers(count: int, seed: int = 0, *, heavy: bool = True) -> pl.DataFrame:
    """Customers of four kinds; the revenue has a heavy tail, or none."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 4, count)
    noise = rng.standard_t(1.5, count) if heavy else rng.normal(size=count)
    return pl.DataFrame(
        {
            "customer_id": np.arange(count),
            "recency_days": (rng.gamma(2.0, 20.0, count) + 150 * (kind == 3)).astype(np.int64),
            "order_count": 1 + rng.poisson(np.array([1.0, 4.0, 12.0, 2.0])[kind]),
            "revenue": np.array([40.0, 300.0, 900.0, 100.0])[kind] + np.array([5.0, 40.0, 90.0, 20.0])[kind] * noise,
            "size %": rng.normal(np.array([0.0, 3.0, 6.0, 9.0])[kind] * 1e-3, 1e-3),
        }
    )


@cache
def fitted(name: str, count: int = 1500) -> SegmentModel:
    """The model of that name in `MODELS`."""
    method, _, tails = name.partition(" ")
    table = customers(count, heavy=bool(tails))
    model = fit_segments(features=table, columns=COLUMNS, method=method, n_segments=range(3, 6)).model
    assert bool(model.preparation.tails.tails) == bool(tails)
    return model


def hard_customers(model: SegmentModel, count: int, seed: int = 1) -> pl.DataFrame:
    """Customers as in the fit, and every hard value in every column: missing, infinite, huge, tiny, on a boundary."""
    rng = np.random.default_rng(seed)
    table = customers(count, seed).with_columns(pl.col(name).cast(pl.Float64) for name in COLUMNS)
    columns = {name: table[name].to_numpy().copy() for name in COLUMNS}
    for name in COLUMNS:
        hard = _hard_values(model, name)
        rows = rng.integers(0, count, count // 5)
        columns[name][rows] = rng.choice(hard, len(rows))
    table = table.with_columns(pl.Series(name, values) for name, values in columns.items())
    missing = pl.Series(rng.random(count) < 0.02)
    return table.with_columns(pl.when(missing).then(None).otherwise(pl.col(name)).alias(name) for name in COLUMNS)


def _hard_values(model: SegmentModel, name: str) -> list[float]:
    """Special numbers; and in human units the knots of the tails, the bounds of clipping and the middle of them."""
    position = model.preparation.names.index(name)
    plan = model.preparation.columns[position]
    tails = [tail for tail in model.preparation.tails.tails if tail.column == position]
    standard = [-4.0, -4 - 1e-9, 0.0, 4.0, 4 + 1e-9, 5.0, 0.5e-9]
    standard += [tail.middle + tail.sign * knot for tail in tails for knot in tail.distances[::8]]
    transformed = plan.center + plan.spread * np.array(standard)
    if plan.transform == "log1p":
        transformed = np.sign(transformed) * np.expm1(np.abs(transformed)) * plan.scale
    largest, smallest = sys.float_info.max, 5e-324
    special = [np.nan, np.inf, -np.inf, largest, -largest, 1e300, smallest, -smallest, 1e-300, 0.0, -0.0, -1.0]
    return [*special, plan.fill, *transformed.tolist()]
