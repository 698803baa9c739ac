"""Logs on Spark that cannot be used: what the errors say."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from spark_session import spark_frame

from custseg import Customers, Orders
from custseg.errors import DataError
from custseg.features import build_features, foresight, rfm

pytestmark = pytest.mark.spark

LOG = pl.DataFrame(
    {"customer_id": [1, 1, None], "order_id": [1, 2, 3], "ordered_at": ["2024-05-01"] * 3, "amount": [5.0, 1.0, 2.0]}
)
EVENTS = pl.DataFrame({"customer_id": ["1"], "occurred_at": ["2024-05-01"], "event": ["visited"]})


def test_a_stream_is_refused_with_the_way_to_do_it(spark: Any) -> None:
    stream = spark.readStream.format("rate").load()
    with pytest.raises(DataError, match=r"Orders: the table is a streaming DataFrame.*foreachBatch.*assign"):
        Orders(stream, customer="value", order=None, date="timestamp", amount=None)


def test_amounts_that_spark_reads_as_text(spark: Any) -> None:
    log = spark_frame(LOG.with_columns(pl.col("amount").cast(pl.String)))
    with pytest.raises(DataError, match=r"'amount' must be numeric, got string.*inferSchema"):
        Orders(log)


def test_ids_of_different_types(spark: Any) -> None:
    with pytest.raises(DataError, match="ids of orders and events are of different types, whole numbers and text"):
        build_features(spark_frame(LOG), spark_frame(EVENTS), as_of="2024-06-01")
    short = spark_frame(EVENTS.with_columns(pl.col("customer_id").cast(pl.Int32)))
    with pytest.raises(DataError, match=r"different types, \['Int32', 'Int64'\]. Cast them to one type"):
        build_features(spark_frame(LOG), short, as_of="2024-06-01", families=["web"])


def test_lines_without_a_customer_are_left_out(spark: Any) -> None:
    table = build_features(spark_frame(LOG), as_of="2024-06-01", families=["rfm"])
    assert [row.asDict()["revenue"] for row in table.frame.collect()] == [6.0]


def test_a_log_on_another_engine(spark: Any) -> None:
    with pytest.raises(DataError, match=r"Events is not on Spark.*spark.createDataFrame"):
        build_features(spark_frame(LOG), EVENTS, as_of="2024-06-01")


def test_foresight_needs_logs_in_memory(spark: Any) -> None:
    with pytest.raises(DataError, match=r"'foresight' needs logs in memory.*sample of customers"):
        build_features(spark_frame(LOG), as_of="2024-06-01", families=["foresight"])
    with pytest.raises(DataError, match="foresight: it needs logs in memory"):
        foresight(spark_frame(LOG), as_of="2024-06-01", horizon_days=30)


def test_a_view_that_changes_between_two_passes(spark: Any) -> None:
    from pyspark.sql import functions as F

    # Each query has a moment of its own, on which the number of rows depends.
    rows = spark.range(2_000).where(F.expr("id > pmod(unix_micros(current_timestamp()), 1999)"))
    changing = rows.select(
        F.col("id").alias("customer_id"), F.col("id").alias("order_id"),
        F.lit("2024-05-01").alias("ordered_at"), F.lit(1.0).alias("amount"),
    )  # fmt: skip
    with pytest.raises(DataError, match=r"rfm: the order log changed while it was read.*localCheckpoint"):
        rfm(changing, as_of="2024-06-01")


def test_a_value_that_spark_cannot_cast(spark: Any) -> None:
    from pyspark.sql import functions as F

    broken = spark_frame(LOG).withColumn("amount", F.raise_error(F.lit("no such file")).cast("double"))
    with pytest.raises(DataError, match="Spark could not read the table: USER_RAISED_EXCEPTION") as caught:
        rfm(broken, as_of="2024-06-01")
    assert "no such file" not in str(caught.value)


def test_a_customer_table_with_null_ids(spark: Any) -> None:
    people = spark_frame(pl.DataFrame({"customer_id": [1, None], "age": [30.0, 40.0]}))
    with pytest.raises(DataError, match="1 row has no id in column 'customer_id'"):
        build_features(customers=Customers(people), as_of="2024-06-01")
