"""Offsets of the fitted k-means: optimal, and none where the minimum size does not bind."""

import numpy as np
import pytest
from scipy.optimize import linprog

from custseg.clustering import MinSizeKMeans


def only_binding_offsets(model, min_size):
    """Complementary slackness: a cluster above the minimum has no offset."""
    return not model.offsets_[model.sizes_ > min_size].any()


def linear_program(X, centers, min_size):
    cost = ((X[:, None] - centers) ** 2).sum(axis=2)
    (n, k), unit = cost.shape, cost.max()
    rows, sizes = np.kron(np.eye(n), np.ones(k)), -np.tile(np.eye(k), n)
    return unit * linprog(cost.ravel() / unit, A_ub=sizes, b_ub=np.full(k, -min_size), A_eq=rows, b_eq=np.ones(n)).fun


@pytest.mark.parametrize("unit", [1.0, 1e-4, 2.0**-40, 1e30])
def test_offsets_are_optimal_in_every_unit(unit):
    X = np.random.default_rng(0).lognormal(size=(20_000, 3)) * unit
    model = MinSizeKMeans(6, min_size=2_500, n_init=2, random_state=0).fit(X)
    assert (model.offsets_ == 0).sum() == 3
    assert only_binding_offsets(model, 2_500)


def test_offsets_raised_together_are_lowered_together():
    rng = np.random.default_rng(2849)
    n, d = int(rng.integers(2, 45)), int(rng.integers(1, 4))
    rng.integers(1, min(n, 7) + 1)
    rng.choice(["normal", "lattice", "heavy", "grid01", "offset"])
    X = rng.standard_t(1, size=(n, d)) * 10 ** rng.uniform(-3, 6)
    model = MinSizeKMeans(4, min_size=4, n_init=2, random_state=0).fit(X)
    assert only_binding_offsets(model, 4)
    assert model.inertia_ == pytest.approx(linear_program(X, model.cluster_centers_, 4), rel=1e-9)


@pytest.mark.parametrize("seed", [0, 3, 11, 30, 39, 100])
def test_outliers_leave_other_offsets_exact(seed):
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal(size=16), 10.0 ** rng.uniform(5, 8, 4)])[:, None]
    model = MinSizeKMeans(4, min_size=4, n_init=3, random_state=0).fit(X)
    assert only_binding_offsets(model, 4)
