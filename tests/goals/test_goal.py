"""`Goal`: what it accepts, and what it refuses."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from custseg.goals import GOALS, Goal, as_goal


@pytest.mark.parametrize("name", list(GOALS))
def test_goals_by_name(name: str) -> None:
    goal = as_goal(name, "test")
    assert goal is GOALS[name]
    assert goal.weight("foresight") == 2
    assert goal.weight("rfm") == 1


def test_usual_goal_is_later_revenue() -> None:
    goal = Goal("spring")
    assert (goal.outcome, goal.horizon_days, goal.families) == ("revenue", 90, ("rfm", "foresight"))


def test_families_are_a_set_in_order() -> None:
    assert Goal("x", families=["rfm", "rhythm", "rfm"]).families == ("rfm", "rhythm")


@pytest.mark.parametrize("goal", GOALS.values(), ids=list(GOALS))
def test_a_goal_in_a_file_is_the_goal(goal: Goal) -> None:
    assert msgspec.convert(msgspec.to_builtins(goal), type=Goal) == goal


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"name": " "}, TypeError, "name must be text"),
        ({"families": ()}, ValueError, "families must name one or more of .*'rfm'.* got none"),
        ({"families": "rfm"}, TypeError, "families must be a list"),
        ({"families": ("rmf",)}, ValueError, "Goal: families must be one of .*'rmf'"),
        ({"weights": {"rfm": -1}}, ValueError, "weights must be 0 or more, got 'rfm': -1"),
        ({"weights": {"rfm": float("inf")}}, ValueError, "weights must be 0 or more"),
        ({"weights": {"rfm": 0, "foresight": 0}}, ValueError, "weights must not all be 0"),
        ({"weights": {"email": 1}}, ValueError, "Goal: weights must be one of"),
        ({"weights": {"rfm": "much"}}, TypeError, "weights must be numbers"),
        ({"weights": 2}, TypeError, "weights must map names to numbers"),
        ({"outcome": "luck"}, ValueError, "Goal: outcome must be one of"),
        ({"horizon_days": 0}, ValueError, "horizon_days must be"),
        ({"half_life_days": {"email": 0}}, ValueError, "half_life_days must be above 0"),
    ],
)
def test_impossible_goals(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Goal(**{"name": "x", **arguments})


def test_unknown_goal() -> None:
    with pytest.raises(ValueError, match=r"fit: goal must be one of .*'repeat_purchase'.*, got 'sale'"):
        as_goal("sale", "fit")
    with pytest.raises(TypeError, match="goal must be a Goal or one of"):
        as_goal(3, "fit")
