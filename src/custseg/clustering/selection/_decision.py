"""The decision: which candidate is selected, and what kind of segmentation it is. All thresholds are here.

Start at `decide`. Nothing is computed from rows: the candidates come with their measures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from custseg.clustering._methods import REFERENCE_METHOD
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._null_model import NullReference
from custseg.clustering.selection._reason import Reason

CRITERIA = ("silhouette_gain", "silhouette")
AUTO_NUMBERS = range(2, 9)
"""Numbers of clusters among which "auto" selects."""
PREFERRED = range(5, 8)
"""As many segments as people can serve: preferred among numbers that are equally good."""


@dataclass(frozen=True)
class Thresholds:
    """The constants of the rule; `benchmarks/choice_sensitivity.py` shows what each of them changes.

    Attributes
    ----------
    stable : float
        Stability from which a clustering is reproducible (Dolnicar and Leisch 2010).
    dissolved : float
        Jaccard similarity under which a cluster is dissolved (Hennig 2007).
    very_stable, touching : float
        Clusters this stable may touch: their separation is above the (negative) `touching`.
    separated, recurring : float
        Separation from which a sparse region lies between two clusters, and stability from which such clusters recur.
    finer : float
        What a clustering gains, in stability, by e times as many separated clusters.
    """

    stable: float = 0.75
    dissolved: float = 0.6
    very_stable: float = 0.9
    touching: float = -0.25
    separated: float = 0.1
    recurring: float = 0.3
    finer: float = 0.1


RULE = Thresholds()
# Standard deviations within which a normal variable falls in 19 of 20 cases.
_TWO_SIDED = 1.96
# The same for 99 of 100 cases, beyond which another number goes before the previous one.
_CLEARLY = 2.576 / _TWO_SIDED
STABLE = RULE.stable


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
    or_any_natural : bool
        Whether natural clusters of another number are selected if none of the allowed numbers is stable.
    or_single : bool
        Whether one cluster with all rows is returned if no candidate is stable.
    criterion : {"silhouette_gain", "silhouette"}
        What is compared where clusters are not separated.
    preferred : tuple of int
        The numbers that are preferred among equally good ones.
    previous : int or None
        The number of an earlier choice, kept while it is among the equally good ones.
    worth : mapping of int to float, or None
        What each number of clusters is worth for a purpose. If it is given, the stable number that is worth most is
        selected.
    """

    n_clusters_allowed: Collection[int] | None
    n_clusters_fixed: bool = False
    is_required: bool = False
    or_any_natural: bool = False
    or_single: bool = False
    criterion: str = "silhouette_gain"
    preferred: Collection[int] = PREFERRED
    previous: int | None = None
    worth: Mapping[int, float] | None = None


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


