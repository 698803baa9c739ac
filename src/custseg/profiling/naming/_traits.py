"""Descriptive names: up to three traits by which a segment clearly differs from all other customers.

`_archetype_match` gives names of archetypes; `_segment_names` chooses between both for each segment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from custseg.profiling._markers import RankedMarker
from custseg.profiling.measures._intervals import Effect, wilson
from custseg.profiling.naming._words import (
    MAIN,
    TRAITS,
    Words,
    average_words,
    high_words,
    in_each_language,
    low_words,
)
from custseg.texts import LANGUAGES, single_line

_MEDIUM = 0.33
"""Absolute Cliff's delta from which a difference is called medium (Romano et al. 2006)."""
_MAX_TRAITS = 3
_MAJORITY = 0.6


def trait(
    feature: str, effect: Effect | None, median: float | None, *, share: float | None = None
) -> tuple[int, Words] | None:
    """The direction of the difference (-1, 0 or 1) and its words; None where the difference is not certain.

    High and low require at least a medium effect whose interval excludes 0; average requires an interval within the
    medium effects. Of a column of 0 and 1, `share` is the share of 1: "vip" or "not vip" if that holds for 60 % of
    the members, else "more often vip" or "less often vip".
    """
    if effect is None or median is None:
        return None
    if _is_small(effect):
        words = average_words(feature)
        return (0, words) if words else None
    if abs(effect.value) < _MEDIUM or effect.low * effect.high <= 0:
        return None
    direction = 1 if effect.value > 0 else -1
    if feature not in TRAITS:
        forms = in_each_language("names", _form(direction, share))
        return direction, {language: form.format(single_line(feature)) for language, form in forms.items()}
    return direction, high_words(feature, median) if direction > 0 else low_words(feature, median)


def _form(direction: int, share: float | None) -> str:
    """The key of the words for high or low values, in `names`."""
    if share is None:
        return "high" if direction > 0 else "low"
    if direction > 0:
        return "flag" if share >= _MAJORITY else "often"
    return "not" if 1 - share >= _MAJORITY else "rarely"


def one_order(n_one_order: int, size: int) -> bool:
    """Whether significantly more than half of the members, and at least 60 %, have exactly one order."""
    return size > 0 and n_one_order / size >= _MAJORITY and wilson(n_one_order, size)[0] > 0.5


def traits(
    markers: Sequence[RankedMarker],
    effects: Mapping[str, Effect | None],
    medians: Mapping[str, float | None],
    *,
    flags: Mapping[str, float],
    nameable: Collection[str],
    one_order_words: Words | None,
) -> list[Words]:
    """The traits of a segment: recency, frequency and money first, then its markers; empty where none is clear.

    Beside these three only `nameable` features count; `flags` has the share of 1 in columns of 0 and 1.
    `one_order_words` replace the trait of the number of orders where most members have one order.
    """
    main = {name: trait(name, effects[name], medians[name]) for name in MAIN if name in effects}
    if one_order_words and (effect := effects.get("order_count")) is not None and effect.high < 0:
        main["order_count"] = (-1, one_order_words)
    is_clear = any(result and result[0] for result in main.values())
    words = [result[1] for result in main.values() if result and is_clear]
    for candidate, folded in markers:
        feature = candidate.feature
        if feature not in nameable or not {feature, *folded}.isdisjoint(main):
            continue
        if candidate.share is not None:
            if (candidate.share.share or 0.0) >= _MAJORITY and candidate.effect.value >= _MEDIUM:
                category = f"{single_line(feature)} {single_line(candidate.share.value)}"
                words.append(dict.fromkeys(LANGUAGES, category))
        else:
            result = trait(feature, candidate.effect, medians[feature], share=flags.get(feature))
            if result is not None and result[0]:
                words.append(result[1])
    return words


def name_without_traits(effects: Collection[Effect | None]) -> Words:
    """Fallback name for a segment without distinguishing traits."""
    measured = [effect for effect in effects if effect is not None]
    return in_each_language("names", "average" if measured and all(map(_is_small, measured)) else "unclear")


def unique_names(
    traits_by_segment: Mapping[int, Sequence[Words]], fallback: Mapping[int, Words], *, reserved: Collection[Words]
) -> dict[int, Words]:
    """Join up to three traits to a name; add traits, and finally a number, until it is unique in every language."""
    used = {(language, name[language].casefold()) for name in reserved for language in LANGUAGES}
    group = in_each_language("names", "group")
    names: dict[int, Words] = {}
    for segment, words in traits_by_segment.items():
        length = min(_MAX_TRAITS, len(words))
        name = _joined(words[:length]) if words else fallback[segment]
        while _is_used(name, used) and length < len(words):
            length += 1
            name = _joined(words[:length])
        unnumbered, number = name, 2
        while _is_used(name, used):
            name = {language: f"{unnumbered[language]} · {group[language]} {number}" for language in LANGUAGES}
            number += 1
        used |= {(language, name[language].casefold()) for language in LANGUAGES}
        names[segment] = name
    return names


def _is_small(effect: Effect) -> bool:
    return effect.low > -_MEDIUM and effect.high < _MEDIUM


def _is_used(name: Words, used: Collection[tuple[str, str]]) -> bool:
    return any((language, name[language].casefold()) in used for language in LANGUAGES)


def _joined(words: Sequence[Words]) -> Words:
    return {language: " · ".join(trait_words[language] for trait_words in words) for language in LANGUAGES}
