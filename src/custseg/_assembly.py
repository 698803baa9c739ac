"""From the selected clustering to the result: profiles, rules and the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from custseg._privacy import shown_count
from custseg.clustering import ClusteringChoice
from custseg.distributed import NO_SEGMENT, RETURNED, WholeBase
from custseg.feature_table import CODE, FeatureTable
from custseg.goals import expectation
from custseg.logs import DataReport, Logs
from custseg.matrix import CustomerMatrix
from custseg.model import Branch, Branches, FitOptions, learn_model
from custseg.profiling import UNCLUSTERED, Profiles, profile_segments
from custseg.result import Segmentation
from custseg.rule_groups import RuleGroups
from custseg.rules import SegmentRules, segment_rules
from custseg.texts import LANGUAGES, text

_DESCRIPTORS = ("first_source", "last_source", "preferred_channel")


def assembled(
    table: FeatureTable,
    matrix: CustomerMatrix,
    choice: ClusteringChoice,
    *,
    logs: Logs | None,
    report: DataReport,
    options: FitOptions,
    whole: WholeBase | None = None,
    groups: RuleGroups | None = None,
) -> Segmentation:
    """Return the result of the selected clustering, with profiles, rules and a model.

    With `whole`, the table is a sample, and sizes and shares are those of all customers. `groups` are the customers of
    rules, who were not clustered.
    """
    labels = matrix.customer_labels(choice.best.labels)
    if groups is not None:
        labels = groups.all_labels(labels, matrix.is_clustered)
        choice = replace(choice, min_size=groups.min_size)
    unclustered = UNCLUSTERED[_who_is_left(table)]
    names = matrix.preparation.names
    seed = options.random_state
    profiles, rules = _described(table, labels, names, choice=choice, unclustered=unclustered, seed=seed, groups=groups)
    returned = UNCLUSTERED["returned_in_window" if _is_windowed(table) else "returned"]
    if whole is not None:
        profiles = _of_all_customers(profiles, whole, returned_name=returned[choice.language])
    outside = unclustered[choice.language], returned[choice.language]
    model = learn_model(
        table,
        matrix,
        choice,
        profiles=profiles,
        rules=rules,
        logs=logs,
        outside=outside,
        options=options,
        branches=_branches(groups, table),
        labels=labels,
        of_all=None if whole is None else whole.features,
    )
    if whole is not None:
        model = replace(model, reference=replace(model.reference, n_customers=whole.n_clustered))
    if options.goal is not None and logs is not None:
        profiles = replace(profiles, listing=_listing(expectation(logs, options.goal, table), labels))
    return Segmentation(
        profiles,
        choice,
        table,
        model,
        preparation=matrix.preparation,
        data_report=report.beside(int((labels >= 0).sum()) if whole is None else whole.n_clustered),
        labels=labels,
        rules=rules,
        rule_check=None if groups is None else groups.check,
        stage_choices=() if groups is None else tuple(choice for choice in groups.choices if choice is not None),
        whole=whole,
    )


def _branches(groups: RuleGroups | None, table: FeatureTable) -> Branches:
    """The rules as the model has them."""
    if groups is None:
        return Branches()
    numeric = tuple(name for name in groups.rules.columns if name in table.numeric_names())
    branches = (
        Branch(segment.names, segment.when)
        if choice is None
        else Branch(segment.names, segment.when, choice.best.estimator.assignment_rule_, choice.best.n_clusters)
        for segment, choice in zip(groups.rules, groups.choices, strict=True)
    )
    return Branches(tuple(branches), groups.evaluator.priors, numeric)


def _of_all_customers(profiles: Profiles, whole: WholeBase, *, returned_name: str) -> Profiles:
    """The profiles of a sample with the sizes and shares of all customers; segments are listed by these sizes."""
    rows = []
    for row in profiles.rows:
        label = row.segment if isinstance(row.segment, int) else RETURNED if row.name == returned_name else NO_SEGMENT
        size = whole.sizes.get(label, 0)
        reachable = {
            channel: None if count is None else shown_count(round(count / row.size * size), size)
            for channel, count in row.reachable.items()
        }
        counted = replace(row, size=size, share=whole.share(label), revenue_share=whole.revenue_share(label))
        rows.append(replace(counted, reachable=reachable))
    by_size = sorted((row for row in rows if row.segment is not None), key=lambda row: -row.size)
    return replace(profiles, rows=tuple(rows), listing=tuple(int(str(row.segment)) for row in by_size))


def _listing(expected: NDArray[np.float64], labels: NDArray[np.intp]) -> tuple[int, ...]:
    """The segments in the order of what is to be expected of their customers on average, the largest first."""
    numbers = sorted({int(label) for label in labels if label >= 0})
    of_segments = [expected[(labels == number) & ~np.isnan(expected)] for number in numbers]
    means = {
        number: float(values.mean()) if len(values) else -np.inf
        for number, values in zip(numbers, of_segments, strict=True)
    }
    return tuple(sorted(numbers, key=lambda number: (-means[number], number)))


def _described(
    table: FeatureTable,
    labels: NDArray[np.intp],
    names: list[str],
    *,
    choice: ClusteringChoice,
    unclustered: Mapping[str, str],
    seed: int,
    groups: RuleGroups | None,
) -> tuple[Profiles, SegmentRules]:
    """Return the profiles of the segments, each with its rule, and all rules."""
    given_names = {} if groups is None else _given_names(groups, len(set(labels[labels >= 0].tolist())))
    stability = choice.best.stability_of_clusters
    if groups is not None:
        of_rest = (stability or {}).items() if groups.n_rest else ()
        stability = {**groups.stability, **{int(cluster) + groups.n_segments: value for cluster, value in of_rest}}
    profiles = profile_segments(
        table,
        labels,
        descriptors=_descriptors(table, names),
        language=choice.language,
        clustered_on=names,
        stability=stability,
        unclustered=unclustered,
        given_names=given_names,
    )
    if groups is not None:
        profiles = _with_stages(profiles, groups)
    segment_names = tuple(row.name for row in profiles.segments)
    rules = segment_rules(
        table, labels, columns=names, names=segment_names, language=choice.language, random_state=seed
    )
    if groups is not None:
        # What a rule takes needs no other rule to describe it.
        rules = replace(rules, rules=tuple(rule for rule in rules.rules if rule.segment not in given_names))
    return profiles.with_rules({rule.segment: rule for rule in rules.rules if rule.conditions}), rules


def _with_stages(profiles: Profiles, groups: RuleGroups) -> Profiles:
    """The profiles with the name of the rule before the names of the clusters inside it."""
    rows = list(profiles.rows)
    for labels, segment in zip(groups.labels_of_rules, groups.rules, strict=True):
        if len(labels) > 1:
            for label in labels:
                names = {
                    language: str(text(language, "lifecycle", "cluster")).format(
                        stage=segment.names[language], name=rows[label].names[language]
                    )
                    for language in LANGUAGES
                }
                rows[label] = replace(rows[label], names=names)
    return replace(profiles, rows=tuple(rows))


def _given_names(groups: RuleGroups, n_segments: int) -> dict[int | str, Mapping[str, str]]:
    """The names of the segments of rules, and that of all others where they are one segment."""
    names: dict[int | str, Mapping[str, str]] = {
        labels.start: segment.names
        for labels, segment in zip(groups.labels_of_rules, groups.rules, strict=True)
        if len(labels) == 1
    }
    if n_segments == groups.n_segments + 1:
        names[groups.n_segments] = {
            language: text(language, "result", "rest_beside" if _is_taken(groups, language) else "rest")
            for language in LANGUAGES
        }
    return names


def _is_taken(groups: RuleGroups, language: str) -> bool:
    """Whether a rule has the usual name of the rest."""
    return text(language, "result", "rest") in groups.rules.names(language)


def _descriptors(table: FeatureTable, clustered_on: Sequence[str]) -> list[str]:
    """Columns that were not clustered on and do not describe the same events: attributes, sources, text, codes."""
    numeric = table.numeric_names()
    return [
        feature.name
        for feature in table.described
        if feature.name not in clustered_on
        and (
            feature.family == "attributes"
            or feature.name in _DESCRIPTORS
            or (feature.family == "given" and (feature.name not in numeric or feature.unit == CODE))
        )
    ]


def _who_is_left(table: FeatureTable) -> str:
    """Return the kind of the customers that cannot be clustered."""
    if "order_count" not in table.names:
        return "no_data"
    return "inactive" if _is_windowed(table) else "prospects"


def _is_windowed(table: FeatureTable) -> bool:
    return table.snapshot is not None and table.snapshot.window_days is not None
