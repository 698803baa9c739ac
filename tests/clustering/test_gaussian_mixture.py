import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture

from custseg.clustering import MinSizeGaussianMixture
from custseg.clustering.assignment._gaussian import MixtureRule

KINDS = ("full", "tied", "diag", "spherical")


def three_groups(seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(c, s, (n, 2)) for c, s, n in [(0, 1, 400), (5, 2, 150), (-6, 0.5, 20)]])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("X", [load_iris().data, pytest.param(three_groups(), marks=pytest.mark.slow)])
@pytest.mark.slow
def test_likelihood_without_a_minimum_is_that_of_scikit_learn(kind, X):
    limits = {"covariance_type": kind, "tol": 1e-5, "max_iter": 300}
    ours = [MinSizeGaussianMixture(3, random_state=seed, **limits).fit(X).score(X) for seed in range(10)]
    theirs = [GaussianMixture(3, random_state=seed, **limits).fit(X).score(X) for seed in range(10)]
    assert np.median(ours) >= np.median(theirs) - 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_agree_with_labels_under_a_minimum(kind):
    X = three_groups()
    model = MinSizeGaussianMixture(3, covariance_type=kind, min_size=0.2, random_state=0).fit(X)
    shares = model.predict_proba(X)
    assert model.sizes_.min() >= 114
    assert model.reassignments_
    assert np.array_equal(shares.argmax(axis=1), model.labels_)
    assert np.allclose(shares.sum(axis=1), 1)
    assert np.array_equal(shares.max(axis=1), model.confidence_)


def test_parameters_have_the_shapes_of_scikit_learn():
    X = three_groups()
    for kind in KINDS:
        theirs = GaussianMixture(3, covariance_type=kind, random_state=0).fit(X)
        ours = MinSizeGaussianMixture(3, covariance_type=kind, random_state=0).fit(X)
        assert ours.covariances_.shape == theirs.covariances_.shape
        assert ours.weights_.sum() == pytest.approx(1)


def test_a_singular_covariance_falls_back_and_is_recorded():
    line = np.linspace(0, 1, 60)
    X = np.column_stack([line, line, np.zeros(60)])
    model = MinSizeGaussianMixture(2, reg_covar=0.0, min_size=10, random_state=0).fit(X)
    assert {remedy for _, remedy in model.fallbacks_} <= {"regularized", "diagonal"}
    assert model.fallbacks_
    assert np.isfinite(model.log_likelihood_)


def test_steps_that_do_not_end_are_a_flag():
    model = MinSizeGaussianMixture(3, max_iter=1, random_state=0).fit(three_groups())
    assert not model.converged_


def test_the_rule_survives_plain_numbers():
    X = three_groups()
    model = MinSizeGaussianMixture(3, min_size=0.2, random_state=0).fit(X)
    assert np.array_equal(MixtureRule.from_dict(model.assignment_rule_.to_dict()).labels(X), model.labels_)
