"""Shopify: the exports of orders and of customers from its admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import in_memory
from custseg.errors import DataError
from custseg.logs import Customers, Orders
from custseg.sources.reading import (
    SourceLogs,
    SourceReport,
    SourceTable,
    System,
    checked_rows,
    csv_form,
    customer_table,
    divided,
    first_key,
    mail_key,
    open_source,
    order_log,
    raise_unless_any,
    source_findings,
    without_guard,
)
from custseg.texts import plural

_WORDS = ("order", "order_key", "email", "phone", "billing_phone", "status", "cancelled_at", "currency", "product",
          "vendor", "channel")  # fmt: skip
_NUMBERS = ("quantity", "price", "line_discount", "subtotal", "refunded")
_LINE = ("order", "order_key", "product", "quantity", "price", "line_discount")
_REFUNDED = "refunded"
_NEVER_PAID = ("voided", "expired")
_CUSTOMER_WORDS = ("customer_key", "email", "phone", "address_phone", "country", "province", "accepts_email",
                   "accepts_sms")  # fmt: skip


def shopify(
    orders: object = None,
    customers: object = None,
    *,
    timezone: str = "UTC",
    rates: Mapping[str, float] | None = None,
    as_of: object = None,
    separator: str | None = None,
    encoding: str = "utf-8",
    language: str = "en",
) -> SourceLogs:
    """Read the orders export and the customers export of Shopify.

    The orders export has one row per product of an order, and the cells of the whole order on its first row alone. A
    customer is known by the e-mail address in lower case, and where an order has none by the telephone number: the
    file has no other id.

    The amount of an order is its `Subtotal`, the goods after discounts without shipping, divided among its rows in
    proportion to quantity × price − discount of the row; without a `Subtotal`, the amount of a row is that product.
    Orders with a date in `Cancelled at`, and those whose payment was voided or has expired, count as cancelled. The
    date of a refund is not in the file: it counts at the date of the order, and at most as much as the goods.

    Parameters
    ----------
    orders : path or table, optional
        "Plain CSV file" of Orders > Export, or a pattern of several such files.
    customers : path or table, optional
        The same of Customers > Export: country, province, consent, total orders and total spent.
    timezone : str, default "UTC"
        The zone whose calendar gives the days; the dates have an offset from UTC.
    rates : mapping of str to float, optional
        What one unit of each currency is worth, where there are several.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot: with it, the report counts the rows that are ignored because they are later.
    separator, encoding : str, optional
        Of the CSV files, where another program has saved them.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    SourceLogs
        `orders`, `customers` and the report.

    Raises
    ------
    DataError
        If a file is no such export, its numbers cannot be read, or orders of several shops are mixed.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {
    ...     "Name": ["#1"],
    ...     "Email": ["A@x.org"],
    ...     "Created at": ["2026-09-01 10:00:00 +0200"],
    ...     "Lineitem quantity": [2],
    ...     "Lineitem price": [9.5],
    ... }
    >>> logs = shopify(pl.DataFrame(rows))
    >>> logs.report.rows
    {'orders': 1}
    """
    raise_unless_any("sources.shopify", orders=orders, customers=customers)
    form = csv_form(separator=separator, encoding=encoding)
    rows: dict[str, int] = {}
    counts: dict[str, int] = {}
    order_rows = customer_rows = None
    if orders is not None:
        source = open_source(orders, "shopify", "orders", form=form)
        order_rows, rows["orders"] = _orders(source, counts, timezone=timezone, rates=rates, as_of=as_of)
    if customers is not None:
        source = open_source(customers, "shopify", "customers", form=form)
        customer_rows, rows["customers"] = _customers(source, counts, timezone=timezone)
    report = SourceReport("shopify", rows, source_findings(language, counts), language)
    return SourceLogs(orders=order_rows, customers=customer_rows, report=report)


def _orders(
    source: SourceTable, counts: dict[str, int], *, timezone: str, rates: Mapping[str, float] | None, as_of: object
) -> tuple[Orders, int]:
    frame = in_memory(_filled_down(source.rows(_WORDS, numbers=_NUMBERS, date="created_at")))
    col = nw.col
    conditions = {
        "without_customer": ~col("order").is_null() & col("customer_id").is_null(),
        "without_order": col("order").is_null(),
        "mixed": (col("lowest_key") != col("highest_key")).fill_null(value=False),
        "repeated": ~col("order").is_null() & (col("copies") > 1),
        "continued": ~col("order").is_null() & (col("copies") == 0),
        "versions": ~col("order").is_null() & (col("firsts") > 1) & col("is_first"),
    }
    read = checked_rows(
        source, frame, numbers=_NUMBERS, as_of=as_of, timezone=timezone, date="created_at", conditions=conditions
    )
    if read["mixed"]:
        raise DataError(
            "sources.shopify: orders with one name in column 'Name' have several numbers in column 'Id', so the rows "
            "come from several shops, or from a shop whose numbering began anew. Read each shop by itself."
        )
    # Where another program has filled all cells down, equal rows of an order are two of its products.
    if read["repeated"] and (read["continued"] or source.has("order_key")):
        raise DataError(
            f"sources.shopify: {plural(read['repeated'], 'row has a copy', 'rows have copies')}, though they are "
            "the first of their orders. Do the files overlap? Give each order once, with the cells of the whole order "
            "in its first row alone."
        )
    if read["versions"] and read["continued"]:
        raise DataError(
            f"sources.shopify: {read['versions']} rows have the cells of a whole order that another row has too, "
            "though other orders have them in their first row alone. Was an order changed between two exports, or one "
            "of the files filled down by another program? Give each order once, as it was exported last."
        )
    counts |= {name: read[name] for name in ("without_customer", "without_order")}
    counts |= {"before_2000": read.early, "after_as_of": read.late}
    frame = _with_amounts(frame, refunds=source.has("refunded"), has_status=source.has("status")).filter(
        ~col("order").is_null()
    )
    absent = [name for name in ("currency", "channel", "product") if not source.has(name)]
    frame = frame.rename({"order": "order_id", "created_at": "ordered_at"}).drop(*absent)
    return order_log(source, frame, timezone=timezone, rates=rates), read.rows


def _filled_down(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Each row with what is written on the first row of its order, and with the customer's key."""
    col = nw.col
    of_order = (
        "email",
        "phone",
        "billing_phone",
        "status",
        "cancelled_at",
        "currency",
        "channel",
        "created_at",
        "moment",
    )
    frame = frame.with_columns(
        mail_key("email"), without_guard("phone"), without_guard("billing_phone"), without_guard("order_key")
    )
    # The number and the payment stand in the first row of an order, unless another program has filled them down.
    is_first = ~col("order_key").is_null() | ~col("status").is_null()
    first = nw.when(is_first).then(nw.lit(1)).otherwise(nw.lit(0))
    frame = frame.with_columns(is_first.alias("is_first"), first.alias("copies"), first.alias("firsts"))
    frame = frame.with_columns(col("copies").sum().over(*_LINE), col("firsts").sum().over("order"))
    orders = (
        frame.filter(~col("order").is_null())
        .group_by("order")
        .agg(
            *(col(name).min().alias(f"{name} of order") for name in of_order),
            col("order_key").min().alias("lowest_key"),
            col("order_key").max().alias("highest_key"),
            col("subtotal").max().alias("order_total"),
        )
    )
    frame = frame.join(orders, on="order", how="left")
    frame = frame.with_columns(nw.coalesce(col(name), col(f"{name} of order")).alias(name) for name in of_order)
    frame = frame.drop(*(f"{name} of order" for name in of_order))
    return frame.with_columns(first_key("email", "phone", "billing_phone"))


