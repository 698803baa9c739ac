"""Outcomes of a period after a cut, worked by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from custseg import Events, Orders
from custseg.features import OUTCOMES, later_values
from custseg.features.expectations._base import CustomerBase
from custseg.features.sums._shared import SharedSums
from custseg.logs import Logs, described_logs

CUT = datetime(2024, 3, 1)
ORDERS = pl.DataFrame(
    {
        "customer_id": ["ann", "ann", "ann", "bob", "cat", "cat", "dan"],
        "order_id": [1, 2, 3, 4, 5, 6, 7],
        # The period is [1 March, 11 March).
        "ordered_at": [f"2024-0{day}" for day in ("2-01", "3-01", "3-10", "2-02", "2-03", "3-11", "2-04")],
        "amount": [10.0, 20.0, 40.0, 5.0, 5.0, 99.0, 5.0],
    }
)
EVENTS = pl.DataFrame(
    {
        "customer_id": ["ann", "bob", "bob", "bob", "cat", "dan"],
        "occurred_at": ["2024-02-01", "2024-03-02", "2024-03-03", "2024-03-04", "2024-03-05", "2024-02-20"],
        "event": ["delivered", "delivered", "opened", "clicked", "delivered", "visited"],
    }
)


def logs(orders: Any = ORDERS, events: Any = EVENTS) -> Logs:
    described = None if events is None else Events(events)
    return described_logs(Orders(orders), described, as_of="2024-06-01", caller="test")


def values(name: str, of: Logs | None = None) -> list[float | None]:
    """The outcome of ann, bob, cat and dan in ten days."""
    later = later_values(
        of or logs(), OUTCOMES[name], pl_series(["ann", "bob", "cat", "dan"]), cut=CUT, horizon_days=10
    )
    return [None if np.isnan(value) else value for value in later.tolist()]


def pl_series(ids: list[str]) -> Any:
    import narwhals.stable.v2 as nw

    return nw.from_native(pl.Series("customer_id", ids), series_only=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("revenue", [60.0, 0.0, 0.0, 0.0]),
        ("orders", [2.0, 0.0, 0.0, 0.0]),
        ("order_days", [2.0, 0.0, 0.0, 0.0]),
        ("ordered", [1.0, 0.0, 0.0, 0.0]),
        ("order_value", [30.0, None, None, None]),
        ("opens_and_clicks", [None, 2.0, 0.0, None]),
        ("active", [1.0, 1.0, 0.0, 0.0]),
    ],
)
def test_outcomes_by_hand(name: str, expected: list[float | None]) -> None:
    assert values(name) == expected


def test_refunds_lower_the_revenue() -> None:
    refund = pl.DataFrame({"customer_id": ["bob"], "order_id": [8], "ordered_at": ["2024-03-05"], "amount": [-3.0]})
    assert values("revenue", logs(pl.concat([ORDERS, refund])))[1] == -3
    assert OUTCOMES["revenue"].scaled(np.array([-3.0, np.e - 1])).tolist() == [0.0, 1.0]


def test_activity_without_events_is_an_order() -> None:
    assert values("active", logs(events=None)) == [1.0, 0.0, 0.0, 0.0]


def test_what_logs_lack() -> None:
    without_money = described_logs(Orders(ORDERS, amount=None), None, as_of="2024-06-01", caller="test")
    assert OUTCOMES["revenue"].lacks(without_money) == "a column of amounts in orders"
    assert OUTCOMES["opens_and_clicks"].lacks(without_money) == "events"
    assert OUTCOMES["orders"].lacks(without_money) == ""


def test_base_is_of_buyers() -> None:
    sums = SharedSums(logs())
    assert CustomerBase.of(sums, ("recency_days",)).ids.to_list() == ["ann", "bob", "cat", "dan"]
    opened = CustomerBase.of(sums, ("open_rate",)).values("open_rate")
    assert opened.tolist()[:3] == [0.0, 1.0, 0.0]
    assert np.isnan(opened[3])
