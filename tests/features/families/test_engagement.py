"""Engagement by hand: points, half-lives, and what counts for nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from effort import examples
from event_logs import DESCRIBED, event_logs, log_of
from hypothesis import given
from hypothesis import strategies as st
from kinds import comes_back, rows_of, same

from custseg import Orders
from custseg.datasets import make_shop
from custseg.features import build_features, engagement
from custseg.logs import Events

AS_OF = datetime(2024, 6, 1)
PARTS = ("engagement", "engagement_email", "engagement_web", "engagement_orders")


def points(log: pl.DataFrame, orders: object = None, as_of: object = AS_OF, **options: Any) -> dict[Any, list[float]]:
    """The total and its parts by customer."""
    described = {role: name for role, name in DESCRIBED.items() if name in log.columns}
    rows = rows_of(engagement(Events(log, **described), orders, as_of=as_of, **options))
    return {row["customer_id"]: [row[name] for name in PARTS] for row in rows}


def ago(days: float) -> datetime:
    return AS_OF - timedelta(days=days)


LOG = log_of(
    ("ann", ago(10), "visited", "web", None, False),
    ("ann", ago(20), "carted", "web", None, False),
    ("ann", ago(30), "clicked", "email", "a", False),
    ("ann", ago(120), "ordered", "web", None, False),
    ("bob", ago(30), "opened", "email", "a", True),
    ("bob", ago(30), "sent", "email", "a", False),
    ("bob", ago(30), "unsubscribed", "email", "a", False),
    ("bob", ago(30), "clicked", "sms", "a", False),
    ("cat", ago(1), "scrolled", "web", None, False),
)


def test_points_by_hand() -> None:
    found = points(LOG)
    # 1 / 2 and 3 / 4 of the site, 3 / 2 of mail, 10 / 2 of the order.
    assert found["ann"] == pytest.approx([7.75, 1.5, 1.25, 5.0], abs=1e-9)
    # The machine's open and what the company did are worth nothing, the text message is no mail.
    assert found["bob"] == pytest.approx([1.5, 0.0, 0.0, 0.0], abs=1e-9)
    assert found["cat"] == [0.0, 0.0, 0.0, 0.0]


def test_days_are_whole() -> None:
    late, early = (points(log_of(("ann", at, "visited")))["ann"] for at in (ago(9.001), ago(10)))
    assert late == early


@pytest.mark.parametrize(("name", "part", "days"), [("clicked", 1, 30), ("viewed", 2, 10), ("redeemed", 3, 120)])
def test_each_part_halves_in_one_half_life(name: str, part: int, days: int) -> None:
    log = log_of(("ann", ago(7), name), ("ann", ago(3), name))
    now, later = (points(log, as_of=at)["ann"][part] for at in (AS_OF, AS_OF + timedelta(days=days)))
    assert now > 0
    assert later == pytest.approx(now / 2, rel=1e-8)


@pytest.mark.slow
@examples(25)
@given(event_logs(), st.integers(1, 60))
def test_no_new_event_halves_all_in_one_half_life(log: pl.DataFrame, days: int) -> None:
    lives = dict.fromkeys(("email", "web", "orders"), days)
    now, later = (
        points(log, as_of=datetime(2025, 1, 1) + timedelta(days=shift), half_lives=lives) for shift in (0, days)
    )
    for customer, values in now.items():
        assert later[customer] == pytest.approx([value / 2 for value in values], abs=1e-7)


def test_weights_and_half_lives_are_the_callers() -> None:
    log = log_of(("ann", ago(14), "visited"), ("ann", ago(14), "complained"), ("ann", ago(14), "opened"))
    weights = {"visited": 2.5, "complained": -1, "opened": 0}
    assert points(log, weights=weights, half_lives={"web": 7, "email": 14})["ann"] == pytest.approx(
        [0.625 - 0.5, -0.5, 0.625, 0.0], abs=1e-9
    )


def test_the_order_log_stands_in_for_ordered_events() -> None:
    log = log_of(("ann", ago(120), "ordered"), ("ann", ago(120), "redeemed"))
    orders = pl.DataFrame(
        {
            "customer_id": ["ann", "ann", "ann", "bob"],
            "order_id": [1, 1, 2, 3],
            "ordered_at": [ago(240), ago(240), ago(1), ago(120)],
            "amount": [5.0, 5.0, -3.0, 1.0],
        }
    )
    found = points(log, orders)
    # One purchase of two lines 240 days ago; the refund is none.
    assert found["ann"][3] == pytest.approx(10 / 4 + 5 / 2, abs=1e-9)
    assert found["bob"] == pytest.approx([5.0, 0.0, 0.0, 5.0], abs=1e-9)
    assert points(log)["ann"][3] == pytest.approx(15 / 2, abs=1e-9)


def test_only_the_window_counts() -> None:
    found = points(LOG, window_days=20)
    assert found["ann"] == pytest.approx([1.25, 0.0, 1.25, 0.0], abs=1e-9)
    assert found["bob"] == [0.0] * 4


def test_the_order_of_many_rows_changes_nothing_to_the_bit() -> None:
    shop = make_shop(300, random_state=1)
    found = [
        engagement(Events(shop.events.sample(fraction=1, shuffle=True, seed=seed), **DESCRIBED), as_of=shop.as_of)
        for seed in (1, 2)
    ]
    assert found[0].equals(found[1])


def test_mail_is_doubtful_where_machines_are_not_marked() -> None:
    for described, doubtful in ((DESCRIBED, []), ({"channel": "channel"}, ["engagement_email"])):
        table = build_features(events=Events(LOG, **described), as_of=AS_OF, families=["engagement"])
        assert [feature.name for feature in table.described if feature.doubtful] == doubtful


@pytest.mark.slow
def test_loyal_customers_are_the_most_engaged_and_lapsed_ones_not() -> None:
    shop = make_shop(1_000, random_state=3)
    orders = Orders(shop.orders, cancelled="cancelled")
    rows = engagement(Events(shop.events, **DESCRIBED), orders, as_of=shop.as_of)
    means = dict(rows.join(shop.kinds, on="customer_id").group_by("kind").agg(pl.col("engagement").mean()).rows())
    assert max(means, key=lambda kind: means[kind]) == "loyal"
    assert means["lapsed big spender"] < means["loyal"] / 3
    assert means["one-time"] < means["new"] / 3


@pytest.mark.slow
def test_engagement_gives_the_callers_kind_back(kind: str, as_kind: Callable[[pl.DataFrame], object]) -> None:
    result = engagement(Events(as_kind(LOG), **DESCRIBED), as_of=AS_OF)
    assert comes_back(result, kind)
    assert same(rows_of(result), engagement(Events(LOG, **DESCRIBED), as_of=AS_OF).to_dicts())


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"weights": ["opened"]}, TypeError, r"weights must map names to numbers, such as .* got list"),
        ({"weights": {"open": 1}}, ValueError, r"weights must be one of \['sent', .*Did you mean 'opened'\?"),
        ({"weights": {"opened": "1"}}, TypeError, r"weights must be numbers, got 'opened': str '1'"),
        ({"weights": {"opened": True}}, TypeError, r"weights must be numbers, got 'opened': bool True"),
        ({"weights": {"opened": float("nan")}}, ValueError, r"from -1,000 to 1,000, got 'opened': nan"),
        ({"half_lives": {"mail": 1}}, ValueError, r"half_lives must be one of \['email', 'web', 'orders'\]"),
        ({"half_lives": {"web": 0}}, ValueError, r"days above 0 and at most 36,500, got 'web': 0"),
        ({"half_lives": {"web": float("inf")}}, ValueError, r"at most 36,500, got 'web': inf"),
    ],
)
def test_wrong_scoring_is_refused(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=f"^engagement: .*{words}"):
        engagement(LOG, as_of=AS_OF, **options)
