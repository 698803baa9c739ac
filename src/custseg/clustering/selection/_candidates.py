"""Candidates: clusterings fitted under the same minimum size, and what was measured on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.clustering._method import FitNote, reassignment_notes
from custseg.clustering._methods import get_method, method_label
from custseg.clustering.assignment._assessment import Reassignment
from custseg.texts import number, text, two_decimals

_SHOWN = ("silhouette_gain", "stability", "weakest_stability")
"""The measures that a table of candidates shows."""


@dataclass(frozen=True, eq=False)
class Draws:
    """Measures of a candidate in each draw of rows, the same draws for all candidates.

    Attributes
    ----------
    silhouettes : ndarray of shape (n_samples,)
        Mean silhouette of the rows of each sample of 80 % of the rows.
    separations : ndarray of shape (n_halves,)
        Separation of its two least separated clusters among the rows of each half.
    stability : ndarray of shape (n_pairs,)
        Adjusted Rand index of the refits on each pair of halves; empty where it was not measured.
    """

    silhouettes: Floats
    separations: Floats
    stability: Floats

    def resampled(self, pairs: Integers) -> dict[str, list[float]]:
        """The measures of a candidate in each sample, by its attribute; `pairs` are those of halves, a row a sample."""
        halves = np.concatenate([2 * pairs, 2 * pairs + 1], axis=1)
        measures = {
            "silhouette": self.silhouettes[: len(pairs)],
            "separation_in_halves": np.median(self.separations[halves], axis=1),
        }
        if len(self.stability):
            measures["stability"] = self.stability[pairs].mean(axis=1)
        return {name: values.tolist() for name, values in measures.items()}


@dataclass(frozen=True)
class Skipped:
    """What was not tried, because it could not be selected.

    Attributes
    ----------
    method : str
        Name of the method.
    n_clusters : tuple of int
        The numbers of clusters; empty for all.
    kind : {"none_separated", "fewer_clusters"}
        The reason: no cluster is separated from all others, or there are fewer clusters than very stable ones.
    """

    method: str
    n_clusters: tuple[int, ...]
    kind: str

    @property
    def why(self) -> str:
        """The reason in English."""
        return self.reason("en")

    def reason(self, language: str) -> str:
        """The reason."""
        return str(text(language, "choice", "skipped", self.kind))

    def covers(self, method: str, n_clusters: int) -> bool:
        """Whether this candidate was skipped."""
        return method == self.method and (not self.n_clusters or n_clusters in self.n_clusters)

    def label(self, language: str = "en") -> str:
        """The method, and the numbers of clusters."""
        if not self.n_clusters:
            return self.method
        words = text(language, "choice", "skipped")
        return str(words["numbers"]).format(method=self.method, numbers=", ".join(map(str, self.n_clusters)))

    def __str__(self) -> str:
        return self.label()


@dataclass(frozen=True, eq=False)
class Candidate:
    """One clustering that was tried. A measure is None where it was not computed because the candidate could not win.

    Attributes
    ----------
    method : str
        Name of the method.
    n_clusters : int
        Number of clusters: requested, or found by the method.
    meets_min_size : bool
        Whether a clustering met the minimum size.
    smallest : int
        Rows in the smallest cluster; where the minimum cannot be met, a feasible minimum.
    smallest_share : float
        The same as a share of the rows.
    silhouette, silhouette_error : float or None
        Mean silhouette in [-1, 1] (Rousseeuw 1987) and its standard error; 0 for a single cluster.
    silhouette_gain, silhouette_gain_error : float or None
        Silhouette minus the mean silhouette of k-means with as many clusters on null reference data, and the
        standard deviation of the silhouette among these data. One scale for all methods.
    separation, separation_in_halves : float or None
        Separation of the two least separated clusters: above 0, a sparse region separates every two. In the sample,
        and the median over halves of it.
    separation_margin : float or None
        By how much separation exceeds chance between each cluster and its least separated neighbor: what the two have
        in halves beyond the 90th percentile of null data like the two, cut by k-means. None where it was not needed.
    stability, stability_error : float or None
        Mean adjusted Rand index of refits on two halves, and its standard error.
    stability_of_clusters : dict of int to float, or None
        Mean Jaccard similarity of each cluster with the most similar one of a refit (Hennig 2007).
    calinski_harabasz, davies_bouldin : float or None
        As in scikit-learn.
    bic : float or None
        Bayesian information criterion of a mixture, smaller is better.
    noise_share : float
        Share of the rows that are noise; for HDBSCAN before they join the nearest cluster.
    seconds : float
        Duration of the fit.
    estimator : object or None
        The fitted estimator; of more rows than the sample, only the selected candidate is fitted on all of them.
    draws : Draws or None
        The measures of each draw.
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
    separation: float | None = None
    separation_in_halves: float | None = None
    separation_margin: float | None = None
    stability: float | None = None
    stability_error: float | None = None
    calinski_harabasz: float | None = None
    davies_bouldin: float | None = None
    bic: float | None = None
    noise_share: float = 0.0
    seconds: float = 0.0
    stability_of_clusters: dict[int | str, float] | None = field(default=None, repr=False)
    estimator: Any = field(default=None, repr=False)
    draws: Draws | None = field(default=None, repr=False)

    @property
    def weakest_stability(self) -> float | None:
        """Mean Jaccard similarity of the least stable cluster."""
        return None if self.stability_of_clusters is None else min(self.stability_of_clusters.values())

    @property
    def labels(self) -> Integers:
        """Cluster of each row, 0 the largest."""
        labels: Integers = self.estimator.labels_
        return labels

    @property
    def confidence(self) -> Floats:
        """Confidence of each row, see `Assessment`; of custseg's own methods."""
        confidence: Floats = self.estimator.confidence_
        return confidence

    @property
    def reassignments(self) -> tuple[Reassignment, ...]:
        """Rows reassigned to meet the minimum size; of custseg's own methods."""
        reassignments: tuple[Reassignment, ...] = self.estimator.reassignments_
        return reassignments

    @property
    def notes(self) -> tuple[FitNote, ...]:
        """Notes of the method on the fit, for users."""
        method = get_method(self.method)
        return (*method.notes(self.estimator), *reassignment_notes(self.reassignments)) if method else ()


def candidates_table(candidates: Sequence[Candidate], best: Candidate, language: str) -> list[list[str]]:
    """Headings, then the method, number and measures of each candidate that meets the minimum size."""
    words = text(language, "choice", "table")
    rows = [[words[name] for name in ("method", "n_clusters", *_SHOWN, "chosen")]]
    for row in candidates:
        if row.meets_min_size:
            figures = [two_decimals(getattr(row, name), language) for name in _SHOWN]
            mark = words["chosen"] if row is best else ""
            rows.append([method_label(row.method, language), number(row.n_clusters, language), *figures, mark])
    return rows
