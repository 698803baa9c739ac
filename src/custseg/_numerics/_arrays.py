"""Types of arrays that several parts share, and a hash of rows that is the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]
Labels32 = NDArray[np.int32]

_STEP, _FIRST, _SECOND = (np.uint64(value) for value in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def mix(hashes: NDArray[np.uint64], values: Floats) -> NDArray[np.uint64]:
    """The hashes with one more column mixed in, in place (the finalizer of splitmix64).

    -0.0 counts as 0.0, and every NaN as the same one.
    """
    hashes ^= np.where(np.isnan(values), np.nan, values + 0.0).view(np.uint64)
    hashes += _STEP
    hashes ^= hashes >> np.uint64(30)
    hashes *= _FIRST
    hashes ^= hashes >> np.uint64(27)
    hashes *= _SECOND
    hashes ^= hashes >> np.uint64(31)
    return hashes
