"""Pictures of a result, one per file, and `plot_all`, the usual set.

Of the segments: `plot_segments`, `plot_profile`, `plot_snake`, `plot_distributions`, `plot_map`, `plot_rfm_grid`,
`plot_minimum_size`. Of the reasons for the choice: `plot_choice`, `plot_silhouette`, `plot_stability`. Of what happens
afterwards: `plot_transitions`, `plot_trend`, `plot_proof`, `plot_scorecard`.

Plots draw what a result holds and compute nothing. Start at `_canvas.py`, which all of them share; `segments/` draws
the segments, `evidence/` the reasons for the choice, `over_time/` what happens to segments afterwards.
"""

from __future__ import annotations

from custseg.plots._canvas import segment_color as segment_color
from custseg.plots._plot_all import plot_all
from custseg.plots.evidence._chosen_number import plot_choice
from custseg.plots.evidence._refits import plot_stability
from custseg.plots.evidence._silhouette import plot_silhouette
from custseg.plots.over_time._flows import plot_transitions
from custseg.plots.over_time._proof_ways import plot_proof
from custseg.plots.over_time._rates import plot_scorecard
from custseg.plots.over_time._trend_lines import plot_trend
from custseg.plots.segments._distributions import plot_distributions
from custseg.plots.segments._map import plot_map
from custseg.plots.segments._minimum_size import plot_minimum_size
from custseg.plots.segments._profile import plot_profile
from custseg.plots.segments._rfm_grid import plot_rfm_grid
from custseg.plots.segments._segments import plot_segments
from custseg.plots.segments._snake import plot_snake

__all__ = [
    "plot_all",
    "plot_choice",
    "plot_distributions",
    "plot_map",
    "plot_minimum_size",
    "plot_profile",
    "plot_proof",
    "plot_rfm_grid",
    "plot_scorecard",
    "plot_segments",
    "plot_silhouette",
    "plot_snake",
    "plot_stability",
    "plot_transitions",
    "plot_trend",
]


def __dir__() -> list[str]:
    return __all__
