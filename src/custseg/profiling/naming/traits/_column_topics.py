"""What a column is about, by its name or label, read from `data/topics.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from custseg._column_kinds import is_age_name
from custseg.profiling.naming.traits._words import TRAITS, Words

ANY = "any"
"""The key of what is said of any column."""
# Letters from digits, capitalized words from each other: "NumDealsPurchases", "Kidhome2".
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKENS = re.compile(r"[^\W\d_]+")


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
    """The topic that lists the feature, or a word of its name, or of the labels."""
    return _topic_of(feature, tuple(labels))


# A fit asks hundreds of times about a few columns.
@lru_cache(maxsize=4096)
def _topic_of(feature: str, labels: tuple[str, ...]) -> Topic | None:
    topics_of_columns = [topic for topic in topics().values() if topic.key != ANY]
    for topic in topics_of_columns:
        if feature in topic.features:
            return topic
    # Words of a feature of the library say more than what it is about: "buy in season".
    for tokens in (_tokens(feature), _tokens(" ".join(() if feature in TRAITS else labels))):
        for topic in topics_of_columns:
            if topic.is_named_by(tokens):
                return topic
    return None


def manner_of(feature: str, labels: Collection[str] = ()) -> str | None:
    """How people speak of such a column: "age" of the age of a person, "goods" of things to buy; None as of any.

    Goods are the last word of the name: "toys", "MntWines", but not "toy_budget".
    """
    for name in (feature, *labels):
        tokens = _tokens(name)
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
            [[_any_of(word.split("|")) for word in together.split()] for together in entry.pop("words", ())],
            _any_of(entry.pop("goods", ())),
            trouble=frozenset(entry.pop("trouble", ())),
            praise=frozenset(entry.pop("praise", ())),
            is_silent=entry.pop("silent", False),
            lines=entry,
        )
        for key, entry in entries.items()
    }


def _any_of(words: Collection[str]) -> re.Pattern[str]:
    """Any of the words, where * stands for any ending."""
    return re.compile("|".join(re.escape(word).replace(r"\*", ".*") for word in words or ["$"]))


def _tokens(name: str) -> list[str]:
    return [token.lower() for token in _TOKENS.findall(_CAMEL_CASE.sub(" ", name))]
