"""Past windows: where they lie, and that they see nothing of the future."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from logs import clean_log

from custseg.features import OUTCOMES
from custseg.features.expectations import learn_foresight, past_windows
from custseg.features.expectations._base import quadratic
from custseg.features.sums._shared import SharedSums
from custseg.logs import described_logs

REVENUE = OUTCOMES["revenue"]


def sums_of(log: pl.DataFrame, as_of: str = "2024-10-27") -> SharedSums:
    return SharedSums(described_logs(log, None, as_of=as_of, caller="test"))


def log_of_days(days: int) -> SharedSums:
    """A log with an order on the first day, `days` before the snapshot, and one on the last."""
    start = date(2024, 10, 27) - timedelta(days=days)
    log = pl.DataFrame(
        {"customer_id": [1, 2], "order_id": [1, 2], "ordered_at": [start, date(2024, 10, 26)], "amount": [1.0, 1.0]}
    )
    return sums_of(log)


@pytest.mark.parametrize(
    ("history", "horizon", "expected"),
    [
        # As long as the horizon, half of it apart.
        (300, 60, [(60, 60), (90, 60), (120, 60)]),
        # At most a third of the history.
        (300, 365, [(100, 100), (150, 100), (200, 100)]),
        # At least 14 days, and as many of history before the cut.
        (40, 90, [(14, 14), (21, 14)]),
        (27, 90, []),
    ],
)
def test_where_windows_lie(history: int, horizon: int, expected: list[tuple[int, int]]) -> None:
    windows = past_windows(log_of_days(history), REVENUE, horizon)
    today = datetime(2024, 10, 27)
    assert [((today - window.cut).days, window.horizon_days) for window in windows] == expected
    assert all(window.until <= today for window in windows)


@pytest.mark.slow
def test_nothing_is_learned_from_the_future() -> None:
    log = clean_log(120)
    later = log.with_columns(pl.col("ordered_at") + timedelta(days=300), pl.col("order_id") + 10_000)
    known, whole = (learn_foresight(sums_of(rows)) for rows in (log, pl.concat([log, later])))
    assert known == whole


def test_quadratic_columns_by_hand() -> None:
    assert quadratic(np.array([[2.0, 3.0]])).tolist() == [[2.0, 3.0, 4.0, 6.0, 9.0]]


@pytest.mark.slow
def test_what_predicted_before_predicts_again() -> None:
    """Customers who order every week go on; the others never order again."""
    days = [(customer, day) for customer in range(100) for day in range(0, 200, 7 if customer < 50 else 500)]
    log = pl.DataFrame(
        {
            "customer_id": [customer for customer, _ in days],
            "order_id": range(len(days)),
            "ordered_at": [date(2024, 1, 1) + timedelta(days=day) for _, day in days],
            "amount": 10.0,
        }
    )
    sums = sums_of(log, "2024-07-20")
    figures = replace(learn_foresight(sums, horizon_days=30), purchases=None)
    from custseg.features.expectations._base import CustomerBase

    of_past = figures.of_past(CustomerBase.of(sums, figures.predictors))
    assert of_past[:50].min() > of_past[50:].max() + 1
