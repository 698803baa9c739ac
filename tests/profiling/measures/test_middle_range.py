import numpy as np
import pytest

from custseg.profiling.measures._middle_range import middle_ranges


def ranges(values: np.ndarray, labels: np.ndarray) -> tuple:
    return middle_ranges(values, labels, grid=np.unique(values), n_segments=2)


def test_range_of_members_between_others() -> None:
    values = np.repeat([0.0, 1.0, 2.0, 3.0], [40, 30, 30, 40])
    labels = np.repeat([1, 0, 0, 1], [40, 30, 30, 40])
    inside, outside = ranges(values, labels)
    assert (inside.low, inside.high) == (1, 3)
    assert inside.p_value < 1e-9
    assert outside is None  # on both sides, not in the middle


def test_ends_of_a_column_are_no_range() -> None:
    values = np.repeat([0.0, 1.0, 2.0], 50)
    assert ranges(values, np.repeat([0, 1, 1], 50)) == (None, None)


def test_ten_customers_are_below_and_above() -> None:
    values = np.repeat([0.0, 1.0, 2.0], [9, 60, 50])
    assert ranges(values, np.repeat([1, 0, 1], [9, 60, 50]))[0] is None


def test_bounds_are_next_to_the_members_in_wide_gaps() -> None:
    values = np.repeat([*range(185, 211), 10.0, 700.0], [*[2] * 26, 40, 40])
    [inside, _] = ranges(values, np.repeat([0, 1], [52, 80]))
    assert inside.low == 185
    assert inside.high in (211, 212)  # whole numbers: 185 to 210 or 211


@pytest.mark.slow
def test_chance_gives_a_small_p_value_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        labels = rng.permutation(np.repeat([0, 1], [80, 320]))
        found = ranges(rng.normal(size=400), labels)[0]
        hits += found is not None and found.p_value <= 0.05
    assert hits <= 30  # 400 at 5 % are 20
