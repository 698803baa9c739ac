"""Classical RFM: scores by quantiles or given edges, maps of scores to segments, cross tabulation of maps.

Start reading in `_scores.py` (edges of bins are in `_edges.py`), then `_map.py` (rows are read in `_rows.py` and
checked in `_check.py`); `_grid.py` says which segments are where in recency and frequency. The built-in maps are TOML
files in `maps`.
"""

from __future__ import annotations

from custseg.classical_rfm._crosswalk import crosswalk
from custseg.classical_rfm._grid import RFMCell, RFMGrid
from custseg.classical_rfm._grid import rfm_grid as rfm_grid
from custseg.classical_rfm._map import RFMMap
from custseg.classical_rfm._scores import RFMScores, rfm_scores

__all__ = ["RFMCell", "RFMGrid", "RFMMap", "RFMScores", "crosswalk", "rfm_scores"]


def __dir__() -> list[str]:
    return __all__
