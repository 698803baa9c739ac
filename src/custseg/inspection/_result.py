"""`FileInspection`: what was found in a file, and how to describe it."""

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
    """One thing that was found in a file.

    Attributes
    ----------
    subject : str
        The argument of `Orders`, `Events` or `Customers` that it settles, such as "customer" or "decimal".
    value : str
        The column or setting; "none" for the order where no column has order ids.
    certainty : {"certain", "likely", "ambiguous"}
        How sure it is. What is ambiguous has no place in `arguments`.
    reason : str
        Why, in a phrase.
    alternatives : tuple of str
        Other columns or settings that fit as well or nearly so.
    used : bool
        Whether it is one of `arguments`; what is not used is shown to be complete.
    """

    subject: str
    value: str
    certainty: Certainty
    reason: str
    alternatives: tuple[str, ...] = ()
    used: bool = True


@dataclass(frozen=True, repr=False)
class FileInspection:
    """What `inspect` found in a file; printed, it is a report.

    Attributes
    ----------
    path : str
        The file.
    kind : {"orders", "events", "customers", "other"}
        A log of orders, a log of events, a table with a row per customer, or none of these.
    certainty : {"certain", "likely", "ambiguous"}
        How sure the kind is.
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
        Roles that a log of orders needs and that no column was found for.
    event_names : mapping of str to str
        Of a log of events: its own names to the canonical ones that `Events` knows, for those that are told.
    notes : tuple of str
        What else to know before the file is used.
    language : {"en", "ru"}
        Of the report, the reasons and the notes.
    report : str
        All of it as text.
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
        """What is not ambiguous, as arguments of `Orders`, `Events` or `Customers`."""
        found = {one.subject: one.value for one in self.findings if one.used and one.certainty != "ambiguous"}
        arguments: dict[str, Any] = dict(found)
        if "skip_rows" in found:
            arguments["skip_rows"] = int(found["skip_rows"])
        if self.event_names:
            arguments["names"] = dict(self.event_names)
        if found.get("order") == NO_ORDER and NO_ORDER not in self.columns:
            arguments["order"] = None
        return arguments

    @property
    def ambiguous(self) -> tuple[Finding, ...]:
        """The findings that have two readings."""
        return tuple(one for one in self.findings if one.used and one.certainty == "ambiguous")

    def description(self, **choices: Any) -> Orders | Events | Customers:
        """The file as `Orders`, `Events` or `Customers`, described by `arguments`.

        Parameters
        ----------
        **choices : Any
            Arguments that take the place of what was found, and settle what is ambiguous.

        Returns
        -------
        Orders, Events or Customers
            The described file.

        Raises
        ------
        DataError
            If something is ambiguous and not chosen, or the file is none of the three.
        """
        open_questions = [one for one in self.ambiguous if one.subject not in choices]
        if open_questions:
            words = "; ".join(f"{one.subject} is {one.value!r} or {list(one.alternatives)}" for one in open_questions)
            raise DataError(f"inspect: {words}. Choose one, such as description({open_questions[0].subject}=...).")
        kinds: dict[str, Any] = {"orders": Orders, "events": Events, "customers": Customers}
        if self.kind not in kinds or self.missing:
            raise DataError(f"inspect: {self.path!r} is no log of orders or events and no table of customers.")
        described: Orders | Events | Customers = kinds[self.kind](self.path, **(self.arguments | choices))
        return described
