"""Whether fewer rows lie between two clusters than inside both, on the direction that parts them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.stats import binomtest

from custseg._numerics import Bools, Floats, Integers
from custseg.clustering.rows._rows import row_hashes
from custseg.clustering.validation._separation import without_shared_values

# A window is so large a part of the way between the medians of the two clusters: three of them do not overlap.
_WINDOW = 1 / 3
# Largest p value of fewer rows around the border than around either median.
_LEVEL = 0.05
# The draw that spreads shared values is the same for the same rows in any order.
_SEED = 20_240_601


def valleys(X: Floats, labels: Integers) -> tuple[int, int]:
    """Between how many pairs of clusters fewer rows lie than inside both, and how many pairs there are.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
        The rows. Values that many of them share are spread evenly first, so that whole numbers make no gaps.
    labels : ndarray of int, shape (n_rows,)
        Cluster of each row; below 0 for none.

    Notes
    -----
    The rows of two clusters are projected on Fisher's linear discriminant. Windows of equal width lie around the median
    of either cluster and around the border between them; there is a valley if the one at the border has fewer rows than
    each of the others, by a one-sided binomial test at 5 %. In one cloud with a single peak or an even density that was
    cut in two, this is so in less than 5 % of the cases.
    """
    order = np.argsort(row_hashes(X), kind="stable")
    X, labels = without_shared_values(X[order], np.random.default_rng(_SEED)), labels[order]
    pairs = list(combinations(np.unique(labels[labels >= 0]).tolist(), 2))
    members = {pair: np.isin(labels, pair) for pair in pairs}
    n_valleys = sum(has_valley(X[rows], labels[rows] == second) for (_, second), rows in members.items())
    return n_valleys, len(pairs)


def has_valley(X: Floats, is_second: Bools) -> bool:
    """Whether fewer rows lie between two clusters than inside both."""
    positions = X @ _discriminant(X, is_second)
    low, high = float(np.median(positions[~is_second])), float(np.median(positions[is_second]))
    if not low < high:
        return False
    border, half = _border(positions, is_second), (high - low) * _WINDOW / 2
    around = [int((np.abs(positions - center) < half).sum()) for center in (low, border, high)]
    between = around[1]
    return all(
        inside + between > 0 and binomtest(between, between + inside, alternative="less").pvalue <= _LEVEL
        for inside in (around[0], around[2])
    )


def _discriminant(X: Floats, is_second: Bools) -> Floats:
    """Fisher's direction from the first cluster to the second."""
    groups = X[~is_second], X[is_second]
    means = [group.mean(axis=0) for group in groups]
    centered = np.concatenate([group - mean for group, mean in zip(groups, means, strict=True)])
    direction: Floats = np.linalg.lstsq(centered.T @ centered / len(X), means[1] - means[0], rcond=1e-9)[0]
    return direction


def _border(positions: Floats, is_second: Bools) -> float:
    """The position that parts the two clusters with the fewest rows on the wrong side."""
    order = np.argsort(positions, kind="stable")
    ordered, second = positions[order], is_second[order]
    wrong = np.cumsum(second) + (~second).sum() - np.cumsum(~second)
    cut = int(wrong[:-1].argmin())
    return float((ordered[cut] + ordered[cut + 1]) / 2)
