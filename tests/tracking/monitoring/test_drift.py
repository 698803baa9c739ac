"""Drift of a shop: what has changed is named, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from quick import quick_fit

from custseg import DataError, Orders, SegmentModel
from custseg.datasets import Shop, make_shop
from custseg.tracking import Drift, drift

MONTH = timedelta(days=28)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(1_500, 0)


@pytest.fixture(scope="module")
def model(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> SegmentModel:
    fitted = quick_fit(described(shop.orders), as_of=shop.as_of).model
    path = tmp_path_factory.mktemp("model") / "model.json"
    fitted.save(path)
    return SegmentModel.load(path)


def described(orders: pl.DataFrame) -> Orders:
    return Orders(orders, channel="channel", source="source")


def changed(shop: Shop, column: str, value: pl.Expr) -> pl.DataFrame:
    """The log with other values in the month before the snapshot, as if the fit were of another year."""
    is_late = pl.col("ordered_at") >= shop.as_of - MONTH
    return shop.orders.with_columns(pl.when(is_late).then(value).otherwise(pl.col(column)).alias(column))


def levels(result: Drift) -> dict[str, str]:
    return {row.feature: row.level for row in result.rows if row.kind == "recent"}


@pytest.mark.slow
def test_customers_of_the_fit_have_not_changed(shop: Shop, model: SegmentModel) -> None:
    result = drift(model, orders=shop.orders, as_of=shop.as_of)
    assert result.verdict == "keep"
    assert max(row.psi for row in result.rows) < 0.001
    assert result.changed == ()
    assert result.gain_before == model.reference.silhouette_gain
    assert [row.kind for row in result.rows] == ["segments", "outliers", *["feature"] * 3, *["recent"] * 5]


@pytest.mark.slow
def test_other_customers_of_the_same_kind_have_not_changed(model: SegmentModel) -> None:
    other = make_shop(1_500, 1)
    assert drift(model, orders=other.orders, as_of=other.as_of).verdict == "keep"


@pytest.mark.slow
def test_doubled_prices_are_named(shop: Shop, model: SegmentModel) -> None:
    result = drift(model, orders=changed(shop, "amount", pl.col("amount") * 2), as_of=shop.as_of)
    assert result.verdict == "watch"
    assert result.changed[0].feature == "order_value"
    assert "average order value" in result.reason.lower()
    assert levels(result)["recency_days"] == levels(result)["preferred_channel"] == "none"


def test_new_channel_is_named(shop: Shop, model: SegmentModel) -> None:
    third = pl.col("order_id").hash(seed=0) % 3 == 0
    channel = pl.when(third).then(pl.lit("marketplace")).otherwise(pl.col("channel"))
    result = drift(model, orders=changed(shop, "channel", channel), as_of=shop.as_of, language="ru")
    assert [row.feature for row in result.changed] == ["preferred_channel"]
    assert "«marketplace»" in result.reason


def test_lapse_of_customers_is_named(shop: Shop, model: SegmentModel) -> None:
    ids = shop.kinds["customer_id"].to_list()
    lapsed = np.random.default_rng(0).choice(ids, len(ids) // 2, replace=False).tolist()
    is_late = pl.col("ordered_at") >= shop.as_of - MONTH
    log = shop.orders.filter(~(is_late & pl.col("customer_id").is_in(lapsed)))
    result = drift(model, orders=log, as_of=shop.as_of)
    assert result.changed[0].feature == "recency_days"


@pytest.mark.slow
def test_change_of_a_clustered_feature_needs_a_refit(shop: Shop, model: SegmentModel) -> None:
    result = drift(model, orders=shop.orders.with_columns(pl.col("amount") * 10), as_of=shop.as_of)
    assert result.verdict == "refit"
    assert "revenue" in {row.feature for row in result.changed if row.level == "major" and row.kind == "feature"}


@pytest.mark.slow
def test_growth_of_the_log_is_no_drift(shop: Shop, model: SegmentModel) -> None:
    # Two shops in a row: the customers of the first one are those who bought more than two years ago.
    older = shop.orders.with_columns(pl.col("ordered_at") - timedelta(days=731), pl.col("customer_id") + "-before")
    result = drift(model, orders=pl.concat([older, shop.orders]), as_of=shop.as_of)
    assert result.verdict == "keep"
    assert any("days of the log" in note for note in result.notes["en"])


def test_log_without_the_channel_is_compared_without_it(shop: Shop, model: SegmentModel) -> None:
    result = drift(model, orders=Orders(shop.orders), as_of=shop.as_of)
    assert "preferred_channel" not in levels(result)
    assert any("preferred_channel" in note for note in result.notes["en"])


def ready(n: int, seed: int = 0, **columns: Any) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 3, n)
    table = {"customer_id": range(n), "visits": 100.0 * group + rng.normal(0, 10, n), "plan": rng.choice(["a", "b"], n)}
    return pl.DataFrame({**table, **columns})


@pytest.mark.slow
def test_text_columns_of_a_ready_table_are_compared() -> None:
    model = quick_fit(features=ready(400), columns=["visits"]).model
    assert drift(model, ready(400, 1)).verdict == "keep"
    result = drift(model, ready(400, 1, plan=["c"] * 400))
    assert [row.feature for row in result.changed] == ["plan"]
    assert result.as_of is None


@pytest.mark.slow
def test_missing_values_are_a_change() -> None:
    model = quick_fit(
        features=ready(400).with_columns(age=pl.Series(np.arange(400.0))), columns=["visits", "age"]
    ).model
    table = ready(400, 1).with_columns(age=pl.Series(np.where(np.arange(400) < 100, np.nan, np.arange(400.0))))
    result = drift(model, table)
    assert result.changed[0].feature == "age"


@pytest.mark.slow
def test_few_customers_are_refused() -> None:
    model = quick_fit(features=ready(400), columns=["visits"]).model
    with pytest.raises(DataError, match="drift: 99 customers can be assigned; at least 100"):
        drift(model, ready(99))


@pytest.mark.slow
def test_result_is_no_model(shop: Shop) -> None:
    with pytest.raises(TypeError, match="drift: model must be a SegmentModel"):
        drift("model.json", orders=shop.orders)  # type: ignore[arg-type]
    model = quick_fit(features=ready(400), columns=["visits"]).model
    with pytest.raises(ValueError, match="drift: language must be"):
        drift(model, ready(400), language="fr")


def test_logs_need_a_moment(shop: Shop, model: SegmentModel) -> None:
    with pytest.raises(TypeError, match="drift: give as_of="):
        drift(model, orders=shop.orders)


def test_log_in_place_of_features(shop: Shop, model: SegmentModel) -> None:
    with pytest.raises(TypeError, match=r"drift: features= got a log.*Give it as orders="):
        drift(model, shop.orders, as_of=shop.as_of)
    with pytest.raises(TypeError, match=r"drift: features= got a described log.*Give it as orders="):
        drift(model, described(shop.orders), as_of=shop.as_of)


def test_features_of_the_model_come_second(shop: Shop, model: SegmentModel) -> None:
    features = model.features_of({"orders": shop.orders}, as_of=shop.as_of, caller="test")
    assert drift(model, features).verdict == "keep"
