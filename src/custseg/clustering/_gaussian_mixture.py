"""A Gaussian mixture with a minimum cluster size that `predict` does not need to know."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from custseg._checks import check_choice, check_integer, check_min_size, check_number
from custseg._numerics import Floats, Integers
from custseg.clustering._method import FitNote, FitSpec, Method, convergence_notes
from custseg.clustering.assignment._assessment import Assessment
from custseg.clustering.assignment._gaussian import MixtureRule
from custseg.clustering.min_size._em import (
    COVARIANCE_TYPES,
    EMResult,
    MatrixCosts,
    Mixture,
    Shape,
    expectation_maximization,
    mixture_of_clusters,
)
from custseg.clustering.min_size._fallback import FallbackSearch
from custseg.clustering.min_size._feasibility import (
    check_distinct_rows,
    check_usable_weight,
    infeasible_error,
    is_weight_sufficient,
    resolved_min_size,
)
from custseg.clustering.min_size._kmeans_solution import meets
from custseg.clustering.min_size._lloyd import kmeans_plusplus, unconstrained_lloyd
from custseg.clustering.min_size._mixture_solution import MixtureSolution, fallback_search, mixture_solution
from custseg.clustering.min_size._offsets import cluster_sizes
from custseg.clustering.rows._rows import DistinctRows, checked_rows, distinct_rows

# Values farther than this number of robust scales from the median count as outliers.
_OUTLIER_SCALES = 3.0


class MinSizeGaussianMixture(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """A Gaussian mixture with a hard minimum cluster size.

    Expectation maximization. Where the largest posterior would leave a cluster below the minimum size, the smallest
    offsets λ_j ≥ 0 that meet it are added to the log posteriors: in each E-step and in the final labeling,
    label(x) = argmax_j log(π_j N(x; μ_j, Σ_j)) + λ_j. Hence `predict` needs no minimum size, returns `labels_`
    for the training rows, and gives duplicate rows the same label.

    Parameters
    ----------
    n_components : int, default 8
        Number of components, each a cluster.
    covariance_type : {"full", "tied", "diag", "spherical"}, default "full"
        As in scikit-learn: one matrix per component, one for all, variances only, or one variance.
    min_size : int or float, optional
        Smallest number of rows per cluster (int), or smallest share of the rows (float below 1, rounded up).
    reg_covar : float, default 1e-6
        Added to the variances of each component, in units of the variance of each column (of their mean for
        "spherical"), so that rescaling X changes nothing; for columns of variance 1 it means the same as in
        scikit-learn. A variance counts up to ten times the squared interquartile range of the distinct rows, to
        limit the influence of outliers.
    n_init : int, default 1
        Number of starts, each from k-means; the solution of the largest likelihood is returned.
    max_iter : int, default 100
        Maximum number of steps of one start.
    tol : float, default 1e-3
        Steps end when the mean log-likelihood of a row grows by less.
    random_state : int, RandomState or None, default None
        Seed of the starts. The same seed gives the same partition for the same rows in any order.

    Attributes
    ----------
    weights_, means_, covariances_ : ndarray
        Parameters in scikit-learn's shapes, the largest cluster first.
    offsets_ : ndarray of shape (n_components,)
        λ; 0 for clusters that meet the minimum size without it.
    labels_ : ndarray of int, shape (n_rows,)
        Cluster of each row; 0 is the largest, equal sizes in the order of the means' values.
    sizes_ : ndarray of int, shape (n_components,)
        Rows of each cluster.
    reassignments_ : tuple of Reassignment
        Rows reassigned to meet the minimum size: from, to, count, added -log posterior.
    second_labels_, confidence_, distance_ : ndarray of shape (n_rows,)
        For the training rows, see `Assessment`; `assess` gives them for any rows.
    fallbacks_ : tuple of (int, str)
        Components whose covariance was singular, and the remedy: "regularized" or "diagonal"; "round" for
        all of them where only equal round covariances met the minimum size.
    log_likelihood_ : float
        Mean log-likelihood of a row, without offsets.
    converged_ : bool
        Whether the steps ended before `max_iter`.
    n_iter_ : int
        Number of steps of the returned solution.
    assignment_rule_ : MixtureRule
        All that `predict` needs, in arrays and numbers.

    Notes
    -----
    Duplicate rows are one row with a weight. A component may nowhere have the largest posterior; without
    `min_size` its cluster still has at least one row.

    If no start meets the minimum, the fallback search of `MinSizeKMeans` is used (see its Notes): each of its
    power diagrams becomes a mixture, with equal spherical covariances if necessary. The `feasible` minimum in
    the error is therefore met with every seed; curved boundaries may allow a larger one.

    References
    ----------
    .. [1] Dempster, Laird, Rubin (1977). Maximum likelihood from incomplete data via the EM algorithm.
       Journal of the Royal Statistical Society B 39, 1-38. doi:10.1111/j.2517-6161.1977.tb01600.x

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import MinSizeGaussianMixture
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [20.0]])
    >>> model = MinSizeGaussianMixture(2, min_size=2, random_state=0).fit(X)
    >>> model.sizes_.tolist()
    [3, 2]
    """

    # The rule of a fit to a sample, from which a fit to all rows starts.
    _start_rule: MixtureRule | None = None

    def __init__(
        self,
        n_components: int = 8,
        *,
        covariance_type: str = "full",
        min_size: int | float | None = None,
        reg_covar: float = 1e-6,
        n_init: int = 1,
        max_iter: int = 100,
        tol: float = 1e-3,
        random_state: Any = None,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.min_size = min_size
        self.reg_covar = reg_covar
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit the components and the clusters.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_columns)
            Finite rows, up to 1e100.
        y : ignored
            Present for API consistency with scikit-learn.

        Returns
        -------
        MinSizeGaussianMixture

        Raises
        ------
        InfeasibleMinimumError
            If no clusters were found which meet the minimum without splitting duplicate rows. `feasible` is a
            minimum that is met with every seed, see Notes.
        ValueError, TypeError
            If the rows or a parameter cannot be used.
        """
        name = type(self).__name__
        k = check_integer(name, "n_components", self.n_components, minimum=1)
        for argument in ("n_init", "max_iter"):
            check_integer(name, argument, getattr(self, argument), minimum=1)
        check_choice(name, "covariance_type", self.covariance_type, allowed=COVARIANCE_TYPES)
        for argument in ("reg_covar", "tol"):
            check_number(name, argument, getattr(self, argument), minimum=0.0)
        if self.min_size is not None:
            check_min_size(name, self.min_size)
        X = checked_rows(self, X, reset=True)
        rows = distinct_rows(X)
        check_distinct_rows(name, "n_components", rows, clusters=k, weighted=False)
        minimum = resolved_min_size(name, self.min_size, None, n_rows=len(X))
        minimum = replace(minimum, amount=max(minimum.amount, 1.0))
        shape = _shape(rows, self.covariance_type, self.reg_covar)
        search = fallback_search(rows, k, shape)
        check_usable_weight(name, "n_components", minimum, search=search)
        solution = self._best(search, shape, minimum.amount)
        if solution is None:
            raise infeasible_error(name, "n_components", minimum, search=search)
        self._learn(rows, solution)
        return self

    def predict(self, X: Any) -> Integers:
        """The cluster of each row: the component of the largest log posterior with its offset."""
        check_is_fitted(self)
        return self.assignment_rule_.labels(checked_rows(self, X, reset=False))

    def predict_proba(self, X: Any) -> Floats:
        """Posterior of each component, with the offsets added to the log priors; consistent with `predict`."""
        check_is_fitted(self)
        return self.assignment_rule_.probabilities(checked_rows(self, X, reset=False))

    def score_samples(self, X: Any) -> Floats:
        """Log density of each row under the mixture, without offsets."""
        check_is_fitted(self)
        costs = self.assignment_rule_.costs(checked_rows(self, X, reset=False))
        low = costs.min(axis=1)
        log_density: Floats = np.log(np.exp(low[:, None] - costs).sum(axis=1)) - low
        return log_density

    def score(self, X: Any, y: Any = None) -> float:
        """Mean log density of the rows."""
        return float(self.score_samples(X).mean())

    def assess(self, X: Any) -> Assessment:
        """Second-best cluster, confidence, distance and novelty of each row, consistent with `predict`."""
        check_is_fitted(self)
        return self.assignment_rule_.assess(checked_rows(self, X, reset=False))

    def _best(self, search: FallbackSearch[MixtureSolution], shape: Shape, min_size: float) -> MixtureSolution | None:
        """The solution of largest likelihood, constrained if it misses the minimum size; None if no start meets it."""
        rows, k = search.rows, search.k
        if self._start_rule is not None:
            labels = self._start_rule.labels(rows.values).astype(np.int32)
            starts = [mixture_of_clusters(rows, labels, self._start_rule.means, shape=shape)]
        else:
            rng = check_random_state(self.random_state)
            starts = [start for _ in range(self.n_init) for start in _starts(rows, k, shape, rng=rng)]
        unconstrained = [self._run_em(rows, start, shape, min_size=0.0) for start in starts]
        unconstrained.sort(key=lambda result: -result.likelihood)
        for result in unconstrained:
            labels, _ = MatrixCosts(result.mixture.costs(rows.values)).assign(result.offsets)
            constrained = result
            if not meets(cluster_sizes(labels, rows.weights, k), min_size):
                constrained = self._run_em(rows, result.mixture, shape, min_size=min_size)
            for candidate in (constrained, result):
                solution = mixture_solution(rows, candidate, min_size)
                if solution is not None:
                    return solution
        solutions = list(search.solutions(min_size))
        improved = [self._run_em(rows, solution.result.mixture, shape, min_size=min_size) for solution in solutions]
        candidates = [*solutions, *(mixture_solution(rows, result, min_size) for result in improved)]
        met = [solution for solution in candidates if solution is not None]
        return max(met, key=lambda solution: solution.result.likelihood, default=None)

    def _run_em(self, rows: DistinctRows, start: Mixture, shape: Shape, *, min_size: float) -> EMResult:
        return expectation_maximization(
            rows.values,
            rows.weights,
            start,
            min_size=min_size,
            shape=shape,
            max_iter=self.max_iter,
            tol=self.tol,
        )

    def _learn(self, rows: DistinctRows, solution: MixtureSolution) -> None:
        mixture, rule = solution.result.mixture, solution.rule
        self.weights_, self.means_ = mixture.weights, mixture.means
        self.covariances_ = _in_shape(mixture.covariances, self.covariance_type)
        self.fallbacks_ = mixture.fallbacks
        self.offsets_, self.assignment_rule_ = rule.offsets, rule
        self.log_likelihood_, self.converged_ = solution.result.likelihood, solution.result.converged
        self.n_iter_ = solution.result.steps
        assessed, back = rule.assess(rows.values), rows.inverse
        self.labels_, self.second_labels_ = assessed.label[back], assessed.second_label[back]
        self.confidence_, self.distance_ = assessed.confidence[back], assessed.distance[back]
        self.sizes_ = np.bincount(self.labels_, minlength=len(rule.means))
        self.reassignments_ = rule.reassignments(rows.values, rows.weights)


