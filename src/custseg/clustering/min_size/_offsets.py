"""Offsets that keep every cluster at a minimum size: label = argmin(cost - offset).

The assignment of least cost under a minimum is a transportation problem (Bradley, Bennett and Demiriz 2000).
Its dual has one offset >= 0 per cluster, and with squared distances the clusters are the cells of a power
diagram (Aurenhammer, Hoffmann and Aronov 1998). So later rows deficit the offsets alone.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

import numpy as np

from custseg._numerics import Floats, Integers, Labels32

ALL_AT_ONCE = 4_096
SAMPLE = 16_384
_ROUNDS = 60
_WIDEST = 0.2
# Share of few rows which enters the problem beside those that must be reassigned.
_NEAR = 0.1


class Costs(Protocol):
    """The cost of assigning each row to each cluster."""

    def __len__(self) -> int: ...

    def assign(self, offsets: Floats) -> tuple[Labels32, Floats]:
        """Label of each row, and the cost margin to its second-best cluster."""
        ...

    def matrix(self, chosen: Integers) -> Floats:
        """The costs of the chosen rows, bitwise those which `assign` compares."""
        ...

    def first(self, rows: int) -> Costs:
        """The costs of the first rows alone."""
        ...


def cluster_sizes(labels: Labels32, weights: Floats, k: int) -> Floats:
    """Weight of each cluster."""
    return np.bincount(labels, weights, minlength=k).astype(np.float64)


def cheapest(costs: Floats, offsets: Floats) -> tuple[Labels32, Floats]:
    """Label of each row of a cost matrix, and the cost margin to its second-best cluster."""
    from custseg.clustering.rows import _kernels

    labels, margins = np.empty(len(costs), dtype=np.int32), np.empty(len(costs))
    _kernels.cheapest(costs, offsets, labels, margins)
    return labels, margins


def optimal_offsets(costs: Costs, weights: Floats, min_size: float, *, start: Floats) -> tuple[Floats, Labels32]:
    """Dual solution of the transportation problem, in which duplicate rows may be split; exact up to ties.

    Only rows near a boundary enter the problem; a pass over all rows then shows whether these sufficed.
    """
    from custseg.clustering.min_size._transport import solve_transport

    offsets, k = start.copy(), len(start)
    if len(costs) <= ALL_AT_ONCE:
        return _optimum(costs.matrix(np.arange(len(costs))), weights, offsets, min_size=min_size)
    wider, before = 1.0, np.inf
    # Rows near a boundary may be too few for a large deficit: then offsets start at those of a sample. If that is not
    # enough either, all rows enter, unless they are very many.
    widest, sampled = (_WIDEST if len(costs) > 4 * SAMPLE else 1.0), len(costs) <= 2 * ALL_AT_ONCE
    sample_size = min(len(costs) // 4, SAMPLE)
    expected = None
    for _ in range(_ROUNDS):
        labels, margins = costs.assign(offsets)
        sizes = cluster_sizes(labels, weights, k)
        deficit = _deficit(sizes, offsets, min_size)
        if deficit == 0:
            break
        if expected is not None:
            off = float(np.abs(sizes - expected).sum())
            if deficit >= before or off <= 2 * _tied_weight(margins, weights, offsets):
                break
        if not sampled and deficit > min(0.02 * weights.sum(), before / 2):
            # Rows are in the order of their hashes: the first are a random sample.
            sampled = True
            sample_weights = weights[:sample_size]
            portion = float(sample_weights.sum() / weights.sum())
            offsets, _ = optimal_offsets(costs.first(sample_size), sample_weights, min_size * portion, start=offsets)
            before = deficit
            continue
        wider *= 4.0 if deficit > before / 2 else 1.0
        before = deficit
        share = min(4.0 * deficit / weights.sum() + 2_000.0 / len(margins), 0.1)
        near, reach = _near_rows(margins, min(wider * share, widest))
        met = solve_transport(
            costs.matrix(near),
            weights[near],
            labels[near],
            offsets=offsets,
            sizes=sizes,
            min_size=min_size,
            reach=reach,
        )
        expected = sizes if met else None
    return offsets, labels


def _optimum(costs: Floats, weights: Floats, offsets: Floats, *, min_size: float) -> tuple[Floats, Labels32]:
    """The optimal assignment of all rows of a cost matrix: offsets and labels.

    First with the rows near a boundary: if offsets change by less than their margin, no other row is reassigned.
    """
    from custseg.clustering.min_size._transport import solve_transport

    solve = partial(solve_transport, min_size=min_size)
    n, k = costs.shape
    before, expected = np.inf, None
    for _ in range(_ROUNDS):
        labels, margins = cheapest(costs, offsets)
        sizes = cluster_sizes(labels, weights, k)
        deficit = float(np.abs(sizes - min_size)[(sizes < min_size) | (offsets > 0)].sum())
        if deficit <= 1e-9 * min_size * k:
            break
        if expected is not None:
            off = float(np.abs(sizes - expected).sum())
            if deficit >= before or off <= 2 * _tied_weight(margins, weights, offsets):
                break
        before, tried, expected = deficit, offsets.copy(), sizes.copy()
        share = 4.0 * deficit / float(weights.sum()) + _NEAR
        met = False
        if share < 0.5:
            reach = float(np.partition(margins, int(share * n))[int(share * n)])
            near = np.flatnonzero(margins <= reach)
            met = solve(costs[near], weights[near], labels[near], offsets=tried, sizes=expected, reach=reach)
        if not met:
            tried, expected = offsets.copy(), sizes.copy()
            met = solve_transport(
                costs, weights, labels, offsets=tried, sizes=expected, min_size=min_size, reach=np.inf
            )
        offsets, expected = tried, expected if met else None
    return offsets, labels


def _tied_weight(margins: Floats, weights: Floats, offsets: Floats) -> float:
    """Weight of the rows whose two best clusters are tied, up to rounding."""
    # Relative to the median margin: scale-free, and robust to outliers.
    tolerance = 1e-9 * float(np.median(margins[:SAMPLE])) + 8 * float(np.spacing(offsets.max()))
    return float(weights[margins <= tolerance].sum())


def _deficit(sizes: Floats, offsets: Floats, min_size: float) -> float:
    """Violation of complementary slackness: sizes below the minimum, or above it with a positive offset."""
    under = np.maximum(min_size - sizes, 0.0)
    over = np.where(offsets > 0, np.maximum(sizes - min_size, 0.0), 0.0)
    deficit = float(under.sum() + over.sum())
    return deficit if deficit > 1e-9 * min_size * len(sizes) else 0.0


def _near_rows(margins: Floats, share: float) -> tuple[Integers, float]:
    """About that share of the rows, those with the smallest margins; and the largest of these margins."""
    n = len(margins)
    if n <= ALL_AT_ONCE or share >= 0.5:
        return np.arange(n), np.inf
    sample = margins[:SAMPLE]
    reach = float(np.partition(sample, int(share * len(sample)))[int(share * len(sample))])
    return np.flatnonzero(margins <= reach), reach
