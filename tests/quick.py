"""A fit for tests in which the choice of a clustering is not the matter."""

from __future__ import annotations

from typing import Any

from custseg import Segmentation, fit_segments


def quick_fit(orders: object = None, **arguments: Any) -> Segmentation:
    """k-means into three segments, unless told otherwise."""
    return fit_segments(orders, **{"method": "kmeans", "n_segments": 3, **arguments})
