"""What the data was like: counts that a person should see before trusting the segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import narwhals.stable.v2 as nw

from custseg._checks import plural
from custseg._frames import collect
from custseg.tables._order_facts import OrderFacts
from custseg.tables._order_totals import order_totals
from custseg.tables._orders import Orders
from custseg.tables._snapshot import Snapshot

Severity = Literal["note", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing found in the data: its name, how often, how serious, and a sentence about it."""

    name: str
    count: int
    severity: Severity
    text: str


@dataclass(frozen=True, repr=False)
class DataReport:
    """Counts over an order log at one snapshot; never rows or ids.

    Attributes
    ----------
    rows : int
        Lines before the snapshot.
    customers : int
        Distinct customers among them.
    first_day, last_day : date
        The period of these lines.
    rows_after_as_of, rows_without_date, rows_without_customer, rows_without_amount : int
        Lines that were left out: at or after the snapshot, without a date, without a customer; and
        lines without an amount, which count as no money.
    refund_lines, cancelled_lines : int
        Lines with a negative amount; lines marked as cancelled.
    zero_value_orders : int
        Orders whose lines add up to nothing.
    duplicate_lines : int
        Lines of the whole log that repeat an earlier one in every column. They are kept.
    refunds : str
        The policy under which orders were valued.
    """

    rows: int
    customers: int
    first_day: date
    last_day: date
    rows_after_as_of: int
    rows_without_date: int
    rows_without_customer: int
    rows_without_amount: int
    refund_lines: int
    cancelled_lines: int
    zero_value_orders: int
    duplicate_lines: int
    refunds: str = "net"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found at all, in words."""
        kept = "are left out" if self.refunds == "gross" else "reduce the money"
        lines = [
            ("rows_without_customer", "line has no customer and is left out",
             "lines have no customer and are left out", "warning"),
            ("rows_without_date", "line has no date and is left out",
             "lines have no date and are left out", "warning"),
            ("rows_without_amount", "line has no amount and counts as no money",
             "lines have no amount and count as no money", "warning"),
            ("rows_after_as_of", "line lies at or after the snapshot and is left out",
             "lines lie at or after the snapshot and are left out", "note"),
            ("refund_lines", "line has a negative amount (refunds: they " + kept + ")",
             "lines have a negative amount (refunds: they " + kept + ")", "note"),
            ("cancelled_lines", "line is marked as cancelled", "lines are marked as cancelled", "note"),
            ("zero_value_orders", "order is worth nothing", "orders are worth nothing", "note"),
            ("duplicate_lines", "line repeats an earlier one exactly and is kept",
             "lines repeat an earlier one exactly and are kept", "note"),
        ]  # fmt: skip
        found = []
        for name, one, many, severity in lines:
            count = getattr(self, name)
            if count:
                found.append(Finding(name, count, severity, plural(count, one, many) + "."))  # type: ignore[arg-type]
        return tuple(found)

    def __repr__(self) -> str:
        head = (
            f"DataReport: {plural(self.rows, 'line')} of {plural(self.customers, 'customer')}, "
            f"{self.first_day} to {self.last_day}"
        )
        return "\n".join([head, *(f"  {finding.text}" for finding in self.findings)])


def report_orders(orders: Orders, snapshot: Snapshot, facts: OrderFacts, *, refunds: str) -> DataReport:
    """The data report of an order log, from its facts and one more pass."""
    lines = orders.lines()
    totals = order_totals(lines, snapshot, facts, refunds=refunds)
    worthless = nw.when((nw.col("lines") > 0) & (nw.col("money") == 0)).then(nw.lit(1))
    counts = collect(
        totals.with_columns(worthless.alias("worthless")).select(
            nw.col("customer").n_unique(), nw.col("worthless").count()
        )
    )
    customers, zero_value_orders = counts.row(0)
    epoch = date(1970, 1, 1)
    return DataReport(
        rows=facts.rows,
        customers=int(customers),
        first_day=epoch + timedelta(days=facts.first_day or 0),
        last_day=epoch + timedelta(days=facts.last_day or 0),
        rows_after_as_of=facts.rows_after,
        rows_without_date=facts.without_date,
        rows_without_customer=facts.without_customer,
        rows_without_amount=facts.without_amount,
        refund_lines=facts.refund_lines,
        cancelled_lines=facts.cancelled_lines,
        zero_value_orders=int(zero_value_orders),
        duplicate_lines=orders.source_table.dialect.count_duplicates(),
        refunds=refunds,
    )
