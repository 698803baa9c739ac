"""How the silhouettes of each cluster are spread: quantiles instead of one value per row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP, SMALLEST_TAIL, share_bounds
from custseg.clustering.validation._silhouettes import silhouettes

SHARES = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""The quantiles: 0.05, 0.1, ..., 0.95."""
_MAX_ROWS = 4_000


@dataclass(frozen=True)
class SilhouetteQuantiles:
    """The silhouettes of one cluster.

    Attributes
    ----------
    cluster : int
        Its number.
    mean : float
        Mean silhouette of its rows.
    quantiles : tuple of float
        The 0.05, 0.1, ..., 0.95 quantiles; empty for fewer than 21 rows, of which the outer ones would be those of
        single customers.
    below_zero : tuple of float
        Bounds of the share of its rows that are nearer to another cluster; equal unless these, or the others, are 1 to
        9.
    """

    cluster: int
    mean: float
    quantiles: tuple[float, ...]
    below_zero: tuple[float, float]


def silhouette_quantiles(X: Floats, labels: Integers) -> tuple[SilhouetteQuantiles, ...]:
    """The silhouettes of each cluster in order, of at most 4,000 rows; clusters of fewer than 10 rows are left out.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
        The rows.
    labels : ndarray of int, shape (n_rows,)
        Cluster of each row; at least two clusters.
    """
    measured = silhouettes(X, [labels], max_rows=_MAX_ROWS)
    of_rows, means = labels[measured.rows], dict(zip(measured.clusters[0], measured.per_cluster[0], strict=True))
    described = []
    for cluster in measured.clusters[0].tolist():
        widths = measured.widths[0][of_rows == cluster]
        if len(widths) < SMALLEST_GROUP:
            continue
        quantiles = np.quantile(widths, SHARES).tolist() if len(widths) >= SMALLEST_TAIL else []
        low, high = share_bounds(np.array([(widths < 0).sum()]), np.array([len(widths)]))
        below = float(low[0]), float(high[0])
        described.append(SilhouetteQuantiles(cluster, float(means[cluster]), tuple(quantiles), below))
    return tuple(described)
