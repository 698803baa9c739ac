"""Rules from the plain data that they wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from custseg.clustering.assignment._assessment import AssignmentRule
from custseg.clustering.assignment._gaussian import MixtureRule
from custseg.clustering.assignment._nearest_center import CenterRule
from custseg.clustering.assignment._nearest_core import CoreRule
from custseg.clustering.selection._tails import TailRule, Tails

_KINDS: dict[str, Callable[[dict[str, Any]], AssignmentRule]] = {
    "centers": CenterRule.from_dict,
    "cores": CoreRule.from_dict,
    "mixture": MixtureRule.from_dict,
}


def rule_from_dict(plain: dict[str, Any]) -> AssignmentRule:
    """The rule whose `to_dict` gave this."""
    if plain["kind"] == "tails":
        return TailRule(Tails.from_list(plain["tails"]), rule_from_dict(plain["rule"]))
    return _KINDS[plain["kind"]](plain)
