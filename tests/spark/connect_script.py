"""Features, a fit and a stopped session through Spark Connect, in a process of its own: a process has one kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from kinds import rows_of, same
from pyspark.sql import SparkSession
from spark_session import OF_CONNECT, is_spark_frame, spark_frame

from custseg import Events, Orders, fit_segments
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.features import build_features

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


try:
    assert same(rows_of(built(on_spark).frame), rows_of(built(on_polars).frame))
    result, local = fitted(on_spark), fitted(on_polars)
    assert [row.size for row in result.profiles] == [row.size for row in local.profiles]
    assigned = pl.from_arrow(result.assignments.toArrow()).sort("customer_id")
    assert assigned["segment"].equals(local.to_polars().sort("customer_id")["segment"])
    table = on_spark(shop.orders)
finally:
    spark.stop()
with pytest.raises(DataError, match="Orders: the Spark session of the table is stopped"):
    Orders(table)
print("the same through Spark Connect")
