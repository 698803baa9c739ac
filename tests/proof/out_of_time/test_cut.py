"""The cut: nothing of the future is left, and nothing else is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from kinds import rows_of

from custseg import Customers, Events, Orders
from custseg.datasets import make_shop
from custseg.features import features_of
from custseg.goals import GOALS, goal_features
from custseg.logs import described_logs
from custseg.proof.out_of_time._cut import cut_logs

SHOP = make_shop(60, 0)
ORDERS = {"cancelled": "cancelled", "discount": "discount", "category": "category", "channel": "channel"}
EVENTS = {"channel": "channel", "campaign": "campaign", "machine": "machine"}


def built(orders: Any, events: Any, customers: Any, cut: datetime) -> pl.DataFrame:
    """All features of the logs at the cut, with foresight."""
    logs = described_logs(orders, events, customers, as_of=cut, caller="test")
    table = goal_features(logs, GOALS["revenue"])
    return pl.DataFrame(table)


@pytest.mark.slow
@examples(12)
@given(st.integers(60, 700), st.integers(0, 86_399))
def test_features_of_the_cut_log_are_those_of_the_whole_log(days: int, seconds: int) -> None:
    cut = SHOP.as_of - timedelta(days=days, seconds=seconds)
    whole = described_logs(
        Orders(SHOP.orders, **ORDERS),
        Events(SHOP.events, **EVENTS) if days < 300 else None,
        Customers(SHOP.customers, numeric=["age"], category=["region"], observed_at="observed_at"),
        as_of=SHOP.as_of,
        caller="test",
    )
    cut_off = cut_logs(whole, cut)
    before = built(cut_off.orders, cut_off.events, cut_off.customers, cut)
    assert before.equals(built(whole.orders, whole.events, cut_off.customers, cut))


def test_no_row_of_the_future_is_left(as_kind: Any) -> None:
    log = pl.DataFrame(
        {
            "customer_id": [1, 2, 3, 4],
            "order_id": [1, 2, 3, 4],
            "ordered_at": [datetime(2024, 1, 1), datetime(2024, 1, 31, 23, 59), datetime(2024, 2, 1), None],
            "amount": [1.0, 2.0, 3.0, 4.0],
        }
    )
    logs = described_logs(as_kind(log), None, as_of="2024-03-01", caller="test")
    cut_off = cut_logs(logs, datetime(2024, 2, 1)).orders
    assert cut_off is not None
    rows = rows_of(cut_off.lines().collect().to_native())
    assert sorted(int(row["customer"]) for row in rows) == [1, 2, 4]


def test_events_are_cut_too() -> None:
    logs = described_logs(None, SHOP.events, as_of=SHOP.as_of, caller="test")
    cut_off = cut_logs(logs, datetime(2025, 1, 1)).events
    assert cut_off is not None
    lines = pl.DataFrame(cut_off.lines().collect().to_native())
    assert lines["moment"].max() < 1_735_689_600_000_000 <= pl.DataFrame(SHOP.events)["occurred_at"].dt.epoch().max()


CUSTOMERS = pl.DataFrame(
    {
        "customer_id": [1, 2, 3],
        "age": [30, 40, 50],
        "city": ["Rome", "Oslo", "Rome"],
        "seen": [datetime(2024, 1, 1), datetime(2024, 3, 1), None],
    }
)


def known_ages(customers: Customers) -> tuple[list[Any], tuple[str, ...]]:
    log = pl.DataFrame(
        {"customer_id": [1, 2, 3], "order_id": [1, 2, 3], "ordered_at": ["2024-01-05"] * 3, "amount": 1.0}
    )
    logs = described_logs(log, None, customers, as_of="2024-06-01", caller="test")
    cut_off = cut_logs(logs, datetime(2024, 2, 1))
    if cut_off.customers is None:
        return [], cut_off.left_out
    at_cut = described_logs(cut_off.orders, None, cut_off.customers, as_of="2024-02-01", caller="test")
    table = pl.DataFrame(features_of(at_cut, ["rfm", "attributes"]))
    return table["age"].to_list(), cut_off.left_out


def test_attributes_are_those_observed_before_the_cut() -> None:
    """The second age was observed later, and nobody knows when the third one was."""
    customers = Customers(CUSTOMERS, numeric=["age"], category=["city"], observed_at={"age": "seen"})
    assert known_ages(customers) == ([30, None, None], ("city",))


def test_attributes_without_dates_are_left_out_and_named() -> None:
    assert known_ages(Customers(CUSTOMERS, numeric=["age"], category=["city"])) == ([], ("age", "city"))


def test_inferred_attributes_keep_their_kind() -> None:
    customers = Customers(CUSTOMERS.rename({"seen": "observed_at"}))
    assert known_ages(customers) == ([30, None, None], ())
