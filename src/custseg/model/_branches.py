"""Rules that come before the clusters of a model: which customers they take, and how these are assigned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from custseg._numerics import BetaPrior, Bools, Integers
from custseg.clustering import Assessment, AssignmentRule
from custseg.feature_table import FeatureTable
from custseg.matrix import can_be_clustered
from custseg.preparation import Preparation
from custseg.rule_segments import Evaluator, Predicate, parse_condition


@dataclass(frozen=True, eq=False)
class Branch:
    """The customers of whom a condition is true, and of whom no earlier one is.

    Attributes
    ----------
    names : mapping of str to str
        What the rule or stage is called, by language.
    when : str
        The condition.
    rule : AssignmentRule or None
        From the prepared columns of these customers to their segments; None where they are one segment.
    n_segments : int
        The number of their segments.
    """

    names: Mapping[str, str]
    when: str
    rule: AssignmentRule | None = None
    n_segments: int = 1


@dataclass(frozen=True, eq=False)
class Branches:
    """The conditions that come before the clusters of a model, in the order of their priority.

    Attributes
    ----------
    items : tuple of Branch
        Their segments have the first labels of the model, in this order.
    priors : mapping of str to BetaPrior
        Of the rates in the conditions, as the customers of the fit have them.
    numeric : tuple of str
        Those of the columns of the conditions that held numbers at the fit.
    """

    items: tuple[Branch, ...] = ()
    priors: Mapping[str, BetaPrior] = field(default_factory=dict)
    numeric: tuple[str, ...] = ()

    @cached_property
    def predicates(self) -> list[Predicate]:
        """The conditions."""
        return [parse_condition(branch.when) for branch in self.items]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the conditions need, each once."""
        return tuple(dict.fromkeys(name for predicate in self.predicates for name in predicate.columns))

    @property
    def n_segments(self) -> int:
        """The number of segments of all branches."""
        return sum(branch.n_segments for branch in self.items)

    @property
    def stated_labels(self) -> dict[int, str]:
        """The labels of rules and stages that are one segment each, with their names in English."""
        labels, first = {}, 0
        for branch in self.items:
            if branch.n_segments == 1:
                labels[first] = branch.names["en"]
            first += branch.n_segments
        return labels

    @property
    def evaluator(self) -> Evaluator:
        """What evaluates the conditions."""
        return Evaluator(self.priors)

    def positions(self, table: FeatureTable) -> Integers:
        """The position of the first condition that is true of each customer; -1 where none is."""
        return self.evaluator.first_match(self.predicates, table)


@dataclass(frozen=True, eq=False)
class Group:
    """The customers of one branch, or of none, with the labels of their segments.

    Attributes
    ----------
    position : int
        That of the branch; -1 for the customers of none.
    rule : AssignmentRule or None
        Their rule; None where they are one segment.
    labels : range
        Labels of their segments.
    """

    position: int
    rule: AssignmentRule | None
    labels: range


def groups_of(branches: Branches, rule: AssignmentRule, n_segments: int) -> list[Group]:
    """The groups of a model with so many segments: those of the branches, then that of `rule` if it has segments."""
    groups, first = [], 0
    for position, branch in enumerate(branches.items):
        groups.append(Group(position, branch.rule, range(first, first + branch.n_segments)))
        first += branch.n_segments
    if first < n_segments or not groups:
        groups.append(Group(-1, rule, range(first, n_segments)))
    return groups


def assigned_labels(
    groups: Sequence[Group], positions: Integers, table: FeatureTable, *, preparation: Preparation, caller: str
) -> Integers:
    """The label of each customer; -1 for those that are in no branch and cannot be clustered, and for noise."""
    labels = np.full(len(table), -1, dtype=np.intp)
    usable = can_be_clustered(table, preparation.names)
    for group in groups:
        inside = positions == group.position
        if group.rule is None:
            labels[inside] = group.labels.start
            continue
        inside &= usable
        if inside.any():
            clusters = group.rule.labels(preparation.matrix(_values(table, preparation, inside), caller))
            labels[inside] = np.where(clusters < 0, -1, clusters + group.labels.start)
    return labels


def assessment_of(
    groups: Sequence[Group], labels: Integers, table: FeatureTable, *, preparation: Preparation, caller: str
) -> Assessment:
    """The assessment of the customers with a label: in the segment of a rule they are without doubt."""
    n_rows = len(labels)
    whole = Assessment(
        label=labels.copy(),
        second_label=np.full(n_rows, -1, dtype=np.intp),
        confidence=np.ones(n_rows),
        distance=np.zeros(n_rows),
        is_outlier=np.zeros(n_rows, dtype=bool),
    )
    for group in groups:
        inside = (labels >= group.labels.start) & (labels < group.labels.stop)
        if group.rule is None or not inside.any():
            continue
        values = _values(table, preparation, inside)
        assessed = group.rule.assess(preparation.matrix(values, caller))
        second = assessed.second_label
        whole.second_label[inside] = np.where(second < 0, -1, second + group.labels.start)
        whole.confidence[inside] = assessed.confidence
        whole.distance[inside] = assessed.distance
        whole.is_outlier[inside] = assessed.is_outlier | preparation.is_beyond_tails(values, caller)
    chosen = labels >= 0
    return Assessment(*(getattr(whole, name)[chosen] for name in whole.__dataclass_fields__))


def _values(table: FeatureTable, preparation: Preparation, rows: Bools) -> dict[str, np.ndarray]:
    return {name: table.values(name)[rows] for name in preparation.names}
