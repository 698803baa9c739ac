"""pandas tables in and out. They are handed to polars: grouping in pandas measured 4 to 7 times slower."""

from __future__ import annotations

from typing import Any

import polars as pl

from custseg._checks import check_distinct, optional_module
from custseg.errors import DataError


def polars_from_pandas(table: Any, caller: str) -> pl.DataFrame:
    """The pandas frame as polars; columns that hold several types become text."""
    optional_module("pyarrow", f"{caller}: reading a pandas DataFrame")
    names = [str(name) for name in table.columns]
    check_distinct(caller, names)
    columns = [_column(table.iloc[:, i], name, caller) for i, name in enumerate(names)]
    return pl.DataFrame(columns)


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
