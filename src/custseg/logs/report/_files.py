"""What the reading of a CSV file leaves in doubt: short lines, and decimal marks that may stand between thousands."""

from __future__ import annotations

from collections.abc import Sequence

from custseg._frames import Table
from custseg.logs.report._findings import Finding, FindingWriter, column_name


def file_findings(write: FindingWriter, table: Table, money: Sequence[str]) -> list[Finding]:
    """Findings about the file that a log was read from."""
    doubtful = table.dialect.doubtful_marks(money) if money else []
    columns = ", ".join(column_name(name) for name in doubtful)
    mark = table.dialect.form.decimal_mark
    return [
        *write("short_lines", table.short_rows, "warning"),
        *write("thousands_or_decimals", len(doubtful), "warning", columns=columns, mark=mark),
    ]
