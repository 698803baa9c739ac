"""The matrix that customers are clustered on: which customers, which columns, and how they are prepared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._checks import check_number, did_you_mean, ended
from custseg._numerics import Bools, Floats, Integers
from custseg.errors import DataError
from custseg.feature_table import (
    RETURN_FEATURES,
    FeatureTable,
    Levels,
    UnclusteredReason,
    as_numbers,
    check_clusterable,
    returned_everything,
    unclustered_columns,
)
from custseg.preparation import CategoryPlan, Preparation, fit_preparation
from custseg.texts import listed

__all__ = [
    "CustomerMatrix",
    "can_be_clustered",
    "check_sensitive",
    "check_weights",
    "clustering_columns",
    "coding_of",
    "customer_matrix",
    "has_usable_values",
    "requested_clusters",
]

DEFAULT_COLUMNS = ("recency_days", "order_count", "revenue")
_REASONS: Mapping[UnclusteredReason, str] = {
    "no value": "all of its values are missing",
    "constant": "all of its values are equal",
    "id": "it holds ids",
    "code": "it holds codes, which are no quantities",
    "sensitive": "it is sensitive, such as age or sex",
    "outcome": "it looks like an outcome, known only afterwards",
    "duplicate": "it repeats another column",
}
Weights = Callable[[Sequence[str]], Mapping[str, float]]
ENGAGEMENT_COLUMNS = ("engagement_email", "engagement_web")


@dataclass(frozen=True, eq=False)
class CustomerMatrix:
    """The matrix to cluster, with its preparation and its customers.

    Attributes
    ----------
    preparation : Preparation
        How features become the columns of the matrix.
    is_clustered : ndarray of bool, shape (n_customers,)
        Which customers of the table have a row.
    rows : ndarray of shape (n_rows, n_columns)
        The matrix.
    """

    preparation: Preparation
    is_clustered: Bools
    rows: Floats

    def customer_labels(self, labels: Integers) -> Integers:
        """The labels of the rows as one per customer of the table, -1 for customers without a row."""
        of_customers = np.full(len(self.is_clustered), -1)
        of_customers[self.is_clustered] = labels
        return of_customers


def clustering_columns(
    table: FeatureTable, columns: Sequence[str] | None, caller: str, *, sensitive: Sequence[str] = ()
) -> list[str]:
    """The features to cluster on: the requested ones, else the default ones in the table, else all numeric ones.

    Columns named like age, sex, children, health or religion, and those in `sensitive`, are only taken on request.
    """
    if columns is None:
        return _default_columns(table, sensitive, caller)
    if not isinstance(columns, (list, tuple)) or not all(isinstance(name, str) for name in columns):
        raise TypeError(f"{caller}: columns must be a list of feature names, got {columns!r}.")
    names = list(columns)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"{caller}: columns must name each feature once, got {names}.")
    if both := [name for name in names if name in sensitive]:
        raise ValueError(
            f"{caller}: {listed(both)} cannot be in columns=, which asks to cluster on them, and in sensitive=, which "
            "forbids it. Leave them out of one of both."
        )
    check_clusterable(table, names, argument="columns", caller=caller)
    return names


def check_weights(weights: object, names: Sequence[str], caller: str) -> dict[str, float]:
    """The weights of columns that the caller gave, if they are positive numbers of columns that are clustered on."""
    if weights is None:
        return {}
    if not isinstance(weights, Mapping) or not all(isinstance(name, str) for name in weights):
        raise TypeError(f"{caller}: weights must map columns to numbers, such as {{'region': 2}}, got {weights!r}.")
    if lacking := [name for name in weights if name not in names]:
        raise DataError(
            f"{caller}: weights has {listed(lacking)}, which customers are not clustered on. Name them in columns= "
            f"too; the columns are {listed(names)}."
        )
    checked = {name: check_number(caller, f"weights[{name!r}]", value, minimum=0) for name, value in weights.items()}
    if zero := [name for name, value in checked.items() if value == 0]:
        raise ValueError(f"{caller}: weights must be above 0, got 0 for {listed(zero)}. Leave them out of columns=.")
    return checked


def check_sensitive(table: FeatureTable, sensitive: object, caller: str) -> tuple[str, ...]:
    """The columns that the caller named as sensitive, if they are a list of columns of the table."""
    if not isinstance(sensitive, (list, tuple)) or not all(isinstance(name, str) for name in sensitive):
        raise TypeError(f"{caller}: sensitive must be a list of column names, got {sensitive!r}.")
    if lacking := [name for name in sensitive if name not in table.names]:
        words = ", ".join(f"{name!r}{did_you_mean(name, table.names)}" for name in lacking)
        raise DataError(f"{caller}: sensitive names columns that the table lacks: {ended(words)}")
    return tuple(sensitive)


def _default_columns(table: FeatureTable, sensitive: Sequence[str], caller: str) -> list[str]:
    numeric = table.numeric_names()
    usual = [name for name in DEFAULT_COLUMNS if name in numeric]
    engagement = [name for name in ENGAGEMENT_COLUMNS if name in numeric]
    # A log without money gives the first two; a ready table with these names has other columns of its own besides.
    from_orders = any(feature.family == "rfm" for feature in table.described)
    is_usual = from_orders or len(usual) == len(DEFAULT_COLUMNS)
    names = [name for name in [*(usual if is_usual else []), *engagement] if name not in sensitive]
    if names:
        return names
    left_out = unclustered_columns(table, sensitive)
    names = [name for name in numeric if name not in left_out]
    if not names and numeric:
        reasons = "; ".join(f"{name}: {_REASONS[left_out[name]]}" for name in numeric)
        raise DataError(
            f"{caller}: no column is left to cluster on ({reasons}). Give other columns, or name "
            "in columns= those that should be used all the same."
        )
    if not names:
        raise DataError(
            f"{caller}: the feature table has no numeric column beside the ids; its columns are "
            f"{listed(table.names)}. {as_numbers(table, table.names)} Or name text in columns=."
        )
    return names


def can_be_clustered(table: FeatureTable, columns: Sequence[str]) -> Bools:
    """Which customers have a value in one of the columns and, where orders are counted, a purchase that they kept."""
    of_orders = RETURN_FEATURES if "order_count" in table.numeric_names() else ()
    names = [*columns, *(name for name in of_orders if name in table.numeric_names())]
    return has_usable_values({name: table.values(name) for name in dict.fromkeys(names)}, columns)


def has_usable_values(values: Mapping[str, Floats], columns: Sequence[str]) -> Bools:
    """The same from the values of the columns, and of `order_count` and the columns of returns where there are any."""
    usable: Bools = np.logical_or.reduce([~np.isnan(values[name]) for name in columns])
    if "order_count" in values:
        usable &= (values["order_count"] > 0) & ~returned_everything(values)
    return usable


def customer_matrix(
    table: FeatureTable,
    columns: Sequence[str],
    *,
    min_size: int | float,
    caller: str,
    weights: Weights | None = None,
    among: Bools | None = None,
) -> CustomerMatrix:
    """Prepare the columns of the customers that can be clustered; heavy tails depend on the minimum size.

    `weights` gives the weight of each of the columns that are left; by default all count alike. `among` has the
    customers that may be clustered; by default all.
    """
    allowed = np.ones(len(table), dtype=bool) if among is None else among
    usable = can_be_clustered(table, columns) & allowed
    categories = [
        CategoryPlan(name, levels.values, levels.has_other, levels.kind, source=levels.source)
        for name, levels in table.coding.items()
        if name in columns
    ]
    preparation = fit_preparation(
        {name: table.values(name)[usable] for name in columns}, caller, min_size=min_size, categories=categories
    )
    # Customers whose only values are in a column that was left out have nothing to be clustered on.
    usable = can_be_clustered(table, preparation.names) & allowed
    if weights is not None:
        preparation = preparation.with_weights(weights(preparation.names))
    values = {name: table.values(name)[usable] for name in preparation.names}
    return CustomerMatrix(preparation, usable, preparation.matrix(values, caller))


def coding_of(preparation: Preparation) -> dict[str, Levels]:
    """The levels of the columns of categories."""
    return {plan.name: Levels(plan.levels, plan.has_other, plan.kind, plan.source) for plan in preparation.categories}


def requested_clusters(n_segments: int | range | None) -> int | Sequence[int] | str:
    """The number of segments as `select_clustering` takes it: "auto" for None, and one number for a range of one."""
    if n_segments is None:
        return "auto"
    return n_segments[0] if isinstance(n_segments, range) and len(n_segments) == 1 else n_segments
