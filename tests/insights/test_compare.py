from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.mixture import GaussianMixture

from custseg import DataError, fit_segments
from custseg.clustering import evaluate_clusterer, select_clustering
from custseg.datasets import make_shop
from custseg.features import build_features
from custseg.insights import MethodComparison, compare_methods

GROUPS = np.repeat([0, 1, 2], [50, 40, 30])
CENTERS = np.array([[20.0, 30.0], [40.0, 45.0], [20.0, 60.0]])


def customers() -> pl.DataFrame:
    """Three groups that nobody would miss."""
    visits, basket = np.random.default_rng(0).normal(CENTERS[GROUPS]).T
    return pl.DataFrame({"id": [f"c{i}" for i in range(120)], "visits": visits, "basket": basket, "city": ["x"] * 120})


@pytest.fixture(scope="module")
def compared() -> MethodComparison:
    methods = {
        "ours": "kmeans",
        "Ward": AgglomerativeClustering(3),
        "mixture": GaussianMixture(3, random_state=0),
        "strict": DBSCAN(eps=0.1, min_samples=4),
        "blind": DBSCAN(eps=1e-6),
        "crumbs": KMeans(12, n_init=1, random_state=0),
    }
    return compare_methods(customers(), methods, labels_true=np.array(["a", "b", "c"])[GROUPS])


def row_of(comparison: MethodComparison, method: str) -> Any:
    return next(row for row in comparison.rows if row.method == method)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["ours", "Ward", "mixture"])
def test_clear_groups_are_found_by_every_method(compared: MethodComparison, method: str) -> None:
    row = row_of(compared, method)
    assert (row.n_clusters, row.adjusted_rand, row.stability, row.noise_share) == (3, 1.0, 1.0, 0.0)
    assert (row.smallest_share, row.meets_min_size, row.note) == (0.25, True, "")
    assert row.labels.tolist() == GROUPS.tolist()


def test_same_labels_have_the_same_measures(compared: MethodComparison) -> None:
    ours, ward = row_of(compared, "ours"), row_of(compared, "Ward")
    for name in (
        "silhouette",
        "silhouette_error",
        "silhouette_gain",
        "silhouette_gain_error",
        "calinski_harabasz",
        "davies_bouldin",
    ):
        assert getattr(ward, name) == pytest.approx(getattr(ours, name))


def test_measures_agree_with_scikit_learn(compared: MethodComparison) -> None:
    table, row = customers(), row_of(compared, "crumbs")
    used = ("visits", "basket")
    rows = np.column_stack([(table[name] - table[name].mean()) / table[name].std(ddof=0) for name in used])
    assert row.silhouette == pytest.approx(silhouette_score(rows, row.labels), abs=1e-5)
    assert row.calinski_harabasz == pytest.approx(calinski_harabasz_score(rows, row.labels), rel=1e-5)
    assert row.davies_bouldin == pytest.approx(davies_bouldin_score(rows, row.labels), rel=1e-5)
    assert row.adjusted_rand == pytest.approx(adjusted_rand_score(GROUPS, row.labels))


def test_noise_is_in_no_segment_and_told(compared: MethodComparison) -> None:
    row = row_of(compared, "strict")
    assert 0 < row.noise_share < 1
    assert row.noise_share == (row.labels < 0).mean()
    assert row.smallest_share == np.bincount(row.labels[row.labels >= 0]).min() / 120
    assert row.adjusted_rand == pytest.approx(adjusted_rand_score(GROUPS, row.labels))


def test_method_that_finds_nothing_has_a_row_that_says_so(compared: MethodComparison) -> None:
    row = row_of(compared, "blind")
    assert (row.n_clusters, row.noise_share, row.meets_min_size) == (0, 1.0, False)
    assert (row.silhouette, row.silhouette_gain, row.stability, row.davies_bouldin) == (None,) * 4
    assert row.note == "it found no segments"


def test_minimum_of_other_clusterers_is_told_and_not_kept(compared: MethodComparison) -> None:
    row = row_of(compared, "crumbs")
    assert (row.n_clusters, row.meets_min_size) == (12, False)
    assert row.smallest_share < compared.min_size / compared.n_customers == 0.05


def test_bic_is_that_of_mixtures_alone(compared: MethodComparison) -> None:
    assert [row.method for row in compared.rows if row.bic is not None] == ["mixture"]


def test_rows_go_into_a_frame(compared: MethodComparison) -> None:
    frame = pl.DataFrame(compared.columns())
    assert frame["method"].to_list() == ["ours", "Ward", "mixture", "strict", "blind", "crumbs"]
    assert frame["seconds"].min() >= 0
    assert "labels" not in frame.columns


def test_repr_is_a_table(compared: MethodComparison) -> None:
    title, _, head, *lines = repr(compared).splitlines()
    assert title == "6 methods on 120 customers, by visits, basket (minimum 6 customers)"
    assert head.split()[0] == "method"
    assert [line.split()[0] for line in lines] == [row.method for row in compared.rows]
    assert [line.endswith("under the minimum size") for line in lines] == [False] * 5 + [True]
    assert lines[4].endswith("it found no segments")


@pytest.mark.slow
def test_rows_of_our_methods_are_those_of_the_choice() -> None:
    features = customers().select("id", "visits", "basket")
    fitted = fit_segments(features=features, method="kmeans", n_segments=range(2, 5))
    (row,) = compare_methods(features, ["kmeans"], n_segments=range(2, 5)).rows
    best = fitted.choice.best
    assert (row.n_clusters, row.silhouette, row.silhouette_gain) == (
        best.n_clusters,
        best.silhouette,
        best.silhouette_gain,
    )
    assert row.labels.tolist() == fitted.labels.tolist()


