"""WooCommerce: orders of its REST API, and the customers export of its Analytics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import exploded
from custseg.errors import DataError
from custseg.logs import Customers, Orders
from custseg.sources.reading import (
    ListMembers,
    SourceLogs,
    SourceReport,
    SourceTable,
    System,
    checked_rows,
    csv_form,
    customer_table,
    divided,
    mail_key,
    n_repeated,
    open_source,
    order_log,
    raise_unless_any,
    source_findings,
)

_CALLER = "sources.woocommerce"
_NOT_PAID = ("cancelled", "failed", "trash", "pending", "checkout-draft", "auto-draft")
_REFUNDED = "refunded"


def woocommerce(
    orders: object = None,
    customers: object = None,
    *,
    timezone: str = "UTC",
    rates: Mapping[str, float] | None = None,
    as_of: object = None,
    decimal: str | None = None,
    separator: str | None = None,
    language: str = "en",
) -> SourceLogs:
    """Read the orders of WooCommerce's REST API, and the customers export of its Analytics.

    A customer is known by the e-mail address of the bill in lower case, which guests have too. The amount of a row is
    the `total` of its product: after discounts, without tax and shipping. Orders that are cancelled, failed, in the
    trash, or not paid yet count as cancelled. The date of a refund is not in the file: it counts at the date of the
    order, and at most as much as the goods. Customers of one address, as a guest and with an account, are one.

    Parameters
    ----------
    orders : path or table, optional
        Answers of ``GET /wp-json/wc/v3/orders``: JSON files with one array each or one order per line, a pattern of
        them, or a table with the same nested columns. The CSV export of Analytics > Orders names no customer.
    customers : path or table, optional
        CSV export of Analytics > Customers, in English: country, region, number of orders and total spend.
    timezone : str, default "UTC"
        The zone of the site. Dates in `date_created_gmt` are converted to it.
    rates : mapping of str to float, optional
        What one unit of each currency is worth, where there are several.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot: with it, the report counts the rows that are ignored because they are later.
    decimal : {".", ","}, optional
        Decimal mark of the customers export, which is that of the shop; by default a point.
    separator : str, optional
        Of the customers export, where another program has saved it.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    SourceLogs
        `orders`, `customers` and the report.

    Raises
    ------
    DataError
        If a file is no such export, or an order occurs twice.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"Email": ["A@x.org"], "Orders": ["2"], "Total Spend": ["19.50"]})
    >>> woocommerce(customers=table).report.rows
    {'customers': 1}
    """
    raise_unless_any(_CALLER, orders=orders, customers=customers)
    rows: dict[str, int] = {}
    counts: dict[str, int] = {}
    order_rows = customer_rows = None
    if orders is not None:
        source = open_source(orders, "woocommerce", "orders")
        order_rows, rows["orders"] = _orders(source, counts, timezone=timezone, rates=rates, as_of=as_of)
    if customers is not None:
        form = csv_form(separator=separator, decimal=decimal)
        source = open_source(customers, "woocommerce", "customers", form=form)
        customer_rows, rows["customers"] = _customers(source, counts, timezone=timezone)
    report = SourceReport("woocommerce", rows, source_findings(language, counts), language)
    return SourceLogs(orders=order_rows, customers=customer_rows, report=report)


def _orders(
    source: SourceTable, counts: dict[str, int], *, timezone: str, rates: Mapping[str, float] | None, as_of: object
) -> tuple[Orders, int]:
    date = "date_gmt" if source.has("date_gmt") else "date"
    if not source.has(date):
        raise DataError(f"{_CALLER}: the orders have neither 'date_created_gmt' nor 'date_created'.")
    words = ("order", "email", "status", "currency", "channel")
    frame = source.rows(words, date=date, plain=["items", "refunds"]).with_columns(mail_key("email"))
    col = nw.col
    frame = frame.with_columns(col("order").alias("order_id"), col("email").alias("customer_id"))
    frame = frame.with_columns(col("order_id").len().over("order_id").alias("times"))
    conditions = {"without_customer": col("customer_id").is_null(), "repeated": col("times") > 1}
    read = checked_rows(source, frame, as_of=as_of, timezone=timezone, date=date, conditions=conditions)
    if read["repeated"]:
        raise DataError(
            f"{_CALLER}: {read['repeated']} rows have the id of another order. Do the pages overlap, or are they of "
            "several shops? Give each order once."
        )
    counts |= {"without_customer": read["without_customer"], "before_2000": read.early, "after_as_of": read.late}
    # A date in Greenwich time is written without its zone.
    written = nw.concat_str(col(date), nw.lit("Z")) if date == "date_gmt" else col(date)
    # The database has "wc-completed" for "completed".
    status = col("status").str.to_lowercase().str.replace_all("^wc-", "")
    frame = frame.with_columns(
        written.alias("ordered_at"),
        status.is_in(list(_NOT_PAID)).fill_null(value=False).alias("cancelled"),
        (status == _REFUNDED).fill_null(value=False).alias("is_refunded"),
    )
    frame = _with_refunds(_by_item(frame), frame)
    absent = [name for name in ("currency", "channel") if not source.has(name)]
    return order_log(source, frame.drop(*absent), timezone=timezone, rates=rates), read.rows


def _by_item(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """A row for each product of an order."""
    item = ListMembers.of(frame, "items")
    rows = frame.explode("items") if item.names else frame
    item.check_numbers(rows, ("total", "subtotal"), _CALLER)
    return rows.with_columns(
        item.number("total").alias("amount"),
        (item.number("subtotal") - item.number("total")).alias("discount"),
        item.text("name").alias("product"),
    )


def _with_refunds(rows: nw.LazyFrame[Any], orders: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The rows with their share of what was refunded for the order, at most the goods."""
    refund = ListMembers.of(orders, "refunds")
    col = nw.col
    # A status of an order that was refunded in full without the amount of the refund.
    whole = nw.when(col("is_refunded")).then(col("amount"))
    if not refund.names:
        return rows.with_columns(whole.alias("refund"))
    refunds = exploded(orders.select("order_id", "refunds"), ["refunds"])
    refund.check_numbers(refunds, ["total"], _CALLER)
    refunds = refunds.with_columns(refund.number("total").abs().alias("refunded"))
    rows = rows.join(refunds.group_by("order_id").agg(col("refunded").sum()), on="order_id", how="left")
    goods = col("amount").sum().over("order_id")
    rows = rows.with_columns(nw.when(col("refunded") > goods).then(goods).otherwise(col("refunded")).alias("refunded"))
    share = nw.coalesce(divided("refunded", "amount", "order_id"), whole)
    return rows.with_columns(nw.when(~col("cancelled")).then(share).alias("refund"))


