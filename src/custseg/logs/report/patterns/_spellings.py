"""Values of one column that differ only in case or spaces."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from custseg.logs.report._findings import Finding, FindingWriter, Severity, column_name


def spelling_findings(
    write: FindingWriter, column: str, values: Iterable[str], *, severity: Severity = "warning"
) -> list[Finding]:
    """Finding on distinct values of a column that equal another except for case, spaces or the form of a letter."""
    distinct = {value for value in values if value}
    alike = len(distinct) - len({spelled(value) for value in distinct})
    return write("alike_values", alike, severity, column=column_name(column))


def spelled(value: str) -> str:
    """The value normalized for case, spaces and forms of letters."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())
