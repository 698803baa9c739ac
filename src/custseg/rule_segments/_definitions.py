"""Reads the description of rules, as Python or TOML gives it, and finds all of its faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from custseg._checks import did_you_mean
from custseg.errors import DataError
from custseg.rule_segments.conditions._binding import numbered
from custseg.rule_segments.conditions._grammar import RuleSyntaxError, parse_condition
from custseg.rule_segments.conditions._predicates import Predicate
from custseg.texts import LANGUAGES, listed

_KEYS = ("name", "when", "priority")


@dataclass(frozen=True)
class SegmentRule:
    """One segment that is stated as a rule.

    Attributes
    ----------
    names : mapping of str to str
        Its name by language.
    when : str
        The condition as text.
    """

    names: Mapping[str, str]
    when: str

    @cached_property
    def predicate(self) -> Predicate:
        """The condition."""
        return parse_condition(self.when)


def read_rules(rules: object, caller: str) -> tuple[SegmentRule, ...]:
    """The segments of a mapping of names to conditions, or of a sequence of descriptions; see `RuleSegments`."""
    if isinstance(rules, Mapping):
        entries: list[object] = [{"name": name, "when": when} for name, when in rules.items()]
    elif isinstance(rules, Sequence) and not isinstance(rules, str):
        entries = list(rules)
    else:
        raise TypeError(f"{caller}: rules must map names to conditions, got {type(rules).__name__}.")
    segments, faults = read_entries(entries)
    if not entries:
        faults.append("there is no rule; give at least one")
    if faults:
        raise DataError(f"{caller}: the rules have {numbered(faults)}")
    return segments


def read_entries(entries: Sequence[object]) -> tuple[tuple[SegmentRule, ...], list[str]]:
    """The segments in the order of priority, and all faults."""
    faults: list[str] = []
    read: list[tuple[int | None, SegmentRule]] = []
    for position, entry in enumerate(entries, 1):
        label = f"rule {position}"
        if isinstance(entry, SegmentRule):
            entry = {"name": entry.names, "when": entry.when}
        if not isinstance(entry, Mapping):
            faults.append(f"{label} must have name and when, got {type(entry).__name__}")
            continue
        if isinstance(entry.get("name"), str):
            label = f"rule {entry['name']!r}"
        faults += [
            f"{label} has no key {key!r}{did_you_mean(str(key), _KEYS, '; ').rstrip('?').replace('Did', 'did')}"
            for key in entry
            if key not in _KEYS
        ]
        names, name_faults = _names(entry.get("name"))
        when, when_faults = _condition(entry.get("when"))
        faults += [f"{label}: {fault}" for fault in (*name_faults, *when_faults)]
        priority = entry.get("priority")
        if priority is not None and (isinstance(priority, bool) or not isinstance(priority, int)):
            faults.append(f"{label}: priority must be a whole number, got {priority!r}")
            priority = None
        read.append((priority, SegmentRule(names, when)))
    return _in_order(read, faults), faults


def _in_order(read: list[tuple[int | None, SegmentRule]], faults: list[str]) -> tuple[SegmentRule, ...]:
    """The segments by priority; equal names and priorities are faults."""
    for language in LANGUAGES:
        names = [segment.names[language] for _, segment in read if language in segment.names]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            faults.append(f"several rules have the name {listed(twice)}; give each its own")
            break
    priorities = [priority for priority, _ in read if priority is not None]
    if equal := sorted({number for number in priorities if priorities.count(number) > 1}):
        faults.append(f"several rules have priority {listed(equal)}; the first match would be a matter of chance")
    if priorities and len(priorities) < len(read):
        faults.append("some rules have a priority and others none; give it to all, or to none and keep their order")
        return tuple(segment for _, segment in read)
    return tuple(segment for _, segment in sorted(read, key=lambda pair: pair[0] or 0))


def _names(name: object) -> tuple[dict[str, str], list[str]]:
    """The name by language, and what is wrong with it."""
    names = dict(name) if isinstance(name, Mapping) else dict.fromkeys(LANGUAGES, name)
    faults = [f"name must be a text or one for each of {listed(LANGUAGES)}, got {listed(names)}"] * (
        set(names) != set(LANGUAGES)
    )
    for value in dict.fromkeys(map(repr, names.values())):
        text = next(item for item in names.values() if repr(item) == value)
        if not isinstance(text, str) or not text.strip() or text.splitlines() != [text]:
            faults.append("it has no name" if text is None else f"name must be a text on one line, got {text!r}")
    return ({} if faults else {str(key): str(value) for key, value in names.items()}), faults


def _condition(when: object) -> tuple[str, list[str]]:
    """The condition as its text, and what is wrong with it."""
    if isinstance(when, Predicate):
        when = str(when)
    if not isinstance(when, str):
        return "", [
            "it has no condition 'when'" if when is None else f"when must be a condition or its text, got {when!r}"
        ]
    try:
        return str(parse_condition(when)), []
    except RuleSyntaxError as error:
        return "", [f"the condition {when[:60]!r} {error}"]


def toml_text(value: str) -> str:
    """The text as a basic string of TOML."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    escaped = "".join(f"\\u{ord(char):04x}" if ord(char) < 32 or ord(char) == 127 else char for char in escaped)
    return f'"{escaped}"'
