"""Magento and Adobe Commerce: the order grid of the admin."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect
from custseg.errors import DataError
from custseg.sources.reading import (
    SourceLogs,
    SourceReport,
    SourceTable,
    System,
    checked_rows,
    csv_form,
    mail_key,
    open_source,
    order_log,
    source_findings,
    with_moments,
)

_CALLER = "sources.magento"
_HALF_DAYS = "%b %d, %Y %I:%M:%S %p"
_WHOLE_DAYS = "%b %d, %Y %H:%M:%S"
_ENGLISH = r"^[A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4}"
_HALF_DAY = r" [AP]M$"
# An hour of a whole day beside AM or PM, as versions up to 2.3 write it: "Sep 1, 2026 13:02:11 PM".
_WHOLE_DAY = r" (?:00|1[3-9]|2[0-3]):[0-9:]+ [AP]M$"
_CLOSED = "closed"
_CANCELLED = ("canceled", "cancelled", "fraud", "suspected fraud")


def magento(
    orders: object,
    *,
    timezone: str = "UTC",
    date_format: str | None = None,
    as_of: object = None,
    decimal: str | None = None,
    separator: str | None = None,
    language: str = "en",
) -> SourceLogs:
    """Read the order grid of Magento or Adobe Commerce.

    The grid has one row per order, without products. A customer is known by `Customer Email` in lower case: that
    column must be switched on before the export. The amount is `Grand Total (Base)`, in the currency of the website,
    with tax and shipping. Canceled orders and suspected fraud count as cancelled. The date of a refund is not in the
    file: `Total Refunded`, and the whole of a closed order without it, counts at the date of the order.

    Parameters
    ----------
    orders : path or table
        CSV export of Sales > Orders, in English.
    timezone : str, default "UTC"
        The zone of the store, in which dates are written.
    date_format : str, optional
        Pattern of `Purchase Date`; by default ISO 8601 or ``Sep 1, 2026 10:02:11 AM``, also with the hours of a whole
        day as older versions write them (``13:02:11 PM``), whichever the file has.
    as_of : date, datetime or ISO text, optional
        The moment of the snapshot: with it, the report counts the rows that are ignored because they are later.
    decimal : {".", ","}, optional
        Decimal mark; by default a point. Currency signs are not read.
    separator : str, optional
        Of the CSV file, where another program has saved it.
    language : {"en", "ru"}, default "en"
        Language of the report.

    Returns
    -------
    SourceLogs
        `orders` and the report.

    Raises
    ------
    DataError
        If the file is no such export, lacks the e-mail address, has an order twice, or amounts that are no numbers.

    Examples
    --------
    >>> import polars as pl
    >>> rows = {
    ...     "ID": ["000000001"],
    ...     "Purchase Date": ["Sep 1, 2026 10:02:11 AM"],
    ...     "Customer Email": ["A@x.org"],
    ...     "Grand Total (Base)": ["29.0000"],
    ... }
    >>> magento(pl.DataFrame(rows)).orders.lines().collect("polars")["customer"].to_list()
    ['a@x.org']
    """
    source = open_source(orders, "magento", "orders", form=csv_form(separator=separator, decimal=decimal))
    whole_days, date_format = _date_style(source, date_format)
    numbers = ("total", "refunded")
    frame = source.rows(("order", "email", "status"), numbers=numbers, date="date", date_format=date_format)
    frame = frame.with_columns(mail_key("email"))
    col = nw.col
    if whole_days:
        frame = with_moments(source, frame.with_columns(col("date").str.replace_all(_HALF_DAY, "")), date_format)
    frame = frame.with_columns(col("order").len().over("order").alias("copies"))
    read = checked_rows(
        source,
        frame,
        numbers=numbers,
        as_of=as_of,
        timezone=timezone,
        conditions={
            "without_customer": col("email").is_null(),
            "without_order": col("order").is_null(),
            "repeated": ~col("order").is_null() & (col("copies") > 1),
        },
    )
    if read["repeated"]:
        raise DataError(
            f"{_CALLER}: {read['repeated']} rows have the id of another order. Do the files overlap, or are they of "
            "several shops? Give each order once."
        )
    frame = frame.filter(~col("order").is_null())
    status = col("status").str.to_lowercase()
    frame = frame.with_columns(status.is_in(list(_CANCELLED)).fill_null(value=False).alias("cancelled"))
    refund = nw.when(col("refunded") > col("total")).then(col("total")).otherwise(col("refunded"))
    # An order that was refunded in full is closed, also where the grid does not show the amount.
    refund = nw.when((status == _CLOSED).fill_null(value=False) & refund.is_null()).then(col("total")).otherwise(refund)
    frame = frame.with_columns(nw.when(~col("cancelled")).then(refund).alias("refund"))
    frame = frame.rename({"email": "customer_id", "order": "order_id", "date": "ordered_at", "total": "amount"})
    unused = ["refund"] if not (source.has("refunded") or source.has("status")) else []
    log = order_log(source, frame.drop(*unused), timezone=timezone, date_format=date_format)
    counts = {"before_2000": read.early, "after_as_of": read.late}
    counts |= {name: read[name] for name in ("without_customer", "without_order")}
    report = SourceReport("magento", {"orders": read.rows}, source_findings(language, counts), language)
    return SourceLogs(orders=log, report=report)


def _date_style(source: SourceTable, given: str | None) -> tuple[bool, str | None]:
    """Whether hours of a whole day stand beside AM and PM, and the pattern of the dates."""
    if given is not None:
        return False, given
    date = nw.col("date")
    rows: nw.LazyFrame[Any] = source.rows(["date"])
    counted = rows.select(
        english=nw.when(date.str.contains(_ENGLISH)).then(nw.lit(1)).otherwise(nw.lit(0)),
        whole=nw.when(date.str.contains(_WHOLE_DAY)).then(nw.lit(1)).otherwise(nw.lit(0)),
    )
    english, whole = collect(counted.select(nw.col("english", "whole").max())).row(0)
    if not english:
        return False, None
    return bool(whole), _WHOLE_DAYS if whole else _HALF_DAYS


MAGENTO = System("magento", magento, files={"orders": "orders"}, gives=("orders",))
