"""Exceptions that callers can handle. Wrong values and types of arguments raise plain ValueError and TypeError."""

from __future__ import annotations

from typing import Any

__all__ = ["CustsegError", "DataError", "InfeasibleMinimumError", "MissingDependencyError", "TooFewCustomersError"]


class CustsegError(Exception):
    """Base class of the errors that custseg raises about data, limits and the environment."""


class DataError(CustsegError, ValueError):
    """A table or file cannot be used as described: correct the data or the description."""


class TooFewCustomersError(DataError):
    """There are too few customers for what was asked to be told from chance."""


class InfeasibleMinimumError(CustsegError, ValueError):
    """No clustering meets the minimum size: lower it, or request fewer clusters.

    Parameters
    ----------
    message : str
        What was requested and what is possible.
    feasible : int or float
        A minimum size that is possible: a number of rows, or an amount (float) if rows have weights; 0 if none is
        known.
    """

    def __init__(self, message: str, feasible: float = 0) -> None:
        super().__init__(message)
        # An int for rows, a float for weights.
        self.feasible: Any = feasible


class MissingDependencyError(CustsegError, ImportError):
    """An optional package is not installed; the message names the extra to install."""
