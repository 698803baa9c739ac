"""`Goal`: what segments are for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from numbers import Real
from typing import Any

from custseg._checks import check_choice, check_integer
from custseg.features import LONGEST_HORIZON, OUTCOMES, Outcome

FAMILY_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "rfm": ("recency_days", "order_count", "revenue"),
    "engagement": ("engagement_email", "engagement_web"),
    "email": ("open_rate_shrunk", "click_rate_shrunk"),
    "web": ("sessions", "days_since_visit"),
    "rhythm": ("overdue_ratio", "trend"),
    "foresight": ("foresight",),
}
"""The columns of each family that segments for a goal are clustered on."""
FORESIGHT_WEIGHT = 2.0
"""As heavy as twice recency, orders and money together; `benchmarks/out_of_time.py --weights` prints other weights."""
_LIVES = ("email", "web", "orders")


@dataclass(frozen=True)
class Goal:
    """What segments are for: it decides what they are made of, how many there are, and what proves them.

    Parameters
    ----------
    name : str
        The name of the goal.
    families : tuple of str, default ("rfm", "foresight")
        Families of features to cluster on: "rfm" (recency, orders and revenue), "engagement" (of mails and of site and
        app), "email" (smoothed rates of opens and clicks), "web" (sessions, days since the last visit), "rhythm"
        (overdue ratio, trend), and "foresight" (what the past of the log and a model of purchases expect, see
        `custseg.features.foresight`).
    weights : mapping of str to float, default {"foresight": 2.0}
        Weight of each family; 1 for those not given. With equal weights two families count alike, however many columns
        they have. A family of weight 0 describes the segments only.
    outcome : str, default "revenue"
        What is to be foreseen, for each customer over the horizon: "revenue" (net), "orders", "order_days" (days with
        an order), "ordered" (yes or no), "order_value" (mean of those who order), "active" (yes or no: an order, an
        open or a click, a visit), "opens_and_clicks" (of the mails that are delivered in the horizon).
    horizon_days : int, default 90
        Days to look ahead, 1 to 3,660.
    half_life_days : mapping of str to float, optional
        Half-lives of the engagement score, in days: of "email", "web" and "orders"; see `custseg.features.engagement`.

    Raises
    ------
    TypeError, ValueError
        If a value is of the wrong type or impossible: no family, a negative weight, only weights of 0, an unknown
        outcome.

    Examples
    --------
    >>> from custseg.goals import Goal
    >>> Goal("spring sale", outcome="revenue", horizon_days=60).weight("foresight")
    2.0
    """

    name: str
    _: KW_ONLY
    families: tuple[str, ...] = ("rfm", "foresight")
    weights: Mapping[str, float] = field(default_factory=lambda: {"foresight": FORESIGHT_WEIGHT})
    outcome: str = "revenue"
    horizon_days: int = 90
    half_life_days: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name, families = _any(self.name), _any(self.families)
        if not isinstance(name, str) or not name.strip():
            raise TypeError(f"Goal: name must be text, got {name!r}.")
        if not isinstance(families, (tuple, list)):
            raise TypeError(f"Goal: families must be a list such as ['rfm', 'foresight'], got {families!r}.")
        object.__setattr__(self, "families", tuple(dict.fromkeys(families)))
        if not self.families:
            raise ValueError(f"Goal: families must name one or more of {list(FAMILY_COLUMNS)}, got none.")
        for family in self.families:
            check_choice("Goal", "families", family, allowed=tuple(FAMILY_COLUMNS))
        check_choice("Goal", "outcome", self.outcome, allowed=tuple(OUTCOMES))
        check_integer("Goal", "horizon_days", self.horizon_days, minimum=1, maximum=LONGEST_HORIZON)
        weights = _numbers("weights", self.weights, self.families, may_be_zero=True)
        object.__setattr__(self, "weights", weights)
        lives = _numbers("half_life_days", self.half_life_days, _LIVES, may_be_zero=False)
        object.__setattr__(self, "half_life_days", lives)
        if not any(self.weight(family) for family in self.families):
            raise ValueError("Goal: weights must not all be 0: nothing would be left to cluster on.")

    @property
    def to_foresee(self) -> Outcome:
        """The outcome as it is computed."""
        return OUTCOMES[self.outcome]

    def weight(self, family: str) -> float:
        """The weight of a family."""
        return self.weights.get(family, 1.0)


def as_goal(goal: object, caller: str) -> Goal | None:
    """The goal itself, or the one with this name; None without a goal."""
    if goal is None or isinstance(goal, Goal):
        return goal
    if not isinstance(goal, str):
        raise TypeError(f"{caller}: goal must be a Goal or one of {list(GOALS)}, got {type(goal).__name__}.")
    check_choice(caller, "goal", goal, allowed=tuple(GOALS))
    return GOALS[goal]


def _any(value: Any) -> Any:
    """The value as one whose type was not checked: annotations are promises of the caller."""
    return value


def _numbers(argument: str, values: object, allowed: tuple[str, ...], *, may_be_zero: bool) -> dict[str, float]:
    if not isinstance(values, Mapping):
        raise TypeError(f"Goal: {argument} must map names to numbers, got {type(values).__name__}.")
    checked: dict[str, float] = {}
    for name, value in values.items():
        if argument == "weights" and name == "foresight" and name not in allowed:
            continue  # the weight that is usual, of a family that this goal does without
        check_choice("Goal", argument, name, allowed=allowed)
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(f"Goal: {argument} must be numbers, got {name!r}: {value!r}.")
        if not math.isfinite(value) or value < 0 or (value == 0 and not may_be_zero):
            least = "0 or more" if may_be_zero else "above 0"
            raise ValueError(f"Goal: {argument} must be {least}, got {name!r}: {value}.")
        checked[name] = float(value)
    return checked


GOALS: Mapping[str, Goal] = {
    goal.name: goal
    for goal in (
        Goal("revenue"),
        Goal("repeat_purchase", outcome="orders", horizon_days=90),
        Goal("order_value", outcome="order_value", horizon_days=180),
        Goal("retention", outcome="active", horizon_days=180, half_life_days={"web": 14, "email": 30, "orders": 180}),
        Goal("email_engagement", families=("email", "foresight"), outcome="opens_and_clicks", horizon_days=30),
    )
}
"""The goals with a name of their own."""
