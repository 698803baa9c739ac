"""Checks of arguments and columns; their errors have one form: caller, argument, rule, value, remedy."""

from __future__ import annotations

import difflib
import importlib
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Rational, Real
from os import PathLike, fsdecode
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from custseg.errors import DataError, MissingDependencyError
from custseg.texts import listed, plural, shown

if TYPE_CHECKING:
    from custseg._numerics import Floats

_Value = TypeVar("_Value")
_NUMBER = r"[-+−]?\d[\d.,'’\s]*"
# Shapes have A for each letter: a sign such as $ or €, or a short code such as EUR or R$, beside a number.
_SIGN = r"A{0,3}[$€£¥₽₹₴₸₺₩₪₫฿]"
_CODE = r"A{1,4}\.?"
_SIGNED = re.compile(rf"[-+−(]?\s*(?:{_SIGN}\s*{_NUMBER}|{_CODE}\s*\d[\d.,'’\s]*|{_NUMBER}(?:{_SIGN}|{_CODE}))\)?-?")
_SIGN_OUTSIDE = re.compile(rf"\({_NUMBER}\)|{_NUMBER}[-−]")
_EXTRAS = {
    "pandas": "pandas",
    "pyarrow": "pandas",
    "duckdb": "duckdb",
    "fastexcel": "excel",
    "sqlglot": "sql",
    "tableauhyperapi": "tableau",
    "phonenumbers": "phone",
    "pyspark": "spark",
}
# Ranges up to this number are accepted for any number of customers: numbers that are too large are not tried.
_MODEST = 100


class MissingColumns(DataError):
    """A table lacks columns.

    Parameters
    ----------
    message : str
        Which ones, and those that it has.
    columns : mapping of str to str
        The missing ones, by argument.
    present : sequence of str
        The columns of the table.
    """

    def __init__(self, message: str, columns: Mapping[str, str], present: Sequence[str]) -> None:
        super().__init__(message)
        self.columns, self.present = columns, present


def all_of(makers: Iterable[Callable[[], _Value]]) -> list[_Value]:
    """The results of the functions; what several tables lack is one error, with a line for each of them."""
    values, errors = [], []
    for make in makers:
        try:
            values.append(make())
        except MissingColumns as error:
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise DataError("\n".join(map(str, errors))) from errors[0]
    return values


def check_choice(caller: str, argument: str, value: object, *, allowed: Sequence[str]) -> None:
    """Raise unless `value` is one of the words in `allowed`."""
    if not isinstance(value, str):
        raise TypeError(f"{caller}: {argument} must be one of {listed(allowed)}, got {type(value).__name__}.")
    if value not in allowed:
        raise ValueError(
            f"{caller}: {argument} must be one of {listed(allowed)}, got {value!r}.{did_you_mean(value, allowed)}"
        )


def check_columns(caller: str, names: Mapping[str, str | None], present: Sequence[str], *, advice: str = "") -> None:
    """Raise one error that names every column (argument -> column) that is not present exactly once.

    `advice` is a hint from the table itself about the missing columns.
    """
    for argument, name in names.items():
        if name is not None and not isinstance(name, str):
            raise TypeError(f"{caller}: {argument} must be the name of a column, got {type(name).__name__}.")
    missing = {a: name for a, name in names.items() if name is not None and name not in present}
    if missing:
        words = ", ".join(
            f"{shown(name)} ({argument}=){did_you_mean(str(name), present, ' ')}" for argument, name in missing.items()
        )
        raise MissingColumns(
            f"{caller}: the table lacks {'columns' if len(missing) > 1 else 'column'} {ended(words)} {advice}"
            f"Name the right {'columns' if len(missing) > 1 else 'column'}; "
            f"columns are {listed(present)}.",
            missing,
            present,
        )
    check_distinct(caller, present, [name for name in names.values() if name is not None])


