from __future__ import annotations

import json
import math
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.mixture import GaussianMixture

from custseg import DataError, InfeasibleMinimumError
from custseg.clustering import REFERENCE_METHOD, Candidate, ClusteringChoice, method_names, select_clustering
from custseg.clustering._method import FitSpec
from custseg.clustering.selection._choice import FittedRows

MEASURED = (
    "silhouette",
    "silhouette_error",
    "silhouette_gain",
    "silhouette_gain_error",
    "stability",
    "weakest_stability",
    "separation",
    "separation_in_halves",
)


def blobs(*sizes: int, seed: int = 0) -> np.ndarray:
    """Round groups of these sizes, 10 apart from each other."""
    rng = np.random.default_rng(seed)
    return np.vstack([rng.normal([10.0 * i, 10.0 * (i % 2)], 1, (size, 2)) for i, size in enumerate(sizes)])


def cloud(n_rows: int = 80, seed: int = 0) -> np.ndarray:
    """Rows without groups, whose cuts do not come back."""
    return np.random.default_rng(seed).normal(size=(n_rows, 2))


def choose(X: Any, n_clusters: Any = range(2, 5), **options: Any) -> ClusteringChoice:
    """The choice among k-means alone, which takes the least time."""
    return select_clustering(X, **{"methods": ["kmeans"], "n_clusters": n_clusters, "min_size": 5, **options})


def measured(choice: ClusteringChoice) -> dict[tuple[str, int, str], float]:
    """All that was measured, up to the last digits of a sum."""
    return {
        (row.method, row.n_clusters, name): round(getattr(row, name), 9)
        for row in choice.candidates
        for name in MEASURED
        if getattr(row, name) is not None
    }


def without_seconds(choice: ClusteringChoice) -> dict[str, list[Any]]:
    return {name: column for name, column in choice.columns().items() if name not in ("seconds", "labels")}


CLEAR = blobs(20, 80, 50)


@pytest.fixture(scope="module")
def clear() -> ClusteringChoice:
    """Three groups that anybody would see, by all three methods."""
    return select_clustering(CLEAR, n_clusters=range(2, 5), min_size=5)


@pytest.fixture(scope="module")
def unclear() -> ClusteringChoice:
    """A round cloud, cut by k-means."""
    return choose(cloud())


@pytest.mark.slow
def test_clear_groups_are_natural(clear: ClusteringChoice) -> None:
    assert (clear.best.n_clusters, clear.verdict) == (3, "natural")
    assert min(clear.best.separation, clear.best.separation_in_halves) > 0.8
    assert clear.reason.startswith("Three segments that are clearly apart, ")
    assert clear.best.silhouette_gain > clear.null_level


def test_labels_come_in_the_order_of_the_rows_largest_first(clear: ClusteringChoice) -> None:
    assert clear.best.labels.tolist() == [2] * 20 + [0] * 80 + [1] * 50


def test_every_method_and_number_that_could_be_selected_is_a_candidate(clear: ClusteringChoice) -> None:
    tried = {(row.method, row.n_clusters) for row in clear.candidates}
    assert {("kmeans", k) for k in (2, 3, 4)} | {
        ("gaussian_mixture", 3),
        ("gaussian_mixture", 4),
        ("hdbscan", 3),
    } <= tried
    assert len(tried) == len(clear.candidates)


def test_natural_clusters_have_no_near_ties(clear: ClusteringChoice) -> None:
    assert clear.near_ties == ()


def test_indices_agree_with_scikit_learn(clear: ClusteringChoice) -> None:
    X = CLEAR
    for row in clear.candidates:
        assert row.silhouette == pytest.approx(silhouette_score(X, row.labels))
        assert row.calinski_harabasz == pytest.approx(calinski_harabasz_score(X, row.labels))
        assert row.davies_bouldin == pytest.approx(davies_bouldin_score(X, row.labels))


def test_bic_of_a_mixture_is_that_of_scikit_learn(clear: ClusteringChoice) -> None:
    outside = GaussianMixture(3, random_state=0).fit(CLEAR).bic(CLEAR)
    found = {row.method: row.bic for row in clear.candidates if row.n_clusters == 3}
    assert found["gaussian_mixture"] == pytest.approx(outside, rel=1e-3)
    assert found["kmeans"] is found["hdbscan"] is None


