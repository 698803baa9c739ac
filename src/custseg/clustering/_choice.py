"""Which clustering: one per number of clusters, all under the same hard minimum, then the silhouette."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import silhouette_score

from custseg._checks import check_choice, plural
from custseg.clustering._min_size_hdbscan import MinSizeHDBSCAN
from custseg.clustering._min_size_kmeans import MinSizeKMeans
from custseg.clustering._min_size_mixture import MinSizeGaussianMixture
from custseg.errors import DataError, InfeasibleMinimumError

Floats = NDArray[np.float64]

METHODS = ("kmeans", "gaussian_mixture", "hdbscan")

_SILHOUETTE_ROWS = 10_000
_NEIGHBOURHOODS = (5, 10, 20, 40)


@dataclass(frozen=True, eq=False)
class Candidate:
    """One clustering that was tried.

    Attributes
    ----------
    method : str
        The algorithm.
    n_clusters : int
        Number of clusters: asked for, or found by HDBSCAN.
    silhouette : float or None
        Mean silhouette in [-1, 1] (Rousseeuw 1987), 0 for a single cluster; above 10,000 rows from a seeded
        sample. None where there is no clustering.
    smallest : int
        Rows in the smallest cluster; where the minimum cannot be met, the largest minimum that can.
    meets_min_size : bool
        Whether there is a clustering under the minimum.
    estimator : object or None
        The fitted estimator.
    """

    method: str
    n_clusters: int
    silhouette: float | None
    smallest: int
    meets_min_size: bool
    estimator: Any = field(default=None, repr=False)

    @property
    def labels(self) -> NDArray[np.intp]:
        """Cluster of each row, 0 the largest."""
        labels: NDArray[np.intp] = self.estimator.labels_
        return labels


@dataclass(frozen=True, eq=False)
class ClusteringChoice:
    """The clusterings that were tried, and the one that was taken.

    Attributes
    ----------
    candidates : tuple of Candidate
        All that were tried.
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

    def columns(self) -> dict[str, list[Any]]:
        """The candidates as columns, for any frame constructor."""
        names = ("method", "n_clusters", "silhouette", "smallest", "meets_min_size")
        return {name: [getattr(row, name) for row in self.candidates] for name in names}


def choose_clustering(
    X: Floats,
    *,
    n_clusters: Sequence[int] | None,
    min_size: int,
    random_state: int,
    method: str = "kmeans",
    progress: Callable[[int, int], None] | None = None,
) -> ClusteringChoice:
    """Fit one method for each number of clusters and take the best; none has a cluster under the minimum.

    The result does not depend on the order of the rows.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
        Finite rows.
    n_clusters : sequence of int or None
        The numbers to choose among. Those that need more distinct rows than there are, or more rows
        for the minimum size, are not tried. None leaves the number to HDBSCAN.
    min_size : int
        No cluster has fewer rows.
    random_state : int
        Seed; the same seed gives the same result.
    method : {"kmeans", "gaussian_mixture", "hdbscan"}, default "kmeans"
        The algorithm. HDBSCAN finds its number itself, once for each of a few sizes of neighbourhood.
    progress : callable, optional
        Called with (candidates tried, candidates to try), before each and at the end.

    Returns
    -------
    ClusteringChoice

    Raises
    ------
    DataError
        If there are fewer distinct rows than the smallest number of clusters, or HDBSCAN finds no number of
        clusters that was asked for.
    InfeasibleMinimumError
        If no candidate meets the minimum; `feasible` is the largest minimum that one meets.
    ValueError, TypeError
        If the method does not exist.

    Notes
    -----
    Cost of the silhouette: n_rows², of a seeded sample above 10,000 rows.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis. Journal of Computational and Applied Mathematics 20, 53-65.
    doi:10.1016/0377-0427(87)90125-7

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import choose_clustering
    >>> X = np.array([[0.0], [0.1], [5.0], [5.1], [5.2], [9.0], [9.1]])
    >>> choice = choose_clustering(X, n_clusters=[2, 3], min_size=2, random_state=0)
    >>> choice.best.labels.tolist()
    [1, 1, 0, 0, 0, 2, 2]
    >>> choice.reason
    'of 2 and 3 groups, 3 have the largest silhouette (0.97).'
    """
    check_choice("choose_clustering", "method", method, allowed=METHODS)
    # In the order of their values, a sample is the same in whatever order the rows came.
    order = np.lexsort(X.T[::-1])
    tell = progress or (lambda done, steps: None)
    if method == "hdbscan":
        candidates = list(_by_neighbourhood(X, order, min_size, random_state=random_state, tell=tell))
        return _chosen_of_found(candidates, n_clusters, min_size)
    assert n_clusters is not None
    numbers = _worth_trying(X[order], sorted(n_clusters), min_size)
    candidates = []
    for done, k in enumerate(numbers):
        tell(done, len(numbers))
        estimator = _estimator(method, k, min_size=min_size, random_state=random_state)
        candidates.append(_candidate(method, k, estimator, X=X, order=order))
    tell(len(numbers), len(numbers))
    allowed = [candidate for candidate in candidates if candidate.meets_min_size]
    if not allowed:
        raise _infeasible(candidates, n_clusters, min_size, rows=len(X))
    best = _largest_silhouette(allowed)
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


