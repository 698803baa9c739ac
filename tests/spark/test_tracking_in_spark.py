"""Comparisons, history, drift and lists of customers in Spark: those of local tables, and no row is collected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from spark_session import local_rows, spark_frame

from custseg import fit_segments
from custseg.errors import DataError
from custseg.exports import export_activation, export_destination
from custseg.tracking import SegmentHistory, Transitions, drift, transitions
from custseg.tracking import _snapshot_content as snapshot_content

pytestmark = pytest.mark.spark

NAMES = {0: "Loyal", 1: "=New", None: "No data"}


def assignments(ids: range, seed: int) -> pl.DataFrame:
    """Customers in two segments or none, with a confidence and revenue."""
    rng = np.random.default_rng(seed)
    segments = [[0, 1, None][index] for index in rng.integers(0, 3, len(ids))]
    return pl.DataFrame(
        {
            "customer_id": [f"c{number:03}" for number in ids],
            "segment": pl.Series(segments, dtype=pl.Int64),
            "name": [NAMES[segment] for segment in segments],
            "confidence": rng.random(len(ids)).round(2),
            "spent": rng.integers(0, 9, len(ids)) / 2,
        }
    )


JUNE, JULY = assignments(range(80), 0), assignments(range(20, 100), 1)
CONSENT = pl.DataFrame(
    {
        "customer_id": [f"c{number:03}" for number in range(90)],
        "contactable_email": [None if number % 7 == 0 else number % 3 > 0 for number in range(90)],
        "unsubscribed": [1.0 if number % 5 == 0 else 0.0 for number in range(90)],
        "send_pressure_7d": [number % 4 for number in range(90)],
    }
)


@pytest.fixture(scope="module")
def june(spark: Any) -> Any:
    return spark_frame(JUNE, spark)


@pytest.fixture(scope="module")
def july(spark: Any) -> Any:
    return spark_frame(JULY, spark)


@pytest.fixture(scope="module")
def movement(june: Any, july: Any) -> Transitions:
    return transitions(june, july, values="spent", as_of="2024-07-01")


@pytest.fixture
def collected_rows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each collected table has."""
    from pyspark.sql.classic.dataframe import DataFrame

    rows: list[int] = []
    collect = DataFrame.toArrow

    def counting(self: Any) -> Any:
        table = collect(self)
        rows.append(table.num_rows)
        return table

    monkeypatch.setattr(DataFrame, "toArrow", counting)
    return rows


def test_movement_is_that_of_local_tables(movement: Transitions) -> None:
    expected = transitions(JUNE, JULY, values="spent", as_of="2024-07-01")
    assert movement.flows == expected.flows
    assert repr(movement) == repr(expected)
    for name in ("entered", "left", "stayed"):
        assert_frame_equal(local_rows(getattr(movement, name)), getattr(expected, name).sort("customer_id"))
    assert_frame_equal(pl.from_arrow(movement.to_frame().toArrow()), expected.to_frame())


def test_values_of_a_table_and_doubtful_changes(june: Any, july: Any, collected_rows: list[int]) -> None:
    values = JULY.select("customer_id", pl.col("spent").alias("revenue"))
    in_spark = transitions(june, july, values=spark_frame(values), min_confidence=0.5)
    assert max(collected_rows) <= 16  # pairs of segments
    expected = transitions(JUNE, JULY, values=values, min_confidence=0.5)
    assert (in_spark.flows, in_spark.notes) == (expected.flows, expected.notes)


def test_what_is_wrong_with_assignments_is_said(spark: Any, june: Any, july: Any) -> None:
    with pytest.raises(DataError, match="transitions: after is not on Spark"):
        transitions(june, JULY)
    with pytest.raises(DataError, match=r"min_stay=.*local tables"):
        transitions(june, july, min_stay=2)
    with pytest.raises(DataError, match="after must have one row per customer, but 1 row repeats"):
        transitions(june, july.unionByName(july.limit(1)))
    unnamed = july.selectExpr("customer_id", "CAST(segment AS DOUBLE) AS segment", "name")
    with pytest.raises(DataError, match="'segment' must hold whole numbers"):
        transitions(june, unnamed)


def test_the_activation_list_is_that_of_local_tables(movement: Transitions, tmp_path: Path) -> None:
    local = transitions(JUNE, JULY, as_of="2024-07-01")
    options: dict[str, Any] = {"plays": {0: "invite a friend"}, "max_sends_7d": 3}
    expected = export_activation(local, tmp_path / "local.csv", features=CONSENT, **options)
    in_spark = export_activation(movement, tmp_path / "spark.csv", features=spark_frame(CONSENT), **options)
    assert in_spark.read_bytes() == expected.read_bytes()
    flags = CONSENT.select("customer_id", "contactable_email")
    parquet = export_activation(movement, tmp_path / "spark.parquet", features=spark_frame(flags))
    again = export_activation(local, tmp_path / "local.parquet", features=flags)
    assert_frame_equal(pl.read_parquet(parquet), pl.read_parquet(again))


def test_features_of_the_list_are_checked(movement: Transitions, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with pytest.raises(DataError, match="features are not on Spark"):
        export_activation(movement, path, features=CONSENT)
    odd = CONSENT.with_columns(unsubscribed=pl.lit(2))
    with pytest.raises(DataError, match=r"'unsubscribed'.* does not"):
        export_activation(movement, path, features=spark_frame(odd))
    with pytest.raises(DataError, match="features must have one row per customer"):
        export_activation(movement, path, features=spark_frame(pl.concat([CONSENT, CONSENT.head(1)])))
    assert not path.exists()


def test_a_recorded_snapshot_is_that_of_a_local_table(
    june: Any, july: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_content, "_BATCH", 16)
    history = SegmentHistory(tmp_path)
    assert history.record(june, "2024-06-01")
    assert not history.record(JUNE, "2024-06-01")
    assert not history.record(june, "2024-06-01")
    with pytest.raises(DataError, match="1 row repeats"):
        history.record(july.unionByName(july.limit(1)), "2024-07-01")
    assert history.record(july, "2024-07-01")
    assert_frame_equal(history.at("2024-07-01"), JULY.drop("spent"))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["as_of=2024-06-01", "as_of=2024-07-01"]


@pytest.fixture(scope="module")
def customers() -> pl.DataFrame:
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 2, 600)
    return pl.DataFrame(
        {
            "customer_id": np.arange(600),
            "visits": np.array([3.0, 30.0])[kind] + rng.normal(size=600),
            "city": np.array(["Bonn", "Kazan"])[rng.integers(0, 2, 600)],
        }
    )


def test_drift_is_that_of_a_local_table(spark: Any, customers: pl.DataFrame) -> None:
    model = fit_segments(features=customers, n_segments=2).model
    moved = customers.with_columns(pl.col("visits") + 3)
    in_spark, expected = (drift(model, table) for table in (spark_frame(moved, spark), moved))
    assert in_spark.verdict == expected.verdict
    assert [(row.feature, row.n_now) for row in in_spark.rows] == [(row.feature, row.n_now) for row in expected.rows]
    assert np.allclose([row.psi for row in in_spark.rows], [row.psi for row in expected.rows])


def test_what_needs_every_row_here_is_refused(june: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"a table in Spark cannot be given here.*toArrow"):
        export_destination("klaviyo", june, tmp_path / "list.csv", customers=CONSENT, consent="given")