def decide(
    candidates: Sequence[Candidate], null: NullReference, request: Request, *, rule: Thresholds = RULE
) -> Decision:
    """Select a candidate by evidence.

    1. Very stable clusters (0.9) of which every two at least touch a sparser region: separation above -0.25. Of these
       the clustering with the most clusters; of equally many and equally stable ones the largest silhouette gain.
    2. Otherwise clearly separated clusters (above 0.1) that recur in refits (stability 0.3): the largest stability
       + 0.1 log(number of clusters).
    3. Otherwise k-means clusters that are stable (0.75) and none of which is dissolved in refits (0.6): the silhouette
       gains that do not differ significantly from the largest are near ties; of these the previous number,
       otherwise one nearest to the preferred numbers; of several, the most clusters whose stability is within the
       spread of its draws of the largest. The previous number stays until its stability is below the limit by
       more than its spread, or its gain below the largest in 99 of 100 cases.
    4. If there are none, the largest gain of any candidate that was refitted.

    If numbers have a worth, it takes the place of 1 to 3: of the stable k-means clusters, separated or not, the
    previous number is selected, otherwise the one that is worth most.

    Separation counts in the sample, in most halves of it, if it is above the 95th percentile in null data with as many
    clusters (of two clusters the 99th), and if every cluster and its neighbor are separated more than the pieces of
    one cloud like the two. Where columns have shared values, a silhouette gain above chance is needed instead of the
    latter, and in the second step one that is not significantly below that of reproducible ones. A natural clustering
    into the previous number is kept if it passes the same step and is as stable.
    """
    usable = [row for row in candidates if row.meets_min_size]
    allowed = _with_number(usable, request.n_clusters_allowed)
    best, near = _best_of(allowed, null, request, rule=rule)
    near_ties = tuple(row for row in near if row is not best)
    verdict = _verdict(best, null, _rule_for(best, request, rule))
    if verdict == "none" and request.or_any_natural:
        natural = _natural(usable, null, rule=rule)
        if natural is not None:
            best, near_ties, verdict = natural, (), "natural"
    if verdict == "none" and request.is_required:
        verdict = "constructive"
    is_single = verdict == "none" and request.or_single
    elsewhere = () if verdict == "natural" else _natural_elsewhere(usable, null, request, rule=rule)
    reason = _reason(best, verdict, is_single=is_single, natural_numbers=elsewhere)
    if not is_single:
        near_numbers = tuple(sorted({row.n_clusters for row in near_ties} - {best.n_clusters}))
        reason = replace(reason, near_numbers=near_numbers, preferred=tuple(request.preferred))
    if request.worth and best.n_clusters in request.worth and not (is_single or request.n_clusters_fixed):
        reason = replace(reason, worth=request.worth[best.n_clusters])
    if request.previous is not None and not request.n_clusters_fixed:
        is_allowed = request.n_clusters_allowed is None or request.previous in request.n_clusters_allowed
        numbers = (request.previous, None) if is_allowed else (None, request.previous)
        reason = replace(reason, previous=numbers[0], previous_excluded=numbers[1])
    return Decision(best, () if is_single else near_ties, verdict, is_single, reason)


def decide_for(candidate: Candidate, null: NullReference) -> Decision:
    """The decision for a candidate that the user selects."""
    verdict = _verdict(candidate, null, RULE)
    verdict = "constructive" if verdict == "none" else verdict
    return Decision(candidate, (), verdict, False, _reason(candidate, verdict))


def might_be_natural(row: Candidate, rule: Thresholds = RULE) -> bool:
    """Whether the separation allows a natural clustering, regardless of stability and null data."""
    return _separation(row) > rule.touching


def might_be_very_stable(row: Candidate, rule: Thresholds = RULE) -> bool:
    """Whether the separation in the sample allows `very_stable_number`, whatever pairs of halves are drawn."""
    return row.stability is not None and row.separation is not None and row.separation > rule.touching


def very_stable_number(rows: Sequence[Candidate], null: NullReference, rule: Thresholds = RULE) -> int:
    """The largest number of clusters that the first step of `decide` finds among these candidates; 0 for none."""
    return max((row.n_clusters for row in rows if _touching(row, null, rule)), default=0)


def is_natural(row: Candidate, null: NullReference, rule: Thresholds = RULE) -> bool:
    """Whether the clusters are separated, by the first or the second step of `decide`."""
    return _touching(row, null, rule) or _separated(row, null, rule)


def _best_of(
    allowed: Sequence[Candidate], null: NullReference, request: Request, *, rule: Thresholds
) -> tuple[Candidate, Sequence[Candidate]]:
    """The best candidate and its near ties, by the steps of `decide`."""
    before = [row for row in allowed if row.n_clusters == request.previous]
    worthy = _most_worthy(allowed, null, request, rule=rule)
    if worthy is not None:
        return worthy, ()
    natural = _natural(allowed, null, rule=rule)
    if natural is not None:
        kept = _natural(before, null, rule=rule, among=allowed)
        if kept is None or not _is_as_stable(kept, natural):
            return natural, ()
        is_same_step = _touching(kept, null, rule) or not _touching(natural, null, rule)
        return (kept if is_same_step else natural), ()
    stable = [row for row in _references(allowed) if _is_reproducible(row, null, _rule_for(row, request, rule))]
    single = [row for row in allowed if row.n_clusters == 1]
    if not stable and single:
        return single[0], ()
    gain = _gain if request.criterion == "silhouette_gain" else _silhouette
    if not stable:
        refitted = [row for row in allowed if row.stability is not None] or allowed
        return max(refitted, key=lambda row: (gain(row), -row.n_clusters)), ()
    near = _near_ties(stable, gain, previous=request.previous)
    return _most_useful(near, request), near


