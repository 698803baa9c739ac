"""`circular`: hours, weekdays and months as two columns, in which the last value is next to the first."""

from __future__ import annotations

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from custseg._numerics import Floats
from custseg.errors import DataError

_CALLER = "circular"


def circular(values: ArrayLike, period: float) -> tuple[Floats, Floats]:
    """Sine and cosine of values that begin again after a period, such as hours of the day.

    As numbers, 23 and 0 o'clock are as far apart as two hours can be. As points on a circle they are neighbors:
    sin(2π · value / period) and cos(2π · value / period). Cluster on both columns instead of the one.

    Parameters
    ----------
    values : array-like of shape (n_customers,)
        Numbers, in the unit of `period`; NaN or None where a value is missing.
    period : float
        After how much the values begin again: 24 for hours of the day, 7 for days of the week, 12 for months. It does
        not matter whether they count from 0 or from 1.

    Returns
    -------
    sine : ndarray of shape (n_customers,)
        Floats from -1 to 1.
    cosine : ndarray of shape (n_customers,)
        The same. Both are NaN where the value is missing. The distance of two customers grows with the shorter way
        between them: it is 0 for equal values and 2 for values half a period apart.

    Raises
    ------
    DataError
        If the values are not numbers in one dimension, or infinite.
    TypeError, ValueError
        If `period` is not a number, or not positive and finite.

    Notes
    -----
    The mean of several hours of one customer has the same fault: the mean of 23 and 1 is 12. Take the means of their
    sines and cosines instead, which are also near 0 for a customer without a usual hour.

    Examples
    --------
    >>> from custseg.features import circular
    >>> sine, cosine = circular([0, 6, 23], period=24)
    >>> sine.round(2).tolist(), cosine.round(2).tolist()
    ([0.0, 1.0, -0.26], [1.0, 0.0, 0.97])
    """
    _check_period(period)
    try:
        column = np.asarray(values)
        if column.dtype.kind not in "iufO" or (column.dtype.kind == "O" and _has_text(column)):
            raise TypeError
        numbers = column.astype(np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"{_CALLER}: values must be numbers, and NaN or None where one is missing. Convert text and times to "
            "numbers, such as 13.5 for 13:30."
        ) from None
    if numbers.ndim != 1:
        raise DataError(f"{_CALLER}: values must have one dimension, got shape {numbers.shape}. Give one column.")
    if np.isinf(numbers).any():
        raise DataError(f"{_CALLER}: values must be finite, got infinite ones. Give NaN where a value is missing.")
    # Reduced first: the sine of a large multiple of 2π is not exact.
    angles = 2 * np.pi * (np.mod(numbers, period) / period)
    return np.sin(angles), np.cos(angles)


def _check_period(period: object) -> None:
    if isinstance(period, bool) or not isinstance(period, Real):
        raise TypeError(f"{_CALLER}: period must be a number such as 24 (hours), got {type(period).__name__}.")
    if not 0 < float(period) < float("inf"):
        raise ValueError(f"{_CALLER}: period must be positive and finite, such as 24 (hours), got {period}.")


def _has_text(column: np.ndarray[tuple[int, ...], np.dtype[np.object_]]) -> bool:
    return any(isinstance(value, (str, bytes, bool)) for value in column.ravel().tolist())