def test_columns_go_into_a_frame(clear: ClusteringChoice) -> None:
    frame = pl.DataFrame(clear.columns())
    assert len(frame) == len(clear.candidates)
    chosen = frame.filter("chosen")
    assert chosen.select("method", "n_clusters").rows() == [(clear.best.method, 3)]
    assert frame["smallest"].min() >= clear.min_size == 5


def test_repr_shows_the_table_and_the_reason(clear: ClusteringChoice) -> None:
    lines = repr(clear).splitlines()
    assert lines[0].split()[:3] == ["method", "n_clusters", "silhouette_gain"]
    assert [line.split()[:2] for line in lines if line.endswith("<-")] == [[clear.best.method, "3"]]
    assert lines[-1] == f"natural: {clear.reason}"
    assert lines[-3].startswith("not tried: gaussian_mixture with 2")


@pytest.mark.slow
def test_repr_says_which_methods_were_not_tried() -> None:
    lines = repr(select_clustering(cloud(150), n_clusters=[2, 3])).splitlines()
    assert "not tried: gaussian_mixture, hdbscan (no cluster is separated from all others)" in lines


def test_another_candidate_can_be_picked(clear: ClusteringChoice) -> None:
    other = clear.select("gaussian_mixture", 4)
    assert (other.best.method, other.best.n_clusters) == ("gaussian_mixture", 4)
    assert other.verdict == "constructive"
    assert other.reason.startswith("Four segments, as requested, by Gaussian mixture: ")
    assert other.candidates == clear.candidates
    assert other.columns()["chosen"].index(True) == clear.candidates.index(other.best)


def test_picking_the_best_keeps_the_verdict(clear: ClusteringChoice) -> None:
    again = clear.select(clear.best.method, 3)
    assert (again.best, again.verdict, again.decision.verdict) == (clear.best, "natural", "natural")
    # How many resamples select the number says nothing about a choice of the user.
    assert clear.reason == again.reason


@pytest.mark.parametrize(("method", "k"), [("kmeans", 9), ("spectral", 3), ("kmeans", "3")])
def test_picking_what_is_not_there_is_refused(clear: ClusteringChoice, method: str, k: Any) -> None:
    with pytest.raises(ValueError, match=r"select: there is no candidate .*; there are .*'hdbscan', 3"):
        clear.select(method, k)


def test_plot_data_are_plain_and_of_one_length(clear: ClusteringChoice) -> None:
    data = clear.plot()
    assert data["best"] == {"method": clear.best.method, "n_clusters": 3}
    assert data["methods"]["kmeans"]["n_clusters"] == [2, 3, 4]
    for series in (*data["methods"].values(), data["null"], data["samples"]):
        assert len({len(values) for values in series.values()}) == 1
    assert data["null"]["n_clusters"] == [2, 3, 4]
    assert all(low <= high for low, high in zip(data["null"]["low"], data["null"]["high"], strict=True))
    assert sum(data["samples"]["share"]) == pytest.approx(1)
    json.dumps(data, allow_nan=False)


def test_natural_clusters_are_plotted_by_their_separation(clear: ClusteringChoice) -> None:
    series = clear.plot()["methods"]["kmeans"]
    row = next(row for row in clear.candidates if (row.method, row.n_clusters) == ("kmeans", 3))
    assert series["criterion"][1] == min(row.separation, row.separation_in_halves) > 0
    assert series["low"][1] <= series["criterion"][1] <= series["high"][1]


@pytest.mark.slow
def test_other_clusters_are_plotted_by_their_gain_and_its_margin(unclear: ClusteringChoice) -> None:
    series, row = unclear.plot()["methods"]["kmeans"], unclear.candidates[0]
    margin = 1.96 * math.hypot(row.silhouette_gain_error, row.silhouette_error)
    assert series["criterion"][0] == row.silhouette_gain
    assert series["high"][0] - series["low"][0] == pytest.approx(2 * margin)
    null = unclear.plot()["null"]
    assert all(low <= 0 <= high for low, high in zip(null["low"], null["high"], strict=True))