def check_distinct(caller: str, columns: Sequence[str], used: Iterable[str] | None = None) -> None:
    """Raise if several columns have the name of one that is used, by default of any."""
    if len(set(columns)) == len(columns):
        return
    counts = Counter(columns)
    twice = [name for name in dict.fromkeys(columns if used is None else used) if counts[name] > 1]
    if twice:
        positions = "; ".join(
            f"{shown(name)} is the name of columns {', '.join(str(i) for i, n in enumerate(columns, 1) if n == name)}"
            for name in twice[:5]
        )
        raise DataError(
            f"{caller}: the table has several columns of the same name: {listed(twice)} ({positions}). "
            "Rename them so that each name occurs once, or drop those that are not needed."
        )


def check_no_nul(caller: str, columns: Iterable[str]) -> None:
    """Raise if a column name contains the NUL character, which ends a name in most engines and in SQL."""
    if bad := [name for name in columns if "\0" in name]:
        raise DataError(
            f"{caller}: column names must not contain the NUL character, got {listed(bad)}. Rename the columns."
        )


def check_named(caller: str, columns: Sequence[str], *, ids: str | None = None) -> None:
    """Raise if a column other than the ids, and hence a feature, has no name."""
    positions = [position for position, name in enumerate(columns, start=1) if not name.strip() and name != ids]
    if positions:
        raise DataError(
            f"{caller}: {'columns' if len(positions) > 1 else 'column'} {', '.join(map(str, positions))} of the table "
            f"{'have' if len(positions) > 1 else 'has'} no name. Name the column, or leave it out. "
            "(A CSV file that pandas wrote with its index begins with such a column: use to_csv(..., index=False).)"
        )


def check_integer(caller: str, argument: str, value: object, *, minimum: int, maximum: int | None = None) -> int:
    """Return the value as an int within its bounds, or raise."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{caller}: {argument} must be a whole number, got {type(value).__name__} {value!r}.")
    number = int(value)
    if number < minimum or (maximum is not None and number > maximum):
        bounds = f"at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        raise ValueError(f"{caller}: {argument} must be {bounds}, got {number}.")
    return number


def check_preferred(caller: str, prefer: object) -> tuple[int, ...]:
    """The preferred numbers of clusters, each once, in ascending order."""
    numbers = [prefer] if isinstance(prefer, Integral) else prefer
    if isinstance(numbers, str | bytes) or not isinstance(numbers, Iterable):
        raise TypeError(
            f"{caller}: prefer must be whole numbers such as range(5, 8), got {type(prefer).__name__} {prefer!r}."
        )
    checked = {check_integer(caller, "prefer", number, minimum=1) for number in numbers}
    if not checked:
        raise ValueError(f"{caller}: prefer must name one number or more, such as range(5, 8), got none.")
    return tuple(sorted(checked))


def check_previous(caller: str, previous: object, *, kinds: str) -> int | None:
    """The number of clusters of an earlier result; `kinds` are the results that are accepted, in words."""
    if previous is None:
        return None
    if isinstance(previous, bool) or not isinstance(previous, Integral):
        raise TypeError(f"{caller}: previous must be {kinds}, got {type(previous).__name__}.")
    return check_integer(caller, "previous", previous, minimum=1)


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
    """The share as it was written: a float32 of 0.1 means 0.1, although its value is 0.10000000149."""
    return float(value) if isinstance(value, Rational) else float(str(value))


def check_number(caller: str, argument: str, value: object, *, minimum: float) -> float:
    """Return the value as a finite float of at least the minimum, or raise."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{caller}: {argument} must be a number, got {type(value).__name__} {value!r}.")
    number = float(value)
    if not minimum <= number < math.inf:
        raise ValueError(f"{caller}: {argument} must be finite and at least {minimum:g}, got {number:g}.")
    return number


def check_timezone(caller: str, value: object) -> str:
    """Return the name of a time zone that exists, or raise."""
    if not isinstance(value, str):
        raise TypeError(f"{caller}: timezone must be a name, got {type(value).__name__}.")
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{caller}: timezone must be a name such as 'UTC' or 'Europe/Berlin', got {value!r}."
        ) from None
    return value


def check_random_state(caller: str, value: object) -> int:
    """The seed as an int of 32 bits: results must be repeatable."""
    return check_integer(caller, "random_state", value, minimum=0, maximum=2**32 - 1)


