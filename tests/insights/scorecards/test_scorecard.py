from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from quick import quick_fit
from snapshots import snapshot

from custseg import Events, Orders, Segmentation
from custseg.datasets import make_shop
from custseg.errors import DataError
from custseg.insights import Scorecard, ScoreRow, scorecard
from custseg.texts import LANGUAGES
from custseg.tracking import SegmentHistory

JULY = {"since": "2024-07-01", "until": "2024-08-01"}
SHOP = make_shop(600, 0)


SHOP_EVENTS = Events(SHOP.events, channel="channel", campaign="campaign", machine="machine")
PERIOD = {"since": "2025-01-01", "until": "2025-07-01"}


@pytest.fixture
def history(tmp_path: Path) -> SegmentHistory:
    """Ann is new in July and loyal from the 15th on; bob is loyal all the time, and eve in no segment."""
    record = SegmentHistory(tmp_path / "history")
    record.record(snapshot({"ann": 1, "bob": 0, "eve": None}), "2024-07-01")
    record.record(snapshot({"ann": 0, "bob": 0, "eve": None}), "2024-07-15")
    return record


@cache
def shop_fit() -> Segmentation:
    return quick_fit(SHOP.orders, as_of="2025-01-01")


def log(*rows: tuple[str, str, str], **columns: Any) -> pl.DataFrame:
    """Events of customer, moment and name."""
    table = pl.DataFrame(rows, schema=["customer_id", "occurred_at", "event"], orient="row")
    return table.with_columns(**{name: pl.Series(values) for name, values in columns.items()})


def bought(*rows: tuple[str, str, float]) -> pl.DataFrame:
    table = pl.DataFrame(rows, schema=["customer_id", "ordered_at", "amount"], orient="row")
    return table.with_row_index("order_id")


def row_of(card: Scorecard, name: str) -> ScoreRow:
    return next(row for row in card.segments if row.name == name)


def ratio(card: Scorecard, name: str, measure: str) -> tuple[Any, int]:
    figure = row_of(card, name).figures[measure]
    return figure.events, figure.total


def test_mail_belongs_to_the_segment_at_its_delivery(history: SegmentHistory) -> None:
    events = log(
        ("ann", "2024-07-03 09:00", "delivered"),
        ("ann", "2024-07-20 10:00", "opened"),  # of the mail that she got as new
        ("ann", "2024-07-21 09:00", "delivered"),
        ("ann", "2024-07-21 09:30", "clicked"),
        ("bob", "2024-07-04 09:00", "delivered"),
        ("bob", "2024-07-05 09:00", "complained"),
        ("bob", "2024-08-01 00:00", "delivered"),  # after the period
    )
    card = scorecard(history, events, **JULY)
    assert ratio(card, "New", "open_rate") == (1, 1)
    assert ratio(card, "Loyal", "open_rate") == (1, 2)
    assert ratio(card, "Loyal", "click_rate") == (1, 2)
    assert ratio(card, "Loyal", "complaint_rate") == (1, 2)
    assert (row_of(card, "New").customers, row_of(card, "New").mean_days) == (1, 14)
    assert (row_of(card, "Loyal").customers, row_of(card, "Loyal").mean_days) == (2, 24)


def test_nothing_counts_before_the_first_snapshot(history: SegmentHistory) -> None:
    events = log(("ann", "2024-06-20", "delivered"), ("ann", "2024-07-02", "delivered"))
    card = scorecard(history, events, since="2024-06-01", until="2024-08-01")
    assert row_of(card, "New").delivered == 1
    assert card.outside == 1
    assert "not counted: <10" in repr(card)


def test_mail_before_the_period_does_not_count(history: SegmentHistory) -> None:
    events = log(
        ("bob", "2024-06-30", "delivered"), ("bob", "2024-07-02", "delivered"), ("bob", "2024-07-03", "opened")
    )
    card = scorecard(history, events.with_columns(campaign=pl.Series(["a", "b", "a"])), **JULY)
    assert ratio(card, "Loyal", "open_rate") == (1, 1)
    events = Events(events.with_columns(campaign=pl.Series(["a", "b", "a"])), campaign="campaign")
    card = scorecard(history, events, **JULY)
    assert ratio(card, "Loyal", "open_rate") == (0, 1)
    assert [row.name for row in card.campaigns] == ["b"]


def test_machine_opens_are_split_out(history: SegmentHistory) -> None:
    rows = [("bob", f"2024-07-0{day} 09:00", "delivered") for day in (1, 2, 3)]
    rows += [(*("bob", f"2024-07-0{day} 10:00"), "opened") for day in (1, 2, 2)]
    events = Events(log(*rows, machine=[False] * 3 + [True, True, False]), machine="machine")
    card = scorecard(history, events, **JULY)
    assert ratio(card, "Loyal", "open_rate") == (1, 3)
    assert ratio(card, "Loyal", "machine_open_rate") == (1, 3)
    assert card.marks_machines


