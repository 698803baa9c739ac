"""Google Analytics 4: the events of its BigQuery export."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike, fsdecode
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import in_memory, matching_paths
from custseg.errors import DataError
from custseg.logs import Orders
from custseg.sources.reading import (
    ListMembers,
    SourceLogs,
    SourceReport,
    SourceTable,
    System,
    check_key,
    check_key_column,
    checked_rows,
    csv_form,
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
from custseg.texts import listed

_CALLER = "sources.ga4"
_IDS = ("user_pseudo_id", "user_id")
_SOURCES = ("session_source", "event_source", "param_source")
_CAMPAIGNS = ("session_campaign", "event_campaign", "param_campaign")
_MONEY = ("revenue", "refund", "value")
_NO_ORDER = ("", "(not set)")
_DAY = re.compile(r"events_(intraday_)?(\d{8})")
_PROPERTY = re.compile(r"analytics_(\d+)")
_UNIX = "unix_us"


def ga4(
    events: object,
    *,
    id: str | Mapping[str, str] = "user_pseudo_id",
    names: Mapping[str, str] | None = None,
    in_usd: bool = False,
    timezone: str = "UTC",
    rates: Mapping[str, float] | None = None,
    as_of: object = None,
    separator: str | None = None,
    language: str = "en",
) -> SourceLogs:
    """Read the events of the BigQuery export of Google Analytics 4, and the orders among them.

    Orders are the events "purchase", each order once: a page that confirms an order reports it again when it is opened
    again. The earliest counts, and where it has items, its `purchase_revenue` is divided among them. The events
    "refund" are negative amounts on the day of the refund; one without a value refunds its whole order, and all of an
    order together at most what it was worth. The source of
    an order is that of its session, else of its event, and never the `traffic_source` of the export, which is the
    first source of the user.

    Parameters
    ----------
    events : path or table
        The tables ``events_YYYYMMDD``: Parquet or JSON lines as BigQuery exports them, a pattern of several files, a
        table of any supported kind, or a CSV file of a query that flattens them.
    id : {"user_pseudo_id", "user_id"} or mapping of str to str, default "user_pseudo_id"
        What a customer is: a browser or device, a user of the site who has logged in, or what the mapping has for the
        `user_pseudo_id`. Events without it are left out and counted.
    names : mapping of str to str, optional
        Further names of events, and the canonical ones, such as ``{"sign_up": "visited"}``. By default "session_start",
        "page_view" and "screen_view" are "visited", "view_item" is "viewed".
    in_usd : bool, default False
        Whether amounts are those that Google has converted to US dollars, for purchases in several currencies.
    timezone : str, default "UTC"
        The zone whose calendar gives the days; that of the property, as a rule.
    rates : mapping of str to float, optional
        What one unit of each currency is worth, where there are several.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot: with it, the report counts the rows that are ignored because they are later.
    separator : str, optional
        Of a CSV file.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    SourceLogs
        `events`, `orders` (None where there is no purchase) and the report.

    Raises
    ------
    DataError
        If the file is no such export; for a report of the screens, for tables of two properties, and for the daily
        and the intraday table of one day.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"event_timestamp": [1788253200123456], "event_name": ["page_view"], "user_pseudo_id": ["1.2"]}
    >>> ga4(pl.DataFrame(rows)).events.lines().collect("polars")["event"].to_list()
    ['visited']
    """
    check_key(_CALLER, id, _IDS)
    canonical = event_names(_CALLER, "ga4", names)
    _check_files(events)
    source = open_source(events, "ga4", "events", form=csv_form(separator=separator))
    check_key_column(source, id, mapped="user_pseudo_id", roles=_IDS)
    frame = _rows(source, id, in_usd=in_usd)
    col = nw.col
    purchase = col("event") == "purchase"
    read = checked_rows(
        source,
        frame,
        numbers=_MONEY,
        as_of=as_of,
        timezone=timezone,
        conditions={
            "without_customer": col("customer_id").is_null(),
            "purchases": purchase,
            "without_order_id": purchase & col("order_id").is_null(),
        },
    )
    counts = {name: read[name] for name in ("without_customer", "without_order_id")}
    counts |= {"before_2000": read.early, "after_as_of": read.late}
    log = event_log(
        source, frame.rename({"date": "occurred_at"}), names=canonical, timezone=timezone, date_format=_UNIX
    )
    orders = None
    if read["purchases"]:
        purchases = frame.filter(purchase)
        counts["repeated_purchases"] = n_repeated(purchases)
        orders = _orders(source, frame, counts, in_usd=in_usd, timezone=timezone, rates=rates)
    report = SourceReport("ga4", {"events": read.rows}, source_findings(language, counts), language)
    return SourceLogs(orders=orders, events=log, report=report)


def _check_files(events: object) -> None:
    """Raise where the paths name two properties, or one day twice."""
    if not isinstance(events, (str, PathLike)):
        return
    paths = matching_paths(fsdecode(events), _CALLER)
    properties = sorted({match[1] for path in paths if (match := _PROPERTY.search(path))})
    if len(properties) > 1:
        raise DataError(
            f"{_CALLER}: the files are of several properties, {listed(properties)}, whose ids mean different people. "
            "Read each property by itself."
        )
    days: dict[str, set[bool]] = {}
    for path in paths:
        if match := _DAY.search(path):
            days.setdefault(match[2], set()).add(match[1] is not None)
    if twice := sorted(day for day, kinds in days.items() if len(kinds) > 1):
        raise DataError(
            f"{_CALLER}: there is a daily and an intraday table of {listed(twice)}, which have the same events. Leave "
            "the intraday tables out."
        )


def _rows(source: SourceTable, key: str | Mapping[str, str], *, in_usd: bool) -> nw.LazyFrame[Any]:
    """The rows with customer, event, order and amounts."""
    end = "_in_usd" if in_usd else ""
    numbers = [f"{name}{end}" for name in _MONEY]
    words = ["event", *_IDS, "channel", "order", "order_param", "currency", *_SOURCES, *_CAMPAIGNS]
    frame = source.rows(
        words, numbers=numbers, date="date", date_format=_UNIX, plain=["items"],
        mapped=key_rows(key, "user_pseudo_id"),
    )  # fmt: skip
    if in_usd:
        frame = frame.rename({f"{name}{tail}": f"{name.removesuffix(end)}{tail}" for name in numbers
                              for tail in ("", " unread")})  # fmt: skip
    col = nw.col
    # The parameter "value" of other events may hold anything.
    has_money = col("event").is_in(["purchase", "refund"]).fill_null(value=False)
    frame = frame.with_columns((col(f"{name} unread") & has_money).alias(f"{name} unread") for name in _MONEY)
    order = nw.coalesce(col("order"), col("order_param"))
    frame = frame.with_columns(
        nw.when(~order.is_in(list(_NO_ORDER))).then(order).alias("order_id"),
        nw.coalesce(*(col(name) for name in _SOURCES)).alias("source"),
        nw.coalesce(*(col(name) for name in _CAMPAIGNS)).alias("campaign"),
        col("channel").str.to_lowercase().alias("channel"),
    )
    if isinstance(key, str):
        frame = frame.with_columns(col(key).alias("customer_id"))
    return frame if source.has("channel") else frame.drop("channel")


def _orders(
    source: SourceTable,
    frame: nw.LazyFrame[Any],
    counts: dict[str, int],
    *,
    in_usd: bool,
    timezone: str,
    rates: Mapping[str, float] | None,
) -> Orders:
    """Purchases, one row for each item, and refunds."""
    col = nw.col
    purchases = in_memory(first_of_each_order(frame.filter(col("event") == "purchase")))
    purchases = purchases.with_columns(nw.coalesce(col("revenue"), col("value")).alias("total"))
    totals = purchases.filter(~col("order_id").is_null()).select(
        "order_id", col("total").alias("whole"), col("currency").alias("currency of order")
    )
    refunds = frame.filter(col("event") == "refund").join(totals, on="order_id", how="left")
    refunds = refunds.with_columns(nw.coalesce(col("refund"), col("value"), col("whole")).abs().alias("amount"))
    refunds = within_orders(refunds, counts).with_columns(
        nw.coalesce(col("currency"), col("currency of order")).alias("currency"),
        (0.0 - col("amount")).alias("amount"),
        nw.lit(None, nw.String).alias("product"),
        nw.lit(None, nw.String).alias("category"),
    )
    selected = ["customer_id", "order_id", "date", "moment", "amount", "source", "currency", "product", "category"]
    selected += ["channel"] if source.has("channel") else []
    rows = nw.concat([_by_item(purchases).select(selected), refunds.select(selected)], how="vertical")
    rows = rows.rename({"date": "ordered_at"})
    unused = [] if source.has("items") else ["product", "category"]
    unused += ["currency"] if in_usd or not source.has("currency") else []
    return order_log(source, rows.drop(*unused), timezone=timezone, date_format=_UNIX, rates=rates)


def _by_item(purchases: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """A row for each item of a purchase, with its share of the total; one row for a purchase without items."""
    col = nw.col
    item = ListMembers.of(purchases, "items")
    if not item.names:
        missing = nw.lit(None, nw.String)
        return purchases.with_columns(col("total").alias("amount"), missing.alias("product"), missing.alias("category"))
    # An order without an id is one event: its time and device name it.
    event = nw.concat_str(nw.coalesce(col("user_pseudo_id"), nw.lit("")), col("moment").cast(nw.String), separator=" ")
    weight = nw.coalesce(
        item.number("item_revenue"),
        item.number("price") * item.number("quantity"),
    )
    rows = purchases.with_columns(nw.coalesce(col("order_id"), event).alias("purchase")).explode("items")
    item.check_numbers(rows, ("item_revenue", "price", "quantity"), _CALLER)
    rows = rows.with_columns(
        weight.alias("weight"),
        nw.coalesce(item.text("item_name"), item.text("item_id")).alias("product"),
        item.text("item_category").alias("category"),
    )
    return rows.with_columns(divided("total", "weight", "purchase").alias("amount"))


GA4 = System("ga4", ga4, files={"orders": "events", "events": "events"}, gives=("events", "orders"))
