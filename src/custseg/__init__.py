"""custseg: customers into a few natural, stable, actionable segments with names.

The public door: names are imported when they are first used, so that `import custseg` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from custseg import (
        clustering,
        datasets,
        exports,
        features,
        goals,
        identity,
        insights,
        plots,
        preparation,
        profiling,
        proof,
        reports,
        rule_segments,
        sources,
        tracking,
    )
    from custseg.errors import (
        CustsegError,
        DataError,
        InfeasibleMinimumError,
        MissingDependencyError,
        TooFewCustomersError,
    )
    from custseg.feature_table import FeatureTable
    from custseg.goals import Goal
    from custseg.inspection import FileInspection, inspect
    from custseg.logs import (
        Customers,
        DataReport,
        Events,
        Orders,
    )
    from custseg.model import SegmentModel
    from custseg.proof import Proof, prove
    from custseg.result import Segmentation
    from custseg.rule_segments import RuleSegments
    from custseg.segmentation import fit_segments

__version__ = "0.1.0"


_HOMES = {
    "CustsegError": "custseg.errors",
    "Customers": "custseg.logs",
    "DataError": "custseg.errors",
    "DataReport": "custseg.logs",
    "Events": "custseg.logs",
    "FeatureTable": "custseg.feature_table",
    "FileInspection": "custseg.inspection",
    "Goal": "custseg.goals",
    "InfeasibleMinimumError": "custseg.errors",
    "MissingDependencyError": "custseg.errors",
    "Orders": "custseg.logs",
    "Proof": "custseg.proof",
    "RuleSegments": "custseg.rule_segments",
    "SegmentModel": "custseg.model",
    "Segmentation": "custseg.result",
    "TooFewCustomersError": "custseg.errors",
    "fit_segments": "custseg.segmentation",
    "inspect": "custseg.inspection",
    "prove": "custseg.proof",
}
_FOLDERS = (
    "classical_rfm",
    "clustering",
    "datasets",
    "exports",
    "features",
    "goals",
    "identity",
    "insights",
    "plots",
    "preparation",
    "profiling",
    "proof",
    "reports",
    "rule_segments",
    "rules",
    "sources",
    "tracking",
)

__all__ = [  # noqa: RUF022 - objects first, then the folders
    "CustsegError",
    "Customers",
    "DataError",
    "DataReport",
    "Events",
    "FeatureTable",
    "FileInspection",
    "Goal",
    "InfeasibleMinimumError",
    "MissingDependencyError",
    "Orders",
    "Proof",
    "RuleSegments",
    "SegmentModel",
    "Segmentation",
    "TooFewCustomersError",
    "fit_segments",
    "inspect",
    "prove",
    "classical_rfm",
    "clustering",
    "datasets",
    "exports",
    "features",
    "goals",
    "identity",
    "insights",
    "plots",
    "preparation",
    "profiling",
    "proof",
    "reports",
    "rule_segments",
    "rules",
    "sources",
    "tracking",
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
