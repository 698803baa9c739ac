from __future__ import annotations

import numpy as np
import pytest
from custseg.clustering.selection._gaps import path_silhouettes, valleys
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import cdist, squareform
from sklearn.cluster import KMeans
from sklearn.datasets import make_moons
from sklearn.metrics import silhouette_samples


def path_distances(X: np.ndarray, neighbors: int = 5) -> np.ndarray:
    """By SciPy: mutual reachability, and the height at which single linkage joins two rows."""
    plain = cdist(X, X)
    core = np.sort(plain, axis=1)[:, min(neighbors, len(X) - 1)]
    reach = np.maximum(plain, np.maximum(core[:, None], core[None, :]))
    np.fill_diagonal(reach, 0)
    return squareform(cophenet(linkage(squareform(reach, checks=False), "single")))


def cluster_means(distances: np.ndarray, labels: np.ndarray) -> list[float]:
    inside = labels >= 0
    widths = silhouette_samples(distances[np.ix_(inside, inside)], labels[inside], metric="precomputed")
    return [float(widths[labels[inside] == cluster].mean()) for cluster in range(labels.max() + 1)]


def numbered(labels: np.ndarray) -> np.ndarray:
    """Labels from 0 without a hole; -1 stays."""
    kept = labels >= 0
    labels[kept] = np.unique(labels[kept], return_inverse=True)[1]
    return labels


@given(st.integers(8, 30), st.integers(1, 3), st.integers(0, 9999), st.sampled_from([0, 1, 8]))
def test_path_silhouettes_agree_with_single_linkage(n_rows: int, n_columns: int, seed: int, decimals: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, n_columns)).round(decimals)  # 0 decimals make many ties
    two, more = (numbered(np.concatenate([np.arange(k), rng.integers(0, k, n_rows - k)])) for k in (2, 4))
    noisy = numbered(np.where(rng.random(n_rows) < 0.2, -1, two))
    labelings = [two, more] if len(np.unique(noisy[noisy >= 0])) < 2 or (noisy >= 0).sum() < 3 else [two, more, noisy]
    for labels, found in zip(labelings, path_silhouettes(X, labelings), strict=True):
        assert found.tolist() == pytest.approx(cluster_means(path_distances(X), labels), abs=1e-9)


def test_moons_are_parted_by_paths_and_their_halves_are_not() -> None:
    X, moons = make_moons(300, noise=0.04, random_state=0)
    halves = KMeans(2, n_init=3, random_state=0).fit_predict(X)
    parted, cut = path_silhouettes(X, [moons, halves])
    assert parted.min() > 2 * cut.max()


def test_one_cluster_and_a_cluster_of_one_have_no_silhouette() -> None:
    X = np.array([[0.0], [0.1], [0.2], [9.0]])
    one, alone = path_silhouettes(X, [np.zeros(4, dtype=np.intp), np.array([0, 0, 0, 1])])
    assert one.tolist() == [0.0]
    assert alone[1] == 0.0


def test_equal_rows_have_no_distance() -> None:
    X = np.repeat([[1.0], [5.0]], 10, axis=0)
    (found,) = path_silhouettes(X, [np.repeat([0, 1], 10)])
    assert found.tolist() == [1.0, 1.0]
    (nothing,) = path_silhouettes(np.ones((20, 1)), [np.repeat([0, 1], 10)])
    assert nothing.tolist() == [0.0, 0.0]


def test_a_cluster_without_rows_has_no_silhouette_and_is_near_to_nobody() -> None:
    X = np.array([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    (gapless,), (three,) = path_silhouettes(X, [np.repeat([0, 1], 3)]), path_silhouettes(X, [np.repeat([0, 2], 3)])
    assert three.tolist() == [gapless[0], 0.0, gapless[1]]


def test_unit_of_one_column_changes_no_valley() -> None:
    X, labels = groups(0, 4)
    assert valleys(X * [1, 1e6], labels).tolist() == pytest.approx(valleys(X, labels).tolist())


def test_unit_of_the_columns_changes_no_path_silhouette() -> None:
    X = np.random.default_rng(0).normal(size=(60, 2))
    labels = (X[:, 0] > 0).astype(np.intp)
    one, other = (path_silhouettes(X * unit, [labels])[0] for unit in (1.0, 1e-6))
    assert other.tolist() == pytest.approx(one.tolist())


def groups(*centers: float, n_rows: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """A group of rows around each center on the first axis."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(centers)), n_rows)
    X = rng.normal(size=(len(labels), 2))
    X[:, 0] += np.array(centers)[labels]
    return X, labels


def test_far_groups_have_a_deep_valley() -> None:
    assert valleys(*groups(0, 9)).min() > 0.98


def test_a_cloud_cut_in_two_has_none() -> None:
    X = np.random.default_rng(0).uniform(size=(600, 2))
    assert valleys(X, (X[:, 0] > 0.5).astype(np.intp)).max() < 0.2


def test_pieces_of_a_ring_have_none_although_a_straight_line_between_two_leaves_the_ring() -> None:
    turn = np.random.default_rng(0).uniform(size=900)
    X = np.column_stack([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)])
    assert valleys(X, (6 * turn).astype(np.intp)).min() < 0.2


def test_valley_is_the_shallowest_with_another_cluster() -> None:
    # The first two hardly part; the third is far from both.
    found = valleys(*groups(0, 2, 30))
    assert found[0] == found[1] < 0.3
    assert found[2] > 0.98


def test_valley_deepens_as_groups_part() -> None:
    depths = [valleys(*groups(0, apart)).min() for apart in (1, 3, 4, 6)]
    assert depths == sorted(depths)
    assert depths[0] < 0.2
    assert depths[-1] > 0.8


def test_turning_and_stretching_change_no_valley() -> None:
    X, labels = groups(0, 4)
    turned = X @ np.array([[0.6, 0.8], [-0.8, 0.6]]) * 1000 + 50
    assert valleys(turned, labels).tolist() == pytest.approx(valleys(X, labels).tolist(), abs=0.02)


def test_cluster_of_one_and_equal_clusters_have_no_valley() -> None:
    assert valleys(np.array([[0.0], [0.1], [9.0]]), np.array([0, 0, 1])).tolist() == [0.0, 0.0]
    assert valleys(np.ones((6, 2)), np.repeat([0, 1], 3)).tolist() == [0.0, 0.0]


def test_points_apart_have_the_deepest_valley() -> None:
    assert valleys(np.repeat([[0.0], [1.0]], 5, axis=0), np.repeat([0, 1], 5)).tolist() == [1.0, 1.0]


@given(st.integers(4, 40), st.integers(0, 999), st.sampled_from([0, 1, 8]), st.sampled_from([1.0, 1e80, 1e-80]))
def test_valleys_lie_between_0_and_1(n_rows: int, seed: int, decimals: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 2)).round(decimals) * unit
    found = valleys(X, numbered(np.concatenate([[0, 1], rng.integers(0, 3, n_rows - 2)])))
    assert ((found >= 0) & (found <= 1)).all()
