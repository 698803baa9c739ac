"""The customers whom rules take before others are clustered: rules of the user, and stages of the lifecycle.

Start with `_what_comes_first.py`. `_rule_groups.py` has the customers of each rule and of the rest, `_lifecycle.py` the
stages and the clusters in them.
"""

from __future__ import annotations

from custseg.rule_groups._lifecycle import with_clusters
from custseg.rule_groups._rule_groups import RuleGroups
from custseg.rule_groups._what_comes_first import WhatComesFirst, rest_of

__all__ = ["RuleGroups", "WhatComesFirst", "rest_of", "with_clusters"]