def test_silhouettes_of_the_selected_clusters_are_spread_around_their_mean(clear: ClusteringChoice) -> None:
    assert [entry.cluster for entry in clear.silhouettes] == [0, 1, 2]
    mean = sum(entry.mean * size for entry, size in zip(clear.silhouettes, np.bincount(clear.best.labels), strict=True))
    assert mean / len(clear.best.labels) == pytest.approx(clear.best.silhouette, abs=1e-3)


def test_a_cloud_has_no_natural_groups(unclear: ClusteringChoice) -> None:
    assert unclear.verdict == "none"
    assert unclear.reason.startswith("No reproducible segments; the best attempt gives ")
    assert all(row.separation < 0 for row in unclear.candidates)


def test_a_number_that_was_asked_for_is_constructive() -> None:
    choice = choose(cloud(), 4)
    assert (choice.best.n_clusters, choice.verdict, choice.n_clusters_fixed) == (4, "constructive", True)
    assert choice.reason.startswith("Four segments, as requested, by k-means: two halves of the customers")


@pytest.mark.slow
def test_natural_groups_of_a_number_that_was_not_asked_for_are_told() -> None:
    choice = choose(blobs(30, 30), [4, 5], methods=["kmeans", "hdbscan"])
    assert choice.verdict == "none"
    assert choice.reason.startswith("No reproducible segments")
    last = "With 2 segments there would be groups that are clearly apart: ask for that number to see them."
    assert choice.remarks[-1] == last


def test_picking_without_evidence_is_constructive(unclear: ClusteringChoice) -> None:
    assert unclear.select("kmeans", 3).verdict == "constructive"


def test_undivided_rows_are_one_group(unclear: ClusteringChoice) -> None:
    one = unclear.single_cluster()
    assert one.best.labels.tolist() == [0] * 80
    assert one.verdict == unclear.verdict
    assert one.reason.startswith("One segment with all customers, because no division is reproducible")
    assert one.columns()["chosen"] == [False] * 3 + [True]
    assert one.plot()["best"]["n_clusters"] == 1
    assert one.silhouettes == ()


@pytest.mark.slow
@pytest.mark.parametrize("method", method_names())
def test_rule_gives_the_labels_of_the_choice(method: str) -> None:
    best = select_clustering(blobs(10, 40, 25), methods=[method], n_clusters=3, random_state=0).best
    assert best.estimator.assignment_rule_.labels(blobs(10, 40, 25)).tolist() == best.labels.tolist()


@pytest.mark.slow
def test_order_of_the_rows_changes_nothing() -> None:
    X = cloud(60, seed=3).round(1)  # with ties
    order = np.random.default_rng(8).permutation(60)
    one, two = select_clustering(X, n_clusters=[3, 4]), select_clustering(X[order], n_clusters=[3, 4])
    assert without_seconds(two) == without_seconds(one)
    for before, after in zip(one.candidates, two.candidates, strict=True):
        assert after.labels.tolist() == before.labels[order].tolist()
    assert two.reason == one.reason


@pytest.mark.slow
def test_number_of_threads_changes_nothing() -> None:
    one, three = (select_clustering(blobs(30, 20), n_clusters=[2, 3], min_size=5, n_jobs=n) for n in (1, 3))
    assert without_seconds(three) == without_seconds(one)
    assert three.best.labels.tolist() == one.best.labels.tolist()
    assert three.null_level == one.null_level


@pytest.mark.slow
def test_further_number_changes_no_other_row(unclear: ClusteringChoice) -> None:
    fewer, all_of_them = measured(choose(cloud(), [2, 4])), measured(unclear)
    assert {key: all_of_them[key] for key in fewer} == fewer


@pytest.mark.slow
def test_further_method_changes_no_other_row(clear: ClusteringChoice) -> None:
    fewer, all_of_them = measured(choose(CLEAR)), measured(clear)
    assert {key: all_of_them[key] for key in fewer} == fewer


