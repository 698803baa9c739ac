"""Goals: what segments are for, and what follows for features, weights and the number of segments."""

from __future__ import annotations

from custseg.goals._explained import adjusted as adjusted
from custseg.goals._explained import explained as explained
from custseg.goals._explained import explained_variance as explained_variance
from custseg.goals._features import check_goal as check_goal
from custseg.goals._features import column_weights as column_weights
from custseg.goals._features import expectation as expectation
from custseg.goals._features import goal_columns as goal_columns
from custseg.goals._features import goal_features as goal_features
from custseg.goals._features import history_days as history_days
from custseg.goals._goal import GOALS, Goal
from custseg.goals._goal import as_goal as as_goal
from custseg.goals._numbers import worth_of_numbers as worth_of_numbers
from custseg.goals._trial_outcome import trial_outcome as trial_outcome

__all__ = ["GOALS", "Goal"]


def __dir__() -> list[str]:
    return __all__
