"""Numbers and foreign words as people read them."""

from __future__ import annotations

import math

from custseg._texts import single_line

_LONGEST = 40
_HUGE = 1e15
_NEARLY_NOTHING = 5e-4
_MARKS = str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ",", "%": "\N{NO-BREAK SPACE}%"})


def number_text(value: float | None) -> str:
    """A number as people read it; a dash where there is none.

    Parameters
    ----------
    value : float or None
        The number.

    Returns
    -------
    str
        Whole from 100 on and where it is whole, else with two figures that count; from 10^15 on as 1.7e+308.

    Examples
    --------
    >>> from custseg.profiling import number_text
    >>> number_text(12_345.6), number_text(0.0421), number_text(None)
    ('12,346', '0.042', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    if abs(value) >= _HUGE:
        return f"{value:.3g}"
    if abs(value) >= 100 or value == int(value):
        return f"{value:z,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.2g}"


def percent_text(share: float | None, digits: int = 0) -> str:
    """A share as a percentage; a dash where there is none."""
    return "–" if share is None or math.isnan(share) else f"{share:z.{digits}%}"


def value_text(value: float | None, unit: str) -> str:
    """A value of a feature in its unit, without digits that nobody reads."""
    if unit == "share":
        return percent_text(value)
    text = number_text(0.0 if value is not None and abs(value) < _NEARLY_NOTHING else value)
    return text.rstrip("0").rstrip(".") if "." in text and unit != "money" else text


def in_language(number: str, language: str) -> str:
    """The text of a number with the marks of the language: 1,234.5 is 1 234,5 in Russian."""
    return number.translate(_MARKS) if language == "ru" else number


def clean(text: str, longest: int = _LONGEST) -> str:
    """A foreign word on one line, without marks that change how the rest is written, cut where it is long."""
    return single_line(text, longest)
