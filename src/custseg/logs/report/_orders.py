"""The data report of an order log."""

from __future__ import annotations

import math
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import MONEY_DIGITS, MONEY_UNIT, collect, collect_together, counts_of_counts
from custseg._numerics import Integers
from custseg.logs._orders import Orders
from custseg.logs.facts._order_facts import OrderFacts
from custseg.logs.report._customer_ids import CustomerIds
from custseg.logs.report._findings import (
    Finding,
    FindingWriter,
    LogReport,
    Severity,
    by_severity,
    calendar_day,
    column_name,
)
from custseg.logs.report._ids import dominant_findings, id_findings
from custseg.logs.report._rules import ORDER_RULES, SPREAD_RULES, by_rules, file_findings
from custseg.logs.report._words import is_name_of, known_roles, refund_columns
from custseg.logs.report.patterns._days import crowded_days, days_without_data
from custseg.logs.report.patterns._discounts import discount_findings, discount_sums
from custseg.logs.report.patterns._order_spread import order_spread, repeated_totals
from custseg.logs.report.patterns._repeats import repeated_lines, spelling_findings
from custseg.snapshot import Snapshot
from custseg.texts import listed

_REORDERING = 0.03
_WEEK = 7
# Each of these roles alone may give the money of a line.
_AMOUNTS = ("amount", "price", "quantity")
_SPELLED = ("category", "source", "channel", "product")


def order_report(
    orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, refunds: str = "net"
) -> tuple[LogReport, CustomerIds]:
    """Report on the order log.

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

    Returns
    -------
    tuple of LogReport and CustomerIds
        The report, and the distinct customers, for comparison with other logs.
    """
    write = FindingWriter("orders")
    spread = order_spread(orders, snapshot, facts, refunds=refunds)
    ids = CustomerIds.of(spread.customers)
    counts = {name: counts_of_counts(spread.customers, name) for name in ("orders", "lines")}
    policy = {"gross": "gross", "error": "net"}.get(refunds, refunds)
    columns = " × ".join(column_name(name) for name in orders.money_columns())
    fields: dict[str, Any] = {
        "date": column_name(orders.date),
        "amount": columns,
        "refund": column_name(orders.refund or ""),
        "cancelled": column_name(orders.cancelled or ""),
        "order": column_name(orders.order or ""),
        "exception": write.phrase("cancelled", "exception") if orders.has_money else "",
    }
    repeated, several = 0, 0
    if orders.has_money:
        repeated, several = repeated_totals(orders, snapshot, facts, spread=spread, refunds=refunds)
    findings = [
        *by_rules(write, ORDER_RULES, facts, policy=write.phrase("policy", policy), **fields),
        *file_findings(write, orders.source_table, orders.prices()),
        *by_rules(write, SPREAD_RULES, spread, **fields),
        *repeated_lines(write, orders, facts, snapshot=snapshot),
        *id_findings(write, ids),
        *dominant_findings(write, counts),
        *_one_order_each(write, counts["orders"], facts),
        *write(
            "repeated_totals",
            repeated,
            "warning",
            orders=several,
            amount=columns,
        ),
        *days_without_data(write, spread.days),
        *crowded_days(write, spread.day_orders),
        *_currencies(write, facts, orders),
        *_columns(write, orders, snapshot),
    ]
    report = LogReport(
        log="orders",
        rows=facts.rows,
        customers=ids.count,
        first_day=calendar_day(facts.first_day),
        last_day=calendar_day(facts.last_day),
        coverage=_coverage(orders, facts),
        findings=by_severity(findings),
        # A fit shows how many it has clustered: those with a purchase that they kept.
        n_beside=(spread.n_keeping,),
    )
    return report, ids


def _one_order_each(write: FindingWriter, counts: tuple[Integers, Integers], facts: OrderFacts) -> list[Finding]:
    """Finding if almost no customer has ordered twice, as when each order gets a new customer id.

    Even at Olist, whose buyers rarely return, 3 of 100 customers have ordered again.
    """
    orders, customers = counts
    buyers, again = int(customers[orders > 0].sum()), int(customers[orders > 1].sum())
    if facts.first_day is None or facts.last_day is None or facts.last_day - facts.first_day < _WEEK:
        return []
    usual = _REORDERING * buyers
    chance = math.exp(-usual) * sum(usual**k / math.factorial(k) for k in range(min(again, 20) + 1))
    unlikely = chance < 0.01 and again < usual
    wording = "one_order_each" if again else "one_order_each_none"
    return write("one_order_each", buyers if unlikely else 0, "warning", wording=wording, again=again)


