"""Segment labels of any origin as codes, with the segments in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Integers
from custseg.errors import DataError

_MAX_SEGMENTS = 1_000


@dataclass(frozen=True, eq=False)
class Labels:
    """The segment of each customer.

    Attributes
    ----------
    codes : ndarray of int, shape (n_customers,)
        Index of the segment in `segments`; -1 for customers in none.
    segments : tuple of int or of str
        The labels that occur, sorted.
    """

    codes: Integers
    segments: tuple[int, ...] | tuple[str, ...]


def read_labels(labels: object, n_customers: int, caller: str, *, allow_text: bool = True) -> Labels:
    """Read labels, whole numbers or text; -1, None and NaN stand for customers in no segment.

    Raises
    ------
    DataError
        If their number is not that of the customers, no customer is in a segment, or they look like ids.
    TypeError
        If they are neither whole numbers nor text.
    """
    values = _array(labels, caller)
    if values.ndim != 1 or len(values) != n_customers:
        raise DataError(
            f"{caller}: labels must hold one label per customer: there are {n_customers:,} customers, "
            f"and labels of shape {values.shape}. Give them in the order of the rows of the table."
        )
    result = _of_numbers(values, caller) if values.dtype.kind in "iufb" else _of_objects(values, caller)
    if not allow_text and result.segments and isinstance(result.segments[0], str):
        raise TypeError(f"{caller}: labels must be whole numbers, got text.")
    if not result.segments:
        raise DataError(f"{caller}: no customer is in a segment: all labels are -1 or missing.")
    if len(result.segments) > _MAX_SEGMENTS:
        raise DataError(
            f"{caller}: labels hold {len(result.segments):,} different segments, at most {_MAX_SEGMENTS:,} can be "
            "profiled. Give the segment of each customer, not the customer's id."
        )
    return result


def _array(labels: object, caller: str) -> NDArray[Any]:
    if isinstance(labels, (str, bytes, dict, set)):
        raise TypeError(f"{caller}: labels must be a column of labels, got {type(labels).__name__}.")
    series = nw.from_native(labels, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        numeric = series.dtype.is_numeric() and series.null_count() == 0
        return series.to_numpy() if numeric else np.array([*series.to_list(), None], dtype=object)[:-1]
    try:
        array = np.asarray(labels)
    except ValueError:
        array = np.asarray(labels, dtype=object)
    return array if array.dtype.kind in "iufb" else np.asarray(labels, dtype=object)


def _of_numbers(values: NDArray[Any], caller: str) -> Labels:
    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    present = values[~missing]
    if values.dtype.kind == "f" and not np.array_equal(present, np.floor(present)):
        raise TypeError(f"{caller}: labels must be whole numbers or texts, got numbers with a fraction.")
    if len(present) and not (float(present.min()) > -(2**62) and float(present.max()) < 2**62):
        raise TypeError(f"{caller}: labels must be whole numbers that fit 62 bits.")
    numbers = np.full(len(values), -1, dtype=np.int64)
    numbers[~missing] = present.astype(np.int64)
    if (numbers < -1).any():
        raise DataError(f"{caller}: labels must be -1 (no segment) or at least 0, got {int(numbers.min())}.")
    segments, codes = np.unique(numbers, return_inverse=True)
    none = int(len(segments) > 0 and segments[0] == -1)
    return Labels(codes.astype(np.intp) - none, tuple(segments[none:].tolist()))


def _is_missing(value: object) -> bool:
    """Whether the value is None, NaN or pandas' NA, whose comparison is neither true nor false."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True


def _of_objects(values: NDArray[Any], caller: str) -> Labels:
    """Labels that are text, or whole numbers and None."""
    plain = [None if _is_missing(value) else value for value in values.tolist()]
    texts = sum(isinstance(value, str) for value in plain)
    if texts == 0:
        numbers = [-1 if value is None else value for value in plain]
        if not all(isinstance(value, (int, float, np.integer, np.floating)) for value in numbers):
            odd = next(v for v in numbers if not isinstance(v, (int, float, np.integer, np.floating)))
            raise TypeError(f"{caller}: labels must be whole numbers or texts, got {type(odd).__name__}.")
        return _of_numbers(np.array(numbers), caller)
    if texts + plain.count(None) < len(plain):
        raise TypeError(f"{caller}: labels must be all whole numbers or all texts, got both.")
    segments: list[str] = sorted({value for value in plain if value is not None})
    indexes: dict[str | None, int] = {None: -1}
    indexes |= {name: index for index, name in enumerate(segments)}
    return Labels(np.array([indexes[value] for value in plain], dtype=np.intp), tuple(segments))


def check_new_names(names: object, present: Mapping[int | str, str], *, reserved: Sequence[str]) -> None:
    """Raise unless the new names by segment leave every segment a name of its own, on one line."""
    if not isinstance(names, Mapping):
        raise TypeError(f"rename: names must map segments to names, as in {{0: 'Fans'}}, got {type(names).__name__}.")
    if unknown := [segment for segment in names if isinstance(segment, bool) or segment not in present]:
        raise ValueError(f"rename: segments {unknown} do not exist; there are {list(present)}.")
    for segment, name in names.items():
        if not isinstance(name, str):
            raise TypeError(f"rename: the name of segment {segment} must be text, got {type(name).__name__}.")
    all_names = [*(names.get(segment, name) for segment, name in present.items()), *reserved]
    if any(not name.strip() for name in all_names) or len(set(all_names)) < len(all_names):
        raise ValueError(f"rename: names must differ and none may be empty, got {all_names}.")
    if broken := [name for name in names.values() if name.splitlines() != [name]]:
        raise ValueError(f"rename: names must be on one line, got {broken}. Put a space for the line break.")
