import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.profiling.measures._terms import Term
from custseg.profiling.naming.traits._levels import MAJORITY, Level, closed, column_levels, separation


def levels(*segments: np.ndarray | list[float]) -> dict[int, Level]:
    """The levels of segments with these values."""
    values = np.concatenate([np.asarray(segment, dtype=float) for segment in segments])
    labels = np.repeat(np.arange(len(segments)), [len(segment) for segment in segments])
    return column_levels(values, labels, np.unique(values), n_segments=len(segments))


def test_cuts_are_the_roundest_numbers_between_the_segments() -> None:
    assert levels([1, 2, 3] * 10, [41, 43] * 10, [97, 99] * 10) == {
        0: Level(0, 3, -np.inf, 20.0),
        1: Level(1, 3, 20.0, 50.0),
        2: Level(2, 3, 50.0, np.inf),
    }


def test_segments_that_no_cut_tells_apart_have_one_level() -> None:
    alike = np.arange(40.0)
    result = levels(alike, alike + 1, alike + 100)
    assert {segment: level.position for segment, level in result.items()} == {0: 0, 1: 0, 2: 1}


def test_segment_as_wide_as_all_has_no_level() -> None:
    low, high = np.arange(30.0), np.arange(70.0, 100)
    result = levels(low, high, np.concatenate([low, high]))
    assert set(result) == {0, 1}


def test_small_segments_and_single_values_have_no_level() -> None:
    assert levels([1.0] * 9, [2.0] * 40) == {}
    assert levels([1.0] * 40, [1.0] * 40) == {}


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_levels_do_not_depend_on_the_unit(scale: float) -> None:
    result = levels(scale * np.arange(1.0, 31), scale * np.arange(51.0, 81))
    assert [result[segment].position for segment in (0, 1)] == [0, 1]


@given(st.integers(0, 10_000), st.integers(2, 9))
def test_most_members_are_within_their_bounds_and_bounds_ascend(seed: int, n_segments: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_segments, 300)
    values = np.round(rng.normal(3 * rng.normal(size=n_segments)[labels]), int(rng.integers(0, 3)))
    result = column_levels(values, labels, np.unique(values), n_segments=n_segments)
    edges = sorted({(level.position, level.low, level.high) for level in result.values()})
    assert [low for _, low, _ in edges] == sorted(low for _, low, _ in edges)
    for segment, level in result.items():
        members = values[labels == segment]
        assert np.mean((members >= level.low) & (members < level.high)) >= MAJORITY


def test_bound_that_separates_two_segments_best() -> None:
    values, labels = np.array([1.0, 2, 3, 20, 21, 22, 5, 6]), np.array([0, 0, 0, 1, 1, 1, 2, 2])
    best = separation(values, labels, np.unique(values), pair=(0, 1))
    assert best is not None
    assert (best.segment, best.is_lower, best.gain) == (0, True, 1.0)
    assert 3 < best.bound <= 20
    assert separation(np.ones(6), np.repeat([0, 1], 3), np.array([1.0]), pair=(0, 1)) is None


def test_bounds_are_in_the_gap_even_if_the_grid_has_few_values() -> None:
    lower, upper = np.linspace(64.1, 74.2, 100), np.linspace(85.5, 95, 100)
    values, labels = np.concatenate([lower, upper]), np.repeat([0, 1], 100)
    result = column_levels(values, labels, np.array([64.1, 74.0, 86.0, 95.0]), n_segments=2)
    assert (result[0].high, result[1].low) == (80.0, 80.0)


def test_upper_bound_of_a_high_segment_gets_a_lower_one() -> None:
    gas, grid, under = np.arange(101.0) + 100, np.arange(0.0, 400), Term("gas", "<", 201.0)
    assert closed(under, gas, medians=(150, 10), grid=grid) == (Term("gas", ">=", 105.0), under)
    assert closed(under, gas, medians=(150, 300), grid=grid) == ()
    least = Term("gas", ">=", 100.0)
    assert closed(least, gas, medians=(150, 300), grid=grid) == (least, Term("gas", "<", 195.0))


def test_bounds_of_days_are_numbers_that_people_say() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 500)
    for shift in range(0, 30, 5):  # as the months pass
        values = np.where(labels == 0, 130.0, 250.0 + shift) * rng.lognormal(0, 0.15, 1_000)
        grid = np.unique(np.round(values, 1))
        spoken = separation(values, labels, grid, pair=(0, 1), spoken=(90, 120, 180, 270))
        exact = separation(values, labels, grid, pair=(0, 1))
        assert spoken is not None
        assert exact is not None
        assert spoken.bound == 180
        assert spoken.gain >= exact.gain - 0.05


def test_bound_is_exact_where_spoken_numbers_separate_far_less() -> None:
    labels = np.repeat([0, 1], 100)
    values = np.where(labels == 0, 200.0, 240.0) + np.tile(np.arange(20.0), 10)
    best = separation(values, labels, np.unique(values), pair=(0, 1), spoken=(90, 180, 365))
    assert best is not None
    assert 220 <= best.bound <= 240
