"""Counts and sums of the customers in Spark by the rule of a fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._frames import counted, persisted, spark_sql
from custseg._numerics import Floats
from custseg.clustering import AssignmentRule, Reassignment
from custseg.distributed._whole_base import NO_SEGMENT, RETURNED
from custseg.feature_table import RETURN_FEATURES, DistributedFeatures
from custseg.preparation import Preparation

TABLE = "customers_in_spark"
_COSTS = "costs_in_spark"
_REVENUE = "revenue"
_MOST_NEAR = 200_000


def size_queries(features: DistributedFeatures) -> Any:
    """The queries of counts of a table of features."""
    from custseg.queries import SizeQueries

    numeric = features.numeric_names()
    return SizeQueries(TABLE, [name for name in RETURN_FEATURES if name in numeric])


@dataclass(frozen=True, eq=False)
class Totals:
    """Counts and sums of all customers.

    Attributes
    ----------
    sizes : mapping of int to int
        Customers by label; -1 and -2 for those in no segment, see `WholeBase`.
    revenue : mapping of int to float
        The sums of the revenue likewise; empty without revenue.
    reassignments : tuple of Reassignment
        Customers whose label the offsets change.
    """

    sizes: Mapping[int, int]
    revenue: Mapping[int, float]
    reassignments: tuple[Reassignment, ...]

    @property
    def n_customers(self) -> int:
        """All customers."""
        return sum(self.sizes.values())

    def of_clusters(self, k: int) -> Floats:
        """Sizes of the clusters."""
        return np.array([self.sizes.get(label, 0) for label in range(k)], dtype=np.float64)


class CountedCustomers:
    """Customers in Spark as `offsets_for_all_rows` counts them; their costs are kept there between the passes.

    Parameters
    ----------
    queries : SizeQueries
        The queries of the table.
    costs : Spark DataFrame
        What `SizeQueries.costs` gives.
    has_revenue : bool
        Whether the revenue is carried along.
    """

    def __init__(self, queries: Any, costs: Any, *, has_revenue: bool) -> None:
        self._queries = queries
        self._tables = {_COSTS: costs}
        self._carried = [_REVENUE] if has_revenue else []

    def sizes(self, offsets: Floats) -> Floats:
        """How many customers each cluster has under the offsets."""
        counts = counted(self._queries.sizes(_COSTS, offsets.tolist()), self._tables)
        sizes = np.zeros(len(offsets))
        sizes[counts["cluster"].to_numpy()] = counts["n"].to_numpy()
        return sizes

    def near(self, offsets: Floats, reach: float) -> tuple[Floats, Floats] | None:
        """The distinct costs of customers near a boundary with their counts; None for more than 200,000 of them."""
        query = self._queries.near(_COSTS, offsets.tolist(), reach=reach, at_most=_MOST_NEAR + 1)
        rows = counted(query, self._tables)
        if len(rows) > _MOST_NEAR:
            return None
        costs = rows.select(f"cost{number}" for number in range(len(offsets))).to_numpy()
        # Sorted, so that the order in which Spark returns them changes nothing.
        order = np.lexsort(costs.T)
        return np.ascontiguousarray(costs[order], dtype=np.float64), rows["n"].to_numpy().astype(np.float64)[order]

    def totals(self, offsets: Floats | None) -> Totals:
        """Counts and sums of all customers; without offsets for a rule that has none."""
        plain = None if offsets is None else offsets.tolist()
        query = self._queries.totals(_COSTS, plain, carried=self._carried)
        sizes: dict[int, int] = {}
        revenue: dict[int, float] = {}
        moved: list[Reassignment] = []
        for row in counted(query, self._tables).sort("is_clustered", "is_returned", "cluster").to_dicts():
            label = row["cluster"] if row["is_clustered"] and row["cluster"] is not None else NO_SEGMENT
            if label == NO_SEGMENT and row["is_returned"]:
                label = RETURNED
            sizes[label] = sizes.get(label, 0) + row["n"]
            if self._carried:
                revenue[label] = revenue.get(label, 0.0) + (row[_REVENUE] or 0.0)
            if label >= 0 and row.get("before", label) != label:
                moved.append(Reassignment(row["before"], label, float(row["n"]), float(row["added"])))
        return Totals(sizes, revenue, tuple(sorted(moved, key=lambda move: (move.origin, move.target))))


@contextmanager
def counted_customers(
    features: DistributedFeatures, preparation: Preparation, rule: AssignmentRule
) -> Iterator[CountedCustomers]:
    """The customers, while their costs are kept in Spark."""
    queries = size_queries(features)
    has_revenue = _REVENUE in features.numeric_names()
    carried = {_REVENUE: _REVENUE} if has_revenue else {}
    query = queries.costs(preparation, rule, carried=carried)
    with persisted(spark_sql(query, {TABLE: features.native})) as costs:
        yield CountedCustomers(queries, costs, has_revenue=has_revenue)
