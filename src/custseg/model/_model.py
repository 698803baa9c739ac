"""`SegmentModel`: assigns customers to the segments of a fit, every day, without a refit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from os import PathLike
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_choice
from custseg._frames import NOT_ON_SPARK, is_spark_frame
from custseg._numerics import Floats
from custseg.clustering import Assessment, AssignmentRule
from custseg.errors import DataError
from custseg.feature_table import (
    DistributedFeatures,
    Feature,
    FeatureTable,
    Levels,
    check_features,
    check_numbers_in_spark,
    features_in_spark,
    given_features,
    returned_everything,
    with_flags_of_fit,
)
from custseg.matrix import coding_of, has_usable_values
from custseg.model._age import check_age
from custseg.model._branches import Branches, Group, assessment_of, assigned_labels, groups_of
from custseg.model._definition import FeatureDefinition
from custseg.model._fits import FitOptions, RefitRecord
from custseg.model._model_segments import ModelSegment
from custseg.model._reference import Reference
from custseg.model.assigning import Assignment, assigned_in_spark, assigned_table, table_of_one, values_of_one
from custseg.model.storage._file import checksum_of, read_model, write_model
from custseg.model.storage._schema import content_of
from custseg.preparation import Preparation
from custseg.profiling import UNCLUSTERED
from custseg.rule_segments import check_rule_columns, column_kinds
from custseg.texts import LANGUAGES, listed

_CALLER = "assign"


@dataclass(frozen=True, eq=False)
class SegmentModel:
    """All that a fit has learned: how features are built and prepared, the rule, and the names of the segments.

    It has no rows, values or ids of customers: every number is a function of ten customers or more. `save` writes it
    to a readable file, `SegmentModel.load` reads it.

    Attributes
    ----------
    preparation : Preparation
        How features become the matrix.
    rule : AssignmentRule
        From a row of the matrix to a segment: numbers alone, the same for one row as for a million. Where `branches`
        has rules, for the customers of whom none is true.
    segments : tuple of ModelSegment
        The segments; position is the label of the rule.
    unclustered_name, returned_name : str
        Name of the customers that cannot be clustered, and of those of them whose orders were all returned.
    language : {"en", "ru"}
        Language of the names.
    method : str
        The clustering method.
    as_of : datetime or None
        Snapshot of the fit; None for a ready table.
    columns : tuple of Feature
        The clustered features.
    definition : FeatureDefinition or None
        How they are built from logs; None if the fit was given a ready table.
    reference : Reference
        What the customers of the fit looked like.
    options : FitOptions
        Arguments of the fit that a refit repeats.
    next_number : int
        The number of the next new segment: numbers of segments that are gone are not used again.
    refits : tuple of RefitRecord
        What became of the segments in each refit, the earliest first.
    branches : Branches
        Rules that come before the clusters: their segments have the first labels.
    """

    preparation: Preparation
    rule: AssignmentRule = field(repr=False)
    segments: tuple[ModelSegment, ...] = field(repr=False)
    unclustered_name: str
    returned_name: str
    language: str
    method: str
    as_of: datetime | None
    columns: tuple[Feature, ...] = field(repr=False)
    definition: FeatureDefinition | None = field(repr=False)
    reference: Reference = field(repr=False)
    options: FitOptions = field(repr=False)
    next_number: int
    refits: tuple[RefitRecord, ...] = ()
    branches: Branches = field(default=Branches(), repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the segments; position is the label of the rule."""
        return tuple(segment.names[self.language] for segment in self.segments)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the segments; position is the label of the rule."""
        return tuple(segment.number for segment in self.segments)

    @property
    def checksum(self) -> str:
        """The checksum in the file that `save` writes here, by which a list of customers says which model it is of."""
        return checksum_of(self._content())

    def assign(
        self,
        orders: object = None,
        events: object = None,
        customers: object = None,
        *,
        features: object = None,
        as_of: object = None,
        customer_column: str | None = None,
        max_age_days: int | None = None,
    ) -> Any:
        """Assign customers to the segments; nothing is refitted.

        From logs, features are built as in the fit and measured against the figures of its customer base, so that
        a customer changes segment only if the customer or the time since the last order does. Customers without new
        rows age. For the logs of the fit at its `as_of`, the result equals the assignments of the fit.

        Parameters
        ----------
        orders, events, customers : Orders, Events, Customers or table, optional
            The logs up to now, from the beginning, with columns as in the fit. Other columns are ignored.
        features : FeatureTable, DistributedFeatures or table
            A ready table with the columns of the fit, instead of logs.
        as_of : date, datetime or ISO text
            The moment of the snapshot; required with logs. It may not be before that of the fit.
        customer_column : str, optional
            Column of ids in `features`; by default `customer_id`, or else the first column.
        max_age_days : int, optional
            Raise if the fit, or the last row of a log, is more days before `as_of`.

        Returns
        -------
        table
            In the caller's kind, one row per customer: `customer_id`, `segment` (int), `name`; `confidence` (float
            in [0, 1]: about 1/2 on the boundary of two segments), `second_segment` (int: the second-best one),
            `is_outlier` (bool: farther from the segment than the ten farthest customers of the fit on average).
            All but the first and `name` are missing for customers that cannot be clustered. A missing value counts
            as the median of the fit, beside categories it adds nothing; other categories than those of the fit count
            as its rare ones. For customers in Spark it is a Spark DataFrame, which is computed when it is used:
            only then are missing ids and infinite values errors, and repeated ids are not looked for.

        Raises
        ------
        DataError
            If logs or tables cannot be used, lack columns, end or begin too early, or are too old.
        TypeError, ValueError
            If arguments are missing, of the wrong type, or exclude each other.
        """
        logs = {"orders": orders, "events": events, "customers": customers}
        table = self.any_features_of(
            logs, features, as_of=as_of, customer_column=customer_column, max_age_days=max_age_days, caller=_CALLER
        )
        if isinstance(table, DistributedFeatures):
            return assigned_in_spark(self, table, _CALLER)
        return table.give_back(self.assigned(table, _CALLER))

    def features_of(
        self, logs: Mapping[str, object], features: object = None, *, caller: str, **options: Any
    ) -> FeatureTable:
        """The same as `any_features_of`, in memory; TypeError for features in Spark."""
        table = self.any_features_of(logs, features, caller=caller, **options)
        if isinstance(table, DistributedFeatures):
            raise TypeError(f"{caller}: {NOT_ON_SPARK}")
        return table

    def any_features_of(
        self,
        logs: Mapping[str, object],
        features: object = None,
        *,
        as_of: object = None,
        customer_column: str | None = None,
        max_age_days: int | None = None,
        known_until: datetime | None = None,
        caller: str,
    ) -> FeatureTable | DistributedFeatures:
        """The features of later customers, see `assign`; rows of the logs at or after `known_until` are ignored."""
        tables = {name: log for name, log in logs.items() if log is not None}
        currency = None
        if features is not None:
            if tables:
                raise TypeError(f"{caller}: features= replaces {listed(list(tables))}; give one or the other.")
            try:
                table = self._given(features, customer_column, caller)
            except (DataError, TypeError):
                if self.definition is not None and not isinstance(features, (FeatureTable, DistributedFeatures)):
                    self.definition.refuse_log(features, self.preparation.names, caller=caller)
                raise
            moment = as_of if as_of is not None or table.snapshot is None else table.snapshot.as_of
            check_age(self.as_of, moment, None, max_age_days=max_age_days, caller=caller)
        else:
            self._refuse_features_as_logs(tables, caller)
            if customer_column is not None:
                raise ValueError(f"{caller}: customer_column belongs to features=; for a log use Orders(customer=...).")
            assert self.definition is not None
            names = self.column_names
            described = self.definition.described(logs, as_of, names, known_until=known_until, caller=caller)
            currency = described.currency
            check_age(self.as_of, described.as_of, described, max_age_days=max_age_days, caller=caller)
            table = self.definition.features(described, names)
        if isinstance(table, DistributedFeatures):
            check_numbers_in_spark(table, self.preparation.number_names, caller)
            table.check_present((*self.coding, *self.branches.columns), caller)
        else:
            check_features(table, self.preparation.number_names, argument="features", caller=caller)
            table = with_flags_of_fit(table, self.coding).with_coding(self.coding, caller)
            check_rule_columns(self.branches.predicates, table, currency=currency, caller=caller)
        return table

    def _given(self, features: object, customer_column: str | None, caller: str) -> FeatureTable | DistributedFeatures:
        """A ready table."""
        if isinstance(features, DistributedFeatures) or is_spark_frame(features):
            return features_in_spark(features, customer_column, caller)
        return given_features(features, customer_column, caller, numbers=self.preparation.number_names)

    def assigned(self, table: FeatureTable, caller: str) -> nw.DataFrame[Any]:
        """The local table that `assign` returns."""
        labels = self.labels(table)
        assessed = self.assess(table, labels, caller) if (labels >= 0).any() else None
        outside = (self.unclustered_name, self.returned_name)
        return assigned_table(table, labels, assessed, numbers=self.numbers, names=self.names, outside=outside)

    def assign_one(self, features: Mapping[str, Any]) -> Assignment:
        """Assign one customer by features in human units, as in an online service.

        Parameters
        ----------
        features : mapping of str to float, str, bool or list of str
            A value for each column of the fit, text or a boolean for a category, a list of labels; None or NaN where it
            is missing.

        Returns
        -------
        Assignment

        Raises
        ------
        DataError
            If a column is missing, not a number or infinite.
        """
        values = values_of_one(features, self.preparation.names, further=self.branches.columns, coding=self.coding)
        if self.branches.items:
            table = table_of_one(features, values, column_kinds(self.branches.predicates), coding=self.coding)
            labels = self.labels(table)
            assessed = self.assess(table, labels, "assign_one")
        elif has_usable_values(values, self.preparation.names)[0]:
            assessed = self.assess_values({name: values[name] for name in self.preparation.names}, "assign_one")
            labels = assessed.label
        else:
            labels = np.array([-1])
        label = int(labels[0])
        if label < 0:
            returned = "order_count" in values and returned_everything(values)[0]
            return Assignment(None, self.returned_name if returned else self.unclustered_name)
        second = int(assessed.second_label[0])
        return Assignment(
            self.numbers[label],
            self.names[label],
            float(assessed.confidence[0]),
            None if second < 0 else self.numbers[second],
            bool(assessed.is_outlier[0]),
        )

    @property
    def coding(self) -> dict[str, Levels]:
        """The levels of the columns of categories."""
        return coding_of(self.preparation)

    @property
    def column_names(self) -> list[str]:
        """The features that assign a customer: those of the preparation, and those of rules before it."""
        return list(dict.fromkeys((*self.preparation.names, *self.branches.columns)))

    @property
    def groups(self) -> list[Group]:
        """The customers of each rule before the clusters, and all others, with the labels of their segments."""
        return groups_of(self.branches, self.rule, len(self.segments))

    def labels(self, table: FeatureTable) -> NDArray[np.intp]:
        """Label of each customer of the table by the rules, -1 for those that cannot be clustered and are in none."""
        positions = self.branches.positions(table)
        return assigned_labels(self.groups, positions, table, preparation=self.preparation, caller=_CALLER)

    def assess(self, table: FeatureTable, labels: NDArray[np.intp], caller: str) -> Assessment:
        """The assessment of the customers with a label, which `labels` gives."""
        return assessment_of(self.groups, labels, table, preparation=self.preparation, caller=caller)

    def assess_values(self, values: Mapping[str, Floats], caller: str) -> Assessment:
        """The assessment of clustered customers, from their features in human units."""
        assessed = self.rule.assess(self.preparation.matrix(values, caller))
        return replace(assessed, is_outlier=assessed.is_outlier | self.preparation.is_beyond_tails(values, caller))

    def renamed(self, names: Mapping[int, str]) -> SegmentModel:
        """The same model with other names for some segments, by number."""
        segments = tuple(
            replace(segment, names=dict.fromkeys(segment.names, names[segment.number]), is_renamed=True)
            if segment.number in names
            else segment
            for segment in self.segments
        )
        return replace(self, segments=segments)

    def in_language(self, language: str) -> SegmentModel:
        """The same model with the names of segments in another language; names that were given stay.

        Parameters
        ----------
        language : {"en", "ru"}
            The language.

        Raises
        ------
        ValueError
            If there are no texts in it.
        """
        check_choice("in_language", "language", language, allowed=LANGUAGES)
        outside = {name: names[language] for names in UNCLUSTERED.values() for name in names.values()}
        return replace(
            self,
            language=language,
            unclustered_name=outside.get(self.unclustered_name, self.unclustered_name),
            returned_name=outside.get(self.returned_name, self.returned_name),
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to one readable JSON file: whole, or not at all.

        Parameters
        ----------
        path : str or Path
            The file; missing folders are created, and an earlier file is replaced.

        Raises
        ------
        DataError
            If a segment has fewer than ten customers: its center would tell what they are like.
        CustsegError
            If it cannot be written; an earlier file is unchanged.
        """
        if small := [segment.number for segment in self.segments if segment.size is None]:
            raise DataError(
                f"save: fewer than ten customers are in segment {listed(small)}, and a file would tell what they are "
                "like. Fit with min_size=10 or more, or fewer segments."
            )
        write_model(self._content(), path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> SegmentModel:
        """Read a model that `save` has written; no code is run.

        Parameters
        ----------
        path : str or Path
            The file.

        Raises
        ------
        DataError
            If the file is not a model, or was truncated, edited, or written by a newer version.
        """
        return cls(**read_model(path))

    def __eq__(self, other: object) -> bool:
        """Whether both would be saved as the same file."""
        return isinstance(other, SegmentModel) and self._content() == other._content()

    __hash__ = None  # type: ignore[assignment]

    def _content(self) -> dict[str, Any]:
        return content_of({item.name: getattr(self, item.name) for item in fields(self)})

    def _refuse_features_as_logs(self, tables: Mapping[str, object], caller: str) -> None:
        """Raise if a feature table is given as a log, or logs to a model of a ready table."""
        if any(isinstance(table, (FeatureTable, DistributedFeatures)) for table in tables.values()):
            raise TypeError(f"{caller}: give a feature table as features=, as in {caller}(features=table).")
        if self.definition is None:
            raise TypeError(
                f"{caller}: this model was fitted on a ready table. Give features=, a table with "
                f"{listed(self.preparation.names)}{', instead of logs' if tables else ''}."
            )
