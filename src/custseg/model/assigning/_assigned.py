"""Tables of assigned customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import frame_from_columns
from custseg._numerics import Integers
from custseg.clustering import Assessment
from custseg.feature_table import FeatureTable

_DTYPES: dict[str, Any] = {
    "segment": nw.Int64,
    "name": nw.String,
    "confidence": nw.Float64,
    "second_segment": nw.Int64,
    "is_outlier": nw.Boolean,
}


def assigned_table(
    table: FeatureTable,
    labels: Integers,
    assessed: Assessment | None,
    *,
    numbers: Sequence[int],
    names: Sequence[str],
    outside: tuple[str, str],
) -> nw.DataFrame[Any]:
    """The table that `SegmentModel.assign` returns, from the labels and the assessment of the labeled customers.

    `outside` has the names of customers without a segment, and of those of them who returned all of their orders.
    """
    number_of_label = np.array([*numbers, None], dtype=object)
    unclustered_name, returned_name = outside
    name_of_label = np.array([*names, unclustered_name], dtype=object)
    inside = labels >= 0
    columns = {name: np.full(len(table), None, dtype=object) for name in _DTYPES}
    columns["segment"] = number_of_label[labels]
    columns["name"] = np.where(~inside & table.returned_everything(), returned_name, name_of_label[labels])
    if assessed is not None:
        columns["confidence"][inside] = assessed.confidence.tolist()
        columns["second_segment"][inside] = number_of_label[assessed.second_label]
        columns["is_outlier"][inside] = assessed.is_outlier.tolist()
    local = nw.from_native(
        frame_from_columns({name: cells.tolist() for name, cells in columns.items()}), eager_only=True
    )
    local = local.with_columns(nw.col(name).cast(dtype) for name, dtype in _DTYPES.items())
    return local.with_columns(table.ids.alias("customer_id")).select("customer_id", *_DTYPES)
