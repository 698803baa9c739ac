"""Definitions of archetypes and plays, read from TOML and checked with all faults in one message.

`measures._terms` evaluates their conditions, `_archetype_match` finds the segments that meet them.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from os import PathLike, fsdecode
from typing import Any

from custseg._checks import did_you_mean, read_definitions
from custseg.errors import DataError
from custseg.profiling.measures._terms import OPERATORS, Term
from custseg.profiling.naming._own_rhythm import RHYTHMS
from custseg.profiling.naming.traits._words import Words
from custseg.texts import LANGUAGES, listed, text

_PLAY_KEYS = ("do", "dont", "channel", "cadence", "follows_orders", "avoids", "instead")
_SWITCHES = "apart", "unread", "otherwise"
_INSTEAD_KEYS = ("when", "unread", "channel", "cadence", "avoids")
_ARCHETYPE_KEYS = (
    *("names", "description", "condition", "lifetime", "most", "alone", "varied", "several", "family", "variants"),
    *_PLAY_KEYS,
)
_TERM_KEYS = ("feature", "operator", "value", "quantile", "optional")
# Features named after a channel, a category or a date of the data.
_NAMED_BY_DATA = re.compile(r"(consent|contactable|days_since)_.+|.+_share_.+|.+_(top|diversity)")


@dataclass(frozen=True)
class Line:
    """One piece of advice, in every language, and when it is given."""

    words: Words
    when: tuple[Term, ...] = ()
    unless: tuple[Term, ...] = ()
    apart: bool = False
    """Whether it must hold for clearly fewer of the other customers."""
    unread: bool = False
    """Whether hardly any of the mails to the segment must have been opened, see `_mail_reading`."""
    otherwise: bool = False
    """Whether it takes the place of the line before it where that one is not given."""
    rhythm: str = ""
    """What must be known of the gaps of most members, one of `RHYTHMS`; empty for nothing."""


@dataclass(frozen=True)
class Instead:
    """A channel, a cadence or both in the place of those of the play.

    They are so where `when` holds for most members, with `unread` also hardly any of their mails were opened.
    """

    when: tuple[Term, ...]
    channel: Words | None = None
    cadence: Words | None = None
    unread: bool = False
    avoids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Play:
    """What to do with a segment, and what not; channel and cadence, and those for customers of whom more is known."""

    do: tuple[Line, ...] = ()
    dont: tuple[Line, ...] = ()
    channel: Words | None = None
    cadence: Words | None = None
    follows_orders: bool = False
    """Whether the gaps between orders, where they are long, say how often instead."""
    instead: tuple[Instead, ...] = ()
    avoids: tuple[str, ...] = ()
    """Channels that the play does without, so that it does not say how many they reach."""

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms of its lines."""
        groups = [group for line in (*self.do, *self.dont) for group in (line.when, line.unless)]
        return tuple(term for group in (*groups, *(line.when for line in self.instead)) for term in group)


@dataclass(frozen=True)
class Variant:
    """Another condition of an archetype with its description, for tables that have all of its features."""

    terms: tuple[Term, ...]
    description: Words


@dataclass(frozen=True)
class Archetype:
    """A well-known kind of customer, such as champions; all terms of its condition must hold."""

    key: str
    names: Words
    description: Words
    terms: tuple[Term, ...]
    lifetime: bool
    """Whether the definition concerns all orders ever, so that it does not apply to a window."""
    most: str | None
    """A feature of which no other segment that meets the terms with a value may have clearly more per customer.

    Segments with an earlier name that needs most of the same feature do not count.
    """
    alone: str | None
    """A feature whose terms no other segment without a name may meet as often: they do not tell the two apart."""
    varied: str | None
    """A feature that must differ among the members: what all have alike, such as a discount on every order, is a rule
    of the seller rather than their choice."""
    several: bool
    """Whether all segments that qualify get the name, with what tells them apart, instead of the most extreme one."""
    family: str | None
    """Archetypes of one family are much alike: segments that differ in one thing alone have it in their names."""
    play: Play
    variants: tuple[Variant, ...] = ()

    @property
    def all_terms(self) -> tuple[Term, ...]:
        """The terms of the condition and of those of the variants."""
        return (*self.terms, *(term for variant in self.variants for term in variant.terms))


