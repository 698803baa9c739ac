"""How the dates of a column are written: the pattern, and a second one where both fit."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

_TIME = re.compile(
    r"(?P<gap>,? +|T)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>[.,]\d+)?)?"
    r"(?P<half> ?[AaPp]\.?[Mm]\.?)?(?P<zone> ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d))?"
)
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<mark>[./])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})")
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)")
_NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<mark>[./\-])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{2})")
_WORD_FIRST = re.compile(
    r"(?P<word>[^\W\d_]{3,12})\.?(?P<gap>[ \-])(?P<d>\d{1,2})(?P<comma>,?)(?P<gap2>[ \-])(?P<y>\d{4}|\d{2})"
)
_WORD_SECOND = re.compile(r"(?P<d>\d{1,2})(?P<mark>[ \-])(?P<word>[^\W\d_]{3,12})(?P=mark)(?P<y>\d{4}|\d{2})")
_MOST_VALUES = 3_000
_ENOUGH = 0.9
_LONG = {name.lower() for name in calendar.month_name if name}
_SHORT = {name.lower() for name in calendar.month_abbr if name}


@dataclass(frozen=True)
class DateReading:
    """One way to read the dates of a column.

    Attributes
    ----------
    pattern : str
        The pattern of `date_format`; empty for ISO 8601, which needs none.
    share : float
        Share of the filled values that it reads.
    order : str
        "day-first", "month-first" or "year-first"; for numbers the format, such as "unix".
    """

    pattern: str
    share: float
    order: str = "year-first"


def date_readings(values: Iterable[str | None]) -> list[DateReading]:
    """The ways to read the values as dates, the best first; several where they fit equally well."""
    filled = [value for value in values if value and value.strip(" 0-:.")]
    distinct = list(dict.fromkeys(filled))
    step = max(1, len(distinct) // _MOST_VALUES)
    distinct = distinct[::step]
    if not distinct or not any(character.isdigit() for character in distinct[0]):
        return []
    counts: dict[tuple[str, str], int] = {}
    for value in distinct:
        for key in _keys(value):
            counts[key] = counts.get(key, 0) + 1
    readings = [DateReading(pattern, count / len(distinct), order) for (pattern, order), count in counts.items()]
    merged = _with_short_years(_merged(readings), distinct)
    best = max((reading.share for reading in merged), default=0.0)
    if best < _ENOUGH:
        return []
    return sorted((r for r in merged if r.share >= best), key=lambda r: (-r.share, r.order, r.pattern))


def is_time_of_day(value: str) -> bool:
    """Whether the value is a time without a day, such as 14:05."""
    return _TIME.fullmatch(f" {value}") is not None


def _with_short_years(readings: Sequence[DateReading], values: Sequence[str]) -> list[DateReading]:
    """The readings without those in which years of two digits vary more than days: 24-01-05 may begin with the year."""
    matches = [match for value in values if (match := _NUMERIC.match(value))]
    first, last = (len({match[group] for match in matches}) for group in ("a", "y"))
    if first > 2 * last:
        return [reading for reading in readings if not reading.pattern.startswith("%y")]
    if last > 2 * first and any(reading.pattern.startswith("%y") for reading in readings):
        return [reading for reading in readings if "%y" not in reading.pattern or reading.pattern.startswith("%y")]
    return list(readings)


def _merged(readings: Sequence[DateReading]) -> list[DateReading]:
    """ISO dates with and without a time are one reading, as the library reads both."""
    iso = [reading for reading in readings if not reading.pattern]
    with_pattern = [reading for reading in readings if reading.pattern]
    return ([DateReading("", sum(r.share for r in iso))] if iso else []) + with_pattern


def _keys(value: str) -> list[tuple[str, str]]:
    """The (pattern, order) pairs that read the value."""
    for match, time in _matches(value):
        readings = [(pattern + time, order) for pattern, order in _readings_of(match)]
        if readings:
            # The library reads ISO 8601 without a pattern, whether there is a time or not.
            return [("", order) if pattern.startswith("%Y-%m-%d") and _plain_iso(time) else (pattern, order)
                    for pattern, order in readings]  # fmt: skip
    return []


def _plain_iso(time: str) -> bool:
    return "%I" not in time and "," not in time[:1]


def _matches(value: str) -> Iterable[tuple[re.Match[str], str]]:
    for form in (_ISO, _YEAR_FIRST, _NUMERIC, _WORD_FIRST, _WORD_SECOND, _COMPACT):
        match = form.match(value)
        if match is None:
            continue
        tail = value[match.end() :]
        if not tail:
            yield match, ""
        elif time := _TIME.fullmatch(tail):
            yield match, _time_pattern(time)


def _time_pattern(time: re.Match[str]) -> str:
    hour = "%I" if time["half"] else "%H"
    directives = [time["gap"].replace("  ", " "), hour, ":%M"]
    if time["second"]:
        directives.append(":%S")
    if time["fraction"]:
        directives.append("%.f")
    if time["half"]:
        directives.append(" %p" if time["half"].startswith(" ") else "%p")
    if time["zone"]:
        space = " " if time["zone"].startswith(" ") else ""
        directives.append(space + ("%#z" if time["zone"].strip()[0] in "+-Z" else "%Z"))
    return "".join(directives)


def _readings_of(match: re.Match[str]) -> Iterable[tuple[str, str]]:
    groups = match.groupdict()
    if "word" in groups:
        yield from _with_month_name(match)
    elif "a" in groups:
        year, first, second, mark = _year(groups["y"]), int(groups["a"]), int(groups["b"]), groups["mark"]
        code = "%Y" if len(groups["y"]) == 4 else "%y"
        if _is_day(year, second, first):
            yield f"%d{mark}%m{mark}{code}", "day-first"
        if _is_day(year, first, second):
            yield f"%m{mark}%d{mark}{code}", "month-first"
        if len(groups["a"]) == len(groups["y"]) == 2 and _is_day(2000 + first, second, int(groups["y"])):
            yield f"%y{mark}%m{mark}%d", "year-first"
    elif _is_day(int(groups["y"]), int(groups["m"]), int(groups["d"])):
        mark = groups.get("mark", "-" if "-" in match[0] else "")
        yield f"%Y{mark}%m{mark}%d", "year-first"


def _with_month_name(match: re.Match[str]) -> Iterable[tuple[str, str]]:
    word = match["word"].lower()
    code = "%b" if word in _SHORT else "%B" if word in _LONG else ""
    if not code or not 1 <= int(match["d"]) <= 31:
        return
    year = "%Y" if len(match["y"]) == 4 else "%y"
    if "gap2" in match.groupdict():
        yield f"{code}{match['gap']}%d{match['comma']}{match['gap2']}{year}", "month-first"
    else:
        yield f"%d{match['mark']}{code}{match['mark']}{year}", "day-first"


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


_EPOCHS = ((9.4e8, 2.6e9, "unix"), (9.4e11, 2.6e12, "unix_ms"), (9.4e14, 2.6e15, "unix_us"))


def number_of_time(values: Iterable[str | None]) -> str:
    """The format of numbers if they are times of recent decades: "unix", "unix_ms", "unix_us", "excel", or nothing."""
    filled = [value for value in values if value][:_MOST_VALUES]
    if not filled or not all(re.fullmatch(r"\d+(\.\d*)?", value) for value in filled):
        return ""
    numbers = [float(value) for value in filled]
    for low, high, unit in _EPOCHS:
        if all(low <= number < high for number in numbers):
            return unit
    return "excel" if all(30_000 <= number < 60_000 for number in numbers) else ""
