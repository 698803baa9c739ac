"""Ward's hierarchical clustering in which no cluster is smaller than `min_size`."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from custseg._numerics import Floats
from custseg.clustering._center_clusterer import CenterClusterer, extend_centers, refit_centers
from custseg.clustering._method import FitSpec, Method, convergence_notes
from custseg.clustering.assignment._nearest_center import CenterRule
from custseg.clustering.rows._rows import DistinctRows


class MinSizeWard(CenterClusterer):
    """Ward's method, refined by k-means, with a hard minimum cluster size.

    The usual two stages of market segmentation [1]_: a tree that joins, again and again, the two clusters whose
    union increases the sum of squares least [2]_, cut into `n_clusters`; then Lloyd's steps from the centers of
    these clusters, each step with the exact assignment under the minimum size (see `MinSizeKMeans`). Hence
    label(x) = argmin_j ‖x − c_j‖² − λ_j, and `predict` gives `labels_` on the training rows. There is no
    random number in it: the same rows give the same partition in any order.

    Parameters
    ----------
    n_clusters : int, default 8
        Number of clusters.
    min_size : int or float, optional
        Smallest number of rows per cluster (int), or smallest share of the rows (float below 1, rounded up).
        With `sample_weight`: weight, or share of the weight. By default clusters are merely not empty.
    max_fit_rows : int, default 2_000
        The tree is built on at most so many distinct rows, each counted once, because its time grows with their
        square: a sample that depends on the values of the rows alone.
    max_iter : int, default 300
        Maximum number of Lloyd's steps.
    tol : float, default 1e-4
        As in `MinSizeKMeans`.

    Attributes
    ----------
    cluster_centers_, offsets_, labels_, sizes_, reassignments_ : ndarray, tuple
        As in `MinSizeKMeans`; the largest cluster first.
    second_labels_, confidence_, distance_ : ndarray of shape (n_rows,)
        For the training rows, see `Assessment`; `assess` gives them for any rows.
    inertia_ : float
        Weighted sum of squared distances to the assigned center.
    assignment_rule_ : CenterRule
        All that `predict` needs, in arrays and numbers.
    n_iter_ : int
        Lloyd's steps.
    converged_ : bool
        Whether they ended before `max_iter`.

    References
    ----------
    .. [1] Punj, Stewart (1983). Cluster analysis in marketing research: review and suggestions for application.
       Journal of Marketing Research 20, 134-148. doi:10.1177/002224378302000204
    .. [2] Ward (1963). Hierarchical grouping to optimize an objective function. Journal of the American
       Statistical Association 58, 236-244. doi:10.1080/01621459.1963.10500845

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import MinSizeWard
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [20.0]])
    >>> MinSizeWard(2, min_size=2).fit(X).labels_.tolist()
    [0, 0, 0, 1, 1]
    """

    _counts = ("max_fit_rows", "max_iter")

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        min_size: int | float | None = None,
        max_fit_rows: int = 2_000,
        max_iter: int = 300,
        tol: float = 1e-4,
    ) -> None:
        self.n_clusters = n_clusters
        self.min_size = min_size
        self.max_fit_rows = max_fit_rows
        self.max_iter = max_iter
        self.tol = tol

    def _starts(self, rows: DistinctRows) -> list[Floats]:
        k = self.n_clusters
        # Distinct rows are ordered by a hash of their values, so the first are a sample whatever the order of X.
        sample = rows.values[: max(self.max_fit_rows, k)]
        weights = rows.weights[: len(sample)]
        labels = AgglomerativeClustering(k).fit_predict(sample) if len(sample) > 1 else np.zeros(1, dtype=np.intp)
        members = [labels == j for j in range(k)]
        return [np.array([np.average(sample[m], axis=0, weights=weights[m]) for m in members])]


def _make(spec: FitSpec) -> MinSizeWard:
    return MinSizeWard(spec.n_clusters or 1, min_size=spec.min_size)


WARD = Method(
    name="ward",
    label="Ward's method",
    estimator_class=MinSizeWard,
    rule_class=CenterRule,
    make=_make,
    refit=refit_centers,
    extend=extend_centers,
    notes=convergence_notes,
    in_auto=False,
)