@cache
def builtin_archetypes() -> tuple[Archetype, ...]:
    """The archetypes that come with the package."""
    return tuple(_archetype(key, entry) for key, entry in _builtin("archetypes").items())


def builtin_plays() -> dict[str, Play]:
    """The plays of the built-in archetypes, and of segments and rows without one."""
    plays = {archetype.key: archetype.play for archetype in builtin_archetypes()}
    return plays | {key: _play(entry) for key, entry in _builtin("playbook").items()}


def read_archetypes(source: object, columns: Collection[str], caller: str) -> tuple[Archetype, ...]:
    """The archetypes of a TOML file or mapping; their features are `columns` or features of the library."""
    entries = read_definitions(source, "archetypes", caller)
    keep = entries.pop("keep_builtin", False)
    builtin = builtin_archetypes() if keep is True else ()
    faults = [] if isinstance(keep, bool) else [f"keep_builtin must be true or false, got {keep!r}"]
    faults += [f"{key}: {fault}" for key, entry in entries.items() for fault in _faults(entry, columns)]
    faults += _repeated_names(entries, builtin)
    faults += [
        f"{key}: a built-in archetype has this key"
        for key in entries
        if key in {archetype.key for archetype in builtin}
    ]
    if not entries:
        faults.append("it defines no archetype")
    _raise_on(faults, "archetypes", source=source, caller=caller)
    return (*(_archetype(key, entry) for key, entry in entries.items()), *builtin)


def read_plays(source: object, keys: Collection[str], caller: str, *, columns: Collection[str]) -> dict[str, Play]:
    """The plays of a TOML file or mapping, each for one of the `keys`; features as in `read_archetypes`."""
    entries = read_definitions(source, "playbook", caller)
    faults = [
        f"{key}: no segment can have this key.{did_you_mean(key, keys)} Keys are {listed(sorted(keys), 40)}"
        for key in entries
        if key not in keys
    ]
    for key, entry in entries.items():
        if not isinstance(entry, Mapping):
            faults.append(f"{key}: must be a table")
            continue
        faults += [f"{key}: {fault}" for fault in (*_unknown_keys(entry, _PLAY_KEYS), *_play_faults(entry, columns))]
    _raise_on(faults, "playbook", source=source, caller=caller)
    return {key: _play(entry) for key, entry in entries.items()}


def _builtin(name: str) -> dict[str, Any]:
    return tomllib.loads(files("custseg.profiling.naming").joinpath("data", f"{name}.toml").read_text("utf-8"))


def _raise_on(faults: list[str], argument: str, *, source: object, caller: str) -> None:
    if faults:
        where = f" {fsdecode(source)!r}" if isinstance(source, (str, PathLike)) else ""
        lines = "".join(f"\n  {fault}." for fault in faults)
        raise DataError(f"{caller}: {argument}{where} cannot be used:{lines}")


def _archetype(key: str, entry: Mapping[str, Any]) -> Archetype:
    return Archetype(
        key,
        dict(entry["names"]),
        dict(entry["description"]),
        tuple(_term(term) for term in entry["condition"]),
        bool(entry.get("lifetime", False)),
        entry.get("most"),
        entry.get("alone"),
        entry.get("varied"),
        bool(entry.get("several", False)),
        entry.get("family"),
        _play(entry),
        tuple(Variant(tuple(map(_term, one["condition"])), one["description"]) for one in entry.get("variants", ())),
    )


def _play(entry: Mapping[str, Any]) -> Play:
    do, dont = (tuple(_line(line) for line in entry.get(field, ())) for field in ("do", "dont"))
    instead = tuple(
        Instead(
            tuple(_term(term) for term in one.get("when", ())),
            one.get("channel"),
            one.get("cadence"),
            unread=one.get("unread", False),
            avoids=tuple(one.get("avoids", ())),
        )
        for one in entry.get("instead", ())
    )
    follows_orders, avoids = entry.get("follows_orders", False), tuple(entry.get("avoids", ()))
    return Play(do, dont, entry.get("channel"), entry.get("cadence"), follows_orders, instead, avoids)


