"""Proof out of time: segments of the past against what happened afterwards. Start reading in `_prove.py`."""

from __future__ import annotations

from custseg.proof.out_of_time._proof import Comparison, Proof, SegmentOutcome
from custseg.proof.out_of_time._prove import prove

__all__ = ["Comparison", "Proof", "SegmentOutcome", "prove"]
