"""Tables in Spark that change between two passes, or fail in one: an error says so, and nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from spark_session import spark_frame

from custseg import Segmentation, fit_segments
from custseg.errors import DataError
from custseg.exports import export_activation, export_bi
from custseg.feature_table import features_in_spark
from custseg.tracking import SegmentHistory, transitions

pytestmark = pytest.mark.spark

FEATURES = pl.DataFrame({"customer_id": [f"c{number}" for number in range(60)], "visits": [1.0, 2.0, 30.0] * 20})
CHANGED = r"changed between two passes: there were other customers in its segments.*write it, or persist it"


@pytest.fixture(scope="module")
def result(spark: Any) -> Segmentation:
    return fit_segments(features=spark_frame(FEATURES, spark), method="kmeans", n_segments=2)


def files_of(table: pl.DataFrame, folder: Path, spark: Any) -> Any:
    """The rows as a table of files in Spark, which reads them anew in each pass."""
    table.write_parquet(folder / "rows.parquet")
    return spark.read.parquet(str(folder))


def test_a_table_that_grows_while_it_is_recorded(spark: Any, tmp_path: Path) -> None:
    # Each query has a moment of its own, on which the number of rows depends.
    growing = spark.range(2_000).selectExpr("id AS customer_id", "BIGINT(0) AS segment", "'Loyal' AS name")
    growing = growing.where("customer_id > pmod(unix_micros(current_timestamp()), 1999)")
    history = SegmentHistory(tmp_path)
    with pytest.raises(DataError, match=f"record: assignments {CHANGED}"):
        history.record(growing, "2024-06-01")
    assert history.snapshots == ()


def test_a_comparison_whose_tables_changed(result: Segmentation, spark: Any, tmp_path: Path) -> None:
    later = pl.DataFrame({"customer_id": ["c1", "d1"], "segment": [0, 0], "name": ["Loyal", "Loyal"]})
    movement = transitions(result.assignments, files_of(later, tmp_path, spark), as_of="2024-07-01")
    later.head(1).write_parquet(tmp_path / "rows.parquet")
    with pytest.raises(DataError, match="export_activation: the tables in Spark changed between two passes"):
        export_activation(movement, tmp_path / "list.csv")
    assert not (tmp_path / "list.csv").exists()


@pytest.mark.parametrize("change", ["more customers", "other values"])
def test_features_that_changed_since_the_fit(result: Segmentation, spark: Any, tmp_path: Path, change: str) -> None:
    other = FEATURES.with_columns(pl.col("customer_id") + "x") if change == "more customers" else FEATURES.head(0)
    visits = FEATURES.with_columns(pl.lit(30.0).alias("visits")) if change == "other values" else FEATURES
    assert result.whole is not None
    features = features_in_spark(spark_frame(pl.concat([visits, other]), spark), None, "test")
    changed = replace(result, whole=replace(result.whole, features=features))
    with pytest.raises(DataError, match=f"export_bi: the table in Spark {CHANGED}"):
        export_bi(changed, tmp_path / "bi", as_of="2024-06-01")
    assert not (tmp_path / "bi").exists()


def test_errors_of_assigning_are_told_by_what_follows(result: Segmentation, spark: Any, tmp_path: Path) -> None:
    infinite = FEATURES.with_columns(pl.col("visits").replace(30.0, float("inf")))
    assigned = result.model.assign(features=spark_frame(infinite, spark))
    with pytest.raises(DataError, match=r"^assign: the columns of the model must be finite or missing.* in one\.$"):
        SegmentHistory(tmp_path / "history").record(assigned, "2024-06-01")
    nameless = FEATURES.with_columns(pl.col("customer_id").replace("c1", " "))
    with pytest.raises(DataError, match=r"^assign: a row has no customer id\. Leave out rows without one\.$"):
        transitions(result.assignments, result.model.assign(features=spark_frame(nameless, spark)))
    # What others raise may show values.
    foreign = result.assignments.selectExpr("customer_id", "segment", "STRING(RAISE_ERROR('assign: c1')) AS name")
    with pytest.raises(
        DataError, match=r"^Spark could not read the table: USER_RAISED_EXCEPTION\. The query.* alone to see why\.$"
    ):
        SegmentHistory(tmp_path / "history").record(foreign, "2024-06-01")
