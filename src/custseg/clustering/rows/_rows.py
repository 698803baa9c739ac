"""Input matrices: checks, and their distinct rows in an order that depends on the values alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data

from custseg._numerics import Floats, Integers, mix
from custseg.clustering.rows._blocks import over_blocks

LARGEST = 1e100
SMALLEST_SPREAD = 1e-100
# The quartiles of a random sample of this size are within 1 % of a normal column's.
_QUARTILE_ROWS = 65_536


@dataclass(frozen=True, eq=False)
class DistinctRows:
    """The distinct rows of a matrix in the order of their hashes; duplicate rows are one row with a weight.

    Attributes
    ----------
    values : ndarray of shape (n_distinct, n_columns)
        Each row once.
    weights : ndarray of shape (n_distinct,)
        Number of duplicates of each, or their total weight.
    inverse : ndarray of shape (n_rows,)
        Index in `values` of each row of the matrix.
    """

    values: Floats
    weights: Floats
    inverse: Integers

    @cached_property
    def scales(self) -> Floats:
        """Variance of each column, at most ten squared interquartile ranges of its distinct rows; 0 where constant.

        A normal column has 0.55 of such a range: the limit sets in where a few far rows are nearly all the variance.
        """
        total = float(self.weights.sum())
        scales = np.empty(self.values.shape[1])
        quarters = np.quantile(self.values[:_QUARTILE_ROWS], [0.25, 0.75], axis=0)
        for c, column in enumerate(self.values.T):
            mean = float((self.weights * column).sum()) / total
            variance = float((self.weights * (column - mean) ** 2).sum()) / total
            low, high = quarters[:, c]
            # Some columns are the same for most rows; and what is too small would let squares overflow.
            limit = max(10 * float(high - low) ** 2, 1e-30 * variance) if high > low else variance
            scales[c] = min(variance, limit) if column.min() < column.max() else 0.0
        return scales

    def first(self, count: int) -> DistinctRows:
        """The first rows: by the order of the hashes a random sample, the same for any order of the matrix."""
        return DistinctRows(self.values[:count], self.weights[:count], np.arange(count))


def checked_rows(estimator: Any, X: object, *, reset: bool) -> Floats:
    """The matrix as finite float64 of a magnitude whose squares are finite; an error otherwise."""
    # float32 becomes float64 exactly, so both give the same clusters.
    rows: Floats = validate_data(estimator, X, dtype=np.float64, order="C", reset=reset)
    _check_magnitude(type(estimator).__name__, rows, check_spread=reset)
    return rows


def checked_matrix(caller: str, X: object, *, min_rows: int = 2) -> Floats:
    """The same for functions that are no estimators, of at least `min_rows` rows, one or two."""
    matrix = np.asarray(X)
    if matrix.dtype.kind not in "biuf":
        raise TypeError(f"{caller}: X must be a matrix of numbers, got {type(X).__name__} of {matrix.dtype}.")
    if matrix.ndim != 2 or len(matrix) < min_rows or matrix.shape[1] < 1:
        shape = "at least two rows and a column" if min_rows > 1 else "rows and columns"
        raise ValueError(f"{caller}: X must have {shape}, got shape {matrix.shape}.")
    rows: Floats = np.ascontiguousarray(matrix, dtype=np.float64)
    _check_magnitude(caller, rows, check_spread=True)
    return rows


def _check_magnitude(caller: str, rows: Floats, *, check_spread: bool) -> None:
    """Raise unless values are finite and squared distances neither overflow nor, on request, vanish."""
    # By columns takes four times as long, and only their spread needs it.
    axis = 0 if check_spread else None
    ranges = over_blocks(len(rows), lambda block: (rows[block].min(axis=axis), rows[block].max(axis=axis)))
    low, high = (reduce([bounds[i] for bounds in ranges], axis=0) for i, reduce in enumerate((np.min, np.max)))
    largest, spread = float(max(high.max(), -low.min())), float((high - low).max())
    if not np.isfinite(largest):
        raise ValueError(f"{caller}: X must be finite, and holds NaN or infinity. Fill or leave out those rows.")
    if largest > LARGEST:
        raise ValueError(
            f"{caller}: X must hold values up to {LARGEST:g}, got {largest:g}: "
            "squared distances would overflow. Rescale the columns."
        )
    if check_spread and 0 < spread < SMALLEST_SPREAD:
        raise ValueError(
            f"{caller}: the columns of X must spread over at least {SMALLEST_SPREAD:g}, got {spread:g}: "
            "squared distances would vanish. Rescale the columns."
        )


def checked_weights(estimator: Any, sample_weight: object, n_rows: int) -> Floats | None:
    """The weights as float64, not negative and not all zero."""
    if sample_weight is None:
        return None
    name = type(estimator).__name__
    array = np.asarray(sample_weight)
    try:
        # Text is refused, even where NumPy could parse a number from it.
        weights = np.asarray(array, dtype=np.float64 if array.dtype.kind in "biufO" else None) + 0.0
    except (TypeError, ValueError):
        kind = type(next(iter(array.flat), None)).__name__
        raise TypeError(f"{name}: sample_weight must be numbers, got {kind}. Cast it first.") from None
    if weights.ndim == 0:
        weights = np.full(n_rows, float(weights))
    if weights.ndim > 1:
        raise ValueError(f"{name}: Sample weights must be 1D array or scalar, got {weights.ndim} dimensions.")
    if weights.shape != (n_rows,):
        raise ValueError(f"{name}: sample_weight must have one weight per row, got {len(weights)} for {n_rows} rows.")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(f"{name}: sample_weight must be finite and not negative.")
    if not 0 < weights.max() <= LARGEST:
        raise ValueError(f"{name}: sample_weight must not be all zero, nor above {LARGEST:g}.")
    return weights


def distinct_rows(X: Floats, weights: Floats | None = None) -> DistinctRows:
    """Each row once, ordered by a 64-bit hash of its values; -0.0 is 0.0.

    Rows of different values with one hash (expected once in 10⁷ matrices of a million rows) are
    recognized, and such a matrix is ordered by its values.
    """
    hashes = row_hashes(X)
    keys = (hashes,) if weights is None else (weights, hashes)
    order = np.argsort(hashes) if weights is None else np.lexsort(keys)
    ordered = X[order]
    ordered += 0.0
    same_hash = hashes[order][1:] == hashes[order][:-1]
    is_duplicate = np.zeros(len(X), dtype=bool)
    pairs = np.flatnonzero(same_hash)
    is_duplicate[pairs + 1] = (ordered[pairs] == ordered[pairs + 1]).all(axis=1)
    if is_duplicate.sum() < same_hash.sum():
        order = np.lexsort((*([] if weights is None else [weights]), *(X + 0.0).T))
        ordered = X[order] + 0.0
        is_duplicate[1:] = (ordered[1:] == ordered[:-1]).all(axis=1)
    inverse = np.empty(len(X), dtype=np.intp)
    inverse[order] = np.cumsum(~is_duplicate) - 1
    values = ordered if not is_duplicate.any() else ordered[~is_duplicate]
    if weights is None:
        totals = np.diff(np.append(np.flatnonzero(~is_duplicate), len(X))).astype(np.float64)
    else:
        totals = np.add.reduceat(weights[order], np.flatnonzero(~is_duplicate))
    return DistinctRows(values, totals, inverse)


def row_hashes(values: Floats) -> NDArray[np.uint64]:
    """A 64-bit hash of the bits of each row."""
    hashes = np.zeros(len(values), dtype=np.uint64)
    for column in range(values.shape[1]):
        mix(hashes, values[:, column])
    return hashes
