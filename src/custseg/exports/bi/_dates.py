"""The rows of `dim_date`: every day from the first to the last snapshot, without a gap."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from custseg.texts import text
from custseg.tracking import is_zoned

_ONE_DAY = timedelta(days=1)


def day_of_moment(moment: str, timezone: str) -> date:
    """The day of a snapshot, given as text; of a moment with a time zone, the day in `timezone`."""
    parsed = datetime.fromisoformat(moment)
    return parsed.astimezone(ZoneInfo(timezone)).date() if is_zoned(moment) else parsed.date()


def date_rows(days: Collection[date], language: str) -> list[dict[str, Any]]:
    """One row per day from the first of the days to the last; `is_snapshot` says which of them were given.

    Weeks are those of ISO 8601: they begin on Monday (`weekday` 1) and belong to `iso_year`, which differs from `year`
    around the turn of the year.
    """
    first, last = min(days), max(days)
    return [
        _row(first + number * _ONE_DAY, language) | {"is_snapshot": first + number * _ONE_DAY in days}
        for number in range((last - first).days + 1)
    ]


def _row(day: date, language: str) -> dict[str, Any]:
    iso_year, iso_week, weekday = day.isocalendar()
    return {
        "date": day,
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "month": day.month,
        "month_name": text(language, "bi", "months")[day.month - 1],
        "day": day.day,
        "iso_year": iso_year,
        "iso_week": iso_week,
        "weekday": weekday,
        "weekday_name": text(language, "subgroups", "weekdays")[weekday - 1],
    }
