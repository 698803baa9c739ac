"""How far others are from a segment beside its own members, worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.profiling.naming.traits._distances import relative_distances


def distances(*segments: list[float], grid: list[float] | None = None) -> list[float]:
    values = np.concatenate([np.array(segment, dtype=float) for segment in segments])
    labels = np.repeat(np.arange(len(segments)), [len(segment) for segment in segments])
    cuts = np.unique(values) if grid is None else np.array(grid)
    return relative_distances(values, labels, grid=cuts, n_segments=len(segments)).tolist()


def test_distance_is_the_mean_of_that_of_values_and_of_ranks() -> None:
    # Median 2; typical members are 1 away, typical others 8 or more: (8 - 1) / (8 + 1). In ranks 1 and 3.
    first, _ = distances([1, 2, 3], [10, 10, 10])
    assert first == pytest.approx((7 / 9 + 2 / 4) / 2)


def test_ten_times_as_far_is_more_where_neither_overlaps() -> None:
    near, far = distances([1, 2, 3], [10, 11, 12])[0], distances([1, 2, 3], [100, 101, 102])[0]
    assert near < far < 1


def test_segment_in_the_middle_is_as_far_as_one_at_an_end() -> None:
    low, middle, high = distances([0, 1], [10, 11], [20, 21])
    assert middle > 0.5
    assert low == pytest.approx(high, abs=0.1)


def test_members_with_one_value_that_others_lack_are_at_distance_one() -> None:
    assert distances([5, 5], [1, 9, 3])[0] == 1


def test_no_members_no_values_and_equal_values_have_no_distance() -> None:
    assert distances([], [1, 2]) == [0, 0]
    assert distances([], []) == [0, 0]
    assert distances([4, 4], [4, 4]) == [0, 0]


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=30), st.sampled_from([0.01, 3.0, 1e6, -1.0]))
def test_distance_does_not_depend_on_the_unit(values: list[int], unit: float) -> None:
    half = len(values) // 2
    scaled = [value * unit for value in values]
    expected = distances(values[:half], values[half:])
    assert all(-1 <= distance <= 1 for distance in expected)
    if unit > 0:
        assert distances(scaled[:half], scaled[half:]) == pytest.approx(expected)


def test_very_large_values_do_not_overflow() -> None:
    assert distances([1e308, 1e308], [-1e308, -1e308]) == [1, 1]
