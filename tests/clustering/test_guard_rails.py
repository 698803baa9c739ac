import re
import subprocess
import sys

import numpy as np
import pytest
from every_method import OF_A_NUMBER, estimators
from threadpoolctl import threadpool_limits

from custseg.clustering import MinSizeGaussianMixture, MinSizeHDBSCAN, MinSizeKMeans
from custseg.clustering.rows import _blocks
from custseg.errors import InfeasibleMinimumError

ESTIMATORS = estimators(3, min_size=0.2, n_init=2, random_state=0)
X = np.concatenate([np.random.default_rng(0).normal(c, 1, (60, 2)) for c in (0, 6, 12)])


@pytest.mark.parametrize("model", ESTIMATORS)
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[np.nan, 1.0], [0.0, 1.0]], "NaN"),
        ([[np.inf, 1.0], [0.0, 1.0]], "infinity"),
        (X * 1e200, "Rescale the columns"),
        (X * 1e-200, "Rescale the columns"),
        (np.empty((0, 2)), "0 sample"),
        (X[:1], "n_samples=1"),
    ],
)
def test_rows_that_cannot_be_used_are_refused(model, rows, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        model.fit(rows)


@pytest.mark.parametrize("model", estimators(3, OF_A_NUMBER, min_size=0.2))
def test_more_clusters_than_distinct_rows_are_refused(model):
    with pytest.raises(ValueError, match="2 distinct rows of X"):
        model.fit([[0.0], [0.0], [1.0], [1.0]])


@pytest.mark.parametrize("model", estimators(3, OF_A_NUMBER, min_size=61))
def test_a_minimum_that_no_rows_could_meet_says_what_would_do(model):
    with pytest.raises(InfeasibleMinimumError, match=r"min_size=60 is feasible; .* at most 2") as caught:
        model.fit(X)
    assert caught.value.feasible == 60


def test_a_minimum_above_all_rows_is_refused():
    with pytest.raises(InfeasibleMinimumError, match="min_size=180 is feasible"):
        MinSizeHDBSCAN(min_size=181).fit(X)


@pytest.mark.parametrize(
    ("weights", "message"),
    [(-np.ones(180), "not negative"), (np.zeros(180), "all zero"), (np.ones(3), "one weight per row")],
)
def test_weights_that_cannot_be_used_are_refused(weights, message):
    with pytest.raises(ValueError, match=message):
        MinSizeKMeans(3).fit(X, sample_weight=weights)


@pytest.mark.parametrize("scale", [1e-90, 1e-8, 1e8, 1e90])
@pytest.mark.parametrize("model", [model for model in ESTIMATORS if not isinstance(model, MinSizeGaussianMixture)])
def test_the_unit_of_the_columns_does_not_matter(model, scale):
    assert np.array_equal(model.fit(X * scale).labels_, model.fit(X).labels_)


@pytest.mark.parametrize("model", ESTIMATORS)
def test_constant_columns_do_no_harm(model):
    constant = np.column_stack([X, np.full(len(X), 7.0)])
    assert np.bincount(model.fit(constant).labels_).tolist() == [60, 60, 60]


@pytest.mark.parametrize("model", ESTIMATORS)
def test_float32_and_float64_of_the_same_values_agree(model):
    single = X.astype(np.float32)
    assert np.array_equal(model.fit(single).labels_, model.fit(single.astype(np.float64)).labels_)


@pytest.mark.slow
@pytest.mark.parametrize("model", ESTIMATORS)
def test_the_number_of_threads_does_not_matter(model, monkeypatch):
    rows = np.random.default_rng(1).gamma(2, size=(3_000, 3)).round(1)
    monkeypatch.setattr(_blocks, "_BLOCK", 256)
    one = None
    for threads in (1, 2, 7):
        monkeypatch.setattr("custseg.clustering.rows._kernels.max_threads", lambda count=threads: count)
        with threadpool_limits(threads):
            labels = model.fit(rows).labels_
        one = labels if one is None else one
        assert np.array_equal(labels, one)


@pytest.mark.parametrize("model", ESTIMATORS)
def test_minus_zero_is_zero(model):
    rows = X.round()
    signed = np.where(rows == 0, -0.0, rows)
    assert np.array_equal(model.fit(rows).labels_, model.fit(signed).labels_)


@pytest.mark.slow
def test_numba_is_imported_when_it_is_used():
    code = "import sys, custseg.clustering; print('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
