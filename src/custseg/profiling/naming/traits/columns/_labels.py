"""What a column is called in a name, and how people speak of such columns: "younger", "much wine", "recent flight"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from textwrap import shorten

from custseg.feature_table import GIVEN_FAMILIES
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.naming.traits._words import TRAITS, Words, in_each_language
from custseg.profiling.naming.traits.columns._column_topics import manner_of
from custseg.profiling.naming.traits.columns._last_times import LastTime, last_time_of
from custseg.profiling.naming.traits.columns._number_kinds import COUNT, SCORE, NumberKinds
from custseg.texts import LANGUAGES, single_line, text

_LONGEST_LABEL, _COUNTED_LABEL = 28, 10
_UNIT = re.compile(r"\s*\([^()]*\)$")


@dataclass(eq=False)
class ColumnLabels:
    """What each column is called, computed on demand."""

    statistics: ColumnStatistics
    kinds: NumberKinds
    _last_times: dict[str, LastTime | None] = field(default_factory=dict)

    def label(self, name: str) -> Words:
        """The label in a name, of a score that it is one."""
        label = {language: shortened(self._short(name, language)) for language in LANGUAGES}
        if name not in self.statistics.ranked or self.kinds.of(name) != SCORE:
            return label
        form = in_each_language("names", "score")
        return {language: form[language].format(label[language]) for language in LANGUAGES}

    def lengths(self, name: str, words: Words) -> dict[str, int]:
        """How many characters words on a column count, see `Trait.lengths`; all of a feature of the library."""
        if self.statistics.table.described[name].family not in GIVEN_FAMILIES:
            return {code: len(said) for code, said in words.items()}
        label = self.label(name)
        surplus = {code: len(label[code]) - min(len(name), _COUNTED_LABEL) for code in LANGUAGES}
        return {code: len(said) - surplus[code] * (label[code] in said) for code, said in words.items()}

    def phrased(self, key: str, name: str) -> Words:
        """A form of names with the label."""
        forms, label = in_each_language("names", key), self.label(name)
        return {language: forms[language].format(label[language]) for language in LANGUAGES}

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
        """What a column of a given table counts the time since; None for another column, and for a score of it."""
        if name not in self._last_times:
            table = self.statistics.table
            is_given = table.described[name].family in GIVEN_FAMILIES and name not in TRAITS
            phrases = tuple((code, table.phrase(name, code)) for code in LANGUAGES)
            is_number = name in self.statistics.ranked and self.kinds.of(name) != SCORE
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


def shortened(label: str) -> str:
    """The label in a name: without its unit in parentheses, and of as many whole words as there is space for."""
    label = _UNIT.sub("", label) or label
    if len(label) <= _LONGEST_LABEL:
        return label
    return shorten(label, _LONGEST_LABEL, placeholder="…") if " " in label[:_LONGEST_LABEL] else label
