"""Of many rows, starts run on samples first: when, and that the result is as good and as exact as without."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from custseg.clustering import MinSizeKMeans
from custseg.clustering.min_size._restarts import Restarts
from custseg.clustering.rows._rows import distinct_rows


def sample_sizes(rows, min_size):
    return [len(sample.values) for sample in Restarts(rows, 2, min_size, max_iter=1, tol=0.0).samples]


def skewed(n=70_000):
    return np.random.default_rng(0).exponential(size=(n, 3))


@pytest.mark.parametrize(
    ("n", "min_size", "sizes"),
    [
        (65_535, 3_000, [65_535]),
        (65_536, 3_000, [16_384, 65_536]),
        (400_000, 20_000, [25_000, 100_000, 400_000]),
        (400_000, 200, [100_000, 400_000]),  # 50 of 200 rows in a quarter
        (400_000, 199, [400_000]),
    ],
)
def test_each_sample_is_four_times_as_large_and_has_fifty_rows_of_the_smallest_cluster(n, min_size, sizes):
    assert sample_sizes(distinct_rows(np.arange(float(n))[:, None]), min_size) == sizes


def test_a_row_of_most_of_the_weight_allows_no_sample():
    X, weights = np.arange(70_000.0)[:, None], np.ones(70_000)
    assert len(sample_sizes(distinct_rows(X, weights), 3_000)) == 2
    weights[7] = 140_000
    assert sample_sizes(distinct_rows(X, weights), 9_000) == [70_000]


@pytest.mark.slow
def test_clusters_from_samples_keep_all_promises():
    X = skewed()
    model = MinSizeKMeans(6, min_size=0.1, n_init=3, random_state=0).fit(X)
    # No row is tied, so the clusters for which the minimum binds have exactly that size.
    assert model.sizes_.min() == 7_000
    assert set(model.sizes_[model.offsets_ > 0]) == {7_000}
    assert np.array_equal(model.predict(X), model.labels_)
    order = np.random.default_rng(1).permutation(len(X))
    again = MinSizeKMeans(6, min_size=0.1, n_init=3, random_state=0).fit(X[order])
    assert np.array_equal(again.labels_, model.labels_[order])


@pytest.mark.slow
def test_clusters_from_samples_cost_no_more_than_those_of_scikit_learn():
    X = skewed()
    ours = MinSizeKMeans(6, min_size=0.01, random_state=0).fit(X)
    assert not ours.offsets_.any()
    assert ours.inertia_ <= 1.001 * KMeans(6, n_init=10, random_state=0).fit(X).inertia_
