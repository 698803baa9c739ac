"""The outcome of a goal in the past of the log, by which the size of segments is planned."""

from __future__ import annotations

import numpy as np

from custseg.feature_table import FeatureTable
from custseg.features import SharedSums, later_values, past_windows
from custseg.goals._goal import Goal
from custseg.logs import Logs
from custseg.trials import PastOutcome


def trial_outcome(logs: Logs, goal: Goal, table: FeatureTable) -> PastOutcome | None:
    """What the goal's outcome was in the last period before the snapshot; None where the log is too short.

    Parameters
    ----------
    logs : Logs
        The logs of the fit.
    goal : Goal
        Its outcome and horizon; the period is at most a third of the log.
    table : FeatureTable
        The features at the snapshot. Customers whose first order lies in the period were none when it began, and do
        not count.

    Returns
    -------
    PastOutcome or None
        Customers and values; those for whom the outcome is not defined, such as opens of those who got no mail, are
        left out. Negative amounts are 0.
    """
    windows = past_windows(SharedSums(logs.whole), goal.to_foresee, goal.horizon_days)
    if not windows:
        return None
    window = windows[0]
    ids = table.ids
    if "age_days" in table.names:
        ids = ids.filter((table.values("age_days") >= window.horizon_days).tolist())
    values = later_values(logs, goal.to_foresee, ids, cut=window.cut, horizon_days=window.horizon_days)
    has_outcome = ~np.isnan(values)
    customers = ids.filter(has_outcome.tolist()).to_list()
    return PastOutcome(goal.outcome, window.horizon_days, customers, np.maximum(values[has_outcome], 0.0))
