"""The clusterings that are tried, each fitted under the same minimum size."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from custseg._arrays import Floats, Integers
from custseg.clustering._gaussian_mixture import MinSizeGaussianMixture, mixture_rule
from custseg.clustering._hdbscan import MinSizeHDBSCAN, hdbscan_rule
from custseg.clustering._kmeans import MinSizeKMeans, kmeans_rule
from custseg.clustering.assignment._assessment import Rule
from custseg.errors import InfeasibleMinimumError

METHODS = ("kmeans", "gaussian_mixture", "hdbscan")

_HDBSCAN_ROWS = 5_000
_STARTS = 10
_MIXTURE_STARTS = 3
_STARTS_OF_PARTS = 4


@dataclass(frozen=True, eq=False)
class Candidate:
    """One clustering that was tried. What was not computed, because the row could no longer win, is None.

    Attributes
    ----------
    method : str
        The algorithm.
    n_clusters : int
        Number of clusters: asked for, or found by HDBSCAN.
    meets_min_size : bool
        Whether there is a clustering under the minimum size.
    smallest : int
        Rows in the smallest cluster; where the minimum cannot be met, the largest minimum that can.
    smallest_share : float
        The same as a share of the rows.
    silhouette, silhouette_error : float or None
        Mean silhouette in [-1, 1] (Rousseeuw 1987) and its standard error; 0 for a single cluster.
    silhouette_gain, silhouette_gain_error : float or None
        Silhouette less the mean silhouette that k-means reaches with as many clusters in rows without groups,
        and the standard error of that mean. One scale for all methods.
    gap : float or None
        Silhouette of the weakest cluster by path distance: above 0.1 thin regions part it from all others.
    valley : float or None
        How deep the shallowest valley of density between two clusters is: 0 none, near 1 nothing in between.
    has_gaps : bool
        Whether gaps or valleys part all clusters, more than candidates find in rows without groups.
    cuts_gaps : bool
        Whether it cuts across much clearer gaps that another candidate shows.
    stability, stability_error : float or None
        Mean adjusted Rand index of refits on two halves, and its standard error.
    stability_of_clusters : dict of int to float, or None
        Mean Jaccard similarity of each cluster with the most similar one of a refit (Hennig 2007).
    calinski_harabasz, davies_bouldin : float or None
        As in scikit-learn.
    bic : float or None
        Bayesian information criterion of a mixture, smaller is better.
    noise_share : float
        Share of the rows that HDBSCAN found in no dense region, before they joined the nearest.
    seconds : float
        Time that the fit took.
    estimator : object or None
        The fitted estimator.
    """

    method: str
    n_clusters: int
    meets_min_size: bool
    smallest: int
    smallest_share: float
    silhouette: float | None = None
    silhouette_error: float | None = None
    silhouette_gain: float | None = None
    silhouette_gain_error: float | None = None
    gap: float | None = None
    valley: float | None = None
    has_gaps: bool = False
    cuts_gaps: bool = False
    stability: float | None = None
    stability_error: float | None = None
    calinski_harabasz: float | None = None
    davies_bouldin: float | None = None
    bic: float | None = None
    noise_share: float = 0.0
    seconds: float = 0.0
    stability_of_clusters: dict[int | str, float] | None = field(default=None, repr=False)
    estimator: Any = field(default=None, repr=False)

    @property
    def weakest_stability(self) -> float | None:
        """Mean Jaccard similarity of the cluster that comes back worst."""
        return None if self.stability_of_clusters is None else min(self.stability_of_clusters.values())

    @property
    def labels(self) -> Integers:
        """Cluster of each row, 0 the largest."""
        labels: Integers = self.estimator.labels_
        return labels


@dataclass(frozen=True)
class Attempt:
    """An estimator to fit: a method, and its number of clusters or HDBSCAN's settings."""

    method: str
    min_size: int
    seed: int
    k: int | None = None
    neighbors: int | None = None
    times: int = 1

    def estimator(self, part: float | None = None) -> Any:
        """The estimator for all rows, or for a part of them: the minimum in proportion, fewer starts."""
        least = max(1, math.ceil(round(self.min_size * (part or 1.0), 9)))
        if self.method == "kmeans":
            starts = _STARTS if part is None else _STARTS_OF_PARTS
            return MinSizeKMeans(self.k or 1, min_size=least, n_init=starts, random_state=self.seed)
        if self.method == "gaussian_mixture":
            starts = _MIXTURE_STARTS if part is None else 1
            return MinSizeGaussianMixture(self.k or 1, min_size=least, n_init=starts, random_state=self.seed)
        # scikit-learn's HDBSCAN takes a cluster of at least two rows.
        return MinSizeHDBSCAN(
            min_size=max(2, least * self.times),
            min_samples=self.neighbors,
            max_fit_rows=_HDBSCAN_ROWS,
            random_state=self.seed,
        )

    def rule(self, X: Floats, part: float) -> Rule | None:
        """The rule that a fit to a part of all rows ends with, and no more of it; None without a clustering."""
        model = self.estimator(part)
        if self.method == "kmeans":
            return kmeans_rule(model, X)
        return mixture_rule(model, X) if self.method == "gaussian_mixture" else hdbscan_rule(model, X)


def fitted(attempt: Attempt, X: Floats) -> Candidate:
    """The candidate of an attempt on all rows."""
    start = time.perf_counter()
    estimator = attempt.estimator()
    try:
        estimator.fit(X)
    except InfeasibleMinimumError as error:
        feasible = int(error.feasible)
        return Candidate(attempt.method, attempt.k or 0, False, feasible, feasible / len(X))
    sizes = np.bincount(estimator.labels_[estimator.labels_ >= 0], minlength=1)
    k = int(estimator.n_clusters_) if attempt.k is None else attempt.k
    return Candidate(
        method=attempt.method,
        n_clusters=k,
        meets_min_size=k > 0,
        smallest=int(sizes.min()),
        smallest_share=float(sizes.min() / len(X)),
        bic=_bic(estimator, len(X)) if attempt.method == "gaussian_mixture" else None,
        noise_share=noise_share(estimator),
        seconds=time.perf_counter() - start,
        estimator=estimator,
    )


def numbers_worth_trying(X: Floats, numbers: Sequence[int], min_size: int) -> list[int]:
    """The numbers with rows enough; the smallest one even if the minimum is out of reach, to see how far."""
    distinct = len(np.unique(X, axis=0))
    possible = [k for k in numbers if k <= distinct]
    return [k for k in possible if k * min_size <= len(X)] or possible[:1]


def noise_share(estimator: Any) -> float:
    """Share of the fitted rows that HDBSCAN found in no dense region; 0 for others."""
    return float(getattr(estimator, "n_noise_", 0) / getattr(estimator, "n_fit_rows_", 1))


def _bic(mixture: Any, n_rows: int) -> float:
    """-2 log likelihood + parameters · log(rows), for full covariances (Schwarz 1978)."""
    k, d = mixture.means_.shape
    parameters = k * d + k * d * (d + 1) / 2 + k - 1
    return float(-2 * n_rows * mixture.log_likelihood_ + parameters * math.log(n_rows))
