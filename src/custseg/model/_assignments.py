"""Tables of assigned customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._frames import frame_from_columns
from custseg.clustering import Assessment
from custseg.feature_table import FeatureTable

if TYPE_CHECKING:
    from custseg.model._model import SegmentModel


def _named(model: SegmentModel, table: FeatureTable, labels: NDArray[np.intp]) -> nw.DataFrame[Any]:
    """`customer_id`, `segment` and `name` of each customer."""
    names = np.array([*model.names, model.unclustered_name], dtype=object)
    is_returned = (labels < 0) & table.returned_everything()
    columns = {
        "segment": _numbers(model, labels),
        "name": np.where(is_returned, model.returned_name, names[labels]),
    }
    local = nw.from_native(frame_from_columns(columns), eager_only=True)
    return local.with_columns(table.ids.alias("customer_id")).select(
        "customer_id", nw.col("segment").cast(nw.Int64), nw.col("name").cast(nw.String)
    )


def assigned_table(
    model: SegmentModel, table: FeatureTable, labels: NDArray[np.intp], *, assessed: Assessment | None
) -> nw.DataFrame[Any]:
    """The table that `SegmentModel.assign` returns, from the labels and the assessment of the labeled customers."""
    local = _named(model, table, labels)
    inside = labels >= 0
    columns: dict[str, NDArray[np.object_]] = {}
    for name in ("confidence", "second_segment", "is_outlier"):
        columns[name] = np.full(len(table), None, dtype=object)
    if assessed is not None:
        columns["confidence"][inside] = assessed.confidence.tolist()
        columns["second_segment"][inside] = _numbers(model, assessed.second_label)
        columns["is_outlier"][inside] = assessed.is_outlier.tolist()
    frame = nw.from_native(
        frame_from_columns({name: cells.tolist() for name, cells in columns.items()}), eager_only=True
    )
    dtypes: dict[str, Any] = {"confidence": nw.Float64, "second_segment": nw.Int64, "is_outlier": nw.Boolean}
    return local.with_columns(frame.get_column(name).cast(dtype) for name, dtype in dtypes.items())


def _numbers(model: SegmentModel, labels: NDArray[np.intp]) -> NDArray[np.object_]:
    """Number of each label as objects; None for -1."""
    numbers = np.array([*model.numbers, None], dtype=object)
    return numbers[labels]
