"""The matrix of movement as text for terminals and as HTML for notebooks; small counts are hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._display import DisplayTable, html_block
from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP, bound_text
from custseg.texts import DASH, number, plural_form, printable, single_line, table
from custseg.texts import text as catalog_text
from custseg.tracking.movement._sums import ShownSum, hidden_movement, movement_sums

_NAME_WIDTH = 14


@dataclass(frozen=True)
class MovementView:
    """What is printed of a comparison.

    Attributes
    ----------
    numbers : tuple of (int or None)
        Of the segments; None for groups of customers in none.
    names : tuple of str
        Of the segments.
    counts : ndarray of int, shape (n_segments + 1, n_segments + 1)
        Customers by segment before and after; new ones in the last row, those that are gone in the last column.
    revenues : ndarray of float or None
        Revenue in the same form.
    as_of, since : str or None
        The moments.
    notes : tuple of str
        Sentences below the tables.
    language : str
        Of all texts.
    """

    numbers: tuple[int | None, ...]
    names: tuple[str, ...]
    counts: Integers
    revenues: Floats | None
    as_of: str | None
    since: str | None
    notes: tuple[str, ...]
    language: str

    def text(self) -> str:
        """As aligned lines."""
        blocks = [[self.headline()]]
        for title, rows in self.tables():
            blocks.append([title, "", *table(rows, left={1})])
        if notes := self.all_notes():
            blocks.append(notes)
        return "\n\n".join("\n".join(block) for block in blocks)

    def html(self) -> str:
        """As a block for a notebook."""
        tables = [DisplayTable.of(rows, title=title) for title, rows in self.tables()]
        return html_block(self.language, lead=[self.headline()], tables=tables, notes=self.all_notes())

    @property
    def _is_in_none(self) -> list[bool]:
        return [number is None for number in self.numbers]

    @property
    def _hidden(self) -> Bools:
        return hidden_movement(self.counts, self._is_in_none)

    def tables(self) -> list[tuple[str, list[list[str]]]]:
        """The titles and rows of the tables, with their headings."""
        words, hidden = self._words(), self._hidden
        counts = _with_totals(self.counts)

        def count(row: int, column: int) -> str:
            if not hidden[row, column]:
                return number(counts[row, column], self.language)
            return bound_text(counts[row, column])

        tables = [(str(words["customers_table"]), self._rows(count))]
        if self.revenues is not None:
            revenues = _with_totals(self.revenues)

            def revenue(row: int, column: int) -> str:
                return DASH if hidden[row, column] else number(revenues[row, column], self.language)

            tables.append((str(words["revenue_table"]), self._rows(revenue)))
        return tables

    def _rows(self, cell: Callable[[int, int], str]) -> list[list[str]]:
        """Headings, a row per segment, the row of new customers, and the sums."""
        words = self._words()
        size = len(self.names)
        marks = [DASH if segment is None else str(segment) for segment in self.numbers]
        labels = list(zip(marks, map(printable, self.names), strict=True))
        heads = [single_line(name, _NAME_WIDTH) if mark == DASH else mark for mark, name in labels]
        rows = [[words["segment"], words["name"], *heads, words["gone"], words["sum"]]]
        for row, label in enumerate([*labels, ("", words["new"]), ("", words["sum"])]):
            cells = [cell(row, column) for column in range(size + 2)]
            if row >= size:
                # New customers were in no snapshot before, and so they are not gone; the sum after has no gone ones.
                cells[size] = "" if row == size else cells[size]
            rows.append([*label, *cells])
        return rows

    def headline(self) -> str:
        """How many changed segments, are new and gone; and how many customers there are and were."""
        words, sums = self._words(), movement_sums(self.counts, self._is_in_none)
        texts = {name: item.text(self.language) for name, item in sums.items()}
        moments = {
            "as_of": words["moment"].format(moment=self.as_of) if self.as_of else "",
            "since": words["moment"].format(moment=self.since) if self.since else "",
        }
        totals = {name: self._counted(name, sums[name]) for name in ("after", "before")}
        headline = str(words["headline"]).format(**totals, **moments)
        return f"{words['sums'].format(**texts)} {headline}" if sums["before"].count else headline

    def _counted(self, name: str, total: ShownSum) -> str:
        form = total.count if total.is_exact else SMALLEST_GROUP
        return plural_form(form, self._words()["customers"], self.language).format(count=total.text(self.language))

    def all_notes(self) -> list[str]:
        if not self._hidden.any():
            return list(self.notes)
        words = [self._words()["hidden"], *([] if self.revenues is None else [self._words()["hidden_revenue"]])]
        return [" ".join(words), *self.notes]

    def _words(self) -> Any:
        return catalog_text(self.language, "movement")


def _with_totals(matrix: Any) -> Any:
    """The matrix with a row and a column of sums."""
    rows = np.vstack([matrix, matrix.sum(axis=0)])
    return np.column_stack([rows, rows.sum(axis=1)])
