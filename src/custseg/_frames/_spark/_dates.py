"""Dates as microseconds since 1970, in columns of Spark.

Neither the zone of the session nor its ANSI mode changes a number: text is matched and counted here, never cast to a
timestamp, and what may fail is a `try_cast`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from custseg._frames._date_formats import (
    DAY,
    EARLIEST_DAY,
    EXCEL_EPOCH,
    FIRST_EXCEL_DAY,
    ISO,
    ISO_ZONED,
    LATEST_DAY,
    MONTHS,
    ZONE,
    DateField,
    DateFormat,
)

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE


Derive = Callable[[str, Any], Any]
"""Gives a column a name, by which later steps mean it: Spark would write it out at each of its uses."""


class SparkDates:
    """Dates in columns made by these functions of Spark; `derive` names the steps between."""

    def __init__(self, functions: ModuleType, derive: Derive) -> None:
        self.F: Any = functions
        self._derive = derive

    def moment_of_text(self, text: Any, how: DateFormat) -> Any:
        """Microseconds since 1970 of stripped text; null where it is not of the format, or no day of the calendar."""
        F = self.F
        text = self._derive("text", text)
        text = self._derive("date", F.when(text.rlike(how.shape), text))
        if how in (ISO, ISO_ZONED):
            zone = F.regexp_extract(text, f" *{ZONE}$", 1) if how.zoned else None
            clock = self._derive("clock", F.regexp_replace(text, f" *{ZONE}$", "")) if how.zoned else text
            moment = self._day(F.substring(clock, 1, 10)) * F.lit(DAY) + self._clock(
                *(F.substring(clock, start, 2) for start in (12, 15, 18)), fraction=F.substring(clock, 21, 6)
            )
        else:
            fields: dict[DateField, Any] = {
                field: F.regexp_extract(text, how.shape, group) for field, group in how.groups.items()
            }
            zone = fields.get("offset")
            moment = self._moment_of_fields(fields)
        if zone is not None:
            moment = moment - self._offset(zone)
        return self.in_calendar(moment, zoned=how.zoned)

    def moment_of_number(self, number: Any, per_unit: float, *, excel: bool) -> Any:
        """Microseconds since 1970 of a number: since 1970, or the day number of a spreadsheet."""
        F = self.F
        if excel:
            # A spreadsheet keeps times as fractions of a day, which are exact to some microseconds at best.
            days = F.when(number >= F.lit(float(FIRST_EXCEL_DAY)), number - F.lit(float(EXCEL_EPOCH)))
            exact = F.rint(days * F.lit(per_unit / 1000)) * F.lit(1000.0)
        else:
            exact = F.rint(number * F.lit(per_unit))
        return self.in_calendar(exact.try_cast("bigint"), zoned=not excel)

    def moment_of_date(self, column: Any, kind: str) -> Any:
        """Microseconds since 1970 of a typed column: a date, a timestamp, or one without a zone."""
        F = self.F
        if kind == "zoned datetime":
            return self.in_calendar(F.unix_micros(column), zoned=True)
        day = F.unix_date(column.cast("date")).cast("bigint") * F.lit(DAY)
        if kind == "date":
            return self.in_calendar(day, zoned=False)
        # Any function that gives the whole number at once would read the wall clock in the zone of the session.
        clock = F.hour(column).cast("bigint") * F.lit(_HOUR) + F.minute(column).cast("bigint") * F.lit(_MINUTE)
        seconds = F.extract(F.lit("SECOND"), column) * F.lit(_SECOND)
        return self.in_calendar(day + clock + seconds.cast("bigint"), zoned=False)

    def in_calendar(self, moment: Any, *, zoned: bool) -> Any:
        """The moment, null outside the years 1 to 9999; an instant must lie in them in every zone."""
        margin, F = int(zoned), self.F
        moment = self._derive("any moment", moment)
        first, last = (EARLIEST_DAY + margin) * DAY, (LATEST_DAY + 1 - margin) * DAY - 1
        return self._derive("moment", F.when(moment.between(F.lit(first), F.lit(last)), moment))

    def day_of_moment(self, moment: Any, timezone: str | None) -> Any:
        """Days since 1970-01-01: of the wall clock, or of the instant on the calendar of the zone."""
        return self._whole_days(self._local(moment, timezone))

    def has_time_of_day(self, moment: Any, timezone: str | None) -> Any:
        """Whether the moment is not a midnight, of the wall clock or in the zone."""
        F = self.F
        return F.pmod(self._local(moment, timezone), F.lit(DAY)) != F.lit(0)

    def _whole_days(self, moment: Any) -> Any:
        """Whole days since 1970, rounded down."""
        F = self.F
        return F.call_function("div", moment - F.pmod(moment, F.lit(DAY)), F.lit(DAY))

    def _local(self, moment: Any, timezone: str | None) -> Any:
        F = self.F
        if timezone is None:
            return moment
        # The shift is between the named zone and UTC; the zone of the session has no part in it.
        return self._derive("local", F.unix_micros(F.from_utc_timestamp(F.timestamp_micros(moment), timezone)))

    def _day(self, text: Any) -> Any:
        """Days since 1970 of text such as 2024-05-31; null if there is no such day."""
        return self.F.unix_date(text.try_cast("date")).cast("bigint")

    def _clock(self, hour: Any, minute: Any, second: Any, *, fraction: Any) -> Any:
        """Microseconds since midnight; what is left out is 0."""
        F = self.F
        micros = self._number(F.rpad(fraction, 6, "0"))
        hours, minutes, seconds = (self._number(text) for text in (hour, minute, second))
        return hours * F.lit(_HOUR) + minutes * F.lit(_MINUTE) + seconds * F.lit(_SECOND) + micros

    def _number(self, digits: Any) -> Any:
        """The digits as a number; 0 for empty text."""
        F = self.F
        return F.coalesce(digits.try_cast("bigint"), F.lit(0))

    def _moment_of_fields(self, fields: dict[DateField, Any]) -> Any:
        """Microseconds of the parts; the first of January if the day is given as its number in the year."""
        F = self.F
        first, zero = F.lit("01"), F.lit("00")
        year = fields.get("year")
        if year is None:
            short = fields["short_year"]
            # As in POSIX: 69 to 99 are of the last century.
            year = F.concat(F.when(short < F.lit("69"), F.lit("20")).otherwise(F.lit("19")), short)
        month = fields.get("month", first)
        if "month_name" in fields:
            position = F.instr(F.lit("".join(MONTHS)), F.lower(F.substring(fields["month_name"], 1, 3)))
            month = F.call_function("div", position + F.lit(2), F.lit(3)).cast("string")
        hour = fields.get("hour", zero)
        if "half_day_hour" in fields:
            afternoon = F.when(F.lower(fields["half_day"]) == F.lit("pm"), F.lit(12)).otherwise(F.lit(0))
            hour = (F.pmod(self._number(fields["half_day_hour"]), F.lit(12)) + afternoon).cast("string")
        dash = F.lit("-")
        day = F.concat(year, dash, F.lpad(month, 2, "0"), dash, F.lpad(fields.get("day", first), 2, "0"))
        clock = self._clock(
            hour, fields.get("minute", zero), fields.get("second", zero),
            fraction=F.substring(fields.get("fraction", zero), 1, 6),
        )  # fmt: skip
        moment = self._day(day) * F.lit(DAY) + clock
        if "day_of_year" in fields:
            number = self._derive("day of year", self._number(fields["day_of_year"]))
            return self._on_day_of_year(self._derive("new year", moment), number)
        return moment

    def _on_day_of_year(self, new_year: Any, number: Any) -> Any:
        F = self.F
        moved = self._derive("moved", new_year + (number - F.lit(1)) * F.lit(DAY))
        years = (F.year(F.date_from_unix_date(self._whole_days(at).cast("int"))) for at in (moved, new_year))
        same_year = next(years) == next(years)
        return F.when(same_year & (number > F.lit(0)), moved)

    def _offset(self, zone: Any) -> Any:
        """Microseconds that a zone is ahead of UTC; 0 for a name of UTC."""
        F = self.F
        digits = F.rpad(F.regexp_replace(zone, "[^0-9]", ""), 4, "0")
        hours, minutes = (self._number(F.substring(digits, start, 2)) for start in (1, 3))
        size = hours * F.lit(_HOUR) + minutes * F.lit(_MINUTE)
        return F.when(zone.startswith("-"), -size).otherwise(size)
