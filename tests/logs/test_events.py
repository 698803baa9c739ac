"""An event log described, and what one pass over it counts or refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl
import pytest
from event_logs import DESCRIBED, log_of

from custseg._frames import collect
from custseg.errors import DataError
from custseg.logs import EventFacts, Events, gather_event_facts, usable_event_facts

AsKind = Callable[[pl.DataFrame], object]
AS_OF = datetime(2024, 6, 1)
LOG = log_of(
    ("ann", "2024-05-01 10:00", "email_open", "email", "a", False),
    ("ann", "2024-05-02 10:00", "opened", " E-MAIL ", "a", True),
    ("ann", "2024-05-03 10:00", "visited", "Store", None, False),
    ("bob", "2024-05-04 10:00", "scroll", "web", None, False),
    ("bob", "2024-05-05 10:00", "scroll", "web", None, None),
    ("bob", "2024-05-06 10:00", "zoom", "web", None, False),
    (None, "2024-05-07 10:00", "sent", "sms", "a", False),
    ("cat", None, "sent", "email", "a", False),
    ("cat", "2024-05-08 10:00", " ", None, None, False),
    ("cat", "2024-06-01 00:00", "swipe", "web", None, False),
)
NAMES = {"email_open": "opened"}


def facts(table: object, as_of: datetime = AS_OF, **described: Any) -> EventFacts:
    events = Events(table, **described)
    snapshot = events.dates.snapshot(as_of)
    return usable_event_facts(events, snapshot, gather_event_facts(events, snapshot), caller="test")


def test_facts_of_a_dirty_log(as_kind: AsKind) -> None:
    found = facts(as_kind(LOG), names=NAMES, **DESCRIBED)
    assert (found.rows, found.rows_after, found.without_date, found.unusable_dates) == (8, 1, 1, 0)
    assert (found.without_customer, found.without_event, found.unknown_events) == (1, 1, 3)
    assert (found.machine_lines, found.unusable_flags) == (1, 0)
    assert {name: count for name, count in found.counts.items() if count} == {
        "opened": 2,
        "visited": 1,
        "sent": 1,
    }
    assert {name: count for name, count in found.mail_counts.items() if count} == {"opened": 2}
    assert list(found.unknown_names.items()) == [("scroll", 2), ("zoom", 1)]
    assert (found.first_day, found.last_day) == (19844, 19851)


def test_without_a_channel_all_messages_are_mail() -> None:
    found = facts(LOG, names=NAMES)
    assert found.mail_counts["sent"] == 1
    assert found.mail_counts["visited"] == 0


def test_lines_are_canonical() -> None:
    lines = collect(Events(LOG, names=NAMES, **DESCRIBED).lines())
    assert lines.get_column("event").to_list()[:4] == ["opened", "opened", "visited", None]
    assert lines.get_column("act").to_list()[:4] == ["opened", None, "visited", None]
    assert lines.get_column("mail").to_list() == [
        True,
        True,
        False,
        False,
        False,
        False,
        False,
        True,
        False,
        False,
    ]
    assert lines.get_column("web").to_list() == [False] * 10


def test_twenty_unknown_names_are_told() -> None:
    log = log_of(("ann", "2024-05-01", "visited"), *(("ann", "2024-05-01", f"e{i:02}") for i in range(30)))
    found = facts(log)
    assert found.unknown_events == 30
    assert list(found.unknown_names) == [f"e{i:02}" for i in range(20)]


@pytest.mark.parametrize(
    ("log", "described", "words"),
    [
        (LOG.clear(), {}, "the event log has no rows"),
        (
            LOG.with_columns(occurred_at=pl.lit(None, pl.String)),
            {},
            "'occurred_at' of the event log has no dates",
        ),
        (
            LOG.filter(pl.col("event") == "swipe"),
            {},
            "as_of 2024-06-01 00:00 is not after any row of the event log",
        ),
        (
            LOG.filter(pl.col("event").is_in(["scroll", "zoom", "swipe"])),
            {},
            r"no known event before as_of; column 'event' has \['scroll', 'zoom'\]\. Known events are "
            r"\['sent', .*\]: pass names=\{'scroll': 'visited', ...\}",
        ),
        (
            LOG.with_columns(event=pl.lit(" ")),
            {},
            r"'event' names no event in any line before as_of\. Pass event='...'; columns are \['cust",
        ),
        (
            LOG.with_columns(occurred_at=pl.lit("1/5/24 noon")),
            {},
            r"10 values of column 'occurred_at' cannot be read as a date .*'9/9/99 AAAA'.*date_format=",
        ),
        (
            LOG.with_columns(machine=pl.lit(None, pl.Boolean), event=pl.lit("Opened")),
            {"machine": "machine"},
            "no known event before as_of; column 'event' has",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(log: pl.DataFrame, described: dict[str, str], words: str) -> None:
    with pytest.raises(DataError, match=f"^test: .*{words}"):
        facts(log, **described)


def test_marks_that_are_neither_yes_nor_no_are_refused(tmp_path: Any) -> None:
    LOG.with_columns(machine=pl.lit("bot-7")).write_csv(tmp_path / "log.csv")
    with pytest.raises(DataError, match=r"8 values of column 'machine' are neither true nor false.*'AAA-9'"):
        facts(str(tmp_path / "log.csv"), names=NAMES, **DESCRIBED)


@pytest.mark.parametrize(
    ("described", "error", "words"),
    [
        ({"event": "what", "customer": "who"}, DataError, r"lacks columns 'who' .*'what' .*columns are"),
        ({"event": "number"}, DataError, r"column 'number' must hold names of events, got Int64"),
        ({"machine": "campaign"}, DataError, r"column 'campaign' must be boolean, got String"),
        ({"value": "event", "date": "number"}, DataError, r"'number' must hold dates.*; column 'event'"),
        ({"names": {"open": "open"}}, ValueError, r"names must map onto canonical events, got \['open'\]\."),
        ({"names": ["open"]}, TypeError, r"names must map the log's names of events .*got list"),
        ({"names": {1: "opened"}}, TypeError, r"names must map text to text, got the names \[1\]"),
        ({"customer": None}, TypeError, r"customer must be the name of a column, got NoneType"),
        ({"timezone": "Mars/Base"}, ValueError, r"timezone must be a name such as"),
    ],
)  # fmt: skip
def test_wrong_descriptions_are_refused(described: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=f"^Events: .*{words}"):
        Events(LOG.with_columns(number=pl.lit(1, pl.Int64)), **described)


def test_repr_names_the_columns() -> None:
    text = repr(Events(LOG, channel="channel"))
    assert text == (
        "Events(customer='customer_id', date='occurred_at', event='event', channel='channel', timezone='UTC')"
    )
