"""The stages of the lifecycle, and the clusters inside those that are large enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from custseg._checks import check_min_size
from custseg._privacy import few
from custseg.clustering import AUTO_NUMBERS, REFERENCE_METHOD, ClusteringChoice, select_clustering
from custseg.errors import DataError
from custseg.feature_table import FeatureTable
from custseg.matrix import CustomerMatrix, can_be_clustered
from custseg.rule_groups._rule_groups import RuleGroups
from custseg.rule_segments import lifecycle_rules
from custseg.texts import listed

_FEWEST = 2
"""Fewer customers of a stage cannot be clustered."""


def lifecycle_groups(table: FeatureTable, columns: Sequence[str], *, min_size: int | float, caller: str) -> RuleGroups:
    """The customers of each stage. Customers without an order are in none; a missing rhythm is a DataError."""
    usable = can_be_clustered(table, columns)
    if "order_days" in table.numeric_names():
        usable &= table.values("order_days") != 0
    smallest = check_min_size(caller, min_size, int(usable.sum()))
    rules = lifecycle_rules(table, caller, min_size=max(smallest, _FEWEST))
    evaluator = rules.learned(table, caller=caller)
    positions = np.where(usable, evaluator.first_match(rules.predicates, table), -1)
    is_outside = usable & (positions < 0)
    if is_outside.any():
        raise DataError(
            f"{caller}: {few(int(is_outside.sum()), 'customer')} with values in {listed(list(columns))} cannot be put "
            "into a stage, because their overdue_ratio or order_days is missing or not a possible value. Correct these "
            "values, leave these customers out, or leave out lifecycle=True."
        )
    return RuleGroups(rules, evaluator, None, positions, is_outside, smallest, choices=(None,) * len(rules))


def with_clusters(
    groups: RuleGroups,
    matrix: CustomerMatrix,
    *,
    method: str,
    earlier: Mapping[str, int],
    language: str,
    tell: Callable[..., None],
    **options: Any,
) -> RuleGroups:
    """The stages with the clusters of their customers: one where these show none, or are fewer than two minima.

    All stages together may have about as many segments as a fit without stages: each its share of them. A stage keeps
    the number that it had before, `earlier` by its English name, unless another one is clearly better.
    """
    rows_of = groups.positions[matrix.is_clustered]
    choices = []
    for position in range(len(groups.rules)):
        rows = matrix.rows[rows_of == position]
        max_clusters = min(round(AUTO_NUMBERS[-1] * len(rows) / max(len(rows_of), 1)), len(rows) // groups.min_size)
        number = earlier.get(groups.rules.segments[position].names["en"], 1)
        arguments = {**options, "previous": number if number > 1 else None}
        choice = _choice(rows, max_clusters, groups.min_size, method=method, **arguments)
        choices.append(replace(choice, language=language))
        tell("clustering_part", 2, 4, done=position + 1, steps=len(groups.rules))
    return replace(groups, choices=tuple(choices))


def _choice(rows: Any, max_clusters: int, min_size: int, *, method: str, **options: Any) -> ClusteringChoice:
    """The clusters of the rows of one stage, up to so many."""
    arguments = {"methods": [REFERENCE_METHOD.name], "n_clusters": 1, "min_size": 1, **options}
    if max_clusters < 2 or len(np.unique(rows, axis=0)) < 2:
        return select_clustering(rows, **arguments)
    choice = select_clustering(
        rows, methods=[method], n_clusters=range(2, max_clusters + 1), min_size=min_size, **options
    )
    return choice.single_cluster() if choice.verdict == "none" else choice
