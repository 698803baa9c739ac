"""Yandex.Metrika: visits and hits of its Logs API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect, exploded, in_memory, text_lists
from custseg.errors import DataError
from custseg.logs import Events, Orders
from custseg.sources.reading import (
    RowCounts,
    SourceLogs,
    SourceReport,
    SourceTable,
    System,
    check_events,
    check_key,
    check_key_column,
    checked_rows,
    csv_form,
    distinct_values,
    divided,
    event_log,
    first_of_each_order,
    key_rows,
    n_repeated,
    number_in,
    open_source,
    order_log,
    raise_unless_any,
    raise_unless_single,
    source_findings,
)
from custseg.texts import plural

_CALLER = "sources.metrika"
_IDS = ("client_id", "user_hash")
_PURCHASES = ("purchases", "revenues", "currencies", "purchase_dates")
_PRODUCTS = ("product_orders", "product_prices", "product_quantities", "products", "product_categories")
_GOALS = ("goals", "goal_dates")
_NOBODY = ("", "0")


def metrika(
    visits: object = None,
    hits: object = None,
    *,
    id: str | Mapping[str, str] = "client_id",
    goals: Mapping[str, str] | None = None,
    timezone: str = "Europe/Moscow",
    rates: Mapping[str, float] | None = None,
    as_of: object = None,
    separator: str = "\t",
    language: str = "en",
) -> SourceLogs:
    r"""Read the visits and hits of the Logs API of Yandex.Metrika.

    Each visit is an event "visited", each purchase one "ordered"; where hits are given, their page views are the events
    "visited" instead, and purchases are in the orders alone. Goals are events as far as `goals` names them. Orders are
    the purchases of the visits, each order once, with `purchaseRevenue` divided among its products in proportion to
    price × quantity.

    Parameters
    ----------
    visits, hits : path or table, optional
        TSV files as the Logs API writes them, a pattern of several parts, or a table with the same names of columns.
        Lists may be texts such as ``['RUB']`` or ``[\'RUB\']``, or lists.
    id : {"client_id", "user_hash"} or mapping of str to str, default "client_id"
        What a customer is: `clientID`, `counterUserIDHash`, or what the mapping has for the `clientID`. Rows without
        it, and those of browsers that keep no cookies (0), are left out and counted.
    goals : mapping of str to str, optional
        Canonical events by the number of a goal, such as ``{"31001": "carted"}``.
    timezone : str, default "Europe/Moscow"
        The zone of the counter, in which `dateTime` is written.
    rates : mapping of str to float, optional
        What one unit of each currency is worth, where there are several.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot: with it, the report counts the rows that are ignored because they are later.
    separator : str, default tab
        Of the files.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    SourceLogs
        `events`, `orders` (None where the visits have no purchase fields) and the report.

    Raises
    ------
    DataError
        If a file is of another kind; for rows of two counters, lists of different lengths in one visit, and ids that
        lost digits.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {"ym:s:clientID": ["17"], "ym:s:dateTime": ["2026-09-01 12:00:00"]}
    >>> metrika(pl.DataFrame(rows)).events
    Events(customer='customer_id', date='occurred_at', event='event', timezone='Europe/Moscow')
    """
    raise_unless_any(_CALLER, visits=visits, hits=hits)
    check_key(_CALLER, id, _IDS)
    check_events(_CALLER, "goals", goals)
    named = {str(goal): event for goal, event in (goals or {}).items()}
    form = csv_form(separator=separator, quoted=separator != "\t")
    rows: dict[str, int] = {}
    counts: dict[str, int] = {}
    events, orders = None, None
    if visits is not None:
        source = open_source(visits, "metrika", "visits", form=form)
        frame, read = _checked(source, id, (*_PURCHASES, *_PRODUCTS, *_GOALS), as_of=as_of, timezone=timezone)
        rows["visits"] = read.rows
        _add(counts, read, n_repeated(frame, "row") if source.has("visit") else 0)
        events = _events(source, frame, named, timezone=timezone)
        if source.has("purchases") and source.has("revenues"):
            orders = _orders(source, frame, counts, timezone=timezone, rates=rates)
    if hits is not None:
        source = open_source(hits, "metrika", "hits", form=form)
        frame, read = _checked(source, id, ("goals",), as_of=as_of, timezone=timezone)
        rows["hits"] = read.rows
        _add(counts, read, n_repeated(frame, "row") if source.has("hit") else 0)
        events = _events(source, frame, named, timezone=timezone)
    report = SourceReport("metrika", rows, source_findings(language, counts), language)
    return SourceLogs(orders=orders, events=events, report=report)


def _add(counts: dict[str, int], read: RowCounts, repeated: int) -> None:
    """Add the counts of one file to those of the others."""
    of_file = {name: read[name] for name in ("without_customer", "repeated_headers")}
    of_file |= {"before_2000": read.early, "after_as_of": read.late}
    for name, count in {**of_file, "repeated_rows": repeated}.items():
        counts[name] = counts.get(name, 0) + count


def _checked(
    source: SourceTable, key: str | Mapping[str, str], lists: Sequence[str], *, as_of: object, timezone: str
) -> tuple[nw.LazyFrame[Any], RowCounts]:
    """The rows with customer and lists; DataError for two counters and lists of different lengths."""
    check_key_column(source, key, mapped="client_id", roles=_IDS)
    words = [*_IDS, "visit", "hit", "counter", "source", "campaign", "is_page_view"]
    present = [name for name in lists if source.has(name)]
    frame = source.rows(words, date="date", plain=present, mapped=key_rows(key, "client_id"))
    frame = text_lists(frame, present)
    col = nw.col
    if isinstance(key, str):
        frame = frame.with_columns(nw.when(~col(key).is_in(list(_NOBODY))).then(col(key)).alias("customer_id"))
    # Ids of visits are unique within a year only.
    year = col("date").cast(nw.String).str.slice(0, 4)
    device = nw.coalesce(col("client_id"), col("user_hash"), nw.lit(""))
    number = nw.coalesce(col("visit"), col("hit"), nw.concat_str(device, col("date").cast(nw.String), separator=" "))
    frame = frame.with_columns(nw.concat_str(year, number, separator=" ").alias("row"))
    # Each part of the Logs API begins with the header, so that joined parts have it among their rows.
    is_header = (col("date").cast(nw.String) == source.names["date"]).fill_null(value=False)
    conditions = {"without_customer": col("customer_id").is_null(), "repeated_headers": is_header}
    for group in (_PURCHASES, _PRODUCTS, _GOALS):
        conditions |= _unequal([name for name in group if name in present])
    read = checked_rows(source, frame, as_of=as_of, timezone=timezone, conditions=conditions)
    if uneven := {name: read[name] for name in conditions if name in source.names and read[name]}:
        names = ", ".join(source.names[name] for name in uneven)
        raise DataError(
            f"{_CALLER}: in {plural(max(uneven.values()), 'row')} the lists of one visit have different lengths: "
            f"{names}. The file was changed, or its quote marks were: take it as the Logs API wrote it."
        )
    if headers := read["repeated_headers"]:
        frame, read = frame.filter(~is_header), replace(read, rows=read.rows - headers)
    raise_unless_single(
        _CALLER,
        distinct_values(frame, "counter"),
        what="counters",
        remedy="Their ids mean different people: read each counter by itself.",
    )
    return frame, read


def _unequal(names: Sequence[str]) -> dict[str, nw.Expr]:
    """By the name of each list but the first, the condition that it is not as long as the first."""
    if not names:
        return {}
    lengths = {name: nw.col(name).list.len().fill_null(0) for name in names}
    return {name: lengths[name] != lengths[names[0]] for name in names[1:]}


def _events(source: SourceTable, frame: nw.LazyFrame[Any], goals: Mapping[str, str], *, timezone: str) -> Events:
    """Visits or page views, purchases and named goals as events."""
    col = nw.col
    columns = ["customer_id", "date", "moment", "event", "campaign"]
    visited = frame.filter(col("is_page_view") == "1") if source.has("is_page_view") else frame
    parts = [visited.with_columns(nw.lit("visited").alias("event")).select(columns)]
    if source.has("purchases"):
        bought = exploded(frame.select("customer_id", "date", "moment", "campaign", "purchases"), ["purchases"])
        parts.append(bought.with_columns(nw.lit("ordered").alias("event")).select(columns))
    if goals and source.has("goals"):
        lists = [name for name in _GOALS if source.has(name)]
        reached = exploded(frame.select("customer_id", "date", "moment", "campaign", *lists), lists)
        reached = reached.filter(col("goals").is_in(list(goals)))
        if "goal_dates" in lists:
            reached = reached.with_columns(col("goal_dates").alias("date"))
        parts.append(reached.with_columns(col("goals").alias("event")).select(columns))
    rows = nw.concat(parts, how="vertical").rename({"date": "occurred_at"})
    rows = rows if source.has("campaign") else rows.drop("campaign")
    return event_log(source, rows, names=goals, timezone=timezone)


def _orders(
    source: SourceTable,
    frame: nw.LazyFrame[Any],
    counts: dict[str, int],
    *,
    timezone: str,
    rates: Mapping[str, float] | None,
) -> Orders:
    """The purchases, one row for each product."""
    col = nw.col
    lists = [name for name in _PURCHASES if source.has(name)]
    purchases = exploded(frame.select("customer_id", "row", "date", "moment", "source", *lists), lists)
    purchases = purchases.with_columns(
        nw.when(col("purchases") != "").then(col("purchases")).alias("order_id"),
        number_in("revenues").alias("total"),
        (col("purchase_dates") if "purchase_dates" in lists else col("date").cast(nw.String)).alias("ordered_at"),
        (col("currencies") if "currencies" in lists else nw.lit(None, nw.String)).alias("currency"),
    )
    purchases = in_memory(purchases)
    unread = collect(purchases.filter(col("total").is_null() & (col("revenues") != "")).select(nw.len())).item()
    if unread:
        raise DataError(
            f"{_CALLER}: {plural(int(unread), 'value')} of {source.names['revenues']} cannot be read as a number."
        )
    counts["repeated_purchases"] = n_repeated(purchases)
    counts["without_order_id"] = int(collect(purchases.filter(col("order_id").is_null()).select(nw.len())).item())
    rows = _by_product(source, frame, first_of_each_order(purchases))
    unused = [name for name in ("source",) if not source.has(name)]
    unused += ["currency"] if "currencies" not in lists else []
    return order_log(source, rows.drop(*unused), timezone=timezone, rates=rates)


def _by_product(source: SourceTable, frame: nw.LazyFrame[Any], purchases: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """A row for each product of a purchase, with its share of the total; one row for a purchase without products."""
    col = nw.col
    lists = [name for name in _PRODUCTS if source.has(name)]
    if not {"product_orders", "product_prices", "product_quantities"} <= set(lists):
        return purchases.with_columns(col("total").alias("amount"))
    goods = exploded(frame.select("row", *lists), lists)
    goods = goods.with_columns(
        nw.when(col("product_orders") != "").then(col("product_orders")).alias("order_id"),
        (number_in("product_prices") * number_in("product_quantities")).alias("weight"),
    )
    described = {"products": "product", "product_categories": "category"}
    names = {old: new for old, new in described.items() if old in lists}
    goods = goods.rename(names).select("row", "order_id", "weight", *names.values())
    rows = purchases.join(goods, on=["row", "order_id"], how="left")
    rows = rows.with_columns(nw.coalesce(col("order_id"), col("row")).alias("purchase"))
    return rows.with_columns(divided("total", "weight", "purchase").alias("amount"))


METRIKA = System("metrika", metrika, files={"orders": "visits", "events": "hits"}, gives=("events", "orders"))
