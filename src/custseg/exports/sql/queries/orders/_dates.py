"""Dates in SQL: moments, calendar days in a zone, and their differences, which every dialect writes in its own way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlglot import exp

from custseg.queries import SQLWriter

_EPOCH = datetime(1970, 1, 1)
# sqlglot calls a moment on the clock "timestampntz", and an instant "timestamptz".
_CLOCK, _INSTANT = "timestampntz", "timestamptz"


class SQLDates:
    """Writes the dates of one log.

    Parameters
    ----------
    sql : SQLWriter
        Writes the dialect.
    timezone : str
        The zone that gives the days.
    zoned : bool
        Whether the column of dates holds instants; else it holds the wall clock of the zone.
    """

    def __init__(self, sql: SQLWriter, timezone: str, *, zoned: bool) -> None:
        self.sql = sql
        self.timezone = timezone
        self.zoned = zoned

    def moment(self, column: exp.Expr) -> exp.Expr:
        """The column as a moment."""
        return exp.cast(column, _INSTANT if self.zoned else _CLOCK)

    def constant(self, microseconds: int) -> exp.Expr:
        """A moment given in microseconds since 1970."""
        moment = _EPOCH + timedelta(microseconds=microseconds)
        text = moment.replace(tzinfo=UTC if self.zoned else None).isoformat(sep=" ")
        return self.moment(self.sql.text(text))

    def day(self, moment: exp.Expr) -> exp.Expr:
        """The calendar day of a moment in the zone."""
        sql, zone = self.sql, self.sql.text(self.timezone)
        if not self.zoned:
            return exp.cast(moment, "date")
        if sql.dialect == "bigquery":
            return sql.call("date_in_zone", moment, zone)
        if sql.dialect in ("spark", "snowflake"):
            return exp.cast(sql.call("clock_in_zone", zone, moment), "date")
        return exp.cast(exp.AtTimeZone(this=moment, zone=zone), "date")

    def number(self, day: exp.Expr) -> exp.Expr:
        """Days from 1970-01-01 to a calendar day."""
        sql, first = self.sql, exp.cast(self.sql.text(_EPOCH.date().isoformat()), "date")
        unit = exp.var("DAY")
        if sql.dialect == "spark":
            return sql.call("days_between", day, first)
        if sql.dialect == "bigquery":
            return sql.call("days_between", day, first, unit)
        if sql.dialect == "snowflake":
            return sql.call("days_between", unit, first, day)
        return day - first

    def day_of_year(self, day: exp.Expr) -> exp.Expr:
        """Number of the day in its year, from 1."""
        if self.sql.dialect in ("postgres", "bigquery"):
            unit = "DOY" if self.sql.dialect == "postgres" else "DAYOFYEAR"
            return exp.Extract(this=exp.var(unit), expression=day)
        return self.sql.call("day_of_year", day)
