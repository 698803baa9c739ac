"""The decision: which candidate is selected, and what kind of segmentation it is. All thresholds are here.

Start at `decide`. Nothing is computed from rows: the candidates come with their measures.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._null_model import NullReference
from custseg.clustering.selection._reason import Reason

CRITERIA = ("silhouette_gain", "silhouette")
AUTO_NUMBERS = range(3, 9)
"""Numbers of clusters among which "auto" selects: as many segments as people can work with."""

STABLE = 0.75
# Gaps by paths, or valleys between all pairs; a valley alone needs very stable clusters.
_GAP, _GAP_STABILITY = 0.1, 0.5
_VALLEY, _VALLEY_STABILITY = 0.25, 0.92
# Gaps clearer by this much must not be cut across by more than this share of the rows.
_CLEARER, _CUT = 0.3, 0.1
# Gaps this clear count even if refits on halves do not find them all.
_CLEAR_GAP = 0.4


@dataclass(frozen=True)
class Request:
    """Which numbers of clusters may be selected, and what to do if no clustering is stable.

    Attributes
    ----------
    n_clusters_allowed : tuple of int or None
        The numbers to choose among; None if any is allowed.
    n_clusters_fixed : bool
        Whether exactly one number was requested.
    is_required : bool
        Whether clusters are wanted even if they are not stable: the verdict is at least "constructive".
    fallbacks : tuple
        If the best candidate is not stable, a stable one is selected among these numbers (None: any), in this order.
    or_single : bool
        Whether one cluster with all rows is returned if no candidate is stable.
    criterion : {"silhouette_gain", "silhouette"}
        What is compared where no gaps decide.
    """

    n_clusters_allowed: Collection[int] | None
    n_clusters_fixed: bool = False
    is_required: bool = False
    fallbacks: tuple[Collection[int] | None, ...] = ()
    or_single: bool = False
    criterion: str = "silhouette_gain"


@dataclass(frozen=True, eq=False)
class Decision:
    """The selected candidate, and the kind of segmentation.

    Attributes
    ----------
    best : Candidate
        The candidate that was selected.
    near_ties : tuple of Candidate
        Candidates that the evidence hardly distinguishes from it.
    verdict : {"natural", "reproducible", "constructive", "none"}
        The kind of segmentation (Dolnicar and Leisch 2010).
    is_single : bool
        Whether all rows are one cluster instead, because no candidate is stable.
    reason : Reason
        Why, as data that can be formatted in any language.
    """

    best: Candidate
    near_ties: tuple[Candidate, ...]
    verdict: str
    is_single: bool
    reason: Reason


def decide(candidates: Sequence[Candidate], null_level: float, request: Request) -> Decision:
    """Select a candidate by evidence.

    1. Among candidates whose clusters are all separated by gaps, and that are stable (0.75 or more) or have very clear
       gaps, the one with the most clusters: one with fewer has only merged some of them.
    2. Otherwise, among stable candidates whose silhouette gain is not below `-null_level`, the largest gain; within one
       standard error (of the difference) the most stable, then the one with fewer clusters. If none of them is
       above `null_level`, a candidate with gaps that is less stable goes first.
    3. Without any such candidate, the same among all.

    Candidates that split separated clusters of another are used only if all do. If the result is not stable, a request
    may name numbers among which a stable candidate replaces it (`fallbacks`), or ask for one cluster (`or_single`).
    """
    usable = [row for row in candidates if row.meets_min_size]
    best, near_ties = _best_of(_with_number(usable, request.n_clusters_allowed), null_level, request.criterion)
    if verdict_of(best, null_level) == "none":
        stable = [row for row in usable if _is_acceptable(row, null_level)]
        pools = [pool for numbers in request.fallbacks if (pool := _with_number(stable, numbers))]
        if pools:
            best, near_ties = _best_of(pools[0], null_level, request.criterion)
    verdict = verdict_of(best, null_level, is_required=request.is_required)
    is_single = verdict == "none" and request.or_single
    reason = _reason(best, verdict, is_single=is_single, others=_natural_elsewhere(usable, null_level, request))
    return Decision(best, () if is_single else near_ties, verdict, is_single, reason)


def decide_for(candidate: Candidate, null_level: float) -> Decision:
    """The decision for a candidate that the user selects."""
    verdict = verdict_of(candidate, null_level, is_required=True)
    return Decision(candidate, (), verdict, False, _reason(candidate, verdict))


def is_stable(row: Candidate) -> bool:
    """Whether refits on halves of the rows agree."""
    return row.stability is not None and row.stability >= STABLE


def verdict_of(row: Candidate, null_level: float, *, is_required: bool = False) -> str:
    """Natural, reproducible, constructive or none (Dolnicar and Leisch 2010)."""
    if is_stable(row):
        return "natural" if row.has_gaps or _gain(row) > null_level else "reproducible"
    return "constructive" if is_required else "none"


def might_be_separated(row: Candidate) -> bool:
    """Whether there are gaps or valleys, regardless of the stability."""
    return (row.gap or 0.0) >= _GAP or (row.valley or 0.0) >= _VALLEY


def seems_separated(row: Candidate) -> bool:
    """Whether there are gaps and the clusters are stable enough; not yet compared with null data."""
    return (row.gap or 0.0) >= _GAP and (row.stability or 0.0) >= _GAP_STABILITY


def with_gaps(rows: Sequence[Candidate], null: NullReference) -> list[Candidate]:
    """The candidates with `has_gaps` and `cuts_gaps`."""
    by_paths = [_has_path_gaps(row, null) for row in rows]
    clear = [row for row, has_gaps in zip(rows, by_paths, strict=True) if has_gaps]
    judged = []
    for row, has_path_gaps in zip(rows, by_paths, strict=True):
        cuts = any(_is_clearer(clearer, row) and _share_cut(row.labels, clearer.labels) > _CUT for clearer in clear)
        has_gaps = not cuts and (has_path_gaps or _has_valleys(row, null.level))
        judged.append(replace(row, cuts_gaps=cuts, has_gaps=has_gaps))
    return judged


def _with_number(rows: Sequence[Candidate], numbers: Collection[int] | None) -> list[Candidate]:
    return [row for row in rows if numbers is None or row.n_clusters in numbers]


def _best_of(
    allowed: Sequence[Candidate], null_level: float, criterion: str
) -> tuple[Candidate, tuple[Candidate, ...]]:
    """The best candidate and its near ties, by the three steps of `decide`."""
    allowed = [row for row in allowed if not row.cuts_gaps] or allowed
    stable = [row for row in allowed if _is_acceptable(row, null_level)]
    separated = [row for row in allowed if row.has_gaps]
    lasting = [row for row in separated if is_stable(row) or (row.gap or 0.0) >= _CLEAR_GAP]
    if lasting or (separated and not any(_gain(row) > null_level for row in stable)):
        return _finest(lasting or separated)
    single = [row for row in allowed if row.n_clusters == 1]
    if not stable and single:
        return single[0], ()
    pool = stable or allowed
    value, error = (_gain, _gain_error) if criterion == "silhouette_gain" else (_silhouette, _silhouette_error)
    top = max(pool, key=lambda row: (value(row), -row.n_clusters))
    near = [row for row in pool if value(top) - value(row) <= math.hypot(error(top), error(row))]
    best = max(near, key=lambda row: (round(row.stability or 0.0, 3), -row.n_clusters))
    return best, tuple(row for row in near if row is not best)


def _finest(separated: Sequence[Candidate]) -> tuple[Candidate, tuple[Candidate, ...]]:
    """The candidate with the most clusters, and others with as many; ties go to stability and gap."""
    finest = max(separated, key=lambda row: (row.n_clusters, (row.stability or 0) + (row.gap or 0) - row.noise_share))
    return finest, tuple(row for row in separated if row is not finest and row.n_clusters == finest.n_clusters)


def _is_acceptable(row: Candidate, null_level: float) -> bool:
    """Whether the clustering is stable and not worse than chance, as a cut between two shared values is."""
    return is_stable(row) and _gain(row) >= -null_level


def _has_path_gaps(row: Candidate, null: NullReference) -> bool:
    # If many rows share values, and other columns follow from those, gaps may be only between the values.
    if null.shared_values and (row.silhouette_gain or 0.0) < -null.level:
        return False
    return seems_separated(row) and _is_beyond(row.gap, null.chance_gaps(row.n_clusters))


def _has_valleys(row: Candidate, null_level: float) -> bool:
    # In columns with few values every cut between two of them is a valley, without any groups.
    return (row.valley or 0.0) >= _VALLEY and (row.stability or 0.0) >= _VALLEY_STABILITY and _gain(row) > null_level


def _is_beyond(value: float | None, chance: Floats) -> bool:
    """Whether the value is above the 95th percentile of the draws, and by a gap above their mean."""
    if value is None or not len(chance):
        return False
    return bool(value > np.quantile(chance, 0.95) and value >= chance.mean() + _GAP)


def _is_clearer(clearer: Candidate, row: Candidate) -> bool:
    return (clearer.gap or 0.0) >= max(row.gap or 0.0, 0.0) + _CLEARER


def _share_cut(labels: Integers, clearer: Integers) -> float:
    """Share of the rows outside the clearer cluster in which most rows of their own cluster are."""
    k = int(clearer.max()) + 1
    both = np.bincount(labels * k + clearer, minlength=(int(labels.max()) + 1) * k).reshape(-1, k)
    return 1 - float(both.max(axis=1).sum()) / len(labels)


def _natural_elsewhere(usable: Sequence[Candidate], null_level: float, request: Request) -> tuple[int, ...]:
    """Numbers of natural clusters that were not allowed."""
    allowed = request.n_clusters_allowed
    if allowed is None:
        return ()
    natural = {row.n_clusters for row in usable if verdict_of(row, null_level) == "natural"}
    return tuple(sorted(natural - set(allowed)))


def _reason(best: Candidate, verdict: str, *, is_single: bool = False, others: tuple[int, ...] = ()) -> Reason:
    if best.n_clusters == 1:
        kind = "one"
    elif is_single:
        kind = "undivided"
    elif verdict == "natural":
        kind = "separated" if best.has_gaps else "dense"
    elif verdict == "constructive":
        kind = "separated_requested" if best.has_gaps else "requested"
    elif verdict == "none":
        kind = "separated" if best.has_gaps else "unstable"
    else:
        kind = verdict
    natural_numbers = () if verdict == "natural" else tuple(k for k in others if k != best.n_clusters)
    return Reason(kind, best.method, best.n_clusters, best.stability, STABLE, natural_numbers)


def _gain(row: Candidate) -> float:
    return row.silhouette_gain if row.silhouette_gain is not None else float("-inf")


def _gain_error(row: Candidate) -> float:
    return row.silhouette_gain_error or 0.0


def _silhouette(row: Candidate) -> float:
    return row.silhouette if row.silhouette is not None else float("-inf")


def _silhouette_error(row: Candidate) -> float:
    return row.silhouette_error or 0.0
