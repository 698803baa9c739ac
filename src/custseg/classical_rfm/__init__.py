"""Classical RFM: scores by quantiles or given edges, maps of scores to segments, comparison with clusters."""

from __future__ import annotations

from custseg.classical_rfm._crosswalk import crosswalk
from custseg.classical_rfm._map import RFMMap
from custseg.classical_rfm._scores import RFMScores, rfm_scores

__all__ = ["RFMMap", "RFMScores", "crosswalk", "rfm_scores"]
