"""IF-THEN rules of segments, found on one part of the customers and checked on the rest."""

from __future__ import annotations

from custseg.rules._conditions import Term
from custseg.rules._results import Rule, RuleSet, SegmentRules
from custseg.rules._segment_rules import segment_rules

__all__ = ["Rule", "RuleSet", "SegmentRules", "Term", "segment_rules"]
