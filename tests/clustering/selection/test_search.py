"""The search: which methods are tried, and what is measured on whom."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_moons

from custseg.clustering import ClusteringChoice, select_clustering
from custseg.clustering._methods import get_method
from custseg.clustering.selection._evidence import N_SAMPLES, Evaluator
from custseg.clustering.selection._search import Search
from custseg.clustering.selection._stages import Stages

MOONS = make_moons(240, noise=0.05, random_state=0)[0]
CLOUD = np.random.default_rng(0).normal(size=(150, 2))


def selected(X: np.ndarray, **options: object) -> ClusteringChoice:
    return select_clustering(X, **{"n_clusters": range(2, 5), **options})


@pytest.fixture(scope="module")
def of_a_cloud() -> ClusteringChoice:
    return selected(CLOUD)


@pytest.fixture(scope="module")
def of_moons() -> ClusteringChoice:
    return selected(MOONS)


def searched(X: np.ndarray) -> Search:
    """A search by k-means and mixtures of 2 to 4 clusters."""
    search = Search(X, Evaluator.of(X, seed=0, min_size=9), range(2, 5), False, Stages())
    search.run([method for name in ("kmeans", "gaussian_mixture") if (method := get_method(name))])
    return search


def methods_of(choice: ClusteringChoice) -> set[str]:
    return {row.method for row in choice.candidates}


@pytest.mark.slow
def test_mixtures_and_hdbscan_are_skipped_on_one_cloud(of_a_cloud: ClusteringChoice) -> None:
    assert [skipped.method for skipped in of_a_cloud.skipped] == ["gaussian_mixture", "hdbscan"]
    assert methods_of(of_a_cloud) == {"kmeans"}


@pytest.mark.slow
def test_nothing_is_skipped_where_a_first_try_separates_what_k_means_cuts(of_moons: ClusteringChoice) -> None:
    assert max(row.separation for row in of_moons.candidates if row.method == "kmeans") < 0
    assert of_moons.skipped == ()
    assert methods_of(of_moons) == {"kmeans", "gaussian_mixture", "hdbscan"}
    assert (of_moons.best.method, of_moons.best.n_clusters, of_moons.verdict) == ("hdbscan", 2, "natural")


@pytest.mark.slow
@pytest.mark.parametrize("methods", [["gaussian_mixture"], ["gaussian_mixture", "hdbscan"], ["ward"]])
def test_nothing_is_skipped_without_k_means(methods: list[str]) -> None:
    choice = selected(CLOUD, methods=methods, n_clusters=[2, 3])
    assert choice.skipped == ()
    assert methods_of(choice) - {"hdbscan"} == set(methods) - {"hdbscan"}


@pytest.mark.slow
def test_k_means_is_tried_first_in_any_order_of_the_methods() -> None:
    choice = selected(CLOUD, methods=["gaussian_mixture", "kmeans"], n_clusters=[2, 3])
    assert [skipped.method for skipped in choice.skipped] == ["gaussian_mixture"]


THREE = np.concatenate([np.random.default_rng(j).normal(12.0 * j, 1, (60, 2)) for j in range(3)])


@pytest.mark.slow
def test_fewer_clusters_than_very_stable_ones_are_not_tried_by_other_methods() -> None:
    choice = selected(THREE, methods=["kmeans", "gaussian_mixture"])
    assert (choice.best.n_clusters, choice.verdict) == (3, "natural")
    assert [str(skipped) for skipped in choice.skipped] == ["gaussian_mixture with 2"]
    assert "not tried: gaussian_mixture with 2 (fewer clusters than very stable ones" in repr(choice)
    assert {row.n_clusters for row in choice.candidates if row.method == "gaussian_mixture"} == {3, 4}


@pytest.mark.slow
def test_they_are_tried_once_the_very_stable_ones_are_refused() -> None:
    search = searched(THREE)
    refused = [row for row, _ in search.tried if row.n_clusters == 3]
    for row in refused:
        search.drop(row)
    assert not search.skipped
    measured = {
        row.n_clusters for row, _ in search.tried if row.method == "gaussian_mixture" and row.stability is not None
    }
    assert 2 in measured


@pytest.mark.slow
def test_only_those_that_can_be_selected_are_refitted(of_moons: ClusteringChoice) -> None:
    refitted = [row for row in of_moons.candidates if row.stability is not None]
    assert {row.n_clusters for row in refitted if row.method == "kmeans"} == {2, 3, 4}
    others = [row for row in of_moons.candidates if row.method != "kmeans"]
    for row in others:
        can_be_natural = min(row.separation, row.separation_in_halves) > -0.25
        assert (row.stability is not None) == can_be_natural
        assert (row.weakest_stability is not None) == can_be_natural


@pytest.mark.slow
def test_everything_is_refitted_without_k_means() -> None:
    choice = selected(CLOUD, methods=["gaussian_mixture"], n_clusters=[2, 3])
    assert all(row.stability is not None for row in choice.candidates)


@pytest.mark.slow
def test_draws_are_those_of_the_measures(of_moons: ClusteringChoice) -> None:
    for row in of_moons.candidates:
        assert (row.draws.silhouettes.shape, row.draws.separations.shape) == ((N_SAMPLES,), (24,))
        assert row.separation_in_halves == np.median(row.draws.separations)
        if row.stability is not None:
            assert row.draws.stability.shape == (12,)
            assert row.stability == pytest.approx(row.draws.stability.mean())


@pytest.mark.slow
def test_null_data_have_all_numbers_and_their_separation_only_where_it_matters(
    of_a_cloud: ClusteringChoice, of_moons: ClusteringChoice
) -> None:
    for choice in (of_a_cloud, of_moons):
        assert set(choice.null.numbers) == {row.n_clusters for row in choice.candidates}
        assert np.isfinite(choice.null.silhouettes).all()
    assert np.isfinite(of_moons.null.separations).all()
    apart = selected(CLOUD * [1, 9], methods=["kmeans"], n_clusters=[7])
    assert np.isnan(apart.null.separations).all() == (apart.best.separation <= -0.25)


def test_one_minimum_size_holds_for_all(of_moons: ClusteringChoice) -> None:
    assert min(row.smallest for row in of_moons.candidates) >= of_moons.min_size == 12
