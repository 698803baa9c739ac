"""custseg: customers into a few natural, stable, actionable segments with names.

The public door: names are imported when they are first used, so that `import custseg` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from custseg import clustering, datasets, features, insights, plots, preparation, profiling
    from custseg.errors import (
        CustsegError,
        DataError,
        InfeasibleMinimumError,
        MissingDependencyError,
    )
    from custseg.inspection import FileInspection, inspect
    from custseg.model import SegmentModel
    from custseg.result import Segmentation
    from custseg.segmentation import fit_segments
    from custseg.tables import Customers, DataReport, Events, FeatureTable, Orders

__version__ = "0.1.0"

_HOMES = {
    "CustsegError": "custseg.errors",
    "Customers": "custseg.tables",
    "DataError": "custseg.errors",
    "DataReport": "custseg.tables",
    "Events": "custseg.tables",
    "FeatureTable": "custseg.tables",
    "FileInspection": "custseg.inspection",
    "InfeasibleMinimumError": "custseg.errors",
    "MissingDependencyError": "custseg.errors",
    "Orders": "custseg.tables",
    "SegmentModel": "custseg.model",
    "Segmentation": "custseg.result",
    "fit_segments": "custseg.segmentation",
    "inspect": "custseg.inspection",
}
_FOLDERS = ("clustering", "datasets", "features", "insights", "plots", "preparation", "profiling")

__all__ = [  # noqa: RUF022 - objects first, then the folders
    "CustsegError",
    "Customers",
    "DataError",
    "DataReport",
    "Events",
    "FeatureTable",
    "FileInspection",
    "InfeasibleMinimumError",
    "MissingDependencyError",
    "Orders",
    "SegmentModel",
    "Segmentation",
    "fit_segments",
    "inspect",
    "clustering",
    "datasets",
    "features",
    "insights",
    "plots",
    "preparation",
    "profiling",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _FOLDERS:
        return import_module(f"custseg.{name}")
    raise AttributeError(f"module 'custseg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
