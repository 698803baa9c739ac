"""Labels of any origin, brought to one form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg.errors import DataError

_MOST_SEGMENTS = 1_000


@dataclass(frozen=True, eq=False)
class Labels:
    """Who is in which segment.

    Attributes
    ----------
    codes : ndarray of int, shape (n_customers,)
        Position of the segment in `segments`; -1 for customers in none.
    segments : tuple of int or of str
        The labels that occur, in their order.
    """

    codes: NDArray[np.intp]
    segments: tuple[int, ...] | tuple[str, ...]


def read_labels(labels: object, n_customers: int, caller: str) -> Labels:
    """The labels; -1, None and NaN stand for customers in no segment.

    Raises
    ------
    DataError
        If there are not as many as customers, none is in a segment, or they look like ids.
    TypeError
        If they are neither whole numbers nor texts.
    """
    values = _array(labels, caller)
    if values.ndim != 1 or len(values) != n_customers:
        raise DataError(
            f"{caller}: labels must hold one label per customer: there are {n_customers:,} customers, "
            f"and labels of shape {values.shape}. Give them in the order of the rows of the table."
        )
    result = _of_numbers(values, caller) if values.dtype.kind in "iufb" else _of_objects(values, caller)
    if not result.segments:
        raise DataError(f"{caller}: labels put nobody in a segment: all are -1 or missing.")
    if len(result.segments) > _MOST_SEGMENTS:
        raise DataError(
            f"{caller}: labels hold {len(result.segments):,} different segments, at most {_MOST_SEGMENTS:,} can be "
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
    known = values[~missing]
    if values.dtype.kind == "f" and not np.array_equal(known, np.floor(known)):
        raise TypeError(f"{caller}: labels must be whole numbers or texts, got numbers with a fraction.")
    if len(known) and not (float(known.min()) > -(2**62) and float(known.max()) < 2**62):
        raise TypeError(f"{caller}: labels must be whole numbers that fit 62 bits.")
    whole = np.full(len(values), -1, dtype=np.int64)
    whole[~missing] = known.astype(np.int64)
    if (whole < -1).any():
        raise DataError(f"{caller}: labels below -1 mean nothing: -1 is no segment, the others start at 0.")
    segments, codes = np.unique(whole, return_inverse=True)
    none = int(len(segments) > 0 and segments[0] == -1)
    return Labels(codes.astype(np.intp) - none, tuple(segments[none:].tolist()))


def _is_missing(value: object) -> bool:
    """Whether it is None, NaN, or pandas' NA, which is neither true nor false where it is compared."""
    try:
        return value is None or bool(value != value)
    except TypeError:
        return True


def _of_objects(values: NDArray[Any], caller: str) -> Labels:
    """Texts, or whole numbers and None."""
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
    places: dict[str | None, int] = {None: -1}
    places |= {name: place for place, name in enumerate(segments)}
    return Labels(np.array([places[value] for value in plain], dtype=np.intp), tuple(segments))
