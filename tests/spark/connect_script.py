"""Features, a fit and all that follows it through Spark Connect, in a process of its own: a process has one kind."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from kinds import rows_of, same
from polars.testing import assert_frame_equal
from pyspark.sql import SparkSession
from spark_session import OF_CONNECT, is_spark_frame, spark_frame

from custseg import Events, Orders, fit_segments
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.exports import export_activation, export_bi
from custseg.features import build_features, data_report
from custseg.tracking import SegmentHistory, drift, transitions

shop = make_shop(60, 0)
rng = np.random.default_rng(0)
kind = rng.integers(0, 3, 900)
customers = pl.DataFrame(
    {
        "customer_id": [f"c{number}" for number in range(900)],
        "visits": 20.0 * kind + rng.normal(size=900),
        "spent": 50.0 * (kind == 1) + 5 * rng.normal(size=900),
    }
)
later = customers.with_columns(pl.col("visits").reverse()).tail(800)
consent = customers.select("customer_id", contactable_email=pl.col("visits") > 20, unsubscribed=pl.col("spent") > 60)
builder = SparkSession.builder.remote("local[2]")
for key, value in OF_CONNECT.items():
    builder = builder.config(key, value)
spark = builder.getOrCreate()


def on_spark(table: pl.DataFrame) -> Any:
    frame = spark_frame(table, spark)
    assert is_spark_frame(frame)
    assert type(frame).__module__.startswith("pyspark.sql.connect"), type(frame)
    return frame


def on_polars(table: pl.DataFrame) -> pl.DataFrame:
    return table


def built(on: Any) -> Any:
    orders = Orders(on(shop.orders), category="category", discount="discount")
    return build_features(orders, Events(on(shop.events)), on(shop.customers), as_of=shop.as_of)


def fitted(on: Any) -> Any:
    return fit_segments(features=on(customers), n_segments=3, min_size=0.3)


def followed(result: Any, on: Any, folder: Path) -> list[str]:
    """What the functions that follow a fit say; they write into the folder."""
    assigned = result.model.assign(features=on(later))
    movement = transitions(result.assignments, assigned, as_of="2024-07-01")
    export_activation(movement, folder / "list.csv", plays=result.profiles, features=on(consent))
    history = SegmentHistory(folder / "history")
    assert history.record(assigned, "2024-07-01")
    export_bi(result, folder / "bi", as_of="2024-06-01")
    history.at("2024-07-01").write_parquet(folder / "recorded.parquet")
    drifted = drift(result.model, on(later))
    report = data_report(Orders(on(shop.orders), category="category"), as_of=shop.as_of)
    return [repr(movement), f"{drifted.verdict} {[round(row.psi, 9) for row in drifted.rows]}", repr(report)]


def assert_same_files(folder: Path, expected: Path) -> None:
    assert (folder / "list.csv").read_bytes() == (expected / "list.csv").read_bytes()
    tables = [path.relative_to(expected) for path in expected.rglob("*.parquet") if "history" not in path.parts]
    assert len(tables) == 6
    for name in tables:
        assert_frame_equal(pl.read_parquet(folder / name), pl.read_parquet(expected / name), abs_tol=1e-9)


try:
    assert same(rows_of(built(on_spark).frame), rows_of(built(on_polars).frame))
    result, local = fitted(on_spark), fitted(on_polars)
    assert [row.size for row in result.profiles] == [row.size for row in local.profiles]
    assigned = pl.from_arrow(result.assignments.toArrow()).sort("customer_id")
    assert assigned["segment"].equals(local.to_polars().sort("customer_id")["segment"])
    with TemporaryDirectory() as there, TemporaryDirectory() as here:
        assert followed(result, on_spark, Path(there)) == followed(local, on_polars, Path(here))
        assert_same_files(Path(there), Path(here))
    table = on_spark(shop.orders)
finally:
    spark.stop()
with pytest.raises(DataError, match="Orders: the Spark session of the table is stopped"):
    Orders(table)
print("the same through Spark Connect")
