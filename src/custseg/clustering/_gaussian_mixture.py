"""A Gaussian mixture with a minimum cluster size that `predict` does not need to know."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from custseg._arrays import Floats, Integers
from custseg._checks import check_choice, check_integer, check_min_size, check_number
from custseg.clustering._method import FitNote, FitSpec, Method, convergence_notes
from custseg.clustering.assignment._assessment import Assessment
from custseg.clustering.assignment._gaussian import MixtureRule
from custseg.clustering.min_size._em import (
    COVARIANCE_TYPES,
    Fitted,
    MatrixCosts,
    Mixture,
    Shape,
    climb,
    mixture_of_clusters,
)
from custseg.clustering.min_size._fallback import LastResort
from custseg.clustering.min_size._feasibility import (
    asked_minimum,
    check_distinct_rows,
    check_useful,
    infeasible,
    is_useful,
)
from custseg.clustering.min_size._kmeans_solution import meets
from custseg.clustering.min_size._lloyd import free_clustering, seeds
from custseg.clustering.min_size._mixture_solution import MixtureEnd, last_resort, numbered
from custseg.clustering.min_size._offsets import cluster_sizes
from custseg.clustering.rows._rows import DistinctRows, checked_rows, column_scales, distinct_rows

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

    Where no start meets the minimum, the search of `MinSizeKMeans` takes over (see its Notes): each power diagram
    that it finds is a mixture, with equal round covariances if need be. So `feasible` is at least the
    minimum that k-means can meet; curved boundaries may allow a larger one.

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
        """Find the components and the clusters.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_columns)
            Finite rows, up to 1e100.
        y : ignored
            There by scikit-learn's convention.

        Returns
        -------
        MinSizeGaussianMixture

        Raises
        ------
        InfeasibleMinimumError
            If the minimum cannot be met without splitting equal rows; `feasible` is a minimum that every seed
            meets, see Notes.
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
        minimum = asked_minimum(name, self.min_size, None, n_rows=len(X))
        minimum = replace(minimum, least=max(minimum.least, 1.0))
        shape = _shape(rows, self.covariance_type, self.reg_covar)
        search = last_resort(rows, k, shape)
        check_useful(name, "n_components", minimum, search=search)
        end = self._best(search, shape, minimum.least)
        if end is None:
            raise infeasible(name, "n_components", minimum, search=search)
        self._learn(rows, end)
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

    def _best(self, search: LastResort[MixtureEnd], shape: Shape, least: float) -> MixtureEnd | None:
        """The solution of the largest likelihood that meets the minimum size; None where no start meets it."""
        rng = check_random_state(self.random_state)
        rows, k = search.rows, search.k
        starts = [start for _ in range(self.n_init) for start in _starts(rows, k, shape, rng=rng)]
        free = [self._climbed(rows, start, shape, least=0.0) for start in starts]
        free.sort(key=lambda fitted: -fitted.likelihood)
        for fitted in free:
            labels, _ = MatrixCosts(fitted.mixture.costs(rows.values)).assign(fitted.offsets)
            bound = fitted
            if not meets(cluster_sizes(labels, rows.weights, k), least):
                bound = self._climbed(rows, fitted.mixture, shape, least=least)
            for candidate in (bound, fitted):
                end = numbered(rows, candidate, least)
                if end is not None:
                    return end
        ends = list(search.meeting(least))
        climbed = [self._climbed(rows, end.fitted.mixture, shape, least=least) for end in ends]
        ends += [end for end in (numbered(rows, fitted, least) for fitted in climbed) if end is not None]
        return max(ends, key=lambda end: end.fitted.likelihood, default=None)

    def _climbed(self, rows: DistinctRows, start: Mixture, shape: Shape, *, least: float) -> Fitted:
        return climb(
            rows.values,
            rows.weights,
            start,
            least=least,
            shape=shape,
            max_iter=self.max_iter,
            tol=self.tol,
        )

    def _learn(self, rows: DistinctRows, end: MixtureEnd) -> None:
        mixture, rule = end.fitted.mixture, end.rule
        self.weights_, self.means_ = mixture.weights, mixture.means
        self.covariances_ = _in_shape(mixture.covariances, self.covariance_type)
        self.fallbacks_ = mixture.fallbacks
        self.offsets_, self.assignment_rule_ = rule.offsets, rule
        self.log_likelihood_, self.converged_ = end.fitted.likelihood, end.fitted.converged
        self.n_iter_ = end.fitted.steps
        assessed, back = rule.assess(rows.values), rows.inverse
        self.labels_, self.second_labels_ = assessed.label[back], assessed.second_label[back]
        self.confidence_, self.distance_ = assessed.confidence[back], assessed.distance[back]
        self.sizes_ = np.bincount(self.labels_, minlength=len(rule.means))
        self.reassignments_ = rule.reassignments(rows.values, rows.weights)


def _shape(rows: DistinctRows, covariance_type: str, reg_covar: float) -> Shape:
    """Type and regularization of the covariances; a constant column has the mean scale of the other columns."""
    scales = column_scales(rows)
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
        start = free_clustering(values, weights, seeds(values, weights, k, rng=rng), max_iter=300, tol=0.0)
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


def _refit(model: MinSizeGaussianMixture, X: Floats) -> MixtureRule | None:
    """Fit on the rows and return only the assignment rule; None where the minimum size cannot be met.

    Nothing is checked; `min_size` is a count.
    """
    rows, k, min_size = distinct_rows(X), model.n_components, float(model.min_size or 1)
    if k > len(rows.values) or not is_useful(rows, k, min_size):
        return None
    shape = _shape(rows, model.covariance_type, model.reg_covar)
    solution = model._best(last_resort(rows, k, shape), shape, min_size)
    return None if solution is None else solution.rule


def _make(spec: FitSpec) -> MinSizeGaussianMixture:
    return MinSizeGaussianMixture(
        spec.n_clusters or 1,
        min_size=spec.min_size,
        n_init=1 if spec.is_refit else 3,
        random_state=spec.random_state,
    )


def _notes(model: MinSizeGaussianMixture) -> tuple[FitNote, ...]:
    simplified = (
        FitNote(f"the shape of {{0}} was simplified ({remedy}).", clusters=(component,))
        for component, remedy in model.fallbacks_
    )
    return (*convergence_notes(model), *simplified)


def _bic(model: MinSizeGaussianMixture) -> dict[str, float]:
    """-2 log likelihood + parameters · log(rows), for full covariances (Schwarz 1978)."""
    k, d = model.means_.shape
    n_rows, n_parameters = len(model.labels_), k * d + k * d * (d + 1) / 2 + k - 1
    return {"bic": float(-2 * n_rows * model.log_likelihood_ + n_parameters * math.log(n_rows))}


GAUSSIAN_MIXTURE = Method(
    name="gaussian_mixture",
    label="a Gaussian mixture",
    estimator_class=MinSizeGaussianMixture,
    rule_class=MixtureRule,
    make=_make,
    refit=_refit,
    notes=_notes,
    measures=_bic,
)
