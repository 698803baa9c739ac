"""The moment of a snapshot, in the terms of one log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.snapshot import Snapshot, midnight_after, parse_moment, snapshot_at

EPOCH = datetime(1970, 1, 1)
HOUR = 3_600_000_000
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Asia/Kathmandu", "Pacific/Apia"]


def at(as_of: object, *, zoned: bool = False, timezone: str = "UTC") -> Snapshot:
    return snapshot_at(parse_moment(as_of, "test"), zoned=zoned, timezone=timezone)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-31", datetime(2024, 5, 31)),
        ("20240531", datetime(2024, 5, 31)),
        (" 2024-05-31T12:00 ", datetime(2024, 5, 31, 12)),
        ("2024-05-31 12:00:00.25", datetime(2024, 5, 31, 12, 0, 0, 250_000)),
        ("2024-05-31T12:00Z", datetime(2024, 5, 31, 12, tzinfo=UTC)),
        (date(2024, 5, 31), datetime(2024, 5, 31)),
        (datetime(2024, 5, 31, 1, 2, 3, 4), datetime(2024, 5, 31, 1, 2, 3, 4)),
        (pd.Timestamp("2024-05-31 12:00:00.000000999"), datetime(2024, 5, 31, 12)),
        (pd.Timestamp("2024-05-31", tz="UTC"), datetime(2024, 5, 31, tzinfo=UTC)),
        (np.datetime64("2024-05"), datetime(2024, 5, 1)),
        (np.datetime64("2024-05-31T12", "ns"), datetime(2024, 5, 31, 12)),
        (np.str_("2024-05-31"), datetime(2024, 5, 31)),
    ],
    ids=repr,
)
def test_forms_of_a_moment(value: object, expected: datetime) -> None:
    parsed = parse_moment(value, "test")
    assert (parsed, parsed.tzinfo) == (expected, expected.tzinfo)
    assert type(parsed) is datetime


@pytest.mark.parametrize("value", ["", "now", "31.05.2024", "2024-5-31", "2024-05-31 25:00", "nan"])
def test_text_that_is_no_moment(value: str) -> None:
    with pytest.raises(ValueError, match=rf"test: as_of must be a date such as .* got '{value}'"):
        parse_moment(value, "test")


@pytest.mark.parametrize("value", [pd.NaT, np.datetime64("NaT"), 0, 1.5, np.int64(1), np.array(["2024"]), b"2024"])
def test_types_that_are_no_moment(value: object) -> None:
    with pytest.raises(TypeError, match=rf"test: as_of must be .* got {type(value).__name__}\."):
        parse_moment(value, "test")


def test_log_without_zone() -> None:
    snapshot = at("2024-05-31 12:00", timezone="Asia/Tokyo")
    assert snapshot.as_of == datetime(2024, 5, 31, 12)
    assert snapshot.moment == (datetime(2024, 5, 31, 12) - EPOCH) // timedelta(microseconds=1)


def test_moment_with_zone_is_converted() -> None:
    moment = datetime(2024, 5, 31, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert at(moment, timezone="Asia/Tokyo").as_of == datetime(2024, 6, 1, 12)
    assert at(moment, timezone="Asia/Tokyo", zoned=True).as_of == moment
    assert at(moment, timezone="Asia/Tokyo").day == at(moment, timezone="Asia/Tokyo", zoned=True).day


def test_moment_without_zone() -> None:
    snapshot = at("2024-05-31", zoned=True, timezone="Asia/Tokyo")
    assert snapshot.as_of.isoformat() == "2024-05-31T00:00:00+09:00"
    assert snapshot.moment == (datetime(2024, 5, 30, 15) - EPOCH) // timedelta(microseconds=1)
    assert snapshot.day == (date(2024, 5, 31) - EPOCH.date()).days


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), st.sampled_from(ZONES))
def test_same_instant_in_every_zone(moment: datetime, zone: str) -> None:
    aware = moment.replace(tzinfo=UTC)
    snapshot = at(aware, zoned=True, timezone=zone)
    assert snapshot.moment == (moment - EPOCH) // timedelta(microseconds=1)
    assert snapshot.as_of == aware
    assert snapshot.day == (snapshot.as_of.date() - EPOCH.date()).days


@given(st.integers(0, 30_000), st.sampled_from(ZONES), st.booleans())
def test_midnight_after_a_day(day: int, zone: str, zoned: bool) -> None:
    snapshot = at(midnight_after(day), zoned=zoned, timezone=zone)
    assert snapshot.day == day + 1
    assert snapshot.as_of.time() == datetime.min.time()


@pytest.mark.parametrize(
    ("snapshot", "text"),
    [
        (at("2024-05-31"), "2024-05-31 00:00"),
        (at("2024-05-31 12:00:30"), "2024-05-31 12:00:30"),
        (at("2024-05-31 12:00:00.5"), "2024-05-31 12:00:00.500000"),
        (at("2024-05-31", zoned=True, timezone="Europe/Berlin"), "2024-05-31 00:00+02:00"),
        (
            snapshot_at(midnight_after(0), zoned=False, timezone="UTC", assumed=True),
            "1970-01-02 00:00 (midnight after the last row)",
        ),
        (
            snapshot_at(midnight_after(0), zoned=False, timezone="UTC", window_days=90),
            "1970-01-02 00:00, the 90 days before it",
        ),
    ],
)
def test_text_of_a_snapshot(snapshot: Snapshot, text: str) -> None:
    assert str(snapshot) == text


def test_text_of_a_snapshot_in_russian() -> None:
    assumed = snapshot_at(midnight_after(0), zoned=False, timezone="UTC", assumed=True)
    assert assumed.text("ru") == "02.01.1970 (полночь после последней строки)"
    window = snapshot_at(midnight_after(0), zoned=False, timezone="UTC", window_days=90)
    assert window.text("ru") == "02.01.1970, 90 дней до этой даты"


def test_window_counts_calendar_days() -> None:
    after = snapshot_at(datetime(2024, 4, 2), zoned=True, timezone="Europe/Berlin", window_days=1)
    assert after.start is not None
    assert after.moment - after.start == 24 * HOUR
    across = snapshot_at(datetime(2024, 4, 2), zoned=True, timezone="Europe/Berlin", window_days=2)
    assert across.start is not None
    assert across.moment - across.start == 47 * HOUR
