from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from custseg.datasets import Shop, make_shop


def described(shop: Shop) -> pl.DataFrame:
    """Features of each customer, in plain polars, with the customer's kind."""
    lines = shop.orders.filter(~pl.col("cancelled")).with_columns(
        gross=pl.col("quantity") * pl.col("price"),
        in_peak=pl.col("ordered_at").dt.week().is_between(46, 51),
    )
    net = pl.col("amount").sum()
    purchases = lines.group_by("customer_id", "order_id", "ordered_at").agg(net)
    days = (shop.as_of - pl.col("ordered_at").dt.truncate("1d")).dt.total_days()
    rhythm = (
        purchases.filter(pl.col("amount") > 0.005)
        .group_by("customer_id")
        .agg(recency_days=days.min(), age_days=days.max(), order_count=pl.len())
    )
    bought = lines.filter(pl.col("quantity") > 0)
    money = bought.group_by("customer_id").agg(
        discount_share=pl.col("gross").filter(pl.col("discount") > 0).sum() / pl.col("gross").sum(),
        peak_share=pl.col("amount").filter("in_peak").sum() / pl.col("amount").sum(),
    )
    revenue = lines.group_by("customer_id").agg(revenue=net)
    joined = rhythm.join(money, on="customer_id").join(revenue, on="customer_id")
    return joined.join(shop.kinds, on="customer_id").sort("customer_id")


@pytest.fixture(scope="session")
def medians(shop: Shop) -> dict[str, dict[str, float]]:
    features = described(shop).with_columns(
        order_value=pl.col("revenue") / pl.col("order_count"),
        orders_per_30d=pl.col("order_count") / pl.col("age_days").clip(30) * 30,
    )
    rows = features.group_by("kind").agg(pl.exclude("customer_id").median()).to_dicts()
    return {row.pop("kind"): row for row in rows}


def test_loyal_customers_are_regular_and_recent(medians: dict[str, dict[str, float]]) -> None:
    loyal = medians["loyal"]
    assert loyal["recency_days"] < 30
    assert loyal["order_count"] > 10
    assert 0.5 < loyal["orders_per_30d"] < 2
    assert loyal["discount_share"] < 0.15


def test_one_time_buyers_have_one_order_long_ago(shop: Shop) -> None:
    once = described(shop).filter(pl.col("kind") == "one-time")
    assert (once["order_count"] == 1).all()
    assert once["recency_days"].min() > 90


def test_new_customers_came_within_six_weeks(shop: Shop) -> None:
    new = described(shop).filter(pl.col("kind") == "new")
    assert new["age_days"].max() <= 42
    assert set(new["order_count"]) == {1, 2}


def test_lapsed_customers_spent_most_and_fell_silent(medians: dict[str, dict[str, float]]) -> None:
    lapsed = medians["lapsed big spender"]
    assert lapsed["recency_days"] > 180
    assert lapsed["order_count"] > 8
    assert lapsed["order_value"] == max(row["order_value"] for row in medians.values())
    assert lapsed["revenue"] == max(row["revenue"] for row in medians.values())


def test_bargain_hunters_buy_on_discount(medians: dict[str, dict[str, float]]) -> None:
    others = [row["discount_share"] for kind, row in medians.items() if kind != "bargain hunter"]
    assert medians["bargain hunter"]["discount_share"] > 0.7
    assert max(others) < 0.15
    assert 4 <= medians["bargain hunter"]["order_count"] <= 10


def test_seasonal_customers_buy_before_the_holidays_every_year(purchases: pl.DataFrame) -> None:
    seasonal = purchases.filter(pl.col("kind") == "seasonal")
    in_peak = seasonal.filter(pl.col("ordered_at").dt.week().is_between(46, 51))
    years = in_peak.group_by("customer_id").agg(years=pl.col("ordered_at").dt.year().n_unique())
    assert in_peak["amount"].sum() > 0.85 * seasonal["amount"].sum()
    assert (years["years"] == 2).mean() > 0.85


def test_busiest_six_weeks_are_before_the_holidays(purchases: pl.DataFrame) -> None:
    weeks = purchases.group_by(week=pl.col("ordered_at").dt.week()).agg(pl.col("amount").sum())
    assert set(weeks.top_k(6, by="amount")["week"]) == {46, 47, 48, 49, 50, 51}


@pytest.mark.parametrize("seed", [0, 1])
def test_kinds_can_be_found_by_their_features(seed: int) -> None:
    features = described(make_shop(2_000, seed))
    skewed = features.select("recency_days", "age_days", "order_count", "revenue").to_numpy()
    shares = features.select("discount_share", "peak_share").to_numpy()
    matrix = np.hstack([np.log1p(skewed.clip(0)), shares])
    matrix = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0)
    found = KMeans(6, n_init=5, random_state=0).fit_predict(matrix)
    assert adjusted_rand_score(features["kind"].to_numpy(), found) > 0.85


def test_amount_is_quantity_times_price_less_discount(shop: Shop) -> None:
    orders = shop.orders
    money = orders["quantity"] * orders["price"] - orders["discount"]
    assert (money - orders["amount"]).abs().max() < 1e-6
    assert (orders["amount"] * 100 - (orders["amount"] * 100).round()).abs().max() < 1e-6


def test_lines_of_an_order_share_customer_and_moment(shop: Shop) -> None:
    one = pl.col("customer_id", "ordered_at", "channel").n_unique()
    same = shop.orders.group_by("order_id").agg(one)
    assert (same.drop("order_id").to_numpy() == 1).all()
    assert shop.orders.group_by("order_id").len()["len"].median() > 1


def test_orders_are_numbered_in_order_of_time(shop: Shop) -> None:
    assert shop.orders["ordered_at"].is_sorted()
    assert shop.orders["order_id"].is_sorted()
    first = shop.orders["ordered_at"].min()
    assert 700 < (shop.as_of - first).days <= 731


def test_refunds_stand_in_their_order_and_apart(shop: Shop) -> None:
    signs = shop.orders.group_by("order_id").agg(
        bought=(pl.col("amount") > 0).any(), refunded=(pl.col("amount") < 0).any()
    )
    refunded = signs.filter("refunded")
    assert 0.01 < refunded.height / signs.height < 0.1
    assert set(refunded["bought"]) == {True, False}
    assert (shop.orders.filter(pl.col("amount") < 0)["quantity"] < 0).all()


def test_orders_hold_the_dirt_of_real_logs(shop: Shop) -> None:
    orders = shop.orders
    shares = {
        "cancelled": orders["cancelled"].mean(),
        "free": (orders["amount"] == 0).mean(),
        "guests": orders["customer_id"].is_null().mean(),
        "repeated": 1 - orders.n_unique() / orders.height,
    }
    assert all(0.001 < share < 0.03 for share in shares.values()), shares
    assert orders["amount"].n_unique() < orders.height / 10


def test_whole_and_single_lines_are_cancelled(shop: Shop) -> None:
    cancelled = shop.orders.group_by("order_id").agg(whole=pl.col("cancelled").all(), some=pl.col("cancelled").any())
    assert cancelled["whole"].sum() > 20
    assert cancelled["some"].sum() > cancelled["whole"].sum() + 20


def test_money_has_a_heavy_tail(shop: Shop) -> None:
    revenue = described(shop)["revenue"].sort(descending=True)
    assert revenue.head(20).sum() > 0.05 * revenue.sum()
