"""Purchases that a system reports as one total with several products, or several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect


def divided(total: str, weight: str, order: str) -> nw.Expr:
    """The total of an order divided among its rows in proportion to their weights; equally where these sum to 0.

    Parameters
    ----------
    total : str
        Column with the total of the order, the same in each of its rows.
    weight : str
        Column with the weight of a row; a row without one gets nothing, unless no row has one.
    order : str
        Column of orders.
    """
    col = nw.col
    of_row, of_order = col(weight).fill_null(0.0), col(weight).sum().over(order).fill_null(0.0)
    rows = col(order).len().over(order).cast(nw.Float64)
    share = nw.when(of_order > 0).then(of_row / of_order).otherwise(nw.lit(1.0) / rows)
    return col(total) * share


def first_of_each_order(frame: nw.LazyFrame[Any], order: str = "order_id") -> nw.LazyFrame[Any]:
    """The earliest row of each order; rows without an order stay as they are.

    A page that confirms an order reports the purchase again when it is opened again. `moment` gives the order of
    rows; of rows at one microsecond, which are copies, one is taken.
    """
    col = nw.col
    earliest = col("moment").min().over(order)
    named = frame.filter(~col(order).is_null()).with_columns(earliest.alias("earliest"))
    named = named.filter((col("moment") == col("earliest")) | col("earliest").is_null()).drop("earliest")
    unnamed = frame.filter(col(order).is_null())
    return nw.concat([named.unique(subset=[order], keep="any"), unnamed], how="vertical")


def n_repeated(frame: nw.LazyFrame[Any], order: str = "order_id") -> int:
    """How many rows repeat an order that another row has."""
    orders = frame.select(order).filter(~nw.col(order).is_null())
    counts = collect(orders.select(rows=nw.col(order).len(), distinct=nw.col(order).n_unique()))
    rows, distinct = counts.row(0)
    return int(rows) - int(distinct)


@dataclass(frozen=True)
class ListMembers:
    """The structures in a column of lists, after `explode` has made rows of them.

    Attributes
    ----------
    column : str
        The column.
    names : frozenset of str
        The members that the structures have; empty where there is no such column.
    """

    column: str
    names: frozenset[str]

    @classmethod
    def of(cls, frame: nw.LazyFrame[Any], column: str) -> ListMembers:
        """Those of a column of the frame, which need not be there."""
        kind: Any = frame.collect_schema().get(column)
        inner = kind.inner if isinstance(kind, nw.List) else None
        return cls(
            column, frozenset(field.name for field in inner.fields) if isinstance(inner, nw.Struct) else frozenset()
        )

    def text(self, name: str) -> nw.Expr:
        """The member as text; null where the structures have none of that name."""
        value = nw.col(self.column).struct.field(name) if name in self.names else nw.lit(None, nw.String)
        return value.cast(nw.String)

    def number(self, name: str) -> nw.Expr:
        """The member as a 64-bit float, also where it is written as text."""
        value = nw.col(self.column).struct.field(name) if name in self.names else nw.lit(None, nw.Float64)
        return value.cast(nw.Float64)
