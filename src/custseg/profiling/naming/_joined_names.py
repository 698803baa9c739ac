"""Words joined to a name, and names that several segments would share made unique."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from custseg.profiling.naming.traits._words import MAIN, Trait, Words, in_each_language
from custseg.profiling.naming.traits.columns._labels import omitted_words, short_labels, without_omitted
from custseg.texts import LANGUAGES, text

SEPARATOR = " · "
"""Between the words of a name."""
LONGEST_NAME = {"en": 40, "ru": 40}
"""Characters of a name of several traits; a single trait may be longer.

A column counts as no longer than a usual word (`Trait.lengths`), or long names of columns would choose the traits.
"""
LONGEST_NEEDED = {"en": 60, "ru": 60}
"""The same where no shorter name tells a segment from all others."""
LONGEST_TEXT, TOO_LONG, FAR_TOO_LONG = 40, 41, 60
"""Characters as printed, with the labels: of a name that takes the place of one longer than the second where it tells
as much, and in any case of one longer than the third."""


def unique_names(
    texts: Mapping[int, Words], fallback: Mapping[int, Words], *, reserved: Collection[Words]
) -> dict[int, Words]:
    """The name of each segment: its text, or the fallback for an empty one; numbered where several have the same."""
    names = {segment: words if any(words.values()) else fallback[segment] for segment, words in texts.items()}
    unique: dict[int, Words] = {}
    for segment, name in names.items():
        unique[segment] = numbered_name(name, [*reserved, *unique.values()])
    return unique


def numbered_name(name: Words, reserved: Collection[Words]) -> Words:
    """The name, with a number if it is in use in any language."""
    group = in_each_language("names", "group")
    used = {pair for words in reserved for pair in enumerate(key_of(words))}
    words, number = name, 2
    while not used.isdisjoint(enumerate(key_of(words))):
        words = {language: f"{name[language]} · {group[language]} {number}" for language in LANGUAGES}
        number += 1
    return words


def joined(traits: Sequence[Trait]) -> Words:
    """The words of the traits: recency, frequency and money first, then what hardly any others have.

    Then the columns in their order; who the members are comes last. A long name says once with whom it compares.
    """
    ordered = _in_order(traits)
    names = {language: SEPARATOR.join(_without_repetition(ordered, language)) for language in LANGUAGES}
    return {
        language: name if len(name) <= LONGEST_NAME[language] else _compared_once(name, language)
        for language, name in names.items()
    }


def _compared_once(name: str, language: str) -> str:
    """The name with the last of the words that say with whom it compares: "fewer nights · more visits than others"."""
    omitted = omitted_words(language)
    before, last, after = name.rpartition(omitted)
    return without_omitted(before, language) + last + after


def _in_order(traits: Sequence[Trait]) -> list[Trait]:
    order = {name: index for index, name in enumerate(MAIN)}
    return sorted(
        traits,
        key=lambda trait: (
            order.get(trait.feature, len(order)),
            not trait.is_decisive,
            trait.is_descriptive,
            trait.position,
        ),
    )


def _without_repetition(traits: Sequence[Trait], language: str) -> list[str]:
    """The words of each trait; those that say the same of several columns together: "low income, score and age"."""
    labels: dict[tuple[str, str], list[str]] = {}
    for trait in traits:
        said, label = trait.words[language], short_labels(trait.label).get(language, trait.feature)
        before, is_in, after = said.partition(label)
        labels.setdefault((before, after) if is_in else (said, ""), []).append(label if is_in else "")
    return [f"{before}{_listed(columns, language)}{after}" for (before, after), columns in labels.items()]


def _listed(labels: Sequence[str], language: str) -> str:
    """The labels as "a", "a and b", or "a, b and c"."""
    words = text(language, "profiling", "names")
    *first, last = dict.fromkeys(labels)
    return str(words["together"]).format(str(words["comma"]).join(first), last) if first else last


def _comparison_length(traits: Sequence[Trait], language: str) -> int:
    """Characters of the words that say with whom the traits compare; 0 if none does."""
    omitted = omitted_words(language)
    return len(omitted) if any(omitted in trait.words[language] for trait in traits) else 0


def key_of(words: Words) -> tuple[str, ...]:
    """The words in every language, in which names are compared."""
    return tuple(words[language].casefold() for language in LANGUAGES)


def is_short(traits: Sequence[Trait], longest: Mapping[str, int] = LONGEST_NAME) -> bool:
    """Whether a name made of the traits has at most so many characters in each language, see `Trait.lengths`."""
    separators = len(SEPARATOR) * (len(traits) - 1)
    compared = {language: _comparison_length(traits, language) for language in LANGUAGES}
    too_long = [
        language
        for language in LANGUAGES
        if sum(trait.lengths[language] for trait in traits) + separators + compared[language] > longest[language]
    ]
    if not too_long or len(traits) == 1:
        return not too_long
    # What two columns have in common is said once.
    ordered = _in_order(traits)
    for language in too_long:
        surplus = sum(
            len(without_omitted(trait.words[language], language)) - trait.lengths[language] for trait in traits
        )
        name = _compared_once(SEPARATOR.join(_without_repetition(ordered, language)), language)
        if len(name) - surplus > longest[language]:
            return False
    return True
