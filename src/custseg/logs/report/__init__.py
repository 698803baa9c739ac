"""What the logs were like: counts and findings in words, with what to do about each."""

from __future__ import annotations

from custseg.logs.report._customers import customer_report
from custseg.logs.report._events import event_report
from custseg.logs.report._findings import DataReport, Finding, LogReport
from custseg.logs.report._ids import between_findings
from custseg.logs.report._orders import order_report
from custseg.logs.report._words import refund_words

__all__ = [
    "DataReport",
    "Finding",
    "LogReport",
    "between_findings",
    "customer_report",
    "event_report",
    "order_report",
    "refund_words",
]
