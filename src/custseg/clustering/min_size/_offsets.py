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

from custseg._arrays import Floats, Integers, Labels32

_ALL_AT_ONCE = 4_096
_SAMPLE = 16_384
_ROUNDS = 60
_WIDEST = 0.2
# Share of few rows that is looked at beside those that must move.
_NEAR = 0.1


class Costs(Protocol):
    """What it costs to put each row into each cluster."""

    def __len__(self) -> int: ...

    def assign(self, offsets: Floats) -> tuple[Labels32, Floats]:
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
    labels: Labels32
    sizes: Floats


def cluster_sizes(labels: Labels32, weights: Floats, k: int) -> Floats:
    """Weight of each cluster."""
    return np.bincount(labels, weights, minlength=k).astype(np.float64)


def cheapest(costs: Floats, offsets: Floats) -> tuple[Labels32, Floats]:
    """Label of each row of a matrix of costs, and by how much the runner-up is worse."""
    from custseg.clustering.rows import _kernels

    labels, gaps = np.empty(len(costs), dtype=np.int32), np.empty(len(costs))
    _kernels.cheapest(costs, offsets, labels, gaps)
    return labels, gaps


def optimal_offsets(costs: Costs, weights: Floats, least: float, *, start: Floats) -> tuple[Floats, Labels32]:
    """Offsets of the linear program, in which equal rows may be split; exact up to the rows that are tied.

    Only rows near a boundary are looked at; a pass over all rows then shows whether they were enough.
    """
    from custseg.clustering.min_size._transport import balance

    offsets, k = start.copy(), len(start)
    if len(costs) <= _ALL_AT_ONCE:
        return _optimum(costs.matrix(np.arange(len(costs))), weights, offsets, least=least)
    wider, before = 1.0, np.inf
    # Rows near a boundary need not show how far off a cluster is: then look at all, or at all of a sample.
    many = len(costs) > 4 * _SAMPLE
    widest, sampled = (_WIDEST if many else 1.0), not many
    expected = None
    for _ in range(_ROUNDS):
        labels, gaps = costs.assign(offsets)
        sizes = cluster_sizes(labels, weights, k)
        need = _misfit(sizes, offsets, least)
        if need == 0:
            break
        if expected is not None:
            off = float(np.abs(sizes - expected).sum())
            if need >= before or off <= 2 * _tied_weight(gaps, weights, offsets):
                break
        if not sampled and need > min(0.02 * weights.sum(), before / 2):
            # Rows stand in the order of their hashes, so that the first are a random sample.
            sampled = True
            part = weights[:_SAMPLE]
            portion = float(part.sum() / weights.sum())
            offsets, _ = optimal_offsets(costs.first(_SAMPLE), part, least * portion, start=offsets)
            before = need
            continue
        wider *= 4.0 if need > before / 2 else 1.0
        before = need
        share = min(4.0 * need / weights.sum() + 2_000.0 / len(gaps), 0.1)
        near, reach = _near_rows(gaps, min(wider * share, widest))
        met = balance(
            costs.matrix(near), weights[near], labels[near], offsets=offsets, sizes=sizes, least=least, reach=reach
        )
        expected = sizes if met else None
    return offsets, labels


def _optimum(costs: Floats, weights: Floats, offsets: Floats, *, least: float) -> tuple[Floats, Labels32]:
    """The exact assignment of all rows of a matrix of costs: offsets and labels.

    First with the rows near a boundary: within their reach no other row would be moved.
    """
    from custseg.clustering.min_size._transport import balance

    n, k = costs.shape
    before, expected = np.inf, None
    for _ in range(_ROUNDS):
        labels, gaps = cheapest(costs, offsets)
        sizes = cluster_sizes(labels, weights, k)
        need = float(np.abs(sizes - least)[(sizes < least) | (offsets > 0)].sum())
        if need <= 1e-9 * least * k:
            break
        if expected is not None:
            off = float(np.abs(sizes - expected).sum())
            if need >= before or off <= 2 * _tied_weight(gaps, weights, offsets):
                break
        before, tried, expected = need, offsets.copy(), sizes.copy()
        share = 4.0 * need / float(weights.sum()) + _NEAR
        met = False
        if share < 0.5:
            reach = float(np.partition(gaps, int(share * n))[int(share * n)])
            near = np.flatnonzero(gaps <= reach)
            part = costs[near], weights[near], labels[near]
            met = balance(*part, offsets=tried, sizes=expected, least=least, reach=reach)
        if not met:
            tried, expected = offsets.copy(), sizes.copy()
            met = balance(costs, weights, labels, offsets=tried, sizes=expected, least=least, reach=np.inf)
        offsets, expected = tried, expected if met else None
    return offsets, labels


def _tied_weight(gaps: Floats, weights: Floats, offsets: Floats) -> float:
    """Weight of the rows that are tied between two clusters, but for rounding."""
    # Typical gaps set what counts as none: costs may have any unit, and one far row none of the say.
    none = 1e-9 * float(np.median(gaps[:_SAMPLE])) + 8 * float(np.spacing(offsets.max()))
    return float(weights[gaps <= none].sum())


