"""How many clusters: k-means for each number, the minimum size as a hard rule, then the silhouette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from custseg.clustering._assignment import nearest_centres
from custseg.errors import InfeasibleMinimumError

Floats = NDArray[np.float64]

_SILHOUETTE_ROWS = 10_000
_STARTS = 10


@dataclass(frozen=True, eq=False)
class Candidate:
    """One clustering that was tried.

    Attributes
    ----------
    method : str
        The algorithm.
    n_clusters : int
        Number of clusters.
    silhouette : float
        Mean silhouette in [-1, 1] (Rousseeuw 1987); above 10,000 rows from a seeded sample.
    smallest : int
        Rows in the smallest cluster.
    meets_min_size : bool
        Whether no cluster is under the minimum.
    centres : ndarray of shape (n_clusters, n_columns)
        Cluster centres, the largest cluster first.
    labels : ndarray of shape (n_rows,)
        Cluster of each row; 0 is the largest.
    """

    method: str
    n_clusters: int
    silhouette: float
    smallest: int
    meets_min_size: bool
    centres: Floats = field(repr=False)
    labels: NDArray[np.intp] = field(repr=False)


@dataclass(frozen=True, eq=False)
class ClusteringChoice:
    """The clusterings that were tried, and the one that was taken.

    Attributes
    ----------
    candidates : tuple of Candidate
        One per number of clusters.
    best : Candidate
        The one with the largest silhouette among those that meet the minimum size.
    min_size : int
        The minimum size, in rows.
    reason : str
        Why it was taken, in a sentence.
    """

    candidates: tuple[Candidate, ...]
    best: Candidate
    min_size: int
    reason: str

    def columns(self) -> dict[str, list[str] | list[int] | list[float] | list[bool]]:
        """The candidates as columns, for any frame constructor."""
        rows = self.candidates
        return {
            "method": [row.method for row in rows],
            "n_clusters": [row.n_clusters for row in rows],
            "silhouette": [row.silhouette for row in rows],
            "smallest": [row.smallest for row in rows],
            "meets_min_size": [row.meets_min_size for row in rows],
        }


def choose_kmeans(
    X: Floats,
    *,
    n_clusters: Sequence[int],
    min_size: int,
    random_state: int,
    progress: Callable[[int, int], None] | None = None,
) -> ClusteringChoice:
    """Fit k-means for each number of clusters and take the best that meets the minimum size.

    The result does not depend on the order of the rows: they are sorted by value before seeding.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
        Finite rows.
    n_clusters : sequence of int
        The numbers to try; those above the number of distinct rows are passed over.
    min_size : int
        No cluster may have fewer rows.
    random_state : int
        Seed; the same seed gives the same result.
    progress : callable, optional
        Called with (numbers done, numbers in all).

    Returns
    -------
    ClusteringChoice

    Raises
    ------
    InfeasibleMinimumError
        If no candidate meets the minimum; `feasible` is the largest minimum that one meets.
    """
    order = np.lexsort(X.T[::-1])
    ordered = np.ascontiguousarray(X[order])
    back = np.argsort(order)
    distinct = 1 + int((ordered[1:] != ordered[:-1]).any(axis=1).sum())
    possible = [k for k in n_clusters if k <= distinct]
    if not possible:
        raise InfeasibleMinimumError(
            f"the rows have {distinct} distinct values, too few for {min(n_clusters)} clusters."
        )
    candidates = []
    for done, k in enumerate(possible):
        if progress is not None:
            progress(done, len(possible))
        candidates.append(_candidate(ordered, back, k, min_size=min_size, random_state=random_state))
    if progress is not None:
        progress(len(possible), len(possible))
    allowed = [candidate for candidate in candidates if candidate.meets_min_size]
    if not allowed:
        raise _infeasible(candidates, min_size)
    best = max(allowed, key=lambda candidate: (candidate.silhouette, -candidate.n_clusters))
    return ClusteringChoice(tuple(candidates), best, min_size, _reason(candidates, allowed, best))


def _candidate(
    ordered: Floats, back: NDArray[np.intp], k: int, *, min_size: int, random_state: int
) -> Candidate:
    model = KMeans(k, n_init=_STARTS, random_state=random_state).fit(ordered)
    # How many threads added up a mean shows in its last bits; without them labels are the same for all.
    centres = _largest_first(ordered, np.round(model.cluster_centers_, 9))
    labels = nearest_centres(ordered, centres)
    sizes = np.bincount(labels, minlength=k)
    smallest = int(sizes.min())
    return Candidate(
        method="kmeans",
        n_clusters=k,
        silhouette=_silhouette(ordered, labels, random_state),
        smallest=smallest,
        meets_min_size=smallest >= min_size,
        centres=centres,
        labels=labels[back],
    )


def _largest_first(X: Floats, centres: Floats) -> Floats:
    """The centres by falling cluster size; equal sizes by the centres' own values."""
    sizes = np.bincount(nearest_centres(X, centres), minlength=len(centres))
    return np.ascontiguousarray(centres[np.lexsort((*centres.T[::-1], -sizes))])


def _silhouette(X: Floats, labels: NDArray[np.intp], random_state: int) -> float:
    found = len(np.unique(labels))
    if found < 2 or found >= len(X):
        return 0.0
    rows = min(len(X), _SILHOUETTE_ROWS)
    if rows == len(X):
        return float(silhouette_score(X, labels))
    sample = np.random.default_rng(random_state).choice(len(X), rows, replace=False)
    if not 2 <= len(np.unique(labels[sample])) < rows:
        return 0.0
    return float(silhouette_score(X[sample], labels[sample]))


def _infeasible(candidates: Sequence[Candidate], min_size: int) -> InfeasibleMinimumError:
    closest = max(candidates, key=lambda candidate: candidate.smallest)
    tried = f"{candidates[0].n_clusters}"
    if len(candidates) > 1:
        tried += f" to {candidates[-1].n_clusters}"
    return InfeasibleMinimumError(
        f"no clustering into {tried} clusters keeps all of them at {min_size:,} rows or more. "
        f"The closest is {closest.n_clusters} clusters, the smallest of which has "
        f"{closest.smallest:,} rows.",
        feasible=closest.smallest,
    )


def _reason(candidates: Sequence[Candidate], allowed: Sequence[Candidate], best: Candidate) -> str:
    if len(candidates) == 1:
        return f"{best.n_clusters} was asked for; silhouette {best.silhouette:.2f}."
    small = [candidate.n_clusters for candidate in candidates if not candidate.meets_min_size]
    rest = f" {_numbers(small)} would have left a group under the minimum size." if small else ""
    return (
        f"{best.n_clusters} has the largest silhouette ({best.silhouette:.2f}) among "
        f"{_numbers([candidate.n_clusters for candidate in allowed])}.{rest}"
    )


def _numbers(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last