def _customers(source: SourceTable, counts: dict[str, int], *, timezone: str) -> tuple[Customers, int]:
    numbers = ("orders", "total_spend")
    frame = source.rows(("email", "country", "region"), numbers=numbers).with_columns(mail_key("email"))
    frame = frame.with_columns(nw.col("email").alias("customer_id"))
    conditions = {"customers_without_key": nw.col("customer_id").is_null()}
    read = checked_rows(source, frame, numbers=numbers, conditions=conditions)
    counts["customers_without_key"] = read["customers_without_key"]
    category = [name for name in ("country", "region") if source.has(name)]
    frame = frame.filter(~nw.col("customer_id").is_null()).select("customer_id", *numbers, *category)
    # Who has ordered as a guest and with an account has a row for each.
    counts["merged_customers"] = n_repeated(frame, "customer_id")
    frame = frame.group_by("customer_id").agg(
        *(nw.col(name).sum() for name in numbers), *(nw.col(name).max() for name in category)
    )
    table = customer_table(
        source, frame, timezone=timezone, numeric=["total_spend"], counts=["orders"], category=category
    )
    return table, read.rows


WOOCOMMERCE = System(
    "woocommerce",
    woocommerce,
    files={"orders": "orders", "customers": "customers"},
    gives=("orders", "customers"),
)