@pytest.mark.slow
def test_order_of_rows_of_a_sample_changes_nothing() -> None:
    X = np.vstack([blobs(2500, 2500), cloud(50)])
    order = np.random.default_rng(1).permutation(len(X))
    one, two = choose(X, [2]), choose(X[order], [2])
    assert measured(two) == measured(one)
    assert two.best.labels.tolist() == one.best.labels[order].tolist()


@pytest.mark.slow
def test_indices_are_those_of_all_rows_also_where_a_sample_is_looked_at() -> None:
    X = blobs(4000, 1000)
    row = choose(X, [2]).best
    assert row.calinski_harabasz == pytest.approx(calinski_harabasz_score(X, row.labels))


@pytest.mark.slow
def test_numbers_may_come_in_any_order_and_twice(unclear: ClusteringChoice) -> None:
    assert without_seconds(choose(cloud(), [4, 2, 3, 2])) == without_seconds(unclear)
    assert without_seconds(choose(cloud(), np.arange(2, 5))) == without_seconds(unclear)


@pytest.mark.slow
def test_plain_silhouette_can_be_the_criterion(unclear: ClusteringChoice) -> None:
    choice = choose(cloud(), criterion="silhouette")
    top = max(choice.candidates, key=lambda row: row.silhouette)
    assert choice.best.silhouette >= top.silhouette - top.silhouette_error
    assert measured(choice) == measured(unclear)


@pytest.mark.slow
def test_progress_rises_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    choose(blobs(30, 20), [2, 3], progress=lambda done, steps: told.append((done, steps)))
    assert (told[0], told[-1]) == ((0, 100), (100, 100))
    assert told == sorted(told)
    assert len(set(told)) > 10


def interrupted_at(limit: int) -> None:
    def interrupt(done: int, steps: int) -> None:
        if done >= limit:
            raise KeyboardInterrupt("stop")

    with pytest.raises(KeyboardInterrupt, match="stop"):
        select_clustering(blobs(30, 20), n_clusters=[2, 3], min_size=5, n_jobs=3, progress=interrupt)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [0, 5, 20, 50, 80, 100])
def test_interruption_leaves_nothing_running(limit: int) -> None:
    before = set(threading.enumerate())
    interrupted_at(limit)
    assert set(threading.enumerate()) <= before


@pytest.mark.slow
@examples(8)
@given(st.integers(0, 1000), st.integers(1, 12))
def test_no_group_is_under_the_minimum_and_none_is_empty(seed: int, least: int) -> None:
    X = np.random.default_rng(seed).uniform(size=(60, 2))
    for row in choose(X, [2, 4], min_size=least).candidates:
        sizes = np.bincount(row.labels)
        assert sizes.min() == row.smallest >= least
        assert row.smallest_share == row.smallest / 60
        assert sizes.tolist() == sorted(sizes, reverse=True)
        assert len(sizes) == row.n_clusters


@pytest.mark.slow
def test_minimum_is_met_by_moving_rows() -> None:
    free, held = choose(blobs(40, 35, 5), 3, min_size=1), choose(blobs(40, 35, 5), 3, min_size=10)
    assert (free.best.smallest, held.best.smallest) == (5, 10)
    assert sum(move.count for move in held.best.estimator.reassignments_) == 5


@pytest.mark.slow
def test_minimum_can_be_a_share() -> None:
    assert choose(blobs(40, 35, 5), 2, min_size=0.11).min_size == 9


@pytest.mark.slow
def test_candidate_that_would_part_equal_rows_is_listed_and_not_taken() -> None:
    X = np.repeat([[0.0], [1.0], [9.0]], [30, 30, 4], axis=0)
    choice = choose(X, [2, 3], min_size=10)
    assert [row.meets_min_size for row in choice.candidates] == [True, False]
    assert (choice.best.n_clusters, choice.candidates[1].smallest) == (2, 4)
    with pytest.raises(ValueError, match=r"there is no candidate \('kmeans', 3\)"):
        choice.select("kmeans", 3)


@pytest.mark.slow
def test_number_that_the_rows_cannot_fill_is_not_tried() -> None:
    choice = choose(blobs(40, 40), [2, 3, 4, 9], min_size=20)
    assert [row.n_clusters for row in choice.candidates] == [2, 3, 4]