def _with_amounts(frame: nw.LazyFrame[Any], *, refunds: bool, has_status: bool) -> nw.LazyFrame[Any]:
    """The rows with amount, discount, refund and cancellation."""
    col = nw.col
    gross = col("quantity") * col("price")
    net = gross - col("line_discount").fill_null(0.0)
    frame = frame.with_columns(gross.alias("gross"), net.alias("net"))
    frame = frame.with_columns(col("net").sum().over("order").alias("order_net"))
    never_paid = col("status").is_in(list(_NEVER_PAID)).fill_null(value=False)
    frame = frame.with_columns(
        nw.coalesce(divided("order_total", "net", "order"), col("net")).alias("amount"),
        (~col("cancelled_at").is_null() | never_paid).alias("cancelled"),
    )
    frame = frame.with_columns((col("gross") - col("amount")).alias("discount"))
    if not refunds and not has_status:
        return frame
    goods = nw.coalesce(col("order_total"), col("order_net"))
    refund = nw.when(col("refunded") > goods).then(goods).otherwise(col("refunded"))
    # An order that was refunded in full without an amount of the refund.
    is_whole = (col("status") == _REFUNDED).fill_null(value=False) & col("refunded").max().over("order").is_null()
    refund = nw.when(is_whole).then(col("amount")).otherwise(refund)
    return frame.with_columns(nw.when(~col("cancelled")).then(refund).alias("refund"))


def _customers(source: SourceTable, counts: dict[str, int], *, timezone: str) -> tuple[Customers, int]:
    numbers = ("total_spent", "total_orders")
    frame = source.rows(_CUSTOMER_WORDS, numbers=numbers)
    frame = frame.with_columns(
        mail_key("email"), without_guard("phone"), without_guard("address_phone"), without_guard("customer_key")
    )
    frame = frame.with_columns(first_key("email", "phone", "address_phone"))
    conditions = {"customers_without_key": nw.col("customer_id").is_null()}
    read = checked_rows(source, frame, numbers=numbers, conditions=conditions)
    counts["customers_without_key"] = read["customers_without_key"]
    consent = {"email": "accepts_email", "sms": "accepts_sms"}
    consent = {channel: name for channel, name in consent.items() if source.has(name)}
    category = [name for name in ("country", "province") if source.has(name)]
    columns = ["customer_id", *numbers, *category, *consent.values()]
    table = customer_table(
        source,
        frame.filter(~nw.col("customer_id").is_null()).select(columns),
        timezone=timezone,
        numeric=["total_spent"],
        counts=["total_orders"],
        category=category,
        consent=consent,
    )
    return table, read.rows


SHOPIFY = System(
    "shopify",
    shopify,
    files={"orders": "orders", "customers": "customers"},
    gives=("orders", "customers"),
)
