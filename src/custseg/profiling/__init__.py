"""Profiles of segments: what each is like, what sets it apart, a name, and advice.

Start with `_profile_segments.py`, the function that users call. `measures/` computes the statistics, `_markers.py`
selects the largest effects, `naming/` makes names and advice, `_assemble.py` puts them together to the records of
`_segment_profile.py`, and `_profiles.py` is the collection, with `_display.py` and `_long_form.py` as its output.
Other parts import from here alone.
"""

from __future__ import annotations

from custseg.profiling._profile_segments import profile_segments
from custseg.profiling._profiles import Profiles
from custseg.profiling._segment_profile import FeatureProfile, SegmentProfile, SegmentStability
from custseg.profiling._segment_profile import shares_to_show as shares_to_show
from custseg.profiling._segment_profile import sizes_to_show as sizes_to_show
from custseg.profiling._stored_names import StoredName as StoredName
from custseg.profiling._stored_names import with_stored_names as with_stored_names
from custseg.profiling.markers._markers import Marker
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._descriptor_tests import DescriptorTest
from custseg.profiling.measures._effects import NEGLIGIBLE as NEGLIGIBLE
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._intervals import share_difference as share_difference
from custseg.profiling.measures._intervals import share_ratio as share_ratio
from custseg.profiling.measures._significance import chi_square as chi_square
from custseg.profiling.measures._terms import Term as Term
from custseg.profiling.naming._archetype_match import NameEvidence
from custseg.profiling.naming._playbook import Advice
from custseg.profiling.naming.traits._words import UNCLUSTERED

__all__ = [
    "UNCLUSTERED",
    "Advice",
    "CategoryShare",
    "DescriptorTest",
    "Effect",
    "FeatureProfile",
    "Marker",
    "NameEvidence",
    "Profiles",
    "SegmentProfile",
    "SegmentStability",
    "profile_segments",
]


def __dir__() -> list[str]:
    return __all__
