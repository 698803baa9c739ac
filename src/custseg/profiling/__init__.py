"""Segments as people understand them: profiles and names."""

from __future__ import annotations

from custseg.profiling._profiles import Profiles, SegmentProfile, profile_segments
from custseg.profiling._words import LANGUAGES, UNCLUSTERED

__all__ = ["LANGUAGES", "UNCLUSTERED", "Profiles", "SegmentProfile", "profile_segments"]
