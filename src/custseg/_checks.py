"""Words every error about an argument or a column, so that all of them read alike.

The form is: caller, argument, rule, value, remedy.
"""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Rational, Real
from typing import TYPE_CHECKING

from custseg._format import listed, plural, shown
from custseg.errors import DataError

if TYPE_CHECKING:
    from custseg._arrays import Floats

_NUMBER = r"[-+−]?\d[\d.,'’\s]*"
# Shapes have A for each letter: a sign such as $ or €, or a short code such as EUR or R$, beside a number.
_SIGN = r"A{0,3}[$€£¥₽₹₴₸₺₩₪₫฿]"
_CODE = r"A{1,4}\.?"
_SIGNED = re.compile(rf"[-+−(]?\s*(?:{_SIGN}\s*{_NUMBER}|{_CODE}\s*\d[\d.,'’\s]*|{_NUMBER}(?:{_SIGN}|{_CODE}))\)?-?")
_SIGN_OUTSIDE = re.compile(rf"\({_NUMBER}\)|{_NUMBER}[-−]")
# Ranges that end here are fine for any number of customers: what has no room is not tried.
_MODEST = 100


def check_choice(caller: str, argument: str, value: object, *, allowed: Sequence[str]) -> None:
    """Raise unless `value` is one of the words in `allowed`."""
    if not isinstance(value, str):
        raise TypeError(f"{caller}: {argument} must be one of {listed(allowed)}, got {type(value).__name__}.")
    if value not in allowed:
        raise ValueError(
            f"{caller}: {argument} must be one of {listed(allowed)}, got {value!r}.{did_you_mean(value, allowed)}"
        )


def check_columns(caller: str, wanted: Mapping[str, str | None], present: Sequence[str], *, advice: str = "") -> None:
    """Raise one error that names every wanted column (argument -> column) that is not present, or not once.

    `advice` is what the table itself suggests about the missing ones.
    """
    for argument, name in wanted.items():
        if name is not None and not isinstance(name, str):
            raise TypeError(f"{caller}: {argument} must be the name of a column, got {type(name).__name__}.")
    missing = {a: name for a, name in wanted.items() if name is not None and name not in present}
    if missing:
        words = ", ".join(
            f"{shown(name)} ({argument}=){did_you_mean(str(name), present, ' ')}" for argument, name in missing.items()
        )
        raise DataError(
            f"{caller}: the table lacks {'columns' if len(missing) > 1 else 'column'} {words}. {advice}"
            f"Name the right {'columns' if len(missing) > 1 else 'column'}; "
            f"columns are {listed(present)}."
        )
    check_distinct(caller, present, [name for name in wanted.values() if name is not None])


def check_distinct(caller: str, columns: Sequence[str], used: Iterable[str] | None = None) -> None:
    """Raise if several columns have the name of one that is used; all are, where nothing else is said."""
    if len(set(columns)) == len(columns):
        return
    counts = Counter(columns)
    twice = [name for name in dict.fromkeys(columns if used is None else used) if counts[name] > 1]
    if twice:
        places = "; ".join(
            f"{shown(name)} is the name of columns {', '.join(str(i) for i, n in enumerate(columns, 1) if n == name)}"
            for name in twice[:5]
        )
        raise DataError(
            f"{caller}: the table has several columns of the same name: {listed(twice)} ({places}). "
            "Rename them so that each name occurs once, or drop those that are not needed."
        )


def check_no_nul(caller: str, columns: Iterable[str]) -> None:
    """Raise if the name of a column holds the NUL character, which ends a name in most engines and in SQL."""
    if bad := [name for name in columns if "\0" in name]:
        raise DataError(
            f"{caller}: the names of columns must not hold the NUL character, got {listed(bad)}. Rename the columns."
        )


def check_named(caller: str, columns: Sequence[str], *, ids: str | None = None) -> None:
    """Raise if a column that is to be a feature, as all but the ids, has no name."""
    places = [place for place, name in enumerate(columns, start=1) if not name.strip() and name != ids]
    if places:
        raise DataError(
            f"{caller}: {'columns' if len(places) > 1 else 'column'} {', '.join(map(str, places))} of the table "
            f"{'have' if len(places) > 1 else 'has'} no name. Name the column, or leave it out. "
            "(A CSV file that pandas wrote with its index begins with such a column: use to_csv(..., index=False).)"
        )


