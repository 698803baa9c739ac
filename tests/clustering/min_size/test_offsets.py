import itertools

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from custseg.clustering.min_size._lloyd import CenterCosts
from custseg.clustering.min_size._offsets import optimal_offsets
from custseg.clustering.min_size._sized_assignment import sized_assignment


def linear_program(cost, weights, least):
    """The least cost when rows may be split, by scipy."""
    n, k = cost.shape
    rows = np.kron(np.eye(n), np.ones(k))
    sizes = -np.tile(np.eye(k), n)
    answer = linprog(cost.ravel(), A_ub=sizes, b_ub=np.full(k, -least), A_eq=rows, b_eq=weights)
    return answer.fun if answer.status == 0 else None


def solved(X, centers, least, weights=None):
    weights = np.ones(len(X)) if weights is None else weights
    costs = CenterCosts(np.ascontiguousarray(X, dtype=float), np.ascontiguousarray(centers, dtype=float))
    start, _ = optimal_offsets(costs, weights, least, start=np.zeros(len(centers)))
    return costs, sized_assignment(costs, weights, least, start=start)


def paid(costs, labels, weights=None):
    own = costs.matrix(np.arange(len(costs)))[np.arange(len(costs)), labels]
    return float(own.sum() if weights is None else (own * weights).sum())


@pytest.mark.slow
@examples(200)
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(2, 6), share=st.floats(0.3, 1.0), tail=st.booleans())
def test_cost_equals_the_linear_program_without_ties(seed, k, share, tail):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(k, 60)), int(rng.integers(1, 4))
    X = rng.standard_cauchy((n, d)) if tail else rng.normal(size=(n, d))
    centers = rng.normal(size=(k, d)) * rng.choice([0.1, 1, 10])
    least = max(1, int(share * n / k))
    costs, found = solved(X, centers, least)
    optimum = linear_program(costs.matrix(np.arange(n)), np.ones(n), least)
    assert found.sizes.min() >= least
    assert paid(costs, found.labels) == pytest.approx(optimum, rel=1e-7)


@pytest.mark.parametrize("seed", range(40))
def test_cost_with_twins_is_within_the_tied_rows_of_the_linear_program(seed):
    rng = np.random.default_rng(seed)
    n, k = 25, int(rng.integers(2, 5))
    X, centers = rng.normal(size=(n, 2)), rng.normal(size=(k, 2))
    weights = rng.integers(1, 6, n).astype(float)
    least = float(int(rng.uniform(0.5, 0.95) * weights.sum() / k))
    costs, found = solved(X, centers, least, weights)
    if found is None:
        return
    optimum = linear_program(costs.matrix(np.arange(n)), weights, least)
    over = np.where(found.offsets > 0, found.sizes - least, 0)
    assert found.sizes.min() >= least
    assert over.max() < weights.max()
    assert paid(costs, found.labels, weights) <= optimum + found.offsets @ over + 1e-9


def power_diagrams(cost, weights):
    """Every partition of the rows that some offsets give, by trying all orders of the differences."""
    n, k = cost.shape
    for labels in itertools.product(range(k), repeat=n):
        labels = np.array(labels)
        ways = np.full((k, k), np.inf)
        for i, j in itertools.permutations(range(k), 2):
            inside = cost[labels == i]
            if len(inside):
                ways[i, j] = (inside[:, j] - inside[:, i]).min()
        for via in range(k):
            ways = np.minimum(ways, ways[:, [via]] + ways[[via], :])
        if not (np.diag(ways) <= 1e-9).any():
            yield labels


@pytest.mark.parametrize("seed", range(60))
def test_offsets_are_found_whenever_any_exist(seed):
    rng = np.random.default_rng(seed)
    n, k = 6, int(rng.integers(2, 4))
    X = np.unique(rng.integers(0, 4, (n, 2)), axis=0).astype(float)
    centers = rng.normal(size=(k, 2)) + 1.5
    weights = rng.integers(1, 5, len(X)).astype(float)
    cost = CenterCosts(X, centers).matrix(np.arange(len(X)))
    sizes = [np.bincount(labels, weights, minlength=k) for labels in power_diagrams(cost, weights)]
    best = int(max(found.min() for found in sizes))
    for least in range(1, int(weights.sum() // k) + 1):
        _, found = solved(X, centers, float(least), weights)
        assert (found is not None) == (least <= best), (least, best)
