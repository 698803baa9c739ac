"""What a column is called in a name, and how people speak of such columns: "younger", "much wine", "recent flight"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from textwrap import shorten

from custseg._column_kinds import is_counted_name
from custseg.feature_table import GIVEN_FAMILIES
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.naming.traits._words import TRAITS, Words, in_each_language
from custseg.profiling.naming.traits.columns._column_topics import manner_of
from custseg.profiling.naming.traits.columns._last_times import LastTime, last_time_of
from custseg.profiling.naming.traits.columns._number_kinds import COUNT, SCORE, YEARS, NumberKinds
from custseg.texts import LANGUAGES, single_line, text

_LONGEST_LABEL, _COUNTED_LABEL = 28, 10
_LONGEST_ALONE = 40
"""Characters of a label that is shorter in another language."""
_UNIT = re.compile(r"\s*\([^()]*\)$")


@dataclass(eq=False)
class ColumnLabels:
    """What each column is called, computed on demand."""

    statistics: ColumnStatistics
    kinds: NumberKinds
    _last_times: dict[str, LastTime | None] = field(default_factory=dict)

    def label(self, name: str) -> Words:
        """The label in a name, of a score that it is one."""
        label = short_labels({language: self._short(name, language) for language in LANGUAGES})
        if name not in self.statistics.ranked or self.kinds.of(name) != SCORE:
            return label
        form = in_each_language("names", "score")
        return {language: form[language].format(label[language]) for language in LANGUAGES}

    def lengths(self, name: str, words: Words) -> dict[str, int]:
        """How many characters words on a column count, see `Trait.lengths`; all of a feature of the library."""
        if self.statistics.table.described[name].family not in GIVEN_FAMILIES:
            return {code: len(without_omitted(said, code)) for code, said in words.items()}
        label = self.label(name)
        surplus = {code: len(label[code]) - min(len(name), _COUNTED_LABEL) for code in LANGUAGES}
        return {
            code: len(without_omitted(said, code)) - surplus[code] * (label[code] in said)
            for code, said in words.items()
        }

    def phrased(self, key: str, name: str) -> Words:
        """A form of names with the label."""
        forms, label = in_each_language("names", key), self.label(name)
        return {language: forms[language].format(label[language]) for language in LANGUAGES}

    def level_forms(self, name: str) -> Words:
        """Which forms of the catalogs say levels of the column: those of numbers of things where it is called so."""
        table = self.statistics.table
        is_given = table.described[name].family in GIVEN_FAMILIES and self.kinds.of(name) != SCORE
        forms = {}
        for language in LANGUAGES:
            is_counted = is_given and is_counted_name(table.phrase(name, language))
            forms[language] = "count_levels" if self.kinds.of(name) == COUNT or is_counted else "levels"
        return forms

    def manner(self, name: str) -> str | None:
        """How people speak of the column: "age" or "goods"; None as of any."""
        return self._manners[name]

    def in_manner(self, name: str, height: str) -> Words | None:
        """The words for a height as people say them of such columns: "younger", "much wine"; None where there are none.

        Scores and numbers of things have words of their own.
        """
        manner = self._manners[name]
        if manner is None or self.kinds.of(name) in (SCORE, COUNT):
            return None
        if height not in text("en", "profiling", "manners", manner):
            return None
        forms, label = in_each_language("manners", manner, height), self.label(name)
        return {language: forms[language].format(label[language]) for language in LANGUAGES}

    def last_time(self, name: str) -> LastTime | None:
        """What a column of a given table counts the time since; None for others, and for a score or the year of it."""
        if name not in self._last_times:
            table = self.statistics.table
            is_given = table.described[name].family in GIVEN_FAMILIES and name not in TRAITS
            phrases = tuple((code, table.phrase(name, code)) for code in LANGUAGES)
            is_number = name in self.statistics.ranked and self.kinds.of(name) not in (SCORE, YEARS)
            self._last_times[name] = last_time_of(name, phrases) if is_given and is_number else None
        return self._last_times[name]

    @cached_property
    def _manners(self) -> Mapping[str, str | None]:
        """Ages only of a table with one column of them, or "younger" would leave open who."""
        table = self.statistics.table
        manners = {name: manner_of(name, [table.phrase(name, code) for code in LANGUAGES]) for name in table.described}
        n_ages = sum(manner == "age" for manner in manners.values())
        return {name: None if manner == "age" and n_ages > 1 else manner for name, manner in manners.items()}

    def _short(self, name: str, language: str) -> str:
        """What a column is called in a name: briefly, unless the column must be told from another of the same label."""
        table = self.statistics.table
        feature, phrase = table.described[name], table.phrase(name, language)
        return single_line(feature.short_phrase(language)) if phrase == feature.phrase(language) else phrase


def without_omitted(name: str, language: str) -> str:
    """The name without whom it compares with: "fewer visits" in place of "fewer visits than others"."""
    omitted = omitted_words(language)
    return name.replace(omitted, "") if omitted else name


def omitted_words(language: str) -> str:
    """With whom names compare, which long ones say once: " than others"."""
    return str(text(language, "profiling", "names", "omitted"))


def short_labels(labels: Words) -> Words:
    """The label in a name by language: without its unit in parentheses, shortened where it is long in all languages.

    It loses the ends of a scale after its last comma, and a long one whatever follows that, then words. None ends in
    "…" where another language has all of it.
    """
    plain = {language: _UNIT.sub("", label) or label for language, label in labels.items()}
    plain = {language: _without_end(label) for language, label in plain.items()}
    is_cut = all(len(label) > _LONGEST_LABEL for label in plain.values())
    return {language: _cut(label, _LONGEST_LABEL if is_cut else _LONGEST_ALONE) for language, label in plain.items()}


def _without_end(label: str) -> str:
    before, _, end = label.rpartition(", ")
    # "recommendation, 0 to 10 9–10" would say two ranges.
    return before if before and (len(label) > _LONGEST_LABEL or end[-1:].isdigit()) else label


def _cut(label: str, longest: int) -> str:
    if len(label) <= longest or " " not in label[:longest]:
        return label
    return shorten(label, longest, placeholder="…")
