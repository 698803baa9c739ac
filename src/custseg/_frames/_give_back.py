"""Results in the caller's kind of table. Everything here can be pickled, so that a process pool can return a fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from custseg._checks import optional_module
from custseg._frames._local import column_of

GiveBack = Callable[[Any, str], Any]
"""Turns a frame, whose ids came from the named column, into the caller's kind of table; it is local but on Spark."""


@dataclass(frozen=True)
class Returner:
    """Turns a frame, whose ids came from the column, into the caller's kind of table."""

    give_back: GiveBack
    id_column: str

    def __call__(self, frame: nw.DataFrame[Any] | nw.LazyFrame[Any]) -> Any:
        """The frame in the caller's kind."""
        return self.give_back(frame, self.id_column)


def as_polars(frame: nw.DataFrame[Any], id_column: str) -> pl.DataFrame:
    """The frame as a polars DataFrame."""
    native = frame.to_native()
    assert isinstance(native, pl.DataFrame)
    return native


def local_returner(id_column: str) -> Returner:
    """What returns results as polars DataFrames."""
    return Returner(as_polars, id_column)


def as_lazy_polars(frame: nw.DataFrame[Any], id_column: str) -> pl.LazyFrame:
    """The frame as a polars LazyFrame."""
    return as_polars(frame, id_column).lazy()


@dataclass(frozen=True)
class PandasLike:
    """Gives back a pandas frame whose ids have the type they came in."""

    dtypes: Mapping[str, Any]

    @classmethod
    def of(cls, table: Any) -> PandasLike:
        """The converter to frames with the dtypes of the table."""
        return cls(dict(zip(map(str, table.columns), table.dtypes, strict=True)))

    def __call__(self, frame: nw.DataFrame[Any], id_column: str) -> Any:
        """The frame as a pandas DataFrame."""
        result = frame.to_pandas()
        for name, kind in frame.schema.items():
            # Integers and booleans with nulls keep their type, not floats and objects.
            if (kind.is_integer() or kind == nw.Boolean) and column_of(frame, name).is_null().any():
                nullable = "Int64" if kind.is_integer() else "boolean"
                values = frame.get_column(name).to_list()
                result[name] = optional_module("pandas", "pandas").array(values, dtype=nullable)
        if "customer_id" in result.columns and id_column in self.dtypes:
            result["customer_id"] = result["customer_id"].astype(self.dtypes[id_column])
        return result


def as_pandas(frame: nw.DataFrame[Any]) -> Any:
    """The frame as a pandas DataFrame; MissingDependencyError without pandas or pyarrow."""
    for name in ("pandas", "pyarrow"):
        optional_module(name, "to_pandas")
    return PandasLike({})(frame, "")


@dataclass(frozen=True)
class ArrowLike:
    """Gives back a pyarrow Table whose ids have the type they came in."""

    schema: Any

    def __call__(self, frame: nw.DataFrame[Any], id_column: str) -> Any:
        """The frame as a pyarrow Table."""
        result = frame.to_arrow()
        position = result.schema.get_field_index("customer_id")
        if position < 0 or id_column not in self.schema.names:
            return result
        ids = _cast(result.column(position), self.schema.field(id_column).type)
        return result.set_column(position, "customer_id", ids)


def polars_instead() -> GiveBack:
    """What a connection to a database becomes in another process, where it cannot be reached."""
    return as_polars


def _cast(values: Any, dtype: Any) -> Any:
    """The pyarrow values in the type; pyarrow has no cast from plain values to a dictionary."""
    if hasattr(dtype, "value_type") and hasattr(dtype, "index_type"):
        return values.cast(dtype.value_type).dictionary_encode().cast(dtype)
    return values.cast(dtype)
