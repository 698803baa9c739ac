"""What each number of segments would have told about the last period before the snapshot."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from logs import clean_log

from custseg.datasets import make_shop
from custseg.goals import GOALS, Goal, worth_of_numbers
from custseg.logs import described_logs

COLUMNS = ["recency_days", "order_count", "revenue", "foresight"]


def worth(orders: object, as_of: object, goal: Goal = GOALS["revenue"]) -> dict[int, float]:
    logs = described_logs(orders, None, as_of=as_of, caller="fit")
    return worth_of_numbers(logs, goal, COLUMNS, numbers=range(2, 6), min_share=0.05, seed=0)


@pytest.mark.slow
def test_more_segments_tell_more_where_there_is_something_to_tell() -> None:
    shop = make_shop(250, 0)
    values = worth(shop.orders, shop.as_of)
    assert list(values) == [2, 3, 4, 5]
    assert 0.2 < values[2] < values[5] < 1


@pytest.mark.slow
def test_noise_is_worth_nothing() -> None:
    """Orders of customers drawn at random each time."""
    log = clean_log(300, seed=1)
    log = log.with_columns(customer_id=np.random.default_rng(0).integers(0, 300, len(log)))
    assert max(worth(log, "2024-10-27").values()) < 0.1


@pytest.mark.slow
def test_nothing_of_the_future_counts() -> None:
    log = clean_log(150)
    later = log.with_columns(pl.col("ordered_at") + timedelta(days=300), pl.col("order_id") + 10_000)
    assert worth(log, "2024-10-27") == worth(pl.concat([log, later]), "2024-10-27")


def test_short_log_says_nothing() -> None:
    log = clean_log(150).filter(pl.col("ordered_at") < datetime(2024, 1, 21))
    assert worth(log, "2024-01-21", Goal("x", horizon_days=10)) == {}
