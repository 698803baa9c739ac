from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
import pytest
from effort import all_of
from hypothesis import given
from hypothesis import strategies as st
from quick import quick_fit
from scipy.stats import norm
from sklearn.metrics import adjusted_rand_score

from custseg import Segmentation
from custseg.clustering import select_clustering
from custseg.insights import explain
from custseg.preparation import HeavyTails, compress_tails, fit_preparation

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


@pytest.mark.slow
@pytest.mark.parametrize("noise", all_of(["t", "cauchy", "log", "count"], quick=("t",)))
def test_heavy_noise_does_not_hide_groups(noise: str) -> None:
    X, group = grouped(noise)
    best = select_clustering(compress_tails(X), methods="kmeans", n_clusters=range(2, 7)).best
    assert best.n_clusters == 4
    assert adjusted_rand_score(group, best.labels) > 0.9


def test_only_the_heavy_column_changes() -> None:
    X, _ = grouped("cauchy")
    tails = HeavyTails.fit(X)
    assert tails.columns == (3,)
    np.testing.assert_array_equal(tails.transform(X)[:, :3], X[:, :3])
    np.testing.assert_array_equal(tails.transform(X), compress_tails(X))


@pytest.mark.parametrize("make", ["normal", "uniform", "logistic"])
def test_thin_tails_stay(make: str) -> None:
    X = getattr(np.random.default_rng(0), make)(size=(2_000, 5))
    assert compress_tails(X, min_size=60) is X


def test_far_group_stays() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_000, 2)) + np.repeat([[0, 0], [40, 0]], [940, 60], axis=0)
    assert HeavyTails.fit(X, min_size=50).tails == ()


@pytest.mark.parametrize("shape", ["tight", "wide", "skewed", "even"])
def test_far_group_of_any_width_is_not_a_tail(shape: str) -> None:
    rng = np.random.default_rng(0)
    group = {
        "tight": lambda: rng.normal(40, 1, 55),
        "wide": lambda: rng.normal(100, 30, 55),
        "skewed": lambda: rng.lognormal(5, 0.5, 55),
        "even": lambda: rng.uniform(50, 400, 55),
    }
    X = np.append(rng.normal(size=945), group[shape]())[:, None]
    assert HeavyTails.fit(X, min_size=50).tails == ()
    assert HeavyTails.fit(X, min_size=60).columns == ((0,) if shape != "tight" else ())


def test_too_few_far_rows_are_compressed() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_000, 1)) + np.repeat([[0], [40]], [980, 20], axis=0)
    tails = HeavyTails.fit(X, min_size=50)
    assert tails.columns == (0,)
    assert tails.transform(X).max() < 4


def test_large_minimum_makes_no_tail_heavy() -> None:
    X = np.random.default_rng(0).standard_cauchy(size=(1_000, 3))
    assert HeavyTails.fit(X, min_size=251).tails == ()


def test_compressed_values_are_normal_quantiles() -> None:
    # Quantiles of Student's t with two degrees of freedom: (2p - 1) / sqrt(2p (1 - p)).
    p = (np.arange(4_001) + 0.5) / 4_001
    X = ((2 * p - 1) / np.sqrt(2 * p * (1 - p)))[:, None]
    compressed = compress_tails(X, min_size=200)[:, 0]
    scale = np.quantile(X, 0.75) / norm.ppf(0.75)
    np.testing.assert_allclose(compressed[3_900], scale * norm.ppf(p[3_900]), rtol=0.01)
    np.testing.assert_allclose(compressed, -compressed[::-1], atol=1e-9)


@given(st.integers(0, 9_999), st.integers(5, 40), st.sampled_from([1.0, 1.5, 2.0]), st.integers(0, 2))
def test_values_approach_the_median_in_order(seed: int, min_size: int, index: float, digits: int) -> None:
    X = np.random.default_rng(seed).standard_t(index, (400, 2)).round(digits)
    compressed, middle = compress_tails(X, min_size=min_size), np.median(X, axis=0)
    assert (np.abs(compressed - middle) <= np.abs(X - middle) * (1 + 1e-12) + 1e-12).all()
    for before, after in zip(X.T, compressed.T, strict=True):
        assert (np.diff(after[np.argsort(before, kind="stable")]) >= -1e-12).all()


def test_unit_and_row_order_do_not_matter() -> None:
    X, _ = grouped("t")
    compressed, mixed = compress_tails(X), np.random.default_rng(1).permutation(len(X))
    np.testing.assert_array_equal(compress_tails(X[mixed]), compressed[mixed])
    np.testing.assert_allclose(compress_tails(1e5 * X + 7), 1e5 * compressed + 7, rtol=1e-9)


