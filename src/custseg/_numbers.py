"""Numbers as people say them: round, with their unit, in English and Russian."""

from __future__ import annotations

import math

_STEPS = (10, 5, 1)
_MOST_DIGITS = 15

_UNITS = {
    "days": ("день", "дня", "дней"),
    "orders": ("заказ", "заказа", "заказов"),
    "mails": ("письмо", "письма", "писем"),
    "sessions": ("визит", "визита", "визитов"),
    "points": ("балл", "балла", "баллов"),
    "years": ("год", "года", "лет"),
    "orders per 30 days": ("заказ за 30 дней", "заказа за 30 дней", "заказов за 30 дней"),
    "events per session": ("событие за визит", "события за визит", "событий за визит"),
}
"""Units that are said aloud, with the three Russian forms: of 1, of 2 and of 5."""

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
    """The number with its thousands apart, in up to six digits: 1,234.5 or 1 234,5; beyond 10^15 as 1.7e+308."""
    if abs(value) >= HUGE or 0 < abs(value) < TINY:
        plain = f"{value:.6g}"
        return plain.replace(".", ",") if language == "ru" else plain
    digits = 6 if value != int(value) else 0
    plain = (
        f"{value:z,.0f}" if digits == 0 else f"{value:,.{max(0, digits - 1 - _order(value))}f}".rstrip("0").rstrip(".")
    )
    if language == "ru":
        plain = plain.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
    return plain


def amount(value: float, unit: str, language: str = "en", *, genitive: bool = False) -> str:
    """The number and its unit, in Russian also in the genitive; shares in per cent, unsaid units left out."""
    if unit in SHARES:
        return number_words(100 * value, language) + ("%" if language == "en" else "\N{NO-BREAK SPACE}%")
    number = number_words(value, language)
    if unit not in _UNITS:
        return number
    if language == "ru":
        return f"{number} {_UNITS[unit][_russian_form(value, genitive)]}"
    first, *rest = unit.split(" ")
    return " ".join([number, first.removesuffix("s") if value == 1 else first, *rest])


def _russian_form(value: float, genitive: bool) -> int:
    """Which form of the noun goes with the number: 1 заказ, 2 заказа, 5 заказов; не меньше 1 заказа."""
    if value != int(value):
        return 1
    last, teens = abs(int(value)) % 10, abs(int(value)) % 100 in range(11, 15)
    if last == 1 and not teens:
        return 1 if genitive else 0
    return 1 if last in (2, 3, 4) and not teens and not genitive else 2


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
