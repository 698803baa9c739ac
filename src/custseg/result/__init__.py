"""The result of a fit: customers in named segments, with the evidence."""

from __future__ import annotations

from custseg.result._clusterings import Clustering as Clustering
from custseg.result._segmentation import Segmentation

__all__ = ["Segmentation"]


def __dir__() -> list[str]:
    return __all__
