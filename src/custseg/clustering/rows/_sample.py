"""The sample on which a clustering is selected; small groups far from all others have a stratum of their own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from sklearn.cluster import kmeans_plusplus

from custseg._numerics import Floats, Integers, mix
from custseg.clustering.rows._rows import row_hashes

SAMPLE_ROWS = 10_000
# A simple random sample is enough if a group of the minimum size has so many rows in it on average.
_GROUP_ROWS = 50
# Strata are the cells of so many k-means++ seeds, which are drawn from so many rows.
_STRATA, _SEED_ROWS, _SEED = 64, 200_000, 0


def selection_sample(X: Floats, min_size: int) -> Integers:
    """Sorted indices of at most 10,000 rows, the same rows in whatever order they come.

    Drawn by hashes. If a group of the minimum size would have fewer than 50 rows in the sample, each cell of 64
    k-means++ seeds (Arthur and Vassilvitskii 2007), which fall on distant rows first, has at least 50 rows in it or all
    of its own, and the others are drawn from all rows: such a group is larger in the sample than in the data.
    """
    hashes = row_hashes(X)
    if len(X) <= SAMPLE_ROWS or SAMPLE_ROWS * min_size >= _GROUP_ROWS * len(X):
        return hash_sample(hashes, SAMPLE_ROWS)
    drawn = hash_sample(hashes, _SEED_ROWS)
    drawn = drawn[np.argsort(hashes[drawn], kind="stable")]
    seeds, _ = kmeans_plusplus(X[drawn], min(_STRATA, len(drawn)), random_state=_SEED)
    cells = cKDTree(seeds).query(X)[1]
    chosen = np.zeros(len(X), dtype=bool)
    for cell in range(len(seeds)):
        members = np.flatnonzero(cells == cell)
        chosen[members[hash_sample(hashes[members], _GROUP_ROWS)]] = True
    remaining = np.flatnonzero(~chosen)
    n_missing = SAMPLE_ROWS - int(chosen.sum())
    chosen[remaining[hash_sample(hashes[remaining], n_missing)]] = True
    return np.flatnonzero(chosen)


def hash_sample(hashes: NDArray[np.uint64], size: int) -> Integers:
    """Sorted indices of a sample of the rows with these hashes, the same for the rows in any order.

    Each row has a key: the hash of its own hash and its running number among equal ones (else all rows with one
    value would be drawn, or none). The rows with the smallest keys are drawn, so that a smaller sample is a part
    of a larger one.
    """
    n = len(hashes)
    if n <= size:
        return np.arange(n)
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    is_first = np.append(True, ordered[1:] != ordered[:-1])
    start = np.flatnonzero(is_first)
    running = np.arange(n) - start[np.cumsum(is_first) - 1]
    keys = mix(ordered.copy(), running.astype(np.float64))
    drawn = order[np.argpartition(keys, size - 1)[:size]]
    return np.sort(drawn)
