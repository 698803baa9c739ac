"""Names that segments had before: kept while their evidence holds, so that a refit does not rename a segment."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from custseg._numerics import Bools, Integers
from custseg.feature_table import FeatureTable
from custseg.profiling._profiles import Profiles
from custseg.profiling._segment_profile import SegmentProfile
from custseg.profiling.measures._table import ProfileTable, read_table
from custseg.profiling.measures._terms import Term, condition_words
from custseg.profiling.naming._archetype_match import NameEvidence
from custseg.profiling.naming._joined_names import numbered_name
from custseg.profiling.naming._playbook import Advice
from custseg.profiling.naming.traits._levels import MAJORITY
from custseg.profiling.naming.traits._words import Trait, Words
from custseg.texts import LANGUAGES

_CALLER = "refit"
_HALF = 0.5


@dataclass(frozen=True)
class StoredName:
    """A name with the conditions that most members met when it was given.

    Attributes
    ----------
    key : str
        Key of the archetype, or of the kind of name.
    names, descriptions : mapping of str to str
        The name and one line about it, by language.
    condition : mapping of str to str
        Of an archetype, its condition in words.
    terms : tuple of Term
        Of an archetype, its condition.
    traits : tuple of (mapping, tuple of Term)
        Of a name made of traits, the words of each and its condition; of an archetype, of what is added to its name.
    playbook : mapping of str to Advice
        What to do, by language.
    is_fixed : bool
        Whether the user has given the name: it is kept without evidence.
    """

    key: str
    names: Words
    descriptions: Words
    condition: Words
    terms: tuple[Term, ...]
    traits: tuple[tuple[Words, tuple[Term, ...]], ...]
    playbook: Mapping[str, Advice]
    is_fixed: bool = False

    @property
    def conditions(self) -> list[tuple[Term, ...]]:
        """The terms that must hold together, for most members each time."""
        return [*([self.terms] if self.terms else []), *(terms for _, terms in self.traits)]


def with_stored_names(
    profiles: Profiles, features: FeatureTable, labels: Integers, *, stored: Mapping[int, StoredName]
) -> tuple[Profiles, tuple[int, ...]]:
    """The profiles with the names that segments had before, and the segments whose name has lost its evidence.

    A name is kept if 60 % of the members still meet each of its conditions, and at least half all of them. Other
    segments that would have a name in use get a number.
    """
    table = read_table(features, None, customer_column=None, caller=_CALLER)
    rows: dict[int, SegmentProfile] = {}
    changed: list[int] = []
    for row in profiles.segments:
        segment = int(str(row.segment))
        name = stored.get(segment)
        if name is None or name.names == row.names:
            continue
        evidence = _Evidence(table, labels, segment)
        if name.is_fixed or _still_holds(name, row, evidence):
            rows[segment] = _renamed(row, name, evidence)
        else:
            changed.append(segment)
    others = [int(str(row.segment)) for row in profiles.segments if row.segment not in stored]
    return replace(profiles, rows=_unique(profiles.rows, rows, free={*changed, *others})), tuple(changed)


def _unique(
    rows: Sequence[SegmentProfile], renamed: Mapping[int, SegmentProfile], *, free: Collection[int]
) -> tuple[SegmentProfile, ...]:
    """The rows with those that were renamed; the `free` segments get a number where their name is in use."""
    final = [row if row.segment is None else renamed.get(int(str(row.segment)), row) for row in rows]
    used = [row.names for row in final if row.segment not in free]
    for position, row in enumerate(final):
        if row.segment in free:
            final[position] = replace(row, names=numbered_name(row.names, used))
            used.append(final[position].names)
    return tuple(final)


@dataclass(frozen=True, eq=False)
class _Evidence:
    """The shares of the members of a segment and of all others that meet terms."""

    table: ProfileTable
    labels: Integers
    segment: int

    def shares(self, terms: Sequence[Term]) -> tuple[float, float]:
        """NaN where the table lacks a feature."""
        present = {*self.table.numbers, *self.table.categories}
        if any(term.feature not in present for term in terms):
            return float("nan"), float("nan")
        holds: Bools = np.logical_and.reduce([term.holds(self.table, {}) for term in terms])
        members, others = self.labels == self.segment, (self.labels >= 0) & (self.labels != self.segment)
        return float(holds[members].mean()), float(holds[others].mean()) if others.any() else 0.0

    def trait(self, words: Words, terms: tuple[Term, ...]) -> Trait:
        """The trait with the shares of today."""
        condition = {language: condition_words(terms, self.table, language) for language in LANGUAGES}
        position = list(self.table.described).index(terms[0].feature)
        return Trait(terms[0].feature, words, terms, condition, *self.shares(terms), False, 0.0, position)


def _still_holds(name: StoredName, row: SegmentProfile, evidence: _Evidence) -> bool:
    """Whether most members meet each condition and all together; one without any holds while its kind is the same."""
    if not name.conditions:
        return name.key == row.key
    together = [term for terms in name.conditions for term in terms]
    return evidence.shares(together)[0] >= _HALF and all(
        evidence.shares(terms)[0] >= MAJORITY for terms in name.conditions
    )


def _renamed(row: SegmentProfile, name: StoredName, evidence: _Evidence) -> SegmentProfile:
    """The profile with the name, its evidence of today, and its advice."""
    shares = evidence.shares(name.terms) if name.terms else (float("nan"), float("nan"))
    holds = not np.isnan(shares[0])
    present = {*evidence.table.numbers, *evidence.table.categories}
    traits = [trait for trait in name.traits if all(term.feature in present for term in trait[1])]
    return replace(
        row,
        key=name.key,
        names=dict(name.names),
        descriptions=dict(name.descriptions),
        evidence=NameEvidence(name.key, name.condition, name.terms, *shares) if holds else None,
        traits=tuple(evidence.trait(*trait) for trait in traits),
        playbook=name.playbook,
    )
