"""The meaning of names: concepts in column names and the roles they fit, and canonical names of events."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from custseg.logs import EVENT_NAMES, refund_words

_TOKEN = re.compile(r"[^\W\d_]+|№|#|\d+")
_CAMEL = re.compile(r"(?<=[a-zа-я])(?=[A-ZА-Я])")
_MAIL = re.compile(r"e-mail", re.IGNORECASE)
_LONGEST_ENDING = 4
_SHORTEST_PART = 4
_SUFFIXES = ("id", "no", "nr", "num", "qty", "key", "am", "at", "amt", "sum", "day", "tag", "cod", "ref")
_UNKNOWN = 0.7
_LINKS = ("", "s", "n", "en", "es", "e")


@cache
def concepts(name: str) -> frozenset[str]:
    """The concepts in the name of a column, such as order and date in "Bestelldatum"."""
    return frozenset[str]().union(*(_concepts_of_word(word) for word in _words(name)))


def name_scores(name: str) -> Mapping[str, float]:
    """For each role that the name fits, how well: 1 is the plain name of the role."""
    present = concepts(name)
    if not present:
        return {}
    certainty = _UNKNOWN if _has_unknown_words(name) else 1.0
    scores = {}
    for role, rules in catalog()["rules"].items():
        fitting = [rule["score"] for rule in rules if _fits(rule, present)]
        if fitting:
            scores[role] = certainty * float(max(fitting))
    if not set(catalog()["negations"]["words"]).isdisjoint(_words(name)):
        scores.pop("cancelled", None)
    return scores


def event_names(values: Iterable[str]) -> dict[str, str]:
    """Map the log's names of events to the canonical ones, where a stem in the name identifies them."""
    stems, excluded = catalog()["events"], catalog()["not_events"]["words"]
    names = {}
    for name in sorted(set(values) - set(EVENT_NAMES)):
        word = name.lower()
        if any(stem in word for stem in excluded):
            continue
        event = next((event for event, event_stems in stems.items() if any(stem in word for stem in event_stems)), None)
        if event is not None:
            names[name] = event
    return names


def _words(name: str) -> list[str]:
    spaced = _CAMEL.sub(" ", _MAIL.sub("email", name).replace("#", " № "))
    return [_folded(token) for token in _TOKEN.findall(spaced)]


def _has_unknown_words(name: str) -> bool:
    little = catalog()["little"]["words"]
    words = (word for word in _words(name) if len(word) > 1 and word.isalpha() and word not in little)
    return any(not _concepts_of_word(word) for word in words)


def _fits(rule: Mapping[str, list[str]], present: frozenset[str]) -> bool:
    needs, may = set(rule["needs"]), set(rule["may"])
    return needs <= present and ("*" in may or present <= needs | may)


def _concepts_of_word(word: str) -> frozenset[str]:
    exact, stems = _vocabulary()
    if word in exact:
        return exact[word]
    stem = _stem_of(word, stems)
    if stem:
        return stems[stem]
    return _concepts_of_compound(word)


def _concepts_of_compound(word: str) -> frozenset[str]:
    """The concepts of a compound such as "kundennummer" or "orderdate"; none unless all of it is in the vocabulary."""
    exact, stems = _vocabulary()
    vocabulary = {**exact, **stems}
    for length in range(len(word) - 2, _SHORTEST_PART - 2, -1):
        head = word[:length]
        if head not in vocabulary or (length < _SHORTEST_PART and head not in exact):
            continue
        for link in _LINKS:
            remainder = word[length:].removeprefix(link) if word[length:].startswith(link) else ""
            if remainder in _SUFFIXES or len(remainder) >= _SHORTEST_PART - 1:
                tail: frozenset[str] = (
                    exact.get(remainder)
                    or stems.get(_stem_of(remainder, stems) or "")
                    or _concepts_of_compound(remainder)
                )
                if tail:
                    return vocabulary[head] | tail
    return frozenset()


def _stem_of(word: str, stems: Mapping[str, frozenset[str]]) -> str | None:
    """The longest stem that the word begins with, where no more than an ending follows."""
    for length in range(len(word), max(2, len(word) - _LONGEST_ENDING) - 1, -1):
        if word[:length] in stems:
            return word[:length]
    return None


@cache
def _vocabulary() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """Whole words, and stems, with their concepts."""
    exact: dict[str, frozenset[str]] = {}
    stems: dict[str, frozenset[str]] = {}
    for concept, languages in catalog()["words"].items():
        for word in (word for words in languages.values() for word in words):
            plain = _folded(word)
            target = stems if plain.endswith("*") else exact
            plain = plain.rstrip("*")
            target[plain] = target.get(plain, frozenset()) | {concept}
    return MappingProxyType(exact), MappingProxyType(stems)


@cache
def catalog() -> Mapping[str, Any]:
    """Words and rules of names, as nested mappings."""
    text = (files("custseg") / "inspection" / "columns" / "column_words.toml").read_text(encoding="utf-8")
    parsed = tomllib.loads(text)
    return {**parsed, "words": {**parsed["words"], "refund": refund_words()}}


def _folded(word: str) -> str:
    """Lower case, without accents."""
    plain = unicodedata.normalize("NFKD", word.lower().replace("ß", "ss").replace("№", "№"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
