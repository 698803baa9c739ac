"""Visits, carts and the funnel by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from event_logs import DESCRIBED, log_of
from kinds import rows_of

from custseg import Orders
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.features import build_features, web
from custseg.logs import Events

AS_OF = "2024-06-01"


def visits(
    log: pl.DataFrame, orders: object = None, as_of: object = AS_OF, **options: Any
) -> dict[Any, dict[str, Any]]:
    described = {role: name for role, name in DESCRIBED.items() if name in log.columns}
    rows = rows_of(web(Events(log, **described), orders, as_of=as_of, **options))
    return {row["customer_id"]: row for row in rows}


def ann(*events: tuple[Any, ...], orders: object = None, **options: Any) -> dict[str, Any]:
    """The features of one customer with these moments and events."""
    return visits(log_of(*[("ann", *event) for event in events]), orders, **options)["ann"]


def orders_of(*moments: object) -> pl.DataFrame:
    rows = [("ann", number, at, 20.0) for number, at in enumerate(moments)]
    return pl.DataFrame(rows, schema=["customer_id", "order_id", "ordered_at", "amount"], orient="row")


def test_sessions_by_hand() -> None:
    row = ann(
        ("2024-05-22 10:00:00", "visited"),
        ("2024-05-22 10:29:59", "viewed"),
        ("2024-05-22 10:59:58", "viewed"),
        ("2024-05-22 11:29:58", "viewed"),
        ("2024-05-22 23:50:00", "visited"),
        ("2024-05-23 00:10:00", "viewed"),
        ("2024-05-30 08:00:00", "visited"),
        ("2024-05-30 08:00:00", "visited"),
    )
    # 30 minutes of silence end a session, midnight does not.
    assert (row["sessions"], row["active_days"], row["session_depth"]) == (4, 3, 2.0)
    # Three of the ten days since the 22nd.
    assert (row["active_day_share"], row["days_since_visit"]) == (0.3, 2)


def test_share_of_days_counts_a_day_that_has_begun() -> None:
    row = ann(("2024-05-30 08:00", "visited"), ("2024-05-31 08:00", "visited"), as_of="2024-05-31 12:00")
    assert row["active_day_share"] == 1.0


def test_share_of_days_starts_with_the_window() -> None:
    row = ann(("2024-01-01", "visited"), ("2024-05-31", "visited"), window_days=10)
    assert (row["active_days"], row["active_day_share"]) == (1, 0.1)


def test_share_of_days_starts_with_any_event() -> None:
    row = ann(("2024-05-12", "delivered"), ("2024-05-31", "visited"))
    assert row["active_day_share"] == 1 / 20


def test_who_never_visited_has_no_depth() -> None:
    row = visits(log_of(("ann", "2024-05-12", "delivered"), ("bob", "2024-05-31", "visited")))["ann"]
    assert (row["sessions"], row["active_days"], row["active_day_share"]) == (0, 0, 0.0)
    assert row["session_depth"] is row["days_since_visit"] is row["cart_abandon_rate"] is None
    assert (row["funnel_stage"], row["funnel_step"], row["days_in_stage"]) == ("none", 0, None)


def test_machines_and_stores_are_no_visits() -> None:
    row = ann(
        ("2024-05-01", "visited", "web", None, True),
        ("2024-05-02", "ordered", " Store", None, False),
        ("2024-05-03", "visited", "app", None, False),
    )
    assert (row["sessions"], row["funnel_stage"]) == (1, "order")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("events", "rate"),
    [
        ([("05-01 10:00", "carted")], 1.0),
        ([("05-01 10:00", "carted"), ("05-02 10:00", "ordered")], 0.0),
        ([("05-01 10:00", "carted"), ("05-02 10:01", "ordered")], 1.0),
        ([("05-01 10:00", "carted"), ("05-01 10:00", "ordered")], 0.0),
        ([("05-01 10:00", "carted"), ("05-01 09:59", "ordered")], 1.0),
        ([("05-31 00:00", "carted")], None),
        ([("05-30 23:59", "carted")], 1.0),
        ([("05-31 10:00", "carted"), ("05-31 10:05", "ordered")], None),
        # One cart of three pieces, and an order.
        (
            [("05-01 10:00", "carted"), ("05-01 10:20", "carted"), ("05-01 10:40", "carted"),
             ("05-01 10:50", "ordered")],
            0.0,
        ),
        # Two carts, of which the second became an order.
        (
            [("05-01 10:00", "carted"), ("05-03 10:00", "carted"), ("05-03 10:20", "carted"),
             ("05-03 11:00", "ordered")],
            0.5,
        ),
        # An order ends a cart: what follows is a new one.
        ([("05-01 10:00", "carted"), ("05-01 10:10", "ordered"), ("05-01 10:20", "carted")], 0.5),
    ],
)  # fmt: skip
def test_cart_abandonment_by_hand(events: list[tuple[str, str]], rate: float | None) -> None:
    assert ann(*[(f"2024-{at}", name) for at, name in events])["cart_abandon_rate"] == rate


@pytest.mark.slow
def test_orders_of_the_order_log_stand_in_for_those_of_the_events() -> None:
    events = [("2024-05-01 10:00", "carted"), ("2024-05-01 10:10", "ordered"), ("2024-05-03 10:00", "carted")]
    assert ann(*events)["cart_abandon_rate"] == 0.5
    assert ann(*events, orders=orders_of("2024-05-03 11:00"))["cart_abandon_rate"] == 0.5
    assert ann(*events, orders=orders_of("2024-05-01 11:00", "2024-05-03 11:00"))["cart_abandon_rate"] == 0.0
    assert ann(*events, orders=orders_of("2024-01-01"))["cart_abandon_rate"] == 1.0


def test_refunds_and_cancelled_lines_follow_no_cart() -> None:
    orders = orders_of("2024-05-01 11:00", "2024-05-01 12:00").with_columns(
        amount=pl.Series([-20.0, 20.0]), cancelled=pl.Series([False, True])
    )
    described = Orders(orders, cancelled="cancelled")
    row = ann(("2024-05-01 10:00", "carted"), orders=described)
    assert (row["cart_abandon_rate"], row["funnel_stage"]) == (1.0, "cart")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "rate"), [("2024-04-30", 1.0), ("2024-05-01", 0.0), ("2024-05-02", 0.0), ("2024-05-03", 1.0)]
)
@pytest.mark.parametrize("typed", [True, False])
def test_an_order_log_of_days_alone_is_compared_by_days(day: str, rate: float, typed: bool) -> None:
    orders = orders_of(date.fromisoformat(day) if typed else day)
    assert ann(("2024-05-01 23:50", "carted"), orders=orders)["cart_abandon_rate"] == rate


def test_clocks_of_different_zones_are_compared_by_days() -> None:
    log = log_of(("ann", "2024-05-01 10:00+02:00", "carted"))
    orders = orders_of("2024-05-01 09:00")
    row = rows_of(web(Events(log, timezone="Europe/Berlin"), orders, as_of=AS_OF))[0]
    assert row["cart_abandon_rate"] == 0.0


def test_ids_of_different_types_are_refused() -> None:
    with pytest.raises(DataError, match=r"ids of orders and events are of different types, .* Cast the ids of orders"):
        ann(
            ("2024-05-01", "carted"),
            orders=orders_of("2024-05-01").with_columns(customer_id=pl.lit(1, pl.Int64)),
        )


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([("05-01", "visited")], ("visit", 1, 31)),
        ([("05-01", "visited"), ("05-05", "viewed"), ("05-09", "viewed")], ("view", 2, 27)),
        ([("05-01", "carted"), ("05-05", "visited")], ("cart", 3, 31)),
        ([("05-01", "carted"), ("05-05", "checkout")], ("checkout", 4, 27)),
        ([("05-01", "ordered"), ("05-01 10:00", "ordered"), ("05-05", "checkout")], ("order", 5, 31)),
        ([("05-01", "ordered"), ("05-11", "ordered"), ("05-21", "ordered")], ("repeat", 6, 21)),
    ],
)
def test_funnel_by_hand(events: list[tuple[str, str]], stage: tuple[str, int, int]) -> None:
    row = ann(*[(f"2024-{at}", name) for at, name in events])
    assert (row["funnel_stage"], row["funnel_step"], row["days_in_stage"]) == stage


def test_funnel_knows_the_orders_of_the_order_log() -> None:
    rows = visits(
        log_of(("ann", "2024-05-01", "visited"), ("bob", "2024-05-01", "ordered")),
        orders_of("2024-03-01", "2024-05-22").vstack(orders_of("2024-05-02").with_columns(customer_id=pl.lit("cat"))),
    )
    assert [(rows[name]["funnel_stage"], rows[name]["days_in_stage"]) for name in ("ann", "bob", "cat")] == [
        ("repeat", 10), ("none", None), ("order", 30),
    ]  # fmt: skip
    assert (rows["cat"]["sessions"], rows["cat"]["active_day_share"]) == (0, None)


def test_the_window_cuts_the_order_log_too() -> None:
    row = ann(("2024-05-31", "visited"), orders=orders_of("2024-03-01", "2024-05-22"), window_days=20)
    assert (row["funnel_stage"], row["days_in_stage"]) == ("order", 10)


def test_zero_orders_follow_the_policy() -> None:
    gift = orders_of("2024-05-01 11:00").with_columns(amount=pl.lit(0.0))
    rows = [ann(("2024-05-01 10:00", "carted"), orders=gift, zero_orders=policy) for policy in ("drop", "keep")]
    assert [row["cart_abandon_rate"] for row in rows] == [1.0, 0.0]
    assert [row["funnel_stage"] for row in rows] == ["cart", "order"]


def test_a_log_without_visits_is_refused_with_the_remedy() -> None:
    with pytest.raises(DataError, match=r"web: events of the site or app, one or more of \['visited', 'viewed'"):
        web(log_of(("ann", "2024-05-01", "delivered")), as_of=AS_OF)
    with pytest.raises(DataError, match="'web' needs events"):
        build_features(orders_of("2024-05-01"), as_of=AS_OF, families=["web"])


@pytest.mark.slow
def test_bargain_hunters_leave_more_carts_than_loyal_customers() -> None:
    shop = make_shop(1_000, random_state=3)
    events, orders = Events(shop.events, **DESCRIBED), Orders(shop.orders, cancelled="cancelled")
    rows = web(events, orders, as_of=shop.as_of).join(shop.kinds, on="customer_id")
    by_kind = rows.group_by("kind").agg(pl.col("cart_abandon_rate", "sessions", "days_since_visit").mean())
    means = {row["kind"]: row for row in by_kind.to_dicts()}
    assert means["bargain hunter"]["cart_abandon_rate"] > 2 * means["loyal"]["cart_abandon_rate"]
    assert means["loyal"]["sessions"] > 5 * means["one-time"]["sessions"]
    assert means["loyal"]["days_since_visit"] < means["lapsed big spender"]["days_since_visit"] / 4
    stages = rows.group_by("kind").agg(pl.col("funnel_stage").mode().first())
    assert dict(stages.rows())["one-time"] == "order"
    assert dict(stages.rows())["loyal"] == "repeat"


@pytest.mark.slow
def test_real_clickstream_gives_the_sessions_that_it_names(shared_file: Any) -> None:
    path = shared_file("ecom_clickstream.csv.gz")
    names = {
        "home": "visited", "promo_page": "visited", "account_page": "visited", "cart": "visited",
        "catalog": "viewed", "search": "viewed", "filter_results": "viewed", "product_view": "viewed",
        "review_page": "viewed", "compare": "viewed", "wishlist_add": "viewed", "add_to_cart": "carted",
        "shipping_details": "checkout", "payment_details": "checkout", "payment_error": "checkout",
        "checkout_bug": "checkout", "purchase": "ordered", "support_chat": "visited", "error_page": "visited",
    }  # fmt: skip
    rows = web(Events(str(path), customer="user_id", date="timestamp", names=names), as_of=datetime(2024, 7, 1))
    named = pl.read_csv(path).group_by("user_id").agg(pl.col("session_id").n_unique())
    both = rows.join(named, left_on="customer_id", right_on="user_id")
    # One session of 3,605 has a pause of more than half an hour.
    assert len(both) == 600
    assert ((both["sessions"] - both["session_id"]).abs() > 0).sum() <= 1
    assert both["session_depth"].mean() == pytest.approx(31_106 / 3_606, rel=0.02)
    assert 0.6 < both["cart_abandon_rate"].mean() < 0.8
    assert dict(both["funnel_stage"].value_counts().rows())["repeat"] == 104
