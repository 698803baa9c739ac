"""Separation: path distances against SciPy, and clusters on a line worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import cdist, squareform
from sklearn.cluster import KMeans
from sklearn.datasets import make_moons

from custseg.clustering.rows._path_kernels import path_distances
from custseg.clustering.validation._separation import (
    ReachabilityTree,
    best_separated,
    smallest_separations,
    without_shared_values,
)


def by_scipy(X: np.ndarray, neighbors: int = 5) -> np.ndarray:
    """Mutual reachability, and the height at which single linkage joins two rows."""
    plain = cdist(X, X)
    core = np.sort(plain, axis=1)[:, min(neighbors, len(X) - 1)]
    reach = np.maximum(plain, np.maximum(core[:, None], core[None, :]))
    np.fill_diagonal(reach, 0)
    return squareform(cophenet(linkage(squareform(reach, checks=False), "single")))


def separation(X: np.ndarray, labels: np.ndarray) -> float:
    return float(smallest_separations(ReachabilityTree.of(X), [labels], [len(np.unique(labels[labels >= 0]))])[0])


def line(*positions: float) -> np.ndarray:
    return np.array(positions, dtype=float)[:, None]


def two_groups(apart: float, n_rows: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Two round groups whose centers are so many standard deviations apart."""
    labels = np.repeat([0, 1], n_rows // 2)
    X = np.random.default_rng(0).normal(size=(n_rows, 2))
    X[:, 0] += apart * labels
    return X, labels


@examples(60)
@given(st.integers(2, 40), st.integers(1, 3), st.integers(0, 9999), st.sampled_from([0, 1, 8]))
def test_path_distances_agree_with_single_linkage(n_rows: int, n_columns: int, seed: int, decimals: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_columns)).round(decimals)  # 0 decimals make many ties
    labels = rng.integers(-1, 3, n_rows)
    tree, outside = ReachabilityTree.of(X), by_scipy(X)
    within, between = np.zeros(3), np.full((3, 3), np.inf)
    path_distances(labels[tree.order], tree.lengths, within, between)
    for a in range(3):
        inside = outside[np.ix_(labels == a, labels == a)]
        assert within[a] == pytest.approx(np.triu(inside, 1).sum(), abs=1e-9)
        for b in {0, 1, 2} - {a}:
            shortest = outside[np.ix_(labels == a, labels == b)].min(initial=np.inf)
            assert between[a, b] == pytest.approx(shortest, abs=1e-9)


def test_rows_join_the_tree_once_each() -> None:
    tree = ReachabilityTree.of(np.random.default_rng(0).normal(size=(50, 2)))
    assert sorted(tree.order.tolist()) == list(range(50))
    assert tree.lengths[0] == 0.0


def test_two_groups_on_a_line_by_hand() -> None:
    # Six rows at 0 to 5: the fifth neighbor is 5, 4, 3, 3, 4, 5 away, so 1, 2 and 3 are the dense half. Among them one
    # walks by steps of 4, 4 and 3; to the other group by the step of 10 from 5 to 15.
    X = line(*range(6), *range(15, 21))
    assert separation(X, np.repeat([0, 1], 6)) == pytest.approx(1 - (11 / 3) / 10)


def test_cut_through_an_even_line_is_0() -> None:
    # 2, 3 and 4 are the dense half of the first cluster, 6, 7 and 8 of the second: every step is a core distance of 3.
    assert separation(line(*range(12)), np.repeat([0, 1], 6)) == 0.0


def test_sparser_half_counts_of_two_clusters() -> None:
    # Of the second group, twice as wide, one walks by 8, 8 and 6; the step between the groups is 10.
    X = line(*range(6), *range(15, 27, 2))
    assert separation(X, np.repeat([0, 1], 6)) == pytest.approx(1 - (22 / 3) / 10)


def test_row_between_two_groups_is_a_step_of_its_core_distance_whatever_its_label() -> None:
    X = np.vstack([line(*range(6), *range(45, 51)), line(25)])
    alone, with_noise = np.repeat([0, 1], 6), np.append(np.repeat([0, 1], 6), -1)
    # One walks over the row at 25, from which the fifth neighbor, 3 or 47, is 22 away.
    assert separation(X[:12], alone) == pytest.approx(1 - (11 / 3) / 40)
    assert separation(X, with_noise) == pytest.approx(1 - (11 / 3) / 22)
    # As a border row of the first cluster it is not in its dense half, of now four rows: 1 to 4.
    assert separation(X, np.append(alone, 0)) == pytest.approx(1 - (3 + 5 * 4) / 6 / 22)


def test_far_groups_are_near_1_and_a_cut_through_a_cloud_is_below_0() -> None:
    assert separation(*two_groups(100)) > 0.97
    cloud = np.random.default_rng(0).uniform(size=(300, 2))
    assert separation(cloud, (cloud[:, 0] > 0.5).astype(np.intp)) < 0


def test_separation_rises_as_groups_part() -> None:
    values = [separation(*two_groups(apart)) for apart in (3, 5, 8, 20)]
    assert values == sorted(values)
    assert values[0] < 0 < values[1]


