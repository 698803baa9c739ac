"""The consensus: how often samples of the rows select each number, and what a majority changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from custseg.clustering import Candidate
from custseg.clustering.selection._candidates import Draws
from custseg.clustering.selection._consensus import Consensus, decide_by_consensus, resampled_numbers
from custseg.clustering.selection._decision import Request
from custseg.clustering.selection._null_model import NullReference

NUMBERS = (2, 3, 4, 5)
NULL = NullReference(NUMBERS, np.zeros((20, 4)), np.full((20, 4), -0.5))
ANY = Request(NUMBERS)
N_SAMPLES = 8


def candidate(k: int, silhouette: float, *, stability: Any = 0.9, **measures: Any) -> Candidate:
    """A k-means clustering without separation; the measures in each of eight samples and halves, or one for all."""
    silhouettes = np.broadcast_to(measures.pop("of_samples", silhouette), N_SAMPLES)
    pairs = np.broadcast_to(stability, 4).astype(float)
    separations = np.broadcast_to(measures.pop("separations", -1.0), 8)
    usual = {
        "silhouette": silhouette,
        "silhouette_error": 0.0,
        "silhouette_gain": silhouette,
        "silhouette_gain_error": 0.0,
        "separation": float(np.median(separations)),
        "separation_in_halves": float(np.median(separations)),
        "stability": float(pairs.mean()),
        "stability_of_clusters": dict.fromkeys(range(k), 0.9),
        "draws": Draws(silhouettes, separations, pairs),
    }
    return Candidate("kmeans", k, True, 10, 0.1, **{**usual, **measures})


def test_leading_numbers_have_most_resamples_together() -> None:
    assert Consensus({5: 11, 4: 9}, 20).leading == (5,)
    assert Consensus({5: 10, 4: 6, 3: 4}, 20).leading == (4, 5)
    assert Consensus({7: 7, 3: 7, 5: 6}, 20).leading == (3, 7)
    assert Consensus({}, 0).leading == ()


def test_share_of_resamples() -> None:
    consensus = Consensus({5: 15, 4: 5}, 20)
    assert (consensus.share(5), consensus.share(4), consensus.share(3)) == (0.75, 0.25, 0.0)
    assert Consensus({}, 0).share(3) == 0.0


def consensus_of(
    rows: list[Candidate], request: Request = ANY, *, of_samples: dict[int, Any] | None = None
) -> Consensus:
    """The consensus if each number has these stabilities in the samples; by default that of all rows."""

    def refit(row: Candidate, number: int) -> Candidate:
        original = next(other for other in rows if other.n_clusters == row.n_clusters)
        values = (of_samples or {}).get(row.n_clusters, original.stability)
        return replace(row, stability=float(np.broadcast_to(values, N_SAMPLES)[number]))

    return resampled_numbers(rows, NULL, request, refit=refit)


def test_evidence_that_never_varies_selects_one_number() -> None:
    assert consensus_of([candidate(3, 0.4), candidate(4, 0.2)]) == Consensus({3: N_SAMPLES}, N_SAMPLES)


def test_silhouettes_that_vary_divide_the_samples_the_most_frequent_first() -> None:
    rows = [candidate(3, 0.4), candidate(4, 0.35, of_samples=[0.6, 0.6, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2])]
    assert list(consensus_of(rows).counts.items()) == [(3, 6), (4, 2)]


def test_stability_in_the_samples_divides_them() -> None:
    rows = [candidate(3, 0.4), candidate(4, 0.3)]
    assert consensus_of(rows, of_samples={3: [0.9] * 5 + [0.7] * 3}).counts == {3: 5, 4: 3}


def test_samples_in_which_nothing_is_stable_count_as_one_cluster() -> None:
    rows, of_samples = [candidate(3, 0.4)], {3: [0.9] * 5 + [0.4] * 3}
    assert consensus_of(rows, Request(NUMBERS, or_single=True), of_samples=of_samples).counts == {3: 5, 1: 3}
    assert consensus_of(rows, of_samples=of_samples).counts == {3: N_SAMPLES}


def test_only_those_that_may_be_selected_are_refitted() -> None:
    rows = [candidate(k, gain) for k, gain in ((3, 0.1), (4, 0.2), (5, 0.4))]
    refitted: set[int] = set()

    def refit(row: Candidate, number: int) -> Candidate:
        refitted.add(row.n_clusters)
        return replace(row, stability=0.5 if row.n_clusters == 5 else 0.9)

    assert resampled_numbers(rows, NULL, ANY, refit=refit).counts == {4: N_SAMPLES}
    assert refitted == {4, 5}
    refitted.clear()
    fixed = Request((5,), n_clusters_fixed=True, is_required=True)
    assert resampled_numbers(rows, NULL, fixed, refit=refit).counts == {5: N_SAMPLES}
    assert not refitted


def test_halves_without_separation_count() -> None:
    rows = [candidate(2, 0.1, separations=[0.5, 0.5, 0.5, 0.5, 0.5, -1, -1, -1]), candidate(4, 0.4)]
    counts = consensus_of(rows).counts
    assert counts[2] > counts[4] > 0


def test_same_evidence_gives_the_same_counts_in_any_order() -> None:
    rows = [candidate(3, 0.4), candidate(4, 0.35, of_samples=np.linspace(0.1, 0.6, N_SAMPLES))]
    assert consensus_of(rows[::-1]) == consensus_of(rows)


def test_more_samples_follow_only_if_the_first_do_not_agree() -> None:
    rows = [candidate(3, 0.4, draws=Draws(np.full(40, 0.4), np.full(8, -1.0), np.full(4, 0.9))), candidate(4, 0.3)]
    rows[1] = replace(rows[1], draws=Draws(np.full(40, 0.3), np.full(8, -1.0), np.full(4, 0.9)))

    def consensus_with(n_failing: int) -> Consensus:
        def refit(row: Candidate, number: int) -> Candidate:
            return replace(row, stability=0.6 if row.n_clusters == 3 and number < n_failing else 0.9)

        return resampled_numbers(rows, NULL, ANY, refit=refit)

    assert consensus_with(5) == Consensus({3: 15, 4: 5}, 20)
    assert consensus_with(6) == Consensus({3: 34, 4: 6}, 40)


def test_without_refits_or_null_data_there_is_no_consensus() -> None:
    def refit(row: Candidate, number: int) -> Candidate:
        return row

    unmeasured = candidate(3, 0.4, draws=None)
    assert resampled_numbers([unmeasured], NULL, ANY, refit=refit) == Consensus({}, 0)
    assert resampled_numbers([candidate(3, 0.4)], NullReference.empty(), ANY, refit=refit) == Consensus({}, 0)
    decision = decide_by_consensus([unmeasured], NULL, ANY, consensus=Consensus({}, 0))
    assert (decision.best, decision.reason.votes) == (unmeasured, (0, 0))


def voted(counts: dict[int, int], *rows: Candidate, request: Request = ANY) -> tuple[int, Any, Any]:
    """The number, its votes and the leading numbers under these counts."""
    consensus = Consensus(counts, sum(counts.values()))
    decision = decide_by_consensus(rows or (candidate(3, 0.4), candidate(4, 0.3)), NULL, request, consensus=consensus)
    return decision.best.n_clusters, decision.reason.votes, decision.reason.leading


def test_majority_for_another_number_moves_the_decision() -> None:
    assert voted({3: 20}) == (3, (20, 20), ())
    assert voted({4: 11, 3: 9}) == (4, (11, 20), ())


def test_without_a_majority_the_evidence_decides_and_the_leading_numbers_are_told() -> None:
    assert voted({4: 10, 3: 10}) == (3, (10, 20), (3, 4))
    assert voted({4: 9, 5: 6, 3: 5}) == (3, (5, 20), (4, 5))


def test_majority_for_a_number_that_cannot_be_selected_changes_nothing() -> None:
    assert voted({5: 15, 3: 5}) == (3, (5, 20), ())
    small = replace(candidate(5, 0.9), meets_min_size=False)
    assert voted({5: 15, 3: 5}, candidate(3, 0.4), small) == (3, (5, 20), ())


def test_requested_number_has_no_leading_numbers() -> None:
    request = Request((3,), n_clusters_fixed=True, is_required=True)
    assert voted({3: 9, 4: 11}, candidate(3, 0.4), request=request)[::2] == (3, ())


def test_decision_of_the_majority_has_the_verdict_of_its_candidate() -> None:
    rows = [candidate(2, 0.1, separations=0.5, stability=0.5), candidate(4, 0.4)]
    for counts, verdict in (({2: 20}, "natural"), ({4: 20}, "reproducible")):
        decision = decide_by_consensus(rows, NULL, ANY, consensus=Consensus(counts, 20))
        assert decision.verdict == verdict
    assert consensus_of(rows).share(2) == pytest.approx(1)


def test_votes_of_one_segment_are_those_of_one_segment() -> None:
    shaky = candidate(3, 0.4, stability=[1.0, 1.0, 0.5, 0.4])
    request = Request(NUMBERS, or_single=True)
    decision = decide_by_consensus([shaky], NULL, request, consensus=Consensus({3: 12, 1: 8}, 20))
    assert decision.is_single
    assert decision.reason.votes == (8, 20)


def test_majority_that_is_not_stable_replaces_no_stable_number() -> None:
    stable, shaky = candidate(2, 0.3), candidate(3, 0.4, stability=[1.0, 1.0, 0.5, 0.4])
    decision = decide_by_consensus(
        [stable, shaky], NULL, Request(NUMBERS, or_single=True), consensus=Consensus({3: 11, 2: 9}, 20)
    )
    assert (decision.best, decision.is_single) == (stable, False)
    assert decision.reason.votes == (9, 20)
