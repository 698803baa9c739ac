"""`SegmentModel`: assigns new customers to the segments; it contains no customer ids.

The rule of k-means and of a mixture is a few numbers per segment. That of HDBSCAN holds up to 1,000 prototypes of ten
customers or more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._frames import frame_from_columns
from custseg._numerics import Floats
from custseg.clustering import Assessment, AssignmentRule
from custseg.feature_table import FeatureTable, check_features, given_features
from custseg.matrix import can_be_clustered
from custseg.preparation import Preparation

# Columns of the table that `SegmentModel.assess` returns: attribute of an `Assessment`, and dtype.
_ASSESSED: dict[str, tuple[str, Any]] = {
    "confidence": ("confidence", nw.Float64),
    "second_segment": ("second_label", nw.Int64),
    "distance": ("distance", nw.Float64),
    "is_outlier": ("is_outlier", nw.Boolean),
}


@dataclass(frozen=True, eq=False)
class SegmentModel:
    """The fitted rule that assigns a customer to a segment by the customer's features.

    Attributes
    ----------
    preparation : Preparation
        How features become the matrix.
    rule : AssignmentRule
        From a row of the matrix to a segment: numbers alone, the same for one row as for a million. No number is
        that of a single customer.
    names : tuple of str
        Segment names; position is the segment's number.
    unclustered_name : str
        Name of the customers that cannot be clustered.
    returned_name : str
        Name of those of them whose orders were all returned, charged back or cancelled.
    """

    preparation: Preparation
    rule: AssignmentRule = field(repr=False)
    names: tuple[str, ...]
    unclustered_name: str
    returned_name: str

    def assign(self, features: object, *, customer_column: str | None = None) -> Any:
        """Assign customers to the segments by the fitted rule; nothing is refitted.

        For the training customers, the result equals the assignments of the fit.

        Parameters
        ----------
        features : FeatureTable or table
            One row per customer with the columns that the fit used.
        customer_column : str, optional
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
        table = given_features(features, customer_column, "assign", numbers=self.preparation.names)
        check_features(table, self.preparation.names, argument="features", caller="assign")
        return table.give_back(self.assignments(table, self.labels(table)))

    def labels(self, table: FeatureTable) -> NDArray[np.intp]:
        """Segment of each customer of the table, -1 for those that cannot be clustered."""
        names = self.preparation.names
        labels = np.full(len(table), -1)
        inside = can_be_clustered(table, names)
        if inside.any():
            values = {name: table.values(name)[inside] for name in names}
            labels[inside] = self.rule.labels(self.preparation.matrix(values, "assign"))
        return labels

    def assess(self, features: object, *, customer_column: str | None = None) -> Any:
        """Assess how well customers fit the segments that they are assigned to.

        Parameters
        ----------
        features : FeatureTable or table
            As in `assign`.
        customer_column : str, optional
            As in `assign`.

        Returns
        -------
        table
            In the caller's kind: `customer_id`, `segment` and `name` as in `assign`; `confidence` (float in
            [0, 1]: about 1/2 on the boundary of two segments); `second_segment` (int: the second-best segment);
            `distance` (float: from the segment, in prepared units); `is_outlier` (bool: farther from the segment
            than the mean of the ten farthest training customers). All are missing for customers that cannot be
            clustered.

        Raises
        ------
        DataError
            As in `assign`.
        """
        table = given_features(features, customer_column, "assess", numbers=self.preparation.names)
        check_features(table, self.preparation.names, argument="features", caller="assess")
        inside = can_be_clustered(table, self.preparation.names)
        local = self.assignments(table, self.labels(table))
        values = {name: table.values(name)[inside] for name in self.preparation.names}
        assessed = self.assess_values(values, "assess") if inside.any() else None
        columns: dict[str, list[Any]] = {}
        for name, (attribute, _) in _ASSESSED.items():
            cells = np.full(len(table), None, dtype=object)
            if assessed is not None:
                cells[inside] = getattr(assessed, attribute).tolist()
            columns[name] = cells.tolist()
        frame = nw.from_native(frame_from_columns(columns), eager_only=True)
        return table.give_back(
            local.with_columns(frame.get_column(name).cast(dtype) for name, (_, dtype) in _ASSESSED.items())
        )

    def assess_values(self, values: Mapping[str, Floats], caller: str) -> Assessment:
        """The assessment of clustered customers, from their features in human units."""
        assessed = self.rule.assess(self.preparation.matrix(values, caller))
        return replace(assessed, is_outlier=assessed.is_outlier | self.preparation.is_beyond_tails(values, caller))

    def assignments(self, table: FeatureTable, labels: NDArray[np.intp]) -> nw.DataFrame[Any]:
        """The local table of ids, segments and names."""
        names = np.array([*self.names, self.unclustered_name], dtype=object)
        segments = [None if label < 0 else label for label in labels.tolist()]
        is_returned = (labels < 0) & table.returned_everything()
        columns = {"segment": segments, "name": np.where(is_returned, self.returned_name, names[labels])}
        local = nw.from_native(frame_from_columns(columns), eager_only=True)
        return local.with_columns(table.ids.alias("customer_id")).select(
            "customer_id", nw.col("segment").cast(nw.Int64), nw.col("name").cast(nw.String)
        )

    def renamed(self, names: tuple[str, ...]) -> SegmentModel:
        """The same model with other segment names."""
        return replace(self, names=names)
