"""Columns of the time since something happened, by their names or labels: "days_since_flight", "last_visit_days".

Such values are said as people say them, "no flight for 90+ days", rather than "more days since flight".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from custseg.texts import LANGUAGES, number, text, whole_range

# Letters from digits, capitalized words from each other: "NumDealsPurchases", "Kidhome2".
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKENS = re.compile(r"[^\W\d_]+")
# In each unit, up to when something is recent, and from when it is long ago: about two and four months, as of orders.
_LIMITS = {"day": (60, 120), "week": (8, 17), "month": (2, 4), "year": (0, 1)}
# Times that people speak of, in each unit: a bound of 187 days is no better than one of half a year.
_SPOKEN = {
    "day": (7, 14, 30, 60, 90, 120, 180, 270, 365, 540, 730, 1_095),
    "week": (1, 2, 4, 8, 13, 26, 39, 52, 104),
    "month": (1, 2, 3, 6, 9, 12, 18, 24, 36),
    "year": (1, 2, 3, 5, 10),
}


# "In the last 1 days" is no English.
_FEWEST = 2


@dataclass(frozen=True)
class LastTime:
    """What a column counts the time since.

    Attributes
    ----------
    events : mapping of str to str
        What happened, by language: a noun, in Russian one in the genitive; only where a name or label in that language
        says it.
    is_once : bool
        Whether it happens once only, such as a registration.
    is_inactivity : bool
        Whether it is the time without activity of any kind.
    unit : str or None
        "day", "week", "month" or "year"; None where the name does not say it.
    """

    events: Mapping[str, str]
    is_once: bool
    is_inactivity: bool
    unit: str | None

    @property
    def limits(self) -> tuple[float, float] | None:
        """Up to when it is recent, and from when it is long ago; None without a unit."""
        return None if self.unit is None else _LIMITS[self.unit]

    @property
    def spoken(self) -> tuple[float, ...]:
        """Times that people speak of, in the unit of the column."""
        return () if self.unit is None else _SPOKEN[self.unit]

    def words(self, bounds: Mapping[str, float], *, otherwise: Mapping[str, str], is_whole: bool) -> dict[str, str]:
        """The words for bounds by operator: "visit in the last 30 days", "no visit for 90+ days".

        `otherwise` are those of a language in which the name of the column does not say what happened. Of whole numbers
        (`is_whole`) Russian words say the last one, as "up to 8" beside them does; English ones leave the end open.
        """
        words = dict(otherwise)
        if is_whole and set(bounds) == {"<"} and self.events and "en" not in self.events:
            bounds = {"<": whole_range(None, bounds["<"])[1][-1]}
        form = {(">=",): "high", ("<",): "low", (">=", "<"): "both"}.get(tuple(sorted(bounds, reverse=True)))
        if form is None or self.unit is None or min(bounds.values()) < _FEWEST:
            return words
        for language in LANGUAGES:
            event = self.events.get(language)
            if self.is_inactivity or event is not None:
                happening = "inactive" if self.is_inactivity else "once" if self.is_once else "event"
                entries = text(language, "profiling", "last_times")
                numbers = (number(bounds[operator], language) for operator in sorted(bounds, reverse=True))
                fields = [*(() if self.is_inactivity else (event,)), *numbers, entries["units"][self.unit]]
                words[language] = entries[happening][form].format(*fields)
        return words


SPOKEN_DAYS = _SPOKEN["day"]
"""Numbers of days that people speak of."""


@lru_cache(maxsize=4096)
def last_time_of(feature: str, labels: tuple[tuple[str, str], ...] = ()) -> LastTime | None:
    """What a column counts the time since, by its labels (pairs of language and text) or its name; None for others."""
    phrases = dict(labels)
    parsed = _by_language({code: phrases.get(code, feature) for code in LANGUAGES})
    is_labelled = bool(parsed)
    parsed = parsed or _by_language(dict.fromkeys(LANGUAGES, feature))
    if not parsed:
        return None
    return LastTime(
        {code: time.event for code, time in parsed.items() if time.event and is_labelled},
        is_once=any(time.is_once for time in parsed.values()),
        is_inactivity=is_labelled and any(time.is_inactivity for time in parsed.values()),
        unit=next((time.unit for time in parsed.values() if time.unit is not None), None),
    )


def tokens_of(name: str) -> list[str]:
    """The words of a name in lower case."""
    return [token.lower() for token in _TOKENS.findall(_CAMEL_CASE.sub(" ", name))]


def unit_in(name: str) -> str | None:
    """The unit of time that a name has: "day", "week", "month" or "year"; None without one."""
    return next((unit for token in tokens_of(name) if (unit := _unit_of(token)) is not None), None)


class _Parsed(NamedTuple):
    """What the words of a name say in one language; no event where they name no thing."""

    event: str
    is_once: bool = False
    is_inactivity: bool = False
    unit: str | None = None


def _by_language(phrases: Mapping[str, str]) -> dict[str, _Parsed]:
    parsed = {language: _parsed(tokens_of(phrase), _vocabulary()[language]) for language, phrase in phrases.items()}
    return {language: time for language, time in parsed.items() if time is not None}


def _parsed(tokens: Sequence[str], words: Mapping[str, re.Pattern[str]]) -> _Parsed | None:
    """What the words say; None where they are not those of the time since something."""
    if _any(words["score"], tokens):
        return None
    unit = next((unit for token in tokens if (unit := _unit_of(token)) is not None), None)
    if unit is not None and _any(words["inactive"], tokens):
        return _Parsed("", is_inactivity=True, unit=unit)
    event = _event(tokens, words)
    if event is None:
        return None
    nouns = _without(event, words["last"])
    is_thing = not any(words["no_thing"].fullmatch(noun) and not words["thing"].fullmatch(noun) for noun in nouns)
    return _Parsed(" ".join(nouns) if is_thing else "", is_once=_any(words["once"], event), unit=unit)


def _event(tokens: Sequence[str], words: Mapping[str, re.Pattern[str]]) -> list[str] | None:
    """The words of the event, those for "last" included; None where the name is not of such a column.

    The year in "customer_since_year" is no time since something: the unit comes first.
    """
    since = next((i for i, token in enumerate(tokens) if words["since"].fullmatch(token)), None)
    if since is None:
        after = (i for i, token in enumerate(tokens[:-1]) if words["after"].fullmatch(token))
        since = next((i for i in after if words["last"].fullmatch(tokens[i + 1])), None)
    if since is not None:
        event = tokens[since + 1 :]
        # Of "weeks_since_ski_day" the day belongs to what happened.
        return (list(event) if since else _without_units(event)) if _has_unit(tokens[:since]) or not since else None
    if _any(words["recency"], tokens):
        return _without(_without_units(tokens), words["recency"])
    if _any(words["ago"], tokens) and _has_unit(tokens):
        return _without(_without_units(tokens), words["ago"])
    is_last_in_days = len(tokens) > 2 and words["last"].fullmatch(tokens[0]) and _unit_of(tokens[-1]) is not None
    return list(tokens[1:-1]) if is_last_in_days and not _has_unit(tokens[1:-1]) else None


def _any(words: re.Pattern[str], tokens: Collection[str]) -> bool:
    return any(words.fullmatch(token) for token in tokens)


def _without(tokens: Sequence[str], words: re.Pattern[str]) -> list[str]:
    return [token for token in tokens if not words.fullmatch(token)]


def _without_units(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if _unit_of(token) is None]


def _has_unit(tokens: Sequence[str]) -> bool:
    return any(_unit_of(token) is not None for token in tokens)


def _unit_of(token: str) -> str | None:
    return next((unit for unit, words in _vocabulary()["units"].items() if words.fullmatch(token)), None)


@cache
def _vocabulary() -> dict[str, dict[str, re.Pattern[str]]]:
    """The words of `data/last_times.toml` by section and kind."""
    entries = tomllib.loads(files("custseg.profiling.naming").joinpath("data", "last_times.toml").read_text("utf-8"))
    return {section: {kind: any_of(words) for kind, words in kinds.items()} for section, kinds in entries.items()}


def any_of(words: Collection[str]) -> re.Pattern[str]:
    """Any of the words, where * stands for any ending."""
    return re.compile("|".join(re.escape(word).replace(r"\*", ".*") for word in words or ["$"]))
