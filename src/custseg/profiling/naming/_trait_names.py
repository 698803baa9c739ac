"""Names made of traits: which traits of each segment make its name, so that no two segments share one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

from custseg.profiling.naming._traits import MEDIUM, Trait
from custseg.profiling.naming._words import MAIN, Words, in_each_language
from custseg.texts import LANGUAGES

LONGEST_NAME = {"en": 42, "ru": 60}
"""Characters of a name of several traits; a single trait may be longer. Russian words are half as long again."""
_MAX_TRAITS = 3
# Traits among which combinations are tried.
_TRIED = 8

Redundant = Callable[[Trait, Trait], bool]
Contrast = Callable[[Sequence[int], Collection[str]], Mapping[int, Trait]]


def selected_traits(
    candidates: Mapping[int, Sequence[Trait]],
    redundant: Redundant,
    *,
    contrast: Contrast,
    reserved: Collection[Words],
) -> dict[int, list[Trait]]:
    """The traits that make the name of each segment.

    By default up to three that set the segment apart, or else what is true of it. A segment all of whose words another
    segment's name has as well gets another combination of its traits, the first ones preferred, and if there is none,
    its level in the column that tells these segments apart.
    """
    selected = {segment: _default(traits, redundant) for segment, traits in candidates.items()}
    keys = {segment: _keys(traits) for segment, traits in selected.items() if traits}
    taken = [frozenset([_key_of(words)]) for words in reserved]

    def is_clear(segment: int, of: frozenset[tuple[str, ...]]) -> bool:
        # Words that another segment's name has too, and more, do not tell the two apart.
        return not any(of <= words for named, words in keys.items() if named != segment) and of not in taken

    for segment in sorted(keys, key=lambda segment: len(keys[segment])):
        if is_clear(segment, keys[segment]):
            continue
        for combination in _combinations(candidates[segment], redundant):
            if is_clear(segment, _keys(combination)):
                selected[segment], keys[segment] = combination, _keys(combination)
                break
    for segment in sorted(keys, key=lambda segment: len(keys[segment])):
        alike = [candidate for candidate in keys if keys[segment] <= keys[candidate]]
        if len(alike) > 1:
            used = {trait.feature for named in alike for trait in selected[named]}
            for named, trait in contrast(alike, used).items():
                if keys[named] == keys[segment]:
                    selected[named] = [*selected[named], trait]
            keys |= {named: _keys(selected[named]) for named in alike}
    return selected


def unique_names(
    selected: Mapping[int, Sequence[Trait]], fallback: Mapping[int, Words], *, reserved: Collection[Words]
) -> dict[int, Words]:
    """The name of each segment: its traits, or the fallback; numbered where several segments have the same."""
    names = {segment: joined(traits) if traits else fallback[segment] for segment, traits in selected.items()}
    unique: dict[int, Words] = {}
    for segment, name in names.items():
        unique[segment] = numbered_name(name, [*reserved, *unique.values()])
    return unique


def numbered_name(name: Words, reserved: Collection[Words]) -> Words:
    """The name, with a number if it is in use."""
    group = in_each_language("names", "group")
    used = {_key_of(words) for words in reserved}
    words, number = name, 2
    while _key_of(words) in used:
        words = {language: f"{name[language]} · {group[language]} {number}" for language in LANGUAGES}
        number += 1
    return words


def joined(traits: Sequence[Trait]) -> Words:
    """The words of the traits: recency, frequency and money first, the others in the order of the columns."""
    order = {name: index - len(MAIN) for index, name in enumerate(MAIN)}
    ordered = sorted(traits, key=lambda trait: order.get(trait.feature, trait.position))
    return {language: " · ".join(trait.words[language] for trait in ordered) for language in LANGUAGES}


def _default(traits: Sequence[Trait], redundant: Redundant) -> list[Trait]:
    """The first traits that set the segment apart, secondary ones if no others; else up to two that are true of it."""
    first = [trait for trait in traits if not trait.is_secondary]
    clear = [trait for trait in first if trait.is_clear]
    # The middle of a column has no effect of ranks, but few others are there.
    clear = clear or [trait for trait in first if trait.members - trait.others >= MEDIUM]
    clear = clear or [trait for trait in traits if trait.is_clear]
    limit = _MAX_TRAITS if clear else _MAX_TRAITS - 1
    selected: list[Trait] = []
    for trait in clear or traits:
        is_new = not any(redundant(trait, earlier) for earlier in selected)
        if is_new and len(selected) < limit and (not selected or _is_short([*selected, trait])):
            selected.append(trait)
    return selected


def _combinations(traits: Sequence[Trait], redundant: Redundant) -> list[list[Trait]]:
    """Combinations of up to three traits, short names first, then those of the first traits."""
    ranked = list(enumerate(traits[:_TRIED]))
    combined = [pairs for count in range(1, _MAX_TRAITS + 1) for pairs in combinations(ranked, count)]
    combined.sort(
        key=lambda pairs: (
            not _is_short([trait for _, trait in pairs]),
            any(redundant(a, b) for (_, a), (_, b) in combinations(pairs, 2)),
            -sum(trait.is_clear for _, trait in pairs),
            sum(index for index, _ in pairs),
        )
    )
    return [[trait for _, trait in pairs] for pairs in combined]


def _is_short(traits: Sequence[Trait]) -> bool:
    return all(len(name) <= LONGEST_NAME[language] for language, name in joined(traits).items())


def _keys(traits: Sequence[Trait]) -> frozenset[tuple[str, ...]]:
    return frozenset(_key_of(trait.words) for trait in traits)


def _key_of(words: Words) -> tuple[str, ...]:
    return tuple(words[language].casefold() for language in LANGUAGES)