@pytest.mark.slow
def test_our_three_methods_are_the_default() -> None:
    compared = compare_methods(customers(), n_segments=3)
    assert [(row.method, row.n_clusters) for row in compared.rows] == [
        ("kmeans", 3),
        ("gaussian_mixture", 3),
        ("hdbscan", 3),
    ]
    assert "adjusted_rand" not in repr(compared)


@pytest.mark.slow
def test_what_our_methods_cannot_do_is_a_note() -> None:
    compared = compare_methods(customers(), ["hdbscan", "kmeans"], n_segments=7, min_size=20)
    assert [row.n_clusters for row in compared.rows] == [0, 0]
    assert "no clustering into 7 groups of 20 or more" in compared.rows[0].note
    assert "7 groups of 20 or more need 140, and there are 120" in compared.rows[1].note


@pytest.mark.slow
def test_order_of_the_customers_does_not_matter() -> None:
    order = np.random.default_rng(1).permutation(120)
    methods = {"k-means": KMeans(4, n_init=1), "average": AgglomerativeClustering(4, linkage="average")}
    one, two = (compare_methods(table, methods) for table in (customers(), customers()[order.tolist()]))
    for before, after in zip(one.rows, two.rows, strict=True):
        assert after.labels.tolist() == before.labels[order].tolist()
        assert (after.silhouette, after.stability) == (before.silhouette, before.stability)


def test_customers_without_a_purchase_are_in_no_segment() -> None:
    shop = make_shop(150, 0)
    features = build_features(shop.orders, as_of=shop.as_of)
    compared = compare_methods(features, {"Ward": AgglomerativeClustering(4)})
    nobody = features.values("order_count") == 0
    assert compared.features == ("recency_days", "order_count", "revenue")
    assert compared.n_customers == (~nobody).sum() < len(features)
    assert (compared.rows[0].labels[nobody] == -1).all()


def test_every_kind_of_table_is_compared(kind: str, as_kind: Callable[[pl.DataFrame], object]) -> None:
    (row,) = compare_methods(as_kind(customers()), [AgglomerativeClustering(3)], columns=["visits"]).rows
    assert (row.method, row.n_clusters) == ("AgglomerativeClustering(n_clusters=3)", 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"methods": {"Ward": AgglomerativeClustering}}, "'Ward' is the class AgglomerativeClustering"),
        ({"methods": {"one": 5}}, "methods must be scikit-learn clusterers .*'one' is int"),
        ({"methods": {}}, "methods must give each clusterer a name"),
        ({"methods": []}, "methods must give each clusterer a name"),
        ({"methods": KMeans(3)}, "methods must give each clusterer a name, .*got KMeans"),
        ({"methods": "kmeans"}, "methods must give each clusterer a name, .*got str"),
        ({"n_segments": 2.5}, "n_segments must be a whole number"),
        ({"min_size": "5%"}, "min_size must be a count"),
        ({"columns": "visits"}, "columns must be a list of feature names"),
        ({"features": np.ones((9, 2))}, "the table must be"),
    ],
)
def test_wrong_type_is_told(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=f"compare_methods: .*{words}"):
        compare_methods(**{"features": customers(), **arguments})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"methods": ["spectral"]}, "methods must be one of .*got 'spectral'"),
        ({"labels_true": [0, 1]}, r"labels_true must have one label for each row of features, 120, got shape \(2,\)"),
        ({"labels_true": 3}, r"labels_true must have one label .* got shape \(\)"),
        ({"labels_true": [None, *range(119)]}, "labels_true must have a label for every row, and lacks 1"),
        ({"labels_true": [float("nan")] * 120}, "lacks 120"),
        ({"columns": []}, "columns must name each feature once"),
        ({"random_state": -1}, "random_state must be from 0"),
    ],
)
def test_wrong_value_is_told(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=f"compare_methods: .*{words}"):
        compare_methods(**{"features": customers(), **arguments})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"columns": ["city"]}, "no column is left to cluster on .city: only one of its categories"),
        ({"features": pl.DataFrame({"id": [1, 2], "city": ["x", "y"]})}, "has no numeric column beside the ids"),
        ({"features": customers().with_columns(basket=pl.lit(float("inf")))}, "infinite values in 'basket'"),
        ({"methods": {"many": KMeans(500)}}, "'many' cannot be fitted on 120 rows: .*n_samples=120"),
    ],
)
def test_data_that_cannot_be_used_are_told(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=f"compare_methods: .*{words}"):
        compare_methods(**{"features": customers(), **arguments})


@pytest.mark.slow
def test_score_of_our_own_estimator_is_the_row_of_the_choice() -> None:
    X = np.random.default_rng(0).normal(CENTERS[GROUPS])
    row = select_clustering(X, methods=["kmeans"], n_clusters=3, min_size=10).best
    scored = evaluate_clusterer(row.estimator, X, min_size=10)
    assert scored.labels.tolist() == row.labels.tolist()
    for name in ("silhouette", "silhouette_gain", "stability", "smallest_share", "meets_min_size"):
        assert getattr(scored, name) == pytest.approx(getattr(row, name))


@pytest.mark.parametrize("clusterer", ["kmeans", KMeans, None])
def test_score_refuses_what_is_no_clusterer(clusterer: Any) -> None:
    with pytest.raises(TypeError, match="evaluate_clusterer: clusterer must be a scikit-learn clusterer"):
        evaluate_clusterer(clusterer, [[0.0], [1.0]])
