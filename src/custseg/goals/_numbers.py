"""How many segments a goal wants: what each number would have told about the last period before the snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from custseg.clustering import MinSizeKMeans, selection_sample
from custseg.errors import DataError, InfeasibleMinimumError
from custseg.features import FORESIGHT, SharedSums, later_values, past_windows
from custseg.goals._explained import adjusted, explained_variance
from custseg.goals._features import column_weights, goal_features
from custseg.goals._goal import Goal
from custseg.logs import Logs
from custseg.matrix import CustomerMatrix, customer_matrix

_FAMILIES_OF_COLUMNS = ("rfm", "engagement", "email", "web", "rhythm")


def worth_of_numbers(
    logs: Logs, goal: Goal, columns: Sequence[str], *, numbers: Sequence[int], min_share: float, seed: int
) -> dict[int, float]:
    """The adjusted η² of the goal's outcome in the last past window, for each number of segments.

    Everything is done as at the snapshot, only earlier: features and foresight at the beginning of the window from
    what was known then, k-means with the same minimum share and weights, and then the outcome of the window. Empty
    where the log is too short, or the outcome was the same for all.
    """
    windows = past_windows(SharedSums(logs.whole), goal.to_foresee, goal.horizon_days)
    if not windows:
        return {}
    window = windows[0]
    earlier = replace(logs, as_of=window.cut, assumed=False)
    try:
        table = goal_features(earlier, replace(goal, horizon_days=window.horizon_days), _families(logs, goal))
        columns = [name for name in columns if name in table.numeric_names()]
        weights = partial(column_weights, table, goal=goal)
        matrix = customer_matrix(table, columns, min_size=min_share, caller=logs.caller, weights=weights)
    except DataError:
        return {}  # too little was known at that time
    ids = table.ids.filter(matrix.is_clustered.tolist())
    values = later_values(logs, goal.to_foresee, ids, cut=window.cut, horizon_days=window.horizon_days)
    outcome = goal.to_foresee.scaled(values)
    has_outcome = ~np.isnan(outcome)
    if not has_outcome.any() or np.ptp(outcome[has_outcome]) == 0:
        return {}
    worth = {}
    for number in numbers:
        labels = _labels(matrix, number, min_share, seed=seed)
        if labels is not None:
            share = explained_variance(outcome[has_outcome], labels[has_outcome])
            worth[number] = adjusted(share, int(has_outcome.sum()), number)
    return worth


def _families(logs: Logs, goal: Goal) -> list[str]:
    """The families of the clustered columns, without foresight; orders are needed to tell who can be clustered."""
    names = {*goal.families, *(["rfm"] if logs.orders is not None else [])} - {FORESIGHT.name}
    return [name for name in _FAMILIES_OF_COLUMNS if name in names]


def _labels(matrix: CustomerMatrix, number: int, min_share: float, *, seed: int) -> np.ndarray | None:
    """The segments of the customers by k-means, fitted to at most 10,000 of them; None where it cannot be fitted."""
    rows = matrix.rows
    if number > len(np.unique(rows, axis=0)) or number * min_share > 1:
        return None
    sample = selection_sample(rows, max(1, int(np.ceil(min_share * len(rows)))))
    members = max(1, int(np.ceil(min_share * len(sample))))
    model = MinSizeKMeans(number, min_size=min(members, len(sample) // number), random_state=seed)
    try:
        return np.asarray(model.fit(rows[sample]).predict(rows))
    except InfeasibleMinimumError:
        return None
