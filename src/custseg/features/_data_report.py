"""What the logs were like, in counts and plain words, before anything is built from them."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from custseg._frames import collect
from custseg.errors import DataError
from custseg.features._logs import Logs, described_logs
from custseg.tables import (
    AttributeCounts,
    AttributeFacts,
    DataReport,
    EventFacts,
    Finding,
    LogReport,
    by_severity,
    calendar_day,
    days_without_data,
    file_findings,
    finding,
    gather_event_facts,
    gather_order_facts,
    known_attributes,
    look_alike_ids,
    order_report,
)


def data_report(
    orders: object = None,
    events: object = None,
    customers: object = None,
    *,
    as_of: object,
    strict: bool = False,
) -> DataReport:
    """What the logs are like before a snapshot: counts in plain words, never rows or ids.

    Parameters
    ----------
    orders, events, customers : Orders, Events, Customers or tables, optional
        The logs, at least one.
    as_of : date, datetime or ISO text
        The moment of the snapshot.
    strict : bool, default False
        Raise for findings that are severe, all in one error.

    Returns
    -------
    DataReport
        One report per log: rows, customers, period, coverage of each described column, and findings with their
        severity: what lacks a customer, a date or an amount, refunds, gifts, cancellations, duplicates, ids that look
        alike, days without data, currencies, unknown events, values that are stale or cannot be.

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
    return report_on(described_logs(orders, events, customers, as_of=as_of, caller="data_report"), strict=strict)


def report_on(logs: Logs, *, strict: bool = False) -> DataReport:
    """The data report of all logs; with `strict`, severe findings become one error."""
    reports = []
    if logs.orders is not None:
        reports.append(_orders(logs))
    if logs.events is not None:
        reports.append(_events(logs))
    if logs.customers is not None:
        reports.append(_customers(logs))
    report = DataReport(tuple(reports))
    severe = [item.text for item in report.findings if item.severity == "severe"]
    if strict and severe:
        raise DataError(f"{logs.caller}: the data cannot be used as it is: {' '.join(severe)}")
    return report


def _orders(logs: Logs) -> LogReport:
    assert logs.orders is not None
    snapshot = logs.snapshot_of(logs.orders)
    if "order_sums" in vars(logs):
        # The features were built: what they counted on the way need not be counted again.
        sums = logs.order_sums
        worthless = int(sums.table.get_column("worthless_orders").sum()) if logs.window_days is None else None
        return order_report(logs.orders, snapshot, sums.facts, refunds=logs.refunds, zero_value_orders=worthless)
    facts = gather_order_facts(logs.orders, snapshot)
    return order_report(logs.orders, snapshot, facts, refunds=logs.refunds)


def _events(logs: Logs) -> LogReport:
    assert logs.events is not None
    events, snapshot = logs.events, logs.snapshot_of(logs.events)
    facts = vars(logs).get("event_facts") or gather_event_facts(events, snapshot)
    lines = events.lines()
    before = lines.filter(nw.col("moment") < snapshot.moment, ~nw.col("customer").is_null())
    ids = collect(before.select("customer").unique()).get_column("customer")
    duplicates = events.source_table.dialect.count_duplicates()
    findings = [
        *_event_findings(facts),
        *file_findings(events.source_table, [events.value] if events.value else []),
        *finding("duplicate_events", duplicates, ("event repeats", "events repeat"), rest=" an earlier one exactly"),
        *look_alike_ids(ids),
        *days_without_data(lines, snapshot),
    ]
    return LogReport(
        log="events",
        rows=facts.rows,
        customers=len(ids),
        first_day=calendar_day(facts.first_day),
        last_day=calendar_day(facts.last_day),
        coverage={
            "customer": 1 - facts.without_customer / max(facts.rows, 1),
            "event": 1 - facts.without_event / max(facts.rows, 1),
        },
        findings=by_severity(findings),
    )


