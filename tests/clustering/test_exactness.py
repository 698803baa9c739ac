import numpy as np
import pytest
from scipy.optimize import linprog

from custseg.clustering import MinSizeHDBSCAN, MinSizeKMeans


def without_minimum_nothing(model, least):
    """Complementary slackness: a cluster above the minimum has no offset."""
    return not model.offsets_[model.sizes_ > least].any()


def linear_program(X, centers, least):
    cost = ((X[:, None] - centers) ** 2).sum(axis=2)
    (n, k), unit = cost.shape, cost.max()
    rows, sizes = np.kron(np.eye(n), np.ones(k)), -np.tile(np.eye(k), n)
    return unit * linprog(cost.ravel() / unit, A_ub=sizes, b_ub=np.full(k, -least), A_eq=rows, b_eq=np.ones(n)).fun


@pytest.mark.parametrize("unit", [1.0, 1e-4, 2.0**-40, 1e30])
def test_offsets_are_optimal_in_every_unit(unit):
    X = np.random.default_rng(0).lognormal(size=(20_000, 3)) * unit
    model = MinSizeKMeans(6, min_size=2_500, n_init=2, random_state=0).fit(X)
    assert (model.offsets_ == 0).sum() == 3
    assert without_minimum_nothing(model, 2_500)


def test_offsets_raised_together_are_lowered_together():
    rng = np.random.default_rng(2849)
    n, d = int(rng.integers(2, 45)), int(rng.integers(1, 4))
    rng.integers(1, min(n, 7) + 1)
    rng.choice(["normal", "lattice", "heavy", "grid01", "offset"])
    X = rng.standard_t(1, size=(n, d)) * 10 ** rng.uniform(-3, 6)
    model = MinSizeKMeans(4, min_size=4, n_init=2, random_state=0).fit(X)
    assert without_minimum_nothing(model, 4)
    assert model.inertia_ == pytest.approx(linear_program(X, model.cluster_centers_, 4), rel=1e-9)


@pytest.mark.parametrize("seed", [0, 3, 11, 30, 39, 100])
def test_whales_leave_the_offsets_of_the_others_exact(seed):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal(size=16), 10.0 ** rng.uniform(5, 8, 4)])[:, None]
    model = MinSizeKMeans(4, min_size=4, n_init=3, random_state=0).fit(X)
    assert without_minimum_nothing(model, 4)


@pytest.mark.parametrize("seed", range(5))
def test_second_of_the_fit_is_that_of_assess_where_clusters_are_equally_near(seed):
    sizes = np.random.default_rng(seed).permutation([12, 14, 16, 18, 20])
    # Every center is as far from the middle; which cluster counts as second there is a matter of numbers.
    angles = np.repeat([[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]], sizes, axis=0)
    X = 100.0 * angles + np.concatenate([np.c_[np.arange(s) % 3 - 1, np.arange(s) % 4 - 1] for s in sizes])
    model = MinSizeHDBSCAN(min_size=8, min_samples=3).fit(X)
    assert np.array_equal(model.second_labels_, model.assess(X).second_label)
