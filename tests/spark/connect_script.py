"""A fit and its assignments through Spark Connect, in a process of its own: a process has one kind of session."""

from __future__ import annotations

import numpy as np
import polars as pl
from pyspark.sql import SparkSession

from custseg import fit_segments

rng = np.random.default_rng(0)
kind = rng.integers(0, 3, 900)
table = pl.DataFrame(
    {
        "customer_id": [f"c{number}" for number in range(900)],
        "visits": 20.0 * kind + rng.normal(size=900),
        "spent": 50.0 * (kind == 1) + 5 * rng.normal(size=900),
    }
)
builder = SparkSession.builder.remote("local[2]").config("spark.ui.enabled", "false")
spark = builder.config("spark.sql.shuffle.partitions", "2").config("spark.log.level", "ERROR").getOrCreate()
try:
    frame = spark.createDataFrame(table.to_arrow())
    assert type(frame).__module__.startswith("pyspark.sql.connect"), type(frame)
    result = fit_segments(features=frame, n_segments=3, min_size=0.3)
    local = fit_segments(features=table, n_segments=3, min_size=0.3)
    assert [row.size for row in result.profiles] == [row.size for row in local.profiles]
    assigned = pl.from_arrow(result.assignments.toArrow()).sort("customer_id")
    expected = local.to_polars().sort("customer_id")
    assert assigned["segment"].equals(expected["segment"])
finally:
    spark.stop()
print("the same through Spark Connect")
