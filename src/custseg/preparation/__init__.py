"""From a feature table to a matrix, remembering every number on the way."""

from __future__ import annotations

from custseg.preparation._preparation import (
    ColumnPlan,
    Preparation,
    fit_preparation,
    refuse_infinite,
)

__all__ = ["ColumnPlan", "Preparation", "fit_preparation", "refuse_infinite"]
