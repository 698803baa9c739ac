"""Rules from the plain data that they wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from custseg.clustering.assignment._assessment import Rule
from custseg.clustering.assignment._gaussian import MixtureRule
from custseg.clustering.assignment._nearest_center import CenterRule
from custseg.clustering.assignment._nearest_core import CoreRule

_KINDS: dict[str, Callable[[dict[str, Any]], Rule]] = {
    "centers": CenterRule.from_dict,
    "cores": CoreRule.from_dict,
    "mixture": MixtureRule.from_dict,
}


def rule_from_dict(plain: dict[str, Any]) -> Rule:
    """The rule whose `to_dict` gave this."""
    return _KINDS[plain["kind"]](plain)
