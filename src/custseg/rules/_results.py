"""Rules as results: as text and SQL, for which customers they hold, and how accurate they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._display import Columnar, DisplayTable, html_block
from custseg._frames import column_of
from custseg._numerics import Bools, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.rules._conditions import Condition
from custseg.rules._input import needed_columns
from custseg.texts import LANGUAGES, listed, number, percent, printable, text


@dataclass(frozen=True)
class Rule:
    """IF all conditions hold THEN a segment, with its accuracy for customers that were held out.

    Attributes
    ----------
    segment : int
        The segment.
    name : str
        Its name.
    conditions : tuple of Condition
        All must hold; without any, the rule holds for every customer.
    precision : float or None
        Share of the customers for whom it holds that are in the segment. None where it holds for fewer
        than ten held-out customers, or fewer than ten of the segment were held out.
    recall : float or None
        Share of the segment for which it holds. None where fewer than ten of the segment were held out.
    lift : float or None
        `precision` divided by the share of the segment among all customers. None where `precision` is.
    measured_on : int
        Number of held-out customers.
    language : {"en", "ru"}
        Of `text` and `repr`.
    """

    segment: int
    name: str
    conditions: tuple[Condition, ...]
    precision: float | None
    recall: float | None
    lift: float | None
    measured_on: int
    language: str = "en"

    @property
    def text(self) -> str:
        """The conditions as text in the rule's language."""
        return self.texts[self.language]

    @property
    def texts(self) -> dict[str, str]:
        """The conditions as text in each language."""
        return {
            language: _joined(self.conditions, language) or text(language, "rules", "everyone")
            for language in LANGUAGES
        }

    @property
    def sql(self) -> str:
        """The conditions as an SQL expression that is never NULL, where missing values are NULL in the table."""
        return " AND ".join(condition.sql for condition in self.conditions) or "1 = 1"

    def holds(self, features: object) -> Bools:
        """Whether the rule holds, for each customer of a feature table, frame or mapping of columns."""
        table = needed_columns(features, [condition.feature for condition in self.conditions], "holds")
        return all_hold(self.conditions, table)

    def __repr__(self) -> str:
        forms = text(self.language, "rules")
        accuracy = forms["unmeasured"].format(SMALLEST_GROUP)
        if self.precision is not None and self.recall is not None and self.lift is not None:
            shares = percent(self.precision, self.language), percent(self.recall, self.language)
            accuracy = forms["measured"].format(*shares, number(self.lift, self.language, digits=2))
        elif self.recall is not None:
            accuracy = forms["recall_only"].format(percent(self.recall, self.language), accuracy)
        if not self.conditions and self.precision == 1:
            return str(forms["all_in"].format(self.segment_words))
        if not self.conditions:
            return str(forms["rule_for_everyone"].format(self.segment_words, accuracy))
        return str(forms["rule"].format(self.text, self.segment_words, accuracy))

    @property
    def segment_words(self) -> str:
        """The segment by its number, and by its name if it has one."""
        forms = text(self.language, "rules")
        number_words = str(forms["segment"]).format(self.segment)
        return number_words if self.name == number_words else forms["named"].format(number_words, printable(self.name))


