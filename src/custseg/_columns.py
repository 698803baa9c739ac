"""Columns that users give: a mapping of columns as a table, and the frequent categories of a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_named, check_no_nul
from custseg._format import listed
from custseg._frames import frame_from_columns
from custseg._privacy import SMALLEST_GROUP
from custseg.errors import DataError

_MAX_CATEGORIES = 20


def table_of_columns(columns: Mapping[Any, Any], argument: str, caller: str) -> nw.DataFrame[Any]:
    """A mapping of names to columns as a table."""
    if not columns:
        raise DataError(f"{caller}: {argument} has no columns. Give at least one.")
    if unnamed := [name for name in columns if not isinstance(name, str)]:
        raise TypeError(f"{caller}: the names of {argument} must be text, got {listed(unnamed)}.")
    check_no_nul(caller, columns)
    check_named(caller, list(columns))
    arrays = {name: _array(values) for name, values in columns.items()}
    shapes = {name: (len(values),) if isinstance(values, list) else values.shape for name, values in arrays.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise DataError(f"{caller}: the columns of {argument} must be of one length, got shapes {shapes}.")
    try:
        return nw.from_native(frame_from_columns(arrays), eager_only=True)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(
            f"{caller}: a column of {argument} mixes types: each must hold only numbers, only booleans or only text, "
            f"and None where a value is missing ({error})."
        ) from error


def frequent_categories(column: nw.Series[Any], *, printable: bool = False) -> tuple[str, ...]:
    """Up to 20 categories that at least 10 customers have, the most frequent first; on request printable ones only."""
    counts = column.cast(nw.String).drop_nulls().alias("value").value_counts(name="count")
    counts = counts.filter(nw.col("count") >= SMALLEST_GROUP).sort("count", "value", descending=[True, False])
    categories = counts.get_column("value").to_list()
    return tuple(category for category in categories if category.isprintable() or not printable)[:_MAX_CATEGORIES]


def _array(values: Any) -> Any:
    """The values as an array, with text as objects; flat lists stay, since NumPy would turn mixed values into text."""
    if isinstance(values, list) and not any(isinstance(value, (list, tuple)) for value in values):
        return values
    array = np.asarray(values)
    return array.astype(object) if array.dtype.kind in "US" else array
