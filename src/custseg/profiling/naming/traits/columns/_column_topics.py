"""What a column is about, by its name or label, read from `data/topics.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from custseg._column_kinds import is_age_name, is_birth_name
from custseg.profiling.naming.traits._words import TRAITS, Words
from custseg.profiling.naming.traits.columns._last_times import LastTime, any_of, last_time_of, tokens_of
from custseg.texts import LANGUAGES

ANY = "any"
"""The key of what is said of any column."""
_RECENCY, _TENURE, _AGE = "recency", "tenure", "age"
_UNWANTED = ("complaint", "missed")
"""Topics of what should not happen: that it happened lately is as bad as much of it."""


@dataclass(frozen=True)
class Topic:
    """What some columns are about, such as money, with a line of advice by kind of trait.

    `words` are entries of words that a name has together; `goods` are things of which people buy little or much.
    `trouble` are kinds of trait that are settled before anything else, `praise` kinds whose line praises a customer or
    asks a favor of one; a topic that `is_silent` has no line, but for what is missing.
    """

    key: str
    features: Collection[str]
    words: Sequence[Sequence[re.Pattern[str]]]
    goods: re.Pattern[str]
    lines: Mapping[str, Words]
    trouble: Collection[str] = ()
    praise: Collection[str] = ()
    is_silent: bool = False

    def is_named_by(self, tokens: Sequence[str]) -> bool:
        """Whether the tokens of a name have all the words of one of the entries."""
        return any(all(any(word.fullmatch(token) for token in tokens) for word in together) for together in self.words)


def topic_of(feature: str, labels: Collection[str] = ()) -> Topic | None:
    """The topic that lists the feature, or a word of its name, or of the labels, one per language.

    The time since something is recency whatever that is, but for what happens once, and for what should not happen.
    """
    return _topic_of(feature, tuple(labels))


# A fit asks hundreds of times about a few columns.
@lru_cache(maxsize=4096)
def _topic_of(feature: str, labels: tuple[str, ...]) -> Topic | None:
    topics_of_columns = [topic for topic in topics().values() if topic.key != ANY]
    for topic in topics_of_columns:
        if feature in topic.features:
            return topic
    if feature not in TRAITS and (time := _last_time(feature, labels)) is not None:
        return _topic_of_time(time, (feature, *labels))
    # Words of a feature of the library say more than what it is about: "buy in season".
    for name in (feature, " ".join(() if feature in TRAITS else labels)):
        tokens, is_of_people = _numerator(tokens_of(name)), is_age_name(name) or is_birth_name(name)
        for topic in topics_of_columns:
            if topic.is_named_by(tokens) and (is_of_people or topic.key != _AGE):
                return topic
    return None


def _numerator(tokens: list[str]) -> list[str]:
    """Without what something is counted by: guests_per_visit are about guests."""
    return tokens[: tokens.index("per")] if "per" in tokens[1:] else tokens


def _topic_of_time(time: LastTime, names: Collection[str]) -> Topic:
    """Of the time since something: tenure where it happens once, what should not happen, or recency."""
    unwanted = (topics()[key] for key in _UNWANTED if any(topics()[key].is_named_by(tokens_of(name)) for name in names))
    return topics()[_TENURE] if time.is_once else next(unwanted, topics()[_RECENCY])


def _last_time(feature: str, labels: Collection[str]) -> LastTime | None:
    return last_time_of(feature, tuple(zip(LANGUAGES, labels, strict=False)))


def is_time_of_trouble(feature: str, labels: Collection[str], topic: Topic) -> bool:
    """Whether a column of that topic counts the time since what should not happen: much of it is good."""
    return topic.key in _UNWANTED and _last_time(feature, labels) is not None


def manner_of(feature: str, labels: Collection[str] = ()) -> str | None:
    """How people speak of such a column: "age" of the age of a person, "goods" of things to buy; None as of any.

    Goods are the last word of the name: "toys", "MntWines", but not "toy_budget".
    """
    for name in (feature, *labels):
        tokens = tokens_of(name)
        if is_age_name(name):
            return "age"
        if tokens and topics()["product"].goods.fullmatch(tokens[-1]):
            return "goods"
    return None


@cache
def topics() -> dict[str, Topic]:
    """All topics by key."""
    entries = tomllib.loads(files("custseg.profiling.naming").joinpath("data", "topics.toml").read_text("utf-8"))
    return {
        key: Topic(
            key,
            frozenset(entry.pop("features", ())),
            [[any_of(word.split("|")) for word in together.split()] for together in entry.pop("words", ())],
            any_of(entry.pop("goods", ())),
            trouble=frozenset(entry.pop("trouble", ())),
            praise=frozenset(entry.pop("praise", ())),
            is_silent=entry.pop("silent", False),
            lines=entry,
        )
        for key, entry in entries.items()
    }
