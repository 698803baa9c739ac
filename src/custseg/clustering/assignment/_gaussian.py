"""The assignment rule of a Gaussian mixture: the largest posterior, with offsets on the log priors."""

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
    posterior,
    reassignments,
)
from custseg.clustering.rows._blocks import over_blocks


@dataclass(frozen=True, eq=False)
class MixtureRule:
    """label = argmin_j cost_j(x) - offset_j, where cost_j = constant_j + ½‖factor_j (x - mean_j)‖².

    Attributes
    ----------
    means : ndarray of shape (n_components, n_columns)
        Means.
    factors : ndarray of shape (n_components, n_columns, n_columns)
        Inverses of the Cholesky factors of the covariances.
    constants : ndarray of shape (n_components,)
        -log(weight · density at the mean), so that the cost is -log of the joint density.
    offsets : ndarray of shape (n_components,)
        Added to the log posterior; all 0 where the minimum size does not bind.
    reach : ndarray of shape (n_components,)
        Outliers are farther away: mean distance, in standard deviations, of the ten farthest training rows.
    """

    kind: ClassVar[str] = "mixture"

    means: Floats
    factors: Floats
    constants: Floats
    offsets: Floats
    reach: Floats

    def costs(self, X: Floats) -> Floats:
        """-log joint density of each row and component; bitwise the same in every batch."""
        return self.constants + 0.5 * squared_mahalanobis(X, self.means, self.factors)

    def labels(self, X: Floats) -> Integers:
        """The cluster of each row."""
        labels = over_blocks(len(X), lambda block: (self.costs(X[block]) - self.offsets).argmin(axis=1))
        return np.concatenate(labels)

    def probabilities(self, X: Floats) -> Floats:
        """Posterior of each component, with the offsets added to the log priors."""
        return np.concatenate(over_blocks(len(X), lambda block: posterior(self.costs(X[block]) - self.offsets)))

    def assess(self, X: Floats) -> Assessment:
        """How well each row fits; confidence is the posterior of its component."""
        return assessed_by_blocks(len(X), lambda block: self._assess(X[block]))

    def contributions(self, row: Floats, first: int, second: int) -> tuple[Floats, float]:
        """Differences of the half squared distances by column, and of the densities at the means with the offsets.

        A squared distance dᵀPd is the sum over columns c of d_c (Pd)_c: columns share their product term equally.
        """
        halves = []
        for j in (first, second):
            difference = row - self.means[j]
            halves.append(0.5 * difference * (self.factors[j].T @ (self.factors[j] @ difference)))
        level = self.constants - self.offsets
        return halves[1] - halves[0], float(level[second] - level[first])

    def reassignments(self, X: Floats, weights: Floats) -> tuple[Reassignment, ...]:
        """Rows reassigned because of the offsets, and the added cost."""
        return reassignments(X, weights, costs=self.costs, offsets=self.offsets)

    def to_dict(self) -> dict[str, Any]:
        """The rule in lists, numbers and words, for JSON."""
        names = ("means", "factors", "constants", "offsets", "reach")
        return {"kind": self.kind, **{name: getattr(self, name).tolist() for name in names}}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> MixtureRule:
        """The rule that `to_dict` wrote."""
        names = ("means", "factors", "constants", "offsets", "reach")
        return cls(**{name: np.array(plain[name], dtype=np.float64) for name in names})

    def check(self, n_clusters: int, n_columns: int) -> None:
        """Raise ValueError unless the arrays are those of a rule for so many clusters and columns."""
        k, d = n_clusters, n_columns
        shapes = {"means": (k, d), "factors": (k, d, d), "constants": (k,), "offsets": (k,), "reach": (k,)}
        check_shapes({name: (getattr(self, name), shape) for name, shape in shapes.items()})

    def _assess(self, X: Floats) -> Assessment:
        squared = squared_mahalanobis(X, self.means, self.factors)
        return assess_by_costs(squared, self.constants + 0.5 * squared - self.offsets, self.reach)


def squared_mahalanobis(X: Floats, means: Floats, factors: Floats) -> Floats:
    """Squared distance of each row to each mean, in standard deviations of the component."""
    from custseg.clustering.rows import _kernels

    out = np.empty((len(X), len(means)))

    def fill(block: slice) -> None:
        strip, centered = np.zeros((2, X.shape[1], _kernels.LANES))
        _kernels.mahalanobis(X[block], means, factors, strip, centered, np.empty((2, _kernels.LANES)), out[block])

    over_blocks(len(X), fill)
    return out
