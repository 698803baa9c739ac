"""Segments over time: the memory of all snapshots, and who moved from which segment to which.

Start reading at `_history.py` for the files, and at `_transitions.py` for the comparison of two snapshots.
"""

from __future__ import annotations

from custseg.tracking._history import SegmentHistory
from custseg.tracking.movement._movement import Flow, TrackedSegment, Transitions
from custseg.tracking.movement._transitions import transitions

__all__ = ["Flow", "SegmentHistory", "TrackedSegment", "Transitions", "transitions"]
