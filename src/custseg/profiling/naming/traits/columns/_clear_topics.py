"""The topic of a column where its name leaves no doubt: advice from a misread column is worse than none.

The words that decide are in `data/topics.toml`, by topic, and in `data/column_words.toml`, for all.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

from custseg._column_kinds import is_birth_name
from custseg.profiling.naming.traits._words import TRAITS
from custseg.profiling.naming.traits.columns._column_topics import (
    Entry,
    Topic,
    numerator,
    topic_of_time,
    topic_that_lists,
    topics,
    topics_named_by,
)
from custseg.profiling.naming.traits.columns._last_times import any_of, tokens_of

_HEAD, _ALONE = "head", "alone"


class _Match(NamedTuple):
    """A topic that a name has, by how many words together, and whether that leaves doubt."""

    topic: Topic
    n_words: int
    is_doubtful: bool


def clear_topic_of(feature: str, labels: Collection[str] = ()) -> Topic | None:
    """The topic of a column, by its name and its labels in each language; None where these leave any doubt.

    There is doubt where the name has words of two topics, or none says all, where a word turns the meaning ("without")
    or is ambiguous, where the words of the topic are not what the column counts, and where name and label disagree.
    """
    return _clear_topic_of(feature, tuple(labels))


@lru_cache(maxsize=4096)
def _clear_topic_of(feature: str, labels: tuple[str, ...]) -> Topic | None:
    if (topic := topic_that_lists(feature)) is not None:
        return topic
    names = [feature] if feature in TRAITS else list(dict.fromkeys([feature, *labels]))
    if any(_is_sensitive(tokens_of(name)) for name in names):
        return None
    if (topic := topic_of_time(feature, labels)) is not None:
        return topic if _is_of_events(topic, names) else None
    best = [match for name in names for match in _best_matches(name)]
    if not best or len({match.topic.key for match in best}) > 1 or any(match.is_doubtful for match in best):
        return None
    return best[0].topic


def is_sensitive(feature: str, labels: Collection[str] = ()) -> bool:
    """Whether a column is about health, faith, sex or family, by its name or a label."""
    return any(_is_sensitive(tokens_of(name)) for name in (feature, *labels))


def is_unknown(category: str) -> bool:
    """Whether a category says nothing, such as "other"."""
    tokens = tokens_of(category)
    return not tokens or _words()["unknown"].fullmatch(tokens[0]) is not None


def _is_sensitive(tokens: Sequence[str]) -> bool:
    return any(_words()["sensitive"].fullmatch(token) for token in tokens)


def _is_of_events(topic: Topic, names: Collection[str]) -> bool:
    """Whether the time since something is of what the topic speaks of: nobody is missed for lack of a claim."""
    by_name = [[token for token in tokens_of(name) if not _words()["since"].fullmatch(token)] for name in names]
    if any(map(is_birth_name, names)) or any(map(_silencing, by_name)):
        return False
    if any(_words_of(entry, tokens) for entry in topic.words for tokens in by_name):
        return True
    return topic.events is not None and any(map(topic.events.fullmatch, chain.from_iterable(by_name)))


def _best_matches(name: str) -> list[_Match]:
    """The topics of a name that no other one of it goes before, each with its longest entry; doubtful where unclear."""
    tokens = numerator(_without_numbers_of(tokens_of(name)))
    matches = [_match(topic, tokens) for topic in topics_named_by(name)]
    order = [(not match.topic.is_general, match.n_words) for match in matches]
    return [match for match, precedence in zip(matches, order, strict=True) if precedence == max(order)]


def _match(topic: Topic, tokens: Sequence[str]) -> _Match:
    """The longest entry of the topic, with its words; of equally long ones one that leaves no doubt."""
    entries = [*((entry, False) for entry in topic.words), *((entry, True) for entry in topic.doubtful)]
    matches = [(entry, doubtful, words) for entry, doubtful in entries if (words := _words_of(entry, tokens))]
    topic_words = frozenset().union(*(words for _, _, words in matches))
    candidates = [
        _Match(topic, len(entry), doubtful or not _is_clear(topic, tokens, words, topic_words=topic_words))
        for entry, doubtful, words in matches
    ]
    return max(candidates, key=lambda match: (match.n_words, not match.is_doubtful), default=_Match(topic, 0, True))


def _is_clear(topic: Topic, tokens: Sequence[str], words: Collection[str], *, topic_words: Collection[str]) -> bool:
    """Whether what a name says besides the words of an entry leaves no doubt.

    `topic_words` are all words of the topic in the name.
    """
    if _silencing([token for token in tokens if token not in topic_words]) or any(map(topic.unlike.fullmatch, tokens)):
        return False
    if topic.form == _ALONE:
        return all(token in topic_words or _is_neutral(token, topic) for token in tokens)
    return topic.form != _HEAD or _head(tokens, words) in words


def _is_neutral(token: str, topic: Topic) -> bool:
    """Whether a word adds nothing: beside goods, "spend" and "orders" say only how they are counted."""
    counted = () if topic.is_general else (general for general in topics().values() if general.is_general)
    return _words()["neutral"].fullmatch(token) is not None or any(general.is_named_by([token]) for general in counted)


def _words_of(entry: Entry, tokens: Sequence[str]) -> frozenset[str]:
    """The words of a name that match those of an entry; none where any of these is not there."""
    matched = [[token for token in tokens if word.fullmatch(token)] for word in entry]
    return frozenset(token for words in matched for token in words) if all(matched) else frozenset()


def _head(tokens: Sequence[str], words: Collection[str]) -> str | None:
    """The word for what the name counts: in English the last one before where or when, in Russian the first noun.

    `words` are known to be nouns.
    """
    remaining = list(tokens)
    while remaining and remaining[0] not in words and _words()["neutral"].fullmatch(remaining[0]):
        remaining.pop(0)
    if remaining and not remaining[0].isascii():
        adjectives = _words()["adjectives"]
        return next((word for word in remaining if word in words or not adjectives.fullmatch(word)), None)
    prepositions = _words()["prepositions"]
    remaining = remaining[: next((i for i, word in enumerate(remaining) if prepositions.fullmatch(word)), None)]
    while len(remaining) > 1 and remaining[-1] not in words and _words()["neutral"].fullmatch(remaining[-1]):
        remaining.pop()
    return remaining[-1] if remaining else None


def _without_numbers_of(tokens: list[str]) -> list[str]:
    """Without "no of", which is a number and no negation."""
    return tokens[2:] if tokens[:2] == ["no", "of"] else tokens


def _silencing(tokens: Sequence[str]) -> bool:
    return any(map(_words()["silencing"].fullmatch, tokens))


@cache
def _words() -> dict[str, re.Pattern[str]]:
    """The lists of `data/column_words.toml`."""
    entries = tomllib.loads(files("custseg.profiling.naming").joinpath("data", "column_words.toml").read_text("utf-8"))
    return {key: any_of(words) for key, words in entries.items()}
