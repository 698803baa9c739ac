"""What to do about the traits of a segment, by what each column is about, read from `data/topics.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from custseg.profiling.naming._trait_names import joined
from custseg.profiling.naming._traits import Trait
from custseg.profiling.naming._words import TRAITS, Words
from custseg.texts import LANGUAGES

_MAX_LINES = 3
_ANY, _AWAY = "any", ("recency", "high")
_KINDS = {"yes": "high", "no": "low"}
# Letters from digits, capitalized words from each other: "NumDealsPurchases", "Kidhome2".
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKENS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Topic:
    """What some columns are about, such as money, with a line of advice by kind of trait."""

    key: str
    features: Collection[str]
    words: re.Pattern[str]
    lines: Mapping[str, Words]


def trait_lines(
    traits: Sequence[Trait], *, without: Collection[str] = (), is_away: bool = False
) -> dict[str, list[str]]:
    """Up to three lines of advice for the traits of a segment, by language; those of known topics first.

    Traits with the same line share it. `without` are columns of which the advice speaks already; `is_away` says that
    the customers have been away for long, as far as no trait does.
    """
    is_away = is_away or any(_line_of(trait, is_away=False) == _AWAY for trait in traits)
    by_line: dict[tuple[str, str], list[Trait]] = {}
    for trait in traits:
        if trait.feature not in without and (line := _line_of(trait, is_away=is_away)) is not None:
            by_line.setdefault(line, []).append(trait)
    ordered = sorted(by_line, key=lambda line: line[0] == _ANY)[:_MAX_LINES]
    return {
        language: [
            _topics()[topic].lines[kind][language].replace("{traits}", joined(by_line[topic, kind])[language])
            for topic, kind in ordered
        ]
        for language in LANGUAGES
    }


def _line_of(trait: Trait, *, is_away: bool) -> tuple[str, str] | None:
    """The topic and kind of the line for a trait; None where the topic has nothing to say."""
    topic = _topic_of(trait)
    kind = trait.kind if topic is not None and trait.kind in topic.lines else _KINDS.get(trait.kind, trait.kind)
    if is_away and topic is not None and f"{kind}_away" in topic.lines:
        kind = f"{kind}_away"
    if topic is not None and kind in topic.lines:
        return (topic.key, kind) if topic.lines[kind] else None
    return _ANY, kind if kind in _topics()[_ANY].lines else _ANY


def _topic_of(trait: Trait) -> Topic | None:
    """The topic that lists the feature, or a word of its name, or of what the result calls it."""
    topics = [topic for topic in _topics().values() if topic.key != _ANY]
    for topic in topics:
        if trait.feature in topic.features:
            return topic
    # Words of a feature of the library say more than what it is about: "buy in season".
    labels = () if trait.feature in TRAITS else trait.words.values()
    for tokens in (_tokens(trait.feature), _tokens(" ".join(labels))):
        for topic in topics:
            if any(topic.words.fullmatch(token) for token in tokens):
                return topic
    return None


def _tokens(name: str) -> list[str]:
    return [token.lower() for token in _TOKENS.findall(_CAMEL_CASE.sub(" ", name))]


@cache
def _topics() -> dict[str, Topic]:
    entries = tomllib.loads(files("custseg.profiling.naming").joinpath("data", "topics.toml").read_text("utf-8"))
    return {
        key: Topic(
            key,
            frozenset(entry.pop("features", ())),
            re.compile("|".join(re.escape(word).replace(r"\*", ".*") for word in entry.pop("words", ["$"]))),
            entry,
        )
        for key, entry in entries.items()
    }
