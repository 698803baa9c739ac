from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.metrics import adjusted_rand_score

from custseg.clustering import Candidate, select_clustering
from custseg.clustering.selection._decision import best_of, reason_for
from custseg.clustering.selection._evidence import NullReference
from custseg.clustering.selection._parting import with_gaps

# No draw finds a gap, and chance reaches a silhouette gain of 0.05.
QUIET = NullReference((2, 3), np.array([[0.0, 0.0]] * 19 + [[0.5, 0.5]]), ({},) * 10)
LEVEL = QUIET.level


def candidate(k: int, *, labels: list[int] | None = None, **measures: Any) -> Candidate:
    """A clustering that comes back, with these measures."""
    given = {
        "silhouette": 0.3,
        "silhouette_gain": 0.0,
        "silhouette_gain_error": 0.0,
        "gap": 0.0,
        "valley": 0.0,
        "stability": 0.95,
    }
    estimator = SimpleNamespace(labels_=np.array(labels if labels is not None else [0, 1] * 10))
    return Candidate("kmeans", k, True, 10, 0.5, **{**given, **measures}, estimator=estimator)


def has_gaps(row: Candidate, null: NullReference = QUIET) -> bool:
    return with_gaps([row], null)[0].has_gaps


def test_clear_paths_part_the_clusters_whatever_the_silhouette() -> None:
    assert has_gaps(candidate(2, gap=0.3, silhouette_gain=-0.5))
    assert not has_gaps(candidate(2, gap=0.05))


def test_a_gap_that_chance_finds_too_is_none() -> None:
    found = NullReference(QUIET.numbers, QUIET.silhouettes, ({2: 0.25},) * 10)
    assert not has_gaps(candidate(2, gap=0.3), found)
    assert has_gaps(candidate(2, gap=0.4), found)


def test_a_valley_needs_an_excess_and_clusters_that_come_back() -> None:
    assert has_gaps(candidate(2, valley=0.5, silhouette_gain=1.0))
    assert not has_gaps(candidate(2, valley=0.5, silhouette_gain=LEVEL / 2))
    assert not has_gaps(candidate(2, valley=0.5, silhouette_gain=1.0, stability=0.8))


def test_between_values_that_many_share_a_gap_is_none_unless_the_silhouette_is_as_good_as_by_chance() -> None:
    shared = NullReference(QUIET.numbers, QUIET.silhouettes, QUIET.gaps, shared_values=True)
    assert not has_gaps(candidate(2, gap=0.3, silhouette_gain=-2 * LEVEL), shared)
    assert has_gaps(candidate(2, gap=0.3, silhouette_gain=0.0), shared)


def test_who_cuts_across_much_clearer_gaps_comes_last() -> None:
    halves, across = [0] * 10 + [1] * 10, [0, 1] * 10
    clear = candidate(2, labels=halves, gap=0.6, silhouette_gain=-0.3)
    cut = candidate(3, labels=across, valley=0.6, silhouette_gain=0.9)
    rows = with_gaps([clear, cut], QUIET)
    assert [(row.has_gaps, row.cuts_gaps) for row in rows] == [(True, False), (False, True)]
    assert best_of(rows, None, level=LEVEL)[0] is rows[0]
    assert best_of(rows, [3], level=LEVEL)[0] is rows[1]


def test_a_finer_clustering_cuts_across_nothing() -> None:
    clear = candidate(2, labels=[0] * 10 + [1] * 10, gap=0.6)
    finer = candidate(3, labels=[0] * 5 + [1] * 5 + [2] * 10, valley=0.6, silhouette_gain=0.9)
    assert [row.has_gaps for row in with_gaps([clear, finer], QUIET)] == [True, True]


def test_very_clear_gaps_are_taken_although_halves_do_not_find_them_all() -> None:
    stable, clear = candidate(2, valley=0.6, silhouette_gain=0.9), candidate(3, gap=0.6, stability=0.6)
    assert best_of(with_gaps([stable, clear], QUIET), None, level=LEVEL)[0].n_clusters == 3
    faint = candidate(3, gap=0.2, stability=0.6)
    assert best_of(with_gaps([stable, faint], QUIET), None, level=LEVEL)[0].n_clusters == 2


def test_gaps_that_come_back_in_part_are_not_denied() -> None:
    (row,) = with_gaps([candidate(3, gap=0.6, stability=0.6)], QUIET)
    told = "the data thin out between them, but they come back only in part (agreement 0.60 of 1"
    assert f"3 groups are seen: {told}" in reason_for(row, "none", tried=[2, 3], asked=False)
    assert f"asked for 3 groups; {told}" in reason_for(row, "constructive", tried=[3], asked=True)


def ring_around_cloud() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    turn = rng.uniform(0, 2 * np.pi, 300)
    ring = 10 * np.column_stack([np.cos(turn), np.sin(turn)])
    return np.vstack([ring + rng.normal(0, 0.4, (300, 2)), rng.normal(size=(200, 2))]), np.repeat([0, 1], [300, 200])


@pytest.mark.parametrize("shape", [make_moons(300, noise=0.07, random_state=0), ring_around_cloud()])
def test_groups_of_any_shape_are_found_whole(shape: tuple[np.ndarray, np.ndarray]) -> None:
    X, groups = shape
    choice = select_clustering(X, n_clusters=range(2, 5))
    assert choice.verdict == "natural"
    assert adjusted_rand_score(groups, choice.best.labels) > 0.95