def test_infeasible_minimum_says_what_is_feasible() -> None:
    X = np.repeat([[0.0], [1.0], [9.0]], [30, 30, 4], axis=0)
    words = "3 groups cannot all have 20 or more without splitting duplicate rows. 3 groups can have 4 each"
    with pytest.raises(InfeasibleMinimumError, match=words) as caught:
        choose(X, 3, min_size=20)
    assert caught.value.feasible == 4
    assert choose(X, 3, min_size=4).best.smallest == 4


def test_minimum_beyond_all_rows_says_what_is_feasible() -> None:
    words = "2 groups of 1,000 or more need 2,000, and there are 75. 2 groups can have 37 each"
    with pytest.raises(InfeasibleMinimumError, match=words) as caught:
        select_clustering(blobs(40, 35), n_clusters=[2, 3], min_size=1000)
    assert choose(blobs(40, 35), 2, min_size=caught.value.feasible).best.smallest == 37


@pytest.mark.slow
@pytest.mark.parametrize("methods", ["auto", ["kmeans"], ["gaussian_mixture"]])
def test_fewer_distinct_rows_than_clusters_are_told(methods: list[str]) -> None:
    X = np.repeat([[0.0, 1.0], [2.0, 3.0]], 10, axis=0)
    with pytest.raises(DataError, match=r"20 rows have 2 distinct values .* too few for 3 groups"):
        select_clustering(X, methods=methods, n_clusters=[3, 4], min_size=1)
    assert [row.n_clusters for row in choose(X, [2, 3, 4], min_size=1).candidates] == [2]


def test_as_many_groups_as_rows_have_no_silhouette() -> None:
    best = choose([[1.0], [2.0], [3.0]], 3, min_size=1).best
    assert (best.smallest, best.silhouette, best.calinski_harabasz) == (1, 0.0, None)


def test_one_group_holds_all_rows() -> None:
    choice = choose(blobs(5, 6), 1, min_size=1)
    assert choice.best.labels.tolist() == [0] * 11
    assert choice.reason == "One segment with all customers."


@pytest.mark.slow
def test_hdbscan_finds_its_number() -> None:
    X = blobs(60, 40, 30, seed=1)
    choice = select_clustering(X, methods="hdbscan", n_clusters=None, min_size=20)
    assert (choice.best.n_clusters, choice.verdict) == (3, "natural")
    assert "by HDBSCAN: " in choice.reason


@pytest.mark.slow
def test_hdbscan_says_which_numbers_it_found() -> None:
    X = blobs(60, 40, 30, seed=1)
    with pytest.raises(DataError, match=r"no clustering into 7 groups of 20 or more; the numbers it found: .*3"):
        select_clustering(X, methods=["hdbscan"], n_clusters=7, min_size=20)


def test_hdbscan_without_any_dense_group_says_so() -> None:
    X = np.random.default_rng(0).uniform(size=(60, 2))
    with pytest.raises(DataError, match="HDBSCAN found no groups of 25 or more; it found none at all"):
        select_clustering(X, methods=["hdbscan"], n_clusters=None, min_size=25)


