"""Values of one column that differ in case or spaces alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from custseg.logs.report._findings import Finding, FindingWriter, Severity, column_name


def spelling_findings(
    write: FindingWriter, column: str, values: Iterable[str], *, severity: Severity = "warning"
) -> list[Finding]:
    """How many of the distinct values of a column equal another but for case, spaces or the form of a letter."""
    distinct = {value for value in values if value}
    alike = len(distinct) - len({spelled(value) for value in distinct})
    return write("alike_values", alike, severity, column=column_name(column))


def spelled(value: str) -> str:
    """The value without what is a matter of spelling."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())
