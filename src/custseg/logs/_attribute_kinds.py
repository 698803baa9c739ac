"""Kinds of attribute columns, and their inference from column types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from custseg._frames import Dialect

AttributeKind = Literal["number", "count", "category", "flag", "interests", "date", "birth date", "consent"]

DATES = ("date", "datetime", "zoned datetime", "text")
"""Kinds of columns that can hold dates."""

_ANSWERS = ("boolean", "integer", "number", "text")
RULES: dict[AttributeKind, tuple[str, tuple[str, ...]]] = {
    "number": ("be numeric", ("integer", "number")),
    "count": ("be numeric", ("integer", "number")),
    "category": ("hold words (text, whole numbers or booleans)", ("text", "integer", "boolean")),
    "flag": ("hold yes or no", _ANSWERS),
    "consent": ("hold yes or no", _ANSWERS),
    "interests": ("be text, such as 'books|toys'", ("text",)),
    "date": ("hold dates", DATES),
    "birth date": ("hold dates", DATES),
}
"""Requirement for a column of each kind: as text, and as kinds of columns."""

YES_AND_NO = {
    spelled: answer
    for answer, words in (
        ("yes", ("true", "t", "yes", "y", "1", "1.0")),
        ("no", ("false", "f", "no", "n", "0", "0.0")),
    )
    for word in words
    for spelled in (word, word.capitalize(), word.upper())
}
"""Spellings of yes and no."""

_KIND_BY_NAME: dict[str, AttributeKind] = {"birth_date": "birth date", "interests": "interests"}
_KINDS_BY_TYPE: dict[str, tuple[AttributeKind, ...]] = {
    "integer": ("number",),
    "number": ("number",),
    "boolean": ("flag",),
    "date": ("date",),
    "datetime": ("date",),
    "zoned datetime": ("date",),
    "text": ("date", "category"),
}
_KINDS_OF_TEXT: tuple[AttributeKind, ...] = ("flag", "date", "category")


@dataclass(frozen=True)
class Attribute:
    """One described column of a customer table.

    Attributes
    ----------
    name : str
        The column.
    kind : str
        Kind of its values: "number", "count", "category", "flag", "interests", "date", "birth date" or "consent".
    place : int
        Index in `Customers.lines`: the values are in the column ``f"value_{place}"``.
    channel : str
        Of a consent; "" for other kinds.
    observed_at : str or None
        The column with the date of observation; None if there is none.
    max_age_days : int or None
        Maximum age of a value in days.
    inferred : bool
        Whether the kind is inferred; a column then has one entry per possible kind.
    """

    name: str
    kind: AttributeKind
    index: int
    channel: str = ""
    observed_at: str | None = None
    max_age_days: int | None = None
    inferred: bool = False

    @property
    def is_date(self) -> bool:
        """Whether the values are dates."""
        return self.kind in ("date", "birth date")

    @property
    def is_answer(self) -> bool:
        """Whether the values are yes or no."""
        return self.kind in ("flag", "consent")


def possible_kinds(dialect: Dialect, column: str, numeric: bool) -> tuple[AttributeKind, ...]:
    """Possible kinds of a column that is not described, the most likely first; none for an id."""
    name = column.lower()
    if name == "id" or name.endswith("_id"):
        return ()
    kind_by_name = _KIND_BY_NAME.get(name)
    if kind_by_name is not None and dialect.kind(column) in RULES[kind_by_name][1]:
        return (kind_by_name,)
    if dialect.text:
        return ("number",) if numeric else _KINDS_OF_TEXT
    return _KINDS_BY_TYPE.get(dialect.kind(column), ())
