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
from custseg.feature_table import FeatureTable, given_features_of
from custseg.rule_segments.conditions._binding import column_kinds
from custseg.rule_segments.conditions._evaluation import Evaluator, overdue_bound
from custseg.rule_segments.conditions._predicates import (
    Comparison,
    Flag,
    OneOf,
    Overdue,
    Predicate,
    RateAbove,
    Unknown,
    Valid,
    Within,
)
from custseg.rule_segments.conditions._truth import Truth

_MOST_ROWS = 100_000
_MANY = 1e6
_TYPES: dict[str, Any] = {"text": nw.String, "flag": nw.Boolean, "number": nw.Float64}


def truths(predicates: Sequence[Predicate]) -> list[Truth] | None:
    """The truth of the conditions in all cases that they tell apart; None where these are too many to look at."""
    constants: dict[str, set[Any]] = defaultdict(set)
    for predicate in predicates:
        for test in predicate.tests:
            for name, value in _constants(test):
                constants[name].add(value)
    kinds = column_kinds(predicates)
    values = {name: _cases(constants[name], kind) for name, kind in kinds.items()}
    if prod(map(len, values.values())) > _MOST_ROWS:
        return None
    rows = list(product(*values.values()))
    columns = dict(zip(values, map(list, zip(*rows, strict=True)), strict=True))
    local = nw.from_native(frame_from_columns({"customer_id": list(range(len(rows))), **columns}), eager_only=True)
    local = local.with_columns(nw.col(name).cast(_TYPES[kind]) for name, kind in kinds.items())
    table = FeatureTable(local, given_features_of(local, list(columns)), nw.to_native)
    # Whatever the prior is, many successes without a failure are enough, and many failures are not.
    rates = {test.key: BetaPrior(0.5, 2.0) for p in predicates for test in p.tests if isinstance(test, RateAbove)}
    evaluator = Evaluator(rates)
    return [evaluator.truth(predicate, table) for predicate in predicates]


def can_be_true(predicate: Predicate) -> bool:
    """Whether the condition is true of any values; True where that is too much to look at."""
    evaluated = truths([predicate])
    return evaluated is None or bool(evaluated[0].is_true.any())


def contains(outer: Predicate, inner: Predicate) -> bool:
    """Whether the outer condition is true wherever the inner one is; False where that is too much to look at."""
    evaluated = truths([outer, inner])
    if evaluated is None:
        return False
    return bool((evaluated[0].is_true | ~evaluated[1].is_true).all())


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
