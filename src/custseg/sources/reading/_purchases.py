"""Purchases that a system reports as one total with several products, or several times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect, in_memory
from custseg.errors import DataError
from custseg.sources.reading._checks import NUMBER
from custseg.texts import plural


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


def within_orders(refunds: nw.LazyFrame[Any], counts: dict[str, int]) -> nw.LazyFrame[Any]:
    """The refunds with no more money in all than their orders had: the earlier ones count first.

    A page that reports a refund reports it again when it is opened again, with other times.

    Parameters
    ----------
    refunds : narwhals LazyFrame
        `amount`, positive, `whole`, that of the order, which is null where the order is not in the file, `order_id` and
        `moment`.
    counts : dict
        Gets the number of those that are cut, as "excess_refunds".
    """
    col = nw.col
    refunds = in_memory(refunds).with_columns(col("amount").fill_null(0.0).alias("paid_back"))
    earlier = col("paid_back").cum_sum().over("order_id", order_by="moment") - col("paid_back")
    left = col("whole") - earlier
    allowed = nw.when(left < 0).then(nw.lit(0.0)).otherwise(left)
    # Shares of an amount need not add up to it: a millionth is no money.
    is_excess = (col("amount") > allowed + 1e-6).fill_null(value=False)
    cut = refunds.with_columns(nw.when(is_excess).then(allowed).otherwise(col("amount")).alias("cut"))
    excess = collect(cut.filter(col("cut") != col("amount")).select(nw.len())).item()
    counts["excess_refunds"] = int(excess)
    return cut.with_columns(col("cut").alias("amount")).drop("cut", "paid_back")


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
    texts : frozenset of str
        Those of them that are text.
    """

    column: str
    names: frozenset[str]
    texts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, frame: nw.LazyFrame[Any], column: str) -> ListMembers:
        """Those of a column of the frame, which need not be there."""
        kind: Any = frame.collect_schema().get(column)
        inner = kind.inner if isinstance(kind, nw.List) else None
        fields = inner.fields if isinstance(inner, nw.Struct) else []
        return cls(
            column,
            frozenset(field.name for field in fields),
            frozenset(field.name for field in fields if field.dtype == nw.String),
        )

    def text(self, name: str) -> nw.Expr:
        """The member as text; null where the structures have none of that name."""
        value = nw.col(self.column).struct.field(name) if name in self.names else nw.lit(None, nw.String)
        return value.cast(nw.String)

    def number(self, name: str) -> nw.Expr:
        """The member as a 64-bit float, also where it is written as text; null where it is none."""
        if name in self.texts:
            text = self._word(name)
            return nw.when(text.str.contains(NUMBER)).then(text).cast(nw.Float64)
        value = nw.col(self.column).struct.field(name) if name in self.names else nw.lit(None, nw.Float64)
        return value.cast(nw.Float64)

    def check_numbers(self, rows: nw.LazyFrame[Any], names: Iterable[str], caller: str) -> None:
        """Raise if members of these names are texts that are no numbers: their amounts would be missing."""
        checked = [name for name in names if name in self.texts]
        if not checked:
            return
        unread = {name: (self._word(name) != "") & ~self._word(name).str.contains(NUMBER) for name in checked}
        marks = [nw.when(rule).then(nw.lit(1)).otherwise(nw.lit(0)).alias(name) for name, rule in unread.items()]
        counts = collect(rows.select(marks).select(nw.all().sum())).row(0)
        faults = [
            f"{plural(int(count), 'value')} of {name!r} of the {self.column}"
            for name, count in zip(checked, counts, strict=True)
            if count
        ]
        if faults:
            raise DataError(
                f"{caller}: {' and '.join(faults)} cannot be read as numbers, which have a decimal point and no "
                "currency sign. Take the file as the system wrote it, or correct these values."
            )

    def _word(self, name: str) -> nw.Expr:
        return nw.col(self.column).struct.field(name).str.strip_chars()