@pytest.mark.parametrize(
    ("X", "words"),
    [
        ([[1.0, np.nan], [2.0, 3.0], [4.0, 5.0]], "X must be finite, and holds NaN or infinity"),
        ([[1.0, np.inf], [2.0, 3.0], [4.0, 5.0]], "X must be finite, and holds NaN or infinity"),
        ([[1.0, 1e200], [2.0, 3.0], [4.0, 5.0]], r"values up to 1e\+100, got 1e\+200"),
        (np.empty((0, 2)), "X must have at least two rows and a column"),
        (np.empty((5, 0)), "X must have at least two rows and a column"),
        ([[1.0, 2.0]], "X must have at least two rows and a column"),
        ([1.0, 2.0, 3.0], "X must have at least two rows and a column"),
    ],
)
def test_rows_that_cannot_be_used_are_told(X: Any, words: str) -> None:
    with pytest.raises(ValueError, match=f"select_clustering: .*{words}"):
        select_clustering(X)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"X": [["a"], ["b"]]}, "X must be a matrix of numbers"),
        ({"n_clusters": []}, "n_clusters must be a whole number, some numbers"),
        ({"n_clusters": "3"}, "n_clusters must be .*got str '3'"),
        ({"n_clusters": 2.5}, "n_clusters must be .*got float 2.5"),
        ({"n_clusters": True}, "n_clusters must be a whole number, got bool True"),
        ({"n_clusters": [2, 2.5]}, "n_clusters must be a whole number, got float 2.5"),
        ({"methods": []}, "methods must name one or more"),
        ({"methods": 5}, "methods must name one or more"),
        ({"methods": [5]}, "methods must be one of .*got int"),
        ({"min_size": "5%"}, "min_size must be a count"),
        ({"random_state": None}, "random_state must be a whole number"),
        ({"n_jobs": 1.5}, "n_jobs must be a whole number"),
        ({"progress": True}, r"progress must be a function of \(done, steps\), got bool"),
        ({"prefer": "5"}, r"prefer must be whole numbers such as range\(5, 8\), got str"),
        ({"prefer": None}, "prefer must be whole numbers .*got NoneType"),
        ({"prefer": [5, 6.5]}, "prefer must be a whole number, got float 6.5"),
        ({"previous": "5"}, "previous must be an earlier choice or its number of clusters, got str"),
        ({"previous": True}, "previous must be an earlier choice or its number of clusters, got bool"),
        ({"previous": 4.0}, "previous must be an earlier choice or its number of clusters, got float"),
    ],
)
def test_wrong_type_is_told(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=f"select_clustering: .*{words}"):
        select_clustering(**{"X": blobs(9, 9), **arguments})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_clusters": 0}, "n_clusters must be at least 1, got 0"),
        ({"n_clusters": [3, -1]}, "n_clusters must be at least 1, got -1"),
        ({"methods": ["spectral"]}, "methods must be one of .*got 'spectral'"),
        ({"methods": "k-means"}, "methods must be one of .*Did you mean 'kmeans'"),
        ({"criterion": "gap"}, "criterion must be one of"),
        ({"min_size": 0}, "min_size must be at least 1, got 0"),
        ({"min_size": 1.5}, "min_size as a share must lie between 0 and 1"),
        ({"random_state": -1}, "random_state must be from 0"),
        ({"n_jobs": 0}, "n_jobs must be at least 1, got 0"),
        ({"prefer": [5, 0]}, "prefer must be at least 1, got 0"),
        ({"previous": 0}, "previous must be at least 1, got 0"),
    ],
)
def test_wrong_value_is_told(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=f"select_clustering: .*{words}"):
        select_clustering(blobs(9, 9), **arguments)


# Even rows on a line: two to five clusters are stable and equally good.
EVEN = np.random.default_rng(0).uniform(size=(300, 1))


@pytest.fixture(scope="module")
def even() -> ClusteringChoice:
    return choose(EVEN, range(2, 6))


@pytest.mark.slow
@pytest.mark.parametrize("prefer", [3, [3], np.int64(3), range(3, 4)])
def test_preferred_number_is_selected_among_near_ties(even: ClusteringChoice, prefer: Any) -> None:
    assert [row.n_clusters for row in (*even.near_ties, even.best)] == [2, 3, 4, 5]
    choice = choose(EVEN, range(2, 6), prefer=prefer)
    assert (choice.best.n_clusters, choice.request.preferred) == (3, (3,))
    assert "For these data 2, 4 and 5 segments are as good; 3 is preferred" in choice.remarks[0]
    assert measured(choice) == measured(even)


@pytest.mark.slow
@pytest.mark.parametrize("previous", [2, np.int64(2)])
def test_previous_number_is_kept_among_near_ties(even: ClusteringChoice, previous: Any) -> None:
    choice = choose(EVEN, range(2, 6), previous=previous)
    assert (choice.best.n_clusters, choice.request.previous) == (2, 2)
    assert "There are as many as before, since no other number is clearly better." in choice.remarks
    assert measured(choice) == measured(even)


@pytest.mark.slow
def test_previous_number_can_be_given_as_a_choice(even: ClusteringChoice) -> None:
    before = choose(EVEN, [2])
    assert choose(EVEN, range(2, 6), previous=before, prefer=3).best.n_clusters == 2


