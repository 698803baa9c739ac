"""K-means with a minimum cluster size that `predict` does not need to know."""

from __future__ import annotations

from typing import Any

from sklearn.utils import check_random_state

from custseg._numerics import Floats
from custseg.clustering._center_clusterer import CenterClusterer, extend_centers, refit_centers
from custseg.clustering._method import FitSpec, Method, convergence_notes
from custseg.clustering.assignment._nearest_center import CenterRule
from custseg.clustering.min_size._lloyd import kmeans_plusplus
from custseg.clustering.rows._rows import DistinctRows


class MinSizeKMeans(CenterClusterer):
    """K-means with a hard minimum cluster size.

    Minimizes Σ w‖x − c_label(x)‖² subject to every cluster holding at least `min_size`. Each of Lloyd's steps
    assigns the rows exactly: a transportation problem [1]_, whose dual gives one offset λ_j ≥ 0 per
    cluster, so that label(x) = argmin_j ‖x − c_j‖² − λ_j, the cells of a power diagram [2]_ (a weighted
    Voronoi diagram). Hence `predict` needs no minimum size, returns `labels_` for the training rows, and gives
    duplicate rows the same label.

    Parameters
    ----------
    n_clusters : int, default 8
        Number of clusters.
    min_size : int or float, optional
        Smallest number of rows per cluster (int), or smallest share of the rows (float below 1, rounded up). With
        `sample_weight`: smallest weight (int), or share of the weight (float below 1); give a weight below 1, or
        one that is not a whole number, as a share. By default clusters are merely not empty.
    n_init : int, default 10
        Number of starts from k-means++ seeds; the best solution is returned. Of more than 65,536 distinct rows, see
        Notes, all starts run on a sample, and the better half of them continue.
    max_iter : int, default 300
        Maximum number of steps of one start, on each sample and on all rows.
    tol : float, default 1e-4
        Steps end when the centers move by less: sum of squares, relative to the mean variance of the columns.
        The variance of a column counts up to ten squared interquartile ranges, to limit the influence of outliers.
    random_state : int, RandomState or None, default None
        Seed of the starts. The same seed gives the same partition for the same rows in any order.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features_in_)
        Centers, the largest cluster first.
    offsets_ : ndarray of shape (n_clusters,)
        λ, in squared units of the columns; 0 for clusters that meet the minimum size without it.
    labels_ : ndarray of int, shape (n_rows,)
        Cluster of each row; 0 is the largest, equal sizes in the order of the centers' values.
    sizes_ : ndarray of shape (n_clusters,)
        Rows (int) or weight (float) of each cluster.
    reassignments_ : tuple of Reassignment
        Rows reassigned to meet the minimum size: from, to, count, added cost.
    second_labels_, confidence_, distance_ : ndarray of shape (n_rows,)
        For the training rows, see `Assessment`; `assess` gives them for any rows.
    inertia_ : float
        Weighted sum of squared distances to the assigned center.
    assignment_rule_ : CenterRule
        All that `predict` needs, in arrays and numbers.
    n_iter_ : int
        Steps of the best start, on all rows.
    converged_ : bool
        Whether the best start ended before `max_iter`.

    Notes
    -----
    Duplicate rows are one row with a weight. A cluster with an offset exceeds the minimum size by less than the
    group of tied rows on its boundary, so the cost is at most Σ_j λ_j (size_j − min_size) above that of the linear
    program, which may split ties; without ties it is the optimum. One step takes O(n·k·d), as in k-means.

    Of many rows, starts run on a random sample of at least 16,384 distinct rows first, in which a cluster of the
    minimum size has about 50 rows; the better half of them, at least two, continue on a sample that is four times
    as large, and so on to all rows (successive halving [3]_). The sample is drawn by a hash of the rows. A smaller
    minimum, or a few rows of most of the weight, allow no sample: then all starts run on all rows.

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
    .. [3] Jamieson, Talwalkar (2016). Non-stochastic best arm identification and hyperparameter
       optimization. AISTATS, 240-248.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import MinSizeKMeans
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [20.0]])
    >>> model = MinSizeKMeans(2, min_size=2, random_state=0).fit(X)
    >>> model.labels_.tolist()
    [0, 0, 0, 1, 1]
    """

    _counts = ("n_init", "max_iter")

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

    def _starts(self, rows: DistinctRows) -> list[Floats]:
        rng = check_random_state(self.random_state)
        return [kmeans_plusplus(rows.values, rows.weights, self.n_clusters, rng=rng) for _ in range(self.n_init)]


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
    extend=extend_centers,
    notes=convergence_notes,
)