@dataclass(frozen=True)
class RuleSet(Columnar):
    """Rules that cover nearly all customers; at most one of them holds for each.

    Attributes
    ----------
    rules : tuple of Rule
        Sorted by segment.
    otherwise : int
        Segment of customers for which no rule holds: a value is missing that was never missing in the training data.
    fidelity : float or None
        Share of the held-out customers whose segment the rules predict; None below ten.
    measured_on : int
        Number of held-out customers.
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

    def labels(self, features: object) -> Integers:
        """The segment by the rules, for each customer of a feature table, frame or mapping of columns."""
        names = {condition.feature: None for rule in self.rules for condition in rule.conditions}
        return labels_by(self.rules, needed_columns(features, list(names), "labels"), self.otherwise)

    def columns(self) -> dict[str, list[Any]]:
        """One row per rule as columns, for any frame constructor."""
        return _rule_columns(self.rules)

    @property
    def headline(self) -> str:
        """That the rules cover all customers, and how far they agree with the segments."""
        forms = text(self.language, "rules")
        fidelity = forms["unmeasured"].format(SMALLEST_GROUP)
        if self.fidelity is not None:
            fidelity = forms["fidelity"].format(percent(self.fidelity, self.language), _held_out(self))
        return str(forms["covering"]).format(fidelity)

    def __repr__(self) -> str:
        return "\n".join([self.headline, *(f"  {rule!r}" for rule in self.rules)])

    def _repr_html_(self) -> str:
        return html_block(self.language, lead=[self.headline], tables=[_rules_table(self.rules, self.language)])


@dataclass(frozen=True)
class SegmentRules(Columnar):
    """The segments as rules.

    Attributes
    ----------
    rules : tuple of Rule
        The best single rule of each segment of ten customers or more.
    rule_set : RuleSet
        Rules that cover all customers, several per segment where needed.
    """

    rules: tuple[Rule, ...]
    rule_set: RuleSet

    @property
    def fidelity(self) -> float | None:
        """Share of the held-out customers whose segment the rule set predicts."""
        return self.rule_set.fidelity

    def of(self, segment: int) -> Rule:
        """The best single rule of the segment."""
        rules = {rule.segment: rule for rule in self.rules}
        if segment not in rules:
            raise ValueError(f"of: segment {segment!r} has no rule; segments are {listed(rules)}.")
        return rules[segment]

    def renamed(self, names: Mapping[int | str, str]) -> SegmentRules:
        """The same rules with other names for some segments."""
        single = tuple(replace(rule, name=names.get(rule.segment, rule.name)) for rule in self.rules)
        covering = tuple(replace(rule, name=names.get(rule.segment, rule.name)) for rule in self.rule_set.rules)
        return replace(self, rules=single, rule_set=replace(self.rule_set, rules=covering))

    def in_language(self, language: str) -> SegmentRules:
        """The same rules, printed in another language."""
        single = tuple(replace(rule, language=language) for rule in self.rules)
        covering = tuple(replace(rule, language=language) for rule in self.rule_set.rules)
        return SegmentRules(single, replace(self.rule_set, rules=covering, language=language))

    def numbered(self, numbers: Sequence[int]) -> SegmentRules:
        """The same rules with other numbers for the segments 0, 1, ..."""
        single = tuple(replace(rule, segment=numbers[rule.segment]) for rule in self.rules)
        covering = tuple(replace(rule, segment=numbers[rule.segment]) for rule in self.rule_set.rules)
        rule_set = replace(self.rule_set, rules=covering, otherwise=numbers[self.rule_set.otherwise])
        return replace(self, rules=single, rule_set=rule_set)

    def columns(self) -> dict[str, list[Any]]:
        """One row per rule as columns, for any frame constructor; `set` marks the rules of the rule set."""
        rows = [(rule, False) for rule in self.rules] + [(rule, True) for rule in self.rule_set.rules]
        return {"set": [covering for _, covering in rows], **_rule_columns([rule for rule, _ in rows])}

    def __repr__(self) -> str:
        if len(self.rules) == 1 and not self.rules[0].conditions:
            return repr(self.rules[0])
        return "\n".join([self._headline(), *(f"  {rule!r}" for rule in self.rules), "", repr(self.rule_set)])

    def _repr_html_(self) -> str:
        language = self.rule_set.language
        headline = " ".join(self._headline().split())
        tables = [
            _rules_table(self.rules, language, title=headline),
            _rules_table(self.rule_set.rules, language, title=self.rule_set.headline),
        ]
        return html_block(language, tables=tables)

    def _headline(self) -> str:
        """What the figures of a rule mean."""
        return str(text(self.rule_set.language, "rules", "single")).format(_held_out(self.rule_set))


def _rule_columns(rules: Sequence[Rule]) -> dict[str, list[Any]]:
    """Segment, name, conditions and accuracy of each rule."""
    names = ("segment", "name", "text", "precision", "recall", "lift", "sql")
    return {name: [getattr(rule, name) for rule in rules] for name in names}


def _rules_table(rules: Sequence[Rule], language: str, *, title: str = "") -> DisplayTable:
    """The rules as they are shown, with bars for precision and recall."""
    words = text(language, "rules", "columns")
    rows = [
        [
            rule.segment_words,
            rule.texts[language],
            percent(rule.precision, language),
            percent(rule.recall, language),
            number(rule.lift, language, digits=2),
        ]
        for rule in rules
    ]
    bars = {2: [rule.precision for rule in rules], 3: [rule.recall for rule in rules]}
    return DisplayTable(list(words.values()), rows, title, bars)


def _joined(conditions: Sequence[Condition], language: str) -> str:
    """The conditions in one sentence: alternatives in parentheses, and a comma after a condition that has one."""
    forms = text(language, "rules")
    texts = [condition.text(language) for condition in conditions]
    if len(texts) > 1:
        alternatives = forms["conditions"]["alternatives"]
        texts = [
            alternatives.format(words) if condition.has_alternatives else words
            for condition, words in zip(conditions, texts, strict=True)
        ]
    *first, last = texts or [""]
    if not first:
        return last
    # Not the decimal comma of "1,5".
    has_comma = ", " in first[-1] and not first[-1].endswith(")")
    link = str(forms["and_after_comma" if has_comma else "and"])
    return str(forms["comma"]).join(first) + link + last


def all_hold(conditions: Sequence[Condition], table: nw.DataFrame[Any]) -> Bools:
    """For which rows all conditions hold."""
    mask = np.ones(len(table), dtype=bool)
    for condition in conditions:
        mask &= condition.holds(column_of(table, condition.feature))
    return mask


def labels_by(rules: Sequence[Rule], table: nw.DataFrame[Any], otherwise: int) -> Integers:
    """The segment of the first rule that holds for each row."""
    labels = np.full(len(table), otherwise, dtype=np.intp)
    for rule in reversed(rules):
        labels[all_hold(rule.conditions, table)] = rule.segment
    return labels


def _held_out(rules: RuleSet) -> str:
    """The number of held-out customers, as text."""
    return str(text(rules.language, "rules", "held_out")).format(number(rules.measured_on, rules.language))
