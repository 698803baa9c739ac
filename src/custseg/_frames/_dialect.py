"""What every engine must be able to say about the columns of a log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import narwhals.stable.v2 as nw

from custseg._frames._files import CSVFormat

MONEY_UNIT = 10_000
"""Money is summed as whole ten-thousandths in 64 bits: a sum then does not depend on the order of rows."""

MONEY_LIMIT = 9.2e14
"""The largest amount that fits 64 bits in ten-thousandths, with room for rounding."""

ColumnKind = Literal["integer", "number", "text", "boolean", "date", "datetime", "zoned datetime", "other"]


@dataclass(frozen=True)
class DateStyle:
    """How a date column is to be read: its kind, whether it carries a zone, the pattern for text."""

    kind: ColumnKind
    zoned: bool
    pattern: str | None = None
    """None is ISO 8601."""


class Dialect(Protocol):
    """Expressions of one engine that bring described columns into canonical form.

    Expressions are the engine's own and opaque to the caller, who hands them back to `select`.
    """

    columns: Sequence[str]
    """The names; those of a CSV may repeat."""
    form: CSVFormat
    """How the values of a CSV file are written."""
    text: bool
    """Whether all values are text still to be read, as in a CSV file."""

    def kind(self, column: str) -> ColumnKind:
        """What sort of values the column has."""
        ...

    def type_name(self, column: str) -> str:
        """The engine's own name of the column's type, for messages."""
        ...

    def identity(self, column: str, *, dated: str | None = None) -> Any:
        """The ids in their own type; NaN and blank text are null.

        In a CSV they are whole numbers where each reads back as written, else text; of a log only lines with a
        value in the `dated` column decide.
        """
        ...

    def whole_numbers(self, column: str, *, dated: str | None = None) -> bool:
        """Whether `identity` gives whole numbers."""
        ...

    def keeping_text(self, column: str) -> Dialect:
        """The same table, with the ids of a CSV column as text, as they are written."""
        ...

    def plain(self, column: str) -> Any:
        """The column in its own type, NaN and blank text as null; in a CSV numbers where all are.

        "01067" is none.
        """
        ...

    def plain_columns(self, columns: Sequence[str]) -> Mapping[str, Any]:
        """`plain` of several columns, with one query for all."""
        ...

    def number_columns(self, columns: Sequence[str]) -> set[str]:
        """The columns whose values are all finite numbers, with one query for all."""
        ...

    def doubtful_marks(self, columns: Sequence[str]) -> list[str]:
        """Columns of a CSV whose decimal marks may stand between thousands: each before exactly three digits."""
        ...

    def word(self, column: str) -> Any:
        """The column as text; blank text is null."""
        ...

    def mapped(self, column: str, names: Mapping[str, str]) -> Any:
        """The words of the column, renamed; a word without a new name is null."""
        ...

    def flag(self, column: str) -> Any:
        """The column as a boolean; null and blank are false, a word that is neither yes nor no is null."""
        ...

    def date_style(self, column: str, date_format: str | None) -> DateStyle:
        """How the dates of the column are written; for text, the first value decides."""
        ...

    def moment(self, column: str, style: DateStyle) -> Any:
        """Microseconds since 1970: of the instant for zoned dates, of the wall clock for others.

        Null where there is no date, and where it cannot be read: a year has four digits.
        """
        ...

    def day(self, column: str, style: DateStyle, timezone: str) -> Any:
        """Days since 1970-01-01 on the calendar of `timezone`."""
        ...

    def number(self, column: str) -> Any:
        """The column as 64-bit float; NaN is null, and so is text that is no number."""
        ...

    def money(self, columns: Sequence[str], rate: tuple[str, Mapping[str, float]] | None) -> Any:
        """The column, or the product of two, in whole ten-thousandths; null where it does not fit.

        `rate` names a currency column and what one unit of each currency is worth.
        """
        ...

    def filled(self, columns: Sequence[str]) -> Any:
        """Whether all of the columns hold a value at all (not null, not NaN, not blank)."""
        ...

    def mixes_zones(self, column: str) -> bool:
        """Whether some of the text dates carry a zone and some do not."""
        ...

    def shape_of_unusable(self, column: str, reading: Any) -> str:
        """One text that `reading` could not read, with digits as 9 and letters as A; empty where none."""
        ...

    def select(self, expressions: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        """A lazy frame with one column per expression."""
        ...

    def count_duplicates(self) -> int:
        """How many rows repeat an earlier row in every column of the table."""
        ...
