"""The consensus: what most resamples of the evidence select.

Start at `resampled_numbers`. A resample draws from the halves and from the null data with replacement, instead of
fitting everything again on other rows. So its share is of repetitions of the comparisons: other customers select
the same number less often (`benchmarks/choice_quality.py --part consensus`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from custseg._numerics import Integers
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._decision import RULE, Decision, Request, Thresholds, decide
from custseg.clustering.selection._null_model import NullReference

N_RESAMPLES = 20
_SEED = 20_241_128
_MAJORITY = 0.5

Evidence = tuple[list[Candidate], NullReference]


@dataclass(frozen=True)
class Consensus:
    """How often each number of clusters is selected in resamples of the evidence.

    Attributes
    ----------
    counts : dict of int to int
        Resamples in which each number is selected, the most frequent first; 1 where no clustering is stable.
    n_resamples : int
        Number of resamples.
    """

    counts: dict[int, int]
    n_resamples: int

    def share(self, n_clusters: int) -> float:
        """The share of the resamples that select this number."""
        return self.counts.get(n_clusters, 0) / self.n_resamples if self.n_resamples else 0.0

    @property
    def leading(self) -> tuple[int, ...]:
        """The most frequent numbers that together are selected in most resamples."""
        leading: list[int] = []
        for number in self.counts:
            if sum(self.counts[k] for k in leading) > _MAJORITY * self.n_resamples:
                break
            leading.append(number)
        return tuple(sorted(leading))


def resampled_numbers(
    candidates: Sequence[Candidate], null: NullReference, request: Request, *, rule: Thresholds = RULE
) -> Consensus:
    """Decide in each resample of the evidence, and count the numbers of clusters."""
    return counted_numbers(resampled_evidence(candidates, null), request, rule=rule)


def resampled_evidence(candidates: Sequence[Candidate], null: NullReference) -> list[Evidence]:
    """The candidates and the null data of each resample; none where there are no draws."""
    n_pairs = max((len(row.draws.stability) for row in candidates if row.draws is not None), default=0)
    if not n_pairs or not len(null.silhouettes):
        return []
    rng = np.random.default_rng(_SEED)
    evidence = []
    for _ in range(N_RESAMPLES):
        pairs = rng.integers(0, n_pairs, n_pairs)
        half = int(rng.integers(0, 2 * n_pairs))
        chance = null.resampled(rng)
        rows = [chance.with_gain(_resampled(row, pairs, half)) if row.draws is not None else row for row in candidates]
        evidence.append((rows, chance))
    return evidence


def counted_numbers(evidence: Sequence[Evidence], request: Request, *, rule: Thresholds = RULE) -> Consensus:
    """How often each number of clusters is selected."""
    numbers = []
    for rows, chance in evidence:
        decision = decide(rows, chance, request, rule=rule)
        numbers.append(1 if decision.is_single else decision.best.n_clusters)
    return Consensus(dict(sorted(Counter(numbers).items(), key=lambda pair: (-pair[1], pair[0]))), len(numbers))


def _resampled(row: Candidate, pairs: Integers, half: int) -> Candidate:
    """The candidate with the measures of other rows: the silhouette of one half, and the draws of these pairs.

    A half differs from the whole as much as the whole differs from other rows of the same source.
    """
    draws = row.draws
    if draws is None:
        return row
    halves = np.concatenate([2 * pairs, 2 * pairs + 1])
    changed = replace(
        row,
        silhouette=float(draws.silhouettes[half]),
        separation_in_halves=float(np.median(draws.separations[halves])),
    )
    return replace(changed, stability=float(draws.stability[pairs].mean())) if len(draws.stability) else changed


def decide_by_consensus(
    candidates: Sequence[Candidate],
    null: NullReference,
    request: Request,
    *,
    consensus: Consensus,
    rule: Thresholds = RULE,
) -> Decision:
    """The decision for the number that most resamples select, if one has a majority; otherwise that of all evidence."""
    decision = decide(candidates, null, request, rule=rule)
    # A single cluster has no vote where clusters are required.
    counts = {k: count for k, count in consensus.counts.items() if k > 1 or request.or_single}
    if not counts or request.n_clusters_fixed:
        return decision
    number = max(counts, key=lambda k: counts[k])
    selected = 1 if decision.is_single else decision.best.n_clusters
    is_usable = any(row.meets_min_size and row.n_clusters == number for row in candidates)
    has_majority = consensus.share(number) > _MAJORITY
    if has_majority and number != selected and is_usable:
        of_number = decide(candidates, null, replace(request, n_clusters_allowed=(number,)), rule=rule)
        # A number that is not stable on all evidence does not replace one that is.
        if of_number.verdict != "none" or decision.verdict == "none":
            decision, selected = of_number, 1 if of_number.is_single else number
    votes = (counts.get(selected, 0), consensus.n_resamples)
    leading = () if has_majority else consensus.leading
    return replace(decision, reason=replace(decision.reason, votes=votes, leading=leading))
