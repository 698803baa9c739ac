"""The stages of the lifecycle as rules, by the customer's own rhythm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from custseg._numerics import Integers
from custseg.errors import DataError
from custseg.feature_table import FeatureTable
from custseg.rule_segments._definitions import SegmentRule
from custseg.rule_segments._rule_segments import RuleSegments
from custseg.texts import LANGUAGES, text

LAPSING, LAPSED = 0.8, 0.95
"""So probable it is that the next order would have come by now."""

_COLUMNS = ("overdue_ratio", "order_days")


def lifecycle_rules(table: FeatureTable, caller: str, *, min_size: int) -> RuleSegments:
    """The stages new, established, lapsing and lapsed; neighbors are joined until each has the minimum size.

    A customer is *lapsed* if the next order would have come by now with probability .95 at the customer's own rhythm,
    *lapsing* with .8, see `overdue`; of the others, those with orders on one day are *new*, with orders on several days
    *established*. Without an order a customer is in no stage.

    Raises DataError if the table lacks the rhythm of customers, or nobody ordered on two days.
    """
    if lacking := [name for name in _COLUMNS if name not in table.numeric_names()]:
        raise DataError(
            f"{caller}: lifecycle=True needs the rhythm of customers, {', '.join(lacking)}. Give an order log, or a "
            "table of build_features."
        )
    if np.isnan(table.values("overdue_ratio")).all():
        raise DataError(
            f"{caller}: lifecycle=True needs customers with orders on two days or more: without a gap between orders "
            "nobody has a rhythm. Give a longer log, or leave out lifecycle=True."
        )
    late, gone = f"overdue(sure={LAPSING})", f"overdue(sure={LAPSED})"
    stages = [
        _stage("new", f"order_days = 1 and not {late}"),
        _stage("established", f"order_days > 1 and not {late}"),
        _stage("lapsing", f"{late} and not {gone}"),
        _stage("lapsed", gone),
    ]
    while len(stages) > 1:
        sizes = _sizes(stages, table)
        smallest = int(np.argmin(sizes))
        if sizes[smallest] >= min_size:
            break
        neighbors = [index for index in (smallest - 1, smallest + 1) if 0 <= index < len(stages)]
        first = min(smallest, min(neighbors, key=lambda index: int(sizes[index])))
        stages[first : first + 2] = [_joined(stages[first], stages[first + 1])]
    return RuleSegments(stages)


def _stage(key: str, when: str) -> SegmentRule:
    return SegmentRule({language: text(language, "lifecycle", key) for language in LANGUAGES}, when)


def _sizes(stages: Sequence[SegmentRule], table: FeatureTable) -> Integers:
    """The customers in each stage."""
    rules = RuleSegments(list(stages))
    positions = rules.learned(table).first_match(rules.predicates, table)
    return np.bincount(positions[positions >= 0], minlength=len(stages))


def _joined(first: SegmentRule, second: SegmentRule) -> SegmentRule:
    """Two neighboring stages as one."""
    names = {
        language: str(text(language, "lifecycle", "joined")).format(
            first=first.names[language], second=second.names[language][:1].lower() + second.names[language][1:]
        )
        for language in LANGUAGES
    }
    return SegmentRule(names, f"{first.when} or {second.when}")
