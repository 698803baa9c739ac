"""Foresight: what to expect of each customer. Start reading in `_figures.py`."""

from __future__ import annotations

from custseg.features.expectations._bgnbd import BgNbd
from custseg.features.expectations._columns import FORESIGHT
from custseg.features.expectations._figures import ForesightFigures, learn_foresight
from custseg.features.expectations._foresight import LONGEST_HORIZON, Foresight, foresight
from custseg.features.expectations._outcomes import OUTCOMES, Outcome, later_values
from custseg.features.expectations._past import PastWindow, past_windows
from custseg.features.expectations._ridits import Ridits

__all__ = [
    "FORESIGHT",
    "LONGEST_HORIZON",
    "OUTCOMES",
    "BgNbd",
    "Foresight",
    "ForesightFigures",
    "Outcome",
    "PastWindow",
    "Ridits",
    "foresight",
    "later_values",
    "learn_foresight",
    "past_windows",
]
