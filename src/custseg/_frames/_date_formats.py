"""How dates are written: one regular expression per format, the same for every engine.

The engines' own parsers differ in the directives they know, in the digits they accept and in what a zone name means.
Here a format becomes a regular expression with one group per part; the engines only match, and count days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

DateField = Literal[
    "year", "short_year", "month", "month_name", "day", "day_of_year",
    "hour", "half_day_hour", "half_day", "minute", "second", "fraction", "offset",
]  # fmt: skip

EARLIEST_DAY, LATEST_DAY = -719_162, 2_932_896
"""The first day of the year 1 and the last of the year 9999, in days since 1970-01-01."""

DAY = 86_400_000_000
"""Microseconds of a day."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

EXCEL_EPOCH = 25_569
"""1970-01-01 as the day number of a spreadsheet."""

FIRST_EXCEL_DAY = 61
"""1900-03-01: spreadsheets count a 29 February 1900 that did not exist, so earlier numbers are ambiguous."""

NUMBER_FORMATS = {"unix": 1_000_000.0, "unix_ms": 1_000.0, "unix_us": 1.0, "unix_ns": 0.001, "excel": float(DAY)}
"""Formats of dates that are numbers, with the microseconds of one unit."""

ZONE = r"(Z|z|UTC|GMT|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)"
"""A zone in a text: an offset from UTC, or one of the names of UTC."""

_NAMES = (
    r"((?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))"
)
_WEEKDAYS = r"(?i:mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_DIRECTIVES: dict[str, tuple[DateField | None, str]] = {
    "%Y": ("year", r"([0-9]{4})"),
    "%y": ("short_year", r"([0-9]{2})"),
    "%m": ("month", r"(0?[1-9]|1[0-2])"),
    "%b": ("month_name", _NAMES),
    "%B": ("month_name", _NAMES),
    "%d": ("day", r"(0?[1-9]|[12][0-9]|3[01])"),
    "%j": ("day_of_year", r"([0-9]{1,3})"),
    "%H": ("hour", r"([01]?[0-9]|2[0-3])"),
    "%I": ("half_day_hour", r"(0?[1-9]|1[0-2])"),
    "%p": ("half_day", r"((?i:am|pm))"),
    "%M": ("minute", r"([0-5]?[0-9])"),
    "%S": ("second", r"([0-5]?[0-9])"),
    "%f": ("fraction", r"([0-9]{1,9})"),
    "%.f": ("fraction", r"(?:\.([0-9]{1,9}))?"),
    "%z": ("offset", ZONE),
    "%Z": ("offset", r"(Z|UTC|GMT)"),
    "%a": (None, _WEEKDAYS),
    "%A": (None, _WEEKDAYS),
    "%%": (None, "%"),
}
_FULL_WIDTH: dict[str, str] = {
    "%m": r"(0[1-9]|1[0-2])",
    "%d": r"(0[1-9]|[12][0-9]|3[01])",
    "%j": r"([0-9]{3})",
    "%H": r"([01][0-9]|2[0-3])",
    "%I": r"(0[1-9]|1[0-2])",
    "%M": r"([0-5][0-9])",
    "%S": r"([0-5][0-9])",
}
"""Where numbers stand side by side, as in %Y%m%d, each has all its digits."""

_SHORTHANDS = {"%T": "%H:%M:%S", "%R": "%H:%M", "%F": "%Y-%m-%d", "%D": "%m/%d/%y", "%h": "%b",
               "%:z": "%z", "%#z": "%z"}  # fmt: skip
_TOKEN = re.compile(r"%\.[0-9]?f|%[:#]+z|%.|\s+|[^\s]", re.DOTALL)
_ZONE_NAME = re.compile(r"%(?:[HMSfp]|\.[0-9]?f)(\s*)(Z|[A-Z]{3,5})$")
_BLANKS = "[ \t\u00a0\u202f]+"
_ISO_TIME = r"[T ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{1,9}))?)?"
_ISO_DAY = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"


@dataclass(frozen=True)
class DateFormat:
    """Dates written as text.

    Attributes
    ----------
    shape : str
        Regular expression of the whole text; engines must read it alike, so it has no look-around.
    groups : mapping of part to int
        Which group of it holds which part of the date.
    zoned : bool
        Whether an offset from UTC is part of the text; without a group for it, the offset is 0.
    zone_name : str or None
        A name such as EST that all texts end with. It can mean several offsets, so that it says nothing by itself.
    """

    shape: str
    groups: Mapping[DateField, int]
    zoned: bool
    zone_name: str | None = None


ISO = DateFormat(
    rf"^{_ISO_DAY}(?:{_ISO_TIME})?$",
    {"year": 1, "month": 2, "day": 3, "hour": 4, "minute": 5, "second": 6, "fraction": 7},
    zoned=False,
)
"""ISO 8601 without a zone: a date, or a date and a time; seconds and their fraction may be missing."""

