"""Which name each segment gets: an archetype's that it has earned, or one that describes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._texts import LANGUAGES
from custseg.profiling._markers import Candidate
from custseg.profiling.measures._measures import Measures
from custseg.profiling.measures._privacy import SMALLEST
from custseg.profiling.naming import _words as words
from custseg.profiling.naming._archetype_match import Evidence, earned_names, usable
from custseg.profiling.naming._archetypes import Archetype
from custseg.profiling.naming._traits import nothing_clear, one_order, traits, unique_names
from custseg.profiling.naming._words import MAIN, Words

Markers = Sequence[tuple[Candidate, tuple[str, ...]]]


@dataclass(frozen=True)
class Name:
    """A name, one line about it, and the kind of name that it is."""

    key: str
    names: Words
    description: Words
    evidence: Evidence | None = None


_DESCRIBED = {
    "en": "Has no well-known name; called by what sets it apart from the others.",
    "ru": "Общепринятого названия нет; назван по отличиям от остальных.",
}
_PLAIN = {
    "en": "Differs little from the other customers, or not surely.",
    "ru": "Отличается от остальных клиентов мало или не наверняка.",
}
_SMALL = {
    "en": f"Has fewer than {SMALLEST} customers: nothing is said about them.",
    "ru": f"Меньше {SMALLEST} клиентов: о них ничего не сообщается.",
}
_ALL = {
    "en": "There is one segment, and nobody to compare it with.",
    "ru": "Сегмент один, сравнить его не с чем.",
}


def segment_names(
    measures: Measures,
    archetypes: Sequence[Archetype],
    markers: Sequence[Markers],
    *,
    clustered_on: Collection[str],
    taken: Words,
) -> list[Name]:
    """One name per segment, unique in every language; `taken` is that of the row of customers in none."""
    if measures.n_segments == 1:
        return [Name("everyone", words.EVERYONE, _ALL)]
    fitting = [one for one in usable(archetypes, measures.table) if one.names != taken]
    earned = earned_names(fitting, measures.table, measures.labels, bounds=measures.bounds)
    names = {
        segment: Name(archetype.key, archetype.names, archetype.description, evidence)
        for segment, (archetype, evidence) in earned.items()
    }
    found: dict[int, Sequence[Words]] = {}
    fallback: dict[int, Words] = {}
    for segment, size in enumerate(measures.sizes()):
        if segment not in names:
            small = size < SMALLEST
            found[segment] = [] if small else _traits(measures, segment, markers[segment], clustered_on=clustered_on)
            fallback[segment] = words.TOO_FEW if small else _nothing(measures, segment)
    unique = unique_names(found, fallback, taken=[*(name.names for name in names.values()), taken])
    for segment, words_ in unique.items():
        small = fallback[segment] == words.TOO_FEW
        line = _SMALL if small else _DESCRIBED if found[segment] else _PLAIN
        names[segment] = Name("too_few" if small else "described", words_, line)
    return [names[segment] for segment in range(measures.n_segments)]


def _traits(measures: Measures, segment: int, markers: Markers, *, clustered_on: Collection[str]) -> list[Words]:
    own = measures.table.own_features
    told = {*words.TRAITS, *clustered_on} if any(name in own for name in MAIN) else own
    effects = {name: measures.effect(name, segment) for name in own if name in measures.ranked}
    medians = {name: float(measures.ranked[name].quantiles[segment][2]) for name in effects}
    return traits(
        markers,
        effects,
        medians,
        told={name for name in told if name in own},
        one_order_words=_one_order(measures, segment) if "order_count" in effects else None,
    )


def _nothing(measures: Measures, segment: int) -> Words:
    own = measures.table.own_features
    effects = [measures.effect(name, segment) for name in own if name in measures.ranked]
    for name in own:
        if name in measures.shares:
            effects += [one.difference for one in measures.shares[name][segment] if one.share is not None]
    return nothing_clear(effects)


def _one_order(measures: Measures, segment: int) -> Words | None:
    """What the segment is called if most members have one order."""
    orders = measures.table.values("order_count")[measures.labels == segment]
    if not one_order(int((orders == 1).sum()), int((~np.isnan(orders)).sum())):
        return None
    return words.ONE_ORDER_IN_WINDOW if measures.table.windowed else words.ONE_ORDER


def unclustered_row(measures: Measures, clustered_on: Collection[str]) -> str:
    """What the customers are that are in no segment: a key of the names and plays of such rows."""
    table, outside = measures.table, measures.labels < 0
    if "order_count" in table.numbers and outside.any():
        orders = table.values("order_count")[outside]
        if not (orders > 0).any():
            return "inactive" if table.windowed else "prospects"
    names = [name for name in clustered_on if name in table.numbers]
    if names and all(np.isnan(table.values(name)[outside]).all() for name in names):
        return "no data"
    return "unclustered"


def unclustered_name(names: Mapping[str, str], archetypes: Sequence[Archetype]) -> Name:
    """The name of that row, which may be an archetype's or one of the usual ones."""
    keys = {tuple(sorted(one.items())): key for key, one in words.UNCLUSTERED.items()}
    key = keys.get(tuple(sorted(names.items())), "unclustered").replace(" ", "_")
    line = {"en": "Customers in no segment.", "ru": "Клиенты вне сегментов."}
    line = dict(next((one.description for one in archetypes if one.key == key), line))
    return Name(key, {language: names[language] for language in LANGUAGES}, line)
