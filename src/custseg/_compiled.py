"""Compiles loops over rows, and keeps them for the next process where that is possible."""

from __future__ import annotations

from typing import Any

from numba import njit


def compiled(function: Any) -> Any:
    """The function, compiled when it is first called; kept for the next process where a folder can be written."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:
        # A read-only installation without a home: numba finds no folder for its cache.
        return njit(nogil=True)(function)
