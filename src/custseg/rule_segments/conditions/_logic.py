"""What follows from rules alone: conditions that can never be true, and conditions that contain each other.

Every condition compares single values with constants, so that its truth is the same for all values between two
neighboring constants. It is evaluated for one value of each kind: the constants, what lies between and beyond them,
and a missing value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from math import prod
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import frame_from_columns
from custseg._numerics import BetaPrior
from custseg.feature_table import Feature, FeatureTable
from custseg.rule_segments.conditions._binding import column_kinds
from custseg.rule_segments.conditions._evaluation import Evaluator, overdue_bound
from custseg.rule_segments.conditions._predicates import (
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
from custseg.rule_segments.conditions._truth import Truth

_MOST_CASES = 2_000_000
_MANY = 1e6
_TYPES: dict[str, Any] = {"text": nw.String, "flag": nw.Boolean, "number": nw.Float64, "any": nw.Float64}


class Logic:
    """Conditions, and what follows from them alone.

    Parameters
    ----------
    predicates : sequence of Predicate
        All conditions that will be asked about.
    """

    def __init__(self, predicates: Sequence[Predicate]) -> None:
        tests = list(dict.fromkeys(test for predicate in predicates for test in predicate.tests))
        constants: dict[str, set[Any]] = defaultdict(set)
        for test in tests:
            for name, value in _constants(test):
                constants[name].add(value)
        self.kinds = column_kinds(predicates)
        self.cases = {name: _cases(constants[name], kind) for name, kind in self.kinds.items()}
        self.cases |= _counts_of_rates(tests)
        # Whatever the prior is, many successes without a failure are enough, and many failures are not.
        priors = {test.key: BetaPrior(0.5, 2.0) for test in tests if isinstance(test, RateAbove)}
        self.evaluator = Evaluator(priors)
        self._evaluated: dict[Predicate, Truth] = {}

    def can_be_true(self, predicate: Predicate) -> bool:
        """Whether the condition is true in some case; True where these are too many to look at."""
        if self._is_too_much(predicate.columns):
            return True
        return bool(self._truth(predicate, predicate.columns).is_true.any())

    def contain_each_other(self, first: Predicate, second: Predicate) -> tuple[bool, bool]:
        """Whether the first condition is true wherever the second one is, and the reverse.

        False where the cases are too many to look at.
        """
        columns = tuple(dict.fromkeys((*first.columns, *second.columns)))
        if self._is_too_much(columns):
            return False, False
        is_first, is_second = (self._truth(predicate, columns).is_true for predicate in (first, second))
        return bool((is_first | ~is_second).all()), bool((is_second | ~is_first).all())

    def _is_too_much(self, columns: Sequence[str]) -> bool:
        return prod(len(self.cases[name]) for name in columns) > _MOST_CASES

    def _truth(self, predicate: Predicate, columns: Sequence[str]) -> Truth:
        """The truth in all cases, one axis for each column; of length 1 where it makes no difference."""
        if isinstance(predicate, AllOf):
            truth = self._truth(predicate.operands[0], columns)
            for operand in predicate.operands[1:]:
                truth = truth & self._truth(operand, columns)
            return truth
        if isinstance(predicate, AnyOf):
            return ~self._truth(AllOf(tuple(Not(operand) for operand in predicate.operands)), columns)
        if isinstance(predicate, Not):
            return ~self._truth(predicate.operand, columns)
        own = [name for name in columns if name in predicate.columns]
        shape = [len(self.cases[name]) if name in own else 1 for name in columns]
        truth = self._truth_of_test(predicate)
        # The axes of the test are those of its own columns, in their own order.
        order = [list(dict.fromkeys(predicate.columns)).index(name) for name in own]
        return Truth(truth.is_true.transpose(order).reshape(shape), truth.is_false.transpose(order).reshape(shape))

    def _truth_of_test(self, test: Predicate) -> Truth:
        """The truth of a test in the cases of its own columns, evaluated once."""
        if test not in self._evaluated:
            names = list(dict.fromkeys(test.columns))
            rows = list(product(*(self.cases[name] for name in names)))
            columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
            local = nw.from_native(frame_from_columns({"customer_id": range(len(rows)), **columns}), eager_only=True)
            local = local.with_columns(nw.col(name).cast(_TYPES[self.kinds[name]]) for name in names)
            truth = self.evaluator.truth(test, FeatureTable(local, tuple(map(Feature, names)), nw.to_native))
            shape = [len(self.cases[name]) for name in names]
            self._evaluated[test] = Truth(truth.is_true.reshape(shape), truth.is_false.reshape(shape))
        return self._evaluated[test]


def _counts_of_rates(tests: Sequence[Predicate]) -> dict[str, list[Any]]:
    """The cases of counts that rates alone are made of: many successes, none, or unknown, of many trials."""
    rates = [test for test in tests if isinstance(test, RateAbove)]
    elsewhere = {name for test in tests if not isinstance(test, RateAbove) for name in test.columns}
    roles: dict[str, set[int]] = defaultdict(set)
    for rate in rates:
        for role, name in enumerate(rate.columns):
            roles[name].add(role)
    cases: dict[str, list[Any]] = {}
    for rate in rates:
        if elsewhere.isdisjoint(rate.columns) and all(len(roles[name]) == 1 for name in rate.columns):
            cases |= {rate.successes: [0.0, _MANY, None], rate.trials: [_MANY]}
    return cases


def _constants(test: Predicate) -> Iterable[tuple[str, Any]]:
    """The constants that each column of a test is compared with."""
    if isinstance(test, Valid):
        yield from _constants(test.test)
        yield from ((test.age, 0.0), (test.age, float(test.days)))
    elif isinstance(test, Comparison):
        yield test.column, test.bound
    elif isinstance(test, Within):
        yield from ((test.column, 0.0), (test.column, float(test.days)))
    elif isinstance(test, OneOf):
        yield from ((test.column, value) for value in test.values)
    elif isinstance(test, RateAbove):
        yield from ((name, value) for name in test.columns for value in (0.0, _MANY))
    elif isinstance(test, Overdue):
        days = np.array([1.0, 2.0])
        yield from (("overdue_ratio", float(bound)) for bound in overdue_bound(days, test.sure))
        yield from (("order_days", float(number)) for number in days)
    else:
        assert isinstance(test, (Flag, Unknown))


def _cases(constants: set[Any], kind: str) -> list[Any]:
    """A value of each kind: the constants, what lies between and beyond them, and a missing one."""
    if kind == "flag":
        return [True, False, None]
    if kind == "text":
        return [*sorted(constants), "".join(sorted(constants)) + " ", None]
    numbers = sorted(constants) or [0.0]
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    return [numbers[0] - 1, *numbers, *between, numbers[-1] + 1, None]
