"""The features for a goal: columns, weights, and what the logs lack."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from logs import clean_log

from custseg import DataError, Events, Orders
from custseg.datasets import make_shop
from custseg.feature_table import FeatureTable
from custseg.goals import GOALS, Goal, check_goal, column_weights, goal_columns, goal_features
from custseg.logs import Logs, described_logs

SHOP = make_shop(200, 0)


def logs_of(orders: Any = SHOP.orders, events: Any = SHOP.events) -> Logs:
    return described_logs(orders, events, as_of=SHOP.as_of, caller="fit")


def table_for(goal: Goal, logs: Logs | None = None) -> FeatureTable:
    return goal_features(logs or logs_of(), goal)


@pytest.mark.slow
def test_columns_of_each_goal() -> None:
    of_orders = ["recency_days", "order_count", "revenue", "foresight"]
    expected = {"email_engagement": ["open_rate_shrunk", "click_rate_shrunk", "foresight"]}
    for name, goal in GOALS.items():
        assert goal_columns(table_for(goal), goal, "fit") == expected.get(name, of_orders)


@pytest.mark.slow
def test_weights_by_hand() -> None:
    """Three columns of weight 1 together and one of 2: the ratio of the factors is 2 √3, their squares add up to 4."""
    table = table_for(GOALS["revenue"])
    weights = column_weights(table, ["recency_days", "order_count", "revenue", "foresight"], GOALS["revenue"])
    assert weights["foresight"] / weights["revenue"] == pytest.approx(2 * np.sqrt(3))
    assert sum(weight**2 for weight in weights.values()) == pytest.approx(4)


def test_one_family_has_the_weights_of_no_goal() -> None:
    goal = Goal("x", families=("rfm",))
    assert column_weights(table_for(goal), ["recency_days", "revenue"], goal) == pytest.approx(
        {"recency_days": 1, "revenue": 1}
    )


@pytest.mark.slow
def test_a_family_of_weight_0_describes_only() -> None:
    goal = Goal("x", weights={"foresight": 0})
    table = table_for(goal)
    assert "foresight" in table.names
    assert goal_columns(table, goal, "fit") == ["recency_days", "order_count", "revenue"]


@pytest.mark.slow
def test_half_lives_change_the_engagement() -> None:
    goal = Goal("x", families=("engagement",), half_life_days={"email": 1})
    usual, short = (
        table_for(replace(goal, half_life_days=lives)).values("engagement_email") for lives in ({}, goal.half_life_days)
    )
    assert (short <= usual + 1e-9).all()
    assert short.sum() < 0.5 * usual.sum()


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        ("email_engagement", "'email' needs events.*outcome 'opens_and_clicks' needs events"),
        ("order_value", "outcome 'order_value' needs a column of amounts in orders"),
    ],
)
def test_what_is_lacking_is_named(goal: str, words: str) -> None:
    without = described_logs(Orders(clean_log(), amount=None), None, as_of="2024-10-27", caller="fit")
    with pytest.raises(DataError, match=f"fit: the logs lack what the goal '{goal}' needs: {words}"):
        check_goal(without, GOALS[goal])


def test_events_without_orders() -> None:
    logs = described_logs(None, Events(SHOP.events), as_of=SHOP.as_of, caller="fit")
    check_goal(logs, GOALS["email_engagement"])
    with pytest.raises(DataError, match="'rfm' needs orders"):
        check_goal(logs, GOALS["retention"])


def test_horizon_longer_than_the_log() -> None:
    log = clean_log().filter(pl.col("ordered_at") < pl.col("ordered_at").min() + timedelta(days=20))
    logs = described_logs(log, None, as_of="2024-01-21", caller="fit")
    with pytest.raises(DataError, match=r"looks 90 days ahead, and the log has 20 days .*horizon_days=20\) or less"):
        check_goal(logs, GOALS["repeat_purchase"])
