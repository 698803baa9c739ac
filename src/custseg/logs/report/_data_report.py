"""`data_report`: counts and findings about the logs, before any feature is computed from them."""

from __future__ import annotations

from custseg._checks import check_choice
from custseg._frames import keeping, release
from custseg.errors import DataError
from custseg.logs._logs import Logs, described_logs
from custseg.logs.report._customer_ids import CustomerIds
from custseg.logs.report._customers import customer_report
from custseg.logs.report._events import event_report
from custseg.logs.report._findings import DataReport, LogReport
from custseg.logs.report._ids import between_findings
from custseg.logs.report._orders import order_report
from custseg.texts import LANGUAGES

_CALLER = "data_report"


def data_report(
    orders: object = None,
    events: object = None,
    customers: object = None,
    *,
    as_of: object,
    strict: bool = False,
    language: str = "en",
) -> DataReport:
    """Report on the quality of the logs before a snapshot: counts in plain words, never rows or ids.

    Parameters
    ----------
    orders, events, customers : Orders, Events, Customers or tables, optional
        The logs, at least one.
    as_of : date, datetime or ISO text
        The moment of the snapshot.
    strict : bool, default False
        Raise one error with all severe findings.
    language : {"en", "ru"}, default "en"
        Language of the texts.

    Returns
    -------
    DataReport
        One report per log: rows, customers, period, coverage of each described column, and findings with their
        severity and remedy. Some findings concern single values: missing customers, dates or amounts, refunds, gifts,
        cancellations, stale or impossible values. Some concern distributions: an id with a large share of the orders,
        placeholder ids, similar or truncated ids, one amount on all lines of an order, reused order numbers, many
        rows on one date, one order per customer, several spellings of one value, duplicates. And some compare two
        logs that share few customers, or write their ids differently.

    Raises
    ------
    DataError
        If a log cannot be opened or lacks columns; with `strict`, if a finding is severe.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Examples
    --------
    >>> from custseg.datasets import make_shop
    >>> from custseg.features import data_report
    >>> shop = make_shop(300, 0)
    >>> data_report(shop.orders, as_of=shop.as_of).count("zero_value_orders") > 0
    True
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    logs = described_logs(orders, events, customers, as_of=as_of, caller=_CALLER)
    return report_on(logs, strict=strict, language=language)


def report_on(logs: Logs, *, strict: bool = False, language: str = "en") -> DataReport:
    """The data report of all logs; with `strict`, severe findings become one error."""
    with keeping() as persisted:
        reports = _reports(logs)
        ids = {report.log: customers for report, customers in reports}
        report = DataReport(tuple(report for report, _ in reports), tuple(between_findings(ids))).in_language(language)
    release(persisted)
    for customers in ids.values():
        # A few customers who are in one log alone would show as the difference of two numbers.
        report = report.beside(customers.count)
    severe = [f"{item.text} {item.remedy}" for item in report.findings if item.severity == "severe"]
    if strict and severe:
        raise DataError(f"{logs.caller}: the data cannot be used as it is: {' '.join(severe)}")
    return report


def _reports(logs: Logs) -> list[tuple[LogReport, CustomerIds]]:
    """The report on each log, and its customers."""
    reports = []
    if logs.orders is not None:
        snapshot = logs.snapshot_of(logs.orders)
        reports.append(order_report(logs.orders, snapshot, logs.order_counts, refunds=logs.refunds))
    if logs.events is not None:
        reports.append(event_report(logs.events, logs.snapshot_of(logs.events), logs.event_counts))
    if logs.customers is not None:
        reports.append(customer_report(logs.customers, logs.read_attributes))
    return reports
