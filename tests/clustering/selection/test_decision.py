from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.metrics import adjusted_rand_score

from custseg.clustering import Candidate, select_clustering
from custseg.clustering.selection._decision import Decision, Request, decide, with_gaps
from custseg.clustering.selection._null_model import NullReference

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


def decided(rows: list[Candidate], numbers: list[int] | None = None, **options: Any) -> Decision:
    return decide(rows, LEVEL, Request(numbers, **options))


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
    assert decided(rows).best is rows[0]
    assert decided(rows, [3]).best is rows[1]


def test_a_finer_clustering_cuts_across_nothing() -> None:
    clear = candidate(2, labels=[0] * 10 + [1] * 10, gap=0.6)
    finer = candidate(3, labels=[0] * 5 + [1] * 5 + [2] * 10, valley=0.6, silhouette_gain=0.9)
    assert [row.has_gaps for row in with_gaps([clear, finer], QUIET)] == [True, True]


def test_very_clear_gaps_are_taken_although_halves_do_not_find_them_all() -> None:
    stable, clear = candidate(2, valley=0.6, silhouette_gain=0.9), candidate(3, gap=0.6, stability=0.6)
    assert decided(with_gaps([stable, clear], QUIET)).best.n_clusters == 3
    faint = candidate(3, gap=0.2, stability=0.6)
    assert decided(with_gaps([stable, faint], QUIET)).best.n_clusters == 2


def test_gaps_without_stability_are_reported() -> None:
    rows = with_gaps([candidate(3, gap=0.6, stability=0.6)], QUIET)
    second = "Refits on random halves of the data agree only in part (adjusted Rand index 0.60; 0.75 is required)."
    assert decided(rows).reason.text("en") == f"Three well-separated segments (k-means). {second}"
    required = decided(rows, [3], n_clusters_fixed=True, is_required=True)
    assert required.verdict == "constructive"
    assert required.reason.text("en") == f"Three well-separated segments, as requested (k-means). {second}"


def test_stable_candidate_replaces_an_unstable_one() -> None:
    rows = with_gaps([candidate(3, gap=0.3, stability=0.6), candidate(2), candidate(9, stability=0.99)], QUIET)
    first = decided(rows, [2, 3])
    assert (first.best.n_clusters, first.verdict) == (3, "none")
    inside = decided(rows, [2, 3], fallbacks=([2, 3], None), or_single=True)
    assert (inside.best.n_clusters, inside.verdict, inside.is_single) == (2, "reproducible", False)
    outside = decided(rows, [3], fallbacks=([3], None), or_single=True)
    assert outside.best.n_clusters == 9
    fixed = decided(rows, [3], n_clusters_fixed=True, is_required=True)
    assert (fixed.best.n_clusters, fixed.verdict) == (3, "constructive")


def test_nothing_stable_is_one_segment_if_allowed() -> None:
    decision = decided([candidate(3, stability=0.4)], [3, 4], fallbacks=([3, 4], None), or_single=True)
    assert (decision.verdict, decision.is_single) == ("none", True)
    first = "One segment, because none of the clusterings is reproducible; the best has three (k-means)."
    assert decision.reason.text("en").startswith(first)


def test_reasons_are_two_sentences_in_both_languages() -> None:
    natural = decided(with_gaps([candidate(5, gap=0.6, stability=0.97)], QUIET)).reason
    assert natural.text("en") == (
        "Five well-separated segments (k-means). Refits on random halves of the data agree (adjusted Rand index 0.97)."
    )
    assert "0,97" in natural.text("ru")
    assert natural.text("ru").count(". ") == 1


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
