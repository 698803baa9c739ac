"""Which segments meet the criteria of an archetype, from the shares of customers that meet its condition.

`_archetypes` reads the definitions, `measures._terms` evaluates one term of a condition.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._intervals import share_difference
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming._archetypes import Archetype
from custseg.profiling.naming._own_rhythm import LATE, OVERDUE, holds_by_own_rhythm
from custseg.profiling.naming.traits._exceeded import exceeded
from custseg.profiling.naming.traits._levels import CLEARLY_MORE
from custseg.texts import LANGUAGES

_MIN_SHARE = 0.6
_MIN_RATIO = 2.0
_LEVEL = 0.999
# A condition that holds for so large a part of a segment without a name does not tell the named one from it.
_SHARED = 0.5
# Members are alike in a share if half of them are within so much of each other.
_ALIKE = 0.05

Bounds = Mapping[str, Mapping[tuple[str, float], float]]


@dataclass(frozen=True)
class NameEvidence:
    """Why a segment has the name of an archetype.

    Attributes
    ----------
    archetype : str
        Key of the archetype.
    condition : mapping of str to str
        The condition that members of the archetype meet, as text by language.
    terms : tuple of Term
        The condition with the values at its quantiles.
    members : float
        Share of the members that meet the condition, at least 0.6.
    others : float
        Share of all other clustered customers that do, at most half of it; those in segments of the same archetype do
        not count.
    """

    archetype: str
    condition: Mapping[str, str]
    terms: tuple[Term, ...]
    members: float
    others: float


def usable(archetypes: Sequence[Archetype], table: ProfileTable) -> list[Archetype]:
    """The archetypes whose features are all in the table, and none of them doubtful; without missing optional terms."""
    empty = {name for name in table.numbers if np.isnan(table.values(name)).all()}
    present = {*table.numbers, *table.categories} - empty
    varied = (_variant(archetype, present) for archetype in archetypes)
    complete = (
        replace(one, terms=tuple(term for term in one.terms if not term.optional or term.feature in present))
        for one in varied
    )
    return [
        archetype
        for archetype in complete
        if archetype.terms
        and not (table.windowed and archetype.lifetime)
        and all(term.feature in present and not table.described[term.feature].doubtful for term in archetype.terms)
        and all(term.operator == "==" or term.feature in table.numbers for term in archetype.terms)
    ]


def _variant(archetype: Archetype, present: Collection[str]) -> Archetype:
    """The archetype by the first of its variants for which the table has all features; as it is where there is none."""
    for variant in archetype.variants:
        if all(term.feature in present for term in variant.terms if not term.optional):
            return replace(archetype, terms=variant.terms, description=variant.description)
    return archetype


def earned_names(
    archetypes: Sequence[Archetype], statistics: ColumnStatistics
) -> dict[int, tuple[Archetype, NameEvidence]]:
    """The segments that qualify for an archetype, with the evidence.

    A segment qualifies if at least 60 % of its members meet the condition, at least twice the share of all other
    customers, and the 99.9 % interval of the difference lies above 0. The level is high because about a hundred pairs
    of archetype and segment are compared. *Champions* are not named where another segment that has bought lately
    clearly spends more, nor *Loyal* where another one without a name does, nor *One-time buyers* beside other segments
    with one order, nor any where the condition holds for half of a segment without a name, nor *Discount-driven* where
    half of the members have about the same share of discounts: a standing
    discount, such as that of a club, looks like that. If several segments qualify, the most extreme one in the
    direction of the condition gets the name, and of equal ones the one with the highest share; *Seasonal* goes to all
    of them, whose names then say how they differ: who buys in the season alone is neither promising nor lost.
    """
    table, bounds, sizes = statistics.table, statistics.bounds, statistics.sizes()
    names: dict[int, tuple[Archetype, NameEvidence]] = {}
    holds_of: dict[int, Floats] = {}
    for archetype in archetypes:
        matches = np.logical_and.reduce([_holds(term, table, bounds.get(term.feature, {})) for term in archetype.terms])
        hits = np.bincount(statistics.labels[matches & (statistics.labels >= 0)], minlength=statistics.n_segments)
        winners = _winners(archetype, hits, statistics, named=names)
        if not winners:
            continue
        condition = {language: _condition_words(archetype, table, bounds, language=language) for language in LANGUAGES}
        terms = tuple(Term(term.feature, *term.bound(bounds.get(term.feature, {}))) for term in archetype.terms)
        n_others, n_others_hits = sizes.sum() - sizes[winners].sum(), hits.sum() - hits[winners].sum()
        for segment in winners:
            share, others = float(hits[segment] / sizes[segment]), float(n_others_hits / max(n_others, 1))
            names[segment] = archetype, NameEvidence(archetype.key, condition, terms, share, others)
            holds_of[segment] = hits / np.maximum(sizes, 1)
    return _told_from_unnamed(names, holds_of, statistics)


def _holds(term: Term, table: ProfileTable, bounds: Mapping[tuple[str, float], float]) -> Bools:
    """Which customers meet the term; who is late by the gaps of all must be so by the own ones as well."""
    holds = term.holds(table, bounds)
    is_late = term.operator in (">", ">=") and isinstance(term.value, (int, float)) and term.value >= LATE
    return holds & holds_by_own_rhythm(term, table, bounds) if term.feature == OVERDUE and is_late else holds


def _winners(
    archetype: Archetype,
    hits: Integers,
    statistics: ColumnStatistics,
    *,
    named: Mapping[int, tuple[Archetype, NameEvidence]],
) -> list[int]:
    """The segments that get the name of the archetype: one, or all that qualify where `several` may have it."""
    table, labels, sizes = statistics.table, statistics.labels, statistics.sizes()
    free = [s for s in range(statistics.n_segments) if s not in named]
    # Where several may have the name, they are compared with those who do not meet the condition.
    alike = [s for s in free if archetype.several and _is_most(hits, sizes, s)]
    qualified = [s for s in free if _qualifies(hits, sizes, s, alike=alike)]
    if qualified and archetype.most in statistics.ranked:
        among = _alike(archetype, statistics)
        among[[s for s, (earlier, _) in named.items() if earlier.most == archetype.most]] = False
        is_exceeded = exceeded(statistics, str(archetype.most), among=among)
        qualified = [s for s in qualified if not is_exceeded[s]]
    if qualified and archetype.alone is not None:
        is_alone = _alone(archetype, statistics, named=named)
        qualified = [s for s in qualified if is_alone[s]]
    if archetype.varied in table.numbers:
        values = table.values(str(archetype.varied))
        qualified = [s for s in qualified if _half_range(values[labels == s]) > _ALIKE]
    if archetype.several or not qualified:
        return qualified
    depth = _depths(archetype, table, labels, segments=qualified)
    return [max(qualified, key=lambda s: (depth[s], hits[s] / sizes[s], -s))]


def _told_from_unnamed(
    names: dict[int, tuple[Archetype, NameEvidence]], holds_of: Mapping[int, Floats], statistics: ColumnStatistics
) -> dict[int, tuple[Archetype, NameEvidence]]:
    """The names whose condition holds for less than half of every segment without one: else readers see no difference.

    They see one where the name says that this has much of something, and the other clearly has less: champions. A
    segment that loses its name may meet the condition of another one, which then loses it as well.
    """
    sizes, earned = statistics.sizes(), dict(names)
    alike = {s: (holds_of[s] >= _SHARED) & ~_have_less(s, names[s][0], statistics) for s in names}
    while True:
        unnamed = [s for s in range(statistics.n_segments) if s not in earned and sizes[s] >= SMALLEST_GROUP]
        shared = [s for s in earned if alike[s][unnamed].any()]
        if not shared:
            return earned
        for segment in shared:
            del earned[segment]


def _have_less(segment: int, archetype: Archetype, statistics: ColumnStatistics) -> Bools:
    """Which segments have clearly less than this one of what the name says that it has much of."""
    says_much = any(term.feature == archetype.most and term.quantile is not None for term in archetype.terms)
    if not says_much or archetype.most not in statistics.ranked:
        return np.zeros(statistics.n_segments, dtype=bool)
    only_segment = np.arange(statistics.n_segments) == segment
    return exceeded(statistics, str(archetype.most), among=only_segment)


def _is_most(hits: Integers, sizes: Integers, segment: int) -> bool:
    return bool(sizes[segment] >= SMALLEST_GROUP and hits[segment] >= _MIN_SHARE * sizes[segment])


def _qualifies(hits: Integers, sizes: Integers, segment: int, *, alike: Sequence[int] = ()) -> bool:
    """Whether the condition holds for enough members, and for few of the others; those in `alike` do not count."""
    inside = sorted({segment, *alike})
    size, n_others = int(sizes[segment]), int(sizes.sum() - sizes[inside].sum())
    if not _is_most(hits, sizes, segment) or n_others == 0:
        return False
    n_hits, n_others_hits = int(hits[segment]), int(hits.sum() - hits[inside].sum())
    if n_hits / size < _MIN_RATIO * n_others_hits / n_others:
        return False
    return share_difference(n_hits, size, others=(n_others_hits, n_others), level=_LEVEL).low > 0


def _alike(archetype: Archetype, statistics: ColumnStatistics) -> Bools:
    """The segments of which most members meet the terms with a value of their own."""
    terms = [term for term in archetype.terms if term.quantile is None]
    holds = np.logical_and.reduce([_holds(term, statistics.table, {}) for term in terms] or [statistics.labels >= 0])
    hits = np.bincount(statistics.labels[holds & (statistics.labels >= 0)], minlength=statistics.n_segments)
    return np.asarray(hits >= _MIN_SHARE * statistics.sizes())


def _alone(archetype: Archetype, statistics: ColumnStatistics, *, named: Collection[int]) -> Bools:
    """Which segments meet the terms on the feature `alone` clearly more often than every other without a name."""
    terms = [term for term in archetype.terms if term.feature == archetype.alone]
    bounds, sizes = statistics.bounds.get(terms[0].feature, {}), statistics.sizes()
    holds = np.logical_and.reduce([term.holds(statistics.table, bounds) for term in terms])
    hits = np.bincount(statistics.labels[holds & (statistics.labels >= 0)], minlength=statistics.n_segments)
    shares = hits / np.maximum(sizes, 1)
    rivals = [s for s in range(statistics.n_segments) if s not in named and sizes[s] >= SMALLEST_GROUP]
    return np.array(
        [
            all(shares[rival] <= shares[segment] - CLEARLY_MORE for rival in rivals if rival != segment)
            for segment in range(statistics.n_segments)
        ]
    )


def _half_range(values: Floats) -> float:
    """The length of the shortest interval that holds half of the values; 0 for none."""
    ordered = np.sort(values[~np.isnan(values)])
    half = (len(ordered) + 1) // 2
    return float((ordered[half - 1 :] - ordered[: len(ordered) - half + 1]).min(initial=np.inf)) if half else 0.0


def _depths(archetype: Archetype, table: ProfileTable, labels: Integers, *, segments: Sequence[int]) -> dict[int, int]:
    """How extreme each segment is in the direction of the terms: how many other medians its median exceeds, summed.

    A feature with bounds on both sides cancels out, and optional terms do not count.
    """
    depths = dict.fromkeys(segments, 0)
    directions = {
        (term.feature, term.operator[0]) for term in archetype.terms if term.operator != "==" and not term.optional
    }
    for feature, direction in directions if len(segments) > 1 else ():
        values = table.values(feature)
        medians = {segment: float(np.nanmedian(values[labels == segment])) for segment in segments}
        for segment in segments:
            over = sum(medians[segment] > median for median in medians.values())
            under = sum(medians[segment] < median for median in medians.values())
            depths[segment] += over - under if direction == ">" else under - over
    return depths


def _condition_words(archetype: Archetype, table: ProfileTable, bounds: Bounds, *, language: str) -> str:
    """The terms as text; of two bounds on the same side of a feature only the stricter."""
    terms = _strictest(archetype.terms, bounds)
    return ", ".join(term.words(bounds.get(term.feature, {}), language, table=table) for term in terms)


def _strictest(terms: Sequence[Term], bounds: Bounds) -> list[Term]:
    strictest: dict[tuple[str, str], tuple[float, Term]] = {}
    for term in terms:
        operator, value = term.bound(bounds.get(term.feature, {}))
        sign = -1.0 if "<" in operator else 1.0
        strictness = sign * value if isinstance(value, (int, float)) else 0.0
        key = (term.feature, operator[0])
        if key not in strictest or strictness > strictest[key][0]:
            strictest[key] = strictness, term
    return [term for _, term in strictest.values()]


def claims(archetype: Archetype, bounds: Bounds) -> dict[str, tuple[Term, ...]]:
    """What the name of the archetype states by feature, which its markers show; without optional terms."""
    stated: dict[str, tuple[Term, ...]] = {}
    for term in _strictest([term for term in archetype.terms if not term.optional], bounds):
        bounded = Term(term.feature, *term.bound(bounds.get(term.feature, {})))
        stated[term.feature] = (*stated.get(term.feature, ()), bounded)
    return stated