def _line(line: Mapping[str, Any]) -> Line:
    when, unless = (tuple(_term(term) for term in line.get(field, ())) for field in ("when", "unless"))
    switches = {key: bool(line.get(key)) for key in _SWITCHES}
    return Line({code: line[code] for code in LANGUAGES}, when, unless, rhythm=line.get("rhythm", ""), **switches)


def _term(term: Mapping[str, Any]) -> Term:
    optional = bool(term.get("optional", False))
    return Term(term["feature"], term["operator"], term.get("value"), term.get("quantile"), optional)


def _faults(entry: object, columns: Collection[str]) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield "must be a table"
        return
    yield from _unknown_keys(entry, _ARCHETYPE_KEYS)
    for field in ("names", "description"):
        yield from _language_faults(field, entry.get(field))
    condition, variants = entry.get("condition"), entry.get("variants", [])
    yield from _condition_faults(condition, columns)
    if not isinstance(variants, list) or not all(isinstance(one, Mapping) for one in variants):
        yield f"variants must be a list of tables with condition and description, got {variants!r}"
        variants = []
    for variant in variants:
        yield from _unknown_keys(variant, ("condition", "description"))
        yield from _language_faults("the description of a variant", variant.get("description"))
        yield from _condition_faults(variant.get("condition"), columns)
    for key in ("lifetime", "several"):
        if not isinstance(entry.get(key, False), bool):
            yield f"{key} must be true or false, got {entry[key]!r}"
    for key in ("most", "alone", "varied"):
        if key in entry and entry[key] not in [term.get("feature") for term in _terms_of(condition)]:
            yield f"{key} must name a feature of the condition, got {entry[key]!r}"
    if not isinstance(entry.get("family", ""), str):
        yield f"family must be a text, got {entry['family']!r}"
    yield from _play_faults(entry, columns)


def _condition_faults(condition: object, columns: Collection[str]) -> Iterator[str]:
    if not isinstance(condition, list) or not condition:
        yield "condition must be a list of one or more terms"
        return
    for term in condition:
        yield from _term_faults(term, columns)


def _terms_of(condition: object) -> list[Mapping[str, Any]]:
    return [term for term in condition if isinstance(term, Mapping)] if isinstance(condition, list) else []


def is_library_feature(name: str) -> bool:
    """Whether the library computes a feature of this name, which a table may lack."""
    return name in text("en", "features") or _NAMED_BY_DATA.fullmatch(name) is not None


def _unknown_keys(entry: Mapping[str, Any], keys: tuple[str, ...]) -> list[str]:
    return [f"unknown key {key!r}{did_you_mean(str(key), keys, ', ')}" for key in entry if key not in keys]


def _language_faults(field: str, words: object) -> Iterator[str]:
    if not isinstance(words, Mapping):
        yield f"{field} must have texts in {listed(LANGUAGES)}"
        return
    for language in LANGUAGES:
        text = words.get(language)
        if not isinstance(text, str) or not text.strip():
            yield f"{field} lacks language {language!r}"


def _term_faults(term: object, columns: Collection[str]) -> Iterator[str]:
    if not isinstance(term, Mapping):
        yield f"a term must be a table with {listed(_TERM_KEYS)}, got {term!r}"
        return
    yield from _unknown_keys(term, _TERM_KEYS)
    feature, operator = term.get("feature"), term.get("operator")
    if not isinstance(feature, str):
        yield f"a term must name a feature, got {feature!r}"
    elif feature not in columns and not is_library_feature(feature):
        yield f"unknown feature {feature!r}{did_you_mean(feature, {*columns, *text('en', 'features')}, ', ')}"
    if operator not in OPERATORS:
        yield f"unknown operator {operator!r}; operators are {listed(OPERATORS)}"
    if not isinstance(term.get("optional", False), bool):
        yield f"optional must be true or false, got {term['optional']!r}"
    value, quantile = term.get("value"), term.get("quantile")
    if (value is None) == (quantile is None):
        yield f"the term on {feature!r} must have either value or quantile"
    elif quantile is not None:
        if isinstance(quantile, bool) or not isinstance(quantile, (int, float)) or not 0 <= quantile <= 1:
            yield f"the quantile of {feature!r} must lie between 0 and 1, got {quantile!r}"
        if operator == "==":
            yield f"the operator '==' of {feature!r} needs a value, not a quantile"
    elif isinstance(value, (str, bool)):
        if operator != "==":
            yield f"the value of {feature!r} is not a number, so its operator must be '==', got {operator!r}"
    elif not isinstance(value, (int, float)):
        yield f"the value of {feature!r} must be a number, a text, true or false, got {value!r}"
    elif math.isnan(value):
        yield f"the value of {feature!r} must be a number, got nan"


