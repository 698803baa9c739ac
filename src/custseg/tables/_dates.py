"""The date column of a log: how it is read, and what a snapshot means on its calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import narwhals.stable.v2 as nw

from custseg._checks import instance, plural
from custseg._frames import DateStyle, Dialect, collect
from custseg.errors import DataError
from custseg.tables._snapshot import Snapshot, snapshot_at


@dataclass(frozen=True)
class LogDates:
    """The date column of a log, with the zone of its calendar.

    Attributes
    ----------
    dialect : Dialect
        The opened log.
    column, timezone : str
        The column, and the zone that gives the days.
    style : DateStyle
        How the column is written.
    """

    dialect: Dialect
    column: str
    timezone: str
    style: DateStyle

    def expressions(self) -> dict[str, Any]:
        """`moment` (microseconds), `day` (days since 1970 in the zone), `has_date`."""
        return {
            "moment": self.dialect.moment(self.column, self.style),
            "day": self.dialect.day(self.column, self.style, self.timezone),
            "has_date": self.dialect.filled([self.column]),
        }

    def last_day(self) -> int | None:
        """The last calendar day in the log, in days since 1970-01-01; None where there is none."""
        day = self.dialect.select({"day": self.expressions()["day"]}).select(nw.col("day").max())
        last = collect(day).item()
        return None if last is None else int(last)

    def snapshot(self, as_of: datetime, *, window_days: int | None = None, assumed: bool = False) -> Snapshot:
        """The snapshot at `as_of` in the terms of this log."""
        zoned = self.style.zoned
        return snapshot_at(as_of, zoned=zoned, timezone=self.timezone, window_days=window_days, assumed=assumed)

    def raise_on_unusable(self, count: int, caller: str) -> None:
        """Raise if there are dates that cannot be read."""
        if not count:
            return
        style = self.style
        if style.kind == "text" and style.pattern is None and self.dialect.mixes_zones(self.column):
            raise DataError(
                f"{caller}: column {self.column!r} mixes dates with and without a time zone. "
                "Bring them to one zone first."
            )
        form = "in ISO 8601" if style.pattern is None else f"of the form {style.pattern!r}"
        shape = self.dialect.shape_of_unusable(self.column, self.dialect.moment(self.column, style))
        raise DataError(
            f"{caller}: {plural(count, 'value')} of column {self.column!r} cannot be read as a date "
            f"{form}{instance(shape)}. "
            "Give date_format=, such as '%d/%m/%Y %H:%M', or mend the values."
        )


def log_dates(dialect: Dialect, column: str, *, timezone: object, date_format: str | None, caller: str) -> LogDates:
    """The date column, checked: its zone exists and its values are dates or text."""
    if not isinstance(timezone, str):
        raise TypeError(f"{caller}: timezone must be a name, got {type(timezone).__name__}.")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{caller}: timezone must be a name such as 'UTC' or 'Europe/Berlin', got {timezone!r}."
        ) from None
    return LogDates(dialect, column, timezone, dialect.date_style(column, date_format))
