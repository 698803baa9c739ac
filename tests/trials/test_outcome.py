"""The outcome in the past of a log, by hand."""

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from custseg import Events, Orders
from custseg.logs import Logs, described_logs
from custseg.trials import past_clicks, past_horizon, past_purchases

AS_OF = datetime(2024, 4, 10)


def logs_of(rows: list[tuple[str, str, float]], events: Any = None, **options: Any) -> Logs:
    table = pl.DataFrame(rows, schema=["customer_id", "ordered_at", "amount"], orient="row")
    orders = Orders(table.with_row_index("order_id"))
    return described_logs(orders, events, as_of=AS_OF, caller="test", **options)


# The period of 30 days begins on 2024-03-11.
ROWS = [
    ("again", "2024-01-01", 10.0),
    ("again", "2024-03-11", 20.0),
    ("again", "2024-04-09", 30.0),
    ("gone", "2024-03-10", 10.0),
    ("new", "2024-03-20", 10.0),
    ("refunded", "2024-02-01", 40.0),
    ("refunded", "2024-04-01", -40.0),
    ("later", "2024-02-01", 10.0),
    ("later", "2024-04-10", 10.0),
]


def test_repeat_purchases_by_hand() -> None:
    again, money = past_purchases(logs_of(ROWS), 30)
    # "new" was no customer when the period began; "later" bought at the snapshot, which does not count.
    assert dict(zip(again.ids, again.values, strict=True)) == {"again": 1, "gone": 0, "later": 0, "refunded": 0}
    assert dict(zip(money.ids, money.values, strict=True)) == {"again": 50, "gone": 0, "later": 0, "refunded": 0}
    assert (again.mean, money.mean, again.is_rate, money.is_rate) == (0.25, 12.5, True, False)
    assert money.cv == pytest.approx(np.sqrt(3))


def test_later_rows_change_nothing() -> None:
    more = [*ROWS, ("gone", "2024-05-01", 99.0)]
    for before, after in zip(past_purchases(logs_of(ROWS), 30), past_purchases(logs_of(more), 30), strict=True):
        assert (list(before.ids), before.values.tolist()) == (list(after.ids), after.values.tolist())


def test_horizon_is_a_third_of_the_log() -> None:
    # 100 days from 2024-01-01 to the snapshot; then 40 days; then none.
    assert past_horizon(logs_of(ROWS)) == 30
    assert past_horizon(logs_of(ROWS), longest=90) == 33
    assert past_horizon(logs_of(ROWS[1:4])) is None
    assert past_horizon(logs_of(ROWS[5:7])) == 23


def test_clicks_of_the_period() -> None:
    table = pl.DataFrame(
        {
            "customer_id": ["again", "gone", "gone", "later", "stranger", None],
            "occurred_at": ["2024-04-01", "2024-03-01", "2024-04-10", "2024-04-02", "2024-04-02", "2024-04-02"],
            "event": ["clicked", "clicked", "clicked", "opened", "clicked", "clicked"],
        }
    )
    logs = logs_of(ROWS, Events(table))
    clicks = past_clicks(logs, ["again", "gone", "later"], 30)
    assert clicks is not None
    assert clicks.values.tolist() == [1, 0, 0]
    assert past_clicks(logs_of(ROWS), ["again"], 30) is None
    assert past_clicks(logs, ["gone"], 30) is None


def test_outcome_that_cannot_rise() -> None:
    again, money = past_purchases(logs_of(ROWS), 30)
    assert again.can_rise(1.0)
    assert not again.can_rise(3.5)
    assert not again.among(np.array([True, False, False, False])).can_rise(0.1)
    assert not money.among(np.array([False, True, True, True])).can_rise(0.1)
    assert money.among(np.array([False, True, True, True])).cv == np.inf