def _shape(rows: DistinctRows, covariance_type: str, reg_covar: float) -> Shape:
    """Type and regularization of the covariances; a constant column has the mean scale of the other columns."""
    scales = rows.scales
    varied = scales > 0
    scales[~varied] = scales[varied].mean() if varied.any() else 1.0
    return Shape(covariance_type, reg_covar, scales)


def _starts(rows: DistinctRows, k: int, shape: Shape, *, rng: np.random.RandomState) -> list[Mixture]:
    """The clusters of k-means as components: on the rows, and on the rows with outlying values clipped.

    Outliers attract the centers of k-means, while a mixture can model them by its covariances.
    """
    X, weights = rows.values, rows.weights
    middle, reach = np.median(X, axis=0), _OUTLIER_SCALES * np.sqrt(shape.scales)
    near = np.clip(X, middle - reach, middle + reach)
    starts = []
    for values in [X] if np.array_equal(near, X) else [X, near]:
        centers = kmeans_plusplus(values, weights, k, rng=rng)
        start = unconstrained_lloyd(values, weights, centers, max_iter=300, tol=0.0)
        starts.append(mixture_of_clusters(rows, start.labels, start.centers, shape=shape))
    return starts


def _in_shape(covariances: Floats, covariance_type: str) -> Floats:
    """Full matrices in the shape that scikit-learn gives the type."""
    if covariance_type == "full":
        return covariances
    if covariance_type == "tied":
        tied: Floats = covariances[0]
        return tied
    diagonals = np.diagonal(covariances, axis1=1, axis2=2)
    shaped: Floats = diagonals[:, 0].copy() if covariance_type == "spherical" else diagonals.copy()
    return shaped


