"""pandas tables in and out. They are handed to polars: grouping in pandas measured 4 to 7 times slower."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from custseg._checks import check_distinct
from custseg._optional import optional_module
from custseg.errors import DataError


def polars_from_pandas(table: Any, caller: str) -> pl.DataFrame:
    """The pandas frame as polars; columns that hold several types become text."""
    optional_module("pyarrow", f"{caller}: reading a pandas DataFrame")
    names = [str(name) for name in table.columns]
    check_distinct(caller, names)
    columns = [_column(table.iloc[:, i], name, caller) for i, name in enumerate(names)]
    return pl.DataFrame(columns)


def pandas_like(table: Any) -> Callable[[nw.DataFrame[Any], str], Any]:
    """Gives back a pandas frame whose ids have the type they came in."""
    dtypes = dict(zip(map(str, table.columns), table.dtypes, strict=True))

    def give_back(frame: nw.DataFrame[Any], id_column: str) -> Any:
        result = frame.to_pandas()
        for name, kind in frame.schema.items():
            # Whole numbers and marks with gaps stay what they are, not floats and objects.
            if (kind.is_integer() or kind == nw.Boolean) and frame.get_column(name).is_null().any():
                nullable = "Int64" if kind.is_integer() else "boolean"
                values = frame.get_column(name).to_list()
                result[name] = optional_module("pandas", "pandas").array(values, dtype=nullable)
        if "customer_id" in result.columns and id_column in dtypes:
            result["customer_id"] = result["customer_id"].astype(dtypes[id_column])
        return result

    return give_back


def _column(values: Any, name: str, caller: str) -> pl.Series:
    if values.dtype == object and _mixes_zones(values.dropna()):
        raise DataError(
            f"{caller}: column {name!r} mixes dates with and without a time zone. Bring them to one zone first."
        )
    try:
        return pl.Series(name, pl.from_pandas(values))
    except (TypeError, ValueError, OverflowError, NotImplementedError, pl.exceptions.PolarsError):
        # What pyarrow cannot type (numbers among text, say) is compared and counted as text.
        texts = (None if missing else str(v) for v, missing in zip(values, values.isna(), strict=True))
        return pl.Series(name, texts, pl.String)


def _mixes_zones(values: Any) -> bool:
    zoned = {v.tzinfo is not None for v in values if getattr(v, "tzinfo", v) is not v}
    return len(zoned) > 1
