"""Stability of a clustering: agreement of refits on parts of the rows.

`stability` measures the adjusted Rand index between two refits and the Jaccard similarity of each cluster with its
most similar cluster in a refit (Hennig 2007).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from sklearn.base import clone

from custseg._checks import check_choice, check_integer, check_random_state
from custseg._numerics import Floats, Integers
from custseg.clustering.rows._rows import checked_matrix, row_hashes
from custseg.errors import InfeasibleMinimumError
from custseg.texts import stability_level, text

_RESAMPLES = ("half", "bootstrap")


@dataclass(frozen=True, eq=False)
class Stability:
    """How reproducible a clustering is when it is refitted on parts of the rows.

    Attributes
    ----------
    mean, error : float
        Mean adjusted Rand index over the draws, of two refits that label all rows (1 for identical labelings, 0
        expected by chance), and its standard error.
    draws : ndarray of shape (n_draws,)
        The index of each draw. A draw in which no clustering is feasible counts as 0.
    jaccard : ndarray of shape (n_clusters,)
        For each cluster of the fit on all rows, mean Jaccard similarity with its most similar cluster in a refit.
    """

    mean: float
    error: float
    draws: Floats
    jaccard: Floats

    @property
    def interpretations(self) -> tuple[str, ...]:
        """What the similarity of each cluster means (Hennig 2007).

        Below 0.6 "dissolved", from 0.6 "a pattern", from 0.75 "stable", from 0.85 "very stable".
        """
        return tuple(text("en", "profiling", "stability", stability_level(value)) for value in self.jaccard.tolist())


def stability(estimator: Any, X: Any, *, n_draws: int = 20, resample: str = "half", random_state: int = 0) -> Stability:
    """Refit an estimator on parts of the rows and compare the labels.

    In each draw, two refits label all rows. Their adjusted Rand index measures the stability of the clustering;
    the Jaccard similarity of each cluster of the fit on all rows with its most similar cluster in a refit measures
    the stability of that cluster.

    Parameters
    ----------
    estimator : scikit-learn clusterer
        Cloned for each fit. A `random_state` of None, also of a step inside, is set to the seed. A `min_size` that
        is a count is taken in proportion. Without `predict`, other rows get the label of the nearest row of the fit.
    X : array-like of shape (n_rows, n_columns)
        Finite rows.
    n_draws : int, default 20
        Pairs of refits.
    resample : {"half", "bootstrap"}, default "half"
        Two halves that share no row, or two samples with replacement.
    random_state : int, default 0
        Seed of the draws, and of a clusterer without one. The order of the rows does not matter.

    Returns
    -------
    Stability

    Raises
    ------
    ValueError, TypeError
        If the rows or an argument cannot be used; `InfeasibleMinimumError` where all rows have no clustering.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics and Data Analysis
    52, 258-271. doi:10.1016/j.csda.2006.11.025. Dolnicar, S. and Leisch, F. (2010). Evaluation of structure and
    reproducibility of cluster solutions using the bootstrap. Marketing Letters 21, 83-101.

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.clustering import MinSizeKMeans, stability
    >>> X = np.random.default_rng(0).normal(size=(200, 2)) + np.repeat([[0, 0], [20, 0]], 100, axis=0)
    >>> result = stability(MinSizeKMeans(2, random_state=0), X)
    >>> result.mean, result.interpretations
    (1.0, ('very stable', 'very stable'))
    """
    check_integer("stability", "n_draws", n_draws, minimum=2)
    check_choice("stability", "resample", resample, allowed=_RESAMPLES)
    seed = check_random_state("stability", random_state)
    check_clusterer("stability", estimator)
    estimator = with_seed(estimator, seed)
    rows = checked_matrix("stability", X)
    if len(rows) < 4:
        raise ValueError(f"stability: X must have at least four rows, got {len(rows)}.")
    # Sorted by hash: the result does not depend on the order of the rows.
    rows = rows[np.argsort(row_hashes(rows), kind="stable")]
    reference = labels_of(clone(estimator).fit(rows), rows)
    rng = np.random.default_rng(seed)
    pairs = [draw_parts(len(rows), rng, resample=resample) for _ in range(n_draws)]
    draws = [refitted(estimator, rows, pair) for pair in pairs]
    return compared([reference] * n_draws, draws, n_clusters=int(reference.max()) + 1)


def draw_parts(n_rows: int, rng: np.random.Generator, *, resample: str = "half") -> tuple[Integers, Integers]:
    """The rows of two refits."""
    if resample == "bootstrap":
        return rng.integers(0, n_rows, n_rows), rng.integers(0, n_rows, n_rows)
    mixed = rng.permutation(n_rows)
    return mixed[: n_rows // 2], mixed[n_rows // 2 :]


def refitted(
    estimator: Any, rows: Floats, parts: Sequence[Integers], *, n_rows: int | None = None
) -> list[Integers] | None:
    """Labels of all rows by a refit on each part; None if no clustering is feasible on one of them.

    A minimum size that is a count refers to `n_rows`, by default the number of these rows.
    """
    labelings = []
    for part in parts:
        fresh = clone(estimator)
        for name, value in fresh.get_params().items():
            # Of the estimator, or of one inside of it.
            if name.split("__")[-1] == "min_size" and isinstance(value, (int, np.integer)) and value > 1:
                fresh.set_params(**{name: max(1, math.ceil(int(value) * len(part) / (n_rows or len(rows))))})
        try:
            fresh.fit(rows[part])
        except InfeasibleMinimumError:
            return None
        labelings.append(predicted(fresh, rows[part], rows))
    return labelings


def check_clusterer(caller: str, value: object, *, argument: str = "estimator") -> None:
    """Raise unless the value is a clusterer; a scikit-learn mixture counts as one."""
    if isinstance(value, type) or not all(hasattr(value, name) for name in ("get_params", "fit", "fit_predict")):
        raise TypeError(
            f"{caller}: {argument} must be a scikit-learn clusterer such as KMeans(4), "
            f"got {'the class ' + value.__name__ if isinstance(value, type) else type(value).__name__}."
        )


def with_seed(estimator: Any, seed: int) -> Any:
    """A clone in which every `random_state` that is None, also of nested steps, is set to the seed."""
    fresh = clone(estimator)
    unset = [name for name, value in fresh.get_params().items() if value is None]
    fresh.set_params(**{name: seed for name in unset if name.split("__")[-1] == "random_state"})
    return fresh


def labels_of(estimator: Any, rows: Floats) -> Integers:
    """The labels of the training rows; predicted for a scikit-learn mixture, which does not store them."""
    fitted_labels = estimator.labels_ if hasattr(estimator, "labels_") else estimator.predict(rows)
    labels: Integers = np.asarray(fitted_labels, dtype=np.intp)
    return labels


def predicted(estimator: Any, training_rows: Floats, rows: Floats) -> Integers:
    """Predicted labels of the rows; those of the nearest training row if the estimator cannot predict."""
    if hasattr(estimator, "predict"):
        return np.asarray(estimator.predict(rows), dtype=np.intp)
    nearest = cKDTree(training_rows).query(rows)[1]
    labels: Integers = labels_of(estimator, training_rows)[nearest]
    return labels


def compared(
    references: Sequence[Integers], draws: Sequence[Sequence[Integers] | None], *, n_clusters: int
) -> Stability:
    """Agreement of the two refits of each draw, and of the reference clusters with theirs."""
    indices, similarities = np.zeros(len(draws)), np.zeros((len(draws), n_clusters))
    for draw, (reference, pair) in enumerate(zip(references, draws, strict=True)):
        if pair is not None:
            indices[draw] = _agreement(*pair)
            similarities[draw] = np.mean([_jaccard(reference, labels, n_clusters) for labels in pair], axis=0)
    error = float(indices.std(ddof=1) / math.sqrt(len(indices))) if len(indices) > 1 else math.nan
    return Stability(float(indices.mean()), error, indices, similarities.mean(axis=0))


def _agreement(first: Integers, second: Integers) -> float:
    """Adjusted Rand index; 0 if one of the labelings has a single cluster.

    As `sklearn.metrics.adjusted_rand_score`, whose checks take ten times as long as the counting of 4,000 rows.
    """
    table = _cross_table(first - min(first.min(), 0), second - min(second.min(), 0))
    of_first, of_second = table.sum(axis=1), table.sum(axis=0)
    if min(np.count_nonzero(of_first), np.count_nonzero(of_second)) < 2:
        return 0.0
    together, pairs = _n_pairs(table), _n_pairs(np.array([len(first)]))
    expected = _n_pairs(of_first) * _n_pairs(of_second) / pairs
    largest = (_n_pairs(of_first) + _n_pairs(of_second)) / 2
    # Two labelings of single rows agree.
    return 1.0 if largest == expected else (together - expected) / (largest - expected)


def _n_pairs(counts: Integers) -> float:
    """Number of pairs of rows within the same cell, summed over the cells."""
    return float((counts * (counts - 1)).sum()) / 2


def _cross_table(first: Integers, second: Integers) -> Integers:
    """Number of rows for each pair of labels, of shape (largest of the first + 1, largest of the second + 1)."""
    shape = int(first.max()) + 1, int(second.max()) + 1
    table: Integers = np.bincount(first * shape[1] + second, minlength=shape[0] * shape[1]).reshape(shape)
    return table


def _jaccard(reference: Integers, labels: Integers, k: int) -> Floats:
    """For each reference cluster, the largest Jaccard similarity with a cluster of the labels; noise is no cluster."""
    n_labels = int(labels.max()) + 1
    if n_labels < 1:
        return np.zeros(k)
    pairs = (reference * n_labels + labels)[(reference >= 0) & (labels >= 0)]
    intersections = np.bincount(pairs, minlength=k * n_labels).reshape(k, n_labels)
    sizes = np.bincount(reference[reference >= 0], minlength=k)[:, None]
    label_sizes = np.bincount(labels[labels >= 0], minlength=n_labels)
    best: Floats = (intersections / np.maximum(sizes + label_sizes - intersections, 1)).max(axis=1)
    return best
