"""Which counts of a log or its file are findings, and how serious each is: one line per finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from custseg._frames import Table
from custseg.logs.report._findings import Finding, FindingWriter, Severity, column_name

Rules = tuple[tuple[str, str, Severity], ...]

ORDER_RULES: Rules = (
    # finding, count of OrderFacts, severity
    ("unusable_dates", "unusable_dates", "severe"),
    ("unusable_amounts", "unusable_amounts", "severe"),
    ("unusable_refunds", "unusable_refunds", "severe"),
    ("rounded_amounts", "rounded_amounts", "severe"),
    ("unusable_flags", "unusable_flags", "severe"),
    ("rows_without_customer", "without_customer", "warning"),
    ("rows_without_date", "without_date", "warning"),
    ("rows_without_amount", "without_amount", "warning"),
    ("rows_without_order", "without_order", "note"),
    ("rows_after_as_of", "rows_after", "note"),
    ("refund_lines", "refund_lines", "note"),
    ("refunded_lines", "refunded_lines", "note"),
    ("zero_lines", "zero_lines", "note"),
    ("cancelled_lines", "cancelled_lines", "note"),
)
SPREAD_RULES: Rules = (
    # finding, count of OrderSpread, severity
    ("zero_value_orders", "zero_orders", "note"),
    ("over_refunded_orders", "over_refunded", "warning"),
    ("restarted_orders", "restarted", "warning"),
    ("shared_orders", "shared", "note"),
    ("inexact_orders", "inexact", "warning"),
    ("placeholder_orders", "placeholders", "warning"),
)
EVENT_RULES: Rules = (
    # finding, count of EventFacts, severity
    ("unusable_dates", "unusable_dates", "severe"),
    ("unusable_flags", "unusable_flags", "severe"),
    ("rows_without_customer", "without_customer", "warning"),
    ("rows_without_event", "without_event", "warning"),
    ("rows_without_date", "without_date", "warning"),
    ("rows_after_as_of", "rows_after", "note"),
    ("machine_lines", "machine_lines", "note"),
)
CUSTOMER_RULES: Rules = (
    # finding, count of AttributeFacts, severity
    ("duplicate_customers", "duplicates", "severe"),
    ("rows_without_customer", "without_customer", "severe"),
    ("rows_after_as_of", "rows_after", "note"),
)
ATTRIBUTE_RULES: Rules = (
    # finding, count of AttributeCounts, severity
    ("unusable_values", "unusable", "severe"),
    ("impossible_values", "impossible", "severe"),
    ("stale_values", "stale", "warning"),
    ("undated_values", "undated", "warning"),
    ("values_not_yet", "not_yet", "note"),
)


def by_rules(write: FindingWriter, rules: Rules, counts: object, **fields: Any) -> list[Finding]:
    """The findings that a table of rules gives for the counts."""
    return [item for name, field, severity in rules for item in write(name, getattr(counts, field), severity, **fields)]


def file_findings(write: FindingWriter, table: Table, money: Sequence[str]) -> list[Finding]:
    """Findings about a CSV file: short lines, and decimal marks that may separate thousands."""
    doubtful = table.dialect.doubtful_marks(money) if money else []
    columns = ", ".join(column_name(name) for name in doubtful)
    mark = table.dialect.form.decimal_mark
    return [
        *write("short_lines", table.short_rows, "warning"),
        *write("thousands_or_decimals", len(doubtful), "warning", columns=columns, mark=mark),
    ]
