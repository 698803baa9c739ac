"""`fit_segments`, `compare_methods` and `select_clustering` give one answer for one table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from custseg import DataError, InfeasibleMinimumError, fit_segments
from custseg.clustering import method_names, select_clustering
from custseg.feature_table import given_features
from custseg.insights import compare_methods
from custseg.matrix import customer_matrix, requested_clusters

SHAPES: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "blobs": lambda rng: np.repeat([[0.0, 0], [9, 0], [0, 9]], 30, axis=0) + rng.normal(size=(90, 2)),
    "cloud": lambda rng: rng.normal(size=(90, 2)),
    "heavy": lambda rng: np.c_[6 * np.repeat([0, 1, 2], 40) + rng.normal(size=120), rng.standard_t(2, 120)],
    "skewed": lambda rng: rng.lognormal(size=(90, 2)),
    "counts": lambda rng: np.c_[rng.poisson(2, 90), rng.geometric(0.3, 90)].astype(float),
    "close": lambda rng: np.repeat([[0.0, 0], [3, 0]], 45, axis=0) + rng.normal(size=(90, 2)),
    "long": lambda rng: np.c_[rng.uniform(0, 30, 90), rng.normal(size=90)],
}
REQUESTS = (None, 4, range(2, 5))


def answer(function: Callable[[], np.ndarray]) -> list[int] | None:
    """Labels, or None where there is no clustering."""
    try:
        return function().tolist()
    except (DataError, InfeasibleMinimumError):
        return None


FEW = ("cloud",)
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in SHAPES if name not in FEW]


@pytest.mark.slow
@pytest.mark.parametrize("shape", [*FEW, *SLOW])
@pytest.mark.parametrize("method", method_names(auto=True))
def test_three_functions_agree(shape: str, method: str) -> None:
    X = SHAPES[shape](np.random.default_rng(1))
    table = pl.DataFrame({"id": range(len(X)), "x": X[:, 0], "y": X[:, 1]})
    for request in REQUESTS:
        fitted = answer(lambda n=request: fit_segments(features=table, method=method, n_segments=n).labels)
        (row,) = compare_methods(table, [method], n_segments=request).rows
        compared = row.labels.tolist() if row.n_clusters else None
        matrix = customer_matrix(given_features(table, None, "test"), ["x", "y"], min_size=0.05, caller="test").rows
        selected = answer(lambda n=request, rows=matrix: labels_of(rows, method, n))
        assert fitted == compared == selected, f"n_segments={request}"


def labels_of(rows: np.ndarray, method: str, n_segments: int | range | None) -> np.ndarray:
    n_clusters = requested_clusters(n_segments)
    return select_clustering(rows, methods=[method], n_clusters=n_clusters).best.labels
