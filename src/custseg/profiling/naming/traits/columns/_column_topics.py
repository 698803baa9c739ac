"""What a column is about, by its name or label, read from `data/topics.toml`.

`_clear_topics` decides whether that is clear enough for advice.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
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
_NOT_IN_LINES = ("within", "values", "against")

Entry = Sequence[re.Pattern[str]]
"""Words that a name has together."""
Ranges = Mapping[str, Sequence[tuple[float, float]]]
"""Ranges of values by unit of time, "any" where there is none."""


@dataclass(frozen=True)
class Topic:
    """What some columns are about, such as money, with a line of advice by kind of trait.

    `words` are entries that name the topic, the `doubtful` ones among them without ground for advice; the remaining
    fields are those of the comments at the head of `data/topics.toml`.
    """

    key: str
    features: Collection[str] = ()
    words: Sequence[Entry] = ()
    doubtful: Sequence[Entry] = ()
    unlike: re.Pattern[str] = re.compile("$")
    goods: re.Pattern[str] = re.compile("$")
    events: re.Pattern[str] | None = None
    form: str = ""
    lines: Mapping[str, Words] = field(default_factory=dict)
    within: Mapping[str, Ranges] = field(default_factory=dict)
    values: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    against: Mapping[str, Collection[str]] = field(default_factory=dict)
    trouble: Collection[str] = ()
    praise: Collection[str] = ()
    above: Collection[str] = ()
    sells: Collection[str] = ()
    is_silent: bool = False
    is_general: bool = False

    @cached_property
    def vocabulary(self) -> re.Pattern[str]:
        """Any word of an entry."""
        words = {word.pattern for entry in (*self.words, *self.doubtful) for word in entry}
        return re.compile("|".join(sorted(words)) or "$")

    def is_named_by(self, tokens: Sequence[str]) -> bool:
        """Whether the tokens of a name have all the words of one of the entries."""
        return any(_has_all(entry, tokens) for entry in (*self.words, *self.doubtful))


def _has_all(entry: Entry, tokens: Sequence[str]) -> bool:
    return all(any(word.fullmatch(token) for token in tokens) for word in entry)


def topic_of(feature: str, labels: Collection[str] = ()) -> Topic | None:
    """The topic that lists the feature, or a word of its name, or of the labels, one per language.

    The time since something is recency whatever that is, but for what happens once, and for what should not happen.
    """
    return _topic_of(feature, tuple(labels))


# A fit asks hundreds of times about a few columns.
@lru_cache(maxsize=4096)
def _topic_of(feature: str, labels: tuple[str, ...]) -> Topic | None:
    if (topic := topic_that_lists(feature)) is not None:
        return topic
    if (topic := topic_of_time(feature, labels)) is not None:
        return topic
    # Words of a feature of the library say more than what it is about: "buy in season".
    for name in (feature, " ".join(() if feature in TRAITS else labels)):
        if (topic := next(iter(topics_named_by(name)), None)) is not None:
            return topic
    return None


def topic_that_lists(feature: str) -> Topic | None:
    """The topic that has the feature of the library among its own."""
    return next((topic for topic in topics().values() if feature in topic.features), None)


def topics_named_by(name: str) -> list[Topic]:
    """All topics whose words the name has."""
    tokens = numerator(tokens_of(name))
    keys = frozenset().union(*map(_topics_with_word, tokens))
    if _AGE in keys and not (is_age_name(name) or is_birth_name(name)):
        keys -= {_AGE}
    return [topic for topic in topics().values() if topic.key in keys and topic.is_named_by(tokens)]


# Names of columns share most of their words.
@lru_cache(maxsize=4096)
def _topics_with_word(token: str) -> frozenset[str]:
    """The topics that have an entry with such a word."""
    return frozenset(key for key, topic in topics().items() if key != ANY and topic.vocabulary.fullmatch(token))


def numerator(tokens: list[str]) -> list[str]:
    """Without what something is counted by: guests_per_visit are about guests."""
    return tokens[: tokens.index("per")] if "per" in tokens[1:] else tokens


def topic_of_time(feature: str, labels: Collection[str]) -> Topic | None:
    """The topic of a column of the time since something, None for others.

    Tenure where it happens once, what should not happen, or recency.
    """
    time = None if feature in TRAITS else _last_time(feature, labels)
    if time is None:
        return None
    names = (feature, *labels)
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
    return {key: _topic(key, entry) for key, entry in entries.items()}


def _topic(key: str, entry: dict[str, object]) -> Topic:
    lists = {name: value for name, value in entry.items() if isinstance(value, list)}
    tables = {name: value for name, value in entry.items() if isinstance(value, dict)}
    return Topic(
        key,
        features=frozenset(lists.get("features", ())),
        words=_entries(lists.get("words", ())),
        doubtful=_entries(lists.get("doubtful", ())),
        unlike=any_of(lists.get("unlike", ())),
        goods=any_of(lists.get("goods", ())),
        events=any_of(lists["events"]) if "events" in lists else None,
        form=str(entry.get("form", "")),
        lines={name: words for name, words in tables.items() if name not in _NOT_IN_LINES},
        within=tables.get("within", {}),
        values={name: any_of(words) for name, words in tables.get("values", {}).items()},
        against=tables.get("against", {}),
        trouble=frozenset(lists.get("trouble", ())),
        praise=frozenset(lists.get("praise", ())),
        above=frozenset(lists.get("above", ())),
        sells=frozenset(lists.get("sells", ())),
        is_silent=bool(entry.get("silent", False)),
        is_general=bool(entry.get("general", False)),
    )


def _entries(entries: Collection[str]) -> list[Entry]:
    return [[any_of(word.split("|")) for word in entry.split()] for entry in entries]
