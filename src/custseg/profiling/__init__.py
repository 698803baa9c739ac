"""Segments as people understand them: profiles, names and rules."""

from __future__ import annotations

from custseg.profiling._profiles import Profiles, SegmentProfile, profile_segments
from custseg.profiling._rule import Rule, RuleSet, SegmentRules
from custseg.profiling._rules import segment_rules
from custseg.profiling._terms import Term
from custseg.profiling._words import LANGUAGES, UNCLUSTERED

__all__ = [
    "LANGUAGES",
    "UNCLUSTERED",
    "Profiles",
    "Rule",
    "RuleSet",
    "SegmentProfile",
    "SegmentRules",
    "Term",
    "profile_segments",
    "segment_rules",
]
