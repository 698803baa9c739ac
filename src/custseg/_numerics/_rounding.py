"""Numbers as far as every machine agrees on them.

The last digits of a sum, a logarithm or an optimum depend on the instructions that a processor has. What is decided by
the exact value of a feature, such as which customers a half of them has, would differ from machine to machine.
"""

from __future__ import annotations

import numpy as np

from custseg._numerics._arrays import Floats

# Powers of ten are exact up to here, so that multiplying and dividing by them is the same everywhere.
_LARGEST_POWER = 22
_POWERS = np.array([float(10**exponent) for exponent in range(_LARGEST_POWER + 1)])


def six_digits(values: Floats | float) -> Floats:
    """The numbers rounded to six significant digits.

    Parameters
    ----------
    values : float or array of float, of any shape
        Missing and infinite values stay as they are; so do numbers beyond 1e±17, which no feature of customers has.

    Returns
    -------
    ndarray of the same shape

    Examples
    --------
    >>> six_digits([0.12345678, 1234567.8, -0.0]).tolist()
    [0.123457, 1234570.0, -0.0]
    """
    array = np.asarray(values, dtype=np.float64)
    size = np.abs(array)
    is_plain = (size > 1e-16) & (size < 1e17)
    shift = 5 - np.floor(np.log10(np.where(is_plain, size, 1.0))).astype(np.intp)
    up, down = _POWERS[np.clip(shift, 0, _LARGEST_POWER)], _POWERS[np.clip(-shift, 0, _LARGEST_POWER)]
    rounded: Floats = np.where(is_plain, np.round(array * up / down) * down / up, array)
    return rounded
