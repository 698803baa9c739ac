"""Ready tables in Spark: which columns they have, and what is wrong with them before any work."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from spark_session import spark_frame

from custseg import fit_segments
from custseg.errors import DataError
from custseg.feature_table import check_base_in_spark, features_in_spark

pytestmark = pytest.mark.spark


def table_in(spark: Any, **columns: list[Any]) -> Any:
    return spark_frame(pl.DataFrame(columns), spark)


def test_ids_are_named_or_guessed(spark: Any) -> None:
    by_name = features_in_spark(table_in(spark, visits=[1], customer_id=["a"]), None, "test")
    assert (by_name.native.columns, by_name.names) == (["customer_id", "visits"], ["visits"])
    assert by_name.reading is not None
    assert not by_name.reading.is_guessed
    first = features_in_spark(table_in(spark, client=["a"], visits=[1]), None, "test")
    assert (first.native.columns, first.reading.is_guessed) == (["customer_id", "visits"], True)
    given = features_in_spark(table_in(spark, visits=[1], client=["a"]), "client", "test")
    assert given.native.columns == ["customer_id", "visits"]


def test_ids_that_are_no_ids_are_refused(spark: Any) -> None:
    with pytest.raises(DataError, match="column 'flag' must hold ids"):
        features_in_spark(table_in(spark, flag=[True], visits=[1]), None, "test")
    with pytest.raises(DataError, match="customer_column"):
        features_in_spark(table_in(spark, visits=[1]), "client", "test")


def test_all_faults_of_the_rows_are_in_one_error(spark: Any) -> None:
    table = table_in(spark, customer_id=["a", "a", None, "b"], visits=[1.0, float("inf"), 2.0, 3.0])
    with pytest.raises(DataError, match=r"no id.*must differ.*'visits'.* must be finite"):
        check_base_in_spark(features_in_spark(table, None, "test"), "test")
    assert check_base_in_spark(features_in_spark(table_in(spark, customer_id=["a", "b"]), None, "test"), "test") == 2


def test_numbers_in_text_are_refused(spark: Any) -> None:
    table = table_in(spark, customer_id=list(range(60)), visits=list(range(60)), spent=[f"{n}.5" for n in range(60)])
    with pytest.raises(DataError, match=r"Spark reads the columns.*'spent'.*try_cast"):
        fit_segments(features=table, n_segments=2)


def test_a_stream_is_refused(spark: Any) -> None:
    stream = spark.readStream.format("rate").load()
    with pytest.raises(DataError, match=r"fit_segments: the table is a streaming DataFrame.*foreachBatch.*assign"):
        fit_segments(features=stream)


def test_the_automatic_minimum_is_refused(spark: Any) -> None:
    with pytest.raises(ValueError, match="Give a count or a share"):
        fit_segments(features=table_in(spark, customer_id=[1, 2], visits=[1, 2]), min_size="auto")
