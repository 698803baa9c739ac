"""Mapped rows as orders, events or customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect
from custseg.errors import DataError
from custseg.sources.mapping._header import CALLER
from custseg.sources.reading import SourceTable, check_events, customer_table, divided, event_log, n_repeated, order_log
from custseg.texts import plural, shown

_OF_ORDERS = ("product", "category", "channel", "source", "discount", "refund", "currency")
_OF_EVENTS = ("channel", "campaign", "value")


@dataclass(frozen=True)
class Rows:
    """The rows of a mapped file with `customer_id`, and how they are read.

    Attributes
    ----------
    source : SourceTable
        The file.
    frame : narwhals LazyFrame
        Its rows by role.
    timezone, date_format : str
        Of the dates.
    rates : mapping of str to float or None
        What one unit of each currency is worth.
    """

    source: SourceTable
    frame: nw.LazyFrame[Any]
    timezone: str
    date_format: str | None
    rates: Mapping[str, float] | None


def mapped_logs(gives: str, rows: Rows, counts: dict[str, int], *, names: Mapping[str, str] | None) -> dict[str, Any]:
    """The log by its name in `SourceLogs`; `names` are those of events."""
    if gives == "orders":
        return {"orders": _orders(rows)}
    if gives == "events":
        return {"events": _events(rows, names)}
    if "sentiment" in rows.source.form.columns:
        return {"customers": _mentions(rows)}
    return {"customers": _customers(rows, counts)}


def _orders(rows: Rows) -> Any:
    source, frame = rows.source, rows.frame
    if source.form.one_total and source.has("order"):
        # Each row of an order has its total: equal shares sum to it.
        lowest, highest = nw.col("amount").min().over("order"), nw.col("amount").max().over("order")
        differing = collect(frame.with_columns((lowest != highest).alias("differs")).filter(nw.col("differs"))
                            .select(nw.col("order").n_unique())).item()  # fmt: skip
        if differing:
            raise DataError(
                f"{CALLER}: {plural(int(differing), 'order has', 'orders have')} rows with different amounts in column "
                f"{shown(source.names['amount'])}, where {source.form.title} has the total of the order in each row. "
                "Name the column of the total with columns={'amount': '...'}; or, if each row has its own amount, read "
                "the file without preset=."
            )
        frame = frame.with_columns(nw.lit(None, nw.Float64).alias("weight"))
        frame = frame.with_columns(divided("amount", "weight", "order").alias("amount"))
    order = nw.col("order") if source.has("order") else nw.lit(None, nw.String)
    frame = frame.with_columns(order.alias("order_id")).rename({"date": "ordered_at"})
    present = [role for role in _OF_ORDERS if source.has(role)]
    frame = frame.select("customer_id", "order_id", "ordered_at", "moment", "amount", *present)
    return order_log(
        source, frame, timezone=rows.timezone, date_format=rows.date_format, rates=rows.rates,
        with_orders=source.has("order"),
    )  # fmt: skip


def _events(rows: Rows, names: Mapping[str, str] | None) -> Any:
    check_events(CALLER, "names", names)
    present = [role for role in _OF_EVENTS if rows.source.has(role)]
    frame = rows.frame.rename({"date": "occurred_at"})
    frame = frame.select("customer_id", "occurred_at", "moment", "event", *present)
    return event_log(rows.source, frame, names=dict(names or {}), timezone=rows.timezone, date_format=rows.date_format)


def _customers(rows: Rows, counts: dict[str, int]) -> Any:
    """The latest row of each customer."""
    source, col = rows.source, nw.col
    frame = rows.frame.filter(~col("customer_id").is_null())
    roles: dict[str, list[str]] = {}
    for role, kind in source.form.attributes.items():
        if source.has(role):
            roles.setdefault(kind, []).append(role)
    further: dict[str, Any] = {}
    if source.has("date"):
        counts["repeated_customers"] = n_repeated(frame, "customer_id")
        frame = frame.with_columns(col("moment").max().over("customer_id").alias("latest"))
        frame = frame.filter((col("moment") == col("latest")) | col("latest").is_null())
        frame = frame.unique(subset=["customer_id"], keep="any").rename({"date": "observed_at"})
        further["observed_at"] = "observed_at"
    names = [name for group in roles.values() for name in group]
    frame = frame.select("customer_id", *names, *further)
    return customer_table(source, frame, timezone=rows.timezone, date_format=rows.date_format, **roles, **further)


def _mentions(rows: Rows) -> Any:
    """For each customer, how often they were read from, and with which sentiment.

    A sentiment is a word, "positive" or "negative", or a number above or below 0.
    """
    col = nw.col
    frame = rows.frame.filter(~col("customer_id").is_null())
    sentiment = col("sentiment").str.to_lowercase() if rows.source.has("sentiment") else nw.lit(None, nw.String)
    frame = frame.with_columns(sentiment.alias("sentiment"))
    is_positive = col("sentiment").str.contains(r"^positive$|^\+?0*[1-9]|^\+?0*\.0*[1-9]")
    is_negative = col("sentiment").str.contains(r"^negative$|^-")
    frame = frame.with_columns(
        nw.lit(1).alias("one"),
        nw.when(is_positive).then(nw.lit(1)).otherwise(nw.lit(0)).alias("positive"),
        nw.when(is_negative).then(nw.lit(1)).otherwise(nw.lit(0)).alias("negative"),
    )
    table = frame.group_by("customer_id").agg(
        col("one").sum().alias("mentions"),
        col("positive").sum().alias("positive_mentions"),
        col("negative").sum().alias("negative_mentions"),
        col("moment").max().alias("last_mention"),
    )
    table = table.with_columns(col("last_mention").cast(nw.Datetime("us")))
    return customer_table(
        rows.source, table, timezone=rows.timezone,
        counts=["mentions", "positive_mentions", "negative_mentions"], dates=["last_mention"],
    )  # fmt: skip
