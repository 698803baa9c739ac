"""What follows from rules alone: conditions that can never be true, and conditions that contain each other.

Every condition compares single values with constants, so that its truth is the same for all values between two
neighboring constants. It is evaluated for one value of each kind: the constants, what lies between and beyond them,
and a missing value. Conditions by evidence depend on several columns, and on all customers: of those on one rate, or on
the rhythm, only the order counts, as a rate that is above one half is above one third too.
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
from custseg._numerics import Bools
from custseg.feature_table import Feature, FeatureTable
from custseg.rule_segments.conditions._binding import column_kinds
from custseg.rule_segments.conditions._evaluation import Evaluator
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
_Graded = (RateAbove, Overdue)
"""Conditions by evidence, of which one may imply another."""
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
        self.cases: dict[str, Sequence[Any]] = {
            name: _cases(constants[name], kind) for name, kind in self.kinds.items()
        }
        self._evaluated: dict[Predicate, Truth] = {}
        self.elsewhere = {name for test in tests if not isinstance(test, _Graded) for name in test.columns}
        graded: dict[str, list[RateAbove | Overdue]] = defaultdict(list)
        for test in tests:
            if isinstance(test, _Graded):
                graded[_key(test)].append(test)
        for axis, group in graded.items():
            if 2 ** len(group) > _MOST_CASES:
                self.cases[axis] = range(_MOST_CASES + 1)
                continue
            truths = _possible_truths(group)
            self.cases[axis] = [*truths, None]
            for test, holds in zip(group, np.array(truths).T, strict=True):
                self._evaluated[test] = self._graded_truth(test, holds)

    def _axes(self, predicate: Predicate) -> tuple[str, ...]:
        """What the truth depends on: columns, and the order of the conditions on one rate or on the rhythm."""
        axes: list[str] = []
        for test in predicate.tests:
            if isinstance(test, _Graded):
                # Columns that no other condition mentions make no difference.
                axes += [_key(test), *(name for name in test.columns if name in self.elsewhere)]
            else:
                axes += test.columns
        return tuple(dict.fromkeys(axes))

    def _graded_truth(self, test: RateAbove | Overdue, holds: Bools) -> Truth:
        """The truth of a condition on a rate or the rhythm, in the cases of its axes: unknown without a trial.

        `holds` has its truth in the cases of the first axis but the last one, in which all on this axis are unknown.
        """
        names = self._axes(test)[1:]
        is_possible = (np.arange(len(holds) + 1) < len(holds)).reshape(-1, *[1] * len(names))
        holds = np.append(holds, False)
        for position, name in enumerate(names, 1):
            values = np.array([np.nan if value is None else value for value in self.cases[name]])
            is_known = ~np.isnan(values)
            if isinstance(test, RateAbove):
                is_known = values > 0 if name == test.trials else values >= 0
            shape = [1] * (len(names) + 1)
            shape[position] = len(values)
            is_possible = is_possible & is_known.reshape(shape)
        return Truth.where(holds.reshape(-1, *[1] * len(names)) & is_possible, is_possible)

    def can_be_true(self, predicate: Predicate) -> bool:
        """Whether the condition is true in some case; True where these are too many to look at."""
        axes = self._axes(predicate)
        return self._is_too_much(axes) or bool(self._truth(predicate, axes).is_true.any())

    def contain_each_other(self, first: Predicate, second: Predicate) -> tuple[bool, bool]:
        """Whether the first condition is true wherever the second one is, and the reverse.

        False where the cases are too many to look at.
        """
        axes = tuple(dict.fromkeys((*self._axes(first), *self._axes(second))))
        if self._is_too_much(axes):
            return False, False
        is_first, is_second = (self._truth(predicate, axes).is_true for predicate in (first, second))
        return bool((is_first | ~is_second).all()), bool((is_second | ~is_first).all())

    def _is_too_much(self, axes: Sequence[str]) -> bool:
        return prod(len(self.cases[name]) for name in axes) > _MOST_CASES

    def _truth(self, predicate: Predicate, axes: Sequence[str]) -> Truth:
        """The truth in all cases, one axis for each column or rate; of length 1 where it makes no difference."""
        if isinstance(predicate, AllOf):
            truth = self._truth(predicate.operands[0], axes)
            for operand in predicate.operands[1:]:
                truth = truth & self._truth(operand, axes)
            return truth
        if isinstance(predicate, AnyOf):
            return ~self._truth(AllOf(tuple(Not(operand) for operand in predicate.operands)), axes)
        if isinstance(predicate, Not):
            return ~self._truth(predicate.operand, axes)
        of_test = self._axes(predicate)
        own = [name for name in axes if name in of_test]
        shape = [len(self.cases[name]) if name in own else 1 for name in axes]
        truth = self._truth_of_test(predicate)
        # The axes of the test are its own, in their own order.
        order = [of_test.index(name) for name in own]
        return Truth(truth.is_true.transpose(order).reshape(shape), truth.is_false.transpose(order).reshape(shape))

    def _truth_of_test(self, test: Predicate) -> Truth:
        """The truth of a test in the cases of its own columns, evaluated once."""
        if test not in self._evaluated:
            names = list(dict.fromkeys(test.columns))
            rows = list(product(*(self.cases[name] for name in names)))
            columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
            local = nw.from_native(frame_from_columns({"customer_id": range(len(rows)), **columns}), eager_only=True)
            local = local.with_columns(nw.col(name).cast(_TYPES[self.kinds[name]]) for name in names)
            truth = Evaluator().truth(test, FeatureTable(local, tuple(map(Feature, names)), nw.to_native))
            shape = [len(self.cases[name]) for name in names]
            self._evaluated[test] = Truth(truth.is_true.reshape(shape), truth.is_false.reshape(shape))
        return self._evaluated[test]


def _key(test: RateAbove | Overdue) -> str:
    """The axis of the conditions on one rate, or on the rhythm; no column has a NUL in its name."""
    return "\0".join(test.columns)


def _possible_truths(group: Sequence[RateAbove | Overdue]) -> list[tuple[bool, ...]]:
    """Which conditions on one rate, or on the rhythm, may be true together: not one without those that it implies."""
    implied = [
        (i, j) for i, first in enumerate(group) for j, second in enumerate(group) if i != j and _implies(first, second)
    ]
    truths = product((False, True), repeat=len(group))
    return [truth for truth in truths if all(truth[j] or not truth[i] for i, j in implied)]


def _implies(first: RateAbove | Overdue, second: RateAbove | Overdue) -> bool:
    """Whether the second condition is true wherever the first one is, whatever the customers are like."""
    if isinstance(first, Overdue) or isinstance(second, Overdue):
        return isinstance(first, Overdue) and isinstance(second, Overdue) and first.sure >= second.sure
    if first.sure is None or second.sure is None:
        # By evidence few trials count less than those of all other customers.
        return first.sure is second.sure and first.rate >= second.rate
    return first.rate >= second.rate and first.sure >= second.sure


def _constants(test: Predicate) -> Iterable[tuple[str, Any]]:
    """The constants that each column of a test is compared with."""
    if isinstance(test, Valid):
        yield from _constants(test.test)
        yield from ((test.age, 0.0), (test.age, float(test.days)))
    elif isinstance(test, Comparison):
        yield test.column, test.bound
    elif isinstance(test, Within):
        yield from ((test.column, 0.0), (test.column, float(test.days)))
    elif isinstance(test, RateAbove):
        yield from ((name, 0.0) for name in test.columns)
    elif isinstance(test, OneOf):
        yield from ((test.column, value) for value in test.values)
    else:
        assert isinstance(test, (Flag, Unknown, Overdue))


def _cases(constants: set[Any], kind: str) -> list[Any]:
    """A value of each kind: the constants, what lies between and beyond them, and a missing one."""
    if kind == "flag":
        return [True, False, None]
    if kind == "text":
        return [*sorted(constants), "".join(sorted(constants)) + " ", None]
    numbers = sorted(constants) or [0.0]
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    return [numbers[0] - 1, *numbers, *between, numbers[-1] + 1, None]
