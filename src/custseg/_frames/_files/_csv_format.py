"""The format of a CSV file, as the caller describes it, and how its numbers are read."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import polars as pl

from custseg._checks import check_choice, check_integer

_SPACES = " \xa0\u2009\u202f"
_THOUSANDS = {".": ".", ",": ",", "'": "'’", **dict.fromkeys(_SPACES, _SPACES)}


@dataclass(frozen=True)
class CSVFormat:
    """The format of a CSV file that is read or written.

    Attributes
    ----------
    separator : str or None
        The ASCII character between fields; None is a comma, or what a first line such as ``sep=;`` says.
    decimal : {".", ",", None}
        The decimal mark; None is ".", with an error where the numbers look as if "." stood between thousands.
    thousands : {".", ",", "'", " ", None}
        The thousands separator; " " stands for no-break and thin spaces too.
    encoding : str
        Python's name of the encoding; "utf-8-sig" is written with a byte order mark, for Excel.
    skip_rows : int
        Lines above the header.
    quoted : bool
        Whether fields may be in quotes. Without, as databases write TSV, quotes are letters like others, each line is
        a record, and none may have fewer fields than the header.
    """

    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str = "utf-8"
    skip_rows: int = 0
    quoted: bool = True

    @classmethod
    def to_write(cls, caller: str, *, encoding: str, separator: str, decimal: str) -> CSVFormat:
        """The format of a file to write, checked."""
        check_choice(caller, "encoding", encoding, allowed=("utf-8-sig", "utf-8"))
        check_choice(caller, "decimal", decimal, allowed=(".", ","))
        check_choice(caller, "separator", separator, allowed=(",", ";", "\t", "|"))
        if separator == decimal:
            raise ValueError(f"{caller}: separator and decimal cannot both be {decimal!r}. Give separator=';'.")
        return cls(separator, decimal, encoding=encoding)

    def check(self, caller: str) -> None:
        """Raise ValueError or TypeError unless the marks differ and the encoding is known."""
        self._check_separator(caller)
        self._check_numbers(caller)
        self._check_encoding(caller)
        check_integer(caller, "skip_rows", self.skip_rows, minimum=0)

    @property
    def decimal_mark(self) -> str:
        """The decimal mark, with its default."""
        return self.decimal or "."

    def _check_separator(self, caller: str) -> None:
        separator: object = self.separator
        if separator is None:
            return
        if not isinstance(separator, str) or len(separator.encode()) != 1 or separator in '"\r\n\0':
            raise ValueError(f"{caller}: separator must be one ASCII character, got {separator!r}.")

    def _check_encoding(self, caller: str) -> None:
        encoding: object = self.encoding
        if not isinstance(encoding, str):
            raise TypeError(f"{caller}: encoding must be a name such as 'cp1251', got {type(encoding).__name__}.")
        try:
            codecs.getincrementaldecoder(encoding)
            "a".encode(encoding)  # refuses codecs that are no encodings of text, such as "hex"
        except (LookupError, ValueError):
            raise ValueError(
                f"{caller}: encoding must be a name that Python knows, such as 'utf-8', 'cp1251', 'cp1252' or "
                f"'utf-16', got {encoding!r}."
            ) from None

    def _check_numbers(self, caller: str) -> None:
        if self.decimal not in (".", ",", None):
            raise ValueError(f"{caller}: decimal must be '.' or ',', got {self.decimal!r}.")
        mark: object = self.thousands
        if mark is not None and (not isinstance(mark, str) or mark not in _THOUSANDS):
            raise ValueError(f"{caller}: thousands must be '.', ',', \"'\", ' ' or None, got {self.thousands!r}.")
        if self.thousands == self.decimal_mark:
            decimal = "," if self.thousands == "." else "."
            raise ValueError(
                f"{caller}: thousands and decimal cannot both be {self.thousands!r}. Numbers such as 1"
                f"{self.thousands}250{decimal}50 need thousands={self.thousands!r} and decimal={decimal!r}."
            )


USUAL_FORM = CSVFormat()
"""Commas, decimal points, UTF-8, the header in the first line."""


def plain_number(text: pl.Expr, form: CSVFormat) -> pl.Expr:
    """The text with a decimal point and without thousands separators; null where these are misplaced."""
    text = text.str.strip_chars()
    decimal = re.escape(form.decimal_mark)
    if form.thousands is not None:
        mark = f"[{re.escape(_THOUSANDS[form.thousands])}]"
        grouped = rf"^[+-]?\d{{1,3}}(?:{mark}\d{{3}})+(?:{decimal}\d*)?$"
        plain = ~text.str.contains(mark) | text.str.contains(grouped)
        text = pl.when(plain).then(text.str.replace_all(mark, ""))
    if form.decimal_mark != ".":
        # Without thousands= the point of "1.234" is not to be guessed.
        pointless = ~text.str.contains(".", literal=True)
        text = pl.when(pointless).then(text.str.replace(form.decimal_mark, ".", literal=True))
    return text


def may_be_thousands(text: pl.Expr, form: CSVFormat) -> tuple[pl.Expr, pl.Expr]:
    """Whether values have a decimal mark before groups of exactly three digits; whether others rule that out.

    Others do where the mark stands elsewhere ("12.50", "0.125"), or where a value from 1000 up has none.
    """
    text = text.str.strip_chars()
    decimal = re.escape(form.decimal_mark)
    grouped = text.str.contains(rf"^[+-]?[1-9]\d{{0,2}}(?:{decimal}\d{{3}})+$")
    otherwise = text.str.contains(decimal) & ~grouped
    return grouped.any(), (otherwise | text.str.contains(r"^[+-]?\d{4,}$")).any()