def check_segment_numbers(caller: str, n_segments: object, *, usual: range) -> range:
    """The numbers of segments to try, ascending: one, or those of a range; None stands for the usual ones."""
    if n_segments is None:
        return usual
    if isinstance(n_segments, range):
        rising = n_segments if n_segments.step > 0 else n_segments[::-1]
        if not rising or rising[0] < 1:
            raise ValueError(f"{caller}: n_segments as a range must contain numbers from 1 up, got {n_segments}.")
        return rising
    if isinstance(n_segments, bool) or not isinstance(n_segments, Integral):
        raise TypeError(
            f"{caller}: n_segments must be a whole number, a range such as range(3, 9), or None, "
            f"got {type(n_segments).__name__} {n_segments!r}."
        )
    only = check_integer(caller, "n_segments", n_segments, minimum=1)
    return range(only, only + 1)


def check_room_for(caller: str, n_segments: object, *, customers: int, min_size: int) -> None:
    """Raise if a range exceeds the number of customers, which is unlikely to be intended."""
    if isinstance(n_segments, range) and n_segments and max(n_segments[0], n_segments[-1]) > max(customers, _MODEST):
        n_possible = max(customers // min_size, 1)
        raise DataError(
            f"{caller}: n_segments={n_segments} goes up to {max(n_segments[0], n_segments[-1]):,} segments of "
            f"{plural(customers, 'customer')}. With min_size there is room for {n_possible}: give a range that ends "
            f"there, such as range({min(3, n_possible)}, {n_possible + 1})."
        )


def did_you_mean(value: str, allowed: Iterable[str], lead: str = " ") -> str:
    """A hint with the closest allowed word, or an empty text."""
    # The comparison takes time proportional to the product of the lengths; longer names are not compared.
    words = [str(word) for word in allowed if len(str(word)) <= 100]
    plain = value.strip().casefold()
    equal = [word for word in words if word.strip().casefold() == plain]
    close = equal[:1] or difflib.get_close_matches(value[:100], words, n=1, cutoff=0.7)
    return f"{lead}Did you mean {close[0]!r}?" if close else ""


def ended(sentence: str) -> str:
    """The sentence with a full stop, unless it ends in a question mark."""
    return sentence if sentence.endswith("?") else f"{sentence}."


def read_definitions(source: object, argument: str, caller: str) -> dict[str, Any]:
    """The entries of a mapping or of a TOML file by key, or an error that names the argument."""
    if isinstance(source, Mapping):
        return {str(key): entry for key, entry in source.items()}
    if not isinstance(source, (str, PathLike)):
        raise TypeError(
            f"{caller}: {argument} must be the path of a TOML file or a mapping, got {type(source).__name__}."
        )
    path = fsdecode(source)
    try:
        # Editors on Windows write a byte order mark before UTF-8.
        return tomllib.loads(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise DataError(f"{caller}: {argument} {path!r} could not be read: {error.strerror}.") from error
    except ValueError as error:
        raise DataError(f"{caller}: {argument} {path!r} is not TOML in UTF-8: {error}") from error


def optional_module(name: str, purpose: str) -> ModuleType:
    """The module `name`, or an error that names the extra of custseg to install."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        extra = _EXTRAS[name.partition(".")[0]]
        raise MissingDependencyError(
            f"{purpose} needs the package {name!r}, which is not installed. "
            f"Install it with: pip install 'custseg[{extra}]'."
        ) from error


def number_advice(*shapes: str) -> str:
    """The remedy for values that are not plain numbers, by their shapes; empty if there is none."""
    if any(_SIGNED.fullmatch(shape) for shape in shapes):
        return (
            "Currency signs and codes beside numbers are not supported, because amounts of two currencies must not be "
            "added: remove them in the file (find and replace), or export plain numbers."
        )
    if any(_SIGN_OUTSIDE.fullmatch(shape) for shape in shapes):
        return (
            "Negative numbers in parentheses or with the sign at the end are not supported: "
            "write -12.00 instead of (12.00) or 12.00-."
        )
    return ""


def instance(*shapes: str) -> str:
    """A phrase such as `, for instance one shaped like '99.99'`; empty without shapes."""
    examples = [repr(shape) for shape in shapes if shape]
    return f", for instance one shaped like {' or '.join(examples)}" if examples else ""
