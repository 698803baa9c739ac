"""Segments that are stated as rules, as a marketer writes them: beside clusters, or before them.

`_rule_segments.py` holds the rules in their order, `_definitions.py` reads their description; `conditions` has what a
rule is made of. `_findings.py` checks rules and counts their customers, `_check.py` shows it. `_stages.py` has the
stages of the lifecycle as rules.
"""

from __future__ import annotations

from custseg.rule_segments._check import RuleCheck, RuleCount, RuleFinding
from custseg.rule_segments._definitions import SegmentRule
from custseg.rule_segments._findings import rule_check as rule_check
from custseg.rule_segments._rule_segments import RuleSegments
from custseg.rule_segments._stages import lifecycle_rules as lifecycle_rules
from custseg.rule_segments.conditions._binding import check_rule_columns as check_rule_columns
from custseg.rule_segments.conditions._binding import column_kinds as column_kinds
from custseg.rule_segments.conditions._columns import Column, column, overdue, rate_above
from custseg.rule_segments.conditions._condition_words import condition_text as condition_text
from custseg.rule_segments.conditions._evaluation import PRIOR_GAPS as PRIOR_GAPS
from custseg.rule_segments.conditions._evaluation import Evaluator as Evaluator
from custseg.rule_segments.conditions._grammar import parse_condition as parse_condition
from custseg.rule_segments.conditions._predicates import AllOf as AllOf
from custseg.rule_segments.conditions._predicates import AnyOf as AnyOf
from custseg.rule_segments.conditions._predicates import Comparison as Comparison
from custseg.rule_segments.conditions._predicates import Flag as Flag
from custseg.rule_segments.conditions._predicates import Not as Not
from custseg.rule_segments.conditions._predicates import OneOf as OneOf
from custseg.rule_segments.conditions._predicates import Overdue as Overdue
from custseg.rule_segments.conditions._predicates import Predicate
from custseg.rule_segments.conditions._predicates import RateAbove as RateAbove
from custseg.rule_segments.conditions._predicates import Unknown as Unknown
from custseg.rule_segments.conditions._predicates import Valid as Valid
from custseg.rule_segments.conditions._predicates import Within as Within
from custseg.rule_segments.conditions._rates import MOST_TRIALS as MOST_TRIALS
from custseg.rule_segments.conditions._rates import RateBound as RateBound

__all__ = [
    "Column",
    "Predicate",
    "RuleCheck",
    "RuleCount",
    "RuleFinding",
    "RuleSegments",
    "SegmentRule",
    "column",
    "overdue",
    "rate_above",
]


def __dir__() -> list[str]:
    return __all__
