import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_score

from custseg import DataError, InfeasibleMinimumError
from custseg.clustering import METHODS, ClusteringChoice, choose_clustering


def blobs(*sizes: int, seed: int = 0) -> np.ndarray:
    """Round groups of these sizes, 10 apart from each other."""
    rng = np.random.default_rng(seed)
    return np.vstack([rng.normal([10.0 * i, 10.0 * (i % 2)], 1, (size, 2)) for i, size in enumerate(sizes)])


def choose(X: np.ndarray, *numbers: int, min_size: int = 1, seed: int = 0) -> ClusteringChoice:
    return choose_clustering(X, n_clusters=numbers, min_size=min_size, random_state=seed)


def test_groups_are_found_and_numbered_largest_first() -> None:
    best = choose(blobs(10, 40, 25), 2, 3, 4, 5).best
    assert best.n_clusters == 3
    assert best.labels.tolist() == [2] * 10 + [0] * 40 + [1] * 25


def test_equal_sizes_are_numbered_by_their_centres() -> None:
    X = np.array([[9.0], [9.1], [1.0], [1.1]])
    assert choose(X, 2).best.labels.tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("method", METHODS)
def test_rule_of_the_choice_gives_its_labels(method: str) -> None:
    X = blobs(60, 40, 30, seed=1)
    best = choose_clustering(X, method=method, n_clusters=[3], min_size=20, random_state=0).best
    assert best.n_clusters == 3
    assert best.estimator.rule_.labels(X).tolist() == best.labels.tolist()


def test_hdbscan_finds_its_number() -> None:
    X = blobs(60, 40, 30, seed=1)
    choice = choose_clustering(X, method="hdbscan", n_clusters=None, min_size=20, random_state=0)
    assert choice.best.n_clusters == 3
    assert choice.reason.startswith("HDBSCAN found 3 dense groups")


def test_hdbscan_says_which_numbers_it_found() -> None:
    X = blobs(60, 40, 30, seed=1)
    with pytest.raises(DataError, match="no clustering into 7 groups of 20 or more; the numbers it found: 3"):
        choose_clustering(X, method="hdbscan", n_clusters=[7], min_size=20, random_state=0)


def test_hdbscan_without_any_dense_group_says_so() -> None:
    X = np.random.default_rng(0).uniform(size=(60, 2))
    with pytest.raises(DataError, match="HDBSCAN found no groups of 25 or more"):
        choose_clustering(X, method="hdbscan", n_clusters=None, min_size=25, random_state=0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_shuffled_rows_fall_into_the_same_groups(seed: int, shuffle: int) -> None:
    X = np.random.default_rng(seed).normal(size=(60, 2)).round(1)  # with ties
    order = np.random.default_rng(shuffle).permutation(60)
    one, two = choose(X, 3, 4, seed=seed % 7), choose(X[order], 3, 4, seed=seed % 7)
    assert two.best.labels.tolist() == one.best.labels[order].tolist()
    assert two.columns() == one.columns()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 12))
def test_no_group_is_under_the_minimum_and_none_is_empty(seed: int, least: int) -> None:
    X = np.random.default_rng(seed).uniform(size=(60, 2))
    best = choose(X, 2, 3, 4, 5, min_size=least).best
    sizes = np.bincount(best.labels)
    assert sizes.min() == best.smallest >= least
    assert sizes.tolist() == sorted(sizes, reverse=True)
    assert len(sizes) == best.n_clusters


def test_minimum_is_met_by_moving_rows() -> None:
    X = blobs(40, 35, 5)
    free, held = choose(X, 3), choose(X, 3, min_size=10)
    assert (free.best.smallest, held.best.smallest) == (5, 10)
    assert sum(move.count for move in held.best.estimator.moves_) == 5


def test_candidate_that_would_part_equal_rows_is_out() -> None:
    X = np.repeat([[0.0], [1.0], [9.0]], [30, 30, 4], axis=0)
    choice = choose(X, 2, 3, min_size=10)
    assert [row.meets_min_size for row in choice.candidates] == [True, False]
    assert choice.candidates[1].smallest == 4
    assert choice.reason.endswith("3 would leave one under the minimum size.")


