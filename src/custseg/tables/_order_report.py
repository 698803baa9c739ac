"""The data report of an order log."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from custseg._checks import listed
from custseg._frames import collect
from custseg.tables._file_checks import file_findings
from custseg.tables._log_checks import days_without_data, look_alike_ids
from custseg.tables._order_facts import OrderFacts
from custseg.tables._order_totals import order_totals
from custseg.tables._orders import Orders
from custseg.tables._report import Finding, LogReport, by_severity, calendar_day, finding
from custseg.tables._snapshot import Snapshot


def order_report(
    orders: Orders,
    snapshot: Snapshot,
    facts: OrderFacts,
    *,
    refunds: str = "net",
    zero_value_orders: int | None = None,
) -> LogReport:
    """What the order log was like.

    Parameters
    ----------
    orders : Orders
        The log.
    snapshot : Snapshot
        Rows before it are described.
    facts : OrderFacts
        The counts of the log at this snapshot.
    refunds : {"net", "gross", "error"}, default "net"
        The policy under which orders are valued.
    zero_value_orders : int, optional
        How many orders add up to nothing, where that is known; else one more pass finds out.
    """
    lines = orders.lines()
    ids = collect(
        lines.filter(nw.col("moment") < snapshot.moment, ~nw.col("customer").is_null()).select("customer").unique()
    ).get_column("customer")
    if zero_value_orders is None:
        zero_value_orders = _count_zero_value(orders, snapshot, facts, refunds=refunds)
    findings = [
        *_line_findings(facts, refunds),
        *file_findings(orders.source_table, orders.prices()),
        *finding("zero_value_orders", zero_value_orders, ("order is", "orders are"), rest=" worth nothing"),
        *finding(
            "duplicate_lines",
            orders.source_table.dialect.count_duplicates(),
            ("line repeats", "lines repeat"),
            rest=" an earlier one exactly, kept",
        ),
        *look_alike_ids(ids),
        *days_without_data(lines, snapshot),
        *_currency_findings(facts, orders),
    ]
    return LogReport(
        log="orders",
        rows=facts.rows,
        customers=len(ids),
        first_day=calendar_day(facts.first_day),
        last_day=calendar_day(facts.last_day),
        coverage=_coverage(orders, facts),
        findings=by_severity(findings),
    )


def _count_zero_value(orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, refunds: str) -> int:
    totals = order_totals(orders.lines(), snapshot, facts, refunds=refunds)
    nothing = (nw.col("lines") > 0) & (nw.col("money") == 0)
    marked = totals.select(nw.when(nothing).then(nw.lit(1)).alias("nothing"))
    return int(collect(marked.select(nw.col("nothing").count())).item())


def _line_findings(facts: OrderFacts, refunds: str) -> list[Finding]:
    what = "are left out" if refunds == "gross" else "reduce the money"
    has, lies, marked = ("line has", "lines have"), ("line lies", "lines lie"), ("line is", "lines are")
    return [
        *finding(
            "unusable_dates",
            facts.unusable_dates,
            ("date", "dates"),
            rest=" cannot be read",
            severity="severe",
        ),
        *finding(
            "unusable_amounts",
            facts.unusable_amounts,
            ("amount is", "amounts are"),
            rest=" no finite number",
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
            "rows_without_customer",
            facts.without_customer,
            has,
            rest=" no customer, left out",
            severity="warning",
        ),
        *finding("rows_without_date", facts.without_date, has, rest=" no date, left out", severity="warning"),
        *finding(
            "rows_without_amount",
            facts.without_amount,
            has,
            rest=" no amount, counted as no money",
            severity="warning",
        ),
        *finding("rows_without_order", facts.without_order, has, rest=" no order id, taken as orders by their time"),
        *finding("rows_after_as_of", facts.rows_after, lies, rest=" at or after the snapshot, left out"),
        *finding("refund_lines", facts.refund_lines, has, rest=f" a negative amount (refunds {what})"),
        *finding("zero_lines", facts.zero_lines, has, rest=" an amount of 0"),
        *finding("cancelled_lines", facts.cancelled_lines, marked, rest=" marked as cancelled"),
    ]


def _currency_findings(facts: OrderFacts, orders: Orders) -> list[Finding]:
    if len(facts.currencies) < 2:
        return []
    named = [code for code in facts.currencies if code is not None]
    what = f"currencies: {listed(named)}"
    if orders.rates is None:
        return [Finding("currencies", len(facts.currencies), "severe", f"{len(named)} {what}, and no rates.")]
    return [Finding("currencies", len(facts.currencies), "note", f"{len(named)} {what}, brought to one by rates.")]


def _coverage(orders: Orders, facts: OrderFacts) -> dict[str, float]:
    lacking = {
        "customer": facts.without_customer,
        "order": facts.without_order,
        "amount": facts.without_amount,
    }
    if orders.order is None:
        del lacking["order"]
    rows = max(facts.rows, 1)
    shares = {role: 1 - count / rows for role, count in lacking.items()}
    return shares | {role: count / rows for role, count in facts.filled.items()}