@pytest.mark.slow
def test_previous_number_that_is_clearly_worse_is_left() -> None:
    choice = choose(CLEAR, previous=4)
    assert (choice.best.n_clusters, choice.verdict) == (3, "natural")
    assert "Before there were 4; that number is clearly worse now." in choice.remarks


def test_requested_number_goes_before_the_previous_one() -> None:
    choice = choose(EVEN, 4, previous=2)
    assert choice.best.n_clusters == 4
    assert not any("samples" in remark for remark in choice.remarks)


def test_consensus_is_a_part_of_the_choice(even: ClusteringChoice, clear: ClusteringChoice) -> None:
    assert (clear.consensus.counts, clear.consensus.share(3)) == ({3: 20}, 1.0)
    assert sum(even.consensus.counts.values()) == even.consensus.n_resamples == 40
    votes = even.consensus.counts[even.best.n_clusters]
    assert f"on random samples of the customers gives this number in {votes} of 40 cases" in " ".join(even.remarks)


def test_clusters_that_are_required_have_a_verdict_at_least_constructive(unclear: ClusteringChoice) -> None:
    required = unclear.as_requested()
    assert (required.verdict, required.best) == ("constructive", unclear.best)
    assert "segments, as requested, by k-means" in required.reason
    assert measured(required) == measured(unclear)


@pytest.mark.slow
def test_single_cluster_gives_way_where_clusters_are_required() -> None:
    alone = choose(cloud(), "auto")
    assert (alone.best.n_clusters, alone.verdict) == (1, "none")
    required = alone.as_requested()
    assert required.verdict == "constructive"
    assert required.best.n_clusters == alone.decision.best.n_clusters > 1
    assert len(required.best.labels) == 80


def test_natural_clusters_stay_natural_where_clusters_are_required(clear: ClusteringChoice) -> None:
    assert (clear.as_requested().verdict, clear.as_requested().best) == ("natural", clear.best)


def of_a_sample(X: np.ndarray, sample: np.ndarray, min_size: int, n_clusters: Any) -> ClusteringChoice:
    """The choice for all rows, from candidates that were fitted to some of them."""
    share = len(sample) / len(X)
    choice = choose(X[sample], n_clusters, min_size=int(np.ceil(min_size * share)))
    rows = FittedRows(
        X, sample, {(row.method, row.n_clusters): row_spec(row, choice.min_size) for row in choice.candidates}
    )
    return replace(choice, min_size=min_size, fitted_rows=rows)


def row_spec(row: Candidate, min_size: int) -> FitSpec:
    return FitSpec(REFERENCE_METHOD, min_size, 0, n_clusters=row.n_clusters)


@pytest.mark.slow
def test_selected_candidate_is_fitted_to_all_rows() -> None:
    choice = of_a_sample(CLEAR, np.arange(0, 150, 2), 10, [2, 3])
    three = choice.select("kmeans", 3)
    assert three.best.labels.tolist() == [2] * 20 + [0] * 80 + [1] * 50
    assert (three.best.smallest, three.best.smallest_share) == (20, 20 / 150)
    measures_of_the_sample = choice.candidates[1]
    assert three.best.stability == measures_of_the_sample.stability
    assert three.best.separation == measures_of_the_sample.separation
    assert three.candidates == (choice.candidates[0], three.best)
    assert three.decision.best is three.best


def test_candidate_of_all_rows_is_not_fitted_again(clear: ClusteringChoice) -> None:
    assert all(clear.on_all_rows(row) is row for row in clear.candidates)


@pytest.mark.slow
def test_stability_is_numbered_as_the_clusters_of_all_rows() -> None:
    # The smallest group of the sample is the largest of all rows.
    sample = np.concatenate([np.arange(30), np.arange(130, 230), np.arange(230, 280)])
    choice = of_a_sample(blobs(130, 100, 50, seed=1), sample, 5, 3)
    before = replace(choice.best, stability_of_clusters={0: 0.9, 1: 0.8, 2: 0.7})
    assert np.bincount(before.labels).tolist() == [100, 50, 30]
    final = choice.on_all_rows(before)
    assert np.bincount(final.labels).tolist() == [130, 100, 50]
    assert final.stability_of_clusters == {0: 0.7, 1: 0.9, 2: 0.8}
    assert list(final.stability_of_clusters) == [0, 1, 2]


