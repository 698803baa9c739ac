from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pytest
from spark_session import spark_frame

from custseg import fit_segments
from custseg.datasets import make_shop
from custseg.distributed import _base
from custseg.errors import InfeasibleMinimumError

pytestmark = pytest.mark.spark


def customers(count: int, seed: int = 0) -> pl.DataFrame:
    """Customers of four kinds, one of them rare."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, count, p=[0.5, 0.3, 0.15, 0.05])
    return pl.DataFrame(
        {
            "customer_id": np.arange(count),
            "visits": np.array([2.0, 10.0, 25.0, 60.0])[kind] + 4 * rng.normal(size=count),
            "spent": np.array([20.0, 80.0, 10.0, 200.0])[kind] + 9 * rng.normal(size=count),
            "city": np.array(["Bonn", "Kazan", "Lyon", "Oslo"])[rng.integers(0, 4, count)],
        }
    )


def sizes_in_spark(result: Any) -> dict[int | None, int]:
    """The customers of each segment, counted from the assignments."""
    return dict(pl.from_arrow(result.assignments.groupBy("segment").count().toArrow()).rows())


def test_a_small_base_gives_the_result_of_one_machine(spark: Any) -> None:
    table = customers(2_000)
    local, result = fit_segments(features=table), fit_segments(features=spark_frame(table, spark))
    assert [row.name for row in result.profiles] == [row.name for row in local.profiles]
    assert [row.size for row in result.profiles] == [row.size for row in local.profiles]
    assert result.choice.reason == local.choice.reason
    spark_rows = pl.from_arrow(result.assignments.toArrow()).sort("customer_id")
    expected = local.to_polars().sort("customer_id")
    assert spark_rows.drop("confidence").equals(expected.drop("confidence"))
    assert np.allclose(spark_rows["confidence"], expected["confidence"], atol=1e-12)


def test_logs_give_the_result_of_one_machine_and_leave_nothing_kept(spark: Any) -> None:
    shop = make_shop(200, 0)
    kept = spark.sparkContext._jsc.getPersistentRDDs().size()
    local, result = (
        fit_segments(log, as_of=shop.as_of, n_segments=3) for log in (shop.orders, spark_frame(shop.orders))
    )
    assert spark.sparkContext._jsc.getPersistentRDDs().size() == kept
    assert [(row.name, row.size) for row in result.profiles] == [(row.name, row.size) for row in local.profiles]
    assert sizes_in_spark(result) == {row.segment: row.size for row in result.profiles}


def test_customers_without_groups_are_one_segment(spark: Any) -> None:
    rng = np.random.default_rng(1)
    table = pl.DataFrame({"customer_id": np.arange(60), "visits": rng.random(60), "spent": rng.random(60)})
    result = fit_segments(features=spark_frame(table, spark))
    assert [row.size for row in result.profiles] == [60]
    assert sizes_in_spark(result) == {0: 60}


@pytest.mark.parametrize("method", ["kmeans", "gaussian_mixture", "hdbscan", "ward"])
def test_the_minimum_holds_for_all_customers(spark: Any, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_base, "_SAMPLE", 1_000)
    monkeypatch.setattr(_base, "_FEWEST_OF_SEGMENT", 1)
    frame = spark_frame(customers(6_000), spark)
    result = fit_segments(features=frame, method=method, n_segments=range(3, 6), min_size=400)
    sizes = sizes_in_spark(result)
    assert min(sizes.values()) >= 400
    assert {row.segment: row.size for row in result.profiles} == sizes
    assert sum(row.share for row in result.profiles) == pytest.approx(1)
    assert result.min_size == 400
    assert "6,000" in result.notes[0]


def test_an_infeasible_minimum_speaks_of_all_customers(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_base, "_SAMPLE", 100)
    monkeypatch.setattr(_base, "_FEWEST_OF_SEGMENT", 1)
    frame = spark_frame(customers(600), spark)
    fit = partial(fit_segments, features=frame, columns=["visits"], method="kmeans")
    with pytest.raises(InfeasibleMinimumError, match=r"240 or more of all 600.*Give min_size=150 or less") as error:
        fit(n_segments=4, min_size=0.4)
    assert error.value.feasible == 150
    assert min(row.size for row in fit(n_segments=4, min_size=150).profiles) == 150
    with pytest.raises(InfeasibleMinimumError, match=r"min_size=601 is more than the 600 customers.*min_size=600 or"):
        fit(n_segments=2, min_size=601)
    assert [row.size for row in fit(n_segments=1, min_size=600).profiles] == [600]
