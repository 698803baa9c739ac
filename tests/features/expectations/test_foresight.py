"""`foresight` as users call it: the table, and how right it would have been."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from kinds import LOCAL_KINDS, rows_of
from logs import clean_log

from custseg import Orders
from custseg.datasets import make_shop
from custseg.features import foresight
from custseg.features.expectations._foresight import rank_correlation


@pytest.mark.parametrize("kind", LOCAL_KINDS, indirect=True)
@pytest.mark.slow
def test_same_answer_for_every_kind_of_table(as_kind: Callable[[pl.DataFrame], object]) -> None:
    log = clean_log().filter(pl.col("ordered_at") < datetime(2024, 1, 30))
    expected = foresight(log, as_of="2024-01-30", horizon_days=60).table
    rows = rows_of(foresight(as_kind(log), as_of="2024-01-30", horizon_days=60).table)
    assert rows == [pytest.approx(row) for row in expected.to_dicts()]


@pytest.mark.slow
def test_cdnow_keeps_its_promise(shared_file: Callable[[str], Path]) -> None:
    """The orders and the revenue of the last 91 days of calibration, from the first 182: within 5 %."""
    orders = Orders(shared_file("cdnow_sample.csv"), customer="id", order=None, date="date", amount="spent")
    past = foresight(orders, as_of="1997-10-01", horizon_days=91).accuracy[0]
    assert past.expected_orders == pytest.approx(past.orders, rel=0.05)
    assert past.expected_revenue == pytest.approx(past.revenue, rel=0.06)
    assert past.revenue_correlation is not None
    assert past.revenue_correlation > 0.3


@pytest.mark.slow
def test_accuracy_is_printed() -> None:
    shop = make_shop(300, 0)
    lines = repr(foresight(shop.orders, as_of=shop.as_of, horizon_days=60)).splitlines()
    assert lines[0] == "Foresight of 60 days from 2025-07-01. How right it would have been:"
    assert lines[2].lstrip().startswith("2025-05-02 to 2025-07-01")
    assert len(lines) == 5


@pytest.mark.slow
def test_windows_of_few_orders_are_hidden() -> None:
    """Of the last ten days before the snapshot, three orders: neither their number nor their money is printed."""
    days = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(30)]
    log = pl.DataFrame({"customer_id": range(30), "order_id": range(30), "ordered_at": days, "amount": 7.0})
    last = pl.DataFrame({"customer_id": [0, 1, 2], "order_id": [90, 91, 92], "amount": 7.0}).with_columns(
        ordered_at=datetime(2024, 3, 28)
    )
    ahead = foresight(pl.concat([log, last.select(log.columns)]), as_of="2024-03-30", horizon_days=20)
    assert ahead.accuracy[0].orders == 3
    assert repr(ahead).splitlines()[2].split()[5:] == ["<10", *repr(ahead).splitlines()[2].split()[6:7], "–", "–"]
    assert "21" not in repr(ahead).splitlines()[2].split()


def test_short_log_says_so() -> None:
    log = clean_log().filter(pl.col("ordered_at") < datetime(2024, 1, 20))
    ahead = foresight(log, as_of="2024-01-20", horizon_days=60)
    assert ahead.accuracy == ()
    assert "too short to say" in repr(ahead)


def test_rank_correlation_by_hand() -> None:
    # Ranks 1, 2, 3 and 1, 3, 2: 1 - 6 * (0 + 1 + 1) / (3 * 8) = 0.5.
    assert rank_correlation(np.array([1.0, 5, 9]), np.array([0.0, 8, 3])) == pytest.approx(0.5)
    assert rank_correlation(np.ones(3), np.arange(3.0)) is None


@pytest.mark.parametrize(("horizon", "error"), [(0, ValueError), (3_661, ValueError), (1.5, TypeError)])
def test_impossible_horizons(horizon: object, error: type[Exception]) -> None:
    with pytest.raises(error, match="foresight: horizon_days must be"):
        foresight(clean_log(), as_of="2024-10-27", horizon_days=horizon)  # type: ignore[arg-type]
