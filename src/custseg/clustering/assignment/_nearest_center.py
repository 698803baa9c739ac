"""The rule of k-means: the nearest centre by squared distance less an offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg.clustering.assignment._assessment import (
    Assessment,
    Floats,
    Integers,
    Move,
    joined,
    moves,
    moves_of_blocks,
    posterior,
    two_best,
)
from custseg.clustering.rows._blocks import over_blocks, power_labels, squared_distances


@dataclass(frozen=True, eq=False)
class CentreRule:
    """A power diagram: label = argmin_j ‖x - centre_j‖² - offset_j, the first in a tie.

    Attributes
    ----------
    centres : ndarray of shape (n_clusters, n_columns)
        Centres.
    offsets : ndarray of shape (n_clusters,)
        How much nearer each cluster counts; all 0 where no minimum size binds.
    reach : ndarray of shape (n_clusters,)
        Distance of the farthest row of the fit.
    scale : float
        Twice the variance within clusters per column; it turns costs into confidence.
    """

    centres: Floats
    offsets: Floats
    reach: Floats
    scale: float

    def labels(self, X: Floats) -> Integers:
        """The cluster of each row."""
        return power_labels(X, self.centres, self.offsets)[0].astype(np.intp)

    def assess(self, X: Floats) -> Assessment:
        """How well each row fits; confidence is its share under spherical Gaussians with the offsets."""
        return joined(over_blocks(len(X), lambda block: self._assess(X[block])))

    def contributions(self, row: Floats, first: int, second: int) -> tuple[Floats, float]:
        """Differences of the squared distances by column, and of the offsets."""
        columns = (row - self.centres[second]) ** 2 - (row - self.centres[first]) ** 2
        return columns, float(self.offsets[first] - self.offsets[second])

    def moves(self, X: Floats, weights: Floats) -> tuple[Move, ...]:
        """Which rows the offsets move, and at what cost."""
        if not self.offsets.any():
            return ()
        return moves_of_blocks(
            over_blocks(
                len(X),
                lambda block: moves(squared_distances(X[block], self.centres), self.offsets, weights[block]),
            )
        )

    def to_dict(self) -> dict[str, Any]:
        """The rule in lists, numbers and words, for JSON."""
        return {
            "kind": "centres",
            "centres": self.centres.tolist(),
            "offsets": self.offsets.tolist(),
            "reach": self.reach.tolist(),
            "scale": self.scale,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> CentreRule:
        """The rule that `to_dict` wrote."""
        arrays = {name: np.array(plain[name], dtype=np.float64) for name in ("centres", "offsets", "reach")}
        return cls(**arrays, scale=float(plain["scale"]))

    def _assess(self, X: Floats) -> Assessment:
        squared = squared_distances(X, self.centres)
        reduced = squared - self.offsets
        label, second = two_best(reduced)
        rows = np.arange(len(X))
        distance = np.sqrt(squared[rows, label])
        confidence = posterior(reduced, self.scale)[rows, label]
        return Assessment(label, second, confidence, distance, distance > self.reach[label])
