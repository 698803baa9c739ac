"""One small Spark session for the whole run, in a zone that is not the machine's, and tables of it."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import polars as pl
import pytest

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.memory": "2g",
    "spark.sql.session.timeZone": "Asia/Tokyo",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # Tables of a few rows are computed sooner than Java is compiled for them.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    # PySpark would ask Java for the line of Python at each expression.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
    # Java's optimizing compiler takes longer than the tests would gain by it.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
OF_CONNECT = {**SETTINGS, "spark.connect.grpc.binding.port": "0"}
"""The same for a server of Spark Connect, on any free port; its client asks for the port if SPARK_TESTING is set."""
_WIDER = {pl.UInt8: pl.Int16, pl.UInt16: pl.Int32, pl.UInt32: pl.Int64, pl.UInt64: pl.Decimal(20, 0)}


@cache
def session() -> Any:
    """The session; it ends with the process."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: run make test-spark")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = sql.SparkSession.builder.master("local[2]").appName("custseg tests")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def is_spark_frame(table: object) -> bool:
    return type(table).__module__.startswith("pyspark.sql.")


def local_rows(frame: Any) -> pl.DataFrame:
    """The rows in the order of the customers, for a Spark DataFrame has none."""
    rows = pl.from_arrow(frame.toArrow())
    assert isinstance(rows, pl.DataFrame)
    return rows.sort("customer_id") if "customer_id" in rows.columns else rows


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