def test_number_that_the_rows_cannot_fill_is_not_tried() -> None:
    choice = choose(blobs(40, 40), 2, 3, 4, 9, min_size=20)
    assert [row.n_clusters for row in choice.candidates] == [2, 3, 4]
    assert choice.reason.endswith("9 would leave one under the minimum size.")


def test_infeasible_minimum_says_what_is_feasible() -> None:
    X = np.repeat([[0.0], [1.0], [9.0]], [30, 30, 4], axis=0)
    words = "3 groups cannot all have 20 or more without parting equal rows. 3 groups can have 4 each"
    with pytest.raises(InfeasibleMinimumError, match=words) as caught:
        choose(X, 3, min_size=20)
    assert caught.value.feasible == 4
    assert choose(X, 3, min_size=4).best.smallest == 4


def test_minimum_beyond_all_rows_says_what_is_feasible() -> None:
    X = blobs(40, 35)
    with pytest.raises(
        InfeasibleMinimumError, match="2 groups of 1,000 or more need 2,000, and there are 75"
    ) as caught:
        choose(X, 2, 3, min_size=1000)
    assert caught.value.feasible == choose(X, 2, min_size=caught.value.feasible).best.smallest == 37


def test_fewer_distinct_rows_than_clusters_are_told() -> None:
    X = np.repeat([[0.0, 1.0], [2.0, 3.0]], 10, axis=0)
    with pytest.raises(DataError, match=r"20 rows have 2 distinct values .* too few for 3 groups"):
        choose(X, 3, 4)
    assert [row.n_clusters for row in choose(X, 2, 3, 4).candidates] == [2]


def test_as_many_groups_as_rows_have_no_silhouette() -> None:
    best = choose(np.array([[1.0], [2.0], [3.0]]), 3).best
    assert (best.smallest, best.silhouette) == (1, 0.0)


def test_one_group_holds_all_rows() -> None:
    choice = choose(blobs(5, 6), 1)
    assert choice.best.labels.tolist() == [0] * 11
    assert choice.reason == "asked for 1 group; silhouette 0.00."


def test_one_row_is_one_group() -> None:
    assert choose(np.array([[1.0, 2.0]]), 1).best.labels.tolist() == [0]


def test_silhouette_agrees_with_scikit_learn() -> None:
    X = blobs(30, 30, 20, seed=3)
    for candidate in choose(X, 2, 3, 4).candidates:
        assert candidate.silhouette == pytest.approx(silhouette_score(X, candidate.labels))


def test_silhouette_of_many_rows_is_close_to_the_full_one() -> None:
    X = np.random.default_rng(0).normal(size=(10_400, 2)) + np.repeat([[0, 0], [4, 0]], 5_200, axis=0)
    best = choose(X, 2).best
    assert best.silhouette == pytest.approx(silhouette_score(X, best.labels), abs=0.01)


def test_candidates_are_a_table() -> None:
    choice = choose(blobs(40, 35, 5), 3, 2, min_size=10)
    table = choice.columns()
    assert table["method"] == ["kmeans", "kmeans"]
    assert table["n_clusters"] == [2, 3]
    assert table["smallest"] == [40, 10]
    assert table["meets_min_size"] == [True, True]


def test_largest_silhouette_wins_and_the_reason_says_so() -> None:
    choice = choose(blobs(40, 30, 20), 2, 3, 4, 5)
    best = max(choice.candidates, key=lambda row: row.silhouette)
    assert choice.best is best
    assert choice.reason == f"of 2 to 5 groups, 3 have the largest silhouette ({best.silhouette:.2f})."


def test_only_number_left_is_not_said_to_be_asked_for() -> None:
    choice = choose(blobs(40, 35, 5), 2, 3, min_size=35)
    value = f"{choice.best.silhouette:.2f}"
    assert choice.reason == f"2 groups, with a silhouette of {value}. 3 would leave one under the minimum size."


def test_progress_counts_what_is_tried() -> None:
    told: list[tuple[int, int]] = []
    choose_clustering(
        blobs(9, 9),
        n_clusters=[2, 3],
        min_size=1,
        random_state=0,
        progress=lambda done, steps: told.append((done, steps)),
    )
    assert told == [(0, 2), (1, 2), (2, 2)]