def check_integer(caller: str, argument: str, value: object, *, minimum: int, maximum: int | None = None) -> int:
    """The value as an int within its bounds, or an error."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{caller}: {argument} must be a whole number, got {type(value).__name__} {value!r}.")
    number = int(value)
    if number < minimum or (maximum is not None and number > maximum):
        bounds = f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        raise ValueError(f"{caller}: {argument} must be {bounds}, got {number}.")
    return number


def check_min_size(caller: str, value: object, rows: int | None = None) -> int:
    """`min_size` as a count of rows: an int is a count, a float below 1 a share (rounded up)."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"{caller}: min_size must be a count (int) or a share (float below 1), "
            f"got {type(value).__name__} {value!r}."
        )
    if isinstance(value, Integral):
        return check_integer(caller, "min_size", int(value), minimum=1)
    share = as_share(value)
    if not 0 < share < 1:
        raise ValueError(
            f"{caller}: min_size as a share must lie between 0 and 1 (both excluded), got {share}. "
            "Give a count as an int, such as min_size=100."
        )
    # 0.07 * 100 is 7.000000000000001 in floating point; seven customers are 7 %.
    return max(1, math.ceil(round(share * (rows or 0), 9)))


def check_finite(caller: str, columns: Mapping[str, Floats]) -> None:
    """Raise DataError if columns hold infinite values, with the number of them in each."""
    import numpy as np

    counts = {name: int(np.isinf(column).sum()) for name, column in columns.items()}
    infinite = ", ".join(f"{name!r} ({plural(count, 'value')})" for name, count in counts.items() if count)
    if infinite:
        raise DataError(f"{caller}: infinite values in {infinite}. Correct or leave out these customers.")


def as_share(value: object) -> float:
    """The share as it was written: a float32 of 0.1 means 0.1, though its bits say 0.10000000149."""
    return float(value) if isinstance(value, Rational) else float(str(value))


def check_number(caller: str, argument: str, value: object, *, minimum: float) -> float:
    """The value as a finite float of at least that, or an error."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{caller}: {argument} must be a number, got {type(value).__name__} {value!r}.")
    number = float(value)
    if not minimum <= number < math.inf:
        raise ValueError(f"{caller}: {argument} must be finite and at least {minimum:g}, got {number:g}.")
    return number


def check_random_state(caller: str, value: object) -> int:
    """The seed as an int of 32 bits: results must be repeatable."""
    return check_integer(caller, "random_state", value, minimum=0, maximum=2**32 - 1)


def check_segment_numbers(caller: str, n_segments: object, *, usual: range) -> range:
    """The numbers of segments to try, rising: one, or those of a range; None stands for the usual ones."""
    if n_segments is None:
        return usual
    if isinstance(n_segments, range):
        rising = n_segments if n_segments.step > 0 else n_segments[::-1]
        if not rising or rising[0] < 1:
            raise ValueError(f"{caller}: n_segments as a range must hold numbers from 1 up, got {n_segments}.")
        return rising
    if isinstance(n_segments, bool) or not isinstance(n_segments, Integral):
        raise TypeError(
            f"{caller}: n_segments must be a whole number, a range such as range(3, 9), or None, "
            f"got {type(n_segments).__name__} {n_segments!r}."
        )
    only = check_integer(caller, "n_segments", n_segments, minimum=1)
    return range(only, only + 1)


def check_room_for(caller: str, n_segments: object, *, customers: int, min_size: int) -> None:
    """Raise where a range goes beyond the number of customers: so many numbers were not meant to be tried."""
    if isinstance(n_segments, range) and n_segments and max(n_segments[0], n_segments[-1]) > max(customers, _MODEST):
        most = max(customers // min_size, 1)
        raise DataError(
            f"{caller}: n_segments={n_segments} goes up to {max(n_segments[0], n_segments[-1]):,} segments of "
            f"{plural(customers, 'customer')}. With min_size there is room for {most}: give a range that ends there, "
            f"such as range({min(3, most)}, {most + 1})."
        )


def did_you_mean(value: str, allowed: Iterable[str], lead: str = " ") -> str:
    """A hint at the closest allowed word, or nothing."""
    # Comparing takes time by the product of the lengths, and nobody misspells a name of 100 letters.
    words = [str(word) for word in allowed if len(str(word)) <= 100]
    plain = value.strip().casefold()
    same = [word for word in words if word.strip().casefold() == plain]
    close = same[:1] or difflib.get_close_matches(value[:100], words, n=1, cutoff=0.7)
    return f"{lead}Did you mean {close[0]!r}?" if close else ""


def number_advice(*shapes: str) -> str:
    """What to do about values that are no plain numbers, by what is seen in their shapes; empty if nothing is."""
    if any(_SIGNED.fullmatch(shape) for shape in shapes):
        return (
            "Currency signs and codes beside numbers are not read, for amounts of two currencies must not be added: "
            "remove them in the file (find and replace), or export plain numbers."
        )
    if any(_SIGN_OUTSIDE.fullmatch(shape) for shape in shapes):
        return (
            "Negative numbers in parentheses or with the sign at the end are not read: "
            "write -12.00 in place of (12.00) or 12.00-."
        )
    return ""


def instance(*shapes: str) -> str:
    """`, for instance one shaped like '99.99'` for the shapes that are known."""
    told = [repr(shape) for shape in shapes if shape]
    return f", for instance one shaped like {' or '.join(told)}" if told else ""
