"""The sample on which a clustering is selected."""

from __future__ import annotations

import numpy as np
import pytest

from custseg.clustering.rows._rows import hash_sample, row_hashes
from custseg.clustering.rows._sample import SAMPLE_ROWS, selection_sample


def with_far_group(n_rows: int = 20_000, n_far: int = 60) -> np.ndarray:
    """A cloud, and a few rows far away."""
    X = np.random.default_rng(0).normal(size=(n_rows, 2))
    X[:n_far] += 30
    return X


def test_up_to_the_limit_all_rows_are_the_sample() -> None:
    X = with_far_group(SAMPLE_ROWS)
    assert selection_sample(X, 1).tolist() == list(range(SAMPLE_ROWS))


def test_of_a_usual_minimum_size_the_sample_is_drawn_from_all_rows() -> None:
    X = with_far_group()
    # 100 of 20,000 rows are 50 of the sample on average.
    assert np.array_equal(selection_sample(X, 100), hash_sample(row_hashes(X), SAMPLE_ROWS))
    assert not np.array_equal(selection_sample(X, 99), hash_sample(row_hashes(X), SAMPLE_ROWS))


@pytest.mark.parametrize(("n_far", "at_least"), [(20, 20), (60, 50), (200, 100)])
def test_small_far_group_has_fifty_rows_in_the_sample_or_all_of_its_own(n_far: int, at_least: int) -> None:
    sample = selection_sample(with_far_group(n_far=n_far), 20)
    assert len(sample) == len(np.unique(sample)) == SAMPLE_ROWS
    assert (sample < n_far).sum() >= at_least
    assert (np.diff(sample) > 0).all()


@pytest.mark.parametrize("decimals", [0, 1, 9])
def test_order_of_the_rows_changes_no_sampled_row(decimals: int) -> None:
    X = with_far_group().round(decimals)
    mixed = np.random.default_rng(1).permutation(X)
    sampled, again = (rows[selection_sample(rows, 20)] for rows in (X, mixed))
    np.testing.assert_array_equal(again[np.lexsort(again.T)], sampled[np.lexsort(sampled.T)])


def test_equal_rows_are_sampled_too() -> None:
    assert len(selection_sample(np.ones((20_000, 2)), 20)) == SAMPLE_ROWS
