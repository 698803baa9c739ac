"""The consensus: what most samples of the rows select.

Start at `resampled_numbers`. Each of 20 samples has 80 % of the rows; 20 more follow if they do not agree. Whether
clusters are separated is decided again with pairs of halves and null data that are drawn with replacement; otherwise
the k-means clusterings are fitted again to two halves of the sample, but only those that may be selected
(`benchmarks/choice_quality.py --part consensus`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from custseg.clustering._methods import REFERENCE_METHOD
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._decision import RULE, Decision, Request, Thresholds, decide
from custseg.clustering.selection._null_model import NullReference
from custseg.clustering.selection._stages import Stages

_SEED = 20_241_128
_MAJORITY = 0.5
# No more samples are drawn if this share of the first ones select the same number.
FIRST_SAMPLES, _SETTLED = 20, 0.75

Evidence = tuple[list[Candidate], NullReference]
Refit = Callable[[Candidate, int], Candidate]
"""The candidate with the stability in the sample with this number."""


@dataclass(frozen=True)
class Consensus:
    """How often each number of clusters is selected in samples of the rows.

    Attributes
    ----------
    counts : dict of int to int
        Samples in which each number is selected, the most frequent first; 1 where no clustering is stable.
    n_resamples : int
        Number of samples.
    """

    counts: dict[int, int]
    n_resamples: int

    @classmethod
    def of(cls, numbers: Sequence[int]) -> Consensus:
        """The counts of the numbers that samples select."""
        return cls({}, 0).with_more(numbers)

    def with_more(self, numbers: Sequence[int]) -> Consensus:
        """The same with the numbers of more samples."""
        counts = Counter(self.counts) + Counter(numbers)
        ordered = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
        return Consensus(ordered, self.n_resamples + len(numbers))

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
    candidates: Sequence[Candidate],
    null: NullReference,
    request: Request,
    *,
    refit: Refit,
    stages: Stages | None = None,
) -> Consensus:
    """Decide in each sample, in threads, and count the numbers of clusters."""
    return counted_numbers(resampled_evidence(candidates, null), request, refit=refit, stages=stages)


def resampled_evidence(
    candidates: Sequence[Candidate], null: NullReference, n_samples: int | None = None
) -> list[Evidence]:
    """The candidates and the null data of the first or all samples, without refits to them; none without draws."""
    measured = [row.draws for row in candidates if row.draws is not None]
    n_pairs = max((len(draws.stability) for draws in measured), default=0)
    if not n_pairs or not len(null.silhouettes):
        return []
    n_samples = n_samples or max(len(draws.silhouettes) for draws in measured)
    rng = np.random.default_rng(_SEED)
    drawn = [(rng.integers(0, n_pairs, n_pairs), null.resampled(rng)) for _ in range(n_samples)]
    pairs = np.array([of_sample for of_sample, _ in drawn])
    measures = [None if row.draws is None else row.draws.resampled(pairs) for row in candidates]
    return [
        (
            [
                row if values is None else chance.with_gain(row, **{name: of[number] for name, of in values.items()})
                for row, values in zip(candidates, measures, strict=True)
            ],
            chance,
        )
        for number, (_, chance) in enumerate(drawn)
    ]


def counted_numbers(
    evidence: Sequence[Evidence],
    request: Request,
    *,
    refit: Refit,
    stages: Stages | None = None,
    rule: Thresholds = RULE,
) -> Consensus:
    """How often each number of clusters is selected."""

    def select(number: int) -> int:
        return _number_in_sample(number, *evidence[number], request=request, refit=refit, rule=rule)

    run = (stages or Stages(n_jobs=1)).run
    consensus = Consensus.of(run(select, range(min(FIRST_SAMPLES, len(evidence)))))
    if max(consensus.counts.values(), default=0) >= _SETTLED * consensus.n_resamples:
        return consensus
    return consensus.with_more(run(select, range(FIRST_SAMPLES, len(evidence))))


def _number_in_sample(
    number: int,
    rows: Sequence[Candidate],
    chance: NullReference,
    *,
    request: Request,
    refit: Refit,
    rule: Thresholds,
) -> int:
    """The number of clusters that is selected in a sample; 1 where no clustering is stable.

    Separated clusters go first. Without any, the candidate is refitted that would be selected if its refits agreed
    fully, until the selected one has been refitted: the others cannot be selected.
    """
    decision = decide(rows, chance, request, rule=rule)
    if decision.verdict != "natural" and not request.n_clusters_fixed:
        agreeing = {id(row): _agreeing(row) for row in rows if _can_be_refitted(row)}
        rows = [agreeing.get(id(row), row) for row in rows]
        decision = decide(rows, chance, request, rule=rule)
        while any(decision.best is row for row in agreeing.values()):
            rows = [refit(row, number) if row is decision.best else row for row in rows]
            decision = decide(rows, chance, request, rule=rule)
    return 1 if decision.is_single else decision.best.n_clusters


def _can_be_refitted(row: Candidate) -> bool:
    return row.method == REFERENCE_METHOD.name and row.n_clusters > 1 and row.stability is not None


def _agreeing(row: Candidate) -> Candidate:
    """The candidate as one without separation on whose clusters all refits agree."""
    return replace(row, separation=None, stability=1.0, stability_of_clusters=dict.fromkeys(range(row.n_clusters), 1.0))


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
            # What is said of the previous number is of all that were allowed, not of this one alone.
            numbers = decision.reason.previous, decision.reason.previous_excluded
            reason = replace(of_number.reason, previous=numbers[0], previous_excluded=numbers[1])
            of_number = replace(of_number, reason=reason)
            decision, selected = of_number, 1 if of_number.is_single else number
    votes = (counts.get(selected, 0), consensus.n_resamples)
    leading = () if has_majority else consensus.leading
    return replace(decision, reason=replace(decision.reason, votes=votes, leading=leading))
