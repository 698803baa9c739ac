"""Segments as people understand them: profiles, names, rules and advice."""

from __future__ import annotations

from custseg.profiling._categories import CategoryShare
from custseg.profiling._intervals import Effect
from custseg.profiling._markers import Marker
from custseg.profiling._names import Evidence
from custseg.profiling._playbook import Advice
from custseg.profiling._profiles import profile_segments
from custseg.profiling._results import FeatureProfile, Profiles, SegmentProfile, Stability
from custseg.profiling._rule import Rule, RuleSet, SegmentRules
from custseg.profiling._rules import segment_rules
from custseg.profiling._terms import Term
from custseg.profiling._tests import DescriptorTest
from custseg.profiling._text import number_text
from custseg.profiling._words import UNCLUSTERED

__all__ = [
    "UNCLUSTERED",
    "Advice",
    "CategoryShare",
    "DescriptorTest",
    "Effect",
    "Evidence",
    "FeatureProfile",
    "Marker",
    "Profiles",
    "Rule",
    "RuleSet",
    "SegmentProfile",
    "SegmentRules",
    "Stability",
    "Term",
    "number_text",
    "profile_segments",
    "segment_rules",
]
