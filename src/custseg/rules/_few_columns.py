"""Rules that recover segments from as few columns as possible: forward selection with a beam.

The held-out customers have no say in the columns, the cut points and their number: the training part is split further
for these decisions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import column_of, columns_of
from custseg._numerics import Bools, Floats, Integers, wilson_interval
from custseg.errors import DataError
from custseg.rules._beam_search import Sample
from custseg.rules._bins import Codes
from custseg.rules._conditions import Condition
from custseg.rules._input import Split, columns_in_bins, split_rows
from custseg.rules._tree import Node, grown_tree, merged_leaves, prune, split_gains
from custseg.rules._unanswered import route_unanswered
from custseg.texts import listed

_CANDIDATES = 8
"""Columns for which a tree is grown at each step: those that would purify the leaves of the last tree most."""

_BEAM_WIDTH = 3
"""Sets of columns that are extended: the best one alone leads astray where two columns say half of the same."""
_SPLITS = 5
"""Splits of the training part; with one, its chance would decide."""


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
        Mean accuracy in the splits of the training part with one column, two columns, and so on.
    held_out : array of int
        Rows of the table that had no say.
    is_validated : bool
        Whether the interval of that accuracy lies above the one to reach.
    """

    columns: tuple[str, ...]
    rules: tuple[tuple[int, tuple[Condition, ...]], ...]
    validated: tuple[float, ...]
    held_out: Integers
    is_validated: bool


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

    Columns are added one by one to the three best sets so far (forward selection with a beam): those whose pruned trees
    classify most customers of the training part correctly. Trees on the best columns are then grown on 70 % of the
    training part and measured on 30 %, five times. The first columns whose mean accuracy has an interval above
    `at_least` end the search; columns that have become superfluous are dropped, and then leaves. If none reaches it,
    the best ones are taken. The final tree is grown on the whole training part.

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
        Seed of the splits.
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
    validation = _Validation(training, templates, truth, weights=split.weights, seed=seed + 1)
    names, n_leaves, validated, is_validated = _search(validation, at_least, max_columns)
    sample = _sample(columns_of(training, names), templates, truth, weights=split.weights)
    root = _tree(sample, range(len(sample.columns)), n_leaves)
    route_unanswered(root, sample)
    leaves = [(leaf.label, dict(leaf.bins)) for leaf in root.leaves()]
    while (merged := merged_leaves(leaves, sample)) is not None:
        leaves = merged
    rules = [(label, sample.conditions(bins)) for label, bins in leaves]
    used = {condition.feature for _, conditions in rules for condition in conditions}
    columns = tuple(name for name in names if name in used)
    return FewColumns(columns, tuple(rules), validated, split.held_out, is_validated)


def _sample(
    table: nw.DataFrame[Any], templates: Mapping[str, Condition], labels: Integers, *, weights: Floats
) -> Sample:
    columns = columns_in_bins(table, templates, as_questions=True)
    codes = [column.codes(column_of(table, column.template.feature)) for column in columns]
    return Sample(columns, codes, labels, weights)


def _tree(sample: Sample, columns: Sequence[int], max_leaves: int | None = None) -> Node:
    root = grown_tree(sample, columns, max_conditions=max(len(columns), 1))
    prune(root, sample, max_leaves=max_leaves)
    return root


@dataclass(frozen=True, eq=False)
class _Validation:
    """The training part, which is split several times into customers to grow trees on and others to measure them on."""

    table: nw.DataFrame[Any]
    templates: Mapping[str, Condition]
    labels: Integers
    weights: Floats
    seed: int

    @cached_property
    def splits(self) -> list[Split]:
        """The splits, each of 70 % and 30 % of every segment."""
        columns = columns_in_bins(self.table, self.templates)
        return [split_rows(self.table, self.labels, columns=columns, seed=self.seed + i) for i in range(_SPLITS)]

    def trials(self, names: Sequence[str]) -> list[_Trial]:
        """The trees on these columns, one per split."""
        table = columns_of(self.table, names)
        return [self._trial(table, split) for split in self.splits]

    def _trial(self, table: nw.DataFrame[Any], split: Split) -> _Trial:
        weights = self.weights * split.weights
        sample = _sample(table[split.learned], self.templates, self.labels[split.learned], weights=weights)
        codes = [column.codes(column_of(table, column.template.feature)[split.held_out]) for column in sample.columns]
        truth = self.labels[split.held_out]
        return _Trial(sample, _tree(sample, range(len(sample.columns))), codes, truth, self.weights[truth])

    @property
    def n_effective(self) -> float:
        """How many customers without weights the training part is worth (Kish)."""
        weights = self.weights[self.labels]
        return float(weights.sum()) ** 2 / float((weights**2).sum())

    def reaches(self, trials: Sequence[_Trial], at_least: float) -> bool:
        """Whether the lower end of the 95 % interval of the mean accuracy is high enough.

        The interval is that of as many customers as the training part has, of which nearly all are in some trial.
        """
        n = self.n_effective
        [low], _ = wilson_interval([_mean_accuracy(trials) * n], [n])
        return float(low) >= at_least or _mean_accuracy(trials) == 1


