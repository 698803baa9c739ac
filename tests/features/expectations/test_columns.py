"""The family "foresight" among the others."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from logs import clean_log

from custseg.datasets import make_shop
from custseg.features import FAMILIES, build_features, features_of
from custseg.logs import described_logs

NAMES = ["foresight", "p_alive", "expected_orders", "expected_revenue"]


@pytest.mark.slow
def test_family_is_built_on_request() -> None:
    log = clean_log()
    assert not set(NAMES) & set(build_features(log, as_of="2024-10-27").names)
    assert build_features(log, as_of="2024-10-27", families=["foresight"]).names == NAMES


@pytest.mark.slow
def test_expected_revenue_is_orders_times_value() -> None:
    table = build_features(clean_log(), as_of="2024-10-27", families=["rfm", "foresight"])
    product = table.values("expected_orders") * table.values("order_value_shrunk")
    # Both columns of the family have six significant digits.
    assert table.values("expected_revenue") == pytest.approx(product, rel=1e-5)


@pytest.mark.slow
def test_customers_without_an_order_have_no_foresight() -> None:
    shop = make_shop(200, 0)
    table = build_features(shop.orders, shop.events, as_of=shop.as_of, families=["rfm", "foresight"])
    has_order = table.values("order_count") > 0
    assert np.isnan(table.values("foresight")).tolist() == (~has_order).tolist()
    assert (~has_order).any()


@pytest.mark.slow
def test_figures_of_a_fit_measure_later_customers() -> None:
    """With the figures of the fit, the foresight of a customer depends on that customer alone."""
    log = clean_log(120)
    table = build_features(log, as_of="2024-10-27", families=["rfm", "foresight"])
    few = log.filter(pl.col("customer_id") < 20)
    logs = described_logs(few, None, as_of="2024-10-27", caller="test")
    later = features_of(logs, ["rfm", "foresight"], figures=table.figures)
    for name in NAMES:
        assert later.values(name) == pytest.approx(table.values(name)[:20], rel=1e-12)


@pytest.mark.slow
def test_a_window_changes_nothing() -> None:
    whole, recent = (
        build_features(clean_log(), as_of="2024-10-27", window_days=days, families=["foresight"]) for days in (None, 90)
    )
    for name in NAMES:
        assert recent.values(name).tolist() == whole.values(name).tolist()


def test_only_this_family_waits_for_a_request() -> None:
    assert [family.name for family in FAMILIES if family.on_request] == ["foresight"]
