"""The revenue of each customer, for a comparison of two snapshots."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import MONEY_LIMIT, MONEY_UNIT, column_of
from custseg._privacy import group_size, shown_count
from custseg.errors import DataError
from custseg.feature_table import FeatureTable, given_features
from custseg.texts import counted, listed, text
from custseg.tracking._assignments import checked_ids

_REVENUE = "revenue"


def with_revenue(customers: nw.DataFrame[Any], table: object, caller: str) -> tuple[nw.DataFrame[Any], int]:
    """The customers with `units`, their revenue in ten-thousandths; and how many of them have none.

    Whole numbers, so that sums do not depend on the order of rows.

    Parameters
    ----------
    customers : narwhals DataFrame
        With `customer_id`, and with `value` if there is no table.
    table : table or None
        Ids and revenue.
    caller : str
        The function that the user called, for the errors.
    """
    if table is not None:
        values = _values_of(table, caller)
        ids = customers.schema["customer_id"]
        if (ids == nw.String) != (values.schema["customer_id"] == nw.String):
            raise DataError(
                f"{caller}: the customer ids of values are {values.schema['customer_id']}, those of the assignments "
                f"{ids}. Convert the column."
            )
        if values.schema["customer_id"] != ids:
            customers, values = (
                frame.with_columns(nw.col("customer_id").cast(nw.Int128)) for frame in (customers, values)
            )
        customers = customers.join(values, on="customer_id", how="left")
        customers = customers.with_columns(nw.col("customer_id").cast(ids))
    value = customers.get_column("value").cast(nw.Float64)
    if not bool(value.drop_nulls().is_finite().all()):
        raise DataError(f"{caller}: values must be finite numbers. Leave infinite values empty.")
    if float(value.fill_null(0).abs().sum()) * MONEY_UNIT >= MONEY_LIMIT:
        raise DataError(f"{caller}: the sum of values is too large. Give them in a larger unit, such as thousands.")
    units = (value.fill_null(0) * MONEY_UNIT).round(0).cast(nw.Int64)
    return customers.with_columns(units.alias("units")).drop("value"), int(value.is_null().sum())


def revenue_note(without: int, customers: int, language: str) -> list[str]:
    """How many customers have no value, where there are any."""
    if not without:
        return []
    count = shown_count(without, customers)
    template = text(language, "movement", "without_value")
    if count is None:
        return [template[-1].format(count=group_size(None, language))]
    return [counted(count, template, language)]


def _values_of(table: object, caller: str) -> nw.DataFrame[Any]:
    """`customer_id` and `value`."""
    features = table if isinstance(table, FeatureTable) else given_features(table, None, caller)
    numeric = features.numeric_names()
    if _REVENUE not in numeric and len(numeric) != 1:
        raise DataError(
            f"{caller}: values must have a column 'revenue', or a single column of numbers beside the ids; "
            f"its columns of numbers are {listed(numeric)}. Keep the one that is meant."
        )
    value = column_of(features.local, _REVENUE if _REVENUE in numeric else numeric[0]).alias("value")
    local = features.local.select(checked_ids(features.ids, caller, "values"), value.cast(nw.Float64).alias("value"))
    number = nw.col("value")
    return local.with_columns(nw.when(~number.is_nan()).then(number).alias("value"))
