"""The name of each segment: that of an archetype where the segment meets its criteria, else one made of traits.

`_archetype_match` decides about archetypes and `_traits` makes descriptive names; this module combines both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._privacy import SMALLEST_GROUP
from custseg.profiling._markers import RankedMarker
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.naming._archetype_match import NameEvidence, earned_names, usable
from custseg.profiling.naming._archetypes import Archetype
from custseg.profiling.naming._traits import name_without_traits, one_order, traits, unique_names
from custseg.profiling.naming._words import MAIN, TRAITS, UNCLUSTERED, Words, in_each_language
from custseg.texts import LANGUAGES


@dataclass(frozen=True)
class Name:
    """A name with its description; `key` is that of an archetype or play."""

    key: str
    names: Words
    description: Words
    evidence: NameEvidence | None = None


def segment_names(
    statistics: ColumnStatistics,
    archetypes: Sequence[Archetype],
    markers: Sequence[Sequence[RankedMarker]],
    *,
    clustered_on: Collection[str],
    reserved: Sequence[Words],
) -> list[Name]:
    """One name per segment, unique in every language; `reserved` are the names of the customers in no segment."""
    if statistics.n_segments == 1:
        return [Name("everyone", in_each_language("names", "everyone"), in_each_language("descriptions", "everyone"))]
    applicable = [archetype for archetype in usable(archetypes, statistics.table) if archetype.names not in reserved]
    earned = earned_names(applicable, statistics.table, statistics.labels, bounds=statistics.bounds)
    names = {
        segment: Name(archetype.key, archetype.names, archetype.description, evidence)
        for segment, (archetype, evidence) in earned.items()
    }
    small = {segment for segment, size in enumerate(statistics.sizes()) if size < SMALLEST_GROUP}
    described: dict[int, Sequence[Words]] = {}
    fallback: dict[int, Words] = {}
    for segment in range(statistics.n_segments):
        if segment in names:
            continue
        if segment in small:
            described[segment], fallback[segment] = [], in_each_language("names", "too_few")
        else:
            described[segment] = _traits(statistics, segment, markers[segment], clustered_on=clustered_on)
            fallback[segment] = _name_without_traits(statistics, segment)
    unique = unique_names(described, fallback, reserved=[*(name.names for name in names.values()), *reserved])
    for segment, words in unique.items():
        key = "too_few" if segment in small else "described" if described[segment] else "unclear"
        names[segment] = Name("described" if key == "unclear" else key, words, _description(key))
    return [names[segment] for segment in range(statistics.n_segments)]


def _description(key: str) -> Words:
    return {language: form.format(SMALLEST_GROUP) for language, form in in_each_language("descriptions", key).items()}


def _traits(
    statistics: ColumnStatistics, segment: int, markers: Sequence[RankedMarker], *, clustered_on: Collection[str]
) -> list[Words]:
    columns = statistics.table.clustering_columns
    has_orders = any(name in columns for name in MAIN)
    effects = {name: statistics.effect(name, segment) for name in columns if name in statistics.ranked}
    medians = {name: float(statistics.ranked[name].quantiles[segment][2]) for name in effects}
    return traits(
        markers,
        effects,
        medians,
        flags={name: share for name in effects if (share := statistics.flag_share(name, segment)) is not None},
        nameable={name for name in columns if not has_orders or name in TRAITS or name in clustered_on},
        one_order_words=_one_order(statistics, segment) if "order_count" in effects else None,
    )


def _name_without_traits(statistics: ColumnStatistics, segment: int) -> Words:
    columns = statistics.table.clustering_columns
    effects = [statistics.effect(name, segment) for name in columns if name in statistics.ranked]
    for name in columns:
        if name in statistics.shares:
            effects += [share.difference for share in statistics.shares[name][segment] if share.share is not None]
    return name_without_traits(effects)


def _one_order(statistics: ColumnStatistics, segment: int) -> Words | None:
    """The words for segments whose members mostly have one order; None for other segments."""
    orders = statistics.table.values("order_count")[statistics.labels == segment]
    if not one_order(int((orders == 1).sum()), int((~np.isnan(orders)).sum())):
        return None
    return in_each_language("names", "one_order_in_window" if statistics.table.windowed else "one_order")


def unclustered_row(statistics: ColumnStatistics, clustered_on: Collection[str]) -> str:
    """The kind of customers that are in no segment, as a key of `UNCLUSTERED`."""
    table = statistics.table
    outside = (statistics.labels < 0) & ~table.returned_everything()
    if "order_count" in table.numbers and outside.any():
        orders = table.values("order_count")[outside]
        if not (orders > 0).any():
            return "inactive" if table.windowed else "prospects"
    names = [name for name in clustered_on if name in table.numbers]
    if names and all(np.isnan(table.values(name)[outside]).all() for name in names):
        return "no_data"
    return "unclustered"


def returned_name(*, windowed: bool) -> Name:
    """The name of the row of customers whose orders were all returned, charged back or cancelled."""
    words = UNCLUSTERED["returned_in_window" if windowed else "returned"]
    return Name("returned", words, _description("returned"))


def unclustered_name(names: Mapping[str, str], archetypes: Sequence[Archetype]) -> Name:
    """The name of the row of customers in no segment, with the key of a matching archetype or play."""
    key = next((key for key, words in UNCLUSTERED.items() if dict(names) == dict(words)), "unclustered")
    description = next((one.description for one in archetypes if one.key == key), _description("unclustered"))
    return Name(key, {language: names[language] for language in LANGUAGES}, dict(description))
