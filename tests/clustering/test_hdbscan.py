import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score

from custseg.clustering import MinSizeHDBSCAN
from custseg.clustering.assignment._nearest_core import CoreRule
from custseg.clustering.rows._rows import distinct_rows

BLOBS = make_blobs(900, centers=5, cluster_std=1.2, random_state=3)[0]
MOONS = make_moons(600, noise=0.07, random_state=0)[0]


TABLES = [BLOBS, MOONS, *(np.random.default_rng(seed).gamma(2, size=(500, 3)) for seed in (0, 4))]


def partition_of_scikit_learn(X, least):
    # scikit-learn's own result depends on the order of the rows where densities tie: give it the same.
    rows = distinct_rows(X)
    return HDBSCAN(min_cluster_size=least, min_samples=5, copy=True).fit_predict(rows.values)[rows.inverse]


@pytest.mark.parametrize("least", [20, 60])
@pytest.mark.parametrize("X", TABLES)
def test_core_rows_have_the_partition_of_scikit_learn(X, least):
    expected = partition_of_scikit_learn(X, least)
    rule = MinSizeHDBSCAN(min_samples=5)._core_rule(distinct_rows(X), least, as_prototypes=False)
    inside = expected >= 0
    assert rule.n_clusters == expected.max() + 1
    assert rule.labels(X)[inside].tolist() == expected[inside].tolist()


@pytest.mark.parametrize("noise", ["nearest", "keep"])
@pytest.mark.parametrize("least", [20, 60])
@pytest.mark.parametrize("X", TABLES)
def test_prototypes_keep_the_partition_of_scikit_learn(X, least, noise):
    # Prototypes stand for ten rows each, so rows at the border of groups that touch, as here without any groups, may
    # go to the neighbor; which of them do depends on the last digits of a machine.
    expected = partition_of_scikit_learn(X, least)
    model = MinSizeHDBSCAN(min_size=least, min_samples=5, noise=noise).fit(X)
    inside = expected >= 0
    assert model.n_clusters_ == expected.max() + 1
    agreement = adjusted_rand_score(expected[inside], model.labels_[inside]) if inside.any() else 1
    assert agreement == 1 if X is BLOBS or X is MOONS else agreement > 0.9
    assert (model.labels_[inside] >= 0).all()


def test_no_row_is_stored():
    stored = MinSizeHDBSCAN(min_size=20).fit(MOONS).assignment_rule_.cores
    assert len(stored) <= len(MOONS) / 10
    assert not (stored[:, None, :] == MOONS[None, :, :]).any()


def test_no_dense_region_is_a_result():
    X = np.random.default_rng(0).uniform(size=(60, 2))
    model = MinSizeHDBSCAN(min_size=29).fit(X)
    assert model.n_clusters_ == 0
    assert (model.labels_ == -1).all()
    assert model.predict([[0.5, 0.5]]).tolist() == [-1]
    assert model.assess(X).confidence.max() == 0


def test_a_sample_is_fitted_and_the_minimum_holds_on_all_rows():
    X = make_blobs(5_000, centers=4, random_state=0)[0]
    model = MinSizeHDBSCAN(min_size=0.1, max_fit_rows=500, max_prototypes=100, random_state=0).fit(X)
    assert model.n_fit_rows_ == 500
    assert len(model.assignment_rule_.cores) <= 100
    assert model.sizes_.min() >= 500
    assert np.array_equal(model.predict(X), model.labels_)


def test_noise_is_kept_or_joins_the_nearest():
    X = np.concatenate([np.linspace(0, 1, 50), np.linspace(10, 11, 50), [100.0]])[:, None]
    kept = MinSizeHDBSCAN(min_size=10, noise="keep").fit(X)
    joined = MinSizeHDBSCAN(min_size=10).fit(X)
    assert (kept.labels_[-1], kept.confidence_[-1]) == (-1, 0)
    assert kept.second_labels_[-1] == kept.predict([[11.0]])[0]
    assert joined.labels_[-1] == joined.predict([[11.0]])[0]


def test_the_rule_survives_plain_numbers():
    model = MinSizeHDBSCAN(min_size=20, noise="keep").fit(MOONS)
    again = CoreRule.from_dict(model.assignment_rule_.to_dict())
    assert np.array_equal(again.labels(MOONS), model.labels_)
    assert np.array_equal(again.assess(MOONS).confidence, model.confidence_)


@pytest.mark.parametrize("seed", range(5))
def test_second_label_agrees_with_assess_for_ties(seed):
    sizes = np.random.default_rng(seed).permutation([12, 14, 16, 18, 20])
    # Every center is as far from the middle; which cluster counts as second there is a matter of numbers.
    angles = np.repeat([[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]], sizes, axis=0)
    X = 100.0 * angles + np.concatenate([np.c_[np.arange(s) % 3 - 1, np.arange(s) % 4 - 1] for s in sizes])
    model = MinSizeHDBSCAN(min_size=8, min_samples=3).fit(X)
    assert np.array_equal(model.second_labels_, model.assess(X).second_label)