def _most_worthy(
    allowed: Sequence[Candidate], null: NullReference, request: Request, *, rule: Thresholds
) -> Candidate | None:
    """The stable candidate with the previous number, or whose number is worth most; None where nothing has a worth."""
    if not request.worth:
        return None
    worth = request.worth
    stable = [
        row
        for row in _references(allowed)
        if _is_reproducible(row, null, _rule_for(row, request, rule)) or is_natural(row, null, rule)
    ]
    before = [row for row in stable if row.n_clusters == request.previous]
    candidates = before or [row for row in stable if row.n_clusters in worth]
    return max(candidates, key=lambda row: (worth.get(row.n_clusters, 0.0), row.stability or 0.0), default=None)


def _references(allowed: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of k-means, or all if there are none."""
    return [row for row in allowed if row.method == REFERENCE_METHOD.name] or list(allowed)


def _natural(
    rows: Sequence[Candidate], null: NullReference, *, rule: Thresholds, among: Sequence[Candidate] | None = None
) -> Candidate | None:
    """The best of the natural candidates; None if there is none. `among` are those it is compared with."""
    touching = [row for row in rows if _touching(row, null, rule)]
    if touching:
        return max(touching, key=lambda row: (row.n_clusters, round(row.stability or 0.0, 2), _gain(row)))
    separated = [row for row in rows if _separated(row, null, rule)]
    if null.shared_values:
        # Some gaps between shared values remain: between one order and the five of a regular customer.
        separated = _not_less_compact(separated, [row for row in among or rows if _is_reproducible(row, null, rule)])
    return max(separated, key=lambda row: (row.stability or 0.0) + rule.finer * math.log(row.n_clusters), default=None)


def _touching(row: Candidate, null: NullReference, rule: Thresholds) -> bool:
    lasting = (row.stability or 0.0) >= rule.very_stable and (row.weakest_stability or 0.0) >= rule.dissolved
    return lasting and _is_beyond(row, rule.touching, null)


def _separated(row: Candidate, null: NullReference, rule: Thresholds) -> bool:
    return (row.stability or 0.0) >= rule.recurring and _is_beyond(row, rule.separated, null)


def _is_beyond(row: Candidate, limit: float, null: NullReference) -> bool:
    """Whether the separation is above the limit and above chance."""
    separation = _separation(row)
    if row.n_clusters < 2 or separation <= limit or separation <= null.chance_separation(row.n_clusters):
        return False
    if row.separation_margin is not None and row.separation_margin <= 0:
        return False
    # Columns that follow from one with shared values have its gaps too: all features of customers with one order.
    return not null.shared_values or _gain(row) > null.chance_gain(row.n_clusters)


def _separation(row: Candidate) -> float:
    """The separation that the sample and most halves of it have."""
    if row.separation is None or row.separation_in_halves is None:
        return -math.inf
    return min(row.separation, row.separation_in_halves)


def _is_reproducible(row: Candidate, null: NullReference, rule: Thresholds) -> bool:
    """Whether refits agree on all clusters, and the clusters are not worse than chance, as cuts between ties are."""
    if row.stability is None or row.n_clusters < 2:
        return False
    lasting = row.stability >= rule.stable and (row.weakest_stability or 0.0) >= rule.dissolved
    return lasting and _gain(row) >= -null.level


def _rule_for(row: Candidate, request: Request, rule: Thresholds) -> Thresholds:
    """The thresholds for a candidate: the previous number stays stable within the spread of its draws."""
    return replace(rule, stable=rule.stable - _spread(row)) if row.n_clusters == request.previous else rule


def _near_ties(
    stable: Sequence[Candidate], gain: Callable[[Candidate], float], *, previous: int | None
) -> list[Candidate]:
    """The candidates whose gain is not significantly below the largest; that of the previous number very clearly."""
    top = max(stable, key=lambda row: (gain(row), -row.n_clusters))
    factors = {previous: _CLEARLY}
    # Without null data of its number a candidate has no gain, and its difference from another such one is no number.
    return [
        row
        for row in stable
        if gain(row) == gain(top) or gain(top) - gain(row) <= factors.get(row.n_clusters, 1.0) * _margin(top, row)
    ]


def _not_less_compact(rows: Sequence[Candidate], stable: Sequence[Candidate]) -> list[Candidate]:
    """The candidates whose gain is not clearly below that of a reproducible one."""
    if not stable:
        return list(rows)
    top = max(stable, key=_gain)
    return [row for row in rows if _gain(top) - _gain(row) <= _margin(top, row)]


def _margin(first: Candidate, second: Candidate) -> float:
    """Difference of two gains that chance exceeds in one of twenty cases: of null data, and of the drawn rows."""
    return math.hypot(gain_margin(first), gain_margin(second))


def gain_margin(row: Candidate) -> float:
    """What chance adds to the gain or takes from it in 19 of 20 cases: of null data, and of the drawn rows."""
    return _TWO_SIDED * math.hypot(row.silhouette_gain_error or 0.0, row.silhouette_error or 0.0)


def _most_useful(near: Sequence[Candidate], request: Request) -> Candidate:
    """The previous number; otherwise one nearest to the preferred ones: of those equally stable the most clusters."""
    before = [row for row in near if row.n_clusters == request.previous]
    if before:
        return max(before, key=lambda row: row.stability or 0.0)
    distances = {row.n_clusters: min(abs(row.n_clusters - k) for k in request.preferred) for row in near}
    nearest = [row for row in near if distances[row.n_clusters] == min(distances.values())]
    top = max(nearest, key=lambda row: row.stability or 0.0)
    lasting = [row for row in nearest if _is_as_stable(row, top)]
    return max(lasting, key=lambda row: (row.n_clusters, row.stability or 0.0))


def _is_as_stable(row: Candidate, top: Candidate) -> bool:
    """Whether the stability is lower by no more than its spread over the draws."""
    return (top.stability or 0.0) - (row.stability or 0.0) <= math.hypot(_spread(top), _spread(row))


def _spread(row: Candidate) -> float:
    """Standard deviation of the stability over the draws."""
    if row.draws is None or len(row.draws.stability) < 2:
        return 0.0
    return float(row.draws.stability.std(ddof=1))


def _verdict(row: Candidate, null: NullReference, rule: Thresholds) -> str:
    """Natural, reproducible or none."""
    if is_natural(row, null, rule):
        return "natural"
    return "reproducible" if _is_reproducible(row, null, rule) else "none"


def _with_number(rows: Sequence[Candidate], numbers: Collection[int] | None) -> list[Candidate]:
    return [row for row in rows if numbers is None or row.n_clusters in numbers]


def _natural_elsewhere(
    usable: Sequence[Candidate], null: NullReference, request: Request, *, rule: Thresholds
) -> tuple[int, ...]:
    """Numbers of natural clusters that were not allowed."""
    allowed = request.n_clusters_allowed
    if allowed is None:
        return ()
    return tuple(sorted({row.n_clusters for row in usable if is_natural(row, null, rule)} - set(allowed)))


def _reason(best: Candidate, verdict: str, *, is_single: bool = False, natural_numbers: tuple[int, ...] = ()) -> Reason:
    if best.n_clusters == 1:
        kind = "one"
    elif is_single:
        kind = "undivided"
    else:
        natural = "separated" if _separation(best) > 0 else "touching"
        reproducible = "gaps_by_chance" if _separation(best) > 0 else "reproducible"
        kinds = {"natural": natural, "reproducible": reproducible, "constructive": "requested", "none": "unstable"}
        kind = kinds[verdict]
    return Reason(kind, best.method, best.n_clusters, best.stability, STABLE, natural_numbers)


def _gain(row: Candidate) -> float:
    return row.silhouette_gain if row.silhouette_gain is not None else -math.inf


def _silhouette(row: Candidate) -> float:
    return row.silhouette if row.silhouette is not None else -math.inf
