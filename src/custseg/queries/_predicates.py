"""Conditions of rules in SQL, whose three-valued logic is theirs: a comparison with NULL is unknown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from sqlglot import exp

from custseg.queries._writer import SQLWriter
from custseg.rule_segments import (
    MOST_TRIALS,
    PRIOR_GAPS,
    AllOf,
    AnyOf,
    Comparison,
    Evaluator,
    Flag,
    Not,
    OneOf,
    Overdue,
    Predicate,
    RateAbove,
    RateBound,
    Unknown,
    Valid,
    Within,
    column_kinds,
)

BRANCH = "branch"
"""Column of the position of the rule that takes a customer; -1 for those of none."""

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "=": exp.EQ,
    "!=": exp.NEQ,
}


class Branching(Protocol):
    """The conditions of a model, as the query needs them."""

    @property
    def predicates(self) -> Sequence[Predicate]: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def numeric(self) -> tuple[str, ...]: ...
    @property
    def evaluator(self) -> Evaluator: ...


class Conditions:
    """The conditions of a model, on columns that an earlier step has read.

    Parameters
    ----------
    sql : SQLWriter
        Writes the dialect.
    branches : Branching
        The conditions.
    """

    def __init__(self, sql: SQLWriter, branches: Branching) -> None:
        self.sql = sql
        self.branches = branches
        self.evaluator = branches.evaluator
        self.names = {name: f"rule_column{index}" for index, name in enumerate(branches.columns)}

    def columns(self, table: str) -> dict[str, exp.Expr]:
        """The columns of the conditions, to be read from a table: numbers as floats, NULL for NaN and blank text."""
        sql = self.sql
        kinds = column_kinds(self.branches.predicates)
        columns: dict[str, exp.Expr] = {}
        for name, step_name in self.names.items():
            value = sql.column(name, table)
            if name in self.branches.numeric:
                columns[step_name] = sql.without_nan(sql.double(value))
            else:
                columns[step_name] = value if kinds[name] == "flag" else sql.without_blank(value)
        return columns

    def branch(self) -> exp.Expr:
        """The position of the first condition that is true; -1 where none is."""
        holds = [self.of(predicate) for predicate in self.branches.predicates]
        cases = [(test, self.sql.integer(position)) for position, test in enumerate(holds)]
        return self.sql.case(cases, self.sql.integer(-1))

    def of(self, predicate: Predicate) -> exp.Expr:
        """The condition."""
        sql = self.sql
        if isinstance(predicate, AllOf):
            return sql.all_of(*(self.of(operand) for operand in predicate.operands))
        if isinstance(predicate, AnyOf):
            return sql.any_of(*(self.of(operand) for operand in predicate.operands))
        if isinstance(predicate, Not):
            return exp.not_(exp.Paren(this=self.of(predicate.operand)))
        if isinstance(predicate, Valid):
            age = self._column(predicate.age)
            is_fresh = sql.all_of(age >= sql.number(0.0), age <= sql.number(predicate.days))
            return self._where(is_fresh, self.of(predicate.test))
        return self._test(predicate)

    def _test(self, test: Predicate) -> exp.Expr:
        sql = self.sql
        if isinstance(test, RateAbove):
            return self._rate(test)
        if isinstance(test, Overdue):
            return self._overdue(test)
        assert isinstance(test, (Comparison, Within, Flag, Unknown, OneOf))
        value = self._column(test.column)
        if isinstance(test, Comparison):
            return _COMPARISONS[test.operator](this=value, expression=sql.number(test.bound))
        if isinstance(test, Within):
            return sql.all_of(value >= sql.number(0.0), value <= sql.number(test.days))
        if isinstance(test, Flag):
            return value.eq(exp.true() if test.is_yes else exp.false())
        if isinstance(test, Unknown):
            return sql.is_missing(value)
        return value.isin(*(sql.text(word) for word in test.values))

    def _column(self, name: str) -> exp.Expr:
        """A column as it was read."""
        return self.sql.column(self.names[name])

    def _where(self, is_valid: exp.Expr, condition: exp.Expr) -> exp.Expr:
        """The condition where another one is true, else unknown."""
        return self.sql.case([(is_valid, self.sql.flag_or_missing(condition))]).eq(self.sql.integer(1))

    def _rate(self, test: RateAbove) -> exp.Expr:
        """Whether the successes are enough for the trials; see `RateBound`."""
        sql = self.sql
        successes, trials = self._column(test.successes), self._column(test.trials)
        is_possible = sql.all_of(trials > sql.number(0.0), successes >= sql.number(0.0), successes <= trials)
        bound = self.evaluator.bound_of(test)
        if bound is None:
            return self._where(is_possible, sql.quotient(successes, trials) > sql.number(test.rate))
        never = sql.integer(1).eq(sql.integer(0))
        cases: list[tuple[exp.Expr, exp.Expr]] = []
        if bound.steps:
            cases.append((trials < sql.number(bound.fewest_trials), never))
            cases += [(trials <= sql.number(most), successes >= sql.number(enough)) for enough, most in bound.steps]
        else:
            cases.append((trials <= sql.number(MOST_TRIALS), never))
        flags = [(condition, sql.flag(value)) for condition, value in cases]
        is_enough = sql.case(flags, sql.flag(self._many_trials(bound, successes, trials)))
        return sql.case([(is_possible, is_enough)]).eq(sql.integer(1))

    def _many_trials(self, bound: RateBound, successes: exp.Expr, trials: exp.Expr) -> exp.Expr:
        """The bound of a normal posterior."""
        sql, prior = self.sql, bound.prior
        total = exp.Paren(this=trials + sql.number(prior.strength))
        mean = sql.quotient(successes + sql.number(prior.mean * prior.strength), total)
        variance = sql.quotient(mean * exp.Paren(this=sql.number(1.0) - mean), total + sql.number(1.0))
        return (mean - sql.number(bound.z) * sql.call("root", variance)) >= sql.number(bound.rate)

    def _overdue(self, test: Overdue) -> exp.Expr:
        """Whether the overdue ratio is above the bound that follows from the number of gaps."""
        sql = self.sql
        ratio, days = (self._column(name) for name in test.columns)
        gaps = exp.Paren(this=days + sql.number(PRIOR_GAPS - 1.0))
        growth = sql.call("exponential", sql.quotient(sql.number(-math.log(1 - test.sure)), gaps))
        return ratio >= gaps * exp.Paren(this=growth - sql.number(1.0))
