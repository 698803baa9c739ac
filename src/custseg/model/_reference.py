"""`Reference`: what the customers of the fit looked like, as later customers are compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import column_of
from custseg._numerics import Bools, Floats
from custseg._privacy import SMALLEST_GROUP
from custseg.feature_table import DistributedFeatures, FeatureTable

RECENT_DAYS = 56
"""Eight weeks: long enough for many orders, short enough to show within a month what has changed, and every weekday in
it equally often."""
RECENT_COLUMNS = ("recency_days", "order_count", "order_value")
RECENT_CATEGORIES = ("preferred_channel", "last_source")
_DECILES = np.arange(1, 10) / 10
_MOST_VALUES = 20
_MOSTLY = 0.5
_MOST_RECENT = 200_000


@dataclass(frozen=True)
class ColumnReference:
    """The distribution of one column at the fit, in bins that hold ten customers or more.

    Attributes
    ----------
    edges : tuple of float
        Upper edges of all bins but the last, in increasing order; a value equal to an edge is in the lower bin. The
        first and the last bin are open.
    shares : tuple of float
        Share of the customers with a value in each bin.
    missing : float
        Share of the clustered customers without a value; 0 for 1 to 9 of them.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    missing: float

    def counts(self, values: Floats) -> Floats:
        """Number of values in each bin; missing values are in none."""
        present = values[~np.isnan(values)]
        counts: Floats = np.bincount(
            np.searchsorted(self.edges, present, side="left"), minlength=len(self.shares)
        ).astype(np.float64)
        return counts


@dataclass(frozen=True)
class CategoryReference:
    """How often each category of a column was held at the fit.

    Attributes
    ----------
    values : tuple of str
        The most frequent categories, at most 20, that ten customers or more have; the most frequent first.
    shares : tuple of float
        Share of the customers with a value that have each of them. All others together have the remaining share.
    missing : float
        Share of the customers without a value; 0 for 1 to 9 of them.
    """

    values: tuple[str, ...]
    shares: tuple[float, ...]
    missing: float


@dataclass(frozen=True)
class RecentReference:
    """The customers who ordered in the weeks before the fit, by the orders of these weeks alone.

    Attributes
    ----------
    days : int
        Length of that window.
    n_customers : int
        How many they are.
    columns : mapping of str to ColumnReference
        Distributions of `recency_days`, `order_count` and `order_value`.
    categories : mapping of str to CategoryReference
        Where the log has them, `preferred_channel` and `last_source`.
    """

    days: int
    n_customers: int
    columns: Mapping[str, ColumnReference]
    categories: Mapping[str, CategoryReference]


@dataclass(frozen=True)
class Reference:
    """Figures of the clustered customers of the fit.

    Attributes
    ----------
    n_customers : int
        Number of clustered customers.
    columns : mapping of str to ColumnReference
        The distribution of each clustered column.
    silhouette, silhouette_gain : float or None
        Mean silhouette of the selected clustering, and the same less that of null data; None where not measured.
    outlier_share : float
        Share of outliers; 0 for 1 to 9 of them.
    categories : mapping of str to CategoryReference
        The text columns of a ready table.
    log_days : int or None
        Length of the order log, from the day by which ten customers had ordered; None without one.
    recent : RecentReference or None
        Of an order log, the customers who ordered lately; None if they are fewer than ten.
    """

    n_customers: int
    columns: Mapping[str, ColumnReference]
    silhouette: float | None
    silhouette_gain: float | None
    outlier_share: float
    categories: Mapping[str, CategoryReference] = field(default_factory=dict)
    log_days: int | None = None
    recent: RecentReference | None = None


def column_reference(values: Floats) -> ColumnReference:
    """The deciles of a column as bins; bins of fewer than ten customers are joined with the next one."""
    present = np.sort(values[~np.isnan(values)])
    n_missing = len(values) - len(present)
    missing = n_missing / len(values) if n_missing >= SMALLEST_GROUP else 0.0
    candidates = np.unique(present[np.ceil(_DECILES * len(present)).astype(np.intp) - 1]) if len(present) else present
    edges: list[float] = []
    below = 0
    for edge in candidates.tolist():
        up_to = int(np.searchsorted(present, edge, side="right"))
        if up_to - below >= SMALLEST_GROUP and len(present) - up_to >= SMALLEST_GROUP:
            edges.append(edge)
            below = up_to
    ends = np.searchsorted(present, edges, side="right") if edges else np.array([], dtype=np.intp)
    counts = np.diff(np.concatenate([[0], ends, [len(present)]]))
    shares = counts / max(len(present), 1)
    return ColumnReference(tuple(edges), tuple(shares.tolist()), missing)


def share_shown(count: int, total: int) -> float:
    """A share as a model stores it: 0 for 1 to 9 customers."""
    return count / total if count >= SMALLEST_GROUP else 0.0


def category_reference(column: nw.Series[Any]) -> CategoryReference:
    """The shares of the categories of a text column."""
    present = column.drop_nulls()
    n_missing = len(column) - len(present)
    counts = category_counts(column)
    common = [value for value, count in counts.items() if count >= SMALLEST_GROUP][:_MOST_VALUES]
    # One to nine customers with other categories are left out: the remaining share would disclose their number.
    n_others = len(present) - sum(counts[value] for value in common)
    total = len(present) - n_others if n_others < SMALLEST_GROUP else len(present)
    shares = tuple(counts[value] / total for value in common)
    return CategoryReference(tuple(common), shares, share_shown(n_missing, len(column)))


def category_counts(column: nw.Series[Any]) -> dict[str, int]:
    """How many customers have each category, the most frequent first, then by the alphabet."""
    present = column.drop_nulls().cast(nw.String).to_list()
    values, counts = np.unique(np.array(present, dtype=object), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return dict(zip(values[order].tolist(), counts[order].tolist(), strict=True))


def given_categories(table: FeatureTable, is_clustered: Bools) -> dict[str, CategoryReference]:
    """The text columns of a ready table, but for those in which hardly a value is held by ten customers."""
    customers = table.local.filter(is_clustered.tolist())
    references = {
        name: category_reference(column_of(customers, name))
        for name in table.names
        if table.local.schema[name] in (nw.String, nw.Categorical, nw.Enum)
    }
    return {name: reference for name, reference in references.items() if sum(reference.shares) >= _MOSTLY}


def recent_reference(features: FeatureTable | DistributedFeatures) -> RecentReference | None:
    """The figures of the buyers of a table of the features of the last weeks; of many in Spark, those of a sample.

    Nothing else reads a table in Spark: what Spark keeps of it is freed.
    """
    if isinstance(features, DistributedFeatures):
        try:
            table, n_customers = features.sample(_MOST_RECENT, "fit_segments"), features.n_customers()
        finally:
            features.release()
    else:
        table, n_customers = features, len(features)
    buyers = table.local.filter(nw.col("order_count") > 0)
    if len(buyers) < SMALLEST_GROUP:
        return None
    return RecentReference(
        days=RECENT_DAYS,
        n_customers=round(len(buyers) / len(table) * n_customers),
        columns={name: column_reference(_floats(buyers, name)) for name in _present(RECENT_COLUMNS, table)},
        categories={name: category_reference(column_of(buyers, name)) for name in _present(RECENT_CATEGORIES, table)},
    )


def _present(names: Sequence[str], table: FeatureTable) -> list[str]:
    return [name for name in names if name in table.names]


def _floats(frame: nw.DataFrame[Any], name: str) -> Floats:
    values: Floats = column_of(frame, name).cast(nw.Float64).fill_null(float("nan")).to_numpy()
    return values
