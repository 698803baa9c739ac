"""Diagnosis of values that cannot be read as dates: what they probably are, and the remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from custseg._frames import ZERO_DATE, DateFormat, date_format, read_date

_DAYS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%y-%m-%d", "%Y-%d-%m",
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y",
    "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%d%m%Y",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%b %d %Y", "%a, %d %b %Y", "%a %b %d %Y",
)  # fmt: skip
_TIMES = ("", "%H:%M", "%H:%M:%S", "%H:%M:%S%.f", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%H%M%S", "%H%M")
_ZONES = ("", "%z", " %z")
_JOINTS = (" ", "T", ", ", "")
_NUMBERS = {
    "excel": (20_000, 80_000, "day numbers of a spreadsheet such as Excel"),
    "unix": (1e8, 1e10, "seconds since 1970"),
    "unix_ms": (1e11, 1e13, "milliseconds since 1970"),
    "unix_us": (1e14, 1e16, "microseconds since 1970"),
    "unix_ns": (1e17, 1e19, "nanoseconds since 1970"),
}
"""Ranges of numbers that encode dates of recent and coming decades, by format."""

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_IMPOSSIBLE_TIME = r"[0-9][T ](?:24:[0-9]{2}|[0-9]{1,2}:[0-9]{2}:60)"
_ZONE_NAME = re.compile(r"([0-9]|[AP]M) ?([A-Z]{3,5})$")


def diagnosis(values: Sequence[str], read_as: DateFormat | None, *, some_are_read: bool) -> str:
    """Describe what the values probably are, with a remedy.

    Parameters
    ----------
    values : sequence of str
        Distinct values that could not be read.
    read_as : DateFormat or None
        How they were read; None for numbers.
    some_are_read : bool
        Whether other values of the column could be read, so that another format would not serve all.
    """
    texts = [text for text in (value.strip() for value in values) if text and not re.search(ZERO_DATE, text)]
    description, remedy = _numbers(texts) or _other_format(texts) or _zone_name(texts) or ("", "")
    if description and not some_are_read:
        return f"{description}: {remedy}."
    if read_as is not None and any(re.search(read_as.shape, text) for text in texts):
        return "There is no such day in the calendar of the years 1 to 9999. Correct these rows or leave them out."
    if description:
        return f"{description}, unlike other values of the column: write all of them in one way."
    if read_as is None and some_are_read and all(map(_NUMBER.fullmatch, texts)):
        return (
            "These numbers give no day that can be meant: dates end with the year 9999, and days of a spreadsheet are "
            "certain from 61 (1900-03-01) on. Correct these rows."
        )
    if read_as is not None and any(re.search(_IMPOSSIBLE_TIME, text) for text in texts):
        return "There is no such time of day: hours go from 0 to 23, seconds to 59. Correct these rows."
    if some_are_read:
        return (
            "Other values of the column are read, so these are no dates, or written in another way: correct them, "
            "leave them empty if there is no date, or delete their lines, such as a line of totals at the end."
        )
    forms = "'%d/%m/%Y %H:%M', or 'unix', 'unix_ms' or 'excel' for dates that are numbers"
    return f"Give date_format=, such as {forms}, or correct the values."


def fitting_formats(texts: Sequence[str]) -> list[str]:
    """Common patterns that read all texts as dates; several if the order of day and month is ambiguous."""
    if not texts:
        return []
    text = texts[0]
    marks = ((":", ":"), ("%p", "M"), ("%.f", "."))
    clocks = [time for time in _TIMES if time and all((sign in time) == (mark in text) for sign, mark in marks)]
    joints = [joint for joint in _JOINTS if joint in text]
    zones = _ZONES if re.search(r"(?:Z|[+-][0-9:]{2,6})$", text) else ("",)
    times = ["", *(joint + clock + zone for joint in joints for clock in clocks for zone in zones)]
    return [day + time for day in _DAYS for time in times if _reads(day + time, texts)]


def _reads(pattern: str, texts: Sequence[str]) -> bool:
    """Whether the pattern reads each text as a date between 1900 and 2100."""
    how = date_format(pattern)
    days = (read_date(text, how) for text in texts)
    return all(day is not None and 1900 <= day.year <= 2100 for day in days)


def _other_format(texts: Sequence[str]) -> tuple[str, str] | None:
    formats = fitting_formats(texts)
    if not formats:
        return None
    if any(pattern.startswith("%Y-%m-%d") for pattern in formats):
        # After a leading year comes the month; the day only if nothing else fits.
        formats = [pattern for pattern in formats if not pattern.startswith("%Y-%d-%m")]
    description = "The values fit " + " or ".join(f"date_format={pattern!r}" for pattern in formats[:3])
    if len(formats) == 1:
        return description, "give it"
    return f"{description}, and none of them decides which is right", "give the one that is meant"


def _numbers(texts: Sequence[str]) -> tuple[str, str] | None:
    if not texts or not all(map(_NUMBER.fullmatch, texts)) or fitting_formats(texts):
        return None
    numbers = [float(text.replace(",", ".")) for text in texts]
    for pattern, (low, high, words) in _NUMBERS.items():
        if all(low <= number < high for number in numbers):
            return f"The values look like {words} (date_format={pattern!r})", "give it"
    return None


def _zone_name(texts: Sequence[str]) -> tuple[str, str] | None:
    names = {match[2] if (match := _ZONE_NAME.search(text)) else "" for text in texts}
    if not names or "" in names:
        return None
    description = f"The values end with {'the name of a time zone' if len(names) == 1 else 'names of time zones'}"
    formats = fitting_formats([_ZONE_NAME.sub(r"\1", text) for text in texts])
    if len(names) > 1 or not formats:
        return f"{description}, which can mean several offsets", "write offsets from UTC such as -05:00"
    pattern = f"{formats[0]} {names.pop()}"
    timezone_advice = "timezone= the place whose clock is meant, such as 'America/New_York'"
    return f"{description}, which can mean several offsets", f"give date_format={pattern!r}, and {timezone_advice}"
