"""Numbers, shares, counts, lists and tables as people read them: one rule for each.

`plural`, `listed` and `table` are English only.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from custseg.texts._catalogs import localized, plural_form, text

DASH = "–"
"""Stands for a number that is missing."""

EXACT = 6
"""Significant digits of numbers that were chosen round and must be read exactly, such as the bounds of a rule."""

SHARES = ("share", "probability")
"""Units that are formatted as percentages."""

ORDERS_PER_30_DAYS = "orders per 30 days"
"""Unit of the rate of orders."""

RATES = (ORDERS_PER_30_DAYS, "events per session")
"""Units of averages: a third digit of them says nothing."""

YEAR = "calendar year"
"""Unit of points in time: 1978, not 1,978."""

POINTS = "points"
"""Unit of points that fade with time: nobody knows what a hundredth of a point is."""

SMALLEST_POINTS = 0.05
"""Points are said to one decimal, fewer than this as "<0.05"."""

_HUGE, _TINY = 1e15, 1e-9
# People compare numbers with others of the same column: 0.000000683 beside 1.14 is 0.
_DECIMALS = 4
_MOST_DIGITS = 15
_FEW_DIGITS = 2
_STEPS = (10, 5, 1)
# Names in one sentence.
_MOST_NAMED = 8


def number(value: float | None, language: str = "en", *, digits: int = 3, grouped: bool = True) -> str:
    """The number rounded to so many significant digits, its whole part always in full; a dash where it is missing.

    Thousands are separated unless `grouped` is false, trailing zeros are dropped: 12,346, 12.3, 0.0421; in Russian
    12 346, 12,3, 0,0421. Unless `digits` is `EXACT`, there are at most four decimals. From 10^15 on, and below 10^-9
    where the digits are exact, the form is 1.7e+308.
    """
    if value is None or math.isnan(value):
        return DASH
    size = abs(value)
    if size >= _HUGE or (digits >= EXACT and 0 < size < _TINY):
        return localized(f"{value:.{digits}g}", language)
    decimals = 0 if value == int(value) else max(0, digits - 1 - math.floor(math.log10(size)))
    if digits < EXACT:
        decimals = min(decimals, _DECIMALS)
    formatted = f"{value:z,.{decimals}f}" if grouped else f"{value:z.{decimals}f}"
    return localized(formatted.rstrip("0").rstrip(".") if decimals else formatted, language)


def percent(share: float | None, language: str = "en", *, decimals: int = 0) -> str:
    """The share as a percentage; a dash where it is missing.

    Only 0 and 1 are 0% and 100%: a share that would round to them gets one decimal, 0.4% or 99.9%, and what is still
    closer is <0.1% or >99.9%.
    """
    if share is None or math.isnan(share):
        return DASH
    if abs(share) > 1:
        return localized(f"{share:z.{decimals}%}", language)
    is_whole = math.isclose(share, round(share), abs_tol=1e-9)
    for n_decimals in (decimals, max(decimals, 1)):
        formatted = f"{share:z.{n_decimals}%}"
        if is_whole or float(formatted[:-1]) not in (0, 100):
            return localized(formatted, language)
    nearly = ("<0.1%" if share < 0.5 else ">99.9%") if share > 0 else (">-0.1%" if share > -0.5 else "<-99.9%")
    return localized(nearly, language)


def two_decimals(value: float | None, language: str = "en") -> str:
    """A figure with as many decimals as its neighbors in a column; a dash where it is missing."""
    return DASH if value is None or math.isnan(value) else localized(f"{value:z.2f}", language)


def amount(value: float, unit: str, language: str = "en", *, genitive: bool = False, digits: int = 3) -> str:
    """The number with its unit, in the genitive if required; shares are percentages, units without forms omitted."""
    if math.isnan(value):
        return DASH
    if unit in SHARES:
        formatted = number(100 * value, language, digits=digits)
        is_rounded = formatted in ("0", "100") and digits < EXACT
        return percent(value, language) if is_rounded else formatted + localized("%", language)
    formatted = _plain(value, unit, language, digits=digits)
    forms = text(language, "units").get(unit, {}).get("forms")
    if not forms:
        return formatted
    # Nouns go with the number as printed: 15.04 points are 15 points.
    printed = float(_plain(value, unit, "en", digits=digits).replace(",", "").lstrip("<"))
    return f"{formatted} {plural_form(printed, forms, language, genitive=genitive)}"


def value_text(value: float | None, unit: str, language: str = "en") -> str:
    """A value of a feature: shares as percentages, other units as plain numbers."""
    if value is None or unit in SHARES:
        return percent(value, language)
    return _plain(value, unit, language, digits=3)


def median_text(value: float, unit: str, language: str = "en") -> str:
    """A median beside another one: as `value_text`, with two significant digits below 1 (0.31, not 0.306)."""
    is_fine = 0 < abs(value) < 1 and unit not in (*SHARES, POINTS)
    return number(value, language, digits=_FEW_DIGITS) if is_fine else value_text(value, unit, language)


def _plain(value: float, unit: str, language: str, *, digits: int) -> str:
    """The number without its unit: unless it is exact, points have one decimal, rates two digits; years no groups."""
    if unit in RATES and digits < EXACT:
        return number(value, language, digits=_FEW_DIGITS)
    if unit != POINTS or digits >= EXACT or value == 0 or math.isnan(value):
        return number(value, language, digits=digits, grouped=unit != YEAR)
    if abs(value) < SMALLEST_POINTS:
        return f"<{number(SMALLEST_POINTS, language)}"
    return number(round(value, 1), language, digits=digits)


def calendar_date(day: date, language: str) -> str:
    """A date as people write it: 2025-06-30, in Russian 30.06.2025."""
    written = text(language, "snapshot")["day"]
    # %Y has no leading zeros on some systems.
    return day.strftime(written).rjust(len("30.06.2025"), "0") if written else day.isoformat()


def unit_beside(phrase: str, unit: str, language: str) -> str:
    """The unit to put beside a number after the phrase: none where the phrase says it, as "days since last order"."""
    forms = text(language, "units").get(unit, {}).get("forms", ())
    is_said = any(re.search(rf"\b{re.escape(form)}\b", phrase.casefold()) for form in forms)
    return "" if is_said else unit


def shortened(phrases: Sequence[str], language: str) -> list[str]:
    """The phrases; of more than eight the first seven, and how many others there are."""
    if len(phrases) <= _MOST_NAMED:
        return list(phrases)
    more = text(language, "language", "more").format(count=number(len(phrases) - _MOST_NAMED + 1, language))
    return [*phrases[: _MOST_NAMED - 1], more]


def counted(count: int, forms: Sequence[str], language: str) -> str:
    """The form of a phrase that goes with the count, with `{count}` filled in."""
    return plural_form(count, forms, language).format(count=number(count, language))


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """`1 customer`, `2 customers`, with thousands separated."""
    return f"{count:,} {noun if count == 1 else (nouns or noun + 's')}"


def shown(value: object, limit: int = 80) -> str:
    """The value as it appears in a message: control and direction marks escaped, a long value shortened."""
    quoted = repr(value[: limit + 1] if isinstance(value, str) else value)
    return quoted if len(quoted) <= limit + 2 else f"{quoted[:limit]}…"


def listed(values: Iterable[object], limit: int = 20) -> str:
    """The values as a short list for a message."""
    values = list(values)
    ellipsis = f", … {len(values) - limit} more" if len(values) > limit else ""
    return "[" + ", ".join(map(shown, values[:limit])) + ellipsis + "]"


def table(rows: Sequence[Sequence[object]], *, left: Collection[int] = ()) -> list[str]:
    """The rows as aligned lines, columns two spaces apart; the columns at the indexes in `left` are left-aligned.

    Floats have three decimals; None and NaN are dashes.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if index in left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]