def test_bounces_are_of_the_sent_mails(history: SegmentHistory) -> None:
    events = log(
        *(("bob", f"2024-07-0{day} 09:00", "sent") for day in (1, 2, 3)),
        ("bob", "2024-07-01 09:01", "delivered"),
        ("bob", "2024-07-02 09:01", "bounced"),
        ("bob", "2024-07-03 09:01", "bounced"),
    )
    card = scorecard(history, events, **JULY)
    assert ratio(card, "Loyal", "bounce_rate") == (2, 3)
    assert row_of(card, "Loyal").delivered == 1
    card = scorecard(history, events.filter(pl.col("event") != "delivered"), **JULY)
    assert row_of(card, "Loyal").delivered == 1


def test_purchase_counts_for_the_last_mail_before_it(history: SegmentHistory) -> None:
    events = log(
        ("bob", "2024-07-01 09:00", "delivered"),
        ("bob", "2024-07-03 09:00", "delivered"),
        ("bob", "2024-07-12 09:00", "delivered"),
        ("bob", "2024-07-27 09:00", "delivered"),  # its week is not over
    )
    orders = bought(
        ("bob", "2024-07-03 08:00", 10.0),  # first mail
        ("bob", "2024-07-10 08:59", 20.0),  # second, within seven days
        ("bob", "2024-07-11 09:00", 40.0),  # too late for the second
        ("bob", "2024-07-28 09:00", 80.0),
        ("bob", "2024-07-29 09:00", -5.0),  # money, and no purchase
        ("ann", "2024-07-30 09:00", 100.0),
    )
    card = scorecard(history, events, orders, **JULY)
    assert ratio(card, "Loyal", "conversion_rate") == (2, 3)
    assert row_of(card, "Loyal").figures["revenue_per_mail"].value == pytest.approx(30 / 3)
    assert row_of(card, "Loyal").figures["revenue_per_customer"].value == pytest.approx(245 / 2)
    assert row_of(card, "New").figures["revenue_per_customer"].value == 0


def test_days_are_compared_where_orders_have_no_times(history: SegmentHistory) -> None:
    events = log(("bob", "2024-07-03 09:00", "delivered"))
    card = scorecard(history, events, bought(("bob", "2024-07-03", 10.0)), **JULY)
    assert ratio(card, "Loyal", "conversion_rate") == (1, 1)


@pytest.mark.slow
def test_result_counts_from_its_snapshot_on() -> None:
    card = scorecard(shop_fit(), SHOP_EVENTS, SHOP.orders, since="2024-10-01", until="2025-07-01")
    later = scorecard(shop_fit(), SHOP_EVENTS, SHOP.orders, **PERIOD)
    delivered = [row.delivered for row in card.segments]
    assert delivered == [row.delivered for row in later.segments]
    assert card.outside > later.outside


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "shuffled"])
@pytest.mark.slow
def test_same_figures_on_every_engine(kind: str) -> None:
    orders, events = SHOP.orders, SHOP.events
    if kind == "shuffled":
        changed = orders.sample(fraction=1, shuffle=True, seed=1), events.sample(fraction=1, shuffle=True, seed=2)
    else:
        changed = tuple(t.to_pandas() if kind == "pandas" else t.to_arrow() for t in (orders, events))
    described = {"channel": "channel", "campaign": "campaign", "machine": "machine"}
    expected = scorecard(shop_fit(), SHOP_EVENTS, orders, **PERIOD)
    card = scorecard(shop_fit(), Events(changed[1], **described), Orders(changed[0]), **PERIOD)
    assert card.columns() == expected.columns()


@pytest.mark.slow
def test_later_rows_change_nothing() -> None:
    until = datetime(2025, 4, 1)
    whole = scorecard(shop_fit(), SHOP_EVENTS, SHOP.orders, since="2025-01-01", until=until)
    events = Events(SHOP.events.filter(pl.col("occurred_at") < until), channel="channel", campaign="campaign",
                    machine="machine")  # fmt: skip
    orders = SHOP.orders.filter(pl.col("ordered_at") < until)
    assert scorecard(shop_fit(), events, orders, since="2025-01-01", until=until).columns() == whole.columns()


