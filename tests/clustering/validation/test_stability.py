from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from custseg import InfeasibleMinimumError
from custseg.clustering import MinSizeHDBSCAN, MinSizeKMeans, Stability, stability
from custseg.clustering.validation._stability import compared


def labels(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.intp)


def two_groups(n_rows: int = 80, apart: float = 20.0) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(size=(n_rows, 2)) + np.repeat([[0, 0], [apart, 0]], n_rows // 2, axis=0)


class Recorder(ClusterMixin, BaseEstimator):
    """Cuts the first column at 0, and writes down what minimum it was fitted with on how many rows."""

    def __init__(self, min_size: float = 10, seen: Any = None) -> None:
        self.min_size, self.seen = min_size, seen

    def fit(self, X: np.ndarray) -> Recorder:
        self.seen.append((len(X), self.min_size))
        self.labels_ = (X[:, 0] > 0).astype(int)
        return self

    def __sklearn_clone__(self) -> Recorder:
        return Recorder(self.min_size, self.seen)


def test_jaccard_is_the_best_over_the_clusters_of_the_refit() -> None:
    # {0,1,2,3} and {0,1,2}: 3/4; {4,5} and {3,4}: 1/3, {5,6,7}: 1/4; {6,7} and {5,6,7}: 2/3.
    whole, refit = labels(0, 0, 0, 0, 1, 1, 2, 2), labels(0, 0, 0, 2, 2, 1, 1, 1)
    found = compared([whole], [[refit, refit]], n_clusters=3)
    assert found.jaccard.tolist() == pytest.approx([3 / 4, 1 / 3, 2 / 3])
    assert found.mean == 1.0


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 4)), min_size=2, max_size=40))
def test_agreement_is_the_adjusted_rand_index_with_noise_as_a_cluster(pairs: list[tuple[int, int]]) -> None:
    one, two = (labels(*column) for column in zip(*pairs, strict=True))
    is_divided = min(len(set(one.tolist())), len(set(two.tolist()))) > 1
    expected = adjusted_rand_score(one, two) if is_divided else 0.0
    assert compared([np.zeros(len(one), dtype=np.intp)], [[one, two]], n_clusters=1).mean == pytest.approx(expected)


def test_agreement_is_that_of_the_two_refits() -> None:
    whole = labels(0, 0, 0, 1, 1, 1)
    one, two = labels(0, 0, 1, 1, 1, 1), labels(1, 1, 1, 0, 0, 0)
    found = compared([whole, whole], [[one, two], [two, two]], n_clusters=2)
    assert found.draws.tolist() == pytest.approx([adjusted_rand_score(one, two), 1.0])
    assert found.error == pytest.approx(found.draws.std(ddof=1) / np.sqrt(2))
    # In the first draw {0,1,2} has 2/3 and 1, and {3,4,5} 3/4 and 1.
    assert found.jaccard.tolist() == pytest.approx([(5 / 6 + 1) / 2, (7 / 8 + 1) / 2])


def test_noise_is_no_cluster() -> None:
    # {0,1} of the whole is {1} in the refit, whose other row is noise; {2,3} comes back with a further row.
    found = compared([labels(0, 0, 1, 1, -1)], [[labels(-1, 0, 1, 1, 1)] * 2], n_clusters=2)
    assert found.jaccard.tolist() == pytest.approx([1 / 2, 2 / 3])


def test_refits_without_a_clustering_count_as_nothing() -> None:
    whole, nothing = labels(0, 0, 1, 1), labels(-1, -1, -1, -1)
    found = compared([whole] * 3, [None, [whole, whole], [nothing, nothing]], n_clusters=2)
    assert found.draws.tolist() == [0, 1, 0]
    assert found.jaccard.tolist() == pytest.approx([1 / 3, 1 / 3])


def test_one_cluster_agrees_with_nothing() -> None:
    one = labels(0, 0, 0, 0)
    assert compared([one], [[one, one]], n_clusters=1).mean == 0.0


def test_interpretations_follow_hennig() -> None:
    found = Stability(0.0, 0.0, np.zeros(1), np.array([0.59, 0.6, 0.75, 0.85]))
    assert found.interpretations == ("dissolved", "a pattern", "stable", "very stable")


@pytest.mark.parametrize("resample", ["half", "bootstrap"])
def test_groups_far_apart_come_back(resample: str) -> None:
    found = stability(KMeans(2, n_init=2, random_state=0), two_groups(), n_draws=5, resample=resample)
    assert (found.mean, found.error, found.draws.tolist()) == (1.0, 0.0, [1.0] * 5)
    assert found.interpretations == ("very stable",) * 2


