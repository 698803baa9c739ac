"""The errors that a caller can act on. Wrong argument values and types are plain ValueError and TypeError."""

from __future__ import annotations

from typing import Any

__all__ = ["CustsegError", "DataError", "InfeasibleMinimumError", "MissingDependencyError"]


class CustsegError(Exception):
    """Base of every error that custseg raises about data, limits or its surroundings."""


class DataError(CustsegError, ValueError):
    """The table or file that was given cannot be used as described: mend the data or the description."""


class InfeasibleMinimumError(CustsegError, ValueError):
    """No clustering meets the minimum size: lower it, or ask for fewer clusters.

    Parameters
    ----------
    message : str
        What was asked and what would be possible.
    feasible : int or float
        A feasible minimum size: rows, or an amount (float) where rows have
        weights; 0 where none is known. Each clustering class says how it looks for it.
    """

    def __init__(self, message: str, feasible: float = 0) -> None:
        super().__init__(message)
        # Rows are whole, weights are not; who asked for rows gets an int.
        self.feasible: Any = feasible


class MissingDependencyError(CustsegError, ImportError):
    """An optional part is not installed; the message names the extra that brings it."""
