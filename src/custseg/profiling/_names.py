"""Names that a segment earns by what its members are, not by its size or number."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from custseg.profiling import _words as words
from custseg.profiling._words import Term

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]

_MEMBERS = 0.6
_TIMES_OTHERS = 2.0
_TELLING = 0.33
_MOST_TRAITS = 3
_MAIN = ("recency_days", "order_count", "revenue")


def name_segments(
    values: Mapping[str, Floats],
    labels: Labels,
    effects: Mapping[str, Floats],
    *,
    clustered_on: Sequence[str] = (),
    windowed: bool = False,
) -> list[dict[str, str]]:
    """One name per segment and language, unique within the result.

    An archetype's name is earned when at least 60 % of the members meet its condition, and at least twice the
    share among the others. The rest are described by what sets them apart.

    Parameters
    ----------
    values : mapping of str to ndarray of shape (n_customers,)
        Features in human units.
    labels : ndarray of int, shape (n_customers,)
        Segment of each customer, from 0 up.
    effects : mapping of str to ndarray of shape (n_segments,)
        Difference of each segment from all others (`cliffs_deltas`), by feature.
    clustered_on : sequence of str
        Features that made the segments: what sets them apart there is told.
    windowed : bool
        Whether orders before a window are not counted: then nobody is called a one-time buyer.
    """
    n_segments = int(labels.max()) + 1
    if n_segments == 1:
        return [words.EVERYONE]
    ranks = {name: _mid_ranks(column) for name, column in values.items()}
    names: dict[int, dict[str, str]] = {}
    for archetype in words.ARCHETYPES:
        if any(term.feature not in values for term in archetype.terms) or (windowed and archetype.of_a_lifetime):
            continue
        meets = np.logical_and.reduce([_meets(term, values, ranks) for term in archetype.terms])
        segment = _best_fit(meets, labels, taken=names)
        if segment is not None:
            names[segment] = archetype.names
    told = {*words.TRAITS, *clustered_on}
    described = {
        segment: _traits(segment, values, labels=labels, effects=effects, told=told)
        for segment in range(n_segments)
        if segment not in names
    }
    names |= _unique(described)
    return [names[segment] for segment in range(n_segments)]


def _best_fit(meets: NDArray[np.bool_], labels: Labels, *, taken: Mapping[int, object]) -> int | None:
    """The free segment with the largest share of members that meet the condition, if one earns it."""
    n_segments = int(labels.max()) + 1
    hits = np.bincount(labels, weights=meets, minlength=n_segments)
    sizes = np.bincount(labels, minlength=n_segments)
    members = hits / sizes
    others = (hits.sum() - hits) / np.maximum(sizes.sum() - sizes, 1)
    earned = [
        segment
        for segment in range(n_segments)
        if segment not in taken and members[segment] >= _MEMBERS and members[segment] >= _TIMES_OTHERS * others[segment]
    ]
    return max(earned, key=lambda segment: members[segment], default=None)


def _meets(term: Term, values: Mapping[str, Floats], ranks: Mapping[str, Floats]) -> NDArray[np.bool_]:
    column = (ranks if term.ranked else values)[term.feature]
    return column <= term.bound if term.side == "<=" else column >= term.bound


def _mid_ranks(column: Floats) -> Floats:
    """Where each value stands among all, from 0 to 1: (average rank - 1/2) / n. Equal values stand equal."""
    known = ~np.isnan(column)
    ranks = np.full(len(column), np.nan)
    ranks[known] = (rankdata(column[known]) - 0.5) / max(known.sum(), 1)
    return ranks


def cliffs_deltas(column: Floats, labels: Labels, n_segments: int) -> Floats:
    """Cliff's delta of each segment against all other customers, shape (n_segments,).

    P(member > other) - P(member < other), in [-1, 1], from mid-ranks; NaN values are left out, and a
    segment without anybody to compare has 0. Cliff, N. (1993), Psychological Bulletin 114(3), 494-509,
    doi:10.1037/0033-2909.114.3.494
    """
    known = ~np.isnan(column)
    own = labels[known]
    sizes = np.bincount(own, minlength=n_segments).astype(float)
    ranks = np.bincount(own, weights=rankdata(column[known]), minlength=n_segments)
    above = ranks - sizes * (sizes + 1) / 2
    pairs = sizes * (sizes.sum() - sizes)
    shares: Floats = np.divide(above, pairs, out=np.full(n_segments, 0.5), where=pairs > 0)
    return 2 * shares - 1


def _traits(
    segment: int,
    values: Mapping[str, Floats],
    *,
    labels: Labels,
    effects: Mapping[str, Floats],
    told: Container[str],
) -> list[dict[str, str]]:
    """Words for what the segment is like: recency, frequency and money first, then by difference.

    Beside these three only the features in `told` are; a table without the three has all of its columns told.
    """
    main = [name for name in _MAIN if name in values]
    rest = sorted(
        (name for name in values if name not in main and (name in told or not main)),
        key=lambda name: (-abs(effects[name][segment]), name),
    )
    if all(abs(effects[name][segment]) < _TELLING for name in main):
        main = []
    found = []
    for name in [*main, *rest]:
        members = values[name][labels == segment]
        if np.isnan(members).all():
            continue
        if name == "order_count" and (members == 1).mean() >= _MEMBERS:
            found.append(words.ONE_ORDER)
        elif (trait := _trait(name, float(effects[name][segment]))) is not None:
            found.append(trait)
    return found


def _trait(name: str, effect: float) -> dict[str, str] | None:
    side = 0 if effect <= -_TELLING else 2 if effect >= _TELLING else 1
    if name in words.TRAITS:
        return words.TRAITS[name][side]
    if side == 1:
        return None
    lead = words.HIGH if side == 2 else words.LOW
    return {language: f"{lead[language]} {name}" for language in words.LANGUAGES}


def _unique(described: Mapping[int, Sequence[dict[str, str]]]) -> dict[int, dict[str, str]]:
    """Up to three traits each; where that is not unique more of them, and at last a letter."""
    names: dict[int, dict[str, str]] = {}
    used: set[str] = set()
    for segment, traits in described.items():
        length = min(_MOST_TRAITS, len(traits))
        name = _joined(traits[:length])
        while name["en"] in used and length < len(traits):
            length += 1
            name = _joined(traits[:length])
        letter = 2
        plain = name
        while name["en"] in used:
            name = {lang: f"{plain[lang]} · {words.ALIKE[lang]} {letter}" for lang in words.LANGUAGES}
            letter += 1
        used.add(name["en"])
        names[segment] = name
    return names


def _joined(traits: Sequence[dict[str, str]]) -> dict[str, str]:
    if not traits:
        return words.AVERAGE
    return {lang: " · ".join(trait[lang] for trait in traits) for lang in words.LANGUAGES}
