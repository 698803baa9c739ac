from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from custseg.clustering import (
    HeavyTailClusterer,
    MinSizeGaussianMixture,
    MinSizeHDBSCAN,
    MinSizeKMeans,
    select_clustering,
    stability,
)
from custseg.clustering.selection._tails import TailRule, Tails

CENTERS = np.array([[0.0, 0, 0], [6, 0, 0], [0, 6, 0], [0, 0, 6]])


def grouped(noise: str, *, n: int = 600, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Four groups in three columns, and a column of noise."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(4), n // 4)
    drawn = {
        "t": lambda: rng.standard_t(2, n),
        "cauchy": lambda: rng.standard_cauchy(n),
        "log": lambda: rng.lognormal(size=n),
        "count": lambda: np.minimum(rng.zipf(2.0, n), 1_000),
    }
    return np.c_[CENTERS[group] + rng.normal(size=(n, 3)), drawn[noise]()], group


@pytest.mark.parametrize("noise", ["t", "cauchy", "log", "count"])
def test_a_column_of_heavy_noise_does_not_hide_the_groups(noise: str) -> None:
    X, group = grouped(noise)
    best = select_clustering(X, methods="kmeans", n_clusters=range(2, 7)).best
    assert best.n_clusters == 4
    assert adjusted_rand_score(group, best.labels) > 0.9


def test_the_chosen_estimator_takes_the_rows_as_they_are() -> None:
    X, _ = grouped("cauchy")
    best = select_clustering(X, methods="kmeans", n_clusters=range(3, 6)).best
    assert isinstance(best.estimator, HeavyTailClusterer)
    assert best.estimator.heavy_columns_ == (3,)
    np.testing.assert_array_equal(best.estimator.predict(X), best.labels)
    np.testing.assert_array_equal(clone(best.estimator).fit(X).labels_, best.labels)
    np.testing.assert_array_equal(best.estimator.assess(X).confidence, best.estimator.confidence_)


def test_without_heavy_tails_the_estimator_is_a_plain_one() -> None:
    X = CENTERS[np.repeat(np.arange(4), 60)] + np.random.default_rng(0).normal(size=(240, 3))
    assert isinstance(select_clustering(X, methods="kmeans").best.estimator, MinSizeKMeans)


@pytest.mark.parametrize("make", ["normal", "uniform", "logistic"])
def test_thin_tails_stay_as_they_are(make: str) -> None:
    X = getattr(np.random.default_rng(0), make)(size=(2_000, 5))
    assert Tails.of(X, 60).drawn_in(X) is X


def test_a_far_group_stays_where_it_is() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_000, 2)) + np.repeat([[0, 0], [40, 0]], [940, 60], axis=0)
    assert Tails.of(X, 50).parts == ()
    assert select_clustering(X, n_clusters=range(2, 5), min_size=50).best.labels[940:].all()


@pytest.mark.parametrize("far", ["tight", "wide", "skewed", "even"])
def test_a_far_group_of_any_width_is_no_tail(far: str) -> None:
    rng = np.random.default_rng(0)
    group = {
        "tight": lambda: rng.normal(40, 1, 55),
        "wide": lambda: rng.normal(100, 30, 55),
        "skewed": lambda: rng.lognormal(5, 0.5, 55),
        "even": lambda: rng.uniform(50, 400, 55),
    }
    X = np.append(rng.normal(size=945), group[far]())[:, None]
    assert Tails.of(X, 50).parts == ()
    assert Tails.of(X, 60).columns == ((0,) if far != "tight" else ())


def test_far_rows_fewer_than_a_group_are_drawn_in() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_000, 1)) + np.repeat([[0], [40]], [980, 20], axis=0)
    tails = Tails.of(X, 50)
    assert tails.columns == (0,)
    assert tails.drawn_in(X).max() < 4


def test_a_large_minimum_makes_no_tail_heavy() -> None:
    X = np.random.default_rng(0).normal(size=(1_000, 3))
    assert Tails.of(X, 250).parts == ()


def test_drawn_in_values_are_those_of_a_normal_column_with_the_same_quartile() -> None:
    # Quantiles of Student's t with two degrees of freedom: (2p - 1) / sqrt(2p (1 - p)).
    p = (np.arange(4_001) + 0.5) / 4_001
    X = ((2 * p - 1) / np.sqrt(2 * p * (1 - p)))[:, None]
    drawn = Tails.of(X, 200).drawn_in(X)[:, 0]
    scale = np.quantile(X, 0.75) / norm.ppf(0.75)
    np.testing.assert_allclose(drawn[3_900], scale * norm.ppf(p[3_900]), rtol=0.01)
    np.testing.assert_allclose(drawn, -drawn[::-1], atol=1e-9)


