"""Segments over time: the memory of all snapshots, who moved where, whether a model still fits, and how it is renewed.

Start reading at `_history.py` for the files, at `movement/_transitions.py` for the comparison of two snapshots, and at
`movement/_trend.py` for the sizes in all of them.
`monitoring/` measures drift, and `refitting/` fits anew and keeps the identities of segments.
"""

from __future__ import annotations

from custseg.tracking._assignments import Assignments as Assignments
from custseg.tracking._assignments import check_repeated as check_repeated
from custseg.tracking._assignments import read_assignments as read_assignments
from custseg.tracking._assignments import recorded_assignments as recorded_assignments
from custseg.tracking._assignments_in_spark import check_unchanged as check_unchanged
from custseg.tracking._assignments_in_spark import read_assignments_in_spark as read_assignments_in_spark
from custseg.tracking._assignments_in_spark import with_ids_of_kind as with_ids_of_kind
from custseg.tracking._history import SegmentHistory
from custseg.tracking._snapshot_moments import is_zoned as is_zoned
from custseg.tracking.monitoring._drift import drift
from custseg.tracking.monitoring._drift_result import Drift, DriftRow
from custseg.tracking.movement._compared import unclustered_group as unclustered_group
from custseg.tracking.movement._movement import Flow, TrackedSegment, Transitions
from custseg.tracking.movement._transitions import transitions
from custseg.tracking.movement._trend import Trend, trend
from custseg.tracking.refitting._refit import refit
from custseg.tracking.refitting._refit_result import Refit

__all__ = [
    "Drift",
    "DriftRow",
    "Flow",
    "Refit",
    "SegmentHistory",
    "TrackedSegment",
    "Transitions",
    "Trend",
    "drift",
    "refit",
    "transitions",
    "trend",
]


def __dir__() -> list[str]:
    return __all__
