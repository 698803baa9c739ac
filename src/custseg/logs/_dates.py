"""The date column of a log: how it is read, and snapshots converted to its time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_timezone, instance
from custseg._frames import NUMBER_FORMATS, DateStyle, Dialect, collect
from custseg._frames import date_format as parse_date_format
from custseg.errors import DataError
from custseg.logs._date_faults import diagnosis
from custseg.snapshot import Snapshot, snapshot_at
from custseg.texts import listed, plural

DATE_KINDS = ("date", "datetime", "zoned datetime", "text")
"""Kinds of columns that can hold dates without a format."""

NUMBER_KINDS = ("integer", "number")
"""Kinds of columns that can hold dates as numbers, if a format is given."""


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
        Format of the column.
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
            "has_date": self.dialect.dated(self.column),
        }

    def has_time_of_day(self) -> Any:
        """Expression: whether the moment is not a midnight, as it is where dates are days alone."""
        return self.dialect.timed(self.column, self.style, self.timezone)

    def last_day(self) -> int | None:
        """The last calendar day in the log, in days since 1970-01-01; None where there is none."""
        day = self.dialect.select({"day": self.expressions()["day"]}).select(nw.col("day").max())
        last = collect(day).item()
        return None if last is None else int(last)

    def snapshot(self, as_of: datetime, *, window_days: int | None = None, assumed: bool = False) -> Snapshot:
        """The snapshot at `as_of`, converted to the time zone of this log."""
        zoned = self.style.zoned
        return snapshot_at(as_of, zoned=zoned, timezone=self.timezone, window_days=window_days, assumed=assumed)

    def raise_on_unusable(self, count: int, caller: str, *, readable: int) -> None:
        """Raise if there are dates that cannot be read; `readable` is the number of those that can."""
        if count:
            raise DataError(f"{caller}: {self.unreadable(count, readable=readable)}")

    def unreadable(self, count: int, *, readable: int) -> str:
        """Description of the dates that cannot be read: their number, what they probably are, and the remedy."""
        style = self.style
        if style.kind == "text" and style.pattern is None and self.dialect.mixes_zones(self.column):
            return (
                f"column {self.column!r} mixes dates with and without a time zone. "
                "Write all of them with an offset from UTC, or none."
            )
        if style.kind in DATE_KINDS and style.kind != "text":
            return (
                f"{plural(count, 'value')} of column {self.column!r} {'is' if count == 1 else 'are'} infinite or "
                "outside the years 1 to 9999. Correct these rows or leave them out."
            )
        form = "in ISO 8601" if style.pattern is None else f"of the form {style.pattern!r}"
        values = self.dialect.unread(self.column, self.expressions()["moment"])
        shape = self.dialect.shape_of_unusable(self.column, self.expressions()["moment"])
        read_as = None if style.microseconds_per_unit else style.text_format
        return (
            f"{plural(count, 'value')} of column {self.column!r} cannot be read as a date {form}{instance(shape)}. "
            f"{diagnosis(values, read_as, some_are_read=readable > 0)}"
        )


def log_dates(dialect: Dialect, column: str, *, timezone: object, date_format: str | None, caller: str) -> LogDates:
    """The date column, checked: its zone exists, its pattern is supported, its values are dates, text or numbers."""
    timezone_name = check_timezone(caller, timezone)
    if date_format is not None:
        _check_pattern(date_format, timezone_name, caller)
    dates = LogDates(dialect, column, timezone_name, dialect.date_style(column, date_format))
    if date_format is None and dates.style.kind in NUMBER_KINDS:
        values = dialect.unread(column, dates.expressions()["moment"])
        raise DataError(
            f"{caller}: column {column!r} must hold dates, got {dialect.type_name(column)}. "
            f"{diagnosis(values, None, some_are_read=False)} Cast it, or pass date='...' to name another column; "
            f"columns are {listed(dialect.columns)}."
        )
    return dates


def date_kinds(date_format: str | None) -> tuple[str, ...]:
    """Kinds of columns that can hold dates in a format."""
    return DATE_KINDS if date_format is None else DATE_KINDS + NUMBER_KINDS


def is_compound(dialect: Dialect, column: str) -> bool:
    """Whether the column has a type without a plain text form, such as a list, a structure or an interval."""
    return dialect.kind(column) == "other" and dialect.type_name(column).strip('"').lower() != "null"


def _check_pattern(pattern: str, timezone: str, caller: str) -> None:
    """Raise for a pattern that is not supported."""
    if pattern in NUMBER_FORMATS:
        return
    try:
        name = parse_date_format(pattern).zone_name
    except ValueError as error:
        raise ValueError(f"{caller}: date_format {error}; got {pattern!r}.") from None
    if name is not None and timezone == "UTC":
        raise ValueError(
            f"{caller}: date_format ends with the time zone {name!r}, which can mean several offsets. "
            "Give timezone= the place whose clock is meant, such as 'America/New_York'."
        )
