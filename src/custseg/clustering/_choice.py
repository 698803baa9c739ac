"""How many clusters: k-means for each number, the minimum size as a hard rule, then the silhouette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from custseg._checks import plural
from custseg.clustering._assignment import nearest_centres
from custseg.errors import DataError, InfeasibleMinimumError

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
        The numbers to choose among. Those that need more distinct rows than there are, or more rows
        for the minimum size, are not tried.
    min_size : int
        No cluster may have fewer rows.
    random_state : int
        Seed; the same seed gives the same result.
    progress : callable, optional
        Called with (numbers tried, numbers to try), before each and at the end.

    Returns
    -------
    ClusteringChoice

    Raises
    ------
    DataError
        If there are fewer distinct rows than the smallest number of clusters.
    InfeasibleMinimumError
        If no candidate meets the minimum; `feasible` is the largest minimum that one meets.

    Notes
    -----
    k-means of scikit-learn, ten starts for each number. Cost: n_rows² for the silhouette, which is
    taken of a seeded sample above 10,000 rows.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis. Journal of Computational and Applied Mathematics 20, 53-65.
    doi:10.1016/0377-0427(87)90125-7

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import choose_kmeans
    >>> X = np.array([[0.0], [0.1], [5.0], [5.1], [5.2], [9.0], [9.1]])
    >>> choice = choose_kmeans(X, n_clusters=[2, 3], min_size=2, random_state=0)
    >>> choice.best.labels.tolist()
    [1, 1, 0, 0, 0, 2, 2]
    >>> choice.reason
    'of 2 and 3 groups, 3 have the largest silhouette (0.97).'
    """
    order = np.lexsort(X.T[::-1])
    ordered = np.ascontiguousarray(X[order])
    back = np.argsort(order)
    tried = _worth_trying(ordered, sorted(n_clusters), min_size)
    tell = progress or (lambda done, steps: None)
    candidates = []
    for done, k in enumerate(tried):
        tell(done, len(tried))
        candidates.append(_candidate(ordered, back, k, min_size=min_size, random_state=random_state))
    tell(len(tried), len(tried))
    allowed = [candidate for candidate in candidates if candidate.meets_min_size]
    if not allowed:
        raise _infeasible(candidates, n_clusters, min_size)
    best = max(allowed, key=lambda candidate: (candidate.silhouette, -candidate.n_clusters))
    reason = _reason(best, [candidate.n_clusters for candidate in allowed], asked=n_clusters)
    return ClusteringChoice(tuple(candidates), best, min_size, reason)


def _worth_trying(ordered: Floats, numbers: Sequence[int], min_size: int) -> list[int]:
    """The numbers with rows enough; the smallest one even if the minimum is out of reach, to see how far."""
    distinct = 1 + int((ordered[1:] != ordered[:-1]).any(axis=1).sum())
    possible = [k for k in numbers if k <= distinct]
    if not possible:
        raise DataError(
            f"{plural(len(ordered), 'row')} have {plural(distinct, 'distinct value')} in the columns "
            f"to group by, too few for {plural(numbers[0], 'group')}."
        )
    return [k for k in possible if k * min_size <= len(ordered)] or possible[:1]


def _candidate(ordered: Floats, back: NDArray[np.intp], k: int, *, min_size: int, random_state: int) -> Candidate:
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


def _infeasible(candidates: Sequence[Candidate], asked: Sequence[int], min_size: int) -> InfeasibleMinimumError:
    closest = max(candidates, key=lambda candidate: candidate.smallest)
    return InfeasibleMinimumError(
        f"no k-means with {_numbers(asked)} groups keeps each of them at {min_size:,} or more. The closest "
        f"has {plural(closest.n_clusters, 'group')}, the smallest of {closest.smallest:,}.",
        feasible=closest.smallest,
    )


def _reason(best: Candidate, allowed: Sequence[int], *, asked: Sequence[int]) -> str:
    value = f"{best.silhouette:.2f}"
    if len(asked) == 1:
        return f"asked for {plural(best.n_clusters, 'group')}; silhouette {value}."
    small = [k for k in asked if k not in allowed]
    rest = f" {_numbers(small)} would leave one under the minimum size." if small else ""
    if len(allowed) == 1:
        return f"{plural(best.n_clusters, 'group')}, with a silhouette of {value}.{rest}"
    return f"of {_numbers(allowed)} groups, {best.n_clusters} have the largest silhouette ({value}).{rest}"


def _numbers(numbers: Sequence[int]) -> str:
    """`3 to 8`, or `3, 5 and 8`."""
    if len(numbers) > 2 and max(numbers) - min(numbers) == len(numbers) - 1:
        return f"{min(numbers)} to {max(numbers)}"
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last
