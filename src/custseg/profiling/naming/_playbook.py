"""What to do with a segment, adapted by its own facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._texts import LANGUAGES
from custseg.profiling._text import clean
from custseg.profiling.measures._privacy import SMALLEST, told_count
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.naming._archetypes import Line, Play
from custseg.profiling.naming._words import Words

_FLAGS = ("contactable_", "consent_")

_REACHES = {"en": "{} reaches {:,} of {:,}", "ru": "{}: доступны {:,} из {:,}"}
_REACHES_FEW = {"en": "{} reaches fewer than 10 of {:,}", "ru": "{}: доступны меньше 10 из {:,}"}
_ONLY = {
    "en": "Do not write to anyone on a channel that does not reach them.",
    "ru": "Не пишите тем, кто в канале недоступен или отказался.",
}
_UNKNOWN = {"en": "check consent first", "ru": "сначала проверьте согласие"}


@dataclass(frozen=True)
class Advice:
    """What to do with a segment.

    Attributes
    ----------
    do, dont : tuple of str
        One sentence each.
    channel : str
        By which way, and how many of the segment it reaches where that is known.
    cadence : str
        How often.
    """

    do: tuple[str, ...]
    dont: tuple[str, ...]
    channel: str
    cadence: str


def reachable(table: ProfileTable, members: NDArray[np.bool_]) -> dict[str, int | None]:
    """How many members each channel reaches; None for 1 to 9.

    From the columns ``contactable_<channel>`` and ``consent_<channel>``: who is contactable or has consented, and is
    not marked as the opposite in either.
    """
    columns = [*table.categories, *table.numbers]
    channels = dict.fromkeys(
        name.removeprefix(flag) for name in columns for flag in _FLAGS if name.startswith(flag) and name != flag
    )
    counts: dict[str, int | None] = {}
    for channel in channels:
        may, refused = np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
        for flag in _FLAGS:
            if f"{flag}{channel}" in columns:
                yes, no = _answers(table, f"{flag}{channel}")
                may |= yes
                refused |= no
        counts[channel] = told_count(int((may & ~refused & members).sum()), int(members.sum()))
    return counts


def advice(
    play: Play, every: Play, *, medians: Mapping[str, float | None], reach: Mapping[str, int | None], size: int
) -> dict[str, Advice]:
    """The play with the lines that the segment's facts call for, by language."""
    return {
        language: Advice(
            do=tuple(_given((*play.do, *every.do), medians, language)),
            dont=(*_given((*play.dont, *every.dont), medians, language), *([_ONLY[language]] if reach else [])),
            channel="; ".join([_word(play.channel, language), *_reach_words(reach, size, language)]),
            cadence=_word(play.cadence, language),
        )
        for language in LANGUAGES
    }


def _answers(table: ProfileTable, name: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who has yes and who has no in a column of flags."""
    if name in table.numbers:
        values = table.values(name)
        return values > 0, values == 0
    column = table.categories[name]
    places = [column.values.index(word) if word in column.values else -2 for word in ("yes", "no")]
    return column.codes == places[0], column.codes == places[1]


def _given(lines: tuple[Line, ...], medians: Mapping[str, float | None], language: str) -> list[str]:
    found = []
    for line in lines:
        wanted = all(term.meets(medians.get(term.feature)) for term in line.when)
        ruled_out = bool(line.unless) and all(term.meets(medians.get(term.feature)) for term in line.unless)
        if wanted and not ruled_out:
            found.append(line.words[language])
    return found


def _word(texts: Words | None, language: str) -> str:
    return texts[language] if texts else "–"


def _reach_words(reach: Mapping[str, int | None], size: int, language: str) -> list[str]:
    if reach and size < SMALLEST:
        return []
    if not reach:
        return [_UNKNOWN[language]]
    return [
        (_REACHES if count is not None else _REACHES_FEW)[language].format(
            *(clean(channel), count, size) if count is not None else (clean(channel), size)
        )
        for channel, count in reach.items()
    ]