def _misfit(sizes: Floats, offsets: Floats, least: float) -> float:
    """By how much sizes are under the minimum, or over it in spite of an offset."""
    under = np.maximum(least - sizes, 0.0)
    over = np.where(offsets > 0, np.maximum(sizes - least, 0.0), 0.0)
    misfit = float(under.sum() + over.sum())
    return misfit if misfit > 1e-9 * least * len(sizes) else 0.0


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
    that its ties left too small, lowers all offsets together as far as the minimum allows, and moves the
    boundaries half-way to the next row on either side.
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
            offsets = _lowered(problem, offsets)
            labels[near] = problem.labels(offsets)
            final, _ = costs.assign(offsets)
            sizes = cluster_sizes(final, weights, k)
            if np.array_equal(final, labels) and problem.met(sizes).all():
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

    def labels(self, offsets: Floats) -> Labels32:
        return cheapest(self.costs, offsets)[0]

    def sizes(self, labels: Labels32) -> Floats:
        return self.rest + cluster_sizes(labels, self.weights, len(self.rest))

    def met(self, sizes: Floats) -> NDArray[np.bool_]:
        met: NDArray[np.bool_] = sizes >= self.least * (1 - 1e-9)
        return met


def _most_steps(problem: _Problem) -> int:
    """Far more than are ever taken: rounding alone could go on without end."""
    return 20 * len(problem.costs) + 1_000


def _raised(problem: _Problem, offsets: Floats) -> Floats | None:
    """Raise the clusters in need until a row joins them whose cluster can spare it and its twins."""
    for _ in range(_most_steps(problem)):
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
    raised = needy.copy()
    while not raised.all():
        row, gap = _nearest_gain(problem.costs, offsets, raised)
        if gap > problem.reach or gap == np.inf:
            return None
        # What this row's own sums may be off by: the costs of a far row have no say.
        wide = 8 * float(np.spacing(np.abs(problem.costs[row]).max() + np.abs(offsets).max() + abs(gap)))
        after = np.where(raised, offsets + (gap + wide), offsets)
        new = ~raised & ~problem.met(problem.sizes(problem.labels(after)))
        if not new.any():
            return after
        offsets = np.where(raised, offsets + max(gap - wide, 0.0), offsets)
        raised |= new
    return None


def _nearest_gain(costs: Floats, offsets: Floats, raised: NDArray[np.bool_]) -> tuple[int, float]:
    """The row outside the raised clusters that is nearest to one of them, and how far: infinitely if there is none."""
    reduced = costs - offsets
    label = reduced.argmin(axis=1)
    rows = np.flatnonzero(~raised[label])
    if not len(rows):
        return -1, np.inf
    gaps = reduced[np.ix_(rows, raised)].min(axis=1) - reduced[rows, label[rows]]
    nearest = int(gaps.argmin())
    return int(rows[nearest]), float(gaps[nearest])


@dataclass(frozen=True, eq=False)
class _Partition:
    """Labels32, and the offsets that give them.

    Offsets give the labels where offset_j - offset_i is at most ways[i, j] for all i and j: the smallest cost of
    moving one row from i to j. `rows` are these rows.
    """

    labels: Labels32
    ways: Floats
    rows: Integers

    @classmethod
    def of(cls, problem: _Problem, labels: Labels32) -> _Partition:
        k = len(problem.rest)
        ways, rows = np.full((k, k), np.inf), np.full((k, k), -1, dtype=np.intp)
        for i in range(k):
            members = np.flatnonzero(labels == i)
            if len(members):
                costs = problem.costs[members]
                moving = costs - costs[:, [i]]
                nearest = moving.argmin(axis=0)
                ways[i], rows[i] = moving[nearest, np.arange(k)], members[nearest]
        np.fill_diagonal(ways, np.inf)
        return cls(labels, ways, rows)

    def least(self) -> Floats:
        """The least offsets in every component: the longest paths that end where no offset is needed."""
        offsets = np.zeros(len(self.ways))
        for _ in offsets:
            offsets = np.maximum((offsets - self.ways).max(axis=1), offsets)
        return offsets

    def centered(self, offsets: Floats) -> Floats:
        """Each offset half-way between the values at which the next row would join or leave."""
        offsets = offsets.copy()
        for _ in offsets:
            # One offset that rests on another has room below only when it moves first.
            for j in np.flatnonzero(offsets > 0):
                down = float((self.ways[j] + offsets[j] - offsets).min())
                up = float((self.ways[:, j] + offsets - offsets[j]).min())
                if np.isfinite(up) and np.isfinite(down):
                    offsets[j] = max(0.0, offsets[j] + (up - down) / 2)
        return offsets


def _lowered(problem: _Problem, offsets: Floats) -> Floats:
    """Lower all offsets together: first under the same labels, then as clusters give away what they can spare."""
    partition = _Partition.of(problem, problem.labels(offsets))
    least = partition.least()
    centered = partition.centered(least)
    if np.array_equal(problem.labels(centered), partition.labels):
        offsets = centered
    for _ in range(_most_steps(problem)):
        step = _next_loss(problem, partition, least)
        if step is None:
            break
        partition, least, offsets = step
    return offsets


def _next_loss(problem: _Problem, partition: _Partition, least: Floats) -> tuple[_Partition, Floats, Floats] | None:
    """A cluster gives the row that holds its offset up to the cluster that it is tied with."""
    for i in np.argsort(-least, kind="stable"):
        j = int((least - partition.ways[i]).argmax())
        row = partition.rows[i, j]
        if least[i] <= 0 or row < 0:
            continue
        labels = partition.labels.copy()
        labels[row] = j
        if not problem.met(problem.sizes(labels))[i]:
            continue
        moved = _Partition.of(problem, labels)
        lower = moved.least()
        offsets = moved.centered(lower)
        if lower[i] < least[i] and np.array_equal(problem.labels(offsets), labels):
            return moved, lower, offsets
    return None
