"""Pictures of a result, one per file; `__all__` names them.

Plots draw what a result holds and compute nothing. Start at `_canvas.py`, which all of them share. `segments/` draws
the segments: `plot_segments`, `plot_profile`, `plot_distributions`. `evidence/` draws the reasons for the choice:
`plot_choice`, `plot_silhouette`, `plot_stability`. `over_time/` draws what happens to segments afterwards:
`plot_transitions`, `plot_trend`, `plot_proof`, `plot_scorecard`.
"""

from __future__ import annotations

from custseg.plots.evidence._chosen_number import plot_choice
from custseg.plots.evidence._refits import plot_stability
from custseg.plots.evidence._silhouette import plot_silhouette
from custseg.plots.over_time._flows import plot_transitions
from custseg.plots.over_time._proof_ways import plot_proof
from custseg.plots.over_time._rates import plot_scorecard
from custseg.plots.over_time._trend_lines import plot_trend
from custseg.plots.segments._distributions import plot_distributions
from custseg.plots.segments._profile import plot_profile
from custseg.plots.segments._segments import plot_segments

__all__ = [
    "plot_choice",
    "plot_distributions",
    "plot_profile",
    "plot_proof",
    "plot_scorecard",
    "plot_segments",
    "plot_silhouette",
    "plot_stability",
    "plot_transitions",
    "plot_trend",
]
