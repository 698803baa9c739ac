"""One customer of a result: the row, all values, and why somebody is in no segment."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

import narwhals.stable.v2 as nw
import numpy as np

from custseg.errors import DataError
from custseg.feature_table import FeatureTable
from custseg.result import Segmentation
from custseg.texts import listed, plural


def index_of(result: Segmentation, customer: object) -> int:
    """The row of the customer."""
    if isinstance(customer, bool) or not isinstance(customer, (str, Real)):
        raise TypeError(f"explain: customer must be one id (a number or text), got {type(customer).__name__}.")
    ids = result.features.ids
    try:
        return ids.to_list().index(customer)
    except ValueError:
        kind = "text" if ids.dtype == nw.String else "numbers"
        raise DataError(
            f"explain: there is no customer {customer!r} in the result. The ids are {kind}; give one of those "
            "in its assignments."
        ) from None


def all_values(features: FeatureTable, index: int) -> dict[str, float | str | None]:
    """The customer's values as numbers and categories; None where they are missing, and for dates and lists."""
    schema = features.local.schema
    values: dict[str, float | str | None] = {}
    for name in features.names:
        value = features.local.get_column(name)[index]
        if schema[name] == nw.Boolean:
            values[name] = None if value is None else "yes" if value else "no"
        elif isinstance(value, str):
            values[name] = value
        else:
            values[name] = _or_none(float(value)) if isinstance(value, Real) else None
    return values


def check_clustered(result: Segmentation, index: int, values: Mapping[str, float]) -> None:
    """Raise, with the reason, unless the customer is in a segment."""
    if result.labels[index] >= 0:
        return
    columns = listed(values)
    if result.features.returned_everything()[index]:
        why = "their orders were all returned or cancelled"
    elif "order_count" in result.features.numeric_names() and not result.features.values("order_count")[index] > 0:
        window = result.features.snapshot.window_days if result.features.snapshot else None
        when = f" in the {plural(window, 'day')} before the snapshot" if window else ""
        why = f"they have no purchase{when}"
    elif all(np.isnan(value) for value in values.values()):
        why = f"they have no value in any of the columns {columns}"
    else:
        why = f"on {columns} they are far from every segment (noise)"
    raise DataError(
        f"explain: this customer is in no segment, because {why}. Ask for one that has a segment in `assignments`."
    )


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
