"""The sample on which a clustering is selected."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from custseg.clustering.rows._rows import row_hashes
from custseg.clustering.rows._sample import SAMPLE_ROWS, hash_sample, selection_sample


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


def with_far_group(n_rows: int = 20_000, n_far: int = 60) -> np.ndarray:
    """A cloud, and a few rows far away."""
    X = np.random.default_rng(0).normal(size=(n_rows, 2))
    X[:n_far] += 30
    return X


def test_up_to_the_limit_all_rows_are_the_sample():
    X = with_far_group(SAMPLE_ROWS)
    assert selection_sample(X, 1).tolist() == list(range(SAMPLE_ROWS))


def test_common_groups_are_drawn_by_hash_alone():
    X = with_far_group()
    # 100 of 20,000 rows are 50 of the sample on average.
    assert np.array_equal(selection_sample(X, 100), hash_sample(row_hashes(X), SAMPLE_ROWS))
    assert not np.array_equal(selection_sample(X, 99), hash_sample(row_hashes(X), SAMPLE_ROWS))


@pytest.mark.parametrize(("n_far", "at_least"), [(20, 20), (60, 50), (200, 100)])
def test_rare_far_group_has_fifty_rows_in_the_sample_or_all_of_its_own(n_far, at_least):
    sample = selection_sample(with_far_group(n_far=n_far), 20)
    assert len(sample) == SAMPLE_ROWS
    assert (sample < n_far).sum() >= at_least
    assert (np.diff(sample) > 0).all()


@pytest.mark.parametrize("decimals", [0, 1, 9])
def test_stratified_sample_does_not_depend_on_the_order_of_the_rows(decimals):
    X = with_far_group().round(decimals)
    mixed = np.random.default_rng(1).permutation(X)
    drawn, again = (rows[selection_sample(rows, 20)] for rows in (X, mixed))
    assert np.array_equal(again[np.lexsort(again.T)], drawn[np.lexsort(drawn.T)])


def test_equal_rows_are_sampled_too():
    assert len(selection_sample(np.ones((20_000, 2)), 20)) == SAMPLE_ROWS
