"""Values of options that need parsing."""

from __future__ import annotations

import math
from typing import Any

import click


class MethodName(click.ParamType):  # type: ignore[type-arg]  # not generic in older versions
    """The name of a clustering method, or "auto"; names are read from the library, whose import takes long, on use."""

    name = "method"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, or a usage error that lists all names."""
        if value != "auto":
            from custseg.clustering import method_names

            if value not in method_names():
                self.fail(f"{value!r} is not one of auto, {', '.join(method_names())}.", param, ctx)
        return str(value)


def share(text: str) -> float:
    """`0.05` or `5%`."""
    try:
        # 5% is .05, not 5 / 100 with another last digit.
        return float(f"{text[:-1]}e-2") if text.endswith("%") else float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no number, such as 0.05 or 5%.") from None


def min_size(text: str) -> int | float | str:
    """`200` as customers, `0.05` or `5%` as a share; `auto`."""
    if text == "auto":
        return text
    try:
        if text.endswith("%"):
            return float(text[:-1]) / 100
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no count, such as 200, no share, such as 5%, and not auto.") from None


def rates(texts: tuple[str, ...]) -> dict[str, float] | None:
    """`EUR=1.08` for each currency; None without any."""
    try:
        return {code: float(value) for code, _, value in (text.partition("=") for text in texts)} or None
    except ValueError:
        raise click.BadParameter(f"{list(texts)} must be of the form EUR=1.08.") from None


def chosen_values(texts: tuple[str, ...]) -> dict[str, list[str]] | None:
    """`stage=Closed Won` for each value that counts, by role; None without any."""
    values: dict[str, list[str]] = {}
    for text in texts:
        role, equals, value = text.partition("=")
        if not (equals and role and value):
            raise click.BadParameter(f"{text!r} must be of the form stage=Won.")
        values.setdefault(role, []).append(value)
    return values or None


def attribute_kinds(texts: tuple[str, ...]) -> dict[str, str] | None:
    """`age=numeric` for each column; None without any. A column may have an equals sign in its name."""
    values: dict[str, str] = {}
    for text in texts:
        column, equals, kind = text.rpartition("=")
        if not (equals and column and kind):
            raise click.BadParameter(f"{text!r} must be of the form age=numeric.")
        values[column] = kind
    return values or None


def names(text: str | None) -> tuple[str, ...]:
    """`age,income` as two columns."""
    return tuple(name.strip() for name in text.split(",") if name.strip()) if text else ()


def weights(texts: tuple[str, ...]) -> dict[str, float] | None:
    """`region=2` for each column; None without any. A column may have an equals sign in its name."""
    values: dict[str, float] = {}
    for text in texts:
        column, _, number = text.rpartition("=")
        weight = positive_number(number)
        if not column or weight is None:
            raise click.BadParameter(f"{text!r} is not a column with a number above 0, such as region=2.")
        if column in values:
            raise click.BadParameter(f"{list(texts)} must name each column once.")
        values[column] = weight
    return values or None


def positive_number(value: str) -> float | None:
    """The number that a text is; None unless it is finite and above 0."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if 0 < number < math.inf else None


def segments_text(numbers: int | range) -> str:
    """The text that `segments` reads."""
    return f"{numbers.start}-{numbers.stop - 1}" if isinstance(numbers, range) else str(numbers)


def segments(text: str) -> int | range:
    """`5` as exactly five, `3-8` as any of 3 to 8."""
    low, dash, high = text.partition("-")
    if not low.isdecimal() or (dash and not high.isdecimal()):
        raise click.BadParameter(f"{text!r} is neither a number, such as 5, nor a range, such as 3-8.")
    if dash and int(high) < int(low):
        raise click.BadParameter(f"the range {text} is empty; write the smaller number first.")
    return range(int(low), int(high) + 1) if dash else int(low)