def _currencies(write: FindingWriter, facts: OrderFacts, orders: Orders) -> list[Finding]:
    if len(facts.currencies) < 2:
        return []
    named = [code for code in facts.currencies if code is not None]
    if orders.rates is None:
        return write("currencies", len(facts.currencies), "severe", codes=listed(named))
    return write("currencies", len(facts.currencies), "note", wording="currencies_with_rates", codes=listed(named))


def _columns(write: FindingWriter, orders: Orders, snapshot: Snapshot) -> list[Finding]:
    """Findings about single columns: spellings, discounts as rates, undescribed refunds."""
    lines = orders.lines().filter(nw.col("moment") < snapshot.moment)
    roles = [role for role in _SPELLED if getattr(orders, role) is not None]
    frames = [lines.select(role).unique() for role in roles]
    if orders.discount is not None:
        frames.append(discount_sums(lines))
    tables = collect_together(*frames) if frames else []
    findings: list[Finding] = []
    for role, table in zip(roles, tables, strict=False):
        severity: Severity = "note" if role == "product" else "warning"
        values = table.get_column(role).drop_nulls().to_list()
        findings += spelling_findings(write, getattr(orders, role), values, severity=severity)
    if orders.discount is not None:
        findings += discount_findings(write, orders.discount, tables[-1])
    return findings + _undescribed_refunds(write, orders, snapshot) + _undescribed_columns(write, orders)


def _undescribed_columns(write: FindingWriter, orders: Orders) -> list[Finding]:
    """Columns whose names are those of a role that is not described."""
    described = orders.described()
    roles = [role for role in known_roles() if role not in described]
    if orders.has_money:
        roles = [role for role in roles if role not in _AMOUNTS]
    rest = [name for name in orders.source_table.dialect.columns if name not in described.values()]
    names = [name for name in rest if any(is_name_of(name, role) for role in roles)]
    return write("undescribed_columns", len(names), columns=", ".join(map(column_name, names)))


def _undescribed_refunds(write: FindingWriter, orders: Orders, snapshot: Snapshot) -> list[Finding]:
    """Columns of positive amounts with a name such as refund that are not described."""
    dialect, described = orders.source_table.dialect, set(orders.described().values())
    names = [name for name in refund_columns([c for c in dialect.columns if c not in described])
             if dialect.text or dialect.kind(name) in ("integer", "number")]  # fmt: skip
    if orders.refund is not None or not orders.has_money or not names:
        return []
    col = nw.col
    columns = {
        f"refund {number}": dialect.money([name], None, digits=MONEY_DIGITS) for number, name in enumerate(names)
    }
    lines = dialect.select({"moment": orders.dates.expressions()["moment"], **columns})
    before = lines.filter(col("moment") < snapshot.moment)
    marked = before.select(
        *(nw.when(col(key) > MONEY_UNIT).then(nw.lit(1)).alias(key) for key in columns),
        *(nw.when(col(key) < 0).then(nw.lit(1)).alias(f"{key} below") for key in columns),
    )
    counts = collect(marked.select(nw.all().count())).rows(named=True)[0]
    positive = [name for key, name in zip(columns, names, strict=True) if counts[key] and not counts[f"{key} below"]]
    return [
        item
        for key, name in zip(columns, names, strict=True)
        if name in positive
        for item in write("undescribed_refunds", int(counts[key]), column=column_name(name))
    ]


def _coverage(orders: Orders, facts: OrderFacts) -> dict[str, float]:
    lacking = {
        "customer": facts.without_customer,
        "order": facts.without_order,
        "amount": facts.without_amount,
    }
    if orders.order is None:
        del lacking["order"]
    if not orders.has_money:
        del lacking["amount"]
    rows = max(facts.rows, 1)
    shares = {role: 1 - count / rows for role, count in lacking.items()}
    return shares | {role: count / rows for role, count in facts.filled.items()}
