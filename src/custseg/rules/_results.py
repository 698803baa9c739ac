"""Rules as results: what they say in words and SQL, for whom they hold, how often they are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._format import listed
from custseg._frames import column_of
from custseg._numbers import number_words
from custseg._texts import LANGUAGES, printable
from custseg.rules._bins import FEWEST
from custseg.rules._conditions import Term
from custseg.rules._input import needed_columns


@dataclass(frozen=True)
class Rule:
    """IF all terms hold THEN a segment, and how often that is right for customers it was not learned from.

    Attributes
    ----------
    segment : int
        The segment.
    name : str
        Its name.
    terms : tuple of Term
        All must hold; without any, the rule holds for everyone.
    precision : float or None
        Share of the customers for whom it holds that are in the segment. None where it holds for fewer
        than ten held-out customers, or fewer than ten of the segment were held out.
    recall : float or None
        Share of the segment for whom it holds. None where fewer than ten of the segment were held out.
    lift : float or None
        `precision` over the segment's share of all: how many times as often as by chance. None as `precision`.
    measured_on : int
        How many customers were held out.
    language : {"en", "ru"}
        Of `text` and `repr`.
    """

    segment: int
    name: str
    terms: tuple[Term, ...]
    precision: float | None
    recall: float | None
    lift: float | None
    measured_on: int
    language: str = "en"

    @property
    def text(self) -> str:
        """The condition in words, in the rule's language."""
        return self.texts[self.language]

    @property
    def texts(self) -> dict[str, str]:
        """The condition in words, in each language."""
        return {
            language: _WORDS[language]["and"].join(term.text(language) for term in self.terms)
            or _WORDS[language]["everyone"]
            for language in LANGUAGES
        }

    @property
    def sql(self) -> str:
        """The condition as SQL: true or false, never NULL. A missing value is NULL there."""
        return " AND ".join(term.sql for term in self.terms) or "1 = 1"

    def holds(self, features: object) -> NDArray[np.bool_]:
        """Whether the rule holds, for each customer of a feature table, frame or mapping of columns."""
        table = needed_columns(features, [term.feature for term in self.terms], "holds")
        return all_hold(self.terms, table)

    def __repr__(self) -> str:
        words = _WORDS[self.language]
        measured = words["unmeasured"].format(FEWEST)
        if self.precision is not None and self.recall is not None and self.lift is not None:
            shares = (_percent(share, self.language) for share in (self.precision, self.recall))
            measured = words["measured"].format(*shares, number_words(float(f"{self.lift:.2g}"), self.language))
        elif self.recall is not None:
            measured = f"{words['found'].format(_percent(self.recall, self.language))} {measured}"
        if not self.terms:
            return words["rule for everyone"].format(printable(self.name), measured)
        return words["rule"].format(self.text, printable(self.name), measured)


@dataclass(frozen=True)
class RuleSet:
    """Rules of which at most one holds for each customer, and one does for nearly everybody.

    Attributes
    ----------
    rules : tuple of Rule
        By segment, the rule for most customers first.
    otherwise : int
        Segment of customers for whom no rule holds: those with a value missing that nobody lacked before.
    fidelity : float or None
        Share of the held-out customers that the rules put in their own segment; None below ten.
    measured_on : int
        How many customers were held out.
    language : {"en", "ru"}
        Of `repr`.
    """

    rules: tuple[Rule, ...]
    otherwise: int
    fidelity: float | None
    measured_on: int
    language: str = "en"

    @property
    def sql(self) -> str:
        """The segment's number as an SQL expression."""
        if not self.rules:
            return str(self.otherwise)
        cases = "".join(f"  WHEN {rule.sql} THEN {rule.segment}\n" for rule in self.rules)
        return f"CASE\n{cases}  ELSE {self.otherwise}\nEND"

    def labels(self, features: object) -> NDArray[np.intp]:
        """The segment by the rules, for each customer of a feature table, frame or mapping of columns."""
        names = {term.feature: None for rule in self.rules for term in rule.terms}
        return labels_by(self.rules, needed_columns(features, list(names), "labels"), self.otherwise)

    def __repr__(self) -> str:
        words = _WORDS[self.language]
        told = words["unmeasured"].format(FEWEST)
        if self.fidelity is not None:
            told = words["fidelity"].format(_percent(self.fidelity, self.language), _held_out(self))
        return "\n".join([words["covering"].format(told), *(f"  {rule!r}" for rule in self.rules)])


