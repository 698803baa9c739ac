"""HDBSCAN with a minimum cluster size and a `predict` that is consistent with the fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Self

import numpy as np
from scipy.spatial import cKDTree
from sklearn import cluster
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from custseg._checks import check_choice, check_integer, check_min_size
from custseg._numerics import Floats, Integers
from custseg.clustering._method import FitNote, FitSpec, Method, SettingsGrid, TriedSetting
from custseg.clustering.assignment._assessment import Assessment, Reassignment
from custseg.clustering.assignment._limits import bound_of_largest, outlier_limits
from custseg.clustering.assignment._nearest_core import CoreRule, workers
from custseg.clustering.assignment._prototypes import condensed
from custseg.clustering.min_size._feasibility import MinSize, resolved_min_size
from custseg.clustering.min_size._merging import merged_to_min_size
from custseg.clustering.rows._rows import DistinctRows, checked_rows, distinct_rows
from custseg.errors import InfeasibleMinimumError
from custseg.texts import plural

# HDBSCAN has no clusters of one row.
_SMALLEST = 2
# Of larger data, clusters are found in a sample of so many rows when methods are compared.
_FIT_ROWS = 5_000
# The grid: sizes of neighborhoods, and how many times the minimum size the smallest group is.
_NEIGHBORS = (3, 10, 40)
_MORE_NEIGHBORS = (3, 5, 10, 20, 40)
_TIMES_MINIMUM = (1, 2, 4, 8)
# Settings whose separation differs by less are equally good; of these, the neighborhood nearest to the middle one.
_SIMILAR_SEPARATION, _MIDDLE_NEIGHBORS = 0.03, 10


class MinSizeHDBSCAN(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """HDBSCAN with a hard minimum cluster size, and a rule for new rows.

    Clusters are dense regions that persist over density levels [1]_. `labels_` are defined by `predict`: a row
    belongs to the cluster of the prototype that is nearest in mutual reachability. Hence both agree on every row,
    and duplicate rows have the same label.

    The rule stores no rows of X but prototypes of the rows inside dense regions. Each stands for at least ten rows,
    or for all rows of a cluster of fewer.

    Parameters
    ----------
    min_size : int, float or None, default 0.05
        Smallest number of rows per cluster (int), or smallest share of the rows (float below 1, rounded up). None
        and 1 mean 2: HDBSCAN has no clusters of one row.
    min_samples : int, optional
        Rows in a neighborhood, including the row itself; larger means smoother. By default the minimum size within
        the rows that are fitted, at most 20.
    noise : {"nearest", "keep"}, default "nearest"
        Whether rows outside dense regions join the nearest cluster or keep the label -1.
    max_fit_rows : int, default 20_000
        With more rows, clusters are found in a seeded sample of this size; all rows are then assigned.
    max_prototypes : int, default 1_000
        Maximum number of prototypes that are stored for `predict`, if there are fewer clusters.
    random_state : int, RandomState or None, default None
        Seed of the sample.

    Attributes
    ----------
    labels_ : ndarray of int, shape (n_rows,)
        Cluster of each row; 0 is the largest, -1 is noise.
    n_clusters_ : int
        Number of clusters; 0 where no dense region is large enough, and then every row is noise.
    sizes_ : ndarray of int, shape (n_clusters_,)
        Rows of each cluster.
    n_noise_ : int
        Rows outside dense regions, as HDBSCAN found them among the fitted rows.
    n_fit_rows_ : int
        Rows that the clusters were found in; fewer than all where a sample was drawn.
    merges_ : tuple of Merge
        Clusters that were below the minimum size on all rows.
    reassignments_ : tuple of Reassignment
        The rows of merged clusters. `origin` is always -1, as their cluster no longer has a number; `target` is
        in the final numbering, -1 where they became noise; `added_cost` is count · distance of the merge.
    second_labels_, confidence_, distance_ : ndarray of shape (n_rows,)
        For the training rows, see `Assessment`; `assess` gives them for any rows.
    assignment_rule_ : CoreRule
        All that `predict` needs, in arrays and numbers.

    Notes
    -----
    With `noise="keep"` a row is noise when it is farther from its cluster than all rows that HDBSCAN itself
    put there can be, by mean and variance of the ten farthest (Samuelson's inequality [2]_). The partition of the other
    rows is that of scikit-learn, except for a few on the border of two clusters.

    References
    ----------
    .. [1] Campello, Moulavi, Sander (2013). Density-based clustering based on hierarchical density estimates.
       PAKDD, 160-172. doi:10.1007/978-3-642-37456-2_14

    .. [2] Samuelson (1968). How deviant can you be? Journal of the American Statistical Association 63,
       1522-1525.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import MinSizeHDBSCAN
    >>> X = np.concatenate([np.arange(20.0), 100 + np.arange(10.0)])[:, None]
    >>> MinSizeHDBSCAN(min_size=5).fit(X).sizes_.tolist()
    [20, 10]
    """

    def __init__(
        self,
        *,
        min_size: int | float | None = 0.05,
        min_samples: int | None = None,
        noise: str = "nearest",
        max_fit_rows: int = 20_000,
        max_prototypes: int = 1_000,
        random_state: Any = None,
    ) -> None:
        self.min_size = min_size
        self.min_samples = min_samples
        self.noise = noise
        self.max_fit_rows = max_fit_rows
        self.max_prototypes = max_prototypes
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit the clusters.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_columns)
            Finite rows, up to 1e100; at least two.
        y : ignored
            Present for API consistency with scikit-learn.

        Returns
        -------
        MinSizeHDBSCAN

        Raises
        ------
        InfeasibleMinimumError
            If the minimum is larger than the number of rows; `feasible` is that number.
        ValueError, TypeError
            If the rows or a parameter cannot be used.
        """
        name = type(self).__name__
        check_choice(name, "noise", self.noise, allowed=("nearest", "keep"))
        for argument in ("max_fit_rows", "max_prototypes"):
            check_integer(name, argument, getattr(self, argument), minimum=2)
        if self.min_samples is not None:
            check_integer(name, "min_samples", self.min_samples, minimum=1)
        if self.min_size is not None:
            check_min_size(name, self.min_size)
        X = checked_rows(self, X, reset=True)
        if len(X) < 2:
            raise ValueError(f"{name}: X must have at least two rows, got n_samples=1.")
        minimum = resolved_min_size(name, self.min_size, None, n_rows=len(X))
        _check_enough(name, minimum)
        min_size = max(_SMALLEST, int(minimum.amount))
        rows = distinct_rows(X)
        rule = self._core_rule(rows, min_size)
        self._learn(rule, rows, min_size)
        return self

    def predict(self, X: Any) -> Integers:
        """The cluster of each row: that of the nearest prototype by mutual reachability; -1 for noise."""
        check_is_fitted(self)
        return self.assignment_rule_.labels(checked_rows(self, X, reset=False))

    def assess(self, X: Any) -> Assessment:
        """Second-best cluster, confidence, distance and novelty of each row, consistent with `predict`."""
        check_is_fitted(self)
        return self.assignment_rule_.assess(checked_rows(self, X, reset=False))

    def _core_rule(self, rows: DistinctRows, min_size: int, *, as_prototypes: bool = True) -> CoreRule:
        """Run HDBSCAN on a sample and return its clusters as a rule of prototypes, or of the rows themselves."""
        rng = check_random_state(self.random_state)
        # Duplicates are adjacent and sorted by hash, so the order of the rows does not matter.
        repeated = np.repeat(np.arange(len(rows.values)), rows.weights.astype(np.intp))
        sample = _sorted_sample(len(repeated), self.max_fit_rows, rng)
        self.n_fit_rows_ = len(sample)
        smallest = math.ceil(min_size * len(sample) / len(repeated))
        return self._core_rule_of(rows.values[repeated[sample]], smallest, as_prototypes=as_prototypes)

    def _core_rule_of(self, X: Floats, min_size: int, *, as_prototypes: bool) -> CoreRule:
        smallest = min(max(_SMALLEST, min_size), len(X))
        neighbors = min(self.min_samples or min(smallest, 20), len(X))
        hdbscan = cluster.HDBSCAN(min_cluster_size=smallest, min_samples=neighbors, algorithm="kd_tree", copy=True)
        labels = _with_duplicates(X, hdbscan.fit_predict(X))
        self.n_noise_ = int((labels < 0).sum())
        inside = np.flatnonzero(labels >= 0)
        k = int(labels.max()) + 1
        near = cKDTree(X).query(X[inside], k=[neighbors], workers=workers(len(inside)))[0] if k else np.empty((0, 1))
        no_limit = np.full(k, np.inf)
        rule = CoreRule(
            X[inside], near[:, 0], labels[inside], k, max(1, min(neighbors, len(inside))), no_limit, no_limit
        )
        if not k:
            return rule
        # This rule, not HDBSCAN, labels the rows, so that `predict` and the minimum size hold.
        if as_prototypes:
            rule = condensed(rule, X, max_prototypes=self.max_prototypes)
        if self.noise == "nearest":
            return rule
        members = rule.nearest_cores(X[inside])
        by_cluster = [members.distances[rule.core_labels[members.indices] == j] for j in range(k)]
        return replace(rule, limit=np.array([bound_of_largest(distances) for distances in by_cluster]))

    def _learn(self, rule: CoreRule, rows: DistinctRows, min_size: int) -> None:
        weights, inverse = rows.weights, rows.inverse
        rule, near, merged = merged_to_min_size(rule, rows.values, weights, min_size=min_size)
        labels = rule.nearest_label(near)
        inside = labels >= 0
        sizes = np.bincount(labels[inside], weights[inside], minlength=rule.n_clusters)
        first = np.array([rule.cores[rule.core_labels == j].min(axis=0) for j in range(rule.n_clusters)])
        order = np.lexsort((*first.T[::-1], -sizes)) if len(first) else np.empty(0, dtype=np.intp)
        rank = np.append(np.argsort(order), -1)  # and -1 stays -1
        nearest = rule.core_labels[near.indices] if rule.n_clusters else labels
        reach = outlier_limits(nearest, near.distances, weights, n_clusters=rule.n_clusters)
        self.assignment_rule_ = replace(
            rule, core_labels=rank[rule.core_labels], limit=rule.limit[order], reach=reach[order]
        )
        # Ties for the second-best cluster are broken by the cluster numbers, which have changed.
        assessed = self.assignment_rule_.assess(rows.values, near)
        self.labels_, self.second_labels_ = assessed.label[inverse], assessed.second_label[inverse]
        self.confidence_, self.distance_ = assessed.confidence[inverse], assessed.distance[inverse]
        self.n_clusters_ = rule.n_clusters
        self.sizes_ = np.bincount(self.labels_[self.labels_ >= 0], minlength=rule.n_clusters)
        self.merges_ = tuple(replace(m, target=int(rank[m.target])) for m in merged)
        self.reassignments_ = tuple(
            Reassignment(-1, m.target, float(m.size), m.distance * m.size) for m in self.merges_
        )


def _check_enough(name: str, minimum: MinSize) -> None:
    """Raise if there are fewer rows than the minimum size of one cluster."""
    if minimum.amount > minimum.total:
        raise InfeasibleMinimumError(
            f"{name}: min_size={minimum.requested} is more than the {plural(int(minimum.total), 'row')} of X. "
            f"At most {minimum.as_argument(minimum.total)} is feasible, as one cluster of all rows.",
            feasible=int(minimum.total),
        )


def _sorted_sample(n: int, size: int, rng: np.random.RandomState) -> Integers:
    """Sorted indices of a sample of at most `size` rows."""
    if n <= size:
        return np.arange(n)
    return np.sort(rng.choice(n, size, replace=False)).astype(np.intp)


def _with_duplicates(X: Floats, labels: Integers) -> Integers:
    """Duplicate rows get the largest label among them, so that they are noise only where all of them are."""
    start = np.flatnonzero(np.append(True, (X[1:] != X[:-1]).any(axis=1)))
    group = np.cumsum(np.append(True, (X[1:] != X[:-1]).any(axis=1))) - 1
    best = np.maximum.reduceat(labels, start)
    unified: Integers = best[group].astype(np.intp)
    return unified


@dataclass(frozen=True)
class _Setting:
    """A cell of the grid: rows in a neighborhood, and the smallest group in multiples of the minimum size."""

    min_samples: int
    times: int


def _make(spec: FitSpec) -> MinSizeHDBSCAN:
    return MinSizeHDBSCAN(
        min_size=max(_SMALLEST, spec.min_size * spec.setting.times),
        min_samples=spec.setting.min_samples,
        max_fit_rows=_FIT_ROWS,
        random_state=spec.random_state,
    )


def _refit(model: MinSizeHDBSCAN, rows: DistinctRows) -> CoreRule | None:
    """Fit on the rows and return only the assignment rule; None where there are fewer rows than the minimum size.

    Nothing is checked, and clusters are in any order; `min_size` is a count. Rows are not condensed into prototypes,
    which takes longer than HDBSCAN itself and changes few labels: this rule is compared and dropped, never saved.
    """
    min_size = max(_SMALLEST, int(model.min_size or 0))
    if min_size > len(rows.inverse):
        return None
    rule = model._core_rule(rows, min_size, as_prototypes=False)
    return merged_to_min_size(rule, rows.values, rows.weights, min_size=min_size)[0]


def _extend(model: MinSizeHDBSCAN, of_sample: MinSizeHDBSCAN, X: Floats) -> MinSizeHDBSCAN:
    """Assign all rows to the clusters that were found in a sample of them, and merge those below the minimum size."""
    X = checked_rows(model, X, reset=True)
    model.n_noise_, model.n_fit_rows_ = of_sample.n_noise_, of_sample.n_fit_rows_
    model._learn(of_sample.assignment_rule_, distinct_rows(X), max(_SMALLEST, int(model.min_size or 0)))
    return model


def _settings(*, n_rows: int, n_sample: int, min_size: int, fine: bool) -> list[_Setting]:
    grid = product(_MORE_NEIGHBORS if fine else _NEIGHBORS, _TIMES_MINIMUM)
    return [
        _Setting(min_samples, times)
        for min_samples, times in grid
        if min_samples < n_sample and 2 * times * min_size <= n_rows
    ]


def _most_reproducible(settings: Sequence[TriedSetting]) -> FitSpec:
    """Of the settings with about the best separation the one that should be the most reproducible.

    That is the largest minimum which leaves the groups room: on halves a small one finds more of them, and one as
    large as the groups themselves fewer. Then, of the neighborhoods that fit twice into half of the smallest group, the
    one of middle size.
    """
    best = max(tried.separation for tried in settings)
    good = [tried for tried in settings if tried.separation >= best - _SIMILAR_SEPARATION]
    local = [tried for tried in good if 4 * tried.spec.setting.min_samples <= tried.smallest] or good
    roomy = [tried for tried in local if 2 * tried.spec.setting.times * tried.spec.min_size <= tried.smallest]
    times = (max if roomy else min)(tried.spec.setting.times for tried in roomy or local)
    similar = [tried.spec for tried in roomy or local if tried.spec.setting.times == times]
    return min(similar, key=lambda spec: abs(math.log(spec.setting.min_samples / _MIDDLE_NEIGHBORS)))


def _notes(model: MinSizeHDBSCAN) -> tuple[FitNote, ...]:
    if model.n_fit_rows_ == len(model.labels_):
        return ()
    return (FitNote("sampled", model.n_fit_rows_),)


def _noise_share(model: MinSizeHDBSCAN) -> dict[str, float]:
    return {"noise_share": model.n_noise_ / model.n_fit_rows_}


HDBSCAN = Method(
    name="hdbscan",
    label="HDBSCAN",
    estimator_class=MinSizeHDBSCAN,
    rule_class=CoreRule,
    make=_make,
    refit=_refit,
    extend=_extend,
    notes=_notes,
    measures=_noise_share,
    grid=SettingsGrid(settings=_settings, select=_most_reproducible),
)
