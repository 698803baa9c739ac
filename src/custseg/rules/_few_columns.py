"""Rules that recover segments from as few columns as possible: greedy forward selection, checked on a validation part.

The customers are split twice. Of the training part, trees are grown on one half of the customers and measured on the
other; the held-out part has no say in the columns, the cut points and their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import column_of
from custseg._numerics import Bools, Floats, Integers
from custseg.errors import DataError
from custseg.rules._beam_search import Sample
from custseg.rules._bins import Codes
from custseg.rules._conditions import Condition
from custseg.rules._input import Split, columns_in_bins, split_rows
from custseg.rules._tree import Node, grown_tree, merged_leaves, prune, split_gains
from custseg.rules._unanswered import route_unanswered
from custseg.texts import listed

_CANDIDATES = 12
"""Columns for which a tree is grown at each step: those that would purify the leaves of the last tree most."""


@dataclass(frozen=True)
class FewColumns:
    """Rules on few columns, and how they were chosen.

    Attributes
    ----------
    columns : tuple of str
        The columns, in the order in which they were chosen.
    rules : tuple of (int, tuple of Condition)
        Code of the segment and conditions; exactly one rule holds for every customer, missing values included.
    validated : tuple of float
        Accuracy on the validation part with one column, two columns, and so on.
    held_out : array of int
        Rows of the table that had no say.
    """

    columns: tuple[str, ...]
    rules: tuple[tuple[int, tuple[Condition, ...]], ...]
    validated: tuple[float, ...]
    held_out: Integers


def few_columns(
    table: nw.DataFrame[Any],
    templates: Mapping[str, Condition],
    labels: Integers,
    *,
    at_least: float,
    max_columns: int,
    seed: int,
    caller: str,
) -> FewColumns:
    """The fewest columns, and the fewest leaves on them, whose accuracy is `at_least`, as rules.

    Columns are added one by one: the one whose pruned tree classifies most customers of the training part correctly.
    The first tree whose accuracy on the validation part reaches `at_least` by one standard error ends the search;
    columns that have become superfluous are dropped, and then leaves. If none reaches it, the best one is taken. The
    final tree is grown on the training and the validation part together.

    Parameters
    ----------
    table : DataFrame
        The columns that may be asked, one row per customer.
    templates : mapping of str to Condition
        By column, a condition without bounds.
    labels : array of int, shape (n_customers,)
        Code of the segment of each customer, from 0 without gaps.
    at_least : float
        The accuracy to reach, in (0, 1].
    max_columns : int
        The most columns.
    seed : int
        Seed of both splits.
    caller : str
        Name of the function, for errors.

    Raises
    ------
    DataError
        If no column varies.
    """
    all_columns = columns_in_bins(table, templates)
    if not all_columns:
        raise DataError(
            f"{caller}: no column can be asked: each of {listed(table.columns)} is constant, is no number, flag or "
            "category, or has no value that ten customers share. Name other columns."
        )
    split = split_rows(table, labels, columns=all_columns, seed=seed)
    training, truth = table[split.learned], labels[split.learned]
    inner = split_rows(training, truth, columns=all_columns, seed=seed + 1)
    weights = split.weights * inner.weights
    trial = _Trial.of(training, templates, truth, split=inner, weights=weights, validation_weights=split.weights)
    chosen, n_leaves, validated = _search(trial, at_least, max_columns)
    names = [trial.sample.columns[column].template.feature for column in chosen]
    sample = _sample(training, {name: templates[name] for name in names}, truth, weights=split.weights)
    root = _tree(sample, range(len(sample.columns)), n_leaves)
    route_unanswered(root, sample)
    leaves = [(leaf.label, dict(leaf.bins)) for leaf in root.leaves()]
    while (merged := merged_leaves(leaves, sample)) is not None:
        leaves = merged
    rules = sorted(((label, sample.conditions(bins)) for label, bins in leaves), key=lambda rule: rule[0])
    used = {condition.feature for _, conditions in rules for condition in conditions}
    return FewColumns(tuple(name for name in names if name in used), tuple(rules), validated, split.held_out)


def _sample(
    table: nw.DataFrame[Any], templates: Mapping[str, Condition], labels: Integers, *, weights: Floats
) -> Sample:
    columns = columns_in_bins(table[list(templates)], templates, as_questions=True)
    codes = [column.codes(column_of(table, column.template.feature)) for column in columns]
    return Sample(columns, codes, labels, weights)


def _tree(sample: Sample, columns: Sequence[int], max_leaves: int | None = None) -> Node:
    root = grown_tree(sample, columns, max_conditions=max(len(columns), 1))
    prune(root, sample, max_leaves=max_leaves)
    return root


@dataclass(frozen=True, eq=False)
class _Trial:
    """The customers that trees are grown on, and those that they are measured on."""

    sample: Sample
    codes: list[Codes]
    labels: Integers
    weights: Floats

    @classmethod
    def of(
        cls,
        table: nw.DataFrame[Any],
        templates: Mapping[str, Condition],
        labels: Integers,
        *,
        split: Split,
        weights: Floats,
        validation_weights: Floats,
    ) -> _Trial:
        """The trial of this split of the training part."""
        sample = _sample(table[split.learned], templates, labels[split.learned], weights=weights)
        codes = [column.codes(column_of(table, column.template.feature)[split.held_out]) for column in sample.columns]
        truth = labels[split.held_out]
        return cls(sample, codes, truth, validation_weights[truth])

    def accuracy(self, root: Node) -> float:
        """Share of the validation part that the tree classifies correctly."""
        n_correct = 0.0
        for leaf in root.leaves():
            mask: Bools = self.labels == leaf.label
            for column, bins in leaf.bins.items():
                mask = mask & bins[self.codes[column]]
            n_correct += float(self.weights[mask].sum())
        return n_correct / float(self.weights.sum())

    def error(self, accuracy: float) -> float:
        """The standard error of an accuracy on the validation part."""
        effective = float(self.weights.sum()) ** 2 / float((self.weights**2).sum())
        return float(np.sqrt(accuracy * (1 - accuracy) / effective))

    def reaches(self, root: Node, at_least: float) -> bool:
        """Whether the accuracy is high enough by one standard error."""
        accuracy = self.accuracy(root)
        return accuracy - self.error(accuracy) >= at_least


def _search(trial: _Trial, at_least: float, max_columns: int) -> tuple[list[int], int, tuple[float, ...]]:
    """The columns, the number of leaves, and the accuracy after each step."""
    path: list[tuple[float, list[int], Node]] = []
    for columns, root in _forward(trial.sample, max_columns):
        path.append((trial.accuracy(root), columns, root))
        if trial.reaches(root, at_least):
            break
    validated = tuple(accuracy for accuracy, *_ in path)
    _, columns, root = max(path, key=lambda step: step[0])
    if trial.reaches(root, at_least):
        columns, root = _without_superfluous(trial, columns, root, at_least=at_least)
        return columns, _fewest_leaves(trial, root, at_least), validated
    return columns, _n_leaves(root), validated


def _forward(sample: Sample, max_columns: int) -> Iterator[tuple[list[int], Node]]:
    """Columns and their tree, with one more column each time; ends where no further column is used."""
    chosen: list[int] = []
    root = _tree(sample, [])
    for _ in range(min(max_columns, len(sample.columns))):
        gains = {
            column: sum(float(split_gains(sample, leaf, column).max(initial=0.0)) for leaf in root.leaves())
            for column in range(len(sample.columns))
            if column not in chosen
        }
        candidates = sorted(gains, key=lambda column: (-gains[column], column))[:_CANDIDATES]
        trees = {column: _tree(sample, [*chosen, column]) for column in candidates if gains[column] > 0}
        if not trees:
            return
        best = max(trees, key=lambda column: (_n_correct(trees[column]), -candidates.index(column)))
        if chosen and _n_correct(trees[best]) <= _n_correct(root):
            return
        chosen, root = [*chosen, best], trees[best]
        yield chosen, root


def _without_superfluous(trial: _Trial, columns: list[int], root: Node, *, at_least: float) -> tuple[list[int], Node]:
    """The columns without those that the others replace, the earliest first."""
    for column in list(columns):
        fewer = [other for other in columns if other != column]
        if fewer and trial.reaches(tree := _tree(trial.sample, fewer), at_least):
            columns, root = fewer, tree
    return columns, root


def _fewest_leaves(trial: _Trial, root: Node, at_least: float) -> int:
    """The fewest leaves with which the tree is still accurate enough; it is pruned in place."""
    fewest = n_leaves = _n_leaves(root)
    while n_leaves > len(trial.sample.weights):
        prune(root, trial.sample, max_leaves=n_leaves - 1)
        n_leaves = _n_leaves(root)
        if not trial.reaches(root, at_least):
            return fewest
        fewest = n_leaves
    return fewest


def _n_leaves(root: Node) -> int:
    return sum(1 for _ in root.leaves())


def _n_correct(root: Node) -> float:
    return sum(leaf.n_correct for leaf in root.leaves())