def roundest(low: float, high: float, *, whole: bool = False, near: float | None = None) -> float | None:
    """The roundest number t with low < t <= high, None where there is none of up to 15 digits.

    It is a multiple of the largest possible of 10, 5, 1, 0.5, 0.1 and so on, up and down. Of equally round numbers
    it is the nearest to `near`, by default the middle.
    """
    if not low < high:
        return None
    if low < 0 <= high:
        return 0.0
    near = low / 2 + high / 2 if near is None else near
    largest = math.floor(math.log10(max(abs(low), abs(high))))
    smallest = 0 if whole else largest - _MOST_DIGITS
    for exponent in range(largest, smallest - 1, -1):
        for step in _STEPS:
            multiple = _multiple_between(low, high, step=step, exponent=exponent, near=near)
            if multiple is not None:
                return multiple
    return None


def significant_digits(value: float) -> int:
    """Digits of the number without leading and trailing zeros; 1 for 0."""
    return max(1, len(f"{abs(value):.{_MOST_DIGITS - 1}e}".partition("e")[0].replace(".", "").rstrip("0")))


def whole_range(
    low: float | None, high: float | None, *, lowest: float | None = None, highest: float | None = None
) -> tuple[str, tuple[float, ...]]:
    """How to say that whole numbers are from `low` to under `high`, None for no bound: a form, and its numbers.

    The forms are "==", "range" (both ends included), "between" (the upper one excluded), ">=", "<=" and "<". The last
    number included is said unless the bound itself is rounder: at most 6, under 60. `lowest` and `highest` are the
    ends of the column: at most 0 is 0 where nothing is below.
    """
    first = lowest if low is None else math.ceil(low)
    last = highest if high is None else math.ceil(high) - 1
    if first is not None and first == last:
        return "==", (float(first),)
    if high is None:
        return ">=", (float(math.ceil(low or 0)),)
    bound = float(math.ceil(high))
    is_rounder = significant_digits(bound) < significant_digits(bound - 1)
    if low is None:
        return ("<", (bound,)) if is_rounder else ("<=", (bound - 1,))
    return ("between", (math.ceil(low), bound)) if is_rounder else ("range", (math.ceil(low), bound - 1))


def _multiple_between(low: float, high: float, *, step: int, exponent: int, near: float) -> float | None:
    """The multiple of step · 10^exponent in (low, high] that is nearest to `near`."""
    width = step * 10.0**exponent
    if width == 0.0:  # smaller than the smallest float
        return None
    nearest = round(near / width)
    for factor in (nearest, nearest + 1, nearest - 1):
        # Parsed from decimal digits, so that 3 tenths are 0.3.
        multiple = float(f"{factor * step}e{exponent}")
        if low < multiple <= high:
            return multiple
    return None


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return DASH
    return f"{value:z.3f}" if isinstance(value, float) else str(value)
