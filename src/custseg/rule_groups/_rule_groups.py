"""The customers that rules take before others are clustered, and whether each rule and the rest have enough of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from custseg._checks import check_min_size
from custseg._numerics import Bools, Integers
from custseg._privacy import SMALLEST_GROUP, few
from custseg.clustering import ClusteringChoice
from custseg.errors import DataError, InfeasibleMinimumError
from custseg.feature_table import FeatureTable
from custseg.matrix import can_be_clustered
from custseg.profiling import UNCLUSTERED
from custseg.rule_segments import Evaluator, RuleCheck, RuleSegments, rule_check
from custseg.texts import listed, percent


@dataclass(frozen=True, eq=False)
class RuleGroups:
    """The customers of each rule, and the rest.

    Attributes
    ----------
    rules : RuleSegments
        The rules.
    evaluator : Evaluator
        What evaluates them, with the priors of the customers.
    check : RuleCheck or None
        What the customers show of the rules; None for stages of the lifecycle.
    positions : ndarray of int, shape (n_customers,)
        The position of the first rule that is true of each customer; -1 where none is.
    is_rest : ndarray of bool, shape (n_customers,)
        The customers of no rule that can be clustered.
    min_size : int
        The minimum size of a segment: a share is one of all customers in rules and in the rest.
    choices : tuple of (ClusteringChoice or None)
        By rule, the clusters of its customers; None where they are one segment.
    """

    rules: RuleSegments
    evaluator: Evaluator
    check: RuleCheck | None
    positions: Integers
    is_rest: Bools
    min_size: int
    choices: tuple[ClusteringChoice | None, ...]

    @property
    def n_customers(self) -> int:
        """The customers in rules and in the rest."""
        return int(self.is_rest.sum() + (self.positions >= 0).sum())

    @property
    def n_rest(self) -> int:
        """The customers in the rest."""
        return int(self.is_rest.sum())

    @property
    def labels_of_rules(self) -> list[range]:
        """The labels of the segments of each rule."""
        sizes = [1 if choice is None else choice.best.n_clusters for choice in self.choices]
        ends = np.cumsum(sizes).tolist()
        return [range(end - size, end) for size, end in zip(sizes, ends, strict=True)]

    @property
    def n_segments(self) -> int:
        """The number of segments of all rules."""
        return self.labels_of_rules[-1].stop

    @property
    def stability(self) -> dict[int | str, float]:
        """The stability of the clusters inside rules, by label."""
        values: dict[int | str, float] = {}
        for labels, choice in zip(self.labels_of_rules, self.choices, strict=True):
            if choice is not None and choice.best.stability_of_clusters is not None:
                of_clusters = choice.best.stability_of_clusters
                values |= {labels.start + int(cluster): value for cluster, value in of_clusters.items()}
        return values

    def all_labels(self, labels_of_rest: Integers, is_clustered: Bools) -> Integers:
        """The label of every customer: those of rules by priority, then those of the clusters in the rest.

        `is_clustered` has the customers who have a row in the matrix that the clusters inside rules are made of.
        """
        rest = np.where(labels_of_rest >= 0, labels_of_rest + self.n_segments, -1)
        labels: Integers = np.where(self.positions < 0, rest if self.n_rest else -1, -1)
        for position, (of_rule, choice) in enumerate(zip(self.labels_of_rules, self.choices, strict=True)):
            members = self.positions == position
            if choice is None:
                labels[members] = of_rule.start
            else:
                clusters = choice.best.labels
                labels[members & is_clustered] = np.where(clusters < 0, -1, clusters + of_rule.start)
        return labels


def rule_groups(
    table: FeatureTable,
    columns: Sequence[str],
    rules: RuleSegments,
    *,
    min_size: int | float,
    currency: str | None,
    caller: str,
) -> RuleGroups:
    """The customers of each rule and of the rest.

    Raises DataError if the rules do not fit the table, or one is true of everybody or nobody, and
    InfeasibleMinimumError if the segment of a rule, or the rest, is smaller than `min_size`.
    """
    _check_names(rules, caller)
    evaluator = rules.learned(table, currency=currency, caller=caller)
    check = rule_check(rules.segments, table, currency=currency, language=table.language)
    if not check.is_usable:
        faults = " ".join(finding.texts["en"] for finding in check.findings if finding.is_error)
        raise DataError(f"{caller}: {faults} Correct or leave out the rule.")
    positions = evaluator.first_match(rules.predicates, table)
    is_rest = can_be_clustered(table, columns) & (positions < 0)
    n_customers = int(is_rest.sum() + (positions >= 0).sum())
    smallest = check_min_size(caller, min_size, n_customers)
    groups = RuleGroups(rules, evaluator, check, positions, is_rest, smallest, choices=(None,) * len(rules))
    _check_sizes(groups, caller)
    return groups


def _check_names(rules: RuleSegments, caller: str) -> None:
    """Raise if a rule has the name that customers in no segment have."""
    reserved = {name for names in UNCLUSTERED.values() for name in names.values()}
    names = [name for segment in rules for name in segment.names.values()]
    if common := sorted(reserved.intersection(names)):
        raise DataError(
            f"{caller}: rules have the names {listed(common)}, which customers in no segment have. Give them others, "
            f"such as {common[0] + ' by rule'!r}."
        )


def _check_sizes(groups: RuleGroups, caller: str) -> None:
    """Raise if a segment of a rule or the rest is smaller than the minimum."""
    names = [f"rule {segment.names['en']!r}" for segment in groups.rules]
    sizes = np.bincount(groups.positions[groups.positions >= 0], minlength=len(names)).tolist()
    rest = [] if groups.n_rest == 0 else [("the rest, of whom no rule is true,", groups.n_rest)]
    small = [(name, size) for name, size in (*zip(names, sizes, strict=True), *rest) if size < groups.min_size]
    if not small:
        return
    feasible = min(size for _, size in small)
    words = "; ".join(f"{name} has {few(size, 'customer')}" for name, size in small)
    share = percent(groups.min_size / groups.n_customers, "en", decimals=1)
    remedy = f"min_size={feasible}" if feasible >= SMALLEST_GROUP else "a smaller min_size"
    raise InfeasibleMinimumError(
        f"{caller}: {words}, below the minimum size of {groups.min_size:,} ({share} of {groups.n_customers:,} "
        f"customers). Widen or join rules, or give {remedy}.",
        feasible,
    )
