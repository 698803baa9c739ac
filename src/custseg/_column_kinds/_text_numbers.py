"""Numbers that a column holds as text, with words such as "-" and "n/a" where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from custseg._column_kinds._words import catalog

_MOST_OTHERS = 0.05
"""Largest share of values that are neither numbers nor words for "missing" in a column of numbers.

It is the usual minimum size of a segment: what is taken as missing could not have been a segment of its own.
"""
# A text that does not look like numbers in its first values is not read whole.
_FIRST = 100
_SIGN, _POWER = r"[-+\u2212]?", r"([eE][-+]?\d+)?"
_GROUPS = {
    ".": rf"{_SIGN}(\d{{1,3}}([, '\u2019\u00a0\u202f]\d{{3}})+|\d+)(\.\d+)?{_POWER}",
    ",": rf"{_SIGN}(\d{{1,3}}([. '\u2019\u00a0\u202f]\d{{3}})+|\d+)(,\d+)?{_POWER}",
}
_FORMS = {mark: re.compile(pattern) for mark, pattern in _GROUPS.items()}
_BETWEEN = {".": re.compile(r"[, '\u2019\u00a0\u202f]"), ",": re.compile(r"[. '\u2019\u00a0\u202f]")}
_SIGNS = "$\u20ac\u00a3\u00a5\u20bd%"
"""Currencies and the per cent sign: "12%" is read as 12."""
# "01067" is a postal code, "007" an id.
_CODE = re.compile(rf"{_SIGN}0\d+")
_COMMA_BEFORE_THREE = re.compile(rf"{_SIGN}[1-9]\d{{0,2}},\d{{3}}")


@dataclass(frozen=True)
class TextNumbers:
    """The values of a text column read as numbers.

    Attributes
    ----------
    values : tuple of float or None
        One per row; None where there is no number.
    count : int
        How many are numbers.
    blanks : int
        Texts that say that there is no value, such as "-" and "n/a".
    others : int
        Texts that are neither.
    is_code : bool
        Whether some begin with 0 and go on with digits, as postal codes and ids do.
    is_doubtful : bool
        Whether their commas may be decimal marks or separate thousands.
    """

    values: tuple[float | None, ...]
    count: int
    blanks: int
    others: int
    is_code: bool = False
    is_doubtful: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no row has a value."""
        return not self.count and not self.others

    @property
    def is_numeric(self) -> bool:
        """Whether all but a few values are numbers."""
        is_plain = not self.is_code and not self.is_doubtful
        return bool(self.count) and is_plain and self.others <= _MOST_OTHERS * (self.count + self.others)

    @property
    def is_partly_numeric(self) -> bool:
        """Whether at least half of the values are numbers, and yet the column is not numeric."""
        return not self.is_numeric and self.count >= max(self.others, 1)


def numbers_in_text(texts: Sequence[str | None], *, decimal: str | None = None) -> TextNumbers:
    """Read the texts as numbers, all with the same decimal mark: the one that fits most, or `decimal` if it is given.

    Numbers may have separators between thousands and a currency or per cent sign: "12%" is 12. Texts that begin with 0
    and go on with digits are codes, not numbers. "1,234" alone does not say whether its comma separates thousands: a
    column in which all commas are like that is not numeric unless `decimal` is given.
    """
    plain = [None if text is None else text.strip().strip(_SIGNS).strip() for text in texts]
    filled = [text for text in plain if text is not None]
    missing = frozenset(catalog()["missing"]["words"])
    marks = [decimal] if decimal else [".", ","]
    first = [text for text in filled if text.lower() not in missing][:_FIRST]
    if 2 * max(_fitting(first, mark) for mark in marks) < max(len(first), 1):
        blanks = sum(text.lower() in missing for text in filled)
        return TextNumbers((None,) * len(plain), 0, blanks, len(filled) - blanks)
    mark = max(marks, key=lambda one: _fitting(filled, one))
    values = tuple(_number(text, mark) for text in plain)
    count = sum(value is not None for value in values)
    blanks = sum(text.lower() in missing for text in filled)
    with_comma = [text for text in filled if "," in text and _FORMS[mark].fullmatch(text)]
    is_doubtful = decimal is None and bool(with_comma) and all(map(_COMMA_BEFORE_THREE.fullmatch, with_comma))
    is_code = any(_CODE.fullmatch(text) for text in filled)
    return TextNumbers(values, count, blanks, len(filled) - count - blanks, is_code, is_doubtful)


def _fitting(texts: Sequence[str], mark: str) -> int:
    return sum(_FORMS[mark].fullmatch(text) is not None for text in texts)


def _number(text: str | None, mark: str) -> float | None:
    if text is None or _FORMS[mark].fullmatch(text) is None:
        return None
    return float(_BETWEEN[mark].sub("", text).replace(mark, ".").replace("\u2212", "-"))
