"""What clustering finds in null reference data: the measures of the draws, and the silhouette gain over them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from custseg._arrays import Floats
from custseg.clustering.selection._candidates import Candidate


@dataclass(frozen=True, eq=False)
class NullReference:
    """What clustering finds in null reference data without groups: one row per draw, NaN if it has no clustering.

    Attributes
    ----------
    numbers : tuple of int
        Numbers of clusters.
    silhouettes : ndarray of shape (n_draws, n_numbers)
        Silhouettes of k-means.
    gaps : tuple of dict of int to float
        For each draw and number of clusters the largest gap found by a candidate that seemed to have gaps.
    shared_values : bool
        Whether many rows have the same value in some column.
    """

    numbers: tuple[int, ...]
    silhouettes: Floats
    gaps: tuple[dict[int, float], ...]
    shared_values: bool = False

    @property
    def means(self) -> Floats:
        """Mean silhouette for each number."""
        return np.array([_mean(column) for column in self.silhouettes.T])

    @property
    def errors(self) -> Floats:
        """Standard error of each mean."""
        return np.array([_error(column) for column in self.silhouettes.T])

    @property
    def level(self) -> float:
        """95th percentile, over the draws, of the largest silhouette gain among all numbers of clusters."""
        deviations = self.silhouettes - self.means
        has_clustering = ~np.isnan(deviations).all(axis=1)
        if not has_clustering.any():
            return np.inf
        return float(np.quantile(np.nanmax(deviations[has_clustering], axis=1), 0.95))

    def chance_gaps(self, n_clusters: int) -> Floats:
        """The largest gap of each draw among so many clusters or more; 0 if there are never so many."""
        return np.array(
            [max((gap for k, gap in largest.items() if k >= n_clusters), default=0.0) for largest in self.gaps]
        )

    @classmethod
    def empty(cls) -> NullReference:
        """A reference without draws."""
        return cls((), np.empty((0, 0)), ())

    def with_gain(self, row: Candidate) -> Candidate:
        """The candidate with its silhouette gain and the standard error."""
        index = self.numbers.index(row.n_clusters)
        mean, error = float(self.means[index]), float(self.errors[index])
        if np.isnan(mean):
            mean = error = 0.0 if row.n_clusters == 1 else np.nan
        gain = (row.silhouette or 0.0) - mean
        return replace(
            row,
            silhouette_gain=None if np.isnan(gain) else gain,
            silhouette_gain_error=None if np.isnan(error) else error,
        )


def _mean(values: Floats) -> float:
    finite = values[~np.isnan(values)]
    return float(finite.mean()) if len(finite) else np.nan


def _error(values: Floats) -> float:
    finite = values[~np.isnan(values)]
    return float(finite.std(ddof=1) / np.sqrt(len(finite))) if len(finite) > 1 else np.nan
