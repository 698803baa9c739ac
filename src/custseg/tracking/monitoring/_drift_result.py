"""`Drift`: how much the customers have changed since a fit, and whether the model should be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from custseg._display import Columnar, DisplayTable, html_block
from custseg.texts import number, printable, table, text

MODERATE, MAJOR = 0.1, 0.25
"""Values of the index from which on a change counts, by convention (Siddiqi 2006)."""


@dataclass(frozen=True)
class DriftRow:
    """One comparison.

    Attributes
    ----------
    kind : {"segments", "outliers", "feature", "recent"}
        The sizes of the segments; the share of outliers; a feature as the model uses it; a feature of the last weeks'
        orders alone.
    feature : str
        The feature; "segment" and "is_outlier" for the first two.
    label : mapping of str to str
        What it is called, by language.
    psi : float
        Population stability index: 0 for equal shares.
    band : float
        Without drift, so many customers stay below it: in 999 of 1,000 looks, all rows do.
    n_before, n_now : int
        Customers that were compared.
    difference : mapping of str to str
        Where the shares differ most, by language.
    """

    kind: str
    feature: str
    label: Mapping[str, str]
    psi: float
    band: float
    n_before: int
    n_now: int
    difference: Mapping[str, str] = field(repr=False)

    @property
    def level(self) -> str:
        """How large the change is: "none" within the band or below 0.1; else "moderate" below 0.25, and "major"."""
        if self.psi <= self.band or self.psi < MODERATE:
            return "none"
        return "moderate" if self.psi < MAJOR else "major"


@dataclass(frozen=True, repr=False)
class Drift(Columnar):
    """How much the customers have changed since the fit of a model.

    Attributes
    ----------
    verdict : {"keep", "watch", "refit"}
        "refit" if sizes of segments or clustered features have changed majorly, or the segments have lost their
        separation; "watch" for any other change; else "keep".
    reasons : mapping of str to str
        Why, by language.
    rows : tuple of DriftRow
        The comparisons.
    silhouette, silhouette_before : float or None
        Mean silhouette of the customers now, and at the fit; None where it was not measured.
    gain, gain_before : float or None
        The same less that of data without structure at the fit.
    as_of, fitted : datetime or None
        The moment, and that of the fit.
    notes : mapping of str to tuple of str
        What was compared and what could not be, by language.
    language : {"en", "ru"}
        Language of the printed result.
    """

    verdict: str
    reasons: Mapping[str, str]
    rows: tuple[DriftRow, ...]
    silhouette: float | None
    silhouette_before: float | None
    gain: float | None
    gain_before: float | None
    as_of: datetime | None
    fitted: datetime | None
    notes: Mapping[str, tuple[str, ...]]
    language: str = "en"

    @property
    def reason(self) -> str:
        """Why, in the language of the result."""
        return self.reasons[self.language]

    @property
    def headline(self) -> str:
        """The verdict and the reason as sentences, in the language of the result."""
        words = text(self.language, "drift")
        return str(words["headline"]).format(verdict=words["verdicts"][self.verdict], reason=self.reason)

    @property
    def changed(self) -> tuple[DriftRow, ...]:
        """The rows with a change, the largest index first."""
        return tuple(sorted((row for row in self.rows if row.level != "none"), key=lambda row: -row.psi))

    def columns(self) -> dict[str, list[Any]]:
        """One row per comparison as columns, for any frame constructor."""
        names = ("kind", "feature", "psi", "band", "level", "n_before", "n_now")
        columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in self.rows] for name in names}
        return {**columns, "difference": [row.difference[self.language] for row in self.rows]}

    def __repr__(self) -> str:
        head, *body = self._table()
        return "\n".join([self.headline, "", *table([head, *body], left={0, 1, 4, 5}), "", *self._sentences()])

    def _repr_html_(self) -> str:
        tables = [DisplayTable.of(self._table())]
        return html_block(self.language, lead=[self.headline], tables=tables, sentences=self._sentences())

    def _table(self) -> list[list[str]]:
        """Headings, and a row per comparison."""
        words = text(self.language, "drift")
        rows = [list(words["columns"].values())]
        for row in self.rows:
            figures = [number(value, self.language, digits=2) for value in (row.psi, row.band)]
            difference = row.difference[self.language] if row.level != "none" else ""
            label = printable(row.label[self.language])
            rows.append([words["kinds"][row.kind], label, *figures, words["levels"][row.level], difference])
        return rows

    def _sentences(self) -> list[str]:
        words, notes = text(self.language, "drift"), list(self.notes[self.language])
        if self.gain is None:
            return notes
        figures = {
            name: number(getattr(self, name), self.language, digits=2)
            for name in ("silhouette", "silhouette_before", "gain", "gain_before")
        }
        return [str(words["silhouette"]).format(**figures), *notes]
