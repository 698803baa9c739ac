"""`SegmentModel`: what was learned, without a customer row; it puts new customers into the segments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._frames import frame_from_columns
from custseg.clustering import nearest_centres
from custseg.preparation import Preparation
from custseg.tables import FeatureTable, check_features, given_features


@dataclass(frozen=True, eq=False)
class SegmentModel:
    """The rule that a fit has learned: from a customer's features to a segment.

    Attributes
    ----------
    preparation : Preparation
        How features become the matrix.
    centres : ndarray of shape (n_segments, n_columns)
        Segment centres in the prepared space.
    names : tuple of str
        Segment names; position is the segment's number.
    unclustered_name : str
        Name of the customers that cannot be clustered.
    """

    preparation: Preparation
    centres: NDArray[np.float64] = field(repr=False)
    names: tuple[str, ...]
    unclustered_name: str

    def assign(self, features: object, *, id: str | None = None) -> Any:
        """Put customers into the segments by the rule of the fit; nothing is learned anew.

        On the fit's own feature table the result equals the fit's assignments.

        Parameters
        ----------
        features : FeatureTable or table
            One row per customer with the columns that the fit used.
        id : str, optional
            Column of customer ids; by default `customer_id`, or else the first column.

        Returns
        -------
        table
            In the caller's kind: `customer_id`, `segment` (int; missing for customers that cannot be
            clustered), `name`. One row per row of `features`, in the same order.

        Raises
        ------
        DataError
            If a column is missing or not numeric, ids are missing or repeated, or values infinite.
        """
        table = given_features(features, id, "assign")
        check_features(table, self.preparation.names, argument="features", caller="assign")
        return table.give_back(self.assignments(table, self.labels(table)))

    def labels(self, table: FeatureTable) -> NDArray[np.intp]:
        """Segment of each customer of the table, -1 for those that cannot be clustered."""
        names = self.preparation.names
        labels = np.full(len(table), -1)
        inside = can_be_clustered(table, names)
        if inside.any():
            values = {name: table.values(name)[inside] for name in names}
            labels[inside] = nearest_centres(self.preparation.matrix(values, "assign"), self.centres)
        return labels

    def assignments(self, table: FeatureTable, labels: NDArray[np.intp]) -> nw.DataFrame[Any]:
        """The local table of ids, segments and names."""
        names = np.array([*self.names, self.unclustered_name], dtype=object)
        segments = [None if label < 0 else label for label in labels.tolist()]
        columns = {"segment": segments, "name": names[labels]}
        local = nw.from_native(frame_from_columns(columns), eager_only=True)
        return local.with_columns(table.ids.alias("customer_id")).select(
            "customer_id", nw.col("segment").cast(nw.Int64), nw.col("name").cast(nw.String)
        )

    def renamed(self, names: tuple[str, ...]) -> SegmentModel:
        """The same model with other segment names."""
        return replace(self, names=names)


def can_be_clustered(table: FeatureTable, columns: list[str]) -> NDArray[np.bool_]:
    """Which customers have something to cluster on: a purchase where orders are counted, and a value."""
    known: NDArray[np.bool_] = np.logical_or.reduce([~np.isnan(table.values(name)) for name in columns])
    if "order_count" in table.numeric_names():
        known &= table.values("order_count") > 0
    return known
