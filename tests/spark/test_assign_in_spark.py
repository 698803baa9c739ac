"""Customers are assigned in Spark as in Python, whatever the model and however odd their values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from quick import quick_fit
from spark_session import spark_frame
from sql_models import COLUMNS, MODELS, fitted, hard_customers

from custseg import SegmentModel
from custseg.errors import DataError

pytestmark = pytest.mark.spark


@pytest.fixture
def compiled(spark: Any) -> Iterator[None]:
    """Java is compiled for the queries, as it is by default: many rows are computed sooner."""
    settings = {"spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK"}
    before = {name: spark.conf.get(name) for name in settings}
    for name, value in settings.items():
        spark.conf.set(name, value)
    yield
    for name, value in before.items():
        spark.conf.set(name, value)


def finite(table: pl.DataFrame) -> pl.DataFrame:
    """The customers without infinite values, which are errors in Python; some are NaN instead, some missing."""
    number = pl.int_range(pl.len())
    without = {0: None, 1: float("nan")}
    return table.with_columns(
        pl.when(pl.col(name).is_infinite()).then(number.mod(2).replace_strict(without, return_dtype=pl.Float64))
        .otherwise(pl.col(name)).alias(name)
        for name in COLUMNS
    )  # fmt: skip


def assert_assigned_alike(model: SegmentModel, table: pl.DataFrame, spark: Any) -> None:
    expected = model.assign(features=table).sort("customer_id")
    in_spark = pl.from_arrow(model.assign(features=spark_frame(table, spark)).toArrow()).sort("customer_id")
    assert in_spark.schema == expected.schema
    assert_frame_equal(in_spark, expected, abs_tol=1e-9, check_exact=False)


@pytest.mark.parametrize("name", MODELS)
def test_hard_customers_are_assigned_as_in_python(name: str, spark: Any) -> None:
    model = fitted(name)
    assert_assigned_alike(model, finite(hard_customers(model, 1_000)), spark)


def test_returned_orders_have_their_name(spark: Any) -> None:
    from custseg import fit_segments

    rng = np.random.default_rng(0)
    table = pl.DataFrame(
        {
            "customer_id": [f"c{number}" for number in range(300)],
            "order_count": [0] * 20 + [1 + int(count) for count in rng.poisson(3, 280)],
            "revenue": [-5.0] * 10 + [0.0] * 10 + (20 + 5 * rng.normal(size=280)).tolist(),
            "recency_days": rng.integers(1, 90, 300),
        }
    )
    model = fit_segments(features=table, n_segments=2).model
    assert_assigned_alike(model, table, spark)


def test_columns_that_are_missing_or_text_are_errors(spark: Any) -> None:
    model = fitted(MODELS[0])
    table = finite(hard_customers(model, 50))
    with pytest.raises(DataError, match="lacks column 'revenue'"):
        model.assign(features=spark_frame(table.drop("revenue"), spark))
    with pytest.raises(DataError, match=r"'revenue' \(string\).*try_cast"):
        model.assign(features=spark_frame(table.with_columns(pl.col("revenue").cast(pl.String)), spark))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "rows"),
    # The query of a mixture takes ten times as long for a row.
    [("kmeans with heavy tails", 1_000_000), ("gaussian_mixture", 100_000)],
)
def test_many_customers_are_assigned_as_in_python(name: str, rows: int, spark: Any, compiled: None) -> None:
    model = fitted(name)
    assert_assigned_alike(model, finite(hard_customers(model, rows)), spark)


def test_missing_ids_and_infinite_values_are_errors(spark: Any) -> None:
    model = fitted(MODELS[0])
    table = finite(hard_customers(model, 50))
    without_id = table.with_columns(pl.when(pl.col("customer_id") > 0).then("customer_id"))
    with pytest.raises(Exception, match="assign: a row has no customer id"):
        model.assign(features=spark_frame(without_id, spark)).collect()
    infinite = table.with_columns(pl.lit(float("inf")).alias("revenue"))
    with pytest.raises(Exception, match="assign: the columns of the model must be finite"):
        model.assign(features=spark_frame(infinite, spark)).collect()


def test_a_session_that_takes_backslashes_as_they_are(spark: Any) -> None:
    cities = ["O'Brien`s", "Kaz\\an", 'Ly"on\n', "tenth"]
    table = pl.DataFrame({"customer_id": range(60), "city": cities * 15, "visits": [1.0, 9.0, 30.0] * 20})
    model = quick_fit(features=table, columns=["city", "visits"], method="kmeans", n_segments=3).model
    spark.conf.set("spark.sql.parser.escapedStringLiterals", "true")
    try:
        assert_assigned_alike(model, table, spark)
    finally:
        spark.conf.unset("spark.sql.parser.escapedStringLiterals")


@pytest.fixture(scope="module")
def wide_model() -> SegmentModel:
    """Twelve segments by twenty columns: one step of the query alone is too long for a method of Java."""
    rng = np.random.default_rng(0)
    points = 4 * rng.normal(size=(12, 20))[rng.integers(0, 12, 600)] + rng.normal(size=(600, 20))
    table = pl.DataFrame({"customer_id": range(600), **{f"v{column}": points[:, column] for column in range(20)}})
    return quick_fit(features=table, method="kmeans", n_segments=12, min_size=0.01).model


def test_steps_in_parts_give_the_same(wide_model: SegmentModel, spark: Any) -> None:
    values = 4 * np.random.default_rng(1).normal(size=(100, 20))
    table = pl.DataFrame({"customer_id": range(100), **{f"v{column}": values[:, column] for column in range(20)}})
    assert_assigned_alike(wide_model, table, spark)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("name", ["kmeans with heavy tails", "gaussian_mixture with heavy tails", "wide"])
def test_java_compiles_all_methods(name: str, wide_model: SegmentModel, spark: Any) -> None:
    model = wide_model if name == "wide" else fitted(name)
    columns = ["customer_id", *model.preparation.names]
    table = pl.DataFrame({column: [1, 2] for column in columns})
    stages = model.assign(features=spark_frame(table, spark))._jdf.queryExecution().debug().codegenToSeq()
    sizes = [stages.apply(number)._3().maxMethodCodeSize() for number in range(stages.size())]
    assert len(sizes) > 1
    assert max(sizes) < 8_000  # bytes; HotSpot interprets longer ones