@given(st.integers(0, 9_999), st.integers(5, 40), st.sampled_from([1.0, 1.5, 2.0]), st.integers(0, 2))
def test_values_come_nearer_to_the_median_and_keep_their_order(
    seed: int, least: int, index: float, digits: int
) -> None:
    X = np.random.default_rng(seed).standard_t(index, (400, 2)).round(digits)
    drawn, middle = Tails.of(X, least).drawn_in(X), np.median(X, axis=0)
    assert (np.abs(drawn - middle) <= np.abs(X - middle) * (1 + 1e-12) + 1e-12).all()
    for before, after in zip(X.T, drawn.T, strict=True):
        assert (np.diff(after[np.argsort(before, kind="stable")]) >= -1e-12).all()


def test_the_unit_and_the_order_of_the_rows_change_nothing() -> None:
    X, _ = grouped("t")
    drawn, mixed = Tails.of(X, 30).drawn_in(X), np.random.default_rng(1).permutation(len(X))
    np.testing.assert_array_equal(Tails.of(X[mixed], 30).drawn_in(X[mixed]), drawn[mixed])
    np.testing.assert_allclose(Tails.of(1e5 * X + 7, 30).drawn_in(1e5 * X + 7), 1e5 * drawn + 7, rtol=1e-9)


def test_new_rows_beyond_all_that_were_seen_are_drawn_in_as_the_farthest() -> None:
    X, _ = grouped("cauchy")
    tails = Tails.of(X, 30)
    far, farther = np.zeros((2, 1, 4))
    far[0, 3], farther[0, 3] = X[:, 3].max(), 1e6
    np.testing.assert_array_equal(tails.drawn_in(farther), tails.drawn_in(far))


def test_rows_beyond_all_that_were_seen_of_a_tail_are_unusual() -> None:
    X, _ = grouped("cauchy")
    model = HeavyTailClusterer(MinSizeKMeans(4, random_state=0)).fit(X)
    farther = X[:1].copy()
    farther[0, 3] = X[:, 3].max() + 1
    assert not model.assess(X).is_outlier.any()
    assert model.assess(farther).is_outlier.all()


def test_a_refit_forgets_the_clusterer_before() -> None:
    X, _ = grouped("t")
    model = HeavyTailClusterer(MinSizeGaussianMixture(2, random_state=0)).fit(X)
    model.set_params(clusterer=MinSizeKMeans(2, random_state=0)).fit(X)
    assert not hasattr(model, "means_")
    assert model.sizes_.sum() == len(X)


@pytest.mark.parametrize(("given_one", "told"), [(KMeans(2), "got KMeans"), (MinSizeKMeans, "the class MinSizeKMeans")])
def test_another_clusterer_is_refused(given_one: object, told: str) -> None:
    with pytest.raises(TypeError, match=f"HeavyTailClusterer: clusterer must be a MinSizeKMeans or .*{told}"):
        HeavyTailClusterer(given_one).fit(np.zeros((10, 2)))


def test_the_difference_of_two_costs_is_that_of_the_drawn_in_row() -> None:
    X, _ = grouped("cauchy")
    model = HeavyTailClusterer(MinSizeKMeans(4, random_state=0)).fit(X)
    drawn = model.assignment_rule_.tails.drawn_in(X[:1])[0]
    columns, rest = model.assignment_rule_.contributions(X[0], 0, 1)
    centers = model.cluster_centers_
    assert columns.sum() + rest == pytest.approx(((drawn - centers[1]) ** 2 - (drawn - centers[0]) ** 2).sum())


def test_the_rule_goes_into_json_and_back() -> None:
    X, _ = grouped("t")
    model = HeavyTailClusterer(MinSizeKMeans(4, random_state=0)).fit(X)
    again = TailRule.from_dict(json.loads(json.dumps(model.assignment_rule_.to_dict())))
    np.testing.assert_array_equal(again.labels(X), model.labels_)


def test_halves_have_half_of_the_inner_minimum_too() -> None:
    X, _ = grouped("t")
    model = HeavyTailClusterer(MinSizeKMeans(4, min_size=140, random_state=0), min_size=30)
    assert stability(model, X, n_draws=3).mean > 0.9


def test_hdbscan_draws_in_too() -> None:
    X, _ = grouped("t", n=1_200)
    model = HeavyTailClusterer(MinSizeHDBSCAN(min_size=60)).fit(X)
    assert model.n_clusters_ == len(model.sizes_)
    np.testing.assert_array_equal(model.predict(X), model.labels_)


def test_a_minimum_that_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError, match="HeavyTailClusterer: min_size must be"):
        HeavyTailClusterer(MinSizeKMeans(2), min_size="few").fit(np.zeros((10, 2)))
