"""`experiment_outcomes`: what is counted, for whom, and in which days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from kinds import rows_of

from custseg import Orders
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.proof import experiment_outcomes, split, uplift

GROUPS = pl.DataFrame({"customer_id": [3, 1, 2, 4], "group": ["treated", "held_out", "treated", "held_out"]})
LOG = pl.DataFrame(
    [
        (1, 1, datetime(2024, 5, 31, 23, 59), 8.0),  # the day before
        (1, 2, datetime(2024, 6, 1), 10.0),
        (1, 3, datetime(2024, 6, 30, 23, 59), 20.0),
        (1, 4, datetime(2024, 7, 1), 40.0),  # the day after
        (2, 5, datetime(2024, 5, 2), 3.0),
        (2, 6, datetime(2024, 6, 9), 50.0),
        (2, 6, datetime(2024, 6, 9), -5.0),
        (9, 7, datetime(2024, 6, 2), 99.0),  # not in the experiment
    ],
    schema=["customer_id", "order_id", "ordered_at", "amount"],
    orient="row",
)


def counted(groups: Any = GROUPS, orders: Any = LOG, **options: Any) -> pl.DataFrame:
    return experiment_outcomes(groups, orders, **{"since": "2024-06-01", "days": 30, **options})


@pytest.mark.parametrize(
    ("outcome", "values"),
    [("ordered", [0, 1, 1, 0]), ("orders", [0, 2, 1, 0]), ("revenue", [0, 30, 45, 0]), ("active", [0, 1, 1, 0])],
)
def test_outcomes_by_hand(outcome: str, values: list[float]) -> None:
    table = counted(outcome=outcome)
    assert table["customer_id"].to_list() == [3, 1, 2, 4]
    assert table["outcome"].to_list() == values


def test_past_ends_where_the_outcome_begins() -> None:
    table = counted(outcome="revenue", past_days=30)
    assert table.columns == ["customer_id", "outcome", "past"]
    assert table["past"].to_list() == [0, 8, 3, 0]


def test_moments_within_a_day() -> None:
    assert counted(since=datetime(2024, 6, 9, 0, 1), outcome="revenue")["outcome"].to_list() == [0, 60, 0, 0]


def test_events_alone() -> None:
    events = pl.DataFrame(
        {"customer_id": [1, 4], "occurred_at": [datetime(2024, 6, 2), datetime(2024, 7, 2)], "event": ["visited"] * 2}
    )
    table = experiment_outcomes(GROUPS, events=events, since="2024-06-01", days=30, outcome="active")
    assert table["outcome"].to_list() == [0, 1, 0, 0]


def test_every_engine(as_kind: Callable[[pl.DataFrame], object]) -> None:
    rows = rows_of(counted(as_kind(GROUPS), outcome="orders"))
    assert {row["customer_id"]: row["outcome"] for row in rows} == {3: 0, 1: 2, 2: 1, 4: 0}
    assert counted(orders=as_kind(LOG), outcome="orders").rows() == [(3, 0), (1, 2), (2, 1), (4, 0)]


@pytest.mark.parametrize("to_text", [pl.col("customer_id").cast(pl.String), pl.col("customer_id").cast(pl.Float64)])
def test_ids_of_other_types_are_joined(to_text: pl.Expr) -> None:
    assert counted(GROUPS.with_columns(to_text))["outcome"].to_list() == [0, 1, 1, 0]


@pytest.mark.slow
def test_uplift_reads_it() -> None:
    """A shop in which no letter was sent."""
    shop = make_shop(1500, 0)
    groups = split(shop.customers, holdout=0.5, salt="none")
    spent = experiment_outcomes(
        groups, Orders(shop.orders, cancelled="cancelled"), since="2025-05-01", days=60, outcome="revenue", past_days=90
    )
    result = uplift(groups, spent, past_column="past", holdout=0.5)
    assert result.overall.verdict == "no_difference"
    assert result.overall.variance_reduction > 0.1


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"since": "2024-08-01"}, DataError, "the logs have no row in the 30 days from 2024-08-01 on"),
        ({"since": "soon"}, ValueError, "since must be a date such as"),
        ({"since": None}, TypeError, "since must be a date, a datetime or ISO text, got None"),
        ({"days": 0}, ValueError, "days must be from 1 to 3660"),
        ({"past_days": 1.5}, TypeError, "past_days must be a whole number"),
        ({"outcome": "order_value"}, ValueError, "outcome must be one of"),
        (
            {"groups": GROUPS.with_columns(pl.col("customer_id") + 100)},
            DataError,
            "no customer of assignment has a row",
        ),
        ({"orders": Orders(LOG, amount=None), "outcome": "revenue"}, DataError, "needs a column of amounts in orders"),
        ({"orders": None}, TypeError, "give at least one of orders, events and customers"),
    ],
)
def test_bad_input(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        counted(**options)
