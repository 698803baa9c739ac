"""The minimum size that an error calls feasible: every seed meets it, and it is a sensible one."""

import itertools

import numpy as np
import pytest
from effort import examples, seeds
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from custseg.clustering import MinSizeGaussianMixture, MinSizeKMeans
from custseg.errors import InfeasibleMinimumError


def is_power_diagram(X, labels, k):
    """Whether affine functions exist, each by 1 the largest on the rows of its cluster."""
    (n, d), rows = X.shape, []
    for i, j in itertools.product(range(n), range(k)):
        if labels[i] != j:
            row = np.zeros((k, d + 1))
            row[labels[i]] -= [*X[i], 1]
            row[j] += [*X[i], 1]
            rows.append(row.ravel())
    answer = linprog(np.zeros(k * (d + 1)), A_ub=rows, b_ub=-np.ones(len(rows)), bounds=(None, None))
    return answer.status == 0


def largest_by_brute_force(X, weights, k):
    best = 0.0
    for labels in itertools.product(range(k), repeat=len(X)):
        smallest = np.bincount(labels, weights, minlength=k).min()
        first_seen = list(dict.fromkeys(labels)) == list(range(k))
        if first_seen and smallest > best and is_power_diagram(X, labels, k):
            best = smallest
    return best


def duplicates(seed, d=2):
    rng = np.random.default_rng(seed)
    X = np.unique(rng.integers(0, 4, (int(rng.integers(3, 8)), d)), axis=0).astype(float)
    return X, rng.integers(1, 8, len(X)), int(rng.integers(2, min(len(X), 5) + 1))


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("seed", seeds(25, quick=6))
def test_feasible_minimum_of_toys_is_sensible(seed, d):
    X, counts, k = duplicates(seed, d)
    best = largest_by_brute_force(X, counts, k)
    rows = np.repeat(X, counts, axis=0)
    with pytest.raises(InfeasibleMinimumError, match="is feasible") as caught:
        MinSizeKMeans(k, min_size=int(counts.sum() // k + 1), n_init=1, random_state=seed).fit(rows)
    feasible = caught.value.feasible
    assert (1.0 if d == 1 else 0.5) * best <= feasible <= best
    for min_size in range(1, int(feasible) + 1):
        model = MinSizeKMeans(k, min_size=min_size, n_init=1, random_state=seed).fit(rows)
        assert model.sizes_.min() >= min_size


@examples(30)
@given(
    make=st.sampled_from([MinSizeKMeans, MinSizeGaussianMixture]),
    seed=st.integers(0, 2**32 - 1),
    k=st.integers(2, 5),
    kind=st.sampled_from(["lattice", "duplicates", "heavy", "mass"]),
)
def test_feasible_minimum_is_met_by_every_seed(make, seed, k, kind):
    rng = np.random.default_rng(seed)
    n, d = int(rng.integers(2 * k, 60)), int(rng.integers(1, 4))
    rows = rng.normal(size=(n, d)) if kind == "mass" else np.exp(rng.standard_t(1.5, size=(n, d)))
    if kind == "lattice":
        rows = rng.integers(0, 3, (n, d)).astype(float)
    elif kind == "duplicates":
        rows = rows[rng.integers(0, min(k + 3, n), n)]
    elif kind == "mass":
        rows[: n // 2] = 0.0
    assume(len(np.unique(rows, axis=0)) >= k)
    with pytest.raises(InfeasibleMinimumError, match="is feasible") as caught:
        make(k, min_size=n // k + 1, random_state=0).fit(rows)
    feasible = caught.value.feasible
    assert feasible >= 1
    for other_seed in rng.integers(0, 1_000, 2).tolist():
        assert make(k, min_size=feasible, random_state=other_seed).fit(rows).sizes_.min() >= feasible


@pytest.mark.slow
@examples(20)
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(2, 4))
def test_feasible_weight_is_met_by_every_seed(seed, k):
    rng = np.random.default_rng(seed)
    rows, weights = rng.integers(0, 3, (30, 2)).astype(float), rng.pareto(1.5, 30) + 0.01
    assume(len(np.unique(rows, axis=0)) >= k)
    with pytest.raises(InfeasibleMinimumError, match="is feasible") as caught:
        MinSizeKMeans(k, min_size=0.999, random_state=0).fit(rows, sample_weight=weights)
    share = np.floor(caught.value.feasible / weights.sum() * 1e6) / 1e6
    model = MinSizeKMeans(k, min_size=share, random_state=seed % 1_000).fit(rows, sample_weight=weights)
    assert model.sizes_.min() >= share * weights.sum() * (1 - 1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("make", [MinSizeKMeans, MinSizeGaussianMixture])
@pytest.mark.parametrize("seed", seeds(8, quick=3))
def test_feasible_is_met_by_every_seed_and_never_what_was_refused(make, seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 3, (60, 2)).astype(float)[rng.integers(0, 25, 60)]
    k = int(rng.integers(3, 6))
    with pytest.raises(InfeasibleMinimumError, match="is feasible") as caught:
        make(k, min_size=60 // k + 1, random_state=0).fit(rows)
    feasible = caught.value.feasible
    for other in range(4):
        assert make(k, min_size=feasible, random_state=other).fit(rows).sizes_.min() >= feasible
    for least in range(feasible + 1, 60 // k + 1):
        try:
            make(k, min_size=least, random_state=1).fit(rows)
        except InfeasibleMinimumError as error:
            assert error.feasible < least  # noqa: PT017 - both ends are right


@pytest.mark.parametrize("make", [MinSizeKMeans, MinSizeGaussianMixture])
@pytest.mark.parametrize("seed", range(6))
def test_distinct_rows_meet_every_minimum_that_their_number_allows(make, seed):
    rng = np.random.default_rng(seed)
    rows = np.exp(rng.standard_t(1.5, size=(48, 2)) * 2)
    assert make(6, min_size=8, random_state=seed).fit(rows).sizes_.tolist() == [8] * 6


@pytest.mark.parametrize("seed", [0, 4, 5, 6])
def test_a_tied_mixture_meets_the_minimum_over_twenty_orders_of_magnitude(seed):
    rows = np.exp(np.random.default_rng(seed).standard_t(1.2, (38, 1)).clip(-30, 30))
    assert MinSizeGaussianMixture(3, covariance_type="tied", min_size=8, random_state=0).fit(rows).sizes_.min() >= 8
