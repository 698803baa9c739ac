"""Compiled loops over fixed blocks of rows, in threads: the same bits for any number of threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from custseg._numerics import Floats, Labels32, in_threads

Result = TypeVar("Result")

_BLOCK = 16_384
# With fewer, starting a thread takes longer than its blocks.
_BLOCKS_PER_THREAD = 4


def over_blocks(n_rows: int, function: Callable[[slice], Result], *, size: int | None = None) -> list[Result]:
    """The result of the function for each block of rows, in the order of the blocks; `size` rows per block.

    Blocks do not depend on the number of threads, so neither does a sum over the results.
    """
    from custseg.clustering.rows._kernels import max_threads

    step = size or _BLOCK
    blocks = [slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step)]
    threads = min(len(blocks) // _BLOCKS_PER_THREAD, max_threads())
    if threads <= 1:
        return [function(block) for block in blocks]
    shares = [blocks[len(blocks) * t // threads : len(blocks) * (t + 1) // threads] for t in range(threads)]
    results = in_threads(lambda share: [function(block) for block in share], shares, n_jobs=threads)
    return [result for of_share in results for result in of_share]


def in_one_block(n_rows: int) -> bool:
    """Whether the rows are a single block, which one loop can process in the same order."""
    return n_rows <= _BLOCK


def power_labels(X: Floats, centers: Floats, offsets: Floats) -> tuple[Labels32, Floats, Floats]:
    """Label, margin to the second-best cluster and cost of each row, where cost is squared distance - offset."""
    from custseg.clustering.rows import _kernels

    if in_one_block(len(X)):
        return lloyd_steps(X, np.ones(len(X)), centers, offsets=offsets)[0]
    labels, margins, cost = np.empty(len(X), dtype=np.int32), np.empty(len(X)), np.empty(len(X))

    def assign(block: slice) -> None:
        _kernels.assign(X[block], centers, offsets, labels[block], margins[block], cost[block])

    over_blocks(len(X), assign)
    return labels, margins, cost


def lloyd_steps(
    X: Floats, weights: Floats, centers: Floats, *, offsets: Floats, max_iter: int = 0, tol: float = 0.0
) -> tuple[tuple[Labels32, Floats, Floats], Floats, int, bool]:
    """Lloyd's algorithm on one block: the result of `power_labels`, the centers, the steps, whether it converged."""
    from custseg.clustering.rows import _kernels

    n, k = len(X), len(centers)
    assigned = np.empty(n, dtype=np.int32), np.empty(n), np.empty(n)
    strips = np.zeros((-(-n // _kernels.LANES) * _kernels.LANES, X.shape[1]))
    strips[:n] = X
    strips = np.ascontiguousarray(strips.reshape(-1, _kernels.LANES, X.shape[1]).swapaxes(1, 2))
    moved, cost, sums, sizes = centers.copy(), np.empty((k, _kernels.LANES)), np.empty(centers.shape), np.empty(k)
    step, converged = _kernels.lloyd(
        X, strips, weights, moved, offsets, max_iter, float(tol), cost, *assigned, sums, sizes
    )
    return assigned, moved, step, converged


def squared_distances(X: Floats, centers: Floats) -> Floats:
    """Squared distance of each row to each center, bitwise the same as in `power_labels`."""
    from custseg.clustering.rows import _kernels

    out = np.empty((len(X), len(centers)))
    over_blocks(len(X), lambda block: _kernels.costs(X[block], centers, out[block]))
    return out


def cluster_means(X: Floats, weights: Floats, labels: Labels32, *, n_clusters: int) -> tuple[Floats, Floats]:
    """Weighted mean and size of each cluster; the mean of an empty one is NaN."""
    from custseg.clustering.rows import _kernels

    def sums_of(block: slice) -> tuple[Floats, Floats]:
        sums, sizes = np.zeros((n_clusters, X.shape[1])), np.zeros(n_clusters)
        _kernels.add_up(X[block], weights[block], labels[block], sums, sizes)
        return sums, sizes

    of_blocks = over_blocks(len(X), sums_of)
    sums, sizes = (np.add.reduce([block[i] for block in of_blocks]) for i in range(2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums / sizes[:, None], sizes
