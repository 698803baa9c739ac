"""The data report of an event log."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from custseg._frames import computed, computed_once, counts_of_counts
from custseg.logs._events import Events
from custseg.logs.facts._event_facts import EventFacts
from custseg.logs.report._customer_ids import CustomerIds
from custseg.logs.report._findings import (
    Finding,
    FindingWriter,
    LogReport,
    by_severity,
    calendar_day,
    column_name,
    in_each_language,
)
from custseg.logs.report._ids import dominant_findings, id_findings
from custseg.logs.report._rules import EVENT_RULES, by_rules, file_findings
from custseg.logs.report.patterns._days import days_without_data
from custseg.snapshot import Snapshot
from custseg.texts import number

_DAY = 86_400_000_000
_MANY_REPEATS = 0.1
_MANY_ALIKE = 0.25
_IDENTITY = ("customer", "moment", "name", "channel", "campaign", "value")


def event_report(events: Events, snapshot: Snapshot, facts: EventFacts) -> tuple[LogReport, CustomerIds]:
    """Report on the event log, and its distinct customers; as `order_report`."""
    col, write = nw.col, FindingWriter("events")
    before = events.lines().filter(col("moment") < snapshot.moment)
    clock = before.select((col("moment") % _DAY).alias("clock"))
    identity = [name for name in _IDENTITY if name in before.collect_schema().names()]
    [customers], [days, clocks, distinct] = computed(
        [computed_once(before.filter(~col("customer").is_null()).group_by("customer").agg(nw.len().alias("lines")))],
        [
            before.select("day").unique(),
            clock.select(col("clock").min().alias("first"), col("clock").max().alias("last")),
            before.select(*identity).unique().select(nw.len().alias("rows")),
        ],
    )
    ids = CustomerIds.of(customers)
    first, last = clocks.row(0)
    findings = [
        *by_rules(write, EVENT_RULES, facts, date=column_name(events.date), machine=column_name(events.machine or "")),
        *_unknown_events(write, facts),
        *file_findings(write, events.source_table, [events.value] if events.value else []),
        *_repeats(write, events, facts, timed=first != last, distinct=int(distinct.item())),
        *id_findings(write, ids),
        *dominant_findings(write, {"lines": counts_of_counts(customers, "lines")}),
        *days_without_data(write, days.get_column("day")),
    ]
    report = LogReport(
        log="events",
        rows=facts.rows,
        customers=ids.count,
        first_day=calendar_day(facts.first_day),
        last_day=calendar_day(facts.last_day),
        coverage={
            "customer": 1 - facts.without_customer / max(facts.rows, 1),
            "event": 1 - facts.without_event / max(facts.rows, 1),
        },
        findings=by_severity(findings),
    )
    return report, ids


def _unknown_events(write: FindingWriter, facts: EventFacts) -> list[Finding]:
    names = in_each_language(
        lambda language: ", ".join(
            f"{column_name(name)} {number(count, language)}" for name, count in facts.unknown_names.items()
        )
    )
    any_event_known = any(facts.counts.values())
    return write("unknown_events", facts.unknown_events, "warning" if any_event_known else "severe", names=names)


def _repeats(write: FindingWriter, events: Events, facts: EventFacts, *, timed: bool, distinct: int) -> list[Finding]:
    """Events that repeat an earlier one in every column, or in the described ones.

    In a log with dates but no times, equal events are plausible; so are views of two products at one moment.
    """
    repeated = events.source_table.dialect.count_duplicates()
    share = repeated / max(facts.rows + facts.rows_after + facts.without_date, 1)
    many_repeats = timed and share >= _MANY_REPEATS
    findings = write("duplicate_events", repeated, "warning" if many_repeats else "note", share=share)
    alike = facts.rows - distinct
    share = alike / max(facts.rows, 1)
    if timed and not many_repeats and share >= _MANY_ALIKE:
        findings += write("alike_events", alike, "warning", share=share)
    return findings
