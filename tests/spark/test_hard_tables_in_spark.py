"""Assignments and lists in Spark whose names, ids and values are hard: as local tables, or a clear error."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from spark_session import spark_frame

from custseg import fit_segments
from custseg.errors import DataError
from custseg.exports import export_activation
from custseg.tracking import SegmentHistory, Transitions, transitions

pytestmark = pytest.mark.spark

JUNE = pl.DataFrame(
    {
        "customer_id": [f"c{number}" for number in range(24)],
        "segment": [0, 1] * 12,
        "name": ["Loyal", "New"] * 12,
        "re.v`e": [2.5, 1.0] * 12,
    }
)
JULY = JUNE.with_columns(pl.col("segment").reverse(), pl.col("name").reverse())


@pytest.fixture(scope="module")
def movement(spark: Any) -> Transitions:
    return transitions(spark_frame(JUNE), spark_frame(JULY), as_of="2024-07-01")


def with_ids(ids: list[Any], dtype: Any) -> pl.DataFrame:
    return JUNE.head(len(ids)).with_columns(pl.Series("customer_id", ids, dtype=dtype))


def test_names_with_dots_and_quotes(movement: Transitions, tmp_path: Path) -> None:
    tables = [spark_frame(JUNE), spark_frame(JULY)]
    expected = transitions(JUNE, JULY, values="re.v`e").flows
    assert transitions(*tables, values="re.v`e").flows == expected
    values = JULY.select(pl.col("customer_id").alias("cli.ent"), "re.v`e")
    assert transitions(*tables, values=spark_frame(values)).flows == expected
    consent = JUNE.select("customer_id", (pl.col("segment") > 0).alias("o.k"))
    local = transitions(JUNE, JULY, as_of="2024-07-01")
    here = export_activation(local, tmp_path / "local.csv", features=consent, contactable="o.k")
    there = export_activation(movement, tmp_path / "spark.csv", features=spark_frame(consent), contactable="o.k")
    assert there.read_bytes() == here.read_bytes()


def test_names_that_differ_by_case(spark: Any, tmp_path: Path) -> None:
    twice = spark_frame(JUNE).toDF("customer_id", "segment", "name", "NAME")
    assert SegmentHistory(tmp_path).record(twice, "2024-06-01")
    with pytest.raises(DataError, match=r"\['name', 'NAME'\] differ by upper and lower case.*toDF"):
        fit_segments(features=twice)


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Decimal(38, 0)])
def test_whole_ids_of_any_type(spark: Any, tmp_path: Path, dtype: Any) -> None:
    table = with_ids([Decimal(number) for number in (7, 30, 2**53)], dtype)
    SegmentHistory(tmp_path / "local").record(table, "2024-06-01")
    in_spark = SegmentHistory(tmp_path / "spark")
    in_spark.record(spark_frame(table), "2024-06-01")
    assert_frame_equal(in_spark.at("2024-06-01"), SegmentHistory(tmp_path / "local").at("2024-06-01"))
    flows = transitions(spark_frame(table), spark_frame(with_ids([7, 8, 9], pl.Int32))).flows
    assert [flow.customers for flow in flows] == [1, 1, 1, 1, 1]
    for odd in ([1.5, 2.0], [1e19, 2.0]):
        with pytest.raises(DataError, match=r"'customer_id' of assignments must hold whole numbers or text.*STRING"):
            in_spark.record(spark_frame(with_ids(odd, pl.Float64)), "2024-07-01")


def test_blank_text_is_missing(spark: Any, tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path)
    for blank in ("", " \t", "\N{NO-BREAK SPACE}"):
        with pytest.raises(DataError, match="1 row of assignments without an id"):
            history.record(spark_frame(with_ids(["a", blank], pl.String)), "2024-06-01")
    with pytest.raises(DataError, match="24 rows of assignments without a name"):
        history.record(spark_frame(JUNE.with_columns(name=pl.lit(" "))), "2024-06-01")
    features = pl.DataFrame({"customer_id": ["a", " "], "visits": [1, 2]})
    with pytest.raises(DataError, match="no id in column 'customer_id'"):
        fit_segments(features=spark_frame(features))


def test_collations_and_columns_without_a_type(spark: Any, tmp_path: Path) -> None:
    table = with_ids(["b", "C", "a", "B"], pl.String).drop("re.v`e")
    collated = spark_frame(table).selectExpr("COLLATE(customer_id, 'UTF8_LCASE') AS customer_id", "segment", "name")
    untyped = collated.selectExpr("*", "NULL AS confidence", "NULL AS is_outlier")
    history = SegmentHistory(tmp_path)
    history.record(untyped, "2024-06-01")
    assert history.at("2024-06-01")["customer_id"].to_list() == ["B", "C", "a", "b"]
    assert history.at("2024-06-01")["confidence"].dtype == pl.Float64
    moved = transitions(collated, spark_frame(table))
    assert moved.sums()["stayed"].count == 4


@pytest.mark.parametrize("ids", [["c0", None], ["c0", "c1"]])
def test_the_contact_table_is_read_as_a_local_one(movement: Transitions, tmp_path: Path, ids: list[Any]) -> None:
    table = pl.DataFrame(
        {"customer_id": ids, "contactable_email": [True, True], "send_pressure_7d": [float("nan"), 5.0]}
    )
    if None in ids:
        with pytest.raises(DataError, match="1 row of features without an id"):
            export_activation(movement, tmp_path / "list.csv", features=spark_frame(table))
        return
    untyped = spark_frame(table).selectExpr("*", "NULL AS unsubscribed")
    local = transitions(JUNE, JULY, as_of="2024-07-01")
    here = export_activation(local, tmp_path / "local.csv", features=table, max_sends_7d=3)
    there = export_activation(movement, tmp_path / "spark.csv", features=untyped, max_sends_7d=3)
    assert there.read_bytes() == here.read_bytes()
