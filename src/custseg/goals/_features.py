"""The features for a goal: which columns are clustered on, with which weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from custseg._numerics import Floats
from custseg.errors import DataError
from custseg.feature_table import DistributedFeatures, FeatureTable
from custseg.features import (
    FAMILIES,
    FORESIGHT,
    EngagementFigures,
    SharedSums,
    features_of,
    learn_foresight,
)
from custseg.goals._goal import FAMILY_COLUMNS, Goal
from custseg.logs import Logs
from custseg.texts import listed, plural


def check_goal(logs: Logs, goal: Goal) -> None:
    """Raise unless the logs have what the goal needs: its families, its outcome and its horizon."""
    by_name = {family.name: family for family in FAMILIES}
    lacking = {f"{family!r} needs {lacks}": None for family in goal.families if (lacks := by_name[family].lacks(logs))}
    if lacks := goal.to_foresee.lacks(logs):
        lacking[f"outcome {goal.outcome!r} needs {lacks}"] = None
    if lacking:
        raise DataError(
            f"{logs.caller}: the logs lack what the goal {goal.name!r} needs: {'; '.join(lacking)}. Describe these "
            "columns in Orders(...) or Events(...), give the log, or choose another goal."
        )
    history = history_days(logs.whole)
    if goal.horizon_days > history:
        raise DataError(
            f"{logs.caller}: the goal {goal.name!r} looks {plural(goal.horizon_days, 'day')} ahead, and the log has "
            f"{plural(history, 'day')} before as_of. Give a longer log, or Goal(..., horizon_days={max(history, 1)}) "
            "or less."
        )


def history_days(logs: Logs) -> int:
    """Days from the first row of any log to the snapshot."""
    days = []
    if logs.orders is not None:
        days.append((logs.snapshot_of(logs.orders).day, logs.order_facts.first_day))
    if logs.events is not None:
        days.append((logs.snapshot_of(logs.events).day, logs.event_facts.first_day))
    return max((day - first for day, first in days if first is not None), default=0)


def goal_features(logs: Logs, goal: Goal, families: Sequence[str] | None = None) -> FeatureTable:
    """The features of the families, by default all that the logs allow, with foresight of the outcome of the goal."""
    if logs.are_distributed:
        raise DataError(
            f"{logs.caller}: goal= looks at what customers did after earlier dates, which needs logs in memory. Give "
            "it the logs of a sample of customers; or leave out goal=, and name in columns= what to cluster on."
        )
    if families is None:
        families = [family.name for family in FAMILIES if not family.on_request and not family.lacks(logs)]
    wanted = [*families, *([FORESIGHT.name] if FORESIGHT.name in goal.families else [])]
    return _local(features_of(logs, wanted, figures=_half_lives(goal), learners={FORESIGHT.name: _learner(goal)}))


def _local(table: FeatureTable | DistributedFeatures) -> FeatureTable:
    assert isinstance(table, FeatureTable), "the logs are in memory"
    return table


def expectation(logs: Logs, goal: Goal, table: FeatureTable) -> Floats:
    """What is to be expected of each customer of the table: foresight of the outcome of the goal; NaN where unknown.

    Foresight is a column of the table where the goal has it among its families, and is computed where it has not.
    """
    if FORESIGHT.name in table.names:
        return table.values(FORESIGHT.name)
    expected = _local(features_of(logs, [FORESIGHT.name], learners={FORESIGHT.name: _learner(goal)}))
    scores = dict(zip(expected.ids.to_list(), expected.values(FORESIGHT.name).tolist(), strict=True))
    return np.array([scores.get(customer, np.nan) for customer in table.ids.to_list()], dtype=np.float64)


def goal_columns(table: FeatureTable, goal: Goal, caller: str) -> list[str]:
    """The columns of the goal's families that the table has."""
    columns = {
        family: [name for name in FAMILY_COLUMNS[family] if name in table.numeric_names()]
        for family in goal.families
        if goal.weight(family) > 0
    }
    names = [name for of_family in columns.values() for name in of_family]
    if not names:
        raise DataError(f"{caller}: the logs give no column for the goal {goal.name!r}, of {listed(list(columns))}.")
    return names


def column_weights(table: FeatureTable, names: Sequence[str], goal: Goal) -> dict[str, float]:
    """The weight of each column: that of its family, shared among its columns; squares add up to their number."""
    families = {feature.name: feature.family for feature in table.described if feature.name in names}
    counts = {family: list(families.values()).count(family) for family in families.values()}
    squares = {name: goal.weight(family) ** 2 / counts[family] for name, family in families.items()}
    total = sum(squares.values())
    return {name: float(np.sqrt(square * len(squares) / total)) for name, square in squares.items()} if total else {}


def _learner(goal: Goal) -> Callable[[SharedSums], Any]:
    return lambda sums: learn_foresight(sums, goal.outcome, goal.horizon_days)


def _half_lives(goal: Goal) -> dict[str, Any]:
    """Figures of the engagement score with the half-lives of the goal."""
    return {"engagement": EngagementFigures.of(goal.half_life_days)} if goal.half_life_days else {}
