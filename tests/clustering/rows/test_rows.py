"""Distinct rows and their hashes; checks of a matrix."""

import re

import numpy as np
import pytest

from custseg.clustering.rows._rows import checked_matrix, distinct_rows, row_hashes


def test_rows_of_equal_hash_are_distinct(monkeypatch):
    rows = np.random.default_rng(0).integers(0, 3, (50, 2)).astype(float)
    monkeypatch.setattr("custseg.clustering.rows._rows.row_hashes", lambda X: np.zeros(len(X), dtype=np.uint64))
    found = distinct_rows(rows)
    assert np.array_equal(found.values[found.inverse], rows)
    assert len(found.values) == len(np.unique(rows, axis=0))


def test_hashes_differ_where_rows_do():
    rows = np.random.default_rng(0).integers(0, 100, (20_000, 3)).astype(float)
    assert len(np.unique(row_hashes(rows))) == len(np.unique(rows, axis=0))


def test_duplicates_are_one_row_with_a_weight():
    X = np.array([[1.0, 2.0], [0.0, 0.0], [1.0, 2.0], [-0.0, 0.0]])
    unweighted, weighted = distinct_rows(X), distinct_rows(X, np.array([0.5, 1.0, 2.0, 4.0]))
    assert np.array_equal(unweighted.values[unweighted.inverse], X)
    assert sorted(unweighted.weights) == [2, 2]
    assert sorted(weighted.weights) == [2.5, 5.0]


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        ([["a"], ["b"]], TypeError, "a matrix of numbers"),
        ([1.0, 2.0], ValueError, "at least two rows and a column"),
        ([[1.0], [np.nan]], ValueError, "must be finite"),
        ([[1.0], [-np.inf]], ValueError, "must be finite"),
        ([[1.0], [-1e101]], ValueError, "up to 1e+100, got 1e+101"),
        ([[0.0], [1e-101]], ValueError, "spread over at least 1e-100"),
    ],
)
def test_unusable_matrices_are_refused(X, error, message):
    with pytest.raises(error, match=re.escape(message)):
        checked_matrix("caller", X)