def _event_findings(facts: EventFacts) -> list[Finding]:
    names = ", ".join(f"{name!r} {count:,}" for name, count in facts.unknown_names.items())
    known = any(facts.counts.values())
    return [
        *finding(
            "unusable_dates",
            facts.unusable_dates,
            ("date", "dates"),
            rest=" cannot be read",
            severity="severe",
        ),
        *finding(
            "unusable_flags",
            facts.unusable_flags,
            ("mark is", "marks are"),
            rest=" neither yes nor no",
            severity="severe",
        ),
        *finding(
            "unknown_events",
            facts.unknown_events,
            ("event has", "events have"),
            rest=f" a name that is not known: {names}",
            severity="warning" if known else "severe",
        ),
        *finding(
            "rows_without_customer",
            facts.without_customer,
            ("event has", "events have"),
            rest=" no customer, left out",
            severity="warning",
        ),
        *finding(
            "rows_without_event",
            facts.without_event,
            ("event has", "events have"),
            rest=" no name",
            severity="warning",
        ),
        *finding(
            "rows_without_date",
            facts.without_date,
            ("event has", "events have"),
            rest=" no date, left out",
            severity="warning",
        ),
        *finding(
            "rows_after_as_of",
            facts.rows_after,
            ("event lies", "events lie"),
            rest=" at or after the snapshot, left out",
        ),
        *finding(
            "machine_lines",
            facts.machine_lines,
            ("event is", "events are"),
            rest=" marked as made by a machine",
        ),
    ]


def _customers(logs: Logs) -> LogReport:
    assert logs.customers is not None
    known = vars(logs).get("known_attributes") or known_attributes(logs.customers, logs.as_of, logs.caller)
    facts: AttributeFacts = known.facts
    ids = known.table.get_column("customer_id")
    findings = [
        *finding(
            "duplicate_customers",
            facts.duplicates,
            ("row repeats", "rows repeat"),
            rest=" the id of another",
            severity="severe",
        ),
        *finding(
            "rows_without_customer",
            facts.without_customer,
            ("row has", "rows have"),
            rest=" no id",
            severity="severe",
        ),
        *finding(
            "rows_after_as_of",
            facts.rows_after,
            ("row was", "rows were"),
            rest=" observed at or after the snapshot",
        ),
        *look_alike_ids(ids),
    ]
    for column in facts.columns:
        findings += _attribute_findings(column)
    for name, count in facts.unusable_observations.items():
        where = f" of observation in {name!r} cannot be read"
        findings += finding("unusable_observations", count, ("date", "dates"), rest=where, severity="severe")
    left = ", ".join(f"{name} ({reason})" for name, reason in facts.left_out.items())
    findings += file_findings(logs.customers.source_table, [])
    findings += finding("columns_left_out", len(facts.left_out), ("column", "columns"), rest=f" left out: {left}")
    return LogReport(
        log="customers",
        rows=facts.rows,
        customers=ids.drop_nulls().n_unique(),
        coverage={column.name: column.known / max(facts.rows, 1) for column in facts.columns},
        findings=by_severity(findings),
    )


def _attribute_findings(column: AttributeCounts) -> list[Finding]:
    """What is wrong with the values of one attribute."""
    where = f" of {column.name!r}"
    age = f" (the median value is {column.median_age_days:,.0f} days old)" if column.median_age_days else ""
    return [
        *finding(
            "unusable_values",
            column.unusable,
            ("value", "values"),
            rest=f"{where} cannot be read",
            severity="severe",
        ),
        *finding(
            "impossible_values",
            column.impossible,
            ("value", "values"),
            rest=f"{where} cannot be",
            severity="severe",
        ),
        *finding(
            "stale_values",
            column.stale,
            ("value", "values"),
            rest=f"{where} observed too long ago and taken as missing{age}",
            severity="warning",
        ),
        *finding(
            "undated_values",
            column.undated,
            ("value", "values"),
            rest=f"{where} without a date of observation, taken as missing",
            severity="warning",
        ),
        *finding(
            "values_not_yet",
            column.not_yet,
            ("value", "values"),
            rest=f"{where} not known yet at the snapshot",
        ),
    ]
