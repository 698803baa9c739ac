"""Rules that cover all customers: the leaves of a small classification tree whose paths use few columns.

scikit-learn's trees limit neither the columns of a path nor split on categories and missing values by name.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.rules._beam_search import Sample
from custseg.rules._conditions import Condition

_LEAVES_PER_SEGMENT = 8
_RULES_PER_SEGMENT = 4
_MIN_GAIN = 0.003
_GAIN_TOLERANCE = 0.97


@dataclass(eq=False)
class Node:
    """A node: its rows, the bins on its path, weighted counts by segment, its children and its split."""

    rows: Integers
    bins: Mapping[int, Bools]
    counts: Floats
    children: tuple[Node, ...] = ()
    split: tuple[int, float] = (-1, 0.0)

    @property
    def label(self) -> int:
        """The most frequent segment."""
        return int(self.counts.argmax())

    @property
    def n_correct(self) -> float:
        """The weighted number of customers in the most frequent segment."""
        return float(self.counts.max())

    def leaves(self) -> Iterator[Node]:
        """The leaves below the node."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def branches(self) -> Iterator[Node]:
        """The inner nodes of the subtree, the node itself first."""
        if self.children:
            yield self
        for child in self.children:
            yield from child.branches()


def covering_conditions(sample: Sample, *, max_conditions: int) -> list[tuple[int, tuple[Condition, ...]]]:
    """Segment and conditions of rules of which exactly one holds for each customer of the sample.

    One tree is grown best-first by Gini impurity, with at most `max_conditions` columns on each path. A second one
    uses only the best `max_conditions` columns of a tree without that limit, so that correlated columns do not use up
    the conditions. Both are pruned by cost-complexity (Breiman et al. 1984) to at most four leaves per segment, each of
    which classifies at least 0.3 % more of the customers correctly, and at least ten. The more accurate tree is used.
    Leaves of one segment that differ in one column are merged where the result is one condition.
    """
    all_columns = range(len(sample.columns))
    free = grown_tree(sample, all_columns, max_conditions=len(sample.columns))
    best = _best_columns(free)[:max_conditions]
    trees = [grown_tree(sample, columns, max_conditions=max_conditions) for columns in (all_columns, best)]
    for tree in trees:
        prune(tree, sample)
    root = max(trees, key=lambda tree: sum(leaf.n_correct for leaf in tree.leaves()))
    leaves = [(leaf.label, dict(leaf.bins)) for leaf in root.leaves()]
    while (merged := merged_leaves(leaves, sample)) is not None:
        leaves = merged
    return [(label, sample.conditions(bins)) for label, bins in leaves]


def grown_tree(sample: Sample, columns: Sequence[int], *, max_conditions: int) -> Node:
    """A tree on these columns, grown best-first: the split with the largest decrease of impurity is made next."""
    root = Node(np.arange(len(sample.labels)), {}, sample.sizes)
    waiting, leaves, ticket = [root], 1, itertools.count()
    heap: list[tuple[float, int, Node, tuple[float, int, Bools]]] = []
    while leaves < _LEAVES_PER_SEGMENT * len(sample.weights):
        for node in waiting:
            if (split := _best_split(sample, node, columns, max_conditions=max_conditions)) is not None:
                heapq.heappush(heap, (-split[0], next(ticket), node, split))
        if not heap:
            break
        _, _, node, (gain, column, bins) = heapq.heappop(heap)
        node.split = (column, gain)
        mask = bins[sample.codes[column][node.rows]]
        waiting = [
            _child(sample, node, column, rows=node.rows[mask], bins=bins),
            _child(sample, node, column, rows=node.rows[~mask], bins=~bins),
        ]
        node.children = tuple(waiting)
        leaves += 1
    return root


def _child(sample: Sample, node: Node, column: int, *, rows: Integers, bins: Bools) -> Node:
    """The child with those rows of the node that are in the bins of the column."""
    bins = node.bins[column] & bins if column in node.bins else bins
    counts = np.bincount(sample.labels[rows], minlength=len(sample.weights)) * sample.weights
    return Node(rows, {**node.bins, column: bins}, counts)


