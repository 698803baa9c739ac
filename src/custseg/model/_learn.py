"""`learn_model`: the model of a fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from custseg._frames import column_of
from custseg._numerics import Bools, Integers
from custseg.clustering import ClusteringChoice
from custseg.feature_table import DistributedFeatures, FeatureTable
from custseg.logs import Logs
from custseg.matrix import CustomerMatrix
from custseg.model._branches import Branches
from custseg.model._definition import learn_definition, recent_features
from custseg.model._fits import FitOptions
from custseg.model._model import SegmentModel
from custseg.model._model_segments import model_segment
from custseg.model._reach import log_days
from custseg.model._reference import (
    CategoryReference,
    Reference,
    category_reference,
    column_reference,
    given_categories,
    recent_reference,
    share_shown,
)
from custseg.preparation import Preparation
from custseg.profiling import Profiles
from custseg.rules import SegmentRules


def learn_model(
    table: FeatureTable,
    matrix: CustomerMatrix,
    choice: ClusteringChoice,
    *,
    profiles: Profiles,
    rules: SegmentRules,
    logs: Logs | None,
    outside: tuple[str, str],
    options: FitOptions,
    branches: Branches,
    labels: Integers,
    of_all: DistributedFeatures | None = None,
) -> SegmentModel:
    """All that a fit has learned, without rows, values or ids of customers.

    `logs` is None for a ready table, and `of_all` unless the table is a sample: then these are all customers. `labels`
    are those of the customers of the table, `branches` the rules that came first. `outside` has the names of customers
    that cannot be clustered, and of those who returned all of their orders.
    """
    names = matrix.preparation.names
    by_segment = {rule.segment: rule for rule in rules.rules}
    # The name of a rule or stage is given.
    stated = branches.stated_labels
    segments = tuple(
        replace(model_segment(row, by_segment.get(int(str(row.segment)))), is_renamed=label in stated)
        for label, row in enumerate(profiles.segments)
    )
    unclustered_name, returned_name = outside
    inside = labels >= 0 if branches.items else matrix.is_clustered
    return SegmentModel(
        preparation=_without_counts(matrix.preparation),
        rule=choice.best.estimator.assignment_rule_,
        segments=segments,
        unclustered_name=unclustered_name,
        returned_name=returned_name,
        language=choice.language,
        method=choice.best.method,
        as_of=table.snapshot.as_of if table.snapshot else None,
        columns=tuple(feature for feature in table.described if feature.name in names),
        definition=None
        if logs is None
        else learn_definition(logs, of_all or table, list(dict.fromkeys((*names, *branches.columns)))),
        reference=_reference(table, matrix, choice, logs=logs, of_all=of_all, inside=inside),
        options=options,
        next_number=len(segments),
        branches=branches,
    )


def _without_counts(preparation: Preparation) -> Preparation:
    """The preparation without the counts of training customers, which may be below ten."""
    columns = tuple(replace(column, missing=0, clipped=0) for column in preparation.columns)
    categories = tuple(replace(category, missing=0) for category in preparation.categories)
    return replace(preparation, columns=columns, categories=categories, dropped={})


def _reference(
    table: FeatureTable,
    matrix: CustomerMatrix,
    choice: ClusteringChoice,
    *,
    logs: Logs | None,
    of_all: DistributedFeatures | None,
    inside: Bools,
) -> Reference:
    """The distributions of the clustered columns in all segments, and the figures of the clustering.

    `inside` has the customers in segments.
    """
    best = choice.best
    clustered = {name: table.values(name)[matrix.is_clustered] for name in matrix.preparation.names}
    is_outlier = best.estimator.assignment_rule_.assess(matrix.rows).is_outlier
    is_outlier = is_outlier | matrix.preparation.is_beyond_tails(clustered, "fit_segments")
    recent = None if logs is None else recent_features(logs)
    # The figures of clusters among some customers are not comparable with those of all.
    all_clustered = bool((inside == matrix.is_clustered).all())
    return Reference(
        n_customers=int(inside.sum()),
        columns={name: column_reference(table.values(name)[inside]) for name in matrix.preparation.number_names},
        silhouette=best.silhouette if all_clustered else None,
        silhouette_gain=best.silhouette_gain if all_clustered else None,
        outlier_share=share_shown(int(np.count_nonzero(is_outlier)), int(inside.sum())),
        categories=_categories(table, matrix.preparation, inside, is_given=logs is None),
        log_days=log_days(of_all or table),
        recent=None if recent is None else recent_reference(recent),
    )


def _categories(
    table: FeatureTable, preparation: Preparation, inside: Bools, *, is_given: bool
) -> dict[str, CategoryReference]:
    """The text columns of a ready table, and the categories that were clustered on."""
    customers = table.local.filter(inside.tolist())
    clustered = {plan.name: category_reference(column_of(customers, plan.name)) for plan in preparation.categories}
    return {**(given_categories(table, inside) if is_given else {}), **clustered}
