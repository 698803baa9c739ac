"""Round numbers, and numbers with their units as text."""

from __future__ import annotations

import math

from custseg._texts import localized, plural_form, text

_STEPS = (10, 5, 1)
_MOST_DIGITS = 15

SHARES = ("share", "probability")

HUGE, TINY = 1e15, 1e-9
"""Beyond them numbers are written as 1.7e+308 or 2e-155."""


def roundest(low: float, high: float, *, whole: bool = False, near: float | None = None) -> float | None:
    """The roundest number t with low < t <= high.

    A multiple of the largest of 10, 5, 1, 0.5, 0.1 and so on, up and down; of equally round ones the nearest to
    `near`, by default the middle. None where there is none of up to 15 digits.
    """
    if not low < high:
        return None
    if low < 0 <= high:
        return 0.0
    near = low / 2 + high / 2 if near is None else near
    largest = math.floor(math.log10(max(abs(low), abs(high))))
    least = 0 if whole else largest - _MOST_DIGITS
    for exponent in range(largest, least - 1, -1):
        for step in _STEPS:
            found = _multiple_between(low, high, size=(step, exponent), near=near)
            if found is not None:
                return found
    return None


def significant_digits(value: float) -> int:
    """Digits of the number without the zeros at its ends; 1 for 0."""
    return max(1, len(f"{abs(value):.{_MOST_DIGITS - 1}e}".partition("e")[0].replace(".", "").rstrip("0")))


def number_words(value: float, language: str = "en") -> str:
    """The number with its thousands separated, in up to six digits: 1,234.5 or 1 234,5; beyond 10^15 as 1.7e+308."""
    if abs(value) >= HUGE or 0 < abs(value) < TINY:
        return localized(f"{value:.6g}", language)
    digits = 6 if value != int(value) else 0
    plain = (
        f"{value:z,.0f}" if digits == 0 else f"{value:,.{max(0, digits - 1 - _order(value))}f}".rstrip("0").rstrip(".")
    )
    return localized(plain, language)


def amount(value: float, unit: str, language: str = "en", *, genitive: bool = False) -> str:
    """The number with its unit, in the genitive on request; shares in per cent, units without forms left out."""
    if unit in SHARES:
        return number_words(100 * value, language) + localized("%", language)
    number = number_words(value, language)
    forms = text(language, "units").get(unit, {}).get("forms")
    return f"{number} {plural_form(value, forms, language, genitive=genitive)}" if forms else number


def _multiple_between(low: float, high: float, *, size: tuple[int, int], near: float) -> float | None:
    """The multiple of step · 10^exponent in (low, high] that is nearest to that number."""
    step, exponent = size
    wide = step * 10.0**exponent
    if wide == 0.0:  # below the smallest number there is
        return None
    nearest = round(near / wide)
    for count in (nearest, nearest + 1, nearest - 1):
        # Read from decimals, so that 3 tenths are 0.3.
        value = float(f"{count * step}e{exponent}")
        if low < value <= high:
            return value
    return None


def _order(value: float) -> int:
    return math.floor(math.log10(abs(value)))