@dataclass(frozen=True)
class SegmentRules:
    """The segments as rules.

    Attributes
    ----------
    rules : tuple of Rule
        The best single rule of each segment of ten customers or more.
    rule_set : RuleSet
        Rules that cover everybody, several per segment where it takes them.
    """

    rules: tuple[Rule, ...]
    rule_set: RuleSet

    @property
    def fidelity(self) -> float | None:
        """Share of the held-out customers that the rule set puts in their own segment."""
        return self.rule_set.fidelity

    def of(self, segment: int) -> Rule:
        """The best single rule of that segment."""
        found = {rule.segment: rule for rule in self.rules}
        if segment not in found:
            raise ValueError(f"of: segment {segment!r} has no rule; segments are {listed(found)}.")
        return found[segment]

    def renamed(self, names: Mapping[int | str, str]) -> SegmentRules:
        """The same rules with other names for some segments."""
        single = tuple(replace(rule, name=names.get(rule.segment, rule.name)) for rule in self.rules)
        covering = tuple(replace(rule, name=names.get(rule.segment, rule.name)) for rule in self.rule_set.rules)
        return replace(self, rules=single, rule_set=replace(self.rule_set, rules=covering))

    def columns(self) -> dict[str, list[object]]:
        """One row per rule as columns, for any frame constructor; `set` tells the covering rules."""
        rows = [(rule, False) for rule in self.rules] + [(rule, True) for rule in self.rule_set.rules]
        names = ("segment", "name", "text", "precision", "recall", "lift", "sql")
        columns: dict[str, list[object]] = {name: [getattr(rule, name) for rule, _ in rows] for name in names}
        return {"set": [covering for _, covering in rows], **columns}

    def __repr__(self) -> str:
        single = _WORDS[self.rule_set.language]["single"].format(_held_out(self.rule_set))
        return "\n".join([single, *(f"  {rule!r}" for rule in self.rules), "", repr(self.rule_set)])


def all_hold(terms: Sequence[Term], table: nw.DataFrame[Any]) -> NDArray[np.bool_]:
    """For which rows all terms hold."""
    held = np.ones(len(table), dtype=bool)
    for term in terms:
        held &= term.holds(column_of(table, term.feature))
    return held


def labels_by(rules: Sequence[Rule], table: nw.DataFrame[Any], otherwise: int) -> NDArray[np.intp]:
    """The segment of the first rule that holds for each row."""
    labels = np.full(len(table), otherwise, dtype=np.intp)
    for rule in reversed(rules):
        labels[all_hold(rule.terms, table)] = rule.segment
    return labels


def _held_out(rules: RuleSet) -> str:
    """How many customers were held out, in words."""
    return _WORDS[rules.language]["held out"].format(number_words(rules.measured_on, rules.language))


def _percent(share: float, language: str) -> str:
    """The share in whole per cent; all is said of all alone."""
    whole = round(100 * share) if share == 1 else min(round(100 * share), 99)
    return f"{number_words(whole, language)}{_WORDS[language]['percent']}"


_WORDS = {
    "en": {
        "and": " and ",
        "everyone": "anyone",
        "percent": "%",
        "rule": "If {}, then {}: {}",
        "rule for everyone": "For anyone, {}: {}",
        "measured": "precision {}, recall {}, lift {}",
        "found": "recall {}, precision",
        "unmeasured": "not measured (fewer than {} held-out customers)",
        "single": "One rule for each segment. Precision: how many of those it picks belong to the segment; recall: "
        "how many\nof the segment it picks; lift: how many times as many belong as by chance; all on {}.",
        "covering": "Rules that cover everybody, one for each customer: fidelity {}.",
        "fidelity": "{} of {}",
        "held out": "{} held-out customers",
    },
    "ru": {
        "and": " и ",
        "everyone": "любой клиент",
        "percent": "\N{NO-BREAK SPACE}%",
        "rule": "Если {}, то {}: {}",
        "rule for everyone": "Для любого клиента {}: {}",
        "measured": "точность {}, полнота {}, лифт {}",
        "found": "полнота {}, точность",
        "unmeasured": "не измерено (отложено меньше {} клиентов)",
        "single": "По одному правилу на сегмент. Точность: сколько из отобранных принадлежат сегменту; полнота: "
        "сколько\nиз сегмента отобрано; лифт: во сколько раз больше, чем наугад. Измерено на отложенных клиентах: {}.",
        "covering": "Правила для всех, по одному на каждого клиента: совпадение {}.",
        "fidelity": "{} (отложено клиентов: {})",
        "held out": "{}",
    },
}
