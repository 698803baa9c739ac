"""Limits of distances are functions of ten rows or more."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.clustering.assignment._limits import bound_of_largest, mean_largest, outlier_limits

distances = st.lists(st.floats(0, 1e6), min_size=1, max_size=40).map(np.array)


def test_outlier_limit_is_the_mean_of_the_ten_farthest_rows() -> None:
    labels, values = np.repeat([0, 1, 2], [12, 3, 1]), np.array([*range(1, 13), 2.0, 4.0, 9.0, 7.0])
    # Of 1 to 12 the ten largest are 3 to 12; of three and one rows all count; cluster 3 has no rows.
    limits = outlier_limits(labels, values, np.ones(16), n_clusters=4)
    assert limits.tolist() == pytest.approx([7.5, 5.0, 7.0, 0.0])


def test_a_row_counts_as_often_as_it_occurs() -> None:
    # Six of 5 and four of the nine of 2.
    assert mean_largest(np.array([1.0, 2.0, 5.0]), np.array([30.0, 9.0, 6.0])) == pytest.approx((30 + 8) / 10)


@given(st.floats(0, 1e6), st.integers(1, 40))
def test_equal_distances_are_not_beyond_their_mean(value: float, count: int) -> None:
    assert mean_largest(np.full(count, value), np.ones(count)) >= value


@given(distances)
def test_at_most_nine_rows_are_beyond_the_mean(values: np.ndarray) -> None:
    assert (values > mean_largest(values, np.ones(len(values)))).sum() < 10


@given(distances)
def test_no_value_exceeds_the_bound(values: np.ndarray) -> None:
    assert values.max() <= bound_of_largest(values)
    assert bound_of_largest(values) <= 10.000001 * mean_largest(values, np.ones(len(values)))


def test_bound_by_hand() -> None:
    # Mean 1 and standard deviation 1 of two values: one standard deviation above the mean.
    assert bound_of_largest(np.array([0.0, 2.0])) == pytest.approx(2.0)
    assert bound_of_largest(np.array([])) == 0.0