def test_counts_of_1_to_9_are_not_disclosed(tmp_path: Path) -> None:
    card = scorecard(shop_fit(), SHOP_EVENTS, SHOP.orders, **PERIOD)
    columns = card.columns()
    counts = [n for name in ("events", "total", "customers") for n in columns[name] if n is not None]
    assert not [count for count in counts if 0 < count < 10]
    assert "<10" in columns["hidden"]
    for measure in ("complaint_rate", "unsubscribe_rate", "conversion_rate"):
        hidden = [row.figures[measure].is_hidden for row in card.segments if row.figures[measure].events]
        assert hidden.count(True) != 1 or len(hidden) == 1
    [file] = card.write(tmp_path)
    assert pl.read_csv(file).height == len(columns["measure"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_says_window_ranking_and_alerts(language: str) -> None:
    printed = repr(scorecard(shop_fit(), SHOP_EVENTS, SHOP.orders, **PERIOD, language=language, conversion_days=5))
    expected = {
        "en": ("within 5 days after the last mail", "Segments, by “bought”", "2,995 mails without", "clear winner"),
        "ru": ("столько дней: 5", "Сегменты, показатель «покупки»", "явного лидера нет"),
    }
    assert [words for words in expected[language] if words not in printed] == []


def test_log_without_opens_has_no_open_rate(history: SegmentHistory) -> None:
    card = scorecard(history, log(("bob", "2024-07-03", "delivered"), ("bob", "2024-07-04", "clicked")), **JULY)
    assert set(row_of(card, "Loyal").figures) == {"click_rate", "unsubscribe_rate", "complaint_rate"}
    with pytest.raises(ValueError, match="measure must be one of \\['click_rate'\\]"):
        card.ranking("open_rate")


def test_period_outside_the_log(history: SegmentHistory) -> None:
    events = log(("bob", "2024-05-03", "delivered"))
    with pytest.raises(DataError, match="no mail was delivered from 2024-07-01 to 2024-08-01"):
        scorecard(history, events, **JULY)


@pytest.mark.slow
def test_segments_did_not_exist_in_the_period(history: SegmentHistory) -> None:
    events = log(("bob", "2024-05-03", "delivered"))
    with pytest.raises(DataError, match="the segments did not exist in the period: the first are of 2024-07-01"):
        scorecard(history, events, since="2024-05-01", until="2024-06-01")
    with pytest.raises(DataError, match="the history has no snapshots"):
        scorecard(SegmentHistory("nowhere"), events, since="2024-05-01", until="2024-06-01")
    table = pl.DataFrame({"customer_id": range(40), "visits": [1.0, 9.0] * 20})
    result = quick_fit(features=table, n_segments=2)
    with pytest.raises(DataError, match="that of a ready table"):
        scorecard(result, events, since="2024-05-01", until="2024-06-01")


def test_segment_that_ended_before_the_period_is_absent(history: SegmentHistory) -> None:
    events = log(("bob", "2024-07-21", "delivered"))
    card = scorecard(history, events, since="2024-07-20", until="2024-08-01")
    assert [row.name for row in card.segments] == ["Loyal", "No data"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"since": "2024-08-01"}, ValueError, "since must lie before until"),
        ({"since": "soon"}, ValueError, "since must be a date"),
        ({"until": None}, TypeError, "until must be a date"),
        ({"since": datetime.fromisoformat("2024-07-01T00:00+00:00")}, ValueError, "both have a time zone"),
        ({"conversion_days": 0}, ValueError, "conversion_days must be from 1 to 366"),
        ({"language": "de"}, ValueError, "language must be one of"),
        ({"events": None}, TypeError, "events must be an Events or a table"),
        ({"source": "history"}, TypeError, "the first argument must be the result of fit_segments or a SegmentHistory"),
        ({"events": log(("bob", "2024-07-03", "opened"))}, DataError, "which mails arrived, 'delivered' or 'sent'"),
        ({"events": log(("kim", "2024-07-03", "delivered"))}, DataError, "no customer of the segments got a mail"),
        ({"events": log(("7", "2024-07-03", "delivered")).cast({"customer_id": pl.Int64})}, DataError, "Convert"),
    ],
)
def test_bad_input(history: SegmentHistory, arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    usual = {"source": history, "events": log(("bob", "2024-07-03", "delivered")), **JULY}
    with pytest.raises(error, match=message):
        scorecard(**{**usual, **arguments})


def test_zones_of_the_logs_are_their_own(history: SegmentHistory) -> None:
    # 2024-07-14 23:30 in New York is the 15th in UTC: ann is still new there.
    moment = datetime.fromisoformat("2024-07-15T03:30+00:00")
    events = Events(
        pl.DataFrame({"customer_id": ["ann"], "occurred_at": [moment], "event": ["delivered"]}),
        timezone="America/New_York",
    )
    card = scorecard(history, events, **JULY)
    assert (row_of(card, "New").delivered, row_of(card, "Loyal").delivered) == (1, 0)
    assert row_of(card, "New").mean_days == timedelta(days=14).days


@pytest.mark.slow
def test_tables_and_sentences_are_those_that_are_printed() -> None:
    card = scorecard(shop_fit(), SHOP_EVENTS, SHOP.orders, **PERIOD)
    printed = repr(card)
    assert printed.startswith(card.title)
    assert [table[0][0] for table in card.tables()] == ["segment", "segment", "segment", "campaign"]
    assert all(cell in printed for table in card.tables() for row in table for cell in row)
    assert all(line in printed for line in (*card.sentences, *card.rules))
