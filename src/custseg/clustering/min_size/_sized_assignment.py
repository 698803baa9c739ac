"""Offsets under which every cluster meets the minimum size while duplicate rows stay together.

Starts at the optimum of the linear program, whose ties may leave clusters too small. A primal-dual method, as the
Hungarian method (Kuhn 1955), then raises the offsets of these clusters and lowers all offsets as far as possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Floats, Integers, Labels32
from custseg.clustering.min_size._offsets import ALL_AT_ONCE, SAMPLE, Costs, cheapest, cluster_sizes


@dataclass(frozen=True, eq=False)
class SizedAssignment:
    """Offsets under which no cluster is too small, and what they give for the rows they were found for."""

    offsets: Floats
    labels: Labels32
    sizes: Floats


def sized_assignment(costs: Costs, weights: Floats, min_size: float, *, start: Floats) -> SizedAssignment | None:
    """Offsets under which every cluster reaches the minimum while equal rows stay together.

    None where the costs allow no such offsets. Starts at the optimum of the linear program, raises clusters
    that its ties left too small, lowers all offsets together as far as the minimum allows, and moves the
    boundaries half-way to the next row on either side.
    """
    k = len(start)
    reachable = max(SAMPLE, 4 * ALL_AT_ONCE)
    while True:
        labels, gaps = costs.assign(start)
        everything = reachable >= len(gaps)
        reach = np.inf if everything else float(np.partition(gaps, reachable)[reachable])
        near = np.flatnonzero(gaps <= reach)
        rest = cluster_sizes(labels, weights, k) - cluster_sizes(labels[near], weights[near], k)
        problem = _Problem(costs.matrix(near), weights[near], rest, min_size, reach)
        offsets = _raised(problem, start)
        if offsets is not None:
            offsets = _lowered(problem, offsets)
            labels[near] = problem.labels(offsets)
            final, _ = costs.assign(offsets)
            sizes = cluster_sizes(final, weights, k)
            if np.array_equal(final, labels) and problem.met(sizes).all():
                return SizedAssignment(offsets, final, sizes)
        if everything:
            return None
        reachable *= 8


@dataclass(frozen=True, eq=False)
class _Problem:
    """The rows near a boundary; all others stay where they are."""

    costs: Floats
    weights: Floats
    rest: Floats
    min_size: float
    reach: float

    def labels(self, offsets: Floats) -> Labels32:
        return cheapest(self.costs, offsets)[0]

    def sizes(self, labels: Labels32) -> Floats:
        return self.rest + cluster_sizes(labels, self.weights, len(self.rest))

    def met(self, sizes: Floats) -> NDArray[np.bool_]:
        met: NDArray[np.bool_] = sizes >= self.min_size * (1 - 1e-9)
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

    def min_size(self) -> Floats:
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
    min_size = partition.min_size()
    centered = partition.centered(min_size)
    if np.array_equal(problem.labels(centered), partition.labels):
        offsets = centered
    for _ in range(_most_steps(problem)):
        step = _next_loss(problem, partition, min_size)
        if step is None:
            break
        partition, min_size, offsets = step
    return offsets


def _next_loss(problem: _Problem, partition: _Partition, min_size: Floats) -> tuple[_Partition, Floats, Floats] | None:
    """A cluster gives the row that holds its offset up to the cluster that it is tied with."""
    for i in np.argsort(-min_size, kind="stable"):
        j = int((min_size - partition.ways[i]).argmax())
        row = partition.rows[i, j]
        if min_size[i] <= 0 or row < 0:
            continue
        labels = partition.labels.copy()
        labels[row] = j
        if not problem.met(problem.sizes(labels))[i]:
            continue
        moved = _Partition.of(problem, labels)
        lower = moved.min_size()
        offsets = moved.centered(lower)
        if lower[i] < min_size[i] and np.array_equal(problem.labels(offsets), labels):
            return moved, lower, offsets
    return None
