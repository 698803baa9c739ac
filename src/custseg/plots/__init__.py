"""Pictures of a result, one per file: `plot_segments`, `plot_profile`, `plot_distributions`.

Plots draw what a result holds and compute nothing. Start at `_canvas.py`, which all of them share; `segments/` draws
the segments, `evidence/` the reasons for the choice, `over_time/` what happens to segments afterwards.
"""

from __future__ import annotations

from custseg.plots.evidence._chosen_number import plot_choice
from custseg.plots.evidence._refits import plot_stability
from custseg.plots.evidence._silhouette import plot_silhouette
from custseg.plots.over_time._flows import plot_transitions
from custseg.plots.over_time._trend_lines import plot_trend
from custseg.plots.segments._distributions import plot_distributions
from custseg.plots.segments._profile import plot_profile
from custseg.plots.segments._segments import plot_segments

__all__ = ["plot_choice", "plot_distributions", "plot_profile", "plot_segments", "plot_silhouette", "plot_stability", "plot_transitions", "plot_trend"]
