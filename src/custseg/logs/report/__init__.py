"""The data report: counts and findings about the logs as text, each with a remedy.

Start reading in `_data_report.py`. By way of `custseg.logs`, others use `data_report`, its records and `refund_words`.
"""

from __future__ import annotations

from custseg.logs.report._data_report import data_report, report_on
from custseg.logs.report._findings import DataReport, Finding, FindingWriter, LogReport, finding_lines
from custseg.logs.report._words import refund_words
from custseg.logs.report.ready_table._table_report import table_report

__all__ = [
    "DataReport",
    "Finding",
    "FindingWriter",
    "LogReport",
    "data_report",
    "finding_lines",
    "refund_words",
    "report_on",
    "table_report",
]
