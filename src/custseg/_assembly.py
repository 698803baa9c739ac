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
from custseg.model import FitOptions, learn_model
from custseg.profiling import UNCLUSTERED, Profiles, profile_segments
from custseg.result import Segmentation
from custseg.rules import SegmentRules, segment_rules

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
) -> Segmentation:
    """Return the result of the selected clustering, with profiles, rules and a model.

    With `whole`, the table is a sample, and sizes and shares are those of all customers.
    """
    labels = matrix.customer_labels(choice.best.labels)
    unclustered = UNCLUSTERED[_who_is_left(table)]
    names = matrix.preparation.names
    seed = options.random_state
    profiles, rules = _described(table, labels, names, choice=choice, unclustered=unclustered, seed=seed)
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
        whole=whole,
    )


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
) -> tuple[Profiles, SegmentRules]:
    """Return the profiles of the segments, each with its rule, and all rules."""
    profiles = profile_segments(
        table,
        labels,
        descriptors=_descriptors(table, names),
        language=choice.language,
        clustered_on=names,
        stability=choice.best.stability_of_clusters,
        unclustered=unclustered,
    )
    segment_names = tuple(row.name for row in profiles.segments)
    rules = segment_rules(
        table, labels, columns=names, names=segment_names, language=choice.language, random_state=seed
    )
    return profiles.with_rules({rule.segment: rule for rule in rules.rules if rule.conditions}), rules


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
