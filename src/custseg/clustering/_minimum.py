"""Offsets that keep every cluster at a minimum size: label = argmin(cost - offset).

The assignment of least cost under a minimum is a transportation problem (Bradley, Bennett and Demiriz 2000).
Its dual has one offset >= 0 per cluster, and with squared distances the clusters are the cells of a power
diagram (Aurenhammer, Hoffmann and Aronov 1998). So later rows need the offsets alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int32]
Integers = NDArray[np.intp]

_ALL_AT_ONCE = 4_096
_SAMPLE = 16_384
_ROUNDS = 60
_WIDEST = 0.2


class Costs(Protocol):
    """What it costs to put each row into each cluster."""

    def __len__(self) -> int: ...

    def assign(self, offsets: Floats) -> tuple[Labels, Floats]:
        """Label of each row, and by how much the runner-up is worse."""
        ...

    def matrix(self, chosen: Integers) -> Floats:
        """The costs of the chosen rows, with the bits that `assign` compares."""
        ...

    def first(self, rows: int) -> Costs:
        """The same of the first rows alone."""
        ...


@dataclass(frozen=True, eq=False)
class Settled:
    """Offsets under which no cluster is too small, and what they give for the rows they were found for."""

    offsets: Floats
    labels: Labels
    sizes: Floats


def cluster_sizes(labels: Labels, weights: Floats, k: int) -> Floats:
    """Weight of each cluster."""
    return np.bincount(labels, weights, minlength=k).astype(np.float64)


def optimal_offsets(costs: Costs, weights: Floats, least: float, *, start: Floats) -> tuple[Floats, Labels]:
    """Offsets of the linear program, in which equal rows may be split; exact up to the rows that are tied.

    Only rows near a boundary are looked at; a pass over all rows then shows whether they were enough.
    """
    from custseg.clustering._flow import balance

    offsets, k = start.copy(), len(start)
    wider, before = 1.0, np.inf
    expected = None
    for _ in range(_ROUNDS):
        labels, gaps = costs.assign(offsets)
        sizes = cluster_sizes(labels, weights, k)
        need = _misfit(sizes, offsets, least)
        if need == 0:
            break
        if expected is not None:
            tied = weights[gaps <= 1e-9 * (1.0 + offsets.max())].sum()
            if np.abs(sizes - expected).sum() <= 2 * tied:
                break
        if before == np.inf and len(costs) > 4 * _SAMPLE and need > 0.02 * weights.sum():
            # Far off: rows stand in the order of their hashes, so that the first are a random sample.
            part = weights[:_SAMPLE]
            portion = float(part.sum() / weights.sum())
            offsets, _ = optimal_offsets(costs.first(_SAMPLE), part, least * portion, start=offsets)
            before = need
            continue
        wider *= 4.0 if need > before / 2 else 1.0
        before = need
        share = min(4.0 * need / weights.sum() + 2_000.0 / len(gaps), 0.1)
        near, reach = _near_rows(gaps, min(wider * share, _WIDEST))
        met = balance(costs.matrix(near), weights[near], labels[near], offsets, sizes, least=least, reach=reach)
        expected = sizes if met else None
    return offsets, labels


def _misfit(sizes: Floats, offsets: Floats, least: float) -> float:
    """By how much sizes are under the minimum, or over it in spite of an offset."""
    under = np.maximum(least - sizes, 0.0)
    over = np.where(offsets > 0, np.maximum(sizes - least, 0.0), 0.0)
    misfit = float(under.sum() + over.sum())
    return misfit if misfit > 1e-9 * max(least, 1.0) * len(sizes) else 0.0


def _near_rows(gaps: Floats, share: float) -> tuple[Integers, float]:
    """About that share of the rows: those nearest to a boundary; and how near they all are."""
    n = len(gaps)
    if n <= _ALL_AT_ONCE or share >= 0.5:
        return np.arange(n), np.inf
    some = gaps[:_SAMPLE]
    reach = float(np.partition(some, int(share * len(some)))[int(share * len(some))])
    return np.flatnonzero(gaps <= reach), reach


def settled_offsets(costs: Costs, weights: Floats, least: float, *, start: Floats) -> Settled | None:
    """Offsets under which every cluster reaches the minimum while equal rows stay together.

    None where the costs allow no such offsets. Starts at the optimum of the linear program, raises clusters
    that its ties left too small, lowers offsets that are higher than needed, and moves the boundaries
    half-way to the next row on either side.
    """
    k = len(start)
    reachable = max(_SAMPLE, 4 * _ALL_AT_ONCE)
    while True:
        labels, gaps = costs.assign(start)
        everything = reachable >= len(gaps)
        reach = np.inf if everything else float(np.partition(gaps, reachable)[reachable])
        near = np.flatnonzero(gaps <= reach)
        rest = cluster_sizes(labels, weights, k) - cluster_sizes(labels[near], weights[near], k)
        problem = _Problem(costs.matrix(near), weights[near], rest, least, reach)
        offsets = _raised(problem, start)
        if offsets is not None:
            offsets = _centred(problem, _lowered(problem, offsets))
            final, _ = costs.assign(offsets)
            sizes = cluster_sizes(final, weights, k)
            if np.array_equal(final[near], problem.labels(offsets)) and problem.met(sizes).all():
                return Settled(offsets, final, sizes)
        if everything:
            return None
        reachable *= 8


@dataclass(frozen=True, eq=False)
class _Problem:
    """The rows near a boundary; all others stay where they are."""

    costs: Floats
    weights: Floats
    rest: Floats
    least: float
    reach: float

    @property
    def tolerance(self) -> float:
        """Costs nearer than this are tied: it is above the rounding of a sum, and far below a cost."""
        own = np.abs(self.costs.min(axis=1)).max() if len(self.costs) else 0.0
        return 1e-13 * float(own)

    def labels(self, offsets: Floats) -> Labels:
        labels: Labels = (self.costs - offsets).argmin(axis=1).astype(np.int32)
        return labels

    def sizes(self, labels: Labels) -> Floats:
        return self.rest + cluster_sizes(labels, self.weights, len(self.rest))

    def met(self, sizes: Floats) -> NDArray[np.bool_]:
        met: NDArray[np.bool_] = sizes >= self.least * (1 - 1e-9)
        return met


def _raised(problem: _Problem, offsets: Floats) -> Floats | None:
    """Raise the clusters in need until a row joins them whose cluster can spare it and its twins."""
    for _ in range(20 * len(problem.costs) + 1_000):
        sizes = problem.sizes(problem.labels(offsets))
        needy = ~problem.met(sizes)
        if not needy.any():
            return offsets
        step = _next_gain(problem, offsets, needy)
        if step is None:
            return None
        offsets = step
    return None


def _next_gain(problem: _Problem, offsets: Floats, needy: NDArray[np.bool_]) -> Floats | None:
    """The offsets at which a row first joins the clusters in need without bringing others into need.

    A cluster that cannot spare its nearest row is raised along from there (the tree of the Hungarian method).
    """
    tolerance = problem.tolerance
    raised = needy.copy()
    while not raised.all():
        reduced = problem.costs - offsets
        labels = reduced.argmin(axis=1)
        outside = ~raised[labels]
        if not outside.any():
            return None
        own = np.take_along_axis(reduced, labels[:, None], axis=1)[:, 0]
        gap = float((reduced[outside][:, raised].min(axis=1) - own[outside]).min())
        if gap > problem.reach:
            return None
        wide = tolerance + 4 * float(np.spacing(np.abs(offsets).max() + abs(gap)))
        after = np.where(raised, offsets + (gap + wide), offsets)
        new = ~raised & ~problem.met(problem.sizes(problem.labels(after)))
        if not new.any():
            return after
        offsets = np.where(raised, offsets + max(gap - wide, 0.0), offsets)
        raised |= new
    return None


def _lowered(problem: _Problem, offsets: Floats) -> Floats:
    """Lower each offset as far as its own cluster allows; the others only gain by it."""
    wide = problem.tolerance + 4 * float(np.spacing(np.abs(offsets).max()))
    for _ in range(20):
        before = offsets
        for j in np.argsort(-offsets, kind="stable"):
            offsets = _lowered_one(problem, offsets, int(j), wide=wide)
        if np.array_equal(before, offsets):
            break
    return offsets


def _lowered_one(problem: _Problem, offsets: Floats, j: int, *, wide: float) -> Floats:
    labels = problem.labels(offsets)
    sizes = problem.sizes(labels)
    spare = sizes[j] - problem.least * (1 - 1e-9)
    if offsets[j] <= 0 or spare <= 0:
        return offsets
    reduced = problem.costs[labels == j] - offsets
    slack = np.delete(reduced, j, axis=1).min(axis=1) - reduced[:, j]
    order = np.argsort(slack, kind="stable")
    leaving = np.cumsum(problem.weights[labels == j][order]) <= spare
    limit = problem.reach if leaving.all() else float(slack[order][leaving.sum()])
    lower = offsets.copy()
    lower[j] = max(0.0, offsets[j] - max(0.0, min(limit, problem.reach) - 2 * wide))
    if offsets[j] - lower[j] <= 4 * wide and lower[j] > 0:
        return offsets
    return lower if problem.met(problem.sizes(problem.labels(lower)))[j] else offsets


def _centred(problem: _Problem, offsets: Floats) -> Floats:
    """Each offset half-way between the values at which the next row would join or leave."""
    labels = problem.labels(offsets)
    for j in np.flatnonzero(offsets > 0):
        reduced = problem.costs - offsets
        others = np.delete(reduced, j, axis=1).min(axis=1)
        inside = labels == j
        down = float((others - reduced[:, j])[inside].min(initial=problem.reach))
        up = float((reduced[:, j] - others)[~inside].min(initial=problem.reach))
        if not np.isfinite(up) or not np.isfinite(down):
            continue
        moved = offsets.copy()
        moved[j] = max(0.0, offsets[j] + (up - down) / 2)
        if np.array_equal(problem.labels(moved), labels):
            offsets = moved
    return offsets


def largest_minimum(costs: Costs, weights: Floats, most: float, *, k: int) -> int:
    """The largest whole minimum, up to `most`, for which the costs allow offsets.

    Offsets that keep a minimum keep every smaller one, so that halving finds it.
    """
    low, high = 0, int(most)
    while low < high:
        middle = (low + high + 1) // 2
        start, _ = optimal_offsets(costs, weights, float(middle), start=np.zeros(k))
        found = settled_offsets(costs, weights, float(middle), start=start)
        low, high = (middle, high) if found is not None else (low, middle - 1)
    return low
