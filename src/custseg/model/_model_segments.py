"""`ModelSegment`: what a model stores of one segment besides the rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from custseg._privacy import SMALLEST_GROUP
from custseg.profiling import Advice, SegmentProfile, Term
from custseg.rules import Rule

Words = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True)
class ModelTrait:
    """Words of a name and the condition that most members met at the fit.

    Attributes
    ----------
    words : mapping of str to str
        The words by language.
    terms : tuple of Term
        The comparisons that must all hold.
    members, others : float
        Share of the members, and of all other clustered customers, that met the condition.
    """

    words: Words
    terms: tuple[Term, ...]
    members: float
    others: float


@dataclass(frozen=True)
class ModelSegment:
    """One segment of a model.

    Attributes
    ----------
    number : int
        Its number: an identity that it keeps in later refits.
    key : str
        Kind of its name: the key of an archetype, or of a row of the playbook such as "described".
    names, descriptions : mapping of str to str
        Name and one line about it, by language.
    condition : mapping of str to str
        Of an archetype, the condition that most members meet, by language; empty for other names.
    terms : tuple of Term
        The same as comparisons.
    traits : tuple of ModelTrait
        Of a name made of traits, its words with their conditions.
    playbook : mapping of str to Advice
        What to do, by language.
    rule : mapping of str to str
        A rule that describes the members, by language; empty where there is none.
    rule_sql : str
        The same as an SQL condition; "" where there is none.
    size : int or None
        Customers at the fit; None for 1 to 9.
    is_renamed : bool
        Whether the name was given by the user.
    """

    number: int
    key: str
    names: Words
    descriptions: Words
    condition: Words = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    traits: tuple[ModelTrait, ...] = ()
    playbook: Mapping[str, Advice] = field(default_factory=dict)
    rule: Words = field(default_factory=dict)
    rule_sql: str = ""
    size: int | None = None
    is_renamed: bool = False


def model_segment(row: SegmentProfile, rule: Rule | None) -> ModelSegment:
    """The profile of a segment as the model stores it."""
    traits = tuple(
        ModelTrait(trait.words, tuple(map(_plain_term, trait.terms)), trait.members, trait.others)
        for trait in row.traits
    )
    return ModelSegment(
        number=int(str(row.segment)),
        key=row.key,
        names=row.names,
        descriptions=row.descriptions,
        condition=row.evidence.condition if row.evidence else {},
        terms=tuple(map(_plain_term, row.evidence.terms)) if row.evidence else (),
        traits=traits,
        playbook=row.playbook,
        rule=rule.texts if rule and rule.conditions else {},
        rule_sql=rule.sql if rule and rule.conditions else "",
        size=row.size if row.size >= SMALLEST_GROUP else None,
    )


def _plain_term(term: Term) -> Term:
    """The comparison as it is read from a file: every number is a float."""
    is_whole = isinstance(term.value, int) and not isinstance(term.value, bool)
    return replace(term, value=float(term.value)) if is_whole and term.value is not None else term
