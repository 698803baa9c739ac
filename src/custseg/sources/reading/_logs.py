"""Rows of a system as described logs: the same columns for every system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import ZONE_AT_END, in_memory, with_rows
from custseg.errors import DataError
from custseg.logs import Customers, Events, Orders
from custseg.sources.reading._checks import distinct_values, without_early
from custseg.sources.reading._source_table import SourceTable
from custseg.texts import listed

ORDER_COLUMNS = ("product", "category", "channel", "source", "discount", "refund", "cancelled", "currency")
"""Columns of an order log that a system may lack; the role of `Orders` has the same name."""

EVENT_COLUMNS = ("channel", "campaign", "value", "machine")
"""The same of an event log."""


def order_log(
    source: SourceTable,
    frame: nw.LazyFrame[Any],
    *,
    timezone: str,
    date_format: str | None = None,
    rates: Mapping[str, float] | None = None,
    with_orders: bool = True,
) -> Orders:
    """The rows as `Orders`.

    Parameters
    ----------
    source : SourceTable
        The file that the rows come from.
    frame : narwhals LazyFrame
        `customer_id`, `order_id`, `ordered_at` (as written), `amount`, `moment`, and those of `ORDER_COLUMNS` that
        the system has. Rows before 2000 are left out.
    timezone : str
        The zone of the log.
    date_format : str, optional
        How the dates are written.
    rates : mapping of str to float, optional
        What one unit of each currency is worth.
    with_orders : bool, default True
        Whether the file names orders; without, all rows of a customer at one time are one order.
    """
    columns = frame.collect_schema().names()
    roles = {name: name for name in ORDER_COLUMNS if name in columns}
    selected = ["customer_id", "order_id", "ordered_at", "amount", *roles]
    # What a row says depends on the other rows of its order: computed once, not at each step of a fit.
    frame = in_memory(without_early(frame).select(selected))
    if "currency" in roles:
        _check_currencies(source, frame, rates)
    table = with_rows(source.table, frame)
    order = "order_id" if with_orders else None
    return Orders(table, order=order, timezone=timezone, date_format=date_format, rates=rates, **_texts(roles))


def event_log(
    source: SourceTable,
    frame: nw.LazyFrame[Any],
    *,
    names: Mapping[str, str],
    timezone: str,
    date_format: str | None = None,
) -> Events:
    """The rows as `Events`.

    Parameters
    ----------
    source : SourceTable
        The file that the rows come from.
    frame : narwhals LazyFrame
        `customer_id`, `occurred_at` (as written), `event`, `moment`, and those of `EVENT_COLUMNS` that the system
        has. Rows before 2000 are left out.
    names : mapping of str to str
        The system's names of events, and the canonical ones.
    timezone : str
        The zone of the log.
    date_format : str, optional
        How the dates are written.
    """
    columns = frame.collect_schema().names()
    roles = {name: name for name in EVENT_COLUMNS if name in columns}
    table = with_rows(source.table, without_early(frame).select("customer_id", "occurred_at", "event", *roles))
    return Events(table, names=names, timezone=timezone, date_format=date_format, **_texts(roles))


def customer_table(
    source: SourceTable, frame: nw.LazyFrame[Any], *, timezone: str, date_format: str | None = None, **roles: Any
) -> Customers:
    """The rows as `Customers`; `roles` are its arguments, such as ``numeric=["orders"]``."""
    described = {role: value for role, value in roles.items() if value}
    return Customers(with_rows(source.table, frame), timezone=timezone, date_format=date_format, **described)


def attributes_by_kind(source: SourceTable) -> dict[str, list[str]]:
    """The roles of attributes that a file has, by the argument of `Customers` that takes them."""
    roles: dict[str, list[str]] = {}
    for role, kind in source.form.attributes.items():
        if source.has(role):
            roles.setdefault(kind, []).append(role)
    return roles


def in_greenwich_time(frame: nw.LazyFrame[Any], date: str) -> nw.LazyFrame[Any]:
    """The rows with dates that say that they are in Greenwich time, where they do not say another zone."""
    text = nw.col(date).cast(nw.String)
    written = nw.when(text.str.contains(ZONE_AT_END)).then(text).otherwise(nw.concat_str(text, nw.lit("Z")))
    return frame.with_columns(written.alias(date))


def with_moments(
    source: SourceTable, frame: nw.LazyFrame[Any], date_format: str | None, *, date: str = "date"
) -> nw.LazyFrame[Any]:
    """The rows with the moments of dates that were rewritten, in the column `moment`."""
    columns = [name for name in frame.collect_schema().names() if name != "moment"]
    dialect = with_rows(source.table, frame.select(columns)).dialect
    moment = dialect.moment(date, dialect.date_style(date, date_format))
    return dialect.select({**{name: dialect.plain(name) for name in columns}, "moment": moment})


def _check_currencies(source: SourceTable, frame: nw.LazyFrame[Any], rates: Mapping[str, float] | None) -> None:
    """Raise if there are several currencies and no rates, or a currency without a rate."""
    currencies = distinct_values(frame, "currency")
    lacking = [code for code in currencies if code not in (rates or {})]
    if (rates is None and len(currencies) > 1) or (rates is not None and lacking):
        raise DataError(
            f"{source.caller}: the amounts are in {listed(currencies)}, and must not be added. Give rates=, what one "
            f"unit of each is worth in the currency to report in, such as rates={{{currencies[0]!r}: 1.0, ...}}."
        )


def _texts(roles: Mapping[str, str]) -> dict[str, Any]:
    """Keyword arguments of any description."""
    return dict(roles)
