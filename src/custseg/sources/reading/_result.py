"""`SourceLogs`: what the function of a system returns, with the report of what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custseg._display import Columnar, html_block
from custseg._privacy import SMALLEST_GROUP
from custseg.logs import Customers, Events, Finding, Orders, finding_lines
from custseg.texts import counted, printable, text


@dataclass(frozen=True, repr=False)
class SourceReport(Columnar):
    """What was read from the files of a system, and what was left out or read in a way that should be known.

    Attributes
    ----------
    system : str
        The system, such as "shopify".
    rows : mapping of str to int
        By file, such as "orders", the number of its rows.
    findings : tuple of Finding
        What was left out, with counts, never rows or ids.
    language : {"en", "ru"}, default "en"
        Language of the texts.

    Examples
    --------
    >>> print(SourceReport("shopify", {"orders": 12}))
    Read from shopify: orders 12 rows.
    """

    system: str
    rows: Mapping[str, int]
    findings: tuple[Finding, ...] = ()
    language: str = "en"

    @property
    def headline(self) -> str:
        """The system, and the rows of its files."""
        words = text(self.language, "sources")
        rows = [
            words["file"].format(file=words["files"].get(name, name), rows=counted(n, words["rows"], self.language))
            for name, n in self.rows.items()
        ]
        return str(words["head"]).format(system=self.system, files=", ".join(rows))

    def count(self, name: str) -> int:
        """How often a finding of that name occurred, such as ``count("without_customer")``."""
        return sum(finding.count for finding in self.findings if finding.name == name)

    def columns(self) -> dict[str, list[Any]]:
        """One row per finding as columns: `name`, `severity`, `count` (missing for 1 to 9), `text` and `remedy`."""
        return {
            "name": [item.name for item in self.findings],
            "severity": [item.severity for item in self.findings],
            "count": [item.count if item.count >= SMALLEST_GROUP else None for item in self.findings],
            "text": [item.text for item in self.findings],
            "remedy": [item.remedy for item in self.findings],
        }

    def _repr_html_(self) -> str:
        items = [
            {"severity": item.severity, "text": printable(item.text), "remedy": printable(item.remedy)}
            for item in self.findings
        ]
        return html_block(self.language, logs=[{"title": self.headline, "findings": items, "gaps": ""}])

    def __repr__(self) -> str:
        return "\n".join([self.headline, *finding_lines(self.findings)])


@dataclass(frozen=True, repr=False)
class SourceLogs:
    """The described logs that the files of a system give, for `fit_segments` and all other functions.

    Attributes
    ----------
    orders : Orders or None
        The order log.
    events : Events or None
        The event log.
    customers : Customers or None
        The customer table.
    report : SourceReport
        What was read and what was left out.

    Examples
    --------
    ``logs = sources.shopify("orders_export.csv")``, then
    ``fit_segments(logs.orders, events=logs.events, customers=logs.customers)``.
    """

    orders: Orders | None = None
    events: Events | None = None
    customers: Customers | None = None
    report: SourceReport = field(default_factory=lambda: SourceReport("", {}))

    def __repr__(self) -> str:
        logs = [repr(log) for log in (self.orders, self.events, self.customers) if log is not None]
        return "\n".join([*logs, repr(self.report)])
