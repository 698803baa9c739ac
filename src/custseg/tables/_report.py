"""What the data was like: counts that a person should see before trusting the segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from custseg._checks import plural

Severity = Literal["note", "warning", "severe"]


@dataclass(frozen=True)
class Finding:
    """One thing found in the data.

    Attributes
    ----------
    name : str
        A stable name, such as "refund_lines".
    count : int
        How often.
    severity : {"note", "warning", "severe"}
        Good to know; may mislead; cannot be used as it is.
    text : str
        A sentence with the count; never a row or an id.
    """

    name: str
    count: int
    severity: Severity
    text: str


@dataclass(frozen=True, repr=False)
class LogReport:
    """What one log was like before the snapshot.

    Attributes
    ----------
    log : {"orders", "events", "customers"}
        Which.
    rows, customers : int
        Rows before the snapshot, and distinct customers among them.
    first_day, last_day : date or None
        The period of these rows.
    coverage : mapping of str to float
        Share of these rows that have a value, by described column.
    findings : tuple of Finding
        What was found, the most serious first.
    """

    log: str
    rows: int
    customers: int
    first_day: date | None = None
    last_day: date | None = None
    coverage: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        head = f"{self.log}: {plural(self.rows, 'row')} of {plural(self.customers, 'customer')}"
        if self.first_day is not None:
            head += f", {self.first_day} to {self.last_day}"
        marks = {"note": "  ", "warning": "! ", "severe": "!!"}
        lines = [f"  {marks[finding.severity]} {finding.text}" for finding in self.findings]
        thin = {name: share for name, share in self.coverage.items() if share < 1}
        if thin:
            shares = ", ".join(f"{name} {percent(share)}" for name, share in thin.items())
            lines.append(f"     Columns with gaps: {shares} filled.")
        return "\n".join([head, *lines])


@dataclass(frozen=True, repr=False)
class DataReport:
    """What the data was like: one report per log; never rows or ids.

    Attributes
    ----------
    logs : tuple of LogReport
        One per log that was given.
    """

    logs: tuple[LogReport, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in all logs."""
        return tuple(finding for log in self.logs for finding in log.findings)

    def count(self, name: str) -> int:
        """How often a finding of that name occurred, such as ``count("refund_lines")``."""
        return sum(finding.count for finding in self.findings if finding.name == name)

    def __repr__(self) -> str:
        return "\n".join(["DataReport", *(repr(log) for log in self.logs)])


def finding(
    name: str, count: int, nouns: tuple[str, str], *, rest: str = "", severity: Severity = "note"
) -> list[Finding]:
    """The finding in a list, with the words for one and for many; an empty list where the count is 0."""
    return [Finding(name, count, severity, plural(count, *nouns) + rest + ".")] if count else []


def by_severity(findings: list[Finding]) -> tuple[Finding, ...]:
    """The most serious first, else in the given order."""
    order = ("severe", "warning", "note")
    return tuple(sorted(findings, key=lambda item: order.index(item.severity)))


def calendar_day(day: int | None) -> date | None:
    """A day counted from 1970-01-01 as a date."""
    return None if day is None else date(1970, 1, 1) + timedelta(days=day)


def percent(share: float) -> str:
    """A share in percent that is never rounded to all or nothing."""
    text = f"{share:.1%}"
    return "99.9%" if text == "100.0%" and share < 1 else "under 0.1%" if text == "0.0%" and share > 0 else text
