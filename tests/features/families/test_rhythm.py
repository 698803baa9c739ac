"""The rhythm of buying: by hand, against plain Python, and where nothing can be said."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from effort import A_FEW, examples
from hypothesis import given
from hypothesis import strategies as st
from kinds import rows_of
from order_reference import median_gap, order_features_by_hand
from strategies import NOON, order_logs, with_a_line

from custseg import Orders
from custseg.features import build_features

AS_OF = datetime(2024, 4, 3)


def log_of(**days: list[str]) -> pl.DataFrame:
    rows = [(name, i, at, 10.0) for name, dates in days.items() for i, at in enumerate(dates)]
    columns = ["customer_id", "order_id", "ordered_at", "amount"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def features_of(orders: object, as_of: object, **options: Any) -> dict[Any, dict[str, Any]]:
    table = build_features(orders, as_of=as_of, families=["rfm", "rhythm"], **options)
    return {row["customer_id"]: row for row in rows_of(table.frame)}


def test_gaps_by_hand() -> None:
    ann = features_of(log_of(ann=["2024-01-01", "2024-01-11", "2024-01-31"]), "2024-02-10")["ann"]
    assert ann["gap_days_mean"] == 15
    assert ann["gap_cv"] == pytest.approx(math.sqrt(50) / 15)
    # Gaps of 10 and 20, the base's median 15: (30 + 2 * 15) / (2 + 2).
    assert ann["expected_gap_days"] == 15
    assert ann["overdue_ratio"] == pytest.approx(10 / 15)


def test_the_open_gap_is_never_averaged_in() -> None:
    log = log_of(ann=["2024-01-01", "2024-01-11"])
    early, late = (features_of(log, as_of)["ann"] for as_of in ("2024-01-12", "2024-12-31"))
    assert early["gap_days_mean"] == late["gap_days_mean"] == 10
    assert late["overdue_ratio"] > 30


def test_one_order_has_the_gap_of_the_base() -> None:
    rows = features_of(log_of(ann=["2024-01-01", "2024-01-11"], bob=["2024-01-01"]), "2024-01-31")
    assert rows["bob"]["gap_days_mean"] is None
    assert rows["bob"]["expected_gap_days"] == 10
    assert rows["bob"]["overdue_ratio"] == 3


def test_a_base_without_a_gap_expects_none() -> None:
    bob = features_of(log_of(bob=["2024-01-01"]), "2024-01-31")["bob"]
    assert bob["expected_gap_days"] is None
    assert bob["overdue_ratio"] is None


def test_trend_compares_the_halves_of_the_exposure() -> None:
    faster = features_of(log_of(ann=["2024-01-01", "2024-01-25", "2024-01-28"]), "2024-01-31")["ann"]
    assert faster["trend"] == pytest.approx(math.log(2.5 / 1.5))


def test_peak_share_needs_twelve_months() -> None:
    days = ["2023-12-10", "2023-12-12", "2024-06-01"]
    assert features_of(log_of(ann=days), "2024-07-01")["ann"]["peak_share"] is None
    assert features_of(log_of(ann=days), "2024-12-20")["ann"]["peak_share"] is not None


def test_peak_share_is_the_money_of_the_strongest_weeks() -> None:
    year = [f"{datetime(2023, 1, 3) + timedelta(days=14 * week):%Y-%m-%d}" for week in range(25)]
    christmas = [f"2023-{day}" for day in ("11-20", "11-27", "12-04", "12-11", "12-14", "12-21")]
    rows = features_of(log_of(all_year=year, seasonal=christmas * 3), "2024-01-05")
    assert rows["seasonal"]["peak_share"] == 1
    assert rows["all_year"]["peak_share"] < 0.2


@pytest.mark.slow
@given(log=order_logs(), window=st.sampled_from([None, 1, 2, 3, 40]), keep=st.booleans())
def test_order_features_equal_the_plain_reference(log: pl.DataFrame, window: int | None, keep: bool) -> None:
    log = with_a_line(log)
    policy = "keep" if keep else "drop"
    orders = Orders(log, cancelled="cancelled")
    rows = features_of(orders, NOON, window_days=window, zero_orders=policy)
    expected = order_features_by_hand(log.to_dicts(), NOON, window_days=window, zero_orders=policy)
    assert rows.keys() == expected.keys()
    usual = median_gap(expected)
    for customer, of in expected.items():
        gaps = of.pop("gaps")
        if usual is not None and of["order_count"]:
            of["expected_gap_days"] = (sum(gaps) + 2 * usual) / (len(gaps) + 2)
        # A customer without any order has an exposure of nothing, and 0 orders in it.
        of["orders_per_30d"] = of["orders_per_30d"] or 0
        for name, value in of.items():
            assert rows[customer][name] == (value if value is None else pytest.approx(value, abs=1e-9)), name


@pytest.mark.slow
@examples(A_FEW)
@given(log=order_logs(), seed=st.integers(0, 99))
def test_shuffled_rows_give_the_same_bits(log: pl.DataFrame, seed: int) -> None:
    log = with_a_line(log)
    shuffled = log.sample(fraction=1, shuffle=True, seed=seed)
    first, second = (build_features(Orders(t, cancelled="cancelled"), as_of=NOON).frame for t in (log, shuffled))
    assert first.equals(second)


@pytest.mark.slow
@examples(A_FEW)
@given(log=order_logs(customers="texts"), future=order_logs(customers="texts"))
def test_rows_after_the_snapshot_change_nothing(log: pl.DataFrame, future: pl.DataFrame) -> None:
    log = with_a_line(log)
    later = future.filter(pl.col("ordered_at") >= NOON)
    both = pl.concat([log, later])
    first, second = (build_features(Orders(t, cancelled="cancelled"), as_of=NOON).frame for t in (log, both))
    assert first.equals(second)
