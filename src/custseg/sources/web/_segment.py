"""Segment and RudderStack: the messages of their common specification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import collect, in_memory, with_nested
from custseg.logs import Customers, Orders
from custseg.sources.reading import (
    ListMembers,
    SourceLogs,
    SourceReport,
    SourceTable,
    System,
    attributes_by_kind,
    check_key,
    check_key_column,
    checked_rows,
    customer_table,
    divided,
    event_log,
    event_names,
    first_of_each_order,
    key_rows,
    n_repeated,
    open_source,
    order_log,
    source_findings,
    within_orders,
)

_CALLER = "sources.segment"
_IDS = ("user_id", "anonymous_id")
_WORDS = ("type", "message_id", *_IDS, "event", "campaign", "source", "order", "currency")
_NUMBERS = ("revenue", "subtotal", "total", "shipping", "tax")
_COMPLETED = ("order completed", "completed order")
_REFUNDED = "order refunded"
_KINDS = ("numeric", "counts", "category", "flags", "dates")


def segment(
    messages: object,
    *,
    id: str | Mapping[str, str] = "user_id",
    traits: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    timezone: str = "UTC",
    rates: Mapping[str, float] | None = None,
    as_of: object = None,
    language: str = "en",
) -> SourceLogs:
    """Read the messages of Segment or RudderStack: calls of track, page, screen and identify.

    A message that was sent again (one `messageId`) counts once. Orders are "Order Completed", each order once, the
    earliest: their `revenue`, else `subtotal`, else `total` without shipping and tax, divided among the products.
    "Order Refunded" is a negative amount on its day: its `total`, else its products, else the whole order, and never
    more than the order, all refunds together. An order with an "Order Cancelled" counts as cancelled; "Order Updated"
    is not read.

    Parameters
    ----------
    messages : path or table
        JSON lines, a pattern of files, or a table with the same nested columns.
    id : {"user_id", "anonymous_id"} or mapping of str to str, default "user_id"
        What a customer is: `userId`, `anonymousId`, or what the mapping has for the `anonymousId`. Messages without it
        are left out and counted.
    traits : mapping of str to str, optional
        Traits of identify calls, and what they are: "numeric", "counts", "category", "flags" or "dates". The latest
        value of each trait counts. The country of the address and `createdAt` are always read.
    names : mapping of str to str, optional
        Further names of track calls, and the canonical events; case does not count.
    timezone : str, default "UTC"
        The zone whose calendar gives the days.
    rates : mapping of str to float, optional
        What one unit of each currency is worth, where there are several.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot: with it, the report counts the rows that are ignored because they are later.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    SourceLogs
        `events`, `orders` and `customers` (None where there are no such messages) and the report.

    Raises
    ------
    DataError
        If the file has no such messages, lacks a trait, or its ids or amounts are damaged.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"type": ["page"], "messageId": ["1"], "userId": ["C1"], "timestamp": ["2026-09-01T10:00:00Z"]}
    >>> segment(pl.DataFrame(rows)).events.lines().collect("polars")["event"].to_list()
    ['visited']
    """
    check_key(_CALLER, id, _IDS)
    canonical = {name.lower(): event for name, event in event_names(_CALLER, "segment", names).items()}
    source = _with_traits(open_source(messages, "segment", "messages"), traits or {})
    check_key_column(source, id, mapped="anonymous_id", roles=_IDS)
    frame = in_memory(_rows(source, id))
    col = nw.col
    conditions = {
        "without_customer": col("customer_id").is_null(),
        "purchases": col("event").is_in(list(_COMPLETED)).fill_null(value=False),
        "identified": col("type") == "identify",
    }
    numbers = [role for role in _NUMBERS if source.has(role)]
    read = checked_rows(source, frame, numbers=numbers, as_of=as_of, timezone=timezone, conditions=conditions)
    counts = {"without_customer": read["without_customer"], "before_2000": read.early, "after_as_of": read.late}
    counts["repeated_events"] = n_repeated(frame, "message_id")
    frame = first_of_each_order(frame, "message_id")
    is_event = col("type").is_in(["track", "page", "screen"])
    events = frame.filter(is_event).rename({"date": "occurred_at"}).drop(*_absent(source, "campaign"))
    log = event_log(source, events, names=canonical, timezone=timezone)
    orders = _orders(source, frame, counts, timezone=timezone, rates=rates) if read["purchases"] else None
    customers = _customers(source, frame, timezone=timezone) if read["identified"] else None
    report = SourceReport("segment", {"events": read.rows}, source_findings(language, counts), language)
    return SourceLogs(orders=orders, events=log, customers=customers, report=report)


def _with_traits(source: SourceTable, traits: Mapping[str, str]) -> SourceTable:
    """The file with a role for each trait of the user."""
    for kind in traits.values():
        check_choice(_CALLER, "kind of a trait", kind, allowed=list(_KINDS))
    columns = {f"trait_{name}": f"traits.{name}" for name in traits}
    table = with_nested(source.table, list(columns.values()))
    table.check_columns(_CALLER, {f"traits[{name!r}]": f"traits.{name}" for name in traits})
    kinds = {f"trait_{name}": kind for name, kind in traits.items()}
    form = msgspec.structs.replace(source.form, attributes={**source.form.attributes, **kinds})
    return replace(source, table=table, names={**source.names, **columns}, form=form)


def _absent(source: SourceTable, *roles: str) -> list[str]:
    return [role for role in roles if not source.has(role)]


def _rows(source: SourceTable, key: str | Mapping[str, str]) -> nw.LazyFrame[Any]:
    """The messages with the customer, and the name of the event in lower case: that of the call, or the call itself."""
    kinds = attributes_by_kind(source)
    numeric = [*kinds.get("numeric", []), *kinds.get("counts", [])]
    words = [role for group in kinds.values() for role in group if role not in numeric]
    frame = source.rows(
        [*_WORDS, *words], numbers=[*_NUMBERS, *numeric], date="date", plain=["products"],
        mapped=key_rows(key, "anonymous_id"),
    )  # fmt: skip
    name = nw.when(nw.col("type") == "track").then(nw.col("event")).otherwise(nw.col("type"))
    frame = frame.with_columns(name.str.to_lowercase().alias("event"), nw.col("order").alias("order_id"))
    # Other calls may have properties of these names that are no money.
    has_money = nw.col("event").is_in([*_COMPLETED, _REFUNDED]).fill_null(value=False)
    frame = frame.with_columns((nw.col(f"{role} unread") & has_money).alias(f"{role} unread") for role in _NUMBERS)
    return frame.with_columns(nw.col(key).alias("customer_id")) if isinstance(key, str) else frame


def _orders(
    source: SourceTable,
    frame: nw.LazyFrame[Any],
    counts: dict[str, int],
    *,
    timezone: str,
    rates: Mapping[str, float] | None,
) -> Orders:
    """Purchases and refunds, one row for each product."""
    col = nw.col
    purchases = frame.filter(col("event").is_in(list(_COMPLETED)))
    counts["repeated_purchases"] = n_repeated(purchases)
    counts["without_order_id"] = int(collect(purchases.filter(col("order_id").is_null()).select(nw.len())).item())
    fees = col("shipping").fill_null(0.0) + col("tax").fill_null(0.0)
    goods = nw.coalesce(col("revenue"), col("subtotal"), col("total") - fees)
    bought = _by_product(first_of_each_order(purchases).with_columns(goods.alias("goods")))
    named = bought.filter(~col("order_id").is_null())
    whole = named.group_by("order_id").agg(
        col("amount").sum().alias("whole"), col("currency").max().alias("currency of order")
    )
    refunds = _by_product(frame.filter(col("event") == _REFUNDED).with_columns(col("total").abs().alias("goods")))
    refunds = refunds.join(whole, on="order_id", how="left")
    refunded = col("amount").sum().over("message")
    share = nw.when(refunded > col("whole")).then(col("amount") * col("whole") / refunded).otherwise(col("amount"))
    rows_of_message = col("message").len().over("message").cast(nw.Float64)
    refunds = refunds.with_columns(nw.coalesce(share, col("whole") / rows_of_message).alias("amount"))
    refunds = within_orders(refunds, counts).with_columns(
        (0.0 - col("amount")).alias("amount"),
        nw.coalesce(col("currency"), col("currency of order")).alias("currency"),
    )
    cancelled = frame.filter((col("event") == "order cancelled") & ~col("order_id").is_null())
    cancelled = cancelled.select("order_id").unique().with_columns(nw.lit(value=True).alias("cancelled"))
    selected = ["customer_id", "order_id", "date", "moment", "amount", "product", "category", "source", "currency"]
    rows = nw.concat([bought.select(selected), refunds.select(selected)], how="vertical")
    rows = rows.join(cancelled, on="order_id", how="left")
    rows = rows.with_columns(col("cancelled").fill_null(value=False)).rename({"date": "ordered_at"})
    unused = _absent(source, "source", "currency") + (["product", "category"] if not source.has("products") else [])
    return order_log(source, rows.drop(*unused), timezone=timezone, rates=rates)


def _by_product(messages: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """A row for each product of a message, with its share of the goods; without these, price × quantity."""
    col = nw.col
    message = nw.concat_str(
        nw.coalesce(col("message_id"), nw.lit("")),
        nw.coalesce(col("order_id"), nw.lit("")),
        nw.coalesce(col("customer_id"), nw.lit("")),
        nw.coalesce(col("moment").cast(nw.String), nw.lit("")),
        separator=" ",
    )
    item = ListMembers.of(messages, "products")
    rows = messages.with_columns(message.alias("message"))
    rows = rows.explode("products") if item.names else rows
    item.check_numbers(rows, ("price", "quantity"), _CALLER)
    rows = rows.with_columns(
        (item.number("price") * nw.coalesce(item.number("quantity"), nw.lit(1.0))).alias("weight"),
        nw.coalesce(item.text("name"), item.text("product_id"), item.text("sku")).alias("product"),
        item.text("category").alias("category"),
    )
    return rows.with_columns(nw.coalesce(divided("goods", "weight", "message"), col("weight")).alias("amount"))


def _customers(source: SourceTable, frame: nw.LazyFrame[Any], *, timezone: str) -> Customers:
    """Who was identified, with the latest value of each trait: a call has those that it sets, not all."""
    col = nw.col
    frame = frame.filter((col("type") == "identify") & ~col("customer_id").is_null())
    roles = attributes_by_kind(source)
    table = frame.select("customer_id").unique()
    for name in (name for group in roles.values() for name in group):
        values = frame.filter(~col(name).is_null()).select("customer_id", "moment", name)
        values = values.with_columns(col("moment").max().over("customer_id").alias("latest"))
        values = values.filter((col("moment") == col("latest")) | col("latest").is_null())
        table = table.join(values.group_by("customer_id").agg(col(name).max()), on="customer_id", how="left")
    further: dict[str, Any] = dict(roles)
    return customer_table(source, table, timezone=timezone, **further)


SEGMENT = System(
    "segment",
    segment,
    files={"orders": "messages", "events": "messages", "customers": "messages"},
    gives=("events", "orders", "customers"),
)
