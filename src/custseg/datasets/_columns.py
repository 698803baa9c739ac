"""A table while a shop is being made: plain NumPy columns of one length, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]


def select_rows(table: Columns, rows: NDArray[Any]) -> Columns:
    """The given rows (positions or a mask) of every column."""
    return {name: column[rows] for name, column in table.items()}


def stacked(*tables: Columns) -> Columns:
    """The tables below each other; all have the columns of the first."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def position_in_group(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2, … within each of the consecutive groups of these sizes."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def sampled(rng: np.random.Generator, table: Columns, share: float) -> Columns:
    """A random share of the rows, in their order."""
    return select_rows(table, rng.random(height(table)) < share)


def height(table: Columns) -> int:
    """The number of rows."""
    return len(next(iter(table.values())))


def blanked(values: NDArray[Any], empty: NDArray[np.bool_]) -> NDArray[np.object_]:
    """The values as an object array, None where they are empty."""
    filled = values.astype(object)
    filled[empty] = None
    return filled


def words(codes: NDArray[Any], names: Sequence[object]) -> NDArray[Any]:
    """The name of each code, as an object array; a name may be None."""
    return np.array(names, dtype=object).take(codes, mode="wrap")
