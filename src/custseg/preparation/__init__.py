"""Preparation of columns in human units as a matrix: learned once, repeated exactly for new customers.

Start at `fit_preparation` in `_preparation.py`. `_tails.py` compresses heavy tails, as the last step of a preparation
and, as `compress_tails`, for users of plain matrices.
"""

from __future__ import annotations

from custseg.preparation._preparation import CLIP as CLIP
from custseg.preparation._preparation import DECIMALS as DECIMALS
from custseg.preparation._preparation import ColumnPlan, Preparation, fit_preparation
from custseg.preparation._tails import HeavyTails, Tail, compress_tails

__all__ = ["ColumnPlan", "HeavyTails", "Preparation", "Tail", "compress_tails", "fit_preparation"]


def __dir__() -> list[str]:
    return __all__
