"""A set of rules that covers everybody: the leaves of a small tree whose paths name few columns."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Bools, Floats
from custseg.rules._beam_search import Sample
from custseg.rules._bins import FEWEST
from custseg.rules._conditions import Term

_GROWN = 8
_RULES_PER_SEGMENT = 4
_LEAST_GAIN = 0.003
_NEARLY = 0.97


@dataclass(eq=False)
class _Node:
    """A part of the customers: their rows, the bins they are in, the two parts below and by what they are parted."""

    rows: NDArray[np.intp]
    meant: Mapping[int, Bools]
    counts: Floats
    parts: tuple[_Node, ...] = ()
    split: tuple[int, float] = (-1, 0.0)

    @property
    def label(self) -> int:
        """The segment of most of them."""
        return int(self.counts.argmax())

    @property
    def right(self) -> float:
        """How many of them are in that segment."""
        return float(self.counts.max())

    def leaves(self) -> Iterator[_Node]:
        """The parts that are not parted further."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()

    def branches(self) -> Iterator[_Node]:
        """The parts that are, itself the first."""
        if self.parts:
            yield self
        for part in self.parts:
            yield from part.branches()


def covering_terms(sample: Sample, *, max_terms: int) -> list[tuple[int, tuple[Term, ...]]]:
    """Segment and terms of rules of which exactly one holds for each customer of the sample.

    A tree is grown where the Gini impurity falls most, each path naming at most `max_terms` columns. Another
    names no others than the best `max_terms` columns of a tree without that limit, so that columns which say
    nearly the same do not use up the terms. Both are pruned by cost and complexity (Breiman et al. 1984): at
    most four rules per segment are left, and each further one puts at least 0.3 % of the customers right, and
    ten. The tree that puts more of them right is taken. Rules of one segment that differ in one column alone
    are joined where that is one term.
    """
    everything = range(len(sample.columns))
    free = _grown(sample, everything, max_terms=len(sample.columns))
    best = _best_columns(free)[:max_terms]
    trees = [_grown(sample, columns, max_terms=max_terms) for columns in (everything, best)]
    for tree in trees:
        _prune(tree, sample)
    root = max(trees, key=lambda tree: sum(leaf.right for leaf in tree.leaves()))
    leaves = [(leaf.label, dict(leaf.meant)) for leaf in root.leaves()]
    while (joined := _joined(leaves, sample)) is not None:
        leaves = joined
    return [(label, sample.terms(meant)) for label, meant in leaves]


def _grown(sample: Sample, columns: Sequence[int], *, max_terms: int) -> _Node:
    """The tree of these columns, parted again and again where the impurity falls most."""
    root = _Node(np.arange(len(sample.labels)), {}, sample.sizes)
    waiting, leaves, ticket = [root], 1, itertools.count()
    heap: list[tuple[float, int, _Node, tuple[float, int, Bools]]] = []
    while leaves < _GROWN * len(sample.weights):
        for node in waiting:
            if (split := _best_split(sample, node, columns, max_terms=max_terms)) is not None:
                heapq.heappush(heap, (-split[0], next(ticket), node, split))
        if not heap:
            break
        _, _, node, (gain, column, meant) = heapq.heappop(heap)
        node.split = (column, gain)
        within = meant[sample.codes[column][node.rows]]
        waiting = [
            _part(sample, node, column, rows=node.rows[side], meant=bins)
            for side, bins in ((within, meant), (~within, ~meant))
        ]
        node.parts = tuple(waiting)
        leaves += 1
    return root


def _part(sample: Sample, node: _Node, column: int, *, rows: NDArray[np.intp], meant: Bools) -> _Node:
    """Those rows of the node that are in the meant bins of the column."""
    meant = node.meant[column] & meant if column in node.meant else meant
    counts = np.bincount(sample.labels[rows], minlength=len(sample.weights)) * sample.weights
    return _Node(rows, {**node.meant, column: meant}, counts)


def _best_split(
    sample: Sample, node: _Node, columns: Sequence[int], *, max_terms: int
) -> tuple[float, int, Bools] | None:
    """By how much the impurity falls, the column and the bins; of nearly equal ones the simplest to say."""
    found: list[tuple[float, float, int, Bools]] = []
    if node.right == node.counts.sum():
        return None
    for column in columns:
        choices = sample.columns[column]
        if column not in node.meant and len(node.meant) >= max_terms:
            continue
        gains = _gains(sample, node, column)
        top = float(gains.max(initial=0.0))
        for place in np.flatnonzero(gains >= _NEARLY * top) if top > 0 else ():
            chosen = choices.parting[place]
            found.append((float(gains[place]), float(choices.costs[chosen]), column, choices.sets[chosen]))
    if not found:
        return None
    least = _NEARLY * max(gain for gain, *_ in found)
    gain, _, column, bins = min((one for one in found if one[0] >= least), key=lambda one: (one[1], -one[0], one[2]))
    return gain, column, bins


def _gains(sample: Sample, node: _Node, column: int) -> Floats:
    """By how much each parting of the column lowers the Gini impurity; 0 where a part is too small."""
    choices, counts = sample.columns[column], sample.histogram(column, node.rows)
    inside = choices.sums[choices.parting] @ counts
    outside = counts.sum(axis=0) - inside
    gains = _purity(inside * sample.weights) + _purity(outside * sample.weights) - _purity(node.counts[None, :])
    small = np.minimum(inside.sum(axis=1), outside.sum(axis=1)) < sample.fewest
    return np.where(small, 0.0, gains)


def _purity(counts: Floats) -> Floats:
    total = counts.sum(axis=1)
    purity: Floats = np.divide((counts**2).sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    return purity


def _best_columns(root: _Node) -> list[int]:
    """The columns that part the tree, those by which the impurity falls most in sum first."""
    gains: dict[int, float] = {}
    for branch in root.branches():
        column, gain = branch.split
        gains[column] = gains.get(column, 0.0) + gain
    return sorted(gains, key=lambda column: (-gains[column], column))


def _prune(root: _Node, sample: Sample) -> None:
    """Take away the branch that is worth least per rule, until those left are few and worth their words."""
    most, least = _RULES_PER_SEGMENT * len(sample.weights), max(_LEAST_GAIN * float(sample.sizes.sum()), FEWEST)
    while root.parts:
        worth = []
        for place, branch in enumerate(root.branches()):
            leaves = list(branch.leaves())
            worth.append(((sum(leaf.right for leaf in leaves) - branch.right) / (len(leaves) - 1), -place, branch))
        gain, _, weakest = min(worth, key=lambda one: one[:2])
        if gain >= least and sum(1 for _ in root.leaves()) <= most:
            return
        weakest.parts = ()


def _joined(leaves: list[tuple[int, dict[int, Bools]]], sample: Sample) -> list[Any] | None:
    """The rules with two of one segment made one, where they differ in one column and one term says both."""
    for i, (label, first) in enumerate(leaves):
        for j in range(i + 1, len(leaves)):
            if leaves[j][0] != label or (both := _union(first, leaves[j][1], sample)) is None:
                continue
            return [*leaves[:i], (label, both), *leaves[i + 1 : j], *leaves[j + 1 :]]
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
