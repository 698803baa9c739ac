"""A clusterer for columns with heavy tails, made of one that would spend its clusters on them."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator, ClusterMixin, clone
from sklearn.utils.validation import check_is_fitted

from custseg._arrays import Integers
from custseg._checks import check_min_size
from custseg.clustering._methods import METHODS
from custseg.clustering.assignment._assessment import Assessment
from custseg.clustering.rows._rows import checked_rows
from custseg.clustering.selection._tails import TailRule, Tails

_CLUSTERERS = tuple(method.estimator_class for method in METHODS)


class HeavyTailClusterer(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """One of the clusterers with a minimum size, on rows whose heavy tails are drawn in.

    A column has a heavy tail on a side where its outer values, fewer than a group may have, lie ever farther out:
    Hill's estimate of the tail index [1]_, from the outermost 5 %, is below 3 (Student's t with two degrees of
    freedom, a log-normal column, money; an exponential one at times), and no gap or thin stretch on the way out
    has as many rows as a group beyond it. K-means would spend clusters on such values, whatever the other columns
    say. On that side no value stays farther from the median than a normal column would have it at its rank, whose
    rows on that side have the same median distance. All other columns stay as they are.

    Parameters
    ----------
    clusterer : MinSizeKMeans, MinSizeGaussianMixture or MinSizeHDBSCAN
        Cloned and fitted on the rows after that.
    min_size : int or float, default 0.05
        Rows of a group (int), or their share of the rows (float below 1, rounded up): as many values beyond a gap are
        left where they are. With fewer than five, or more than a quarter of the rows, nothing is drawn in.

    Attributes
    ----------
    clusterer_ : estimator
        The fitted clusterer. All its fitted attributes are those of this one too; centers, means and distances
        are of the rows as they were drawn in.
    heavy_columns_ : tuple of int
        Positions of the columns with heavy tails.
    assignment_rule_ : TailRule
        All that `predict` needs, in arrays and numbers.

    References
    ----------
    .. [1] Hill (1975). A simple general approach to inference about the tail of a distribution.
       Annals of Statistics 3, 1163-1174. doi:10.1214/aos/1176343247

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import HeavyTailClusterer, MinSizeKMeans
    >>> rng = np.random.default_rng(0)
    >>> group = np.repeat([0, 1], 100)
    >>> X = np.column_stack([6 * group + rng.normal(size=200), rng.standard_cauchy(200)])
    >>> model = HeavyTailClusterer(MinSizeKMeans(2, random_state=0)).fit(X)
    >>> model.heavy_columns_, int((model.labels_ == group).sum()) in {0, 200}
    ((1,), True)
    """

    def __init__(self, clusterer: Any, *, min_size: int | float = 0.05) -> None:
        self.clusterer = clusterer
        self.min_size = min_size

    def fit(self, X: Any, y: Any = None) -> Self:
        """Find the tails, then the clusters.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_columns)
            Finite rows, up to 1e100.
        y : ignored
            There by scikit-learn's convention.

        Returns
        -------
        HeavyTailClusterer

        Raises
        ------
        InfeasibleMinimumError
            If the clusterer raises it.
        ValueError, TypeError
            If the rows or a parameter cannot be used.
        """
        check_min_size(type(self).__name__, self.min_size)
        if not isinstance(self.clusterer, _CLUSTERERS):
            told = " or ".join(f"a {kind.__name__}" for kind in _CLUSTERERS)
            given = self.clusterer
            raise TypeError(
                f"{type(self).__name__}: clusterer must be {told}, "
                f"got {'the class ' + given.__name__ if isinstance(given, type) else type(given).__name__}."
            )
        X = checked_rows(self, X, reset=True)
        tails = Tails.of(X, check_min_size(type(self).__name__, self.min_size, len(X)))
        return self._learn(clone(self.clusterer).fit(tails.drawn_in(X)), tails)

    def predict(self, X: Any) -> Integers:
        """The cluster of each row, its far values drawn in as those of the fit."""
        check_is_fitted(self)
        return self.assignment_rule_.labels(checked_rows(self, X, reset=False))

    def assess(self, X: Any) -> Assessment:
        """Second-best cluster, confidence, distance and novelty of each row, consistent with `predict`.

        A row beyond all that the fit saw of a heavy tail is an outlier (`is_outlier`).
        """
        check_is_fitted(self)
        return self.assignment_rule_.assess(checked_rows(self, X, reset=False))

    def __getattr__(self, name: str) -> Any:
        """What the fitted clusterer has learned: `labels_`, `sizes_`, `confidence_` and so on."""
        if name.endswith("_") and not name.startswith("_") and "clusterer_" in vars(self):
            return getattr(self.clusterer_, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _learn(self, fitted: Any, tails: Tails) -> Self:
        """Keep a clusterer that was fitted on rows that were drawn in."""
        self.clusterer_ = fitted
        self.heavy_columns_ = tails.columns
        self.assignment_rule_ = TailRule(tails, fitted.assignment_rule_)
        return self


def with_tails(fitted: Any, tails: Tails, min_size: int) -> Any:
    """A clusterer fitted on rows that were drawn in, as one for the rows as they are; itself without tails."""
    if fitted is None or not tails.parts:
        return fitted
    return HeavyTailClusterer(clone(fitted), min_size=min_size)._learn(fitted, tails)
