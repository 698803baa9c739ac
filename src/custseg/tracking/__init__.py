"""Segments over time: whether a model still fits its customers, and a refit that keeps the identities of segments.

Start reading at `monitoring/_drift.py` for the figures of drift, and at `refitting/_refit.py` for the refit.
"""

from __future__ import annotations

from custseg.tracking.monitoring._drift import drift
from custseg.tracking.monitoring._result import Drift, DriftRow
from custseg.tracking.refitting._refit import refit
from custseg.tracking.refitting._result import Refit

__all__ = ["Drift", "DriftRow", "Refit", "drift", "refit"]
