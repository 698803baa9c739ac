"""What is compared: sizes of segments, outliers, features, and the features of the last weeks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import column_of
from custseg._numerics import Integers
from custseg.feature_table import FeatureTable, distinct_phrases
from custseg.model import CategoryReference, ColumnReference, SegmentModel
from custseg.texts import LANGUAGES, text
from custseg.tracking.monitoring._shares import (
    Compared,
    Words,
    bin_words,
    categories_compared,
    groups_compared,
    numbers_compared,
)


@dataclass(frozen=True)
class Comparison:
    """One comparison: what, and the customers in each bin.

    Attributes
    ----------
    kind, feature : str
        As of `DriftRow`.
    label : mapping of str to str
        What is compared, by language.
    compared : Compared
        The customers.
    """

    kind: str
    feature: str
    label: Words
    compared: Compared


def of_segments(model: SegmentModel, labels: Integers) -> Iterator[Comparison]:
    """The sizes of the segments; those of fewer than ten customers at the fit are joined."""
    counts = np.bincount(labels, minlength=len(model.segments))
    sizes = [segment.size for segment in model.segments]
    before = [float(size) for size in sizes if size is not None]
    now = [float(count) for size, count in zip(sizes, counts, strict=True) if size is not None]
    names = [segment.names for segment in model.segments if segment.size is not None]
    if len(names) < len(sizes):
        before.append(max(model.reference.n_customers - sum(before), 0.0))
        now.append(len(labels) - sum(now))
        names.append(bin_words("others"))
    if len(names) > 1:
        yield Comparison("segments", "segment", _words("segment"), groups_compared(before, now, names))


def of_outliers(model: SegmentModel, table: FeatureTable, labels: Integers) -> Comparison:
    """The customers beyond the outlier limit of the fit."""
    is_outlier = model.assess(table, labels, "drift").is_outlier
    outliers, n_before = int(is_outlier.sum()), model.reference.n_customers
    before = model.reference.outlier_share * n_before
    names = (bin_words("outliers"), bin_words("no_outliers"))
    compared = groups_compared([before, n_before - before], [outliers, len(is_outlier) - outliers], names)
    return Comparison("outliers", "is_outlier", _words("outliers"), compared)


def of_features(model: SegmentModel, table: FeatureTable, labels: Integers) -> Iterator[Comparison]:
    """The clustered features, and the text columns of a ready table."""
    reference = model.reference
    customers = table.local.filter((labels >= 0).tolist())
    columns = _Columns("feature", table, customers, reference.n_customers)
    yield from columns.numeric(reference.columns)
    yield from columns.categorical(reference.categories)


def of_recent(model: SegmentModel, recent: FeatureTable) -> Iterator[Comparison]:
    """The features of the customers who ordered in the last weeks."""
    reference = model.reference.recent
    buyers = recent.local.filter(nw.col("order_count") > 0)
    if reference is None or not len(buyers):
        return
    columns = _Columns("recent", recent, buyers, reference.n_customers)
    yield from columns.numeric(reference.columns)
    yield from columns.categorical(reference.categories)


@dataclass(frozen=True, eq=False)
class _Columns:
    """Columns of customers, compared with `n_before` customers of the fit."""

    kind: str
    table: FeatureTable
    customers: nw.DataFrame[Any]
    n_before: int

    def numeric(self, references: Mapping[str, ColumnReference]) -> Iterator[Comparison]:
        units = {feature.name: feature.unit for feature in self.table.described}
        for name, reference in references.items():
            if name in units:
                values = column_of(self.customers, name).cast(nw.Float64).fill_null(float("nan")).to_numpy()
                compared = numbers_compared(reference, values, n_before=self.n_before, unit=units[name])
                yield Comparison(self.kind, name, self._label(name), compared)

    def categorical(self, references: Mapping[str, CategoryReference]) -> Iterator[Comparison]:
        for name, reference in references.items():
            if name in self.table.names:
                column = column_of(self.customers, name)
                compared = categories_compared(reference, column, n_before=self.n_before)
                yield Comparison(self.kind, name, self._label(name), compared)

    def _label(self, name: str) -> Words:
        return {language: distinct_phrases(self.table.described, language)[name] for language in LANGUAGES}


def _words(key: str) -> Words:
    return {language: str(text(language, "drift", key)) for language in LANGUAGES}
