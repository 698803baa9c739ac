"""Compiles loops over rows, and keeps them for the next process where that is possible.

Compilation is most of the first fit on a machine. It takes a tenth of a second for a plain loop over numbers, and
several times as long where a loop calls NumPy functions, takes slices or assigns whole arrays. So compiled loops
fill arrays that the caller makes, and call nothing but each other.
"""

from __future__ import annotations

from typing import Any

import numba

# Its annotations leave some options out.
_njit: Any = numba.njit
# Division by zero gives inf or nan as in NumPy: checks for it would be compiled into every loop.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def compiled(function: Any) -> Any:
    """The function, compiled when it is first called; kept for the next process where a folder can be written."""
    try:
        return _njit(**_OPTIONS, cache=True)(function)
    except RuntimeError:
        # A read-only installation without a home: numba finds no folder for its cache.
        return _njit(**_OPTIONS)(function)


def compiled_part(function: Any) -> Any:
    """The function as a part of compiled functions of its file; Python cannot call it."""
    return _njit(no_cpython_wrapper=True, **_OPTIONS)(function)
