"""What all estimators promise, over about a thousand random configurations."""

import numpy as np
import pytest
from effort import all_of
from every_method import estimator

from custseg.clustering import METHODS, method_names


def random_rows(rng):
    n, d = int(rng.integers(8, 120)), int(rng.integers(1, 4))
    shape = rng.integers(4)
    if shape == 0:
        return rng.normal(size=(n, d))
    if shape == 1:  # a lattice: many twins, many rows on boundaries
        return rng.integers(0, 4, (n, d)).astype(float)
    if shape == 2:  # heavy tails
        return np.exp(rng.standard_t(2, size=(n, d)))
    return np.repeat(rng.normal(size=(n // 4 + 1, d)), 4, axis=0)[:n]


def random_estimator(method, rng, n):
    k, share = int(rng.integers(1, 6)), float(rng.uniform(0.01, 1.1))
    least = int(rng.integers(1, max(2, n // k))) if rng.random() < 0.5 else min(share / k, 0.99)
    return estimator(
        method,
        k,
        min_size=least,
        n_init=2,
        max_iter=10,
        covariance_type=str(rng.choice(["full", "tied", "diag", "spherical"])),
        noise=str(rng.choice(["nearest", "keep"])),
        max_fit_rows=60,
        max_prototypes=30,
        random_state=0,
    )


def fitted(model, X):
    """The fitted model; None where it says that the minimum or the number of clusters cannot be."""
    try:
        return model.fit(X)
    except ValueError as error:
        if "feasible" in str(error) or "distinct row" in str(error):
            return None
        raise


def check_promises(model, X, rng):
    least = model.min_size if isinstance(model.min_size, int) else int(np.ceil(round(model.min_size * len(X), 9)))
    found = model.labels_[model.labels_ >= 0]
    assert model.sizes_.sum() == len(found)
    assert np.array_equal(model.sizes_, np.bincount(found, minlength=len(model.sizes_)))
    assert (model.sizes_ >= max(1, least)).all()
    assert np.array_equal(model.predict(X), model.labels_)
    assert np.array_equal(model.predict(X[:1]), model.labels_[:1])
    assessed = model.assess(X)
    assert np.array_equal(assessed.label, model.labels_)
    assert np.array_equal(assessed.distance, model.distance_)
    # At most nine rows are farther away than the mean of ten, fewer in a cluster that has fewer.
    assert (np.bincount(assessed.label[assessed.is_outlier & (assessed.label >= 0)], minlength=1) < 10).all()
    assert ((assessed.confidence >= 0) & (assessed.confidence <= 1)).all()
    order = rng.permutation(len(X))
    assert np.array_equal(model.fit(X[order]).labels_, assessed.label[order])


@pytest.mark.parametrize("method", METHODS, ids=method_names())
@pytest.mark.parametrize("batch", all_of(range(17), quick=range(2)))
def test_sizes_labels_and_order_hold(method, batch):
    for seed in range(20 * batch, 20 * batch + 20):
        rng = np.random.default_rng(seed)
        X = random_rows(rng)
        model = random_estimator(method, rng, len(X))
        if fitted(model, X) is not None:
            check_promises(model, X, rng)
