"""Customer attributes as features: age, region, interests, consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_named
from custseg._frames import Rows, collected, joined, local_table, split_pattern, with_lookup
from custseg.errors import DataError
from custseg.feature_table import Feature
from custseg.features._family import Family, FamilyColumns, Lookup, column_words, n_not_rare
from custseg.features.sums._expressions import value_if
from custseg.features.sums._shared import SharedSums
from custseg.logs import Attribute, KnownAttributes
from custseg.texts import listed

_FAMILY = "attributes"
_MOST_LABELS = 20
_AGE_BANDS = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
_OLDEST_BAND = "65+"
_UNITS = {"number": "", "count": "count", "category": "text", "flag": "yes or no"}

Column = tuple[nw.Expr, Feature]


@dataclass(frozen=True)
class AttributeFigures:
    """Figures of the customer base for attributes.

    Attributes
    ----------
    labels : mapping of str to tuple of str
        By column of interests, the labels with an indicator of their own, the most frequent first.
    """

    labels: Mapping[str, tuple[str, ...]]


def learn_attributes(attributes: KnownAttributes, label_separator: str) -> AttributeFigures:
    """The figures of all customers of the table."""
    columns = [attribute for attribute in attributes.attributes if attribute.kind == "interests"]
    return AttributeFigures(
        {column.name: _common_labels(_labels_of_customers(attributes, column, label_separator)) for column in columns}
    )


def attribute_columns(
    attributes: KnownAttributes, figures: AttributeFigures, label_separator: str, *, caller: str
) -> FamilyColumns:
    """Attribute features of every customer in the table, from the values known at the snapshot.

    A value is missing if the table has none, or if it was observed at or after the snapshot or longer before
    it than `max_age_days`.

    - A number (Float64), a count (Int64), a category (text) and a flag (boolean) keep their column's name.
    - ``consent_<channel>`` (boolean): null is unknown, not no.
    - ``days_since_<column>`` (Int64) of a date, in calendar days.
    - `age_years` (Int64) of the birth date: completed years, one more on each birthday (of 29 February: on
      1 March in a common year); `age_band` (text): under 18, 18-24, 25-34, 35-44, 45-54, 55-64, 65+.
    - Of interests: ``<column>_count`` (Int64), how many labels the customer has, and ``<column>_<label>``
      (0 or 1, Int64) for each of the 20 labels that most customers have, ties by the alphabet; labels of fewer
      than ten customers have none, unless all labels are as rare. Labels are
      compared without case and without spaces around them. In the name a label is lower case, has
      underscores for all but letters and digits, and at most 32 characters. All are missing where the
      interests are unknown.
    """
    tables, columns = [attributes.table], list[Column]()
    lookups = list[Lookup]()
    for attribute in attributes.attributes:
        if attribute.kind == "interests":
            labels, of_labels = _interests(
                attributes, attribute, label_separator, labels=figures.labels[attribute.name]
            )
            tables.append(labels)
            columns += of_labels
        elif attribute.kind == "birth date":
            lookups.append(_ages(attributes, attribute))
            columns += _AGES
        else:
            columns.append(_plain(attributes, attribute))
    features = tuple(feature for _, feature in columns)
    check_names(features, caller)
    source = joined(tables)
    for lookup in lookups:
        source = with_lookup(source, lookup.table, lookup.on)
    return FamilyColumns(source, {feature.name: values for values, feature in columns}, features)


_AGES: tuple[Column, ...] = (
    (nw.col("age_in_years"), Feature("age_years", "years", _FAMILY)),
    (nw.col("band_of_age"), Feature("age_band", "text", _FAMILY)),
)


def _plain(attributes: KnownAttributes, attribute: Attribute) -> Column:
    """The feature of an attribute that gives one column."""
    name, value = attribute.name, nw.col(f"value_{attribute.index}")
    if attribute.kind == "consent":
        channel = str(attribute.channel)
        feature = _feature(f"consent_{channel}", "yes or no", "consent", channel=channel)
        return value, replace(feature, direction=1)
    if attribute.kind == "date":
        since = nw.lit(attributes.snapshot.day) - value
        return since, _feature(f"days_since_{name}", "days", "attribute_days_since", column=name)
    if attribute.kind == "count":
        value = value.cast(nw.Int64)
    return value, _feature(name, _UNITS[attribute.kind], f"attribute_{attribute.kind}", column=name)


def _feature(name: str, unit: str, entry: str, **fields: str) -> Feature:
    return Feature(name, unit, _FAMILY, entry=entry, fields=fields)


def _ages(attributes: KnownAttributes, attribute: Attribute) -> Lookup:
    """Age in completed years, and age band, by day of birth."""
    name = f"value_{attribute.index}"
    births = collected(attributes.table.filter(~nw.col(name).is_null()).group_by(name).agg(nw.len().alias("customers")))
    born = births.get_column(name).to_numpy().astype(np.int64)
    years = _completed_years(born, attributes.snapshot.day)
    bands = np.array([band for _, band in _AGE_BANDS] + [_OLDEST_BAND], dtype=object)
    band = bands[np.searchsorted([first for first, _ in _AGE_BANDS], years, side="right")]
    table = local_table({name: born, "age_in_years": years, "band_of_age": band})
    return Lookup(table.with_columns(nw.col("band_of_age").cast(nw.String)), (name,))


def _completed_years(born: NDArray[np.int64], today: int) -> NDArray[np.int64]:
    """Completed years between birth dates and a date, both in days since 1970-01-01."""
    days = born.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    of_birth = 100 * (months.astype(np.int64) % 12 + 1) + (days - months).astype(np.int64) + 1
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    now = date(1970, 1, 1) + timedelta(days=today)
    return np.asarray(now.year - years - (100 * now.month + now.day < of_birth))


def _labels_of_customers(attributes: KnownAttributes, attribute: Attribute, separator: str) -> Rows:
    """One row per customer and label (`labels`)."""
    col, table = nw.col, attributes.table
    texts = col(f"value_{attribute.index}").str.to_lowercase().str.split(split_pattern(table, separator))
    rows = table.filter(~col(f"value_{attribute.index}").is_null()).select("customer_id", texts.alias("labels"))
    stripped = rows.explode("labels").with_columns(col("labels").str.strip_chars()).filter(col("labels") != "")
    return stripped.group_by("customer_id", "labels").agg(nw.len().alias("times"))


def _common_labels(labels_of_customers: Rows) -> tuple[str, ...]:
    """The labels of most customers, the most frequent first."""
    counted = collected(labels_of_customers.group_by("labels").agg(nw.len().alias("customers")))
    common = counted.sort("customers", "labels", descending=[True, False]).head(_MOST_LABELS)
    n_common = n_not_rare(common.get_column("customers").to_numpy())
    return tuple(common.get_column("labels").to_list()[:n_common])


def _interests(
    attributes: KnownAttributes, attribute: Attribute, separator: str, *, labels: Sequence[str]
) -> tuple[Rows, list[Column]]:
    """Number of labels per customer, and a 0/1 indicator for each of the given labels: the table and its columns."""
    col, inside = nw.col, [f"label_{attribute.index}_{number}" for number in range(len(labels) + 1)]
    labeled = _labels_of_customers(attributes, attribute, separator).with_columns(
        nw.lit(1, nw.Int64).alias(inside[0]),
        *(value_if(col("labels") == label, nw.lit(1, nw.Int64)).alias(name)
          for label, name in zip(labels, inside[1:], strict=True)),
    )  # fmt: skip
    table = labeled.group_by("customer_id").agg(col(name).sum() for name in inside)
    names = [f"{attribute.name}_{word}" for word in ["count", *column_words(labels, {"count"})]]
    features = [_feature(names[0], "labels", "interest_count", column=attribute.name)]
    features += [
        _feature(name, "0 or 1", "interest", column=attribute.name, value=label)
        for name, label in zip(names[1:], labels, strict=True)
    ]
    is_known = ~col(f"value_{attribute.index}").is_null()
    values = [nw.when(is_known).then(col(name).fill_null(0).cast(nw.Int64)) for name in inside]
    return table, list(zip(values, features, strict=True))


def check_names(features: Sequence[Feature], caller: str) -> None:
    """Raise if two features have the same name: attribute names come from the customer table."""
    names = [feature.name for feature in features]
    check_named(caller, names)
    if twice := sorted({name for name in names if names.count(name) > 1 or name == "customer_id"}):
        raise DataError(
            f"{caller}: the customer table gives columns named as other features, {listed(twice)}. "
            "Rename its columns, or leave them out of Customers."
        )


def _learn(sums: SharedSums) -> AttributeFigures:
    logs = sums.logs
    assert logs.customers is not None
    return learn_attributes(logs.known_attributes, logs.customers.label_separator)


def _columns(sums: SharedSums, figures: AttributeFigures) -> FamilyColumns:
    logs = sums.logs
    assert logs.customers is not None
    return attribute_columns(logs.known_attributes, figures, logs.customers.label_separator, caller=logs.caller)


ATTRIBUTES = Family(
    _FAMILY, lambda logs: "" if logs.customers else "customers", _columns, learn=_learn, figures=AttributeFigures
)
