"""Preparation of columns in human units as a matrix: learned once, repeated exactly for new customers.

Start at `fit_preparation` in `_preparation.py`. `_tails.py` compresses heavy tails, as the last step of a preparation
and, as `compress_tails`, for users of plain matrices. With categories beside the numbers, `_class_scores.py` makes
columns of both, from the latent classes that `_latent_classes.py` finds.
"""

from __future__ import annotations

from custseg.preparation._class_scores import CategoryPlan, ClassScores
from custseg.preparation._column_plan import CLIP as CLIP
from custseg.preparation._column_plan import ColumnPlan
from custseg.preparation._preparation import DECIMALS as DECIMALS
from custseg.preparation._preparation import Preparation, fit_preparation
from custseg.preparation._tails import HeavyTails, Tail, compress_tails

__all__ = [
    "CategoryPlan",
    "ClassScores",
    "ColumnPlan",
    "HeavyTails",
    "Preparation",
    "Tail",
    "compress_tails",
    "fit_preparation",
]


def __dir__() -> list[str]:
    return __all__
