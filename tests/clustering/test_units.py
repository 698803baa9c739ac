"""The unit of the columns, and one row far from all others, change nothing for the rest."""

import numpy as np
import pytest
from every_method import OF_A_NUMBER, estimator
from sklearn.mixture import GaussianMixture

from custseg.clustering import MinSizeGaussianMixture, MinSizeHDBSCAN, MinSizeKMeans

KINDS = ("full", "tied", "diag", "spherical")
BLOBS = np.concatenate([np.random.default_rng(0).normal(c, 1, (60, 2)) for c in (0, 8, 20)])
GROUPS = np.repeat([0, 1, 2], 60)
SCALES = [1e-90, 1e-4, 1e6, 1e90]


def same_partition(one, other):
    return len(set(zip(one.tolist(), other.tolist(), strict=True))) == len(set(one)) == len(set(other))


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mixture_finds_the_same_groups_in_every_unit(kind, scale):
    model = MinSizeGaussianMixture(3, covariance_type=kind, min_size=10, random_state=0)
    assert same_partition(model.fit(BLOBS * scale).labels_, GROUPS)
    assert model.reassignments_ == ()


@pytest.mark.slow
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("method", OF_A_NUMBER, ids=lambda method: method.name)
def test_a_binding_minimum_gives_the_same_clusters_in_every_unit(method, scale):
    rows = np.random.default_rng(3).lognormal(size=(300, 2))
    # The order of the rows, and with it where a start begins, hangs on their bits: many starts find the same best.
    model = estimator(method, 4, min_size=60, n_init=20, random_state=0)
    assert np.array_equal(model.fit(rows * scale).sizes_, model.fit(rows).sizes_)
    assert model.sizes_.min() >= 60


def beside_a_whale(model, scale):
    rows = np.append(BLOBS, [[1e8, 1e8]], axis=0) * scale
    return model.fit(rows).labels_


@pytest.mark.parametrize("scale", [1e-90, 1.0, 1e6])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mixture_sees_the_groups_beside_a_whale(kind, scale):
    labels = beside_a_whale(MinSizeGaussianMixture(4, covariance_type=kind, random_state=0), scale)
    assert same_partition(labels[:-1], GROUPS)
    assert (labels[:-1] != labels[-1]).all()


@pytest.mark.parametrize("scale", [1e-90, 1.0, 1e6])
def test_k_means_and_hdbscan_see_the_groups_beside_a_whale(scale):
    assert same_partition(beside_a_whale(MinSizeKMeans(4, random_state=0), scale)[:-1], GROUPS)
    assert same_partition(beside_a_whale(MinSizeHDBSCAN(min_size=20), scale)[:-1], GROUPS)


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1e-90, 1e-4, 1.0, 1e6])
@pytest.mark.parametrize("method", OF_A_NUMBER, ids=lambda method: method.name)
def test_the_minimum_is_met_exactly_beside_a_whale(method, scale):
    rows = np.append(np.random.default_rng(1).normal(size=(119, 2)), [[1e8, 0.0]], axis=0)
    model = estimator(method, 4, min_size=30, random_state=0).fit(rows * scale)
    assert model.sizes_.tolist() == [30] * 4


def test_with_columns_of_variance_one_reg_covar_means_what_it_does_in_scikit_learn():
    rows = (BLOBS - BLOBS.mean(axis=0)) / BLOBS.std(axis=0)
    for kind in KINDS:
        ours = MinSizeGaussianMixture(
            3, covariance_type=kind, reg_covar=0.05, random_state=0, tol=1e-7, max_iter=5000
        ).fit(rows)
        theirs = GaussianMixture(3, covariance_type=kind, reg_covar=0.05, random_state=0, tol=1e-7, max_iter=5000).fit(
            rows
        )
        assert ours.score(rows) == pytest.approx(theirs.score(rows), abs=1e-4)
