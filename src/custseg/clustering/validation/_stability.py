"""Does a clustering come back in half of the rows: agreement of the whole, and of each cluster."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import entropy
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from custseg._arrays import Floats, Integers
from custseg._checks import check_choice, check_integer, check_random_state
from custseg._scales import stability_level
from custseg._texts import text
from custseg.clustering.rows._rows import checked_matrix, row_hashes
from custseg.errors import InfeasibleMinimumError

_RESAMPLES = ("half", "bootstrap")


@dataclass(frozen=True, eq=False)
class Stability:
    """How well a clustering comes back when it is found anew in part of the rows.

    Attributes
    ----------
    mean, error : float
        Mean adjusted Rand index over the draws, of two refits on all rows (1 the same, 0 as by chance), and
        its standard error.
    draws : ndarray of shape (n_draws,)
        The index of each draw. A draw in which no clustering is feasible counts as 0.
    jaccard : ndarray of shape (n_clusters,)
        For each cluster of the whole, mean Jaccard similarity with the cluster of a refit that is most like it.
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
    """Refit an estimator on parts of the rows and compare what comes out.

    In each draw two refits label all rows. Their agreement says whether the clustering comes back; their
    likeness to the clustering of all rows says which clusters do.

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
    >>> found = stability(MinSizeKMeans(2, random_state=0), X)
    >>> found.mean, found.interpretations
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
    # A warehouse returns rows in another order every day.
    rows = rows[np.argsort(row_hashes(rows), kind="stable")]
    whole = labels_of(clone(estimator).fit(rows), rows)
    rng = np.random.default_rng(seed)
    parts = [draw_parts(len(rows), rng, resample=resample) for _ in range(n_draws)]
    draws = [refitted(estimator, rows, pair) for pair in parts]
    return compared([whole] * n_draws, draws, n_clusters=int(whole.max()) + 1)


def draw_parts(n_rows: int, rng: np.random.Generator, *, resample: str = "half") -> tuple[Integers, Integers]:
    """The rows of two refits."""
    if resample == "bootstrap":
        return rng.integers(0, n_rows, n_rows), rng.integers(0, n_rows, n_rows)
    mixed = rng.permutation(n_rows)
    return mixed[: n_rows // 2], mixed[n_rows // 2 :]


def refitted(
    estimator: Any, rows: Floats, parts: Sequence[Integers], *, n_rows: int | None = None
) -> list[Integers] | None:
    """Labels of all rows by a refit on each part; None where one part has no clustering.

    A minimum that is a count is meant for `n_rows`, by default these.
    """
    found = []
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
        found.append(predicted(fresh, rows[part], rows))
    return found


def check_clusterer(caller: str, value: object, *, argument: str = "estimator") -> None:
    """Raise unless it fits and labels rows; a scikit-learn mixture does, and is no clusterer by name."""
    if isinstance(value, type) or not all(hasattr(value, name) for name in ("get_params", "fit", "fit_predict")):
        raise TypeError(
            f"{caller}: {argument} must be a scikit-learn clusterer such as KMeans(4), "
            f"got {'the class ' + value.__name__ if isinstance(value, type) else type(value).__name__}."
        )


def with_seed(estimator: Any, seed: int) -> Any:
    """A clone whose parameters named `random_state`, also those of a step inside, are the seed where they are None."""
    fresh = clone(estimator)
    unset = [name for name, value in fresh.get_params().items() if value is None]
    fresh.set_params(**{name: seed for name in unset if name.split("__")[-1] == "random_state"})
    return fresh


def labels_of(estimator: Any, rows: Floats) -> Integers:
    """The labels of the rows of the fit; a scikit-learn mixture keeps none."""
    found = estimator.labels_ if hasattr(estimator, "labels_") else estimator.predict(rows)
    labels: Integers = np.asarray(found, dtype=np.intp)
    return labels


def predicted(estimator: Any, seen: Floats, rows: Floats) -> Integers:
    """Labels of the rows by an estimator that saw some; by the nearest of these where it cannot predict."""
    if hasattr(estimator, "predict"):
        return np.asarray(estimator.predict(rows), dtype=np.intp)
    nearest = cKDTree(seen).query(rows)[1]
    labels: Integers = labels_of(estimator, seen)[nearest]
    return labels


def compared(wholes: Sequence[Integers], draws: Sequence[Sequence[Integers] | None], *, n_clusters: int) -> Stability:
    """Agreement of the refits of each draw with one another, and of the clusters of the whole with theirs."""
    indices, alike = np.zeros(len(draws)), np.zeros((len(draws), n_clusters))
    for number, (whole, pair) in enumerate(zip(wholes, draws, strict=True)):
        if pair is not None:
            indices[number] = _agreement(*pair)
            alike[number] = np.mean([_jaccard(whole, labels, n_clusters) for labels in pair], axis=0)
    error = float(indices.std(ddof=1) / math.sqrt(len(indices))) if len(indices) > 1 else math.nan
    return Stability(float(indices.mean()), error, indices, alike.mean(axis=0))


def _agreement(first: Integers, second: Integers) -> float:
    """Adjusted Rand index; 0 where one has a single cluster, which agrees with nothing."""
    if min(len(np.unique(first)), len(np.unique(second))) < 2:
        return 0.0
    return float(adjusted_rand_score(first, second))


def _jaccard(whole: Integers, other: Integers, k: int) -> Floats:
    """Of each cluster of the whole, the largest Jaccard similarity with another cluster; noise is none."""
    inside = whole >= 0
    n_other = int(other.max()) + 1
    if n_other < 1:
        return np.zeros(k)
    pairs = (whole * n_other + other)[inside & (other >= 0)]
    both = np.bincount(pairs, minlength=k * n_other).reshape(k, n_other)
    own = np.bincount(whole[inside], minlength=k)[:, None]
    theirs = np.bincount(other[other >= 0], minlength=n_other)
    best: Floats = (both / np.maximum(own + theirs - both, 1)).max(axis=1)
    return best


@dataclass(frozen=True, eq=False)
class Lineage:
    """Where the clusters of each solution come from in the one before, and how much of them stays together.

    Attributes
    ----------
    n_clusters : tuple of int
        The solutions, from few to many clusters.
    origins : tuple of ndarray of shape (k, k_before)
        For each solution but the first: the share of each cluster's rows that stood in each cluster of the
        one before.
    stability : tuple of ndarray of shape (k,)
        For each solution but the first: 1 - entropy of these shares / log(k_before), in [0, 1]; 1 where a
        cluster comes from a single one, 0 where it is gathered evenly from all.
    """

    n_clusters: tuple[int, ...]
    origins: tuple[Floats, ...]
    stability: tuple[Floats, ...]


def lineage(labelings: Sequence[Any]) -> Lineage:
    """Follow the clusters from solutions with few to solutions with many.

    A segment that appears with few clusters and stays whole as their number grows is there for a reason; one
    that is gathered anew from everywhere is a cut. (Segment level stability across solutions, Dolnicar and
    Leisch 2017.)

    Parameters
    ----------
    labelings : sequence of array-like of int, each of shape (n_rows,)
        Labels from 0 up, of the same rows; in any order of the number of clusters.

    Returns
    -------
    Lineage

    Raises
    ------
    ValueError
        If there are fewer than two labelings, or their lengths differ.
    TypeError
        If they are no list, or do not hold whole numbers.

    References
    ----------
    Dolnicar, S. and Leisch, F. (2017). Using segment level stability to select target segments in
    data-driven market segmentation studies. Marketing Letters 28, 423-436. doi:10.1007/s11002-017-9423-8

    Examples
    --------
    >>> from custseg.clustering import lineage
    >>> found = lineage([[0, 0, 1, 1], [0, 0, 1, 2]])
    >>> found.origins[0].tolist(), found.stability[0].tolist()
    ([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [1.0, 1.0, 1.0])
    """
    known = _checked_labels(labelings)
    if len(known) < 2 or len({labels.shape for labels in known}) > 1 or known[0].ndim != 1 or not len(known[0]):
        shapes = [labels.shape for labels in known]
        raise ValueError(f"lineage: labelings must be two or more of the same rows, got shapes {shapes}.")
    if min(int(labels.min()) for labels in known) < 0:
        raise ValueError("lineage: labelings must hold labels from 0 up; leave noise out of all of them.")
    known.sort(key=lambda labels: int(labels.max()))
    counts = [int(labels.max()) + 1 for labels in known]
    origins, stable = [], []
    for before, after, k_before, k in zip(known, known[1:], counts, counts[1:], strict=False):
        both = np.bincount(after * k_before + before, minlength=k * k_before).reshape(k, k_before)
        shares = both / np.maximum(both.sum(axis=1, keepdims=True), 1)
        origins.append(shares)
        mixed = entropy(shares, axis=1) / math.log(k_before) if k_before > 1 else np.zeros(k)
        stable.append(1.0 - mixed)
    return Lineage(tuple(counts), tuple(origins), tuple(stable))


def _checked_labels(labelings: object) -> list[Integers]:
    """The labels as integers."""
    if isinstance(labelings, str | bytes) or not isinstance(labelings, Sequence | np.ndarray):
        raise TypeError(
            f"lineage: labelings must be a list of arrays of labels, got {type(labelings).__name__}. "
            "Give [first, second]; of a dict, list(labelings.values())."
        )
    arrays = [np.asarray(labels) for labels in labelings]
    if any(labels.size and labels.dtype.kind not in "iu" for labels in arrays):
        raise TypeError("lineage: labelings must hold whole numbers. Cast the labels to an integer type.")
    return [labels.astype(np.intp) for labels in arrays]
