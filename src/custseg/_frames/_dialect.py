"""What every engine must be able to say about the columns of a log."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import narwhals.stable.v2 as nw

from custseg._frames._date_formats import ISO, ISO_ZONED, NUMBER_FORMATS, ZONE_AT_END, DateFormat, date_format
from custseg._frames._files import CSVFormat

MONEY_DIGITS = 4
MONEY_UNIT = 10**MONEY_DIGITS
"""Money is summed as whole ten-thousandths in 64 bits: a sum then does not depend on the order of rows."""

MONEY_LIMIT = 9.2e18
"""The largest whole number of units that fits 64 bits, with room for rounding."""

ROUNDING_LIMIT = 1e-4
"""An amount whose rounding to whole units changes it by a larger share needs a smaller unit."""

DateLimit = tuple[str, "DateStyle", int]
"""A date column, its style and a moment: rows at or after it are not known yet; rows without a date are."""

UNREAD_SHOWN = 1000
"""How many distinct values that cannot be read are looked at, to say what they may be."""

Rate = tuple[str, Mapping[str, float]]
"""A currency column and what one unit of each currency is worth."""

ColumnKind = Literal["integer", "number", "text", "boolean", "date", "datetime", "zoned datetime", "other"]


@dataclass(frozen=True)
class DateStyle:
    """How a date column is to be read: its kind, whether it carries a zone, the pattern for text."""

    kind: ColumnKind
    zoned: bool
    pattern: str | None = None
    """None is ISO 8601; else strptime directives, or a key of `NUMBER_FORMATS`."""

    @property
    def text_format(self) -> DateFormat:
        """How text is read; the dates must not be numbers."""
        if self.pattern is not None:
            return date_format(self.pattern)
        return ISO_ZONED if self.zoned else ISO

    @property
    def microseconds_per_unit(self) -> float | None:
        """Of dates that are numbers; None for all others."""
        return NUMBER_FORMATS.get(self.pattern or "")


def date_style(kind: ColumnKind, pattern: str | None, first_text: Callable[[], str | None]) -> DateStyle:
    """The style of a column of that kind; for text without a pattern, a value decides whether dates have a zone."""
    if kind in ("date", "datetime", "zoned datetime"):
        return DateStyle(kind, zoned=kind == "zoned datetime")
    if pattern in NUMBER_FORMATS:
        return DateStyle(kind, pattern != "excel", pattern)
    if pattern is not None:
        return DateStyle(kind, date_format(pattern).zoned, pattern)
    first = first_text() if kind == "text" else None
    return DateStyle(kind, first is not None and re.search(ZONE_AT_END, first.strip()) is not None)


def shape_of(text: str) -> str:
    """The text with digits as 9 and letters as A, so that a message shows no value of a customer."""
    return re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", text))[:40]


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

    def date_style(self, column: str, pattern: str | None) -> DateStyle:
        """How the dates of the column are written; for text without a pattern, a value decides."""
        ...

    def moment(self, column: str, style: DateStyle) -> Any:
        """Microseconds since 1970: of the instant for zoned dates, of the wall clock for others.

        Null where there is no date, where it cannot be read, and outside the years 1 to 9999.
        """
        ...

    def timed(self, column: str, style: DateStyle, timezone: str) -> Any:
        """Whether the moment is not a midnight on the clock of `timezone`."""
        ...

    def dated(self, column: str) -> Any:
        """Whether there is a value at all; a date of zeros (0000-00-00) is none."""
        ...

    def day(self, column: str, style: DateStyle, timezone: str) -> Any:
        """Days since 1970-01-01 on the calendar of `timezone`."""
        ...

    def number(self, column: str) -> Any:
        """The column as 64-bit float; NaN is null, and so is text that is no number."""
        ...

    def money(self, columns: Sequence[str], rate: Rate | None, *, digits: int) -> Any:
        """The column, or the product of two, in whole units of 10 ** -`digits`; null where that is too large.

        `rate` names a currency column and what one unit of each currency is worth.
        """
        ...

    def rounds(self, columns: Sequence[str], rate: Rate | None, *, digits: int) -> Any:
        """Whether whole units miss the amount by more than `ROUNDING_LIMIT` of it."""
        ...

    def completed(self, columns: Sequence[str], key: str, *, owner: str, date_limit: DateLimit) -> Dialect:
        """The table where rows without a value take that of the other rows with the same key, if it is the only one.

        Keys with several values of `owner` are left as they are. Rows that `known` shuts out neither give nor take.
        """
        ...

    def since(self, column: str, style: DateStyle, moment: int) -> Dialect:
        """The rows with a date at or after the moment; `column` holds the dates."""
        ...

    def before(self, column: str, style: DateStyle, moment: int) -> Dialect:
        """The rows without those with a date at or after the moment; `column` holds the dates."""
        ...

    def loaded(self, columns: Sequence[str]) -> Dialect:
        """The same table with these columns alone, read once; a relation stays in its database."""
        ...

    def filled(self, columns: Sequence[str]) -> Any:
        """Whether all of the columns hold a value at all (not null, not NaN, not blank)."""
        ...

    def mixes_zones(self, column: str) -> bool:
        """Whether some of the text dates carry a zone and some do not."""
        ...

    def unread(self, column: str, reading: Any) -> list[str]:
        """Some distinct values that `reading` could not read, as sorted text."""
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