def test_new_rows_beyond_the_tail_equal_its_end() -> None:
    X, _ = grouped("cauchy")
    tails = HeavyTails.fit(X)
    far, farther = np.zeros((2, 1, 4))
    # The tail ends at the mean of its ten outermost rows.
    end = np.sort(X[:, 3])[-10:].mean()
    far[0, 3], farther[0, 3] = end * (1 - 1e-12), 1e6
    np.testing.assert_allclose(tails.transform(farther), tails.transform(far), rtol=1e-9)
    assert (tails.is_beyond(far), tails.is_beyond(farther)) == ([False], [True])


def test_knots_are_means_of_ten() -> None:
    X, _ = grouped("cauchy")
    upper = next(tail for tail in HeavyTails.fit(X).tails if tail.sign > 0)
    distances = np.sort(X[:, 3][X[:, 3] > upper.middle] - upper.middle)
    means = np.convolve(distances, np.full(10, 0.1), mode="valid")
    nearest = [int(np.abs(means - knot).argmin()) for knot in upper.distances]
    np.testing.assert_allclose(upper.distances, means[nearest], rtol=1e-9)
    assert (np.diff(nearest) >= 10).all()
    assert nearest[-1] == len(distances) - 10


def test_wrong_minimum_is_refused() -> None:
    with pytest.raises(TypeError, match="compress_tails: min_size must be"):
        compress_tails(np.zeros((10, 2)), min_size="few")  # type: ignore[arg-type]


def columns_of(X: np.ndarray) -> dict[str, np.ndarray]:
    return dict(zip("abcd", X.T, strict=True))


def prepared_row(values: Mapping[str, float], fitted: Segmentation) -> np.ndarray:
    return fitted.model.preparation.matrix({name: np.array([value]) for name, value in values.items()})


def test_preparation_compresses_with_a_minimum_size() -> None:
    X, _ = grouped("cauchy")
    plain, compressed = fit_preparation(columns_of(X)), fit_preparation(columns_of(X), min_size=0.05)
    assert plain.tails.columns == ()
    assert compressed.tails.columns == (3,)
    np.testing.assert_array_equal(compressed.matrix(columns_of(X)), compress_tails(plain.matrix(columns_of(X))))
    assert compressed.notes()[-1] == "The extreme values of d were compressed: they are too few to form a segment."


@pytest.fixture(scope="module")
def fitted() -> Segmentation:
    """Three segments, with a column of heavy noise."""
    rng, group = np.random.default_rng(0), np.repeat([0, 1, 2], 100)
    visits, spend = rng.normal(np.array([[20, 40, 60], [30, 60, 30]])[:, group], 3)
    table = pl.DataFrame({"id": range(300), "visits": visits, "spend": spend, "luck": rng.standard_t(2, 300)})
    result = quick_fit(features=table)
    assert result.model.preparation.tails.columns == (2,)
    return result


@pytest.mark.slow
def test_model_assigns_rows_one_by_one(fitted: Segmentation) -> None:
    table = fitted.features.frame
    assert fitted.model.assign(features=table).equals(fitted.assignments)
    assert fitted.model.assign(features=table[7:8]).equals(fitted.assignments[7:8])


@pytest.mark.slow
def test_customers_beyond_a_tail_are_outliers(fitted: Segmentation) -> None:
    table = fitted.features.frame
    tails = fitted.model.preparation.tails.tails
    far = {"id": [0], "visits": [20.0], "spend": [30.0], "luck": [-1e6 if tails[0].sign < 0 else 1e6]}
    assert fitted.model.assign(features=table)["is_outlier"].sum() < 10 * (3 + len(tails))
    # Values are clipped at four standard deviations, which the ten farthest customers of the fit may have reached.
    is_beyond = tails[0].distances[-1] < 4 - tails[0].sign * tails[0].middle
    assert fitted.model.assign(features=pl.DataFrame(far))["is_outlier"].to_list() == [is_beyond]


def test_explanation_adds_up_for_compressed_values(fitted: Segmentation) -> None:
    values = fitted.features.frame["luck"].to_numpy()
    explanation = explain(fitted, int(np.argmax(np.abs(values))))
    parts = sum(reason.contribution for reason in explanation.why)
    assert parts + explanation.residual == pytest.approx(explanation.margin)
    row = prepared_row({reason.feature: reason.taken_as for reason in explanation.why}, fitted)
    centers = fitted.model.rule.centers
    squared = ((row - centers) ** 2).sum(axis=1)
    assert explanation.margin == pytest.approx(squared[explanation.second_segment] - squared[explanation.segment])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1.0, np.nan]], "must be finite"),
        ([[np.inf, 1.0]], "must be finite"),
        ([1.0, 2.0], "2 dimensions"),
        ([[[1.0]]], "2 dimensions"),
    ],
)
def test_only_finite_matrices_are_compressed(X: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compress_tails(X)
