"""Words every error about an argument or a column, so that all of them read alike.

The form is: caller, argument, rule, value, remedy.
"""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Rational, Real

from custseg.errors import DataError

# Ranges that end here are fine for any number of customers: what has no room is not tried.
_MODEST = 100


def listed(values: Iterable[object], limit: int = 20) -> str:
    """The values as a short list for a message."""
    shown = [repr(value) for value in values]
    more = f", … {len(shown) - limit} more" if len(shown) > limit else ""
    return "[" + ", ".join(shown[:limit]) + more + "]"


def check_choice(caller: str, argument: str, value: object, *, allowed: Sequence[str]) -> None:
    """Raise unless `value` is one of the words in `allowed`."""
    if not isinstance(value, str):
        raise TypeError(f"{caller}: {argument} must be one of {listed(allowed)}, got {type(value).__name__}.")
    if value not in allowed:
        raise ValueError(
            f"{caller}: {argument} must be one of {listed(allowed)}, got {value!r}.{did_you_mean(value, allowed)}"
        )


def check_columns(caller: str, wanted: Mapping[str, str | None], present: Sequence[str]) -> None:
    """Raise one error that names every wanted column (argument -> column) that is not present."""
    for argument, name in wanted.items():
        if name is not None and not isinstance(name, str):
            raise TypeError(f"{caller}: {argument} must be the name of a column, got {type(name).__name__}.")
    missing = {a: name for a, name in wanted.items() if name is not None and name not in present}
    if missing:
        words = ", ".join(
            f"{name!r} ({argument}=){did_you_mean(str(name), present, ' ')}" for argument, name in missing.items()
        )
        raise DataError(
            f"{caller}: the table lacks {'columns' if len(missing) > 1 else 'column'} {words}. "
            f"Name the right {'columns' if len(missing) > 1 else 'column'}; "
            f"columns are {listed(present)}."
        )


def check_distinct(caller: str, columns: Sequence[str]) -> None:
    """Raise if several columns have the same name."""
    if len(set(columns)) < len(columns):
        twice = sorted(name for name, count in Counter(columns).items() if count > 1)
        raise DataError(f"{caller}: the table has several columns of the same name: {listed(twice)}.")


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
    close = difflib.get_close_matches(value, [str(word) for word in allowed], n=1, cutoff=0.7)
    return f"{lead}Did you mean {close[0]!r}?" if close else ""


def not_yet(caller: str, argument: str, works: str) -> NotImplementedError:
    """The error for an argument that this version does not carry out yet."""
    return NotImplementedError(f"{caller}: {argument} is not available yet. {works}")


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """`1 customer`, `2 customers`, with thousands separated."""
    return f"{count:,} {noun if count == 1 else (nouns or noun + 's')}"


def instance(*shapes: str) -> str:
    """`, for instance one shaped like '99.99'` for the shapes that are known."""
    told = [repr(shape) for shape in shapes if shape]
    return f", for instance one shaped like {' or '.join(told)}" if told else ""
