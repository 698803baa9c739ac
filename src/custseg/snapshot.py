"""Snapshot date converted to a log's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from custseg._checks import check_integer
from custseg.texts import calendar_date, counted, text

_EPOCH = datetime(1970, 1, 1)
_LONGEST_WINDOW = 100 * 366
_FIRST_DAY, _LAST_DAY = datetime.min + timedelta(days=1), datetime.max - timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Snapshot:
    """The moment `as_of` in the time of one log: rows at or after it are ignored.

    Attributes
    ----------
    as_of : datetime
        The moment; with a time zone if the log's dates have one, else in the log's local time.
    moment : int
        The same in microseconds since 1970, as the log's lines count them; earlier where later rows are to be ignored.
    day : int
        Its calendar day in the log's zone, in days since 1970-01-01.
    assumed : bool
        Whether `as_of` was not given and is the midnight after the last row of the log.
    window_days : int or None
        Length of the window before `as_of`, in calendar days; None without a window.
    start : int or None
        Start of the window, as `moment`; rows before it are known but not counted.
    """

    as_of: datetime
    moment: int
    day: int
    assumed: bool = False
    window_days: int | None = None
    start: int | None = None

    def text(self, language: str = "en") -> str:
        """The moment, whether it was assumed, and the window."""
        words = text(language, "snapshot")
        moment = self.as_of.isoformat(sep=" ", timespec="minutes" if _whole_minute(self.as_of) else "auto")
        time = moment.partition(" ")[2]
        if words["day"]:
            moment = calendar_date(self.as_of.date(), language) + ("" if time == "00:00" else f" {time}")
        if self.assumed:
            moment += words["assumed"]
        return moment + counted(self.window_days, words["window"], language) if self.window_days else moment

    def __str__(self) -> str:
        return self.text()


def snapshot_at(
    as_of: datetime, *, zoned: bool, timezone: str, window_days: int | None = None, assumed: bool = False
) -> Snapshot:
    """The snapshot at a moment, for a log whose dates have a zone (`zoned`) or none."""
    zone = ZoneInfo(timezone)
    local = as_of.replace(tzinfo=zone) if as_of.tzinfo is None else as_of.astimezone(zone)
    wall = local.replace(tzinfo=None)
    moment = _moment(wall, local, zoned=zoned)
    start = None if window_days is None else _start(wall, zone, window_days, zoned=zoned)
    return Snapshot(
        as_of=local if zoned else wall,
        moment=moment,
        day=(wall.date() - _EPOCH.date()).days,
        assumed=assumed,
        window_days=window_days,
        start=start,
    )


def midnight_after(day: int) -> datetime:
    """The first midnight after a calendar day, given in days since 1970-01-01."""
    return min(_EPOCH + timedelta(days=day), datetime.max - timedelta(days=1)) + timedelta(days=1)


def check_window(window_days: object, caller: str) -> int | None:
    """The window in days, or None without a window."""
    return (
        None
        if window_days is None
        else check_integer(caller, "window_days", window_days, minimum=1, maximum=_LONGEST_WINDOW)
    )


def parse_moment(as_of: object, caller: str, argument: str = "as_of") -> datetime:
    """A date, datetime, NumPy datetime64 or ISO text as a datetime; a date is its midnight."""
    value: Any = as_of
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
        if isinstance(value, int):
            raise ValueError(f"{caller}: {argument} must lie in the years 1 to 9999, got {as_of}.")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(
                f"{caller}: {argument} must be a date such as '2024-05-31' or '2024-05-31 12:00', got {as_of!r}."
            ) from None
    if isinstance(value, datetime) and value == value:
        # A pandas Timestamp is a datetime with nanoseconds that no log here resolves.
        moment: datetime = value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
        if moment.tzinfo is not None and not _FIRST_DAY <= moment.replace(tzinfo=None) < _LAST_DAY:
            raise ValueError(
                f"{caller}: {argument} with a time zone must lie between {_FIRST_DAY.date()} and {_LAST_DAY.date()}, "
                f"so that it has a day in every zone, got {as_of}."
            )
        return moment
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    type_name = "None" if as_of is None else type(as_of).__name__
    raise TypeError(
        f"{caller}: {argument} must be a date, a datetime or ISO text, got {type_name}. The clock is never read."
    )


def moment_text(as_of: object, caller: str) -> str:
    """The moment, given in any form that `parse_moment` reads, as one text that sorts by time.

    It is ISO 8601: ``2024-06-01`` for a midnight, else ``2024-06-01T12:30:00``, with six decimals where there are
    microseconds. A moment with a time zone is written in UTC with a ``Z`` at the end and always with its time; those
    with and those without a zone do not sort together.
    """
    moment = parse_moment(as_of, caller)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    is_midnight = moment == datetime(moment.year, moment.month, moment.day)
    return moment.date().isoformat() if is_midnight else moment.isoformat()


def _start(wall: datetime, zone: ZoneInfo, window_days: int, *, zoned: bool) -> int:
    """Start of the window, at the same wall-clock time, so that daylight saving time adds no hour.

    A window longer than the calendar starts with the calendar.
    """
    before = wall - min(timedelta(days=window_days), wall - datetime.min)
    return _moment(before, before.replace(tzinfo=zone), zoned=zoned)


def _moment(wall: datetime, local: datetime, *, zoned: bool) -> int:
    """Microseconds since 1970 of the wall clock, or of the instant; the latter may lie outside Python's calendar."""
    offset = local.utcoffset() if zoned else None
    return (wall - _EPOCH - (offset or timedelta())) // _MICROSECOND


def _whole_minute(value: datetime) -> bool:
    return value.second == 0 and value.microsecond == 0
