"""One small Spark session for the whole run, in a zone that is not the machine's, and tables of it."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import polars as pl

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.memory": "2g",
    "spark.sql.session.timeZone": "Asia/Tokyo",
    "spark.log.level": "ERROR",
}
_WIDER = {pl.UInt8: pl.Int16, pl.UInt16: pl.Int32, pl.UInt32: pl.Int64, pl.UInt64: pl.Decimal(20, 0)}


@cache
def session() -> Any:
    """The session; it ends with the process."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master("local[2]").appName("custseg tests")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def spark_frame(table: pl.DataFrame, spark: Any = None) -> Any:
    """The table as a Spark DataFrame; dates without a zone stay without one."""
    spark = session() if spark is None else spark
    spark.conf.set("spark.sql.timestampType", "TIMESTAMP_NTZ")
    columns = (
        column.cast(_WIDER[type(column.dtype)]) if type(column.dtype) in _WIDER
        else column.cast(pl.String) if column.dtype in (pl.Categorical, pl.Enum)
        else column
        for column in table
    )  # fmt: skip
    return spark.createDataFrame(pl.DataFrame(list(columns)).to_arrow())
