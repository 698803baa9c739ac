"""The assignment rule of k-means: the nearest center by squared distance less an offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.clustering.assignment._assessment import (
    Assessment,
    Reassignment,
    assess_by_costs,
    assessed_by_blocks,
    check_shapes,
    reassignments,
)
from custseg.clustering.rows._blocks import power_labels, squared_distances


@dataclass(frozen=True, eq=False)
class CenterRule:
    """A power diagram: label = argmin_j ‖x - center_j‖² - offset_j, the first in a tie.

    Attributes
    ----------
    centers : ndarray of shape (n_clusters, n_columns)
        Centers.
    offsets : ndarray of shape (n_clusters,)
        Subtracted from the squared distances; all 0 where the minimum size does not bind.
    reach : ndarray of shape (n_clusters,)
        Outliers are farther away: mean distance of the ten farthest training rows.
    scale : float
        Twice the variance within clusters per column; it turns costs into confidence.
    """

    kind: ClassVar[str] = "centers"

    centers: Floats
    offsets: Floats
    reach: Floats
    scale: float

    def labels(self, X: Floats) -> Integers:
        """The cluster of each row."""
        return power_labels(X, self.centers, self.offsets)[0].astype(np.intp)

    def costs(self, X: Floats) -> Floats:
        """The squared distance of each row to each center."""
        return squared_distances(X, self.centers)

    def assess(self, X: Floats) -> Assessment:
        """How well each row fits; confidence is its posterior under spherical Gaussians with the offsets."""
        return assessed_by_blocks(len(X), lambda block: self._assess(X[block]))

    def contributions(self, row: Floats, first: int, second: int) -> tuple[Floats, float]:
        """Differences of the squared distances by column, and of the offsets."""
        columns = (row - self.centers[second]) ** 2 - (row - self.centers[first]) ** 2
        return columns, float(self.offsets[first] - self.offsets[second])

    def reassignments(self, X: Floats, weights: Floats) -> tuple[Reassignment, ...]:
        """Rows reassigned because of the offsets, and the added cost."""
        return reassignments(X, weights, costs=self.costs, offsets=self.offsets)

    def to_dict(self) -> dict[str, Any]:
        """The rule in lists, numbers and words, for JSON."""
        return {
            "kind": self.kind,
            "centers": self.centers.tolist(),
            "offsets": self.offsets.tolist(),
            "reach": self.reach.tolist(),
            "scale": self.scale,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> CenterRule:
        """The rule that `to_dict` wrote."""
        arrays = {name: np.array(plain[name], dtype=np.float64) for name in ("centers", "offsets", "reach")}
        return cls(**arrays, scale=float(plain["scale"]))

    def check(self, n_clusters: int, n_columns: int) -> None:
        """Raise ValueError unless the arrays are those of a rule for so many clusters and columns."""
        k = n_clusters
        check_shapes(
            {
                "centers": (self.centers, (k, n_columns)),
                "offsets": (self.offsets, (k,)),
                "reach": (self.reach, (k,)),
                "scale": (np.array(self.scale), ()),
            }
        )

    def _assess(self, X: Floats) -> Assessment:
        squared = squared_distances(X, self.centers)
        return assess_by_costs(squared, squared - self.offsets, self.reach, scale=self.scale)