@dataclass(frozen=True, eq=False)
class _Trial:
    """A tree, and the customers that it is measured on, with the bins of their answers."""

    sample: Sample
    root: Node
    codes: list[Codes]
    labels: Integers
    weights: Floats

    @property
    def accuracy(self) -> float:
        """Share of these customers whom the tree classifies correctly."""
        n_correct = 0.0
        for leaf in self.root.leaves():
            mask: Bools = self.labels == leaf.label
            for column, bins in leaf.bins.items():
                mask = mask & bins[self.codes[column]]
            n_correct += float(self.weights[mask].sum())
        return n_correct / float(self.weights.sum())


def _mean_accuracy(trials: Sequence[_Trial]) -> float:
    return float(np.mean([trial.accuracy for trial in trials]))


@dataclass(frozen=True, eq=False)
class _State:
    """Columns, and the tree on them."""

    columns: tuple[int, ...]
    root: Node

    @property
    def n_correct(self) -> float:
        """The weighted number of customers of the training part whom the tree classifies correctly."""
        return sum(leaf.n_correct for leaf in self.root.leaves())


def _search(
    validation: _Validation, at_least: float, max_columns: int
) -> tuple[list[str], int, tuple[float, ...], bool]:
    """The columns, the number of leaves, the accuracy after each step, and whether it is high enough."""
    sample = _sample(validation.table, validation.templates, validation.labels, weights=validation.weights)
    path: list[tuple[float, list[str], list[_Trial]]] = []
    for columns in _forward(sample, max_columns):
        names = [sample.columns[column].template.feature for column in columns]
        trials = validation.trials(names)
        path.append((_mean_accuracy(trials), names, trials))
        if validation.reaches(trials, at_least):
            break
    if not path:
        return [], 1, (), False
    _, names, trials = max(path, key=lambda step: step[0])
    validated = tuple(accuracy for accuracy, *_ in path)
    if not validation.reaches(trials, at_least):
        return names, max(_n_leaves(trial.root) for trial in trials), validated, False
    for name in names:
        fewer = [other for other in names if other != name]
        if fewer and validation.reaches(without := validation.trials(fewer), at_least):
            names, trials = fewer, without
    return names, _fewest_leaves(validation, trials, at_least), validated, True


def _forward(sample: Sample, max_columns: int) -> Iterator[list[int]]:
    """The best columns, one more each time; it ends where no further column makes the tree better."""
    beam, best = [_State((), _tree(sample, []))], 0.0
    for _ in range(min(max_columns, len(sample.columns))):
        states = {frozenset(child.columns): child for state in beam for child in _children(sample, state)}
        beam = sorted(states.values(), key=lambda state: -state.n_correct)[:_BEAM_WIDTH]
        if not beam or beam[0].n_correct <= best:
            return
        best = beam[0].n_correct
        yield list(beam[0].columns)


def _children(sample: Sample, state: _State) -> Iterator[_State]:
    """The columns with one more: one of those that would purify the leaves of the tree most."""
    leaves = list(state.root.leaves())
    gains = {
        column: sum(float(split_gains(sample, leaf, column).max(initial=0.0)) for leaf in leaves)
        for column in range(len(sample.columns))
        if column not in state.columns
    }
    for column in sorted(gains, key=lambda column: (-gains[column], column))[:_CANDIDATES]:
        if gains[column] > 0:
            columns = (*state.columns, column)
            yield _State(columns, _tree(sample, columns))


def _fewest_leaves(validation: _Validation, trials: Sequence[_Trial], at_least: float) -> int:
    """The fewest leaves that are still accurate enough, and by one standard error as accurate as all (Breiman et al.).

    The trees are pruned in place. Each segment keeps a leaf, or it could not be recovered.
    """
    n_leaves = max(_n_leaves(trial.root) for trial in trials)
    accuracy = _mean_accuracy(trials)
    lowest = accuracy - float(np.sqrt(accuracy * (1 - accuracy) / validation.n_effective))
    while n_leaves > len(validation.weights):
        for trial in trials:
            prune(trial.root, trial.sample, max_leaves=n_leaves - 1)
        if _mean_accuracy(trials) < lowest or not validation.reaches(trials, at_least):
            break
        n_leaves -= 1
    return n_leaves


def _n_leaves(root: Node) -> int:
    return sum(1 for _ in root.leaves())
