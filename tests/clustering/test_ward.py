import numpy as np
import pytest
from plain_distances import nearest_centers
from scipy.cluster.hierarchy import cut_tree, ward

from custseg.clustering import MinSizeKMeans, MinSizeWard, method_names
from custseg.clustering.rows._rows import distinct_rows

RNG = np.random.default_rng(0)
GROUPS = np.concatenate([RNG.normal(center, 1, (80, 2)) for center in (0, 9, 18)])
CLOUD = RNG.gamma(2, size=(500, 3))


def test_start_is_the_tree_of_scipy() -> None:
    rows = distinct_rows(CLOUD)
    [centers] = MinSizeWard(5)._starts(rows)
    labels = cut_tree(ward(rows.values), 5)[:, 0]
    means = [rows.values[labels == j].mean(axis=0) for j in range(5)]
    assert np.allclose(sorted(map(tuple, centers)), sorted(map(tuple, means)))


def test_groups_are_found() -> None:
    model = MinSizeWard(3).fit(GROUPS)
    assert model.sizes_.tolist() == [80, 80, 80]
    assert len(set(zip(model.labels_, np.repeat([0, 1, 2], 80), strict=True))) == 3
    assert model.reassignments_ == ()


def test_labels_are_the_nearest_centers_without_a_minimum() -> None:
    model = MinSizeWard(4).fit(CLOUD)
    assert np.array_equal(model.labels_, nearest_centers(CLOUD, model.cluster_centers_))
    assert model.inertia_ == pytest.approx(MinSizeKMeans(4, random_state=0).fit(CLOUD).inertia_, rel=0.1)


def test_minimum_size_is_kept_by_offsets() -> None:
    model = MinSizeWard(4, min_size=0.2).fit(CLOUD)
    assert model.sizes_.min() >= 100
    assert model.offsets_.any()
    assert sum(move.count for move in model.reassignments_) > 0
    assert np.array_equal(model.predict(CLOUD), model.labels_)


def test_sample_does_not_depend_on_the_order_of_the_rows() -> None:
    model = MinSizeWard(4, max_fit_rows=50, min_size=60).fit(CLOUD)
    order = np.random.default_rng(1).permutation(len(CLOUD))
    assert np.array_equal(MinSizeWard(4, max_fit_rows=50, min_size=60).fit(CLOUD[order]).labels_, model.labels_[order])


def test_duplicate_rows_count_once_in_the_tree() -> None:
    X = np.repeat([[0.0], [1.0], [10.0], [11.0]], [50, 1, 1, 50], axis=0)
    assert MinSizeWard(2).fit(X).sizes_.tolist() == [51, 51]
    assert MinSizeWard(1).fit(X[:2]).cluster_centers_.tolist() == [[0.0]]


def test_auto_leaves_it_out() -> None:
    assert "ward" in method_names()
    assert "ward" not in method_names(auto=True)
