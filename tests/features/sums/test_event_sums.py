"""All features of events at once: against plain Python, and what holds for every log."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from effort import A_FEW, examples
from event_logs import DESCRIBED, event_logs, moments
from event_reference import features_by_hand
from hypothesis import given
from hypothesis import strategies as st
from kinds import KINDS, LOCAL_KINDS, OTHER_KINDS, rows_of, same

from custseg import Orders
from custseg.features import build_features
from custseg.logs import Events

NOON = datetime(2024, 3, 31, 12)
FAMILIES = ["email", "web", "engagement"]
windows = st.sampled_from([None, None, 1, 2, 7, 30])
ONE_OF_EACH = {"occurred_at": datetime(2024, 2, 1, 1), "channel": "email", "machine": False}


def with_mail(log: pl.DataFrame) -> pl.DataFrame:
    """The log and a mail long ago, so that there is always one."""
    line = {"customer_id": log[0, "customer_id"], "event": "unsubscribed", **ONE_OF_EACH}
    return pl.concat([log, pl.DataFrame([line], schema=log.schema)])


logs = event_logs().map(with_mail)


def features(log: object, as_of: datetime = NOON, **options: Any) -> dict[Any, dict[str, Any]]:
    """The rows of the three families by customer."""
    table = build_features(events=Events(log, **DESCRIBED), as_of=as_of, families=FAMILIES, **options)
    return {row.pop("customer_id"): row for row in rows_of(table.frame)}


@pytest.mark.slow
@examples(120)
@given(st.one_of(logs, event_logs(texts=True).map(with_mail)), moments, windows)
def test_features_agree_with_plain_python(log: pl.DataFrame, as_of: datetime, window: int | None) -> None:
    found = features(log, as_of, window_days=window)
    by_hand = features_by_hand(log.to_dicts(), as_of, window_days=window)
    assert list(found) == sorted(by_hand)
    for customer, expected in by_hand.items():
        assert {name: found[customer][name] for name in expected} == pytest.approx(expected, abs=1e-9)


@pytest.mark.slow
@examples(30)
@given(event_logs(names=["sent", "bounced", "opened", "clicked", "delivered", None]).map(with_mail), windows)
def test_mail_agrees_with_plain_python(log: pl.DataFrame, window: int | None) -> None:
    by_hand = features_by_hand(log.to_dicts(), NOON, window_days=window)
    for customer, row in features(log, window_days=window).items():
        expected = {name: by_hand[customer][name] for name in by_hand[customer]}
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-9)


@pytest.mark.slow
@examples(A_FEW)
@given(logs, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing_to_the_bit(log: pl.DataFrame, random: Any) -> None:
    places = list(range(len(log)))
    random.shuffle(places)
    assert features(log[places]) == features(log)


@pytest.mark.slow
@examples(A_FEW)
@given(logs, event_logs(), st.integers(0, 3))
def test_lines_at_or_after_as_of_change_nothing(log: pl.DataFrame, later: pl.DataFrame, hours: int) -> None:
    later = later.with_columns(occurred_at=NOON + timedelta(hours=hours))
    assert features(pl.concat([later, log, later])) == features(log)


@pytest.mark.slow
@examples(30)
@given(logs)
def test_what_came_before_the_window_only_says_who_is_known(log: pl.DataFrame) -> None:
    row = next(iter(features(log, window_days=1, as_of=datetime(2024, 12, 31)).values()))
    assert row["sessions"] == row["engagement"] == row["send_pressure_28d"] == row["emails_clicked"] == 0
    assert row["unsubscribed"] is True
    assert row["funnel_stage"] == "none"


@pytest.mark.slow
@examples(A_FEW)
@given(logs)
def test_features_keep_their_bounds(log: pl.DataFrame) -> None:
    shares = [
        "open_rate", "click_rate", "click_to_open", "open_rate_shrunk", "click_rate_shrunk",
        "click_to_open_shrunk", "open_rate_above_half", "active_day_share", "cart_abandon_rate",
    ]  # fmt: skip
    for row in features(log).values():
        assert all(row[name] is None or 0 <= row[name] <= 1 for name in shares)
        assert (row["sessions"] == 0) == (row["active_days"] == 0) == (row["days_since_visit"] is None)
        assert row["send_pressure_7d"] <= row["send_pressure_28d"]
        assert row["engagement"] >= 0


@pytest.mark.slow
@examples(5)
@given(log=event_logs(max_lines=10).map(with_mail))
@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_every_kind_of_table_gives_the_same(kind: str, log: pl.DataFrame) -> None:
    with TemporaryDirectory() as folder:
        found = features(KINDS[kind](log, Path(folder)))
    assert same(found, features(log))


def test_dates_with_a_zone_have_the_days_of_the_logs_zone(kind: str, tmp_path: Path) -> None:
    # Berlin: 30 March 23:40, 31 March 00:10 and, an hour of the clock later on the short day, 03:05.
    at = [datetime(2024, 3, 30, 22, 40), datetime(2024, 3, 30, 23, 10), datetime(2024, 3, 31, 1, 5)]
    log = pl.DataFrame({"customer_id": 1, "occurred_at": at, "event": "visited"}).with_columns(
        pl.col("occurred_at").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo")
    )
    events = Events(KINDS[kind](log, tmp_path), timezone="Europe/Berlin")
    [row] = rows_of(build_features(events=events, as_of="2024-04-01", families=["web", "engagement"]).frame)
    assert (row["sessions"], row["active_days"], row["active_day_share"]) == (3, 2, 1.0)
    assert row["engagement_web"] == pytest.approx(0.5**0.2 + 2 * 0.5**0.1, abs=1e-9)


@pytest.mark.parametrize("kind", LOCAL_KINDS)
def test_orders_and_events_may_live_on_different_engines(kind: str, tmp_path: Path) -> None:
    events = pl.DataFrame(
        {"customer_id": [1, 2], "occurred_at": [datetime(2024, 3, 1, 9)] * 2, "event": ["carted", "carted"]}
    )
    orders = pl.DataFrame(
        {
            "customer_id": [1, 3],
            "order_id": [1, 2],
            "ordered_at": [datetime(2024, 3, 1, 9, 30)] * 2,
            "amount": 5.0,
        }
    )
    table = build_features(
        Orders(orders),
        Events(KINDS[kind](events, tmp_path)),
        as_of="2024-04-01",
        families=["web", "engagement"],
    )
    rows = {row["customer_id"]: row for row in rows_of(table.frame)}
    assert [rows[i]["cart_abandon_rate"] for i in (1, 2, 3)] == [0.0, 1.0, None]
    assert [rows[i]["funnel_stage"] for i in (1, 2, 3)] == ["order", "cart", "order"]
    assert [rows[i]["engagement_orders"] > 0 for i in (1, 2, 3)] == [True, False, True]