def test_arbitrary_cuts_do_not_come_back() -> None:
    X = np.random.default_rng(0).normal(size=(120, 2))
    found = stability(KMeans(5, n_init=1, random_state=0), X, n_draws=8)
    assert found.mean < 0.7
    assert (found.jaccard < 0.85).any()
    assert found.mean == pytest.approx(found.draws.mean())


def test_estimator_without_predict_labels_by_the_nearest_row() -> None:
    found = stability(AgglomerativeClustering(2), two_groups(), n_draws=4)
    assert found.draws.tolist() == [1.0] * 4


def test_mixture_of_scikit_learn_labels_by_its_own_rule() -> None:
    found = stability(GaussianMixture(2, random_state=0), two_groups(), n_draws=4)
    assert found.draws.tolist() == [1.0] * 4


def test_noise_of_an_estimator_is_no_cluster_of_its_own() -> None:
    found = stability(MinSizeHDBSCAN(min_size=20, noise="keep"), two_groups(), n_draws=4)
    assert found.jaccard.shape == (2,)


def test_count_of_a_minimum_is_taken_in_proportion() -> None:
    X, seen = two_groups() - 10, []
    stability(Recorder(min_size=11, seen=seen), X, n_draws=2)
    assert seen == [(80, 11)] + [(40, 6)] * 4


@pytest.mark.parametrize("least", [1, 0.25])
def test_one_and_shares_stay_as_they_are(least: float) -> None:
    seen: list[tuple[int, float]] = []
    stability(Recorder(min_size=least, seen=seen), two_groups(), n_draws=2)
    assert {size for _, size in seen} == {least}


def test_estimator_itself_is_not_fitted() -> None:
    estimator = MinSizeKMeans(2, min_size=20, random_state=0)
    stability(estimator, two_groups(), n_draws=2)
    assert estimator.min_size == 20
    assert not hasattr(estimator, "labels_")


def test_order_of_the_rows_does_not_matter() -> None:
    X = np.random.default_rng(0).normal(size=(90, 2))
    one, two = (stability(MinSizeKMeans(3, random_state=0), rows, n_draws=3) for rows in (X, X[::-1]))
    assert two.draws.tolist() == one.draws.tolist()
    assert two.jaccard.tolist() == one.jaccard.tolist()


def test_same_seed_same_draws_and_another_seed_others() -> None:
    X = np.random.default_rng(0).normal(size=(90, 2))
    one, two, three = (stability(KMeans(4, n_init=1, random_state=0), X, n_draws=3, random_state=s) for s in (1, 1, 2))
    assert two.draws.tolist() == one.draws.tolist() != three.draws.tolist()


def test_minimum_that_all_rows_cannot_meet_is_told() -> None:
    with pytest.raises(InfeasibleMinimumError, match="min_size"):
        stability(MinSizeKMeans(3, min_size=60), two_groups())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"X": [[1.0], [2.0], [3.0]]}, "X must have at least four"),
        ({"X": [1.0, 2.0, 3.0, 4.0]}, "X must have at least two rows and a column"),
        ({"X": [[1.0], [2.0], [np.nan], [4.0]]}, "X must be finite"),
        ({"n_draws": 1}, "n_draws must be at least 2, got 1"),
        ({"resample": "jackknife"}, "resample must be one of"),
        ({"random_state": -1}, "random_state must be from 0"),
    ],
)
def test_wrong_value_is_told(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=f"stability: .*{words}"):
        stability(**{"estimator": KMeans(2), "X": two_groups(), **arguments})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"estimator": "kmeans"}, "estimator must be a scikit-learn clusterer .*got str"),
        ({"estimator": KMeans}, "estimator must be a scikit-learn clusterer .*got the class KMeans"),
        ({"X": [["a"], ["b"], ["c"], ["d"]]}, "X must be a matrix of numbers"),
        ({"n_draws": 2.5}, "n_draws must be a whole number"),
    ],
)
def test_wrong_type_is_told(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=f"stability: .*{words}"):
        stability(**{"estimator": KMeans(2), "X": two_groups(), **arguments})


@pytest.mark.parametrize(
    "clusterer", [KMeans(5, n_init=1), make_pipeline(StandardScaler(), KMeans(5, n_init=1))], ids=["alone", "in a pipe"]
)
def test_stability_of_an_unseeded_clusterer_is_the_same_each_time(clusterer: object) -> None:
    X = np.random.default_rng(1).random((120, 4))
    first, second = (stability(clusterer, X, n_draws=3, random_state=0).draws.tolist() for _ in range(2))
    assert first == second


def test_stability_leaves_the_clusterer_unseeded() -> None:
    clusterer = KMeans(2, n_init=1)
    stability(clusterer, np.random.default_rng(1).random((20, 2)), n_draws=2)
    assert clusterer.random_state is None
