"""Conditions in the words of people, as reasons and reports say them: labels and units in place of the grammar.

A negation is said of the single values: by the laws of De Morgan, which hold in three-valued logic too, "not (a and b)"
is "not a or not b", and of a known number "not above 5" is "at most 5".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from custseg.feature_table import Feature, distinct_phrases
from custseg.rule_segments.conditions._binding import unit_key
from custseg.rule_segments.conditions._predicates import (
    PERCENT,
    RATE_COLUMNS,
    AllOf,
    AnyOf,
    Comparison,
    Flag,
    Not,
    OneOf,
    Overdue,
    Predicate,
    RateAbove,
    Unknown,
    Valid,
    Within,
)
from custseg.texts import EXACT, SHARES, amount, number, printable, text, unit_beside

_OPPOSITE = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "=": "!=", "!=": "="}
_FORMS = {">": "above", "<=": "at_most", "<": "under", ">=": "at_least", "=": "equal", "!=": "unequal"}
_SHARE = SHARES[0]


def condition_text(predicate: Predicate, features: Iterable[Feature], language: str) -> str:
    """The condition as a clause in one language; columns are called as in `features`."""
    return _Words(tuple(features), language).clause(predicate)


@dataclass(frozen=True, eq=False)
class _Words:
    """The words of one table and language."""

    features: tuple[Feature, ...]
    language: str

    @cached_property
    def units(self) -> dict[str, str]:
        return {feature.name: feature.unit for feature in self.features}

    @cached_property
    def phrases(self) -> dict[str, str]:
        return distinct_phrases(self.features, self.language)

    @cached_property
    def forms(self) -> Mapping[str, str]:
        forms: Mapping[str, str] = text(self.language, "condition_words")
        return forms

    def clause(self, predicate: Predicate, *, is_negated: bool = False) -> str:
        """The condition, or its negation."""
        if isinstance(predicate, Not):
            return self.clause(predicate.operand, is_negated=not is_negated)
        if not isinstance(predicate, (AllOf, AnyOf)):
            return self._test(predicate, is_negated=is_negated)
        is_or = isinstance(predicate, AllOf) == is_negated
        clauses = []
        for row in predicate.operands:
            clause, is_mixed = self.clause(row, is_negated=is_negated), _has(not is_or, row, is_negated=is_negated)
            clauses.append(f"({clause})" if is_mixed else clause)
        return self.forms["or" if is_or else "and"].join(clauses)

    def _test(self, test: Predicate, *, is_negated: bool) -> str:
        """A condition on single values."""
        if isinstance(test, Valid):
            clause = self._test(test.test, is_negated=is_negated)
            return self.forms["valid"].format(clause, self._amount(test.days, "days"))
        if isinstance(test, Comparison):
            operator = _OPPOSITE[test.operator] if is_negated else test.operator
            bound = self._bound(test, is_genitive=operator not in ("=", "!="))
            return self.forms[_FORMS[operator]].format(self._name(test.column), bound)
        if isinstance(test, Within):
            name = self._name(test.column)
            days = self._amount(test.days, unit_beside(name, "days", self.language))
            return self.forms["beyond" if is_negated else "within"].format(name, number(0, self.language), days)
        if isinstance(test, OneOf):
            return self._one_of(test, is_negated=is_negated)
        if isinstance(test, Flag):
            return self.forms["no" if test.is_yes == is_negated else "yes"].format(self._name(test.column))
        if isinstance(test, Unknown):
            return self.forms["known" if is_negated else "missing"].format(self._name(test.column))
        return self._by_evidence(test, is_negated=is_negated)

    def _by_evidence(self, test: Predicate, *, is_negated: bool) -> str:
        """A rate above a bound, or an order that is overdue."""
        if isinstance(test, Overdue):
            key = "not_overdue" if is_negated else "overdue"
            return self.forms[key].format(self._amount(test.sure, _SHARE))
        assert isinstance(test, RateAbove)
        rate, bound = self._rate(test), self._amount(test.rate, _SHARE)
        if test.sure is None:
            return self.forms["at_most" if is_negated else "above"].format(rate, bound)
        key = "hardly_above" if is_negated else "surely_above"
        return self.forms[key].format(rate, bound, self._amount(test.sure, _SHARE))

    def _one_of(self, test: OneOf, *, is_negated: bool) -> str:
        """A text that is one of several, or none of them."""
        forms, name = self.forms, self._name(test.column)
        values = [forms["quote"].format(printable(value)) for value in test.values]
        if not is_negated:
            return forms["one_of"].format(name, forms["or"].join(values))
        if len(values) == 1:
            return forms["unequal"].format(name, values[0])
        return forms["none_of"].format(name, forms["nor"].join(values))

    def _name(self, column: str) -> str:
        return printable(self.phrases.get(column, column))

    def _rate(self, test: RateAbove) -> str:
        """The name of a rate, or that of its two counts."""
        for column, counts in RATE_COLUMNS.items():
            if counts == test.columns:
                usual = Feature(column, family="email").phrase(self.language)
                return printable(self.phrases.get(column, usual))
        return self.forms["rate"].format(*map(self._name, test.columns))

    def _bound(self, test: Comparison, *, is_genitive: bool) -> str:
        """The bound of a comparison in the unit of the column, or in its own where the column has none."""
        if test.unit == PERCENT:
            return self._amount(test.bound, _SHARE)
        name, unit = self._name(test.column), self.units.get(test.column, "")
        own = unit_key(test.unit) if test.unit else ""
        if test.unit and own is None:
            return f"{self._amount(test.bound, '')}\N{NO-BREAK SPACE}{printable(test.unit)}"
        unit = unit or own or ""
        unit = unit if unit in SHARES else unit_beside(name, unit, self.language)
        return self._amount(test.bound, unit, is_genitive=is_genitive)

    def _amount(self, value: float, unit: str, *, is_genitive: bool = True) -> str:
        return amount(value, unit, self.language, genitive=is_genitive, digits=EXACT)


def _has(is_or: bool, predicate: Predicate, *, is_negated: bool) -> bool:
    """Whether the clause is joined by "or", or by "and", so that it needs parentheses beside the other."""
    if isinstance(predicate, Not):
        return _has(is_or, predicate.operand, is_negated=not is_negated)
    if isinstance(predicate, (AllOf, AnyOf)):
        return (isinstance(predicate, AllOf) == is_negated) == is_or
    test = predicate.test if isinstance(predicate, Valid) else predicate
    return is_or and isinstance(test, OneOf) and len(test.values) > 1 and not is_negated
