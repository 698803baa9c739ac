"""The star schema of a result in Spark: the tables of the same customers on one machine, and no row is collected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from spark_session import spark_frame

from custseg import Segmentation, fit_segments
from custseg.distributed import _base
from custseg.errors import DataError
from custseg.exports import export_bi
from custseg.exports.bi import _streamed_membership
from custseg.exports.bi._star_schema import TABLES
from custseg.feature_table import features_in_spark
from custseg.tracking import SegmentHistory

pytestmark = pytest.mark.spark


def customers(ids: range, seed: int) -> pl.DataFrame:
    """Customers of two kinds; some have no features, and some ids differ by case alone."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, len(ids))
    visits = np.array([3.0, 30.0])[kind] + rng.normal(size=len(ids))
    return pl.DataFrame(
        {
            "customer_id": [f"{'=cC'[number % 3]}{number // 2}" for number in ids],
            "visits": [None if number % 20 == 0 else value for number, value in zip(ids, visits.tolist(), strict=True)],
            "city": np.array(["Bonn", "Kazan"])[rng.integers(0, 2, len(ids))],
        }
    )


def fitted(table: Any) -> Segmentation:
    return fit_segments(features=table, method="kmeans", n_segments=2, columns=["visits"])


JUNE, JULY = customers(range(400), 0), customers(range(120, 520), 1)


@pytest.fixture(scope="module")
def june(spark: Any) -> Segmentation:
    return fitted(spark_frame(JUNE, spark))


@pytest.fixture(scope="module")
def july(spark: Any) -> Segmentation:
    return fitted(spark_frame(JULY, spark))


def assert_same_tables(folder: Path, expected: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in expected.iterdir())
    for name in TABLES:
        # The confidence is computed by two engines.
        assert_frame_equal(
            pl.read_parquet(folder / f"{name}.parquet"), pl.read_parquet(expected / f"{name}.parquet"), abs_tol=1e-9
        )


def test_tables_are_those_of_one_machine(
    june: Segmentation, july: Segmentation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_streamed_membership, "_MERGED_ROWS", 50)
    for folder, first, later in (("local", fitted(JUNE), fitted(JULY)), ("spark", june, july)):
        written = [
            export_bi(result, tmp_path / folder, as_of=as_of)
            for result, as_of in ((later, "2024-07-01"), (first, "2024-06-01"))
        ]
        assert [one.added for one in written] == [("2024-07-01",), ("2024-06-01",)]
        assert [len(one.notes) for one in written] == [1, 1]
    assert_same_tables(tmp_path / "spark", tmp_path / "local")


def test_a_history_recorded_in_spark_has_the_same_customers(june: Segmentation, tmp_path: Path) -> None:
    history = SegmentHistory(tmp_path / "history")
    history.record(june.assignments, "2024-06-01")
    assert export_bi(june, tmp_path / "result", as_of="2024-06-01").colliding_ids > 9
    export_bi(history, tmp_path / "history first")
    files = [tmp_path / folder / "fact_membership.csv" for folder in ("result", "history first")]
    assert files[0].read_bytes() == files[1].read_bytes()
    before = {path.name: path.read_bytes() for path in (tmp_path / "result").glob("*.csv")}
    assert export_bi(history, tmp_path / "result").added == ()
    assert {path.name: path.read_bytes() for path in (tmp_path / "result").glob("*.csv")} == before
    assert export_bi(june, tmp_path / "history first", as_of="2024-06-01").added == ("2024-06-01",)
    assert_same_tables(tmp_path / "history first", tmp_path / "result")


def test_sizes_are_of_all_customers_and_notes_say_so(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_base, "_SAMPLE", 100)
    monkeypatch.setattr(_base, "_FEWEST_OF_SEGMENT", 1)
    result = fitted(spark_frame(JUNE, spark))
    written = export_bi(result, tmp_path / "bi", as_of="2024-06-01", language="ru")
    assert "по всей базе: 400 клиентов" in written.notes[-1]
    rows = pl.read_parquet(tmp_path / "bi" / "fact_metric.parquet").filter(feature_key=0, measure="size")
    assert dict(rows.select("segment_key", "value").rows()) == {
        row.segment if isinstance(row.segment, int) else -1: row.size for row in result.profiles
    }
    assert len(pl.read_parquet(tmp_path / "bi" / "fact_membership.parquet")) == 400


def test_rows_that_repeat_a_customer_are_seen(june: Segmentation, spark: Any, tmp_path: Path) -> None:
    assert june.whole is not None
    twice = features_in_spark(spark_frame(pl.concat([JUNE, JUNE.head(1)]), spark), None, "test")
    changed = replace(june, whole=replace(june.whole, features=twice))
    with pytest.raises(DataError, match="export_bi: source must have one row per customer, but 1 row repeats"):
        export_bi(changed, tmp_path / "new" / "bi", as_of="2024-06-01")
    with pytest.raises(DataError, match="made from a ready table, and has no moment"):
        export_bi(june, tmp_path / "new" / "bi")
    assert not (tmp_path / "new").exists()
