"""`evaluate_clusterer`: measure any clusterer as `select_clustering` measures its candidates."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import clone

from custseg._checks import check_min_size, check_random_state
from custseg._numerics import Integers
from custseg.clustering.rows._rows import checked_matrix
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._evidence import Evaluator
from custseg.clustering.selection._stages import Stages
from custseg.clustering.validation._stability import check_clusterer, labels_of, with_seed

_CALLER = "evaluate_clusterer"


@dataclass(frozen=True, eq=False)
class _Labels:
    """The labels of a fit, in the order of the rows."""

    labels_: Integers


def evaluate_clusterer(
    clusterer: Any, X: Any, *, name: str = "", min_size: int | float = 0.05, random_state: int = 0
) -> Candidate:
    """Fit a clusterer of any kind, and measure it as `select_clustering` measures its candidates.

    Parameters
    ----------
    clusterer : scikit-learn clusterer
        Cloned and fitted on all rows; a `random_state` of None, also of a step inside, is set to the seed.
    X : array-like of shape (n_rows, n_columns)
        Finite rows, up to 1e100.
    name : str, optional
        The `method` of the row; by default the name of its class.
    min_size : int or float, default 0.05
        The minimum size of the clusters in the null reference data, and the one that `meets_min_size` compares with.
        The clusterer itself need not meet it.
    random_state : int, default 0
        Seed. The order of the rows does not matter.

    Returns
    -------
    Candidate
        Clusters are numbered from 0, the largest first; rows labeled -1 are noise and in no cluster.
        Its `estimator` holds the labels alone.

    Raises
    ------
    TypeError, ValueError
        If an argument cannot be used, or the clusterer refuses the rows.

    Notes
    -----
    - The rows are taken as they are: call `custseg.preparation.compress_tails` first if columns have heavy tails.
    - Noise has silhouette 0, and is left out of the Calinski-Harabasz and the Davies-Bouldin index, which are too
      favorable if there is much of it.
    - Where noise is a label of the refits, it counts in their adjusted Rand index as a cluster.
    - A refit sees half of the rows (at most 2,000): a setting that depends on their number, such as the
      radius of DBSCAN, lowers the stability.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.cluster import AgglomerativeClustering
    >>> from custseg.clustering import evaluate_clusterer
    >>> X = np.random.default_rng(0).normal(size=(150, 2)) + np.repeat([[0, 0], [9, 0], [0, 9]], 50, axis=0)
    >>> ward = evaluate_clusterer(AgglomerativeClustering(3), X)
    >>> ward.method, ward.n_clusters, ward.stability
    ('AgglomerativeClustering', 3, 1.0)
    """
    check_clusterer(_CALLER, clusterer, argument="clusterer")
    if not isinstance(name, str):
        raise TypeError(f"{_CALLER}: name must be text, got {type(name).__name__}.")
    seed = check_random_state(_CALLER, random_state)
    rows = checked_matrix(_CALLER, X)
    n_members = check_min_size(_CALLER, min_size, len(rows))
    evaluator = Evaluator.of(rows, seed=seed, min_size=n_members)
    order = evaluator.order

    fresh = with_seed(clusterer, seed)
    start = time.perf_counter()
    fitted = clone(fresh).fit(evaluator.X)
    seconds = time.perf_counter() - start
    labels = np.empty(len(rows), dtype=np.intp)
    labels[order] = _by_size(labels_of(fitted, evaluator.X))
    row = _described(labels, name or type(clusterer).__name__, n_members)
    bic = float(fitted.bic(evaluator.X)) if hasattr(fitted, "bic") else None
    row = replace(row, bic=bic, seconds=seconds)
    return _measured(row, evaluator, fresh) if row.n_clusters else row


def _by_size(labels: Integers) -> Integers:
    """Number clusters from 0 by descending size, ties by their first row; labels below 0 are noise, -1."""
    names, first, counts = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    numbers = np.full(int(labels.max(initial=-1)) + 2, -1)
    numbers[names[np.lexsort((first, -counts))]] = np.arange(len(names))
    renumbered: Integers = np.where(labels >= 0, numbers[labels], -1)
    return renumbered


def _described(labels: Integers, name: str, min_size: int) -> Candidate:
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    smallest = int(sizes.min())
    return Candidate(
        method=name,
        n_clusters=int(labels.max()) + 1,
        meets_min_size=smallest >= min_size,
        smallest=smallest,
        smallest_share=smallest / len(labels),
        noise_share=float((labels < 0).mean()),
        estimator=_Labels(labels),
    )


def _measured(row: Candidate, evaluator: Evaluator, clusterer: Any) -> Candidate:
    """The row with silhouette, silhouette gain, stability and indices."""
    stages = Stages(n_jobs=1)
    (row,) = evaluator.separated([row], stages=stages)
    row = evaluator.refitted(row, clusterer)
    return evaluator.null([row.n_clusters], with_separation=False, stages=stages).with_gain(row)
