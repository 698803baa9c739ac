"""k-means in which no cluster is smaller than asked, and whose `predict` needs no minimum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from custseg._arrays import Floats, Integers
from custseg._checks import check_integer, check_min_size, check_number
from custseg.clustering._method import FitSpec, Method, convergence_notes
from custseg.clustering.assignment._assessment import Assessment
from custseg.clustering.assignment._nearest_center import CenterRule
from custseg.clustering.min_size._feasibility import (
    check_distinct_rows,
    check_usable_weight,
    infeasible_error,
    is_weight_sufficient,
    resolved_min_size,
)
from custseg.clustering.min_size._kmeans_solution import KMeansSolution
from custseg.clustering.min_size._restarts import Restarts
from custseg.clustering.rows._rows import DistinctRows, checked_rows, checked_weights, distinct_rows


class MinSizeKMeans(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """K-means with a hard minimum cluster size.

    Minimizes Σ w‖x − c_label(x)‖² subject to every cluster holding at least `min_size`. Each of Lloyd's steps
    assigns the rows exactly: a transportation problem [1]_, whose dual gives one offset λ_j ≥ 0 per
    cluster, so that label(x) = argmin_j ‖x − c_j‖² − λ_j, the cells of a power diagram [2]_. Hence
    `predict` knows no minimum, gives `labels_` on the rows of the fit, and the same label to equal rows.

    Parameters
    ----------
    n_clusters : int, default 8
        Number of clusters.
    min_size : int or float, optional
        Least rows per cluster (int), or least share of the rows (float below 1, rounded up). With
        `sample_weight`: least weight (int), or least share of the weight (float below 1); a weight that is
        below 1 or no whole number is asked as a share. By default clusters are merely not empty.
    n_init : int, default 10
        Starts from k-means++ seeds; the best solution is taken.
    max_iter : int, default 300
        Most steps of one start.
    tol : float, default 1e-4
        Steps end when the centers move by less: sum of squares, relative to the mean variance of the columns,
        of which a few far rows make no more than ten squared interquartile ranges.
    random_state : int, RandomState or None, default None
        Seed of the starts. The same seed gives the same partition for the same rows in any order.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features_in_)
        Centers, the largest cluster first.
    offsets_ : ndarray of shape (n_clusters,)
        λ, in squared units of the columns; 0 for clusters that need none.
    labels_ : ndarray of int, shape (n_rows,)
        Cluster of each row; 0 is the largest, equal sizes in the order of the centers' values.
    sizes_ : ndarray of shape (n_clusters,)
        Rows (int) or weight (float) of each cluster.
    reassignments_ : tuple of Reassignment
        Who was moved to meet the minimum: from, to, count, added cost.
    second_labels_, confidence_, distance_ : ndarray of shape (n_rows,)
        For the rows of the fit, see `Assessment`; `assess` gives them for any rows.
    inertia_ : float
        Weighted sum of squared distances to the own center.
    assignment_rule_ : CenterRule
        All that `predict` needs, in arrays and numbers.
    n_iter_ : int
        Steps of the best start.
    converged_ : bool
        Whether the best start ended before `max_iter`.

    Notes
    -----
    Equal rows are one row with a weight. A cluster with an offset exceeds the minimum by less than the group
    of tied rows on its boundary, so the cost is at most Σ_j λ_j (size_j − min_size) above the linear program,
    which may split ties; without ties it is the optimum. Takes O(n·k·d) per step, as k-means does.

    If no start meets the minimum, a fallback search is used which depends on the rows and `n_clusters` alone:
    cuts into intervals along the columns and the first principal axis, and k-means from three fixed seeds (the
    cuts alone for more than 5,000 distinct rows, with offsets that need not be minimal). If the search meets the
    minimum, its best clusters are the result. Otherwise the error has a `feasible` minimum which the search
    meets, so that it is feasible for every seed. It is the largest one for distinct rows without weights and for one
    column; otherwise a larger one may exist.

    References
    ----------
    .. [1] Bradley, Bennett, Demiriz (2000). Constrained k-means clustering. Microsoft Research,
       MSR-TR-2000-65.
    .. [2] Aurenhammer, Hoffmann, Aronov (1998). Minkowski-type theorems and least-squares clustering.
       Algorithmica 20, 61-76. doi:10.1007/PL00009187

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import MinSizeKMeans
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [20.0]])
    >>> model = MinSizeKMeans(2, min_size=2, random_state=0).fit(X)
    >>> model.labels_.tolist()
    [0, 0, 0, 1, 1]
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        min_size: int | float | None = None,
        n_init: int = 10,
        max_iter: int = 300,
        tol: float = 1e-4,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.min_size = min_size
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Find the clusters.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_columns)
            Finite rows, up to 1e100.
        y : ignored
            There by scikit-learn's convention.
        sample_weight : array-like of shape (n_rows,), optional
            One weight per row, for cost and size alike. A row of weight 0 has a label and no influence.

        Returns
        -------
        MinSizeKMeans

        Raises
        ------
        InfeasibleMinimumError
            If no clusters were found which meet the minimum without splitting duplicate rows. `feasible` is a
            minimum that is met with every seed, in rows (int) or weight (float), see Notes.
        ValueError, TypeError
            If the rows, the weights or a parameter cannot be used.
        """
        name = type(self).__name__
        k = check_integer(name, "n_clusters", self.n_clusters, minimum=1)
        for argument in ("n_init", "max_iter"):
            check_integer(name, argument, getattr(self, argument), minimum=1)
        check_number(name, "tol", self.tol, minimum=0.0)
        if self.min_size is not None:
            check_min_size(name, self.min_size)
        X = checked_rows(self, X, reset=True)
        weights = checked_weights(self, sample_weight, len(X))
        rows = distinct_rows(X) if weights is None else distinct_rows(X[weights > 0], weights[weights > 0])
        check_distinct_rows(name, "n_clusters", rows, clusters=k, weighted=weights is not None)
        minimum = resolved_min_size(name, self.min_size, weights, n_rows=len(X))
        if not minimum.amount:
            minimum = replace(minimum, amount=float(rows.weights.min()))
        search = Restarts(rows, k, minimum.amount, n_init=self.n_init, max_iter=self.max_iter, tol=self.tol)
        check_usable_weight(name, "n_clusters", minimum, search=search.fallback_search)
        solution = search.best(check_random_state(self.random_state))
        if solution is None:
            raise infeasible_error(name, "n_clusters", minimum, search=search.fallback_search)
        self._learn(X, rows, solution)
        counts = np.bincount(self.labels_, minlength=k)
        self.sizes_: Floats | Integers = counts if weights is None else solution.sizes
        return self

    def predict(self, X: Any) -> Integers:
        """The cluster of each row: the nearest center by squared distance less its offset."""
        check_is_fitted(self)
        return self.assignment_rule_.labels(checked_rows(self, X, reset=False))

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> Integers:
        """Fit, and the labels of the rows."""
        return self.fit(X, sample_weight=sample_weight).labels_

    def assess(self, X: Any) -> Assessment:
        """Second-best cluster, confidence, distance and novelty of each row, consistent with `predict`."""
        check_is_fitted(self)
        return self.assignment_rule_.assess(checked_rows(self, X, reset=False))

    def _learn(self, X: Floats, rows: DistinctRows, solution: KMeansSolution) -> None:
        bare = CenterRule(solution.centers, solution.offsets, np.full(len(solution.centers), np.inf), 1.0)
        reach = np.zeros(len(solution.centers))
        np.maximum.at(reach, solution.labels, bare.assess(rows.values).distance)
        variance = solution.cost / (float(rows.weights.sum()) * X.shape[1])
        self.assignment_rule_ = replace(bare, reach=reach, scale=2 * variance or 1.0)
        self.cluster_centers_, self.offsets_ = solution.centers, solution.offsets
        self.inertia_, self.n_iter_, self.converged_ = solution.cost, solution.steps, solution.converged
        self.reassignments_ = self.assignment_rule_.reassignments(rows.values, rows.weights)
        # Rows without weight are not among the rows of the fit.
        every = len(rows.inverse) == len(X)
        assessed = self.assignment_rule_.assess(rows.values if every else X)
        back = rows.inverse if every else slice(None)
        self.labels_, self.second_labels_ = assessed.label[back], assessed.second_label[back]
        self.confidence_, self.distance_ = assessed.confidence[back], assessed.distance[back]


def refit_centers(model: MinSizeKMeans, X: Floats) -> CenterRule | None:
    """Fit on the rows and return only the assignment rule; None where the minimum size cannot be met.

    Nothing is checked; `min_size` is a count.
    """
    rows, k, min_size = distinct_rows(X), model.n_clusters, float(model.min_size or 1)
    if k > len(rows.values) or not is_weight_sufficient(rows, k, min_size):
        return None
    search = Restarts(rows, k, min_size, n_init=model.n_init, max_iter=model.max_iter, tol=model.tol)
    solution = search.best(check_random_state(model.random_state))
    return None if solution is None else CenterRule(solution.centers, solution.offsets, np.full(k, np.inf), 1.0)


def _make(spec: FitSpec) -> MinSizeKMeans:
    return MinSizeKMeans(
        spec.n_clusters or 1,
        min_size=spec.min_size,
        n_init=4 if spec.is_refit else 10,
        random_state=spec.random_state,
    )


KMEANS = Method(
    name="kmeans",
    label="k-means",
    estimator_class=MinSizeKMeans,
    rule_class=CenterRule,
    make=_make,
    refit=refit_centers,
    notes=convergence_notes,
)
