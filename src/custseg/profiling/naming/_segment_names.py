"""The name of each segment: that of an archetype where the segment meets its criteria, else one made of traits.

`_archetype_match` decides about archetypes and `_traits` makes descriptive names; this module combines both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming._archetype_match import NameEvidence, claims, earned_names, usable
from custseg.profiling.naming._archetypes import Archetype
from custseg.profiling.naming._joined_names import joined, numbered_name, unique_names
from custseg.profiling.naming._name_faults import NameFaults
from custseg.profiling.naming._season_words import SEASON, season_span
from custseg.profiling.naming._trait_names import Selector
from custseg.profiling.naming.traits._traits import Traits, is_like_others
from custseg.profiling.naming.traits._words import UNCLUSTERED, Trait, Words, in_each_language
from custseg.texts import LANGUAGES


@dataclass(frozen=True)
class Name:
    """A name with its description; `key` is that of an archetype or play."""

    key: str
    names: Words
    description: Words
    evidence: NameEvidence | None = None
    traits: tuple[Trait, ...] = ()
    candidates: tuple[Trait, ...] = ()
    """All words that are true of the segment, whether or not they are in its name."""
    steps: tuple[Trait, ...] = ()
    """The words of all segments, the lowest first, where these are the steps of one column."""
    claims: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    """What the name states, by feature."""

    @property
    def stated(self) -> dict[str, tuple[Term, ...]]:
        """The bounds in numbers that are in the name, by feature: markers and the description say the same ones."""
        return {trait.feature: trait.terms for trait in self.traits if trait.says_numbers}


def segment_names(
    statistics: ColumnStatistics,
    archetypes: Sequence[Archetype],
    *,
    clustered_on: Collection[str],
    reserved: Sequence[Words],
) -> list[Name]:
    """One name per segment, unique in every language; `reserved` are the names of the customers in no segment."""
    if statistics.n_segments == 1:
        return [Name("everyone", in_each_language("names", "everyone"), in_each_language("descriptions", "everyone"))]
    applicable = [archetype for archetype in usable(archetypes, statistics.table) if archetype.names not in reserved]
    traits = Traits(statistics, clustered_on)
    names = _archetype_names(applicable, statistics, traits)
    small = {segment for segment, size in enumerate(statistics.sizes()) if size < SMALLEST_GROUP}
    unnamed = [segment for segment in range(statistics.n_segments) if segment not in names]
    candidates = {segment: [] if segment in small else traits.of(segment) for segment in unnamed}
    taken = [*(name.names for name in names.values()), *reserved]
    steps = traits.steps() if len(unnamed) == statistics.n_segments and not small else None
    faults = NameFaults(
        candidates,
        rivals=[segment for segment in range(statistics.n_segments) if segment not in small],
        shares=traits.shares,
        bounds=traits.contrasts.bounds,
        reserved=taken,
    )
    selector = Selector(
        faults, redundant=traits.redundant, contrast=traits.contrasts.contrast, merged=traits.contrasts.merged
    )
    selected = selector.selected() if steps is None else {segment: [trait] for segment, trait in steps.items()}
    fallback = {segment: _name_without_traits(statistics, segment, is_small=segment in small) for segment in unnamed}
    texts = selector.texts(selected) if steps is None else {segment: joined(selected[segment]) for segment in steps}
    for segment, words in unique_names(texts, fallback, reserved=taken).items():
        key = "too_few" if segment in small else "described" if selected[segment] else "unclear"
        names[segment] = Name(
            key,
            words,
            _description(key),
            traits=tuple(selected[segment]),
            candidates=tuple(candidates[segment]),
            steps=tuple(steps.values()) if steps else (),
            claims={trait.feature: trait.terms for trait in selected[segment]},
        )
    return [names[segment] for segment in range(statistics.n_segments)]


def _archetype_names(archetypes: Sequence[Archetype], statistics: ColumnStatistics, traits: Traits) -> dict[int, Name]:
    """The names of archetypes that segments have earned, with a bound where two of one family are one kind cut in two.

    "Hibernating" beside "Lost" does not say that the ones have been silent for 100 days and the others for 200.
    """
    earned = earned_names(archetypes, statistics)
    months = {language: season_span(statistics.table, language) for language in LANGUAGES}
    names = {
        segment: Name(
            archetype.key,
            archetype.names,
            {language: words.replace(SEASON, months[language]) for language, words in archetype.description.items()},
            evidence,
            claims=claims(archetype, statistics.bounds),
        )
        for segment, (archetype, evidence) in earned.items()
    }
    for first, second in combinations(sorted(names), 2):
        family = earned[first][0].family
        if family is not None and family == earned[second][0].family:
            for segment, bound in traits.contrasts.only_difference(first, second).items():
                names[segment] = _with_bound(names[segment], bound)
    for key in {archetype.key for archetype, _ in earned.values() if archetype.several}:
        same = sorted(segment for segment, name in names.items() if name.key == key)
        bounds = traits.contrasts.told_apart(same) if len(same) > 1 else {}
        for segment in same[not bounds :]:
            reserved = [name.names for rival, name in names.items() if rival != segment]
            names[segment] = (
                _with_bound(names[segment], bounds[segment])
                if segment in bounds
                else replace(names[segment], names=numbered_name(names[segment].names, reserved))
            )
    return names


def _with_bound(name: Name, bound: Trait) -> Name:
    words = {language: f"{name.names[language]} · {joined([bound])[language]}" for language in LANGUAGES}
    return replace(name, names=words, traits=(bound,), claims={**name.claims, bound.feature: bound.terms})


def _description(key: str) -> Words:
    return {language: form.format(SMALLEST_GROUP) for language, form in in_each_language("descriptions", key).items()}


def _name_without_traits(statistics: ColumnStatistics, segment: int, *, is_small: bool) -> Words:
    if is_small:
        return in_each_language("names", "too_few")
    columns = statistics.table.clustering_columns
    effects = [statistics.effect(name, segment) for name in columns if name in statistics.ranked]
    for name in columns:
        if name in statistics.shares:
            effects += [share.difference for share in statistics.shares[name][segment] if share.share is not None]
    return in_each_language("names", "average" if is_like_others(effects) else "unclear")


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
