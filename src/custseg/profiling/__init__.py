"""Segments as people understand them: profiles, names and advice."""

from __future__ import annotations

from custseg.profiling._markers import Marker
from custseg.profiling._profile_segments import profile_segments
from custseg.profiling._profiles import FeatureProfile, Profiles, SegmentProfile, Stability
from custseg.profiling._text import number_text
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._descriptor_tests import DescriptorTest
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.naming._archetype_match import Evidence
from custseg.profiling.naming._playbook import Advice
from custseg.profiling.naming._words import UNCLUSTERED

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
    "SegmentProfile",
    "Stability",
    "number_text",
    "profile_segments",
]
