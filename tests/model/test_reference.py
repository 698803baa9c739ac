"""The reference of a model: bins of ten customers or more."""

from __future__ import annotations

from datetime import timedelta

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logs import clean_log
from quick import quick_fit

from custseg import Orders
from custseg.datasets import make_shop
from custseg.model._reference import category_reference, column_reference, share_shown


def test_deciles_of_a_hundred_values() -> None:
    reference = column_reference(np.arange(100.0))
    assert reference.edges == (9, 19, 29, 39, 49, 59, 69, 79, 89)
    assert reference.shares == (0.1,) * 10
    assert reference.counts(np.array([9, 9.5, -5, 1e9, np.nan])).tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_common_value_is_a_bin_of_its_own() -> None:
    values = np.repeat([1.0, 2.0, 3.0, 50.0], [60, 25, 12, 3])
    reference = column_reference(values)
    assert reference.edges == (1, 2)
    assert reference.shares == (0.6, 0.25, 0.15)


def test_missing_values_are_a_share_of_all() -> None:
    assert column_reference(np.r_[np.arange(90.0), np.full(10, np.nan)]).missing == 0.1
    assert column_reference(np.r_[np.arange(91.0), np.full(9, np.nan)]).missing == 0


def test_share_of_few_is_not_stored() -> None:
    assert (share_shown(9, 100), share_shown(10, 100)) == (0, 0.1)


@given(st.lists(st.integers(-5, 5) | st.floats(-1e6, 1e6), max_size=200))
def test_every_bin_has_ten_values(values: list[float]) -> None:
    reference = column_reference(np.array(values, dtype=float))
    counts = reference.counts(np.array(values, dtype=float))
    assert len(counts) == len(reference.shares) == len(reference.edges) + 1
    assert counts.sum() == len(values)
    assert len(counts) == 1 or counts.min() >= 10
    assert np.allclose(counts, np.array(reference.shares) * len(values))


def table_of(column: list[str | None]) -> nw.Series[pl.Series]:
    return nw.from_native(pl.Series("channel", column), series_only=True)


def test_categories_of_ten_customers_are_named() -> None:
    reference = category_reference(table_of(["web"] * 60 + ["app"] * 20 + ["fax"] * 8 + ["mail"] * 7 + [None] * 5))
    assert reference.values == ("web", "app")
    assert np.allclose(reference.shares, (60 / 95, 20 / 95))
    assert reference.missing == 0


def test_few_customers_with_other_categories_are_left_out() -> None:
    reference = category_reference(table_of(["web"] * 60 + ["app"] * 40 + ["fax"] * 9))
    assert reference.shares == (0.6, 0.4)


@pytest.mark.slow
def test_recent_customers_of_a_shop() -> None:
    shop = make_shop(600, 0)
    orders = Orders(shop.orders, channel="channel")
    recent = quick_fit(orders, as_of=shop.as_of).model.reference.recent
    assert recent is not None
    log = shop.orders.filter(pl.col("ordered_at") >= shop.as_of - timedelta(days=56))
    positive = log.group_by("customer_id", "order_id").agg(pl.col("amount").sum()).filter(pl.col("amount") > 0)
    assert abs(recent.n_customers - positive["customer_id"].n_unique()) <= 0.02 * recent.n_customers
    assert list(recent.columns) == ["recency_days", "order_count", "order_value"]
    assert max(recent.columns["recency_days"].edges) < 56
    assert set(recent.categories["preferred_channel"].values) == {"web", "store", "app"}


@pytest.mark.slow
def test_log_without_recent_customers_has_no_recent_reference() -> None:
    reference = quick_fit(clean_log(120), as_of="2026-01-01").model.reference
    assert reference.recent is None
    assert reference.log_days is not None