def _play_faults(entry: Mapping[str, Any], columns: Collection[str]) -> Iterator[str]:
    for field in ("channel", "cadence"):
        if field in entry:
            yield from _language_faults(field, entry[field])
    if not isinstance(entry.get("follows_orders", False), bool):
        yield f"follows_orders must be true or false, got {entry['follows_orders']!r}"
    yield from _channel_faults("avoids", entry)
    for field, faults in (("do", _line_faults), ("dont", _line_faults), ("instead", _instead_faults)):
        lines = entry.get(field, [])
        if not isinstance(lines, list):
            yield f"{field} must be a list of lines"
            continue
        for line in lines:
            yield from faults(field, line, columns)


def _line_faults(field: str, line: object, columns: Collection[str]) -> Iterator[str]:
    yield from _language_faults(f"a line of {field}", line)
    if not isinstance(line, Mapping):
        return
    yield from _unknown_keys(line, (*LANGUAGES, "when", "unless", *_SWITCHES, "rhythm"))
    if line.get("rhythm", "") not in ("", *RHYTHMS):
        yield f"rhythm must be one of {listed(RHYTHMS)}, got {line['rhythm']!r}"
    for key in _SWITCHES:
        if not isinstance(line.get(key, False), bool):
            yield f"{key} must be true or false, got {line[key]!r}"
    for key in ("when", "unless"):
        yield from _when_faults(key, line.get(key, []), columns)


def _instead_faults(field: str, line: object, columns: Collection[str]) -> Iterator[str]:
    if (
        not isinstance(line, Mapping)
        or not (line.get("when") or line.get("unread"))
        or not {"channel", "cadence"} & set(line)
    ):
        yield f"a line of {field} must be a table with when or unread, and with channel or cadence, got {line!r}"
        return
    yield from _unknown_keys(line, _INSTEAD_KEYS)
    yield from _when_faults("when", line.get("when", []), columns)
    if not isinstance(line.get("unread", False), bool):
        yield f"unread must be true or false, got {line['unread']!r}"
    yield from _channel_faults("avoids", line)
    for key in ("channel", "cadence"):
        if key in line:
            yield from _language_faults(f"{key} of {field}", line[key])


def _channel_faults(key: str, entry: Mapping[str, Any]) -> Iterator[str]:
    channels = entry.get(key, [])
    if not isinstance(channels, list) or not all(isinstance(channel, str) for channel in channels):
        yield f"{key} must be a list of names of channels, got {channels!r}"


def _when_faults(key: str, terms: object, columns: Collection[str]) -> Iterator[str]:
    if not isinstance(terms, list):
        yield f"{key} must be a list of terms"
        return
    for term in terms:
        yield from _term_faults(term, columns)
        if isinstance(term, Mapping) and isinstance(term.get("value"), bool):
            yield f"{key} compares a number or a category, so that its terms need a number or a text"


def _repeated_names(entries: Mapping[str, Any], builtin: tuple[Archetype, ...]) -> list[str]:
    faults = []
    for language in LANGUAGES:
        used = {archetype.names[language].casefold(): archetype.key for archetype in builtin}
        for key, entry in entries.items():
            names = entry.get("names") if isinstance(entry, Mapping) else None
            name = names.get(language) if isinstance(names, Mapping) else None
            if not isinstance(name, str):
                continue
            if (first := used.setdefault(name.strip().casefold(), key)) != key:
                faults.append(f"{key}: the name {name!r} is already used by {first}")
    return faults