def test_moons_are_separated_and_their_halves_are_not() -> None:
    X, moons = make_moons(300, noise=0.04, random_state=0)
    halves = KMeans(2, n_init=3, random_state=0).fit_predict(X)
    whole, cut = smallest_separations(ReachabilityTree.of(X), [moons, halves], [2, 2])
    assert cut < 0 < whole


def test_each_two_clusters_have_a_separation() -> None:
    X, labels = two_groups(30)
    labels = np.where((labels == 0) & (X[:, 1] > 0), 2, labels)
    table = ReachabilityTree.of(X).separations(labels)
    assert (table == table.T).all()
    assert np.isinf(np.diag(table)).all()
    assert table[0, 2] < 0 < min(table[0, 1], table[1, 2])


def test_smallest_and_best_of_three_clusters() -> None:
    X, labels = two_groups(30)
    tree, cut = ReachabilityTree.of(X), np.where((labels == 0) & (X[:, 1] > 0), 2, labels)
    table = tree.separations(cut)
    smallest = smallest_separations(tree, [cut, labels], [3, 2]).tolist()
    assert smallest == [table.min(), tree.separations(labels).min()]
    # The second group is separated from both pieces of the first.
    assert best_separated(tree, cut) == table[1].min() > 0


def test_cluster_without_a_row_is_not_known_to_be_separated() -> None:
    X, labels = two_groups(30)
    tree = ReachabilityTree.of(X)
    assert smallest_separations(tree, [labels, labels], [2, 3]).tolist() == [tree.separations(labels).min(), -np.inf]


def test_one_cluster_and_noise_alone_are_separated_from_nothing() -> None:
    tree = ReachabilityTree.of(two_groups(30)[0])
    assert smallest_separations(tree, [np.zeros(120, dtype=np.intp)], [1])[0] == -np.inf
    assert best_separated(tree, np.zeros(120, dtype=np.intp)) == -np.inf
    assert best_separated(tree, np.full(120, -1)) == -np.inf


def test_core_distance_stays_within_the_smallest_group() -> None:
    # Three rows at 20 to 22: the fifth neighbor would be in the other group.
    X, labels = line(*range(8), 20, 21, 22), np.repeat([0, 1], [8, 3])
    assert separation(X, labels) < 0
    tree = ReachabilityTree.of(X, smallest=3)
    # With two neighbors the core distances are 1 in the middle and 2 at the ends; the gap is 13.
    assert tree.separations(labels)[0, 1] == pytest.approx(1 - 2 / 13)
    assert (ReachabilityTree.of(X, smallest=9).core == ReachabilityTree.of(X).core).all()
    assert (ReachabilityTree.of(X, smallest=1).core == 1).all()


def test_equal_rows_have_no_distance() -> None:
    labels = np.repeat([0, 1], 10)
    assert separation(line(*labels), labels) == 1.0
    assert separation(np.ones((20, 1)), labels) == 0.0


def test_cluster_of_a_row_is_compared_with_the_other() -> None:
    assert separation(line(*range(8), 100), np.append(np.zeros(8, dtype=np.intp), 1)) > 0.9


@examples(20)
@given(st.integers(0, 999), st.sampled_from([1e-80, 1e-3, 1e3, 1e80]))
def test_scale_and_order_of_the_rows_change_nothing(seed: int, unit: float) -> None:
    X, labels = two_groups(3)
    order = np.random.default_rng(seed).permutation(len(X))
    expected = ReachabilityTree.of(X).separations(labels)
    np.testing.assert_allclose(ReachabilityTree.of(X[order] * unit).separations(labels[order]), expected, rtol=1e-9)


def test_whole_numbers_make_no_gap() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(1, 4, 300), 0.2 * rng.normal(size=300)]).astype(float)
    labels = X[:, 0].astype(np.intp) - 1
    assert separation(X, labels) > 0.3
    assert separation(without_shared_values(X, rng), labels) < 0


def test_shared_values_are_spread_to_the_midpoints() -> None:
    X = np.column_stack([np.repeat([1.0, 2.0, 4.0], 100), np.arange(300.0)])
    spread = without_shared_values(X, np.random.default_rng(0))
    assert (spread[:, 1] == X[:, 1]).all()
    for value, low, high in ((1, 0.5, 1.5), (2, 1.5, 3.0), (4, 3.0, 5.0)):
        values = spread[X[:, 0] == value, 0]
        assert low <= values.min() < low + 0.1 * (high - low) < high - 0.1 * (high - low) < values.max() <= high


def test_value_that_few_rows_share_stays() -> None:
    X = line(*[0.0] * 50, *np.linspace(1, 2, 46), 9, 9, 9, 9)
    spread = without_shared_values(X, np.random.default_rng(0))
    assert (spread[50:] == X[50:]).all()
    assert len(np.unique(spread[:50])) == 50


def test_constant_column_stays() -> None:
    X = np.ones((30, 1))
    assert (without_shared_values(X, np.random.default_rng(0)) == X).all()


def test_true_gap_survives_the_spreading() -> None:
    X = np.column_stack([np.repeat([1.0, 2.0], 150), np.random.default_rng(0).normal(size=300)])
    X[150:, 1] += 12
    assert separation(without_shared_values(X, np.random.default_rng(0)), np.repeat([0, 1], 150)) > 0.5