def _refit(model: MinSizeGaussianMixture, rows: DistinctRows) -> MixtureRule | None:
    """Fit on the rows and return only the assignment rule; None where the minimum size cannot be met.

    Nothing is checked; `min_size` is a count.
    """
    k, min_size = model.n_components, float(model.min_size or 1)
    if k > len(rows.values) or not is_weight_sufficient(rows, k, min_size):
        return None
    shape = _shape(rows, model.covariance_type, model.reg_covar)
    solution = model._best(fallback_search(rows, k, shape), shape, min_size)
    return None if solution is None else solution.rule


def _extend(model: MinSizeGaussianMixture, of_sample: MinSizeGaussianMixture, X: Floats) -> MinSizeGaussianMixture:
    """Fit to all rows from the clusters of a fit to a sample of them."""
    model._start_rule = of_sample.assignment_rule_
    try:
        return model.fit(X)
    finally:
        model._start_rule = None


def _make(spec: FitSpec) -> MinSizeGaussianMixture:
    return MinSizeGaussianMixture(
        spec.n_clusters or 1,
        min_size=spec.min_size,
        n_init=1 if spec.is_refit else 3,
        random_state=spec.random_state,
    )


def _notes(model: MinSizeGaussianMixture) -> tuple[FitNote, ...]:
    simplified = (FitNote(f"shape_{remedy}", clusters=(component,)) for component, remedy in model.fallbacks_)
    return (*convergence_notes(model), *simplified)


def _bic(model: MinSizeGaussianMixture) -> dict[str, float]:
    """-2 log likelihood + parameters · log(rows), for full covariances (Schwarz 1978)."""
    k, d = model.means_.shape
    n_rows, n_parameters = len(model.labels_), k * d + k * d * (d + 1) / 2 + k - 1
    return {"bic": float(-2 * n_rows * model.log_likelihood_ + n_parameters * math.log(n_rows))}


GAUSSIAN_MIXTURE = Method(
    name="gaussian_mixture",
    label="Gaussian mixture",
    estimator_class=MinSizeGaussianMixture,
    rule_class=MixtureRule,
    make=_make,
    refit=_refit,
    extend=_extend,
    notes=_notes,
    measures=_bic,
)
