"""The matrix of movement as text for terminals and as HTML for notebooks; small counts are hidden."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP, hidden_in_cross_table, is_small
from custseg.texts import DASH, counted, number, percent, printable, single_line, table
from custseg.texts import text as catalog_text

# From this number of customers on, a share in whole per cent leaves ten customers open.
_ENOUGH_FOR_SHARES = 2_000
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
        blocks = [[self._headline()]]
        for title, rows in self._tables():
            blocks.append([title, "", *table(rows, left={1})])
        if notes := self._notes():
            blocks.append(notes)
        return "\n\n".join("\n".join(block) for block in blocks)

    def html(self) -> str:
        """As tables with all texts escaped."""
        blocks = [f"<p>{html.escape(self._headline())}</p>"]
        for title, (head, *body) in self._tables():
            cells = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
            rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in body)
            caption = f"<caption>{html.escape(title)}</caption>"
            blocks.append(f"<table>{caption}<thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table>")
        return "".join([*blocks, *(f"<p>{html.escape(note)}</p>" for note in self._notes())])

    @property
    def _hidden(self) -> Bools:
        return hidden_in_cross_table(self.counts)

    def _tables(self) -> list[tuple[str, list[list[str]]]]:
        """The titles and rows of the tables, with their headings."""
        words, hidden = self._words(), self._hidden
        counts = _with_totals(self.counts)

        def count(row: int, column: int) -> str:
            if not hidden[row, column]:
                return number(counts[row, column], self.language)
            return f"<{SMALLEST_GROUP}" if counts[row, column] < SMALLEST_GROUP else f"≥{SMALLEST_GROUP}"

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

    def _headline(self) -> str:
        """How many customers there are and were; and the shares of those who stayed and moved, if nobody is exposed."""
        words = self._words()
        counts = self.counts
        after, before = int(counts[:, :-1].sum()), int(counts[:-1].sum())
        moments = {
            "as_of": words["moment"].format(moment=self.as_of) if self.as_of else "",
            "since": words["moment"].format(moment=self.since) if self.since else "",
        }
        # After, less before, is new less gone: with both totals, a single small one could be computed.
        is_blurred = is_small(counts[-1, :-1].sum()) != is_small(counts[:-1, -1].sum())
        headline = str(words["headline"]).format(
            after=self._counted(after), before=self._counted(before, is_blurred=is_blurred), **moments
        )
        if not before or (self._hidden.any() and before < _ENOUGH_FOR_SHARES):
            return headline
        stayed, gone = int(np.trace(counts[:-1, :-1])), int(counts[:-1, -1].sum())
        shares = {"stayed": stayed, "moved": before - stayed - gone, "gone": gone}
        texts = {name: percent(count / before, self.language) for name, count in shares.items()}
        return f"{headline} {words['shares'].format(**texts)}"

    def _counted(self, count: int, *, is_blurred: bool = False) -> str:
        words = self._words()["customers"]
        if is_blurred and count >= SMALLEST_GROUP:
            tens = count - count % SMALLEST_GROUP
            return str(words[-1]).format(count=f"≥{number(tens, self.language)}")
        if 0 < count < SMALLEST_GROUP:
            return str(words[-1]).format(count=f"<{SMALLEST_GROUP}")
        return counted(count, words, self.language)

    def _notes(self) -> list[str]:
        hidden = [str(self._words()["hidden"])] if self._hidden.any() else []
        return [*hidden, *self.notes]

    def _words(self) -> Any:
        return catalog_text(self.language, "movement")


def _with_totals(matrix: Any) -> Any:
    """The matrix with a row and a column of sums."""
    rows = np.vstack([matrix, matrix.sum(axis=0)])
    return np.column_stack([rows, rows.sum(axis=1)])