ISO_ZONED = DateFormat(
    rf"^{_ISO_DAY}{_ISO_TIME} *{ZONE}$",
    {"year": 1, "month": 2, "day": 3, "hour": 4, "minute": 5, "second": 6, "fraction": 7, "offset": 8},
    zoned=True,
)
"""ISO 8601 with an offset from UTC, with or without a blank before it; UTC, GMT and Z are the offset 0."""

ZONE_AT_END = rf":[0-9][0-9](?:[.,][0-9]+)? *{ZONE}$"
"""Whether a text has a time with a zone."""

ZERO_DATE = (
    r"^(?:0000([-/.])00?([-/.])00?|00?([-/.])00?([-/.])00(?:00)?|00000000)"
    r"(?:[T ]00?:00(?::00(?:[.,]0+)?)?)?\s*(?:Z|UTC|[+-]00:?00)?$"
)
"""0000-00-00 and its like: what MySQL writes where there is no date."""


def date_format(pattern: str) -> DateFormat:
    """The format that a pattern of strptime directives describes.

    Raises
    ------
    ValueError
        If the pattern has a directive that is not supported, a part twice, or no complete date.
    """
    for short, long in _SHORTHANDS.items():
        pattern = pattern.replace(short, long)
    name = _ZONE_NAME.search(pattern)
    tokens = _TOKEN.findall(pattern[: name.start(2)] if name else pattern)
    shape, groups = "", dict[DateField, int]()
    for before, token, after in _with_neighbors(tokens):
        field, expression = _expression(token, side_by_side=_is_number(before) or _is_number(after))
        if field is not None:
            if field in groups:
                raise ValueError(f"has the directive {token!r} twice")
            groups[field] = len(groups) + 1
        shape += expression
    _check_complete(groups)
    if name is None:
        return DateFormat(f"^{shape}$", groups, "offset" in groups)
    utc = name[2] in ("Z", "UTC", "GMT")
    return DateFormat(f"^{shape}{name[2]}$", groups, utc, None if utc else name[2])


def read_date(text: str, how: DateFormat) -> datetime | None:
    """The date in Python, for the few values of a message; None where it cannot be read."""
    match = re.search(how.shape, text.strip(), re.ASCII)
    if match is None:
        return None
    fields = {field: match[group] for field, group in how.groups.items() if match[group]}
    numbers = {field: int(text) for field, text in fields.items() if text.isdigit()}
    year = numbers.get("year", 0)
    if "short_year" in numbers:
        year = numbers["short_year"] + (2000 if numbers["short_year"] < 69 else 1900)
    month = numbers.get("month", 1)
    if "month_name" in fields:
        month = MONTHS.index(fields["month_name"][:3].lower()) + 1
    hour = numbers.get("hour", 0)
    if "half_day" in fields:
        hour = numbers["half_day_hour"] % 12 + (12 if fields["half_day"].lower() == "pm" else 0)
    micro = int(fields.get("fraction", "0")[:6].ljust(6, "0"))
    try:
        day = date(year, month, numbers.get("day", 1))
        if "day_of_year" in numbers:
            day = date(year, 1, 1) + timedelta(days=numbers["day_of_year"] - 1)
            if numbers["day_of_year"] == 0 or day.year != year:
                return None
        value = datetime(day.year, day.month, day.day, hour, numbers.get("minute", 0), numbers.get("second", 0), micro)
        return value.replace(tzinfo=_zone(fields.get("offset", "Z"))) if how.zoned else value
    except (ValueError, OverflowError):
        return None


def _zone(offset: str) -> timezone:
    if offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if offset[0] == "-" else size)


def _with_neighbors(tokens: list[str]) -> Iterator[tuple[str, str, str]]:
    around = ["", *tokens, ""]
    return zip(around, tokens, around[2:], strict=False)


def _is_number(token: str) -> bool:
    return token in ("%Y", "%y", "%f", *_FULL_WIDTH) or token.isdigit()


def _expression(token: str, *, side_by_side: bool) -> tuple[DateField | None, str]:
    """The part that a token of the pattern stands for, and its regular expression."""
    if token.isspace():
        return None, _BLANKS
    if not token.startswith("%"):
        return None, re.escape(token)
    directive = "%.f" if token.startswith("%.") else token
    if directive not in _DIRECTIVES:
        raise ValueError(
            f"has the directive {token!r}, which is not supported. Supported are "
            f"{' '.join(name for name in _DIRECTIVES)} {' '.join(_SHORTHANDS)}, and the words "
            f"{', '.join(map(repr, NUMBER_FORMATS))} for dates that are numbers"
        )
    field, expression = _DIRECTIVES[directive]
    return field, _FULL_WIDTH.get(directive, expression) if side_by_side else expression


def _check_complete(groups: Mapping[DateField, int]) -> None:
    year = ("year" in groups) != ("short_year" in groups)
    day = "day_of_year" in groups or ("day" in groups and ("month" in groups or "month_name" in groups))
    if not year or not day:
        raise ValueError("must name one year, a month and a day, such as '%d/%m/%Y'")
    if ("half_day" in groups) != ("half_day_hour" in groups):
        raise ValueError("must have %I and %p together, or %H")
