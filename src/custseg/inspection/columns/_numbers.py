"""How the numbers of a file are written: decimal mark and marks between thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SPACES = " \u00a0\u202f\u2009"
_SIGN = (
    r"(?:R\$|US\$|[$€£¥₽₹]|USD|EUR|GBP|RUB|CHF|JPY|CNY|BRL|MXN|PLN|CZK|SEK|NOK|DKK|UAH|KZT|TRY|INR|CAD|AUD|"
    r"(?:руб|р|kr|zł|Kč|Ft|Fr|lei)\.?)"
)
_SIGNS = re.compile(
    rf"^[-+−(]*\s*(?P<sign>{_SIGN})?\s*(?P<number>[-+−]?[\d.,'’{_SPACES}]*\d[\d.,]*)(?P<exponent>[eE][-+]?\d+)?"
    rf"\s*(?P<after>{_SIGN}|%)?\s*\)?-?$"
)
_SPACED = f"[{_SPACES}]"
_MOST_VALUES = 5_000
READINGS = (
    (".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"),
)  # fmt: skip
"""Pairs of decimal mark and thousands mark, the plainest first."""


@dataclass(frozen=True)
class NumberFacts:
    """How the numbers of one column are written.

    Attributes
    ----------
    share : float
        Share of the filled values that are numbers.
    readings : frozenset of pairs
        The (decimal mark, thousands mark) that read all of these numbers.
    marked : bool
        Whether there are marks at all: whole numbers without marks say nothing.
    signs : frozenset of str
        Currency signs, codes and percent signs beside the numbers.
    parentheses : bool
        Whether negative numbers stand in parentheses or have their sign at the end.
    spaces : str
        The kind of space that stands between thousands; empty where there is none.
    texts : frozenset of str
        The different numbers with marks, without their signs.
    """

    share: float
    readings: frozenset[tuple[str, str]]
    marked: bool = False
    signs: frozenset[str] = frozenset()
    parentheses: bool = False
    spaces: str = ""
    texts: frozenset[str] = frozenset()


def number_facts(values: Iterable[str | None]) -> NumberFacts:
    """What the values of a column say about how numbers are written."""
    filled = [value for value in values if value][:_MOST_VALUES]
    matches = [match for value in filled if (match := _SIGNS.match(value)) and not _is_dotted(match["number"])]
    if not filled or not matches:
        return NumberFacts(0.0, frozenset())
    texts = {match["number"].strip(_SPACES).lstrip("-+−") for match in matches}
    readings = frozenset(pair for pair in READINGS if all(_reads(text, *pair) for text in texts))
    signs = {sign for match in matches for sign in (match["sign"], match["after"]) if sign}
    space = next((mark for mark in _SPACES if any(mark in text for text in texts)), "")
    outside = any(match[0].startswith("(") or match[0].endswith("-") for match in matches)
    marked = frozenset(text for text in texts if not text.isdecimal())
    share = len(matches) / len(filled)
    return NumberFacts(share, readings, bool(marked), frozenset(signs), outside, space, marked)


def joint_readings(columns: Sequence[NumberFacts]) -> list[tuple[str, str]]:
    """The readings that fit all columns and differ in what they read, the plainest first."""
    common = set(READINGS).intersection(*(column.readings for column in columns))
    texts = sorted({text for column in columns for text in column.texts})
    distinct: dict[tuple[float | None, ...], tuple[str, str]] = {}
    for pair in READINGS:
        if pair in common:
            distinct.setdefault(tuple(plain_number(text, *pair) for text in texts), pair)
    return list(distinct.values())


def plain_number(text: str, decimal: str, thousands: str) -> float | None:
    """The number, or None where the text is none in this reading."""
    match = _SIGNS.match(text)
    if match is None:
        return None
    digits = match["number"].strip(_SPACES)
    negative = digits[0] in "-−" or text.lstrip()[0] in "(-−" or text.endswith("-")
    digits = digits.lstrip("-+−")
    digits = re.sub(_SPACED + "|['’]", "", digits)
    if thousands in (".", ","):
        digits = digits.replace(thousands, "")
    try:
        number = float(digits.replace(decimal, ".") + (match["exponent"] or ""))
    except ValueError:
        return None
    return -number if negative else number


def _is_dotted(text: str) -> bool:
    """Whether the text is a date or an address rather than a number: three groups that are no thousands."""
    return bool(re.fullmatch(r"\d{1,2}[.]\d{1,2}[.]\d{2,4}|\d+(\.\d+){3}", text))


def _reads(text: str, decimal: str, thousands: str) -> bool:
    """Whether the text is a number in this reading."""
    integer = r"\d+"
    if thousands:
        mark = {" ": _SPACED, "'": "['’]"}.get(thousands, re.escape(thousands))
        integer = rf"(?:[1-9]\d{{0,2}}(?:{mark}\d{{3}})+|\d+)"
    return re.fullmatch(rf"{integer}(?:{re.escape(decimal)}\d+)?|{re.escape(decimal)}\d+", text) is not None
