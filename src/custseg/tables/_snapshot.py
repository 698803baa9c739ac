"""The moment of a snapshot, in the terms of one log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Snapshot:
    """One `as_of`, comparable with the lines of a log: a row at or after it does not exist.

    Attributes
    ----------
    as_of : datetime
        The moment; with a zone where the log's dates have one, else on the log's own wall clock.
    moment : int
        The same in microseconds since 1970, as the log's lines count them.
    day : int
        Its calendar day in the log's zone, in days since 1970-01-01.
    assumed : bool
        True when it was not given and is the midnight after the last row of the log.
    """

    as_of: datetime
    moment: int
    day: int
    assumed: bool = False

    def __str__(self) -> str:
        text = self.as_of.isoformat(sep=" ", timespec="minutes" if _whole_minute(self.as_of) else "auto")
        return f"{text} (midnight after the last row)" if self.assumed else text


def snapshot_at(as_of: object, *, zoned: bool, timezone: str, caller: str) -> Snapshot:
    """The snapshot at `as_of` for a log whose dates have a zone (`zoned`) or none."""
    return _snapshot(parse_moment(as_of, caller), zoned=zoned, timezone=timezone)


def midnight_after(last_day: int, *, zoned: bool, timezone: str) -> Snapshot:
    """The snapshot at the first midnight after the calendar day `last_day`."""
    midnight = _EPOCH + timedelta(days=last_day + 1)
    return _snapshot(midnight, zoned=zoned, timezone=timezone, assumed=True)


def parse_moment(as_of: object, caller: str) -> datetime:
    """A date, datetime, NumPy datetime64 or ISO text as a datetime; a date is its midnight."""
    value: Any = as_of
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(
                f"{caller}: as_of must be a date such as '2024-05-31' or '2024-05-31 12:00', got {as_of!r}."
            ) from None
    if isinstance(value, datetime) and value == value:
        # A pandas Timestamp is a datetime with nanoseconds that no log here resolves.
        return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    raise TypeError(f"{caller}: as_of must be a date, a datetime or ISO text, got {type(as_of).__name__}.")


def _snapshot(value: datetime, *, zoned: bool, timezone: str, assumed: bool = False) -> Snapshot:
    zone = ZoneInfo(timezone)
    local = value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
    wall = local.replace(tzinfo=None)
    instant = local.astimezone(UTC).replace(tzinfo=None)
    return Snapshot(
        as_of=local if zoned else wall,
        moment=((instant if zoned else wall) - _EPOCH) // _MICROSECOND,
        day=(wall.date() - _EPOCH.date()).days,
        assumed=assumed,
    )


def moment_text(moment: int) -> str:
    """Microseconds since 1970 as text for a message."""
    return (_EPOCH + moment * _MICROSECOND).isoformat(sep=" ", timespec="minutes")


def _whole_minute(value: datetime) -> bool:
    return value.second == 0 and value.microsecond == 0
