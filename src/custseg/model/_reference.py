"""`Reference`: what the customers of the fit looked like, as later customers are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Floats
from custseg._privacy import SMALLEST_GROUP

_DECILES = np.arange(1, 10) / 10


@dataclass(frozen=True)
class ColumnReference:
    """The distribution of one column at the fit, in bins that hold ten customers or more.

    Attributes
    ----------
    edges : tuple of float
        Upper edges of all bins but the last, in increasing order; a value equal to an edge is in the lower bin. The
        first and the last bin are open.
    shares : tuple of float
        Share of the customers with a value in each bin.
    missing : float
        Share of the clustered customers without a value; 0 for 1 to 9 of them.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    missing: float

    def counts(self, values: Floats) -> Floats:
        """Number of values in each bin; missing values are in none."""
        present = values[~np.isnan(values)]
        counts: Floats = np.bincount(
            np.searchsorted(self.edges, present, side="left"), minlength=len(self.shares)
        ).astype(np.float64)
        return counts


@dataclass(frozen=True)
class Reference:
    """Figures of the clustered customers of the fit.

    Attributes
    ----------
    n_customers : int
        Number of clustered customers.
    columns : mapping of str to ColumnReference
        The distribution of each clustered column.
    silhouette, silhouette_gain : float or None
        Mean silhouette of the selected clustering, and the same less that of null data; None where not measured.
    outlier_share : float
        Share of outliers; 0 for 1 to 9 of them.
    """

    n_customers: int
    columns: Mapping[str, ColumnReference]
    silhouette: float | None
    silhouette_gain: float | None
    outlier_share: float


def column_reference(values: Floats) -> ColumnReference:
    """The deciles of a column as bins; bins of fewer than ten customers are joined with the next one."""
    present = np.sort(values[~np.isnan(values)])
    n_missing = len(values) - len(present)
    missing = n_missing / len(values) if n_missing >= SMALLEST_GROUP else 0.0
    candidates = np.unique(present[np.ceil(_DECILES * len(present)).astype(np.intp) - 1]) if len(present) else present
    edges: list[float] = []
    below = 0
    for edge in candidates.tolist():
        up_to = int(np.searchsorted(present, edge, side="right"))
        if up_to - below >= SMALLEST_GROUP and len(present) - up_to >= SMALLEST_GROUP:
            edges.append(edge)
            below = up_to
    ends = np.searchsorted(present, edges, side="right") if edges else np.array([], dtype=np.intp)
    counts = np.diff(np.concatenate([[0], ends, [len(present)]]))
    shares = counts / max(len(present), 1)
    return ColumnReference(tuple(edges), tuple(shares.tolist()), missing)


def share_shown(count: int, total: int) -> float:
    """A share as a model stores it: 0 for 1 to 9 customers."""
    return count / total if count >= SMALLEST_GROUP else 0.0