@pytest.mark.slow
def test_minimum_size_holds_on_all_rows() -> None:
    # 30 of 60 sampled rows are in the small group, and 30 of all 330.
    X = blobs(300, 30)
    choice = of_a_sample(X, np.arange(270, 330), 50, 2)
    assert choice.select("kmeans", 2).best.smallest == 50


def test_candidate_that_all_rows_cannot_have_is_not_selected() -> None:
    X = np.repeat([[0.0], [1.0], [9.0]], [40, 40, 4], axis=0) + 0.0
    choice = of_a_sample(X, np.append(np.arange(0, 80, 8), np.arange(80, 84)), 6, [2, 3])
    assert [row.meets_min_size for row in choice.candidates] == [True, True]
    with pytest.raises(ValueError, match=r"select: \('kmeans', 3\) does not meet the minimum size on all rows"):
        choice.select("kmeans", 3)


@pytest.fixture(scope="module")
def many() -> ClusteringChoice:
    """Of more rows than the sample."""
    return choose(blobs(9_000, 2_000, 1_000), [2, 3], min_size=0.05)


@pytest.mark.slow
def test_of_many_rows_only_the_selected_clustering_has_all(many: ClusteringChoice) -> None:
    assert {row.n_clusters: len(row.labels) for row in many.candidates} == {2: 10_000, 3: 12_000}
    assert len(many.fitted_rows.sample) == 10_000
    assert many.best is many.decision.best is many.candidates[1]
    assert many.best.labels.tolist() == [0] * 9_000 + [1] * 2_000 + [2] * 1_000
    assert (many.min_size, many.best.smallest) == (600, 1_000)


@pytest.mark.slow
def test_other_candidate_of_many_rows_is_fitted_when_selected(many: ClusteringChoice) -> None:
    two = many.select("kmeans", 2)
    assert np.bincount(two.best.labels).tolist() == [9_000, 3_000]
    assert [len(row.labels) for row in two.candidates] == [12_000, 12_000]
    assert len(many.candidates[0].labels) == 10_000


@pytest.mark.slow
def test_clustering_that_the_sample_can_have_and_all_rows_cannot_is_refused() -> None:
    # 598 equal rows are 504 of the sample, where 500 are enough; of all rows 600 are required.
    X = np.repeat([[0.0], [1.0], [13.0]], [6_000, 5_402, 598], axis=0)
    with pytest.raises(InfeasibleMinimumError, match=r"3 groups can have 598 each") as caught:
        choose(X, 3, min_size=600)
    assert caught.value.feasible == 598


def test_infeasible_minimum_of_many_rows_says_what_is_feasible_in_all() -> None:
    X = np.repeat([[0.0], [1.0], [9.0]], [6_000, 5_000, 1_000], axis=0)
    with pytest.raises(InfeasibleMinimumError, match=r"3 groups can have 1,000 each") as caught:
        choose(X, 3, min_size=2_000)
    assert caught.value.feasible == 1_000


@pytest.mark.slow
def test_group_of_ten_rows_is_found() -> None:
    assert choose(blobs(10, 40, 25)).best.n_clusters == 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [40, 44])
def test_two_peaks_beside_a_uniform_column_are_two_groups(seed: int) -> None:
    # Before neighbors were compared with a cloud like the two, these were 4 and 5 natural groups.
    rng = np.random.default_rng(seed)
    first = rng.random(300) < 0.4
    peaks = np.where(first, rng.normal(7, 1, 300), rng.normal(0, 1, 300))
    X = np.column_stack([peaks / peaks.std(), rng.random(300) * 12**0.5])
    choice = select_clustering(X, methods="kmeans", n_clusters="auto")
    assert (choice.best.n_clusters, choice.verdict) == (2, "natural")
    assert adjusted_rand_score(first, choice.best.labels) > 0.98
    assert choice.best.separation_margin > 0
