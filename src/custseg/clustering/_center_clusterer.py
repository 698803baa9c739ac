"""Base of the clusterers that assign rows to the nearest center: k-means under a minimum size from given starts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from custseg._checks import check_integer, check_min_size, check_number
from custseg._numerics import Floats, Integers
from custseg.clustering.assignment._assessment import Assessment
from custseg.clustering.assignment._limits import outlier_limits
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


class CenterClusterer(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """K-means under a minimum size; subclasses define the parameters and the starting centers.

    `_counts` names the parameters that are positive whole numbers.
    """

    _counts: ClassVar[tuple[str, ...]]
    n_clusters: int
    min_size: int | float | None
    max_iter: int
    tol: float
    # Centers of a fit to a sample, from which a fit to all rows starts.
    _given_starts: Sequence[Floats] | None = None

    @abstractmethod
    def _starts(self, rows: DistinctRows) -> Sequence[Floats]:
        """The starting centers, one array per start; `rows` are all rows, or the sample on which starts run first."""

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:
        """Fit the clusters.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_columns)
            Finite rows, up to 1e100.
        y : ignored
            Present for API consistency with scikit-learn.
        sample_weight : array-like of shape (n_rows,), optional
            One weight per row, for both cost and size. A row of weight 0 is labeled but has no influence.

        Returns
        -------
        self

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
        for argument in self._counts:
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
        search = Restarts(rows, k, minimum.amount, max_iter=self.max_iter, tol=self.tol)
        check_usable_weight(name, "n_clusters", minimum, search=search.fallback_search)
        starts = self._starts(search.samples[0]) if self._given_starts is None else self._given_starts
        solution = search.best(starts)
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
        """Fit and return the labels of the rows."""
        return self.fit(X, sample_weight=sample_weight).labels_

    def assess(self, X: Any) -> Assessment:
        """Second-best cluster, confidence, distance and novelty of each row, consistent with `predict`."""
        check_is_fitted(self)
        return self.assignment_rule_.assess(checked_rows(self, X, reset=False))

    def _learn(self, X: Floats, rows: DistinctRows, solution: KMeansSolution) -> None:
        k, variance = len(solution.centers), solution.cost / (float(rows.weights.sum()) * X.shape[1])
        rule = CenterRule(solution.centers, solution.offsets, np.full(k, np.inf), scale=2 * variance or 1.0)
        # Rows of weight 0 are not among the training rows.
        all_weighted = len(rows.inverse) == len(X)
        is_distinct = len(rows.values) == len(X)
        # Without duplicates, the rows in their own order need not be put back into it.
        assessed = rule.assess(X if is_distinct or not all_weighted else rows.values)
        training = assessed if all_weighted else rule.assess(rows.values)
        # One count per row, whatever its weight.
        counts = np.ones(len(X)) if is_distinct else np.bincount(rows.inverse).astype(np.float64)
        reach = outlier_limits(training.label, training.distance, counts, n_clusters=k)
        back = slice(None) if is_distinct or not all_weighted else rows.inverse
        self.labels_, self.second_labels_ = assessed.label[back], assessed.second_label[back]
        self.confidence_, self.distance_ = assessed.confidence[back], assessed.distance[back]
        self.assignment_rule_ = replace(rule, reach=reach)
        self.cluster_centers_, self.offsets_ = solution.centers, solution.offsets
        self.inertia_, self.n_iter_, self.converged_ = solution.cost, solution.steps, solution.converged
        self.reassignments_ = rule.reassignments(rows.values, rows.weights)


def extend_centers(model: CenterClusterer, of_sample: CenterClusterer, X: Floats) -> CenterClusterer:
    """Fit to all rows from the centers of a fit to a sample of them."""
    model._given_starts = [of_sample.cluster_centers_]
    try:
        return model.fit(X)
    finally:
        model._given_starts = None


def refit_centers(model: CenterClusterer, rows: DistinctRows) -> CenterRule | None:
    """Fit on the rows and return only the assignment rule; None where the minimum size cannot be met.

    Nothing is checked; `min_size` is a count.
    """
    k, min_size = model.n_clusters, float(model.min_size or 1)
    if k > len(rows.values) or not is_weight_sufficient(rows, k, min_size):
        return None
    search = Restarts(rows, k, min_size, max_iter=model.max_iter, tol=model.tol)
    solution = search.best(model._starts(search.samples[0]))
    return None if solution is None else CenterRule(solution.centers, solution.offsets, np.full(k, np.inf), 1.0)
