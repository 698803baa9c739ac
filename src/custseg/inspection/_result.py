"""`FileInspection`: the findings about a file, and its description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from custseg.errors import DataError
from custseg.inspection._kind import FileKind
from custseg.inspection.columns._roles import Certainty
from custseg.logs import Customers, Events, Orders

NO_ORDER = "none"
"""Stands for no column of order ids."""


@dataclass(frozen=True)
class Finding:
    """One column or setting that was detected in a file.

    Attributes
    ----------
    subject : str
        The argument of `Orders`, `Events` or `Customers` that it sets, such as "customer" or "decimal".
    value : str
        The column or setting; "none" for the order where no column has order ids.
    certainty : {"certain", "likely", "ambiguous"}
        How certain it is. Ambiguous findings are not in `arguments`.
    reason : str
        The reason, as a phrase.
    alternatives : tuple of str
        Other columns or settings that fit as well or nearly so.
    used : bool
        Whether it is one of `arguments`; unused findings are shown for completeness.
    """

    subject: str
    value: str
    certainty: Certainty
    reason: str
    alternatives: tuple[str, ...] = ()
    used: bool = True


@dataclass(frozen=True, repr=False)
class FileInspection:
    """The result of `inspect`; its `repr` is a report.

    Attributes
    ----------
    path : str
        The file.
    kind : {"orders", "events", "customers", "other"}
        An order log, an event log, a table with one row per customer, or none of these.
    certainty : {"certain", "likely", "ambiguous"}
        How certain the kind is.
    findings : tuple of Finding
        The columns that have a role, and the settings to read the file with.
    columns : tuple of str
        All names of columns, in the order of the file.
    examples : tuple of tuples of str
        Two rows, with every letter as A and every digit as 9.
    layout : mapping of str to object
        How the file is written: ``"form"`` ("csv", "parquet" or "excel"), and for text ``"encoding"``,
        ``"separator"``, ``"line_end"``, ``"skip_rows"``, ``"total_rows"``.
    missing : tuple of str
        Required roles of an order log that no column has.
    event_names : mapping of str to str
        Of an event log: its names and the canonical names of `Events` they stand for, where recognized.
    notes : tuple of str
        Further notes to read before the file is used.
    language : {"en", "ru"}
        Language of the report, the reasons and the notes.
    report : str
        The whole inspection as text.
    """

    path: str
    kind: FileKind
    certainty: Certainty
    findings: tuple[Finding, ...]
    columns: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    layout: Mapping[str, object]
    missing: tuple[str, ...] = ()
    event_names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    language: str = "en"
    report: str = ""

    def __repr__(self) -> str:
        return self.report

    @property
    def arguments(self) -> dict[str, Any]:
        """The unambiguous findings as arguments of `Orders`, `Events` or `Customers`."""
        settled = {
            finding.subject: finding.value
            for finding in self.findings
            if finding.used and finding.certainty != "ambiguous"
        }
        arguments: dict[str, Any] = dict(settled)
        if "skip_rows" in settled:
            arguments["skip_rows"] = int(settled["skip_rows"])
        if self.event_names:
            arguments["names"] = dict(self.event_names)
        if settled.get("order") == NO_ORDER and NO_ORDER not in self.columns:
            arguments["order"] = None
        return arguments

    @property
    def ambiguous(self) -> tuple[Finding, ...]:
        """The findings with several readings."""
        return tuple(finding for finding in self.findings if finding.used and finding.certainty == "ambiguous")

    def description(self, **choices: Any) -> Orders | Events | Customers:
        """The file as `Orders`, `Events` or `Customers`, described by `arguments`.

        Parameters
        ----------
        **choices : Any
            Arguments that replace the findings and settle what is ambiguous.

        Returns
        -------
        Orders, Events or Customers
            The described file.

        Raises
        ------
        DataError
            If something is ambiguous and not chosen, or the file is none of the three.
        """
        open_questions = [finding for finding in self.ambiguous if finding.subject not in choices]
        if open_questions:
            words = "; ".join(
                f"{finding.subject} is {finding.value!r} or {list(finding.alternatives)}" for finding in open_questions
            )
            raise DataError(f"inspect: {words}. Choose one, such as description({open_questions[0].subject}=...).")
        kinds: dict[str, Any] = {"orders": Orders, "events": Events, "customers": Customers}
        if self.kind not in kinds or self.missing:
            raise DataError(f"inspect: {self.path!r} is neither an order log, an event log nor a table of customers.")
        described: Orders | Events | Customers = kinds[self.kind](self.path, **(self.arguments | choices))
        return described