def _estimator(method: str, k: int, *, min_size: int, random_state: int) -> Any:
    if method == "kmeans":
        return MinSizeKMeans(k, min_size=min_size, random_state=random_state)
    return MinSizeGaussianMixture(k, min_size=min_size, random_state=random_state)


def _candidate(method: str, k: int | None, estimator: Any, *, X: Floats, order: NDArray[np.intp]) -> Candidate:
    """The fitted candidate; without `k` the number is what the estimator finds."""
    try:
        estimator.fit(X)
    except InfeasibleMinimumError as error:
        return Candidate(method, k or 0, None, error.feasible, meets_min_size=False)
    k = estimator.n_clusters_ if k is None else k
    if k == 0:
        return Candidate(method, 0, None, 0, meets_min_size=False)
    labels = estimator.labels_[order]
    return Candidate(
        method=method,
        n_clusters=k,
        silhouette=_silhouette(X[order], labels, estimator.random_state),
        smallest=int(np.bincount(labels).min()),
        meets_min_size=True,
        estimator=estimator,
    )


def _by_neighbourhood(
    X: Floats,
    order: NDArray[np.intp],
    min_size: int,
    *,
    random_state: int,
    tell: Callable[[int, int], None],
) -> Iterator[Candidate]:
    """HDBSCAN once for each size of neighbourhood that the rows have room for, and its own default."""
    sizes = [None, *(size for size in _NEIGHBOURHOODS if size <= min(min_size, len(X)))]
    for done, size in enumerate(sizes):
        tell(done, len(sizes))
        # scikit-learn's HDBSCAN takes a cluster of at least two rows.
        estimator = MinSizeHDBSCAN(min_size=max(2, min_size), min_samples=size, random_state=random_state)
        yield _candidate("hdbscan", None, estimator, X=X, order=order)
    tell(len(sizes), len(sizes))


def _chosen_of_found(candidates: list[Candidate], asked: Sequence[int] | None, min_size: int) -> ClusteringChoice:
    allowed = [
        candidate
        for candidate in candidates
        if candidate.meets_min_size and (asked is None or candidate.n_clusters in asked)
    ]
    found = _numbers(sorted({candidate.n_clusters for candidate in candidates}))
    if not allowed:
        wanted = "no groups" if asked is None else f"no clustering into {_numbers(asked)} groups"
        raise DataError(f"HDBSCAN found {wanted} of {min_size:,} or more; the numbers it found: {found}.")
    best = _largest_silhouette(allowed)
    reason = (
        f"HDBSCAN found {plural(best.n_clusters, 'dense group')} (silhouette {best.silhouette:.2f}); "
        f"the numbers it found: {found}."
    )
    return ClusteringChoice(tuple(candidates), best, min_size, reason)


def _largest_silhouette(allowed: Sequence[Candidate]) -> Candidate:
    return max(allowed, key=lambda candidate: (candidate.silhouette or 0.0, -candidate.n_clusters))


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


def _infeasible(
    candidates: Sequence[Candidate], asked: Sequence[int], min_size: int, *, rows: int
) -> InfeasibleMinimumError:
    closest = max(candidates, key=lambda candidate: candidate.smallest)
    fewest = min(asked)
    if fewest * min_size > rows:
        why = f"{plural(fewest, 'group')} of {min_size:,} or more need {fewest * min_size:,}, and there are {rows:,}."
    else:
        why = f"{_numbers(asked)} groups cannot all have {min_size:,} or more without parting equal rows."
    return InfeasibleMinimumError(
        f"{why} {plural(closest.n_clusters, 'group')} can have {closest.smallest:,} each.",
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
