"""`RuleCheck`: what is wrong with rules, whom they take, and how they overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from custseg._display import Columnar, DisplayTable, html_block
from custseg._numerics import Bools, Floats
from custseg._privacy import group_size, shown_count, with_count
from custseg.texts import DASH, number, printable, text
from custseg.texts import table as text_table

_SAID_OF_RESULTS = ("unknown", "plain_rate", "doubtful")


@dataclass(frozen=True)
class RuleFinding:
    """One finding about rules.

    Attributes
    ----------
    kind : str
        "column": a rule does not fit the table. "never": it contradicts itself. "inside": it is true only of customers
        whom an earlier rule takes. "contains": an earlier rule is true only of customers of whom it is true. "nobody",
        "everybody": it is true of no or of every customer. "taken": earlier rules take all of its customers. "gap":
        customers of whom no rule is true. "unknown": customers of whom it is unknown. "plain_rate": it compares a rate
        without regard to the number of trials. "doubtful": the log does not
        tell opens of people from those of machines.
    segments : tuple of str
        The names of the segments in English.
    is_error : bool
        Whether a fit with these rules is refused.
    texts : mapping of str to str
        The finding by language.
    """

    kind: str
    segments: tuple[str, ...]
    is_error: bool
    texts: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class RuleCount:
    """How many customers a rule takes; 1 to 9, and what would give them away, are None.

    Attributes
    ----------
    names : mapping of str to str
        The name of the segment by language.
    gross : int or None
        Customers of whom the rule is true.
    primary : int or None
        Those of whom no earlier rule is true: the segment.
    unknown : int or None
        Customers of whom it is unknown.
    reachable : mapping of str to (int or None)
        Customers of the segment whom each channel reaches.
    precision : float or None
        For a rule with a rate: the share of the customers it is true of whose rate can be expected to be above the
        bound, the least of its rates. None for 1 to 9 customers.
    """

    names: Mapping[str, str]
    gross: int | None
    primary: int | None
    unknown: int | None
    reachable: Mapping[str, int | None]
    precision: float | None = None


@dataclass(frozen=True, eq=False, repr=False)
class RuleCheck(Columnar):
    """What `RuleSegments.check` finds.

    Attributes
    ----------
    findings : tuple of RuleFinding
        Errors first.
    counts : tuple of RuleCount
        One for each rule, in the order of priority; empty without a table, or where the rules do not fit it.
    jaccard : ndarray of shape (n_rules, n_rules) or None
        Of the customers of whom one of two rules is true, the share of whom both are; NaN where the count is 1 to 9 or
        no customer is in either.
    in_several, in_none : int or None
        Customers of whom two rules or more, and no rule, are true; None for 1 to 9 and without a table.
    language : {"en", "ru"}
        Of the printed text.
    """

    findings: tuple[RuleFinding, ...]
    counts: tuple[RuleCount, ...] = ()
    jaccard: Floats | None = None
    in_several: int | None = None
    in_none: int | None = None
    language: str = "en"

    @property
    def is_usable(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.is_error for finding in self.findings)

    def columns(self) -> dict[str, list[Any]]:
        """The counts as columns, for any frame constructor: one row per rule, 1 to 9 missing."""
        channels = list(self.counts[0].reachable) if self.counts else []
        columns: dict[str, list[Any]] = {
            "name": [row.names[self.language] for row in self.counts],
            **{name: [getattr(row, name) for row in self.counts] for name in ("gross", "primary", "unknown")},
        }
        columns |= {f"reachable_{channel}": [row.reachable[channel] for row in self.counts] for channel in channels}
        return {**columns, "precision": [row.precision for row in self.counts]}

    def table(self) -> list[list[str]]:
        """The counts as texts: headings, then one row per rule."""
        words, language = text(self.language, "rule_check", "columns"), self.language
        channels = list(self.counts[0].reachable) if self.counts else []
        heads = [words[name] for name in ("name", "gross", "primary", "unknown")]
        heads += [words["reachable"].format(channel=printable(channel)) for channel in channels]
        rows = [heads]
        for row in self.counts:
            sizes = [group_size(count, language) for count in (row.gross, row.primary, row.unknown)]
            rows.append(
                [printable(row.names[language]), *sizes, *(group_size(row.reachable[c], language) for c in channels)]
            )
        return rows

    def overlaps(self) -> list[list[str]]:
        """The Jaccard matrix as texts: headings, then one row per rule."""
        if self.jaccard is None:
            return []
        names = [printable(row.names[self.language]) for row in self.counts]
        cells = [
            [DASH if np.isnan(value) else number(round(float(value), 2), self.language) for value in line]
            for line in self.jaccard
        ]
        head = text(self.language, "rule_check", "jaccard")
        return [[head, *names], *([name, *line] for name, line in zip(names, cells, strict=True))]

    def notes(self, language: str) -> list[str]:
        """The findings that a result says: who cannot be judged, and plain rates."""
        return [finding.texts[language] for finding in self.findings if finding.kind in _SAID_OF_RESULTS]

    def sentences(self) -> list[str]:
        """The findings, and how many customers are in several rules."""
        words = text(self.language, "rule_check")
        lines = [finding.texts[self.language] for finding in self.findings] or [words["fine"]]
        if self.counts and len(self.counts) > 1:
            lines.append(with_count(_hidden_as_one(self.in_several), words["several"], self.language))
        return lines

    def __repr__(self) -> str:
        blocks = ["\n".join(self.sentences())]
        blocks += ["\n".join(text_table(rows)) for rows in (self.table(), self.overlaps()) if len(rows) > 1]
        return "\n\n".join(blocks)

    def _repr_html_(self) -> str:
        tables = [DisplayTable.of(rows) for rows in (self.table(), self.overlaps()) if len(rows) > 1]
        return html_block(self.language, tables=tables, sentences=self.sentences())


def shown(count: int, size: int) -> int | None:
    """A count of customers as it may be shown; None for 1 to 9."""
    return 0 if count == 0 else shown_count(count, size)


def jaccard_matrix(memberships: Bools) -> Floats:
    """The Jaccard similarity of every two sets of customers; NaN where it must not be shown, and for empty sets."""
    flags = memberships.astype(np.int64)
    both = flags @ flags.T
    sizes = np.diag(both)
    either = sizes[:, None] + sizes[None, :] - both
    is_hidden = ((both > 0) & (both < 10)) | (either < 10)
    with np.errstate(invalid="ignore", divide="ignore"):
        matrix: Floats = np.where(is_hidden, np.nan, both / either)
    return matrix


def _hidden_as_one(count: int | None) -> int:
    """A count that is hidden as one that reads "<10"."""
    return 1 if count is None else count
