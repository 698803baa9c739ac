"""Names that a segment earns by what its members are, not by its size or number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._texts import LANGUAGES
from custseg.profiling.measures._intervals import share_difference
from custseg.profiling.measures._privacy import SMALLEST
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.naming._archetype_terms import Term
from custseg.profiling.naming._archetypes import Archetype

_MEMBERS = 0.6
_TIMES_OTHERS = 2.0
_SURE = 0.999

Bounds = Mapping[str, Mapping[tuple[str, float], float]]


@dataclass(frozen=True)
class Evidence:
    """Why a segment has the name of an archetype.

    Attributes
    ----------
    archetype : str
        Key of the archetype.
    condition : mapping of str to str
        What its members are, in words with numbers, by language.
    members : float
        Share of the members that meet the condition, at least 0.6.
    others : float
        Share of all other clustered customers that do, at most half of it.
    """

    archetype: str
    condition: Mapping[str, str]
    members: float
    others: float


def usable(archetypes: Sequence[Archetype], table: ProfileTable) -> list[Archetype]:
    """The archetypes that the table can tell of: with all features, and none that is doubtful."""
    present = {*table.numbers, *table.categories}
    return [
        archetype
        for archetype in archetypes
        if not (table.windowed and archetype.lifetime)
        and all(term.feature in present and not table.described[term.feature].doubtful for term in archetype.terms)
        and all(term.operator == "==" or term.feature in table.numbers for term in archetype.terms)
    ]


def earned_names(
    archetypes: Sequence[Archetype], table: ProfileTable, labels: NDArray[np.intp], *, bounds: Bounds
) -> dict[int, tuple[Archetype, Evidence]]:
    """Which segments earn the name of an archetype, and why.

    A name is earned when at least 60 % of the members meet the condition, at least twice the share among the
    others, and the difference is no play of chance: its 99.9 % interval lies above 0, since some hundred pairs of
    name and segment are looked at. Of several segments that do, the one that goes farthest in what the condition
    says gets it: *Champions* are those who spend most; else the one with most of its members.
    """
    n_segments = int(labels.max()) + 1
    sizes = np.bincount(labels[labels >= 0], minlength=n_segments)
    names: dict[int, tuple[Archetype, Evidence]] = {}
    for archetype in archetypes:
        meets = np.logical_and.reduce([term.holds(table, bounds.get(term.feature, {})) for term in archetype.terms])
        hits = np.bincount(labels[meets & (labels >= 0)], minlength=n_segments)
        free = [segment for segment in range(n_segments) if segment not in names and _earns(hits, sizes, segment)]
        if not free:
            continue
        depth = _depths(archetype, table, labels, segments=free)
        segment = max(free, key=lambda one: (depth[one], hits[one] / sizes[one], -one))
        others = (hits.sum() - hits[segment]) / max(sizes.sum() - sizes[segment], 1)
        condition = {language: _condition_words(archetype, table, bounds, language=language) for language in LANGUAGES}
        evidence = Evidence(archetype.key, condition, float(hits[segment] / sizes[segment]), float(others))
        names[segment] = archetype, evidence
    return names


def _earns(hits: NDArray[np.intp], sizes: NDArray[np.intp], segment: int) -> bool:
    size, others = int(sizes[segment]), int(sizes.sum() - sizes[segment])
    if size < SMALLEST or others == 0:
        return False
    mine, theirs = int(hits[segment]), int(hits.sum() - hits[segment])
    if mine / size < _MEMBERS or mine / size < _TIMES_OTHERS * theirs / others:
        return False
    return share_difference(mine, size, others=(theirs, others), level=_SURE).low > 0


def _depths(
    archetype: Archetype, table: ProfileTable, labels: NDArray[np.intp], *, segments: Sequence[int]
) -> dict[int, int]:
    """How far each segment goes where the terms point: over how many others its median does, in all terms.

    Of a feature with a bound on both sides nothing is left.
    """
    depths = dict.fromkeys(segments, 0)
    sides = {(term.feature, term.operator[0]) for term in archetype.terms if term.operator != "=="}
    for feature, side in sides if len(segments) > 1 else ():
        values = table.values(feature)
        medians = {one: float(np.nanmedian(values[labels == one])) for one in segments}
        for one in segments:
            over = sum(medians[one] > other for other in medians.values())
            under = sum(medians[one] < other for other in medians.values())
            depths[one] += over - under if side == ">" else under - over
    return depths


def _condition_words(archetype: Archetype, table: ProfileTable, bounds: Bounds, *, language: str) -> str:
    """The terms in words; of two on the same side of one feature, the stricter."""
    strictest: dict[tuple[str, str], tuple[float, Term]] = {}
    for term in archetype.terms:
        operator, value = term.bound(bounds.get(term.feature, {}))
        sign = -1.0 if "<" in operator else 1.0
        strictness = sign * value if isinstance(value, (int, float)) else 0.0
        side = (term.feature, operator[0])
        if side not in strictest or strictness > strictest[side][0]:
            strictest[side] = strictness, term
    return ", ".join(
        term.words(bounds.get(term.feature, {}), language, unit=table.described[term.feature].unit)
        for _, term in strictest.values()
    )
