"""Groups of ten rows or more: compact halves, and pieces of the spanning tree."""

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg.clustering.assignment._groups import along_tree, deviations, in_halves


@pytest.mark.parametrize("cut_up", [in_halves, along_tree])
def test_a_line_of_forty_is_cut_into_tens(cut_up) -> None:
    X = np.c_[np.random.default_rng(0).permutation(40), np.zeros(40)].astype(float)
    groups = cut_up(X, [np.arange(40)], max_groups=99)
    assert sorted(sorted(X[members, 0].tolist()) for members in groups) == [
        list(map(float, range(start, start + 10))) for start in (0, 10, 20, 30)
    ]


def test_the_tree_does_not_bridge_the_turns_of_a_spiral() -> None:
    turn = np.linspace(2 * np.pi, 6 * np.pi, 120)
    X = np.c_[turn * np.cos(turn), turn * np.sin(turn)]
    groups = along_tree(X, [np.arange(120)], max_groups=99)
    # The rows are numbered along the spiral, and no group has a gap.
    assert all(np.array_equal(np.sort(members), np.arange(members.min(), members.max() + 1)) for members in groups)
    assert {len(members) for members in groups} <= set(range(10, 20))


def test_parts_without_near_neighbors_are_one_tree() -> None:
    X = np.array([*range(15), *range(1_000, 1_015), *range(5_000, 5_015)], dtype=float)[:, None]
    groups = along_tree(X, [np.arange(45)], max_groups=99)
    assert sorted(sorted(members.tolist()) for members in groups) == [
        list(range(start, start + 15)) for start in (0, 15, 30)
    ]


@pytest.mark.parametrize("cut_up", [in_halves, along_tree])
@examples(60)
@given(st.integers(0, 9_999), st.integers(1, 30), st.integers(1, 4), st.sampled_from([0, 1, 9]))
def test_each_row_is_in_one_group_of_its_cluster(cut_up, seed: int, most: int, columns: int, digits: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 120, 3)
    X = rng.normal(size=(sizes.sum(), columns)).round(digits)
    clusters = np.split(rng.permutation(len(X)), np.cumsum(sizes)[:-1])
    groups = cut_up(X, clusters, max_groups=most)
    assert np.array_equal(np.sort(np.concatenate(groups)), np.arange(len(X)))
    assert len(groups) <= max(3, most)
    for members in groups:
        of_cluster = [cluster for cluster in clusters if np.isin(members, cluster).all()]
        assert len(members) >= min(10, len(of_cluster[0]))


def test_deviations_of_equal_rows_are_zero() -> None:
    assert not deviations(np.full((30, 2), 0.1)).any()