def _best_split(
    sample: Sample, node: Node, columns: Sequence[int], *, max_conditions: int
) -> tuple[float, int, Bools] | None:
    """The decrease of impurity, the column and the bins of the best split; the simplest of nearly equal splits."""
    splits: list[tuple[float, float, int, Bools]] = []
    if node.n_correct == node.counts.sum():
        return None
    for column in columns:
        binned = sample.columns[column]
        if column not in node.bins and len(node.bins) >= max_conditions:
            continue
        gains = split_gains(sample, node, column)
        top = float(gains.max(initial=0.0))
        for index in np.flatnonzero(gains >= _GAIN_TOLERANCE * top) if top > 0 else ():
            selected = binned.splits[index]
            splits.append((float(gains[index]), float(binned.costs[selected]), column, binned.sets[selected]))
    if not splits:
        return None
    min_gain = _GAIN_TOLERANCE * max(gain for gain, *_ in splits)
    candidates = (split for split in splits if split[0] >= min_gain)
    gain, _, column, bins = min(candidates, key=lambda split: (split[1], -split[0], split[2]))
    return gain, column, bins


def split_gains(sample: Sample, node: Node, column: int) -> Floats:
    """The decrease of Gini impurity by each split of the column; 0 where a child is too small."""
    binned, counts = sample.columns[column], sample.histogram(column, node.rows)
    inside = binned.sums[binned.splits] @ counts
    outside = counts.sum(axis=0) - inside
    gains = _purity(inside * sample.weights) + _purity(outside * sample.weights) - _purity(node.counts[None, :])
    small = np.minimum(inside.sum(axis=1), outside.sum(axis=1)) < sample.min_customers
    return np.where(small, 0.0, gains)


def _purity(counts: Floats) -> Floats:
    total = counts.sum(axis=1)
    purity: Floats = np.divide((counts**2).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    return purity


def _best_columns(root: Node) -> list[int]:
    """The columns of the splits, sorted by their total decrease of impurity."""
    gains: dict[int, float] = {}
    for branch in root.branches():
        column, gain = branch.split
        gains[column] = gains.get(column, 0.0) + gain
    return sorted(gains, key=lambda column: (-gains[column], column))


def prune(root: Node, sample: Sample, *, max_leaves: int | None = None) -> None:
    """Remove the branch with the smallest gain per leaf, until the leaves are few enough and each gains enough.

    By default, at most four leaves per segment stay.
    """
    if max_leaves is None:
        max_leaves = _RULES_PER_SEGMENT * len(sample.weights)
    min_gain = max(_MIN_GAIN * float(sample.sizes.sum()), SMALLEST_GROUP)
    while root.children:
        gains = []
        for index, branch in enumerate(root.branches()):
            leaves = list(branch.leaves())
            gains.append(
                ((sum(leaf.n_correct for leaf in leaves) - branch.n_correct) / (len(leaves) - 1), -index, branch)
            )
        gain, _, weakest = min(gains, key=lambda entry: entry[:2])
        if gain >= min_gain and sum(1 for _ in root.leaves()) <= max_leaves:
            return
        weakest.children = ()


def merged_leaves(leaves: list[tuple[int, dict[int, Bools]]], sample: Sample) -> list[Any] | None:
    """The leaves with the first two of one segment merged that differ in one column; None where there are none."""
    for i, (label, first) in enumerate(leaves):
        for j in range(i + 1, len(leaves)):
            if leaves[j][0] != label or (union := _union(first, leaves[j][1], sample)) is None:
                continue
            return [*leaves[:i], (label, union), *leaves[i + 1 : j], *leaves[j + 1 :]]
    return None


def _union(first: dict[int, Bools], second: dict[int, Bools], sample: Sample) -> dict[int, Bools] | None:
    if first.keys() != second.keys():
        return None
    differing = [column for column in first if not np.array_equal(first[column], second[column])]
    if len(differing) != 1:
        return None
    [column] = differing
    union = first[column] | second[column]
    if not (sample.columns[column].sets == union).all(axis=1).any():
        return None
    return {name: bins for name, bins in {**first, column: union}.items() if not bins.all()}
