"""The truth of conditions for the customers of a feature table."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import column_of
from custseg._numerics import BetaPrior, Bools, Floats, beta_prior
from custseg.feature_table import FeatureTable
from custseg.rule_segments.conditions._predicates import (
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
from custseg.rule_segments.conditions._rates import RateBound, truth_of_rate
from custseg.rule_segments.conditions._truth import Truth

_COMPARE: Mapping[str, Callable[[Any, float], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
PRIOR_GAPS = 2
"""Gaps of the base that the expected gap of a customer contains; see `features.families.rhythm_columns`."""


@dataclass(frozen=True)
class Evaluator:
    """Conditions of one customer base, with the priors of its rates: the same answer for one customer as for all.

    Attributes
    ----------
    priors : mapping of str to BetaPrior
        By the counts of a rate, as in "emails_opened / emails_delivered".
    """

    priors: Mapping[str, BetaPrior] = field(default_factory=dict)

    @classmethod
    def learned(cls, predicates: Sequence[Predicate], table: FeatureTable) -> Evaluator:
        """With the priors that the rates of the table's customers give."""
        rates = [test for predicate in predicates for test in predicate.tests if isinstance(test, RateAbove)]
        columns = [test for predicate in predicates for test in predicate.tests if isinstance(test, Comparison)]
        rates += [RateAbove(*RATE_COLUMNS[test.column], 0.5, None) for test in columns if test.column in RATE_COLUMNS]
        known = [rate for rate in rates if set(rate.columns) <= set(table.numeric_names())]
        return cls({rate.key: prior_of(table, rate) for rate in known})

    def truth(self, predicate: Predicate, table: FeatureTable) -> Truth:
        """Whether the condition holds for each customer of the table."""
        if isinstance(predicate, AllOf):
            truths = [self.truth(operand, table) for operand in predicate.operands]
            result = truths[0]
            for truth in truths[1:]:
                result = result & truth
            return result
        if isinstance(predicate, AnyOf):
            return ~self.truth(AllOf(tuple(Not(operand) for operand in predicate.operands)), table)
        if isinstance(predicate, Not):
            return ~self.truth(predicate.operand, table)
        if isinstance(predicate, Valid):
            age = table.values(predicate.age)
            with np.errstate(invalid="ignore"):
                is_fresh = (age >= 0) & (age <= predicate.days)
            return self.truth(predicate.test, table).only_where(Truth.where(is_fresh, ~np.isnan(age)))
        return self._truth_of_test(predicate, table)

    def first_match(self, predicates: Sequence[Predicate], table: FeatureTable) -> np.ndarray[Any, np.dtype[np.intp]]:
        """The position of the first condition that is true for each customer; -1 where none is."""
        match = np.full(len(table), -1, dtype=np.intp)
        for position, predicate in enumerate(predicates):
            match[(match < 0) & self.truth(predicate, table).is_true] = position
        return match

    def bound_of(self, rate: RateAbove) -> RateBound | None:
        """The bound of a rate by evidence; None for the plain rule."""
        return None if rate.sure is None else RateBound(rate.rate, rate.sure, self.priors[rate.key])

    def _truth_of_test(self, test: Predicate, table: FeatureTable) -> Truth:
        if isinstance(test, RateAbove):
            counts = (table.values(name) for name in test.columns)
            return truth_of_rate(*counts, rate=test.rate, bound=self.bound_of(test))
        if isinstance(test, Overdue):
            ratio, days = (table.values(name) for name in test.columns)
            return _where(ratio >= overdue_bound(days, test.sure), ratio, days)
        if isinstance(test, Comparison):
            values = table.values(test.column)
            return _where(_COMPARE[test.operator](values, test.bound), values)
        if isinstance(test, Within):
            values = table.values(test.column)
            return _where((values >= 0) & (values <= test.days), values)
        if isinstance(test, Unknown):
            missing = _missing(table, test.column)
            return Truth(missing, ~missing)
        if isinstance(test, Flag):
            # A flag that is clustered on has codes of its levels as values.
            values = replace(table, coding={}).values(test.column)
            return _where(values == float(test.is_yes), values)
        assert isinstance(test, OneOf)
        return Truth.where(_is_in(table, test), ~_missing(table, test.column))


def overdue_bound(order_days: Floats, sure: float) -> Floats:
    """From which overdue ratio on the next order would have come with that probability; see `overdue`."""
    gaps = order_days - 1 + PRIOR_GAPS
    # The logarithm as SQL has it, which NumPy may round otherwise.
    bound: Floats = gaps * (np.exp(-math.log(1 - sure) / gaps) - 1)
    return bound


def prior_of(table: FeatureTable, rate: RateAbove) -> BetaPrior:
    """The prior of the rates of the table's customers who have a trial."""
    successes, trials = (table.values(name) for name in rate.columns)
    with np.errstate(invalid="ignore"):
        usable = (trials > 0) & (successes >= 0) & (successes <= trials)
    # Sums in another order of the customers would differ in the last bits.
    order = np.lexsort((successes[usable], trials[usable]))
    return beta_prior(successes[usable][order], trials[usable][order])


def _where(holds: Bools, *values: Floats) -> Truth:
    """The truth where all values are present; comparisons with NaN are false."""
    return Truth.where(np.asarray(holds), np.asarray(~np.isnan(np.sum(values, axis=0))))


def _missing(table: FeatureTable, name: str) -> Bools:
    if name in table.numeric_names():
        return np.isnan(table.values(name))
    missing: Bools = column_of(table.local, name).is_null().to_numpy().astype(bool)
    return missing


def _is_in(table: FeatureTable, test: OneOf) -> Bools:
    column = column_of(table.local, test.column).cast(nw.String)
    selected: Bools = column.is_in(list(test.values)).fill_null(False).to_numpy().astype(bool)
    return selected
