"""Offsets under which every cluster meets the minimum size while duplicate rows stay together.

Starts at the optimum of the linear program, whose ties may leave clusters too small. A primal-dual method, as the
Hungarian method (Kuhn 1955), then raises the offsets of these clusters and lowers all offsets as far as possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Floats, Integers, Labels32
from custseg.clustering.min_size._offsets import ALL_AT_ONCE, SAMPLE, Costs, cheapest, cluster_sizes


@dataclass(frozen=True, eq=False)
class SizedAssignment:
    """Offsets under which every cluster meets the minimum size, and the labels and sizes they give."""

    offsets: Floats
    labels: Labels32
    sizes: Floats


def sized_assignment(costs: Costs, weights: Floats, min_size: float, *, start: Floats) -> SizedAssignment | None:
    """Offsets under which every cluster meets the minimum size while duplicate rows stay together.

    None if the costs allow no such offsets. From the optimum of the linear program, raises the offsets of clusters
    which its ties left too small, lowers all offsets as far as the minimum size allows, and puts each boundary
    midway between the nearest rows on either side.
    """
    k = len(start)
    n_candidates = max(SAMPLE, 4 * ALL_AT_ONCE)
    while True:
        labels, margins = costs.assign(start)
        is_complete = n_candidates >= len(margins)
        reach = np.inf if is_complete else float(np.partition(margins, n_candidates)[n_candidates])
        near = np.flatnonzero(margins <= reach)
        fixed_sizes = cluster_sizes(labels, weights, k) - cluster_sizes(labels[near], weights[near], k)
        problem = _Problem(costs.matrix(near), weights[near], fixed_sizes, min_size, reach)
        offsets = _raised(problem, start)
        if offsets is not None:
            offsets = _lowered(problem, offsets)
            labels[near] = problem.labels(offsets)
            final, _ = costs.assign(offsets)
            sizes = cluster_sizes(final, weights, k)
            if np.array_equal(final, labels) and problem.is_met(sizes).all():
                return SizedAssignment(offsets, final, sizes)
        if is_complete:
            return None
        n_candidates *= 8


@dataclass(frozen=True, eq=False)
class _Problem:
    """The rows near a boundary; all others keep their cluster and count as its `fixed_sizes`."""

    costs: Floats
    weights: Floats
    fixed_sizes: Floats
    min_size: float
    reach: float

    def labels(self, offsets: Floats) -> Labels32:
        return cheapest(self.costs, offsets)[0]

    def sizes(self, labels: Labels32) -> Floats:
        return self.fixed_sizes + cluster_sizes(labels, self.weights, len(self.fixed_sizes))

    def is_met(self, sizes: Floats) -> NDArray[np.bool_]:
        is_met: NDArray[np.bool_] = sizes >= self.min_size * (1 - 1e-9)
        return is_met

    @property
    def max_steps(self) -> int:
        """Far more than are ever taken: rounding alone could go on without end."""
        return 20 * len(self.costs) + 1_000


def _raised(problem: _Problem, offsets: Floats) -> Floats | None:
    """Raise the offsets of clusters below the minimum size until each has gained enough rows; None if impossible."""
    for _ in range(problem.max_steps):
        sizes = problem.sizes(problem.labels(offsets))
        deficient = ~problem.is_met(sizes)
        if not deficient.any():
            return offsets
        raised = _dual_ascent(problem, offsets, deficient)
        if raised is None:
            return None
        offsets = raised
    return None


def _dual_ascent(problem: _Problem, offsets: Floats, deficient: NDArray[np.bool_]) -> Floats | None:
    """The offsets at which a row first joins the deficient clusters and leaves no other cluster deficient.

    A cluster which would become deficient joins the tree and is raised along (the alternating tree of the
    Hungarian method).
    """
    in_tree = deficient.copy()
    while not in_tree.all():
        row, margin = _nearest_row(problem.costs, offsets, in_tree)
        if margin > problem.reach or margin == np.inf:
            return None
        # The rounding error of this row's own sums: the costs of a distant row have no influence.
        rounding = 8 * float(np.spacing(np.abs(problem.costs[row]).max() + np.abs(offsets).max() + abs(margin)))
        raised = np.where(in_tree, offsets + (margin + rounding), offsets)
        newly_deficient = ~in_tree & ~problem.is_met(problem.sizes(problem.labels(raised)))
        if not newly_deficient.any():
            return raised
        offsets = np.where(in_tree, offsets + max(margin - rounding, 0.0), offsets)
        in_tree |= newly_deficient
    return None


def _nearest_row(costs: Floats, offsets: Floats, in_tree: NDArray[np.bool_]) -> tuple[int, float]:
    """The row outside the tree with the smallest margin to a cluster of the tree, and this margin; infinite if none."""
    reduced_costs = costs - offsets
    labels = reduced_costs.argmin(axis=1)
    rows = np.flatnonzero(~in_tree[labels])
    if not len(rows):
        return -1, np.inf
    margins = reduced_costs[np.ix_(rows, in_tree)].min(axis=1) - reduced_costs[rows, labels[rows]]
    nearest = int(margins.argmin())
    return int(rows[nearest]), float(margins[nearest])


@dataclass(frozen=True, eq=False)
class _Partition:
    """Labels, and the difference constraints on the offsets that give them.

    Offsets give the labels where offset_j - offset_i is at most slack[i, j] for all i and j: the smallest cost of
    moving one row from i to j. `rows` are these rows.
    """

    labels: Labels32
    slack: Floats
    rows: Integers

    @classmethod
    def of(cls, problem: _Problem, labels: Labels32) -> _Partition:
        k = len(problem.fixed_sizes)
        slack, rows = np.full((k, k), np.inf), np.full((k, k), -1, dtype=np.intp)
        for i in range(k):
            members = np.flatnonzero(labels == i)
            if len(members):
                costs = problem.costs[members]
                moving = costs - costs[:, [i]]
                nearest = moving.argmin(axis=0)
                slack[i], rows[i] = moving[nearest, np.arange(k)], members[nearest]
        np.fill_diagonal(slack, np.inf)
        return cls(labels, slack, rows)

    def minimal_offsets(self) -> Floats:
        """The componentwise smallest non-negative offsets: longest paths by Bellman-Ford."""
        offsets = np.zeros(len(self.slack))
        for _ in offsets:
            offsets = np.maximum((offsets - self.slack).max(axis=1), offsets)
        return offsets

    def centered(self, offsets: Floats) -> Floats:
        """Each offset midway between the values at which the next row would join or leave."""
        offsets = offsets.copy()
        for _ in offsets:
            # An offset that is bound by another one has room below only after that one has moved.
            for j in np.flatnonzero(offsets > 0):
                down = float((self.slack[j] + offsets[j] - offsets).min())
                up = float((self.slack[:, j] + offsets - offsets[j]).min())
                if np.isfinite(up) and np.isfinite(down):
                    offsets[j] = max(0.0, offsets[j] + (up - down) / 2)
        return offsets


def _lowered(problem: _Problem, offsets: Floats) -> Floats:
    """Lower all offsets: first under the same labels, then as clusters release rows beyond the minimum size."""
    partition = _Partition.of(problem, problem.labels(offsets))
    minimal = partition.minimal_offsets()
    centered = partition.centered(minimal)
    if np.array_equal(problem.labels(centered), partition.labels):
        offsets = centered
    for _ in range(problem.max_steps):
        released = _release_row(problem, partition, minimal)
        if released is None:
            break
        partition, minimal, offsets = released
    return offsets


def _release_row(problem: _Problem, partition: _Partition, minimal: Floats) -> tuple[_Partition, Floats, Floats] | None:
    """Move the row whose constraint is binding for a cluster's offset to the cluster that it is tied with."""
    for i in np.argsort(-minimal, kind="stable"):
        j = int((minimal - partition.slack[i]).argmax())
        row = partition.rows[i, j]
        if minimal[i] <= 0 or row < 0:
            continue
        labels = partition.labels.copy()
        labels[row] = j
        if not problem.is_met(problem.sizes(labels))[i]:
            continue
        next_partition = _Partition.of(problem, labels)
        next_minimal = next_partition.minimal_offsets()
        offsets = next_partition.centered(next_minimal)
        if next_minimal[i] < minimal[i] and np.array_equal(problem.labels(offsets), labels):
            return next_partition, next_minimal, offsets
    return None
