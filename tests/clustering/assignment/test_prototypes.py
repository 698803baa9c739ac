"""Prototypes label rows as the core rows themselves do, and are means of ten rows or more."""

from dataclasses import replace

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from sklearn.cluster import HDBSCAN
from sklearn.datasets import make_blobs, make_circles, make_moons

from custseg.clustering.assignment._nearest_core import CoreRule
from custseg.clustering.assignment._prototypes import condensed, with_prototypes

CENTERS = np.array([[0.0, 0.0], [4.0, 1.0], [1.0, 6.0], [9.0, 8.0]])
SOURCES = {
    "moons": lambda n: make_moons(n, noise=0.1, random_state=0)[0],
    "circles": lambda n: make_circles(n, noise=0.06, factor=0.5, random_state=0)[0],
    "uneven": lambda n: make_blobs(n, centers=CENTERS, cluster_std=[0.3, 0.7, 1.0, 1.6], random_state=0)[0],
}


def rule_of(X: np.ndarray, labels: np.ndarray, core: np.ndarray, neighbors: int = 1) -> CoreRule:
    k = labels.max(initial=-1) + 1
    return CoreRule(X, core, labels, k, neighbors, np.full(k, np.inf), np.full(k, np.inf))


def all_core_rows(X: np.ndarray, neighbors: int) -> CoreRule:
    """The rule that stores every core row."""
    labels = HDBSCAN(min_cluster_size=len(X) // 20, min_samples=neighbors, copy=True).fit_predict(X)
    inside = labels >= 0
    core = cKDTree(X).query(X[inside], k=[neighbors])[0][:, 0]
    return rule_of(X[inside], labels[inside], core, neighbors)


@pytest.mark.slow
@pytest.mark.parametrize("neighbors", [5, 20])
@pytest.mark.parametrize("source", SOURCES)
def test_labels_are_those_of_the_core_rows(source: str, neighbors: int) -> None:
    X = np.random.default_rng(0).permutation(SOURCES[source](6_000))
    learned, fresh = X[:3_000], X[3_000:]
    rule = all_core_rows(learned, neighbors)
    assert rule.n_clusters > 1
    smaller = condensed(rule, learned, max_prototypes=1_000)
    assert len(smaller.cores) <= 300
    for rows in (learned, fresh):
        assert (smaller.labels(rows) == rule.labels(rows)).mean() >= 0.99


@pytest.mark.parametrize("is_moved", [False, True])
def test_prototypes_by_hand(is_moved: bool) -> None:
    rule = rule_of(np.arange(20.0)[:, None], np.zeros(20, dtype=int), np.arange(20.0) ** 2, neighbors=7)
    stored = with_prototypes(rule, [np.arange(10), np.arange(10, 20)], is_moved=is_moved)
    # Each is moved away from the other by the standard deviation of 0, ..., 9.
    shift = np.arange(10.0).std() if is_moved else 0.0
    assert stored.cores[:, 0].tolist() == pytest.approx([4.5 - shift, 14.5 + shift])
    # (0 + 1 + 4 + ... + 81) / 10 = 28.5, and 7 of 20 rows are one of two prototypes.
    assert stored.core_distances.tolist() == pytest.approx([28.5, 28.5 + 2 * 4.5 * 10 + 100])
    assert (stored.core_labels.tolist(), stored.neighbors) == ([0, 0], 1)


def test_small_clusters_have_their_mean_as_prototype() -> None:
    X = np.array([*range(19), 100.0, 102.0])[:, None]
    stored = condensed(rule_of(X, np.repeat([0, 1], [19, 2]), np.ones(21)), X, max_prototypes=9)
    assert stored.cores.tolist() == [[9.0], [101.0]]
    assert stored.core_labels.tolist() == [0, 1]


@examples(60)
@given(st.integers(0, 9_999), st.integers(1, 4), st.integers(1, 30), st.sampled_from([0, 1, 9]))
def test_every_cluster_keeps_a_prototype(seed: int, k: int, most: int, digits: int) -> None:
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(k), rng.integers(1, 200, k))
    X = rng.normal(size=(len(labels), 3)).round(digits)
    rule = rule_of(X, labels, rng.random(len(X)))
    stored = condensed(rule, X, max_prototypes=most)
    # Groups of ten rows or more, and one of all rows of a smaller cluster.
    most_groups = int(np.maximum(np.bincount(labels) // 10, 1).sum())
    assert len(stored.cores) <= max(k, min(most, most_groups))
    assert np.array_equal(np.unique(stored.core_labels), np.arange(k))
    assert np.isfinite(stored.cores).all()
    scaled = condensed(replace(rule, cores=8 * X, core_distances=8 * rule.core_distances), 8 * X, max_prototypes=most)
    assert np.array_equal(scaled.cores, 8 * stored.cores)
