"""Mail by hand: what a mail is, who opened it, what is not known, and how few mails are weighed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from event_logs import DESCRIBED, log_of
from kinds import comes_back, rows_of, same

from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.features import build_features, email
from custseg.logs import Events

AS_OF = "2024-06-01"
STATES = ("unsubscribed", "complained", "bounced", "contactable_email")


def mails(log: pl.DataFrame, as_of: object = AS_OF, **options: Any) -> dict[Any, dict[str, Any]]:
    described = {role: name for role, name in DESCRIBED.items() if name in log.columns}
    return {row["customer_id"]: row for row in rows_of(email(Events(log, **described), as_of=as_of, **options))}


def counts(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["emails_delivered"], row["emails_opened"], row["emails_clicked"]


LOG = log_of(
    ("ann", "2024-05-01 09:00", "sent", "email", "a", False),
    ("ann", "2024-05-01 09:01", "delivered", "email", "a", False),
    ("ann", "2024-05-01 09:05", "opened", "email", "a", True),
    ("ann", "2024-05-02 20:00", "opened", "email", "a", False),
    ("ann", "2024-05-03 20:00", "opened", "email", "a", False),
    ("ann", "2024-05-03 20:01", "clicked", "email", "a", False),
    ("ann", "2024-05-30 09:00", "sent", "email", "b", False),
    ("ann", "2024-05-30 09:01", "delivered", "email", "b", False),
    ("ann", "2024-05-30 09:02", "opened", "email", "b", True),
    ("ann", "2024-05-30 10:00", "delivered", "sms", "c", False),
    ("bob", "2024-05-01 09:00", "sent", "email", "a", False),
    ("bob", "2024-05-01 09:02", "bounced", "email", "a", False),
    ("cat", "2024-05-01 09:00", "visited", "web", None, False),
    ("dan", "2024-05-01 09:01", "delivered", "email", "a", False),
)


def test_mail_by_hand() -> None:
    ann = mails(LOG)["ann"]
    # Two mails; the human opens of the first count once, the machine's open of the second not at all.
    assert counts(ann) == (2, 1, 1)
    assert (ann["open_rate"], ann["click_rate"], ann["click_to_open"]) == (0.5, 0.5, 1.0)
    assert ann["days_since_click"] == 29
    assert (ann["send_pressure_7d"], ann["send_pressure_28d"]) == (1, 1)
    # Two mails in the 31 days since the first are 1.806 in 28 days.
    assert ann["send_pressure_ratio"] == pytest.approx(1 / (2 * 28 / 31))
    assert tuple(ann[name] for name in STATES) == (False, False, False, True)


def test_never_mailed_is_not_never_opened() -> None:
    rows = mails(LOG)
    assert counts(rows["cat"]) == counts(rows["bob"]) == (0, 0, 0)
    assert rows["cat"]["open_rate"] is rows["bob"]["open_rate"] is None
    assert rows["cat"]["open_rate_shrunk"] is rows["cat"]["open_rate_above_half"] is None
    assert (rows["dan"]["open_rate"], rows["dan"]["click_rate"]) == (0.0, 0.0)
    assert rows["dan"]["click_to_open"] is None


def test_unknown_is_not_no() -> None:
    rows = mails(LOG)
    assert [rows["cat"][name] for name in STATES] == [None] * 4
    assert [rows["bob"][name] for name in STATES] == [False, False, True, False]


def test_text_messages_are_no_mails_unless_the_log_has_no_channel() -> None:
    assert mails(LOG)["ann"]["emails_delivered"] == 2
    assert mails(LOG.drop("channel"))["ann"]["emails_delivered"] == 3


def test_a_mail_is_a_campaign_and_an_arrival() -> None:
    log = log_of(
        ("ann", "2024-05-01", "delivered", "email", "welcome"),
        ("ann", "2024-05-01", "delivered", "email", "welcome"),
        ("ann", "2024-05-08", "delivered", "email", "welcome"),
        ("ann", "2024-05-02", "opened", "email", "welcome"),
        ("ann", "2024-05-03", "opened", "email", "other"),
    )
    # One row came twice; the second arrival is a second mail; nothing of the other campaign arrived.
    assert counts(mails(log)["ann"]) == (2, 1, 0)


def test_without_a_campaign_an_open_belongs_to_the_last_mail_before_it() -> None:
    log = log_of(
        ("ann", "2024-05-01 08:00", "opened"),
        ("ann", "2024-05-01 09:00", "delivered"),
        ("ann", "2024-05-02 09:00", "opened"),
        ("ann", "2024-05-03 09:00", "opened"),
        ("ann", "2024-05-08 09:00", "delivered"),
        ("ann", "2024-05-08 09:00", "clicked"),
    )
    assert counts(mails(log)["ann"]) == (2, 2, 1)


@pytest.mark.slow
@pytest.mark.parametrize("campaign", ["a", None])
@pytest.mark.parametrize("seconds", [2, 300])
def test_events_before_their_mail_by_the_clocks(campaign: str | None, seconds: int) -> None:
    # The mails of 9:00 and 12:00; by a clock that is behind, the second is opened and clicked before it arrives.
    noon = datetime(2024, 5, 1, 12)
    early = noon - timedelta(seconds=seconds)
    log = log_of(
        ("ann", "2024-05-01 09:00", "delivered", "email", campaign),
        ("ann", str(noon), "delivered", "email", campaign),
        ("ann", str(early), "clicked", "email", campaign),
        ("ann", str(early + timedelta(seconds=1)), "opened", "email", campaign),
    )
    assert counts(mails(log)["ann"]) == (2, 1, 1)
    opened = log.filter(pl.col("event") != "clicked").vstack(
        log_of(("ann", "2024-05-01 12:05", "opened", "email", campaign))
    )
    assert counts(mails(opened)["ann"]) == (2, 1, 0)


@pytest.mark.slow
def test_an_open_between_two_mails_is_of_the_nearer_one() -> None:
    log = log_of(
        ("ann", "2024-05-01 09:00", "delivered", "email", None),
        ("ann", "2024-05-01 09:01", "opened", "email", None),
        ("ann", "2024-05-01 09:04", "delivered", "email", None),
        ("ann", "2024-05-01 09:03", "opened", "email", None),
    )
    assert counts(mails(log)["ann"]) == (2, 2, 0)
    # Six minutes are no matter of clocks: the open of 8:54 is of no mail, and 8:55 of the first.
    assert counts(mails(log_of(*(LATE, ("ann", "2024-05-01 08:54", "opened", "email", None))))["ann"]) == (1, 0, 0)
    assert counts(mails(log_of(*(LATE, ("ann", "2024-05-01 08:55", "opened", "email", None))))["ann"]) == (1, 1, 0)


LATE = ("ann", "2024-05-01 09:00", "delivered", "email", None)


@pytest.mark.parametrize("midnight", ["delivered", "opened", "both"])
def test_events_known_by_the_day_alone(midnight: str) -> None:
    clock = {"delivered": "10:00", "opened": "18:00"}
    clock |= dict.fromkeys(clock if midnight == "both" else [midnight], "00:00")
    log = log_of(
        *(("ann", f"2024-05-0{day} {clock['delivered']}", "delivered", "email", None) for day in (1, 3, 5)),
        *(("ann", f"2024-05-0{day} {clock['opened']}", "opened", "email", None) for day in (3, 5)),
    )
    assert counts(mails(log)["ann"]) == (3, 2, 0)


def test_a_bounce_stamped_before_its_delivery_is_of_that_mail() -> None:
    log = log_of(
        ("ann", "2024-05-01 09:00:00", "delivered", "email", None),
        ("ann", "2024-05-01 08:59:58", "bounced", "email", None),
    )
    assert mails(log)["ann"]["bounced"] is True


def test_a_click_shows_that_the_mail_was_opened() -> None:
    log = log_of(("ann", "2024-05-01", "delivered"), ("ann", "2024-05-02", "clicked"), ("bob", "2024-05-02", "opened"))
    assert counts(mails(log)["ann"]) == (1, 1, 1)


def test_without_deliveries_what_was_sent_and_did_not_bounce_arrived() -> None:
    log = log_of(
        ("ann", "2024-05-01", "sent", "email", "a"),
        ("ann", "2024-05-02", "sent", "email", "b"),
        ("ann", "2024-05-03", "sent", "email", "c"),
        ("ann", "2024-05-03", "bounced", "email", "b"),
        ("ann", "2024-05-04", "opened", "email", "a"),
    )
    ann = mails(log)["ann"]
    assert counts(ann) == (2, 1, 0)
    assert (ann["send_pressure_28d"], ann["bounced"]) == (0, True)


def test_without_sends_too_only_opens_and_clicks_are_counted() -> None:
    log = log_of(
        ("ann", "2024-05-01", "opened", "email", "a"),
        ("ann", "2024-05-01", "clicked", "email", "a"),
        ("ann", "2024-05-01", "opened", "email", "b"),
        ("ann", "2024-05-09", "opened", "email", "a"),
    )
    ann = mails(log)["ann"]
    assert counts(ann) == (None, 3, 1)
    assert ann["open_rate"] is ann["open_rate_shrunk"] is ann["click_rate"] is None
    assert ann["click_to_open"] == pytest.approx(1 / 3)


def test_a_log_that_records_clicks_and_no_open_tells_nothing_of_opens() -> None:
    log = log_of(("ann", "2024-05-01", "delivered"), ("ann", "2024-05-02", "clicked"))
    ann = mails(log)["ann"]
    assert counts(ann) == (1, None, 1)
    assert (ann["open_rate"], ann["click_to_open"], ann["click_rate"]) == (None, None, 1.0)
    table = build_features(events=log, as_of=AS_OF, families=["email"])
    assert rows_of(table.frame)[0]["emails_opened"] is None


def test_the_window_is_that_of_the_arrival() -> None:
    log = log_of(
        ("ann", "2024-05-21 23:59", "delivered", "email", "a"),
        ("ann", "2024-05-25", "opened", "email", "a"),
        ("ann", "2024-05-22", "delivered", "email", "b"),
        ("ann", "2024-05-31 23:59:59", "opened", "email", "b"),
        ("ann", "2024-06-01", "clicked", "email", "b"),
    )
    assert counts(mails(log, window_days=10)["ann"]) == (1, 1, 0)
    assert counts(mails(log)["ann"]) == (2, 2, 0)


@pytest.mark.parametrize(
    ("events", "states"),
    [
        (["delivered", "unsubscribed", "delivered"], (True, False, False, False)),
        (["delivered", "complained"], (False, True, False, False)),
        (["delivered", "bounced"], (False, False, True, False)),
        (["bounced", "delivered"], (False, False, False, True)),
        (["sent"], (False, False, None, None)),
        (["unsubscribed"], (True, False, None, False)),
    ],
)
def test_state_is_the_latest_but_leaving_stays(events: list[str], states: tuple[bool | None, ...]) -> None:
    rows = [("ann", f"2024-05-0{day}", name) for day, name in enumerate(events, 1)]
    ann = mails(log_of(*rows, ("bob", "2024-05-01", "delivered")))["ann"]
    assert tuple(ann[name] for name in STATES) == states


def test_state_is_older_than_the_window() -> None:
    log = log_of(("ann", "2024-01-01", "unsubscribed"), ("bob", "2024-05-31", "delivered"))
    assert mails(log, window_days=7)["ann"]["unsubscribed"] is True


def test_pressure_counts_calendar_days_before_as_of() -> None:
    days = ["2024-05-03 23:59:59", "2024-05-04", "2024-05-24 23:59:59", "2024-05-25", "2024-05-25 00:00:01"]
    ann = mails(log_of(*[("ann", day, "sent") for day in [*days, "2024-06-01"]]))["ann"]
    assert (ann["send_pressure_7d"], ann["send_pressure_28d"]) == (2, 4)
    # 5 mails in 29 days.
    assert ann["send_pressure_ratio"] == pytest.approx(4 / (5 * 28 / 29))


def test_shrunk_rates_lie_between_the_own_and_the_base() -> None:
    rows = [(name, f"2024-05-{day:02}", "delivered") for name in ("ann", "bob") for day in range(1, 11)]
    opened = [("ann", f"2024-05-{day:02} 12:00", "opened") for day in range(1, 9)]
    opened += [("bob", f"2024-05-{day:02} 12:00", "opened") for day in range(1, 3)]
    found = mails(log_of(*rows, *opened, ("cat", "2024-05-01", "delivered")))
    # Rates .8 and .2: m = ½, v = .18, ρ = (.72 - .1) / .9, strength 28 / 62 held at 1.
    assert found["ann"]["open_rate_shrunk"] == pytest.approx((8 + 0.5) / 11)
    assert found["bob"]["open_rate_shrunk"] == pytest.approx((2 + 0.5) / 11)
    assert found["cat"]["open_rate_shrunk"] == pytest.approx(0.5 / 2)
    assert found["cat"]["open_rate"] == 0.0


def test_opens_are_doubtful_where_machines_are_not_marked() -> None:
    doubtful = {
        marked: {
            feature.name
            for feature in build_features(events=Events(LOG, **described), as_of=AS_OF, families=["email"]).described
            if feature.doubtful
        }
        for marked, described in ((True, DESCRIBED), (False, {"channel": "channel"}))
    }
    assert doubtful[True] == set()
    assert doubtful[False] == {
        "emails_opened", "open_rate", "click_to_open", "open_rate_shrunk", "click_to_open_shrunk",
        "open_rate_above_half",
    }  # fmt: skip


@pytest.mark.slow
def test_loyal_customers_open_more_than_one_time_buyers() -> None:
    shop = make_shop(1_000, random_state=3)
    rows = email(Events(shop.events, **DESCRIBED), as_of=shop.as_of).join(shop.kinds, on="customer_id")
    means = rows.group_by("kind").agg(pl.col("open_rate", "click_rate").mean(), pl.col("unsubscribed").mean())
    by_kind = {row["kind"]: row for row in means.to_dicts()}
    assert by_kind["loyal"]["open_rate"] > 2 * by_kind["one-time"]["open_rate"]
    assert by_kind["loyal"]["click_rate"] > 5 * by_kind["one-time"]["click_rate"]
    assert by_kind["loyal"]["unsubscribed"] < by_kind["one-time"]["unsubscribed"] / 3


@pytest.mark.slow
def test_email_gives_the_callers_kind_back(kind: str, as_kind: Callable[[pl.DataFrame], object]) -> None:
    log = LOG.with_columns(pl.col("occurred_at").str.to_datetime("%Y-%m-%d %H:%M"))
    result = email(Events(as_kind(log), **DESCRIBED), as_of=datetime(2024, 6, 1))
    assert comes_back(result, kind)
    assert same(rows_of(result), email(Events(log, **DESCRIBED), as_of=AS_OF).to_dicts())


@pytest.mark.parametrize("log", [LOG.filter(pl.col("customer_id") == "cat"), LOG.with_columns(channel=pl.lit("sms"))])
def test_a_log_without_mail_is_refused_with_the_remedy(log: pl.DataFrame) -> None:
    with pytest.raises(DataError, match=r"^email: events of mail, one or more of \['sent', .*'email' in column 'cha"):
        email(Events(log, channel="channel"), as_of=AS_OF)
    with pytest.raises(DataError, match=r"'email' needs events of mail"):
        build_features(events=Events(log, channel="channel"), as_of=AS_OF, families=["email"])
    names = build_features(events=Events(log, channel="channel"), as_of=AS_OF).names
    assert "open_rate" not in names
