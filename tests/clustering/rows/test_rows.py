"""Distinct rows and their hashes; checks of a matrix."""

import re
from itertools import pairwise

import numpy as np
import pytest

from custseg.clustering.rows._rows import checked_matrix, distinct_rows, hash_sample, row_hashes


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


def sampled(rows: np.ndarray, size: int) -> np.ndarray:
    return rows[hash_sample(row_hashes(rows), size)]


def few_values(n_rows: int = 4000) -> np.ndarray:
    """Rows of ten values, of which the first has a tenth of the rows, and the last four tenths."""
    shares = np.array([6, 4, 4, 4, 4, 4, 4, 4, 2, 24]) / 60
    return np.random.default_rng(0).choice(10, (n_rows, 1), p=shares).astype(float)


@pytest.mark.parametrize("size", [1, 40, 2000, 3999])
def test_sample_does_not_depend_on_the_order_of_the_rows(size):
    for rows in (few_values(), np.random.default_rng(1).normal(size=(4000, 2))):
        mixed = np.random.default_rng(2).permutation(rows)
        drawn = sampled(rows, size)
        assert len(drawn) == size
        assert np.array_equal(np.sort(sampled(mixed, size), axis=0), np.sort(drawn, axis=0))


def test_sampled_rows_come_once_each_in_ascending_order():
    drawn = hash_sample(row_hashes(few_values()), 500)
    assert len(np.unique(drawn)) == 500
    assert np.array_equal(drawn, np.sort(drawn))


def test_small_table_is_its_own_sample():
    for size in (3, 4, 9):
        assert hash_sample(row_hashes(np.zeros((3, 1))), size).tolist() == [0, 1, 2]


def test_smaller_sample_is_a_part_of_a_larger_one():
    hashes = row_hashes(few_values())
    samples = [set(hash_sample(hashes, size).tolist()) for size in (10, 100, 1000, 3000)]
    assert all(smaller < larger for smaller, larger in pairwise(samples))


def test_duplicates_are_drawn_in_proportion():
    rows = few_values()
    before, after = (np.bincount(values[:, 0].astype(int)) for values in (rows, sampled(rows, 1000)))
    # The standard deviation of a count is at most sqrt(1000 * 0.4 * 0.6 * 0.75) = 13.
    assert np.abs(after - before / 4).max() < 4 * 13


def test_rows_of_equal_hash_are_drawn_as_many_as_asked_for():
    assert len(hash_sample(np.zeros(100, dtype=np.uint64), 7)) == 7


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
