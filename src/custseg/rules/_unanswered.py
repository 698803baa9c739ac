"""Which way a customer takes in a tree when a question is unanswered, also if nobody in the training part lacked it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from custseg._numerics import Bools, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.rules._beam_search import Sample
from custseg.rules._tree import Node

_Branches = Mapping[int, int]
"""By the identity of a node, the child that takes customers without an answer to its question."""


def route_unanswered(root: Node, sample: Sample) -> None:
    """Send missing values to one child of each node, in place; the last bin of each column is for missing values.

    Where ten or more customers of the node have no value, the split has learned their way. Elsewhere they go to the
    child that would classify more customers of the node correctly if none of them had answered.
    """
    branches: dict[int, int] = {}
    for node in reversed(list(root.branches())):
        branches[id(node)] = _branch(node, sample, branches)
    for node in root.branches():
        column = node.split[0]
        reaches = column not in node.bins or bool(node.bins[column][-1])
        for position, child in enumerate(node.children):
            bins = child.bins[column].copy()
            bins[-1] = reaches and position == branches[id(node)]
            child.bins = {**node.bins, column: bins}


def _branch(node: Node, sample: Sample, branches: _Branches) -> int:
    """The child for missing values of the node's column."""
    column = node.split[0]
    codes = sample.codes[column][node.rows]
    is_missing = codes == sample.columns[column].n_bins - 1
    if is_missing.sum() >= SMALLEST_GROUP:
        return int(not node.children[0].bins[column][-1])
    n_correct = [_n_correct(child, node.rows, column, sample=sample, branches=branches) for child in node.children]
    return int(np.argmax(n_correct))


def _n_correct(node: Node, rows: Integers, column: int, *, sample: Sample, branches: _Branches) -> float:
    """The weighted number of these customers that the subtree classifies correctly without the column."""
    if not node.children:
        return float((sample.labels[rows] == node.label).sum() * sample.weights[node.label])
    if node.split[0] == column:
        child = node.children[branches[id(node)]]
        return _n_correct(child, rows, column, sample=sample, branches=branches)
    mask: Bools = node.children[0].bins[node.split[0]][sample.codes[node.split[0]][rows]]
    return sum(
        _n_correct(child, selected, column, sample=sample, branches=branches)
        for child, selected in zip(node.children, (rows[mask], rows[~mask]), strict=True)
    )
