"""Features of logs through Spark Connect, and a session that was stopped; in a process of its own."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from kinds import rows_of, same
from pyspark.sql import SparkSession
from spark_session import SETTINGS, spark_frame

from custseg import Events, Orders
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.features import build_features

shop = make_shop(60, 0)
builder = SparkSession.builder.remote("local[2]")
for key, value in SETTINGS.items():
    builder = builder.config(key, value)
spark = builder.getOrCreate()


def on_spark(log: pl.DataFrame) -> Any:
    return spark_frame(log, spark)


def built(on: Any) -> Any:
    orders = Orders(on(shop.orders), category="category", discount="discount")
    return build_features(orders, Events(on(shop.events)), on(shop.customers), as_of=shop.as_of)


table = on_spark(shop.orders)
try:
    assert type(table).__module__.startswith("pyspark.sql.connect"), type(table)
    assert same(rows_of(built(on_spark).frame), rows_of(built(lambda log: log).frame))
finally:
    spark.stop()
with pytest.raises(DataError, match="Orders: the Spark session of the table is stopped"):
    Orders(table)
print("the same features through Spark Connect")
