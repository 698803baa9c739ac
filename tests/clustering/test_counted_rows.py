"""The minimum size among rows that are counted, and known by a sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg._numerics import Floats
from custseg.clustering import offsets_for_all_rows
from custseg.errors import InfeasibleMinimumError


class Counted:
    """Rows that answer as an engine does; at most so many distinct costs are fetched."""

    def __init__(self, costs: Floats, at_most: int = 4_000) -> None:
        self.costs, self.at_most = costs, at_most

    def sizes(self, offsets: Floats) -> Floats:
        labels = (self.costs - offsets).argmin(axis=1)
        return np.bincount(labels, minlength=len(offsets)).astype(np.float64)

    def near(self, offsets: Floats, reach: float) -> tuple[Floats, Floats] | None:
        two = np.sort(self.costs - offsets, axis=1)[:, :2]
        distinct, counts = np.unique(self.costs[two[:, 1] - two[:, 0] <= reach], axis=0, return_counts=True)
        return (distinct, counts.astype(np.float64)) if len(distinct) <= self.at_most else None


def costs_to(centers: list[float], positions: Floats) -> Floats:
    return (positions[:, None] - np.array(centers)) ** 2


def counted_sizes(rows: Counted, sample: Floats, min_size: float) -> tuple[Floats, InfeasibleMinimumError | None]:
    """The sizes under the offsets, counted again; or the error."""
    try:
        met = offsets_for_all_rows(rows, sample, min_size, start=np.zeros(sample.shape[1]), caller="test")
    except InfeasibleMinimumError as error:
        return np.zeros(0), error
    assert rows.sizes(met.offsets).tolist() == met.sizes.tolist()
    return met.sizes, None


def test_offsets_that_meet_the_minimum_stay() -> None:
    rows = costs_to([0.0, 10.0], np.array([0.0, 1.0, 9.0, 10.0]))
    met = offsets_for_all_rows(Counted(rows), rows, 2, start=np.zeros(2), caller="test")
    assert (met.offsets.tolist(), met.sizes.tolist(), met.passes) == ([0.0, 0.0], [2.0, 2.0], 1)


def test_the_nearest_rows_move() -> None:
    rows = costs_to([0.0, 10.0], np.array([0.0, 1.0, 2.0, 3.0, 4.0, 10.0]))
    met = offsets_for_all_rows(Counted(rows), rows, 2, start=np.zeros(2), caller="test")
    assert met.sizes.tolist() == [4.0, 2.0]
    # The row at 4 moves at an offset of 36 - 16 = 20, the one at 3 at 49 - 9 = 40: midway is 30.
    assert met.offsets == pytest.approx([0.0, 30.0])


def test_rows_of_equal_costs_move_together() -> None:
    rows = costs_to([0.0, 10.0], np.array([0.0] * 9 + [4.0] * 5 + [10.0]))
    met = offsets_for_all_rows(Counted(rows), rows, 2, start=np.zeros(2), caller="test")
    assert met.sizes.tolist() == [9.0, 6.0]


def test_too_few_distinct_rows_name_a_feasible_minimum() -> None:
    rows = costs_to([0.0, 10.0], np.array([0.0] * 9 + [10.0]))
    with pytest.raises(InfeasibleMinimumError, match="1 in each is feasible") as error:
        offsets_for_all_rows(Counted(rows), rows, 2, start=np.zeros(2), caller="test")
    assert error.value.feasible == 1


def test_a_sample_that_errs_is_corrected() -> None:
    rng = np.random.default_rng(0)
    centers = [-3.0, -1.0, 0.5, 4.0, 7.0]
    rows = costs_to(centers, rng.normal(size=200_000))
    met = offsets_for_all_rows(Counted(rows), rows[:2_000], 10_000, start=np.zeros(5), caller="test")
    assert met.sizes.min() >= 10_000
    # No cluster below the minimum without offsets gets more than it needs, and few passes do.
    assert met.sizes[[0, 3, 4]] == pytest.approx([10_000.0] * 3, rel=0.05)
    assert met.passes <= 8


@given(
    st.lists(st.integers(-20, 20), min_size=1, max_size=60),
    st.lists(st.integers(-20, 20), min_size=2, max_size=5, unique=True),
    st.integers(1, 12),
    st.integers(1, 30),
)
def test_the_minimum_holds_or_a_feasible_one_is_named(
    positions: list[int], centers: list[int], min_size: int, n_sample: int
) -> None:
    rows = costs_to([float(center) for center in centers], np.array(positions, dtype=np.float64))
    counted = Counted(rows)
    sizes, error = counted_sizes(counted, rows[:n_sample], min_size)
    if error is None:
        assert sizes.min() >= min_size
    else:
        assert error.feasible < min_size
        # What is named is met, wherever there is such a minimum.
        assert not error.feasible or counted_sizes(counted, rows[:n_sample], error.feasible)[1] is None


@given(st.integers(0, 10_000), st.integers(2, 6), st.floats(0.3, 1.0), st.integers(50, 400))
def test_continuous_rows_always_meet_a_minimum_with_room(seed: int, k: int, fill: float, n_sample: int) -> None:
    rng = np.random.default_rng(seed)
    X, centers = rng.normal(size=(1_500, 2)), 2 * rng.normal(size=(k, 2))
    costs = ((X[:, None] - centers) ** 2).sum(axis=2)
    min_size = int(fill * len(X) / k)
    met = offsets_for_all_rows(Counted(costs), costs[:n_sample], min_size, start=np.zeros(k), caller="test")
    assert met.sizes.min() >= min_size
