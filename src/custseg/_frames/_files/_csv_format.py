"""How a CSV file is written, as the caller describes it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from custseg._checks import check_integer

_SPACES = " \xa0\u2009\u202f"
_THOUSANDS = {".": ".", ",": ",", "'": "'’", **dict.fromkeys(_SPACES, _SPACES)}


@dataclass(frozen=True)
class CSVFormat:
    """How a CSV file is written.

    Attributes
    ----------
    separator : str or None
        The ASCII character between fields; None is a comma, or what a first line such as ``sep=;`` says.
    decimal : {".", ",", None}
        The decimal mark; None is ".", with an error where the numbers look as if "." stood between thousands.
    thousands : {".", ",", "'", " ", None}
        The mark between groups of three digits; " " stands for no-break and thin spaces too.
    encoding : str
        Python's name of the encoding.
    skip_rows : int
        Lines above the header.
    """

    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str = "utf-8"
    skip_rows: int = 0

    def check(self, caller: str) -> None:
        """Raise ValueError or TypeError unless the marks can be told apart and the encoding is known."""
        self._check_separator(caller)
        self._check_numbers(caller)
        self._check_encoding(caller)
        check_integer(caller, "skip_rows", self.skip_rows, minimum=0)

    @property
    def decimal_mark(self) -> str:
        """The decimal mark that holds."""
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
            other = "," if self.thousands == "." else "."
            raise ValueError(
                f"{caller}: thousands and decimal cannot both be {self.thousands!r}. Numbers such as 1"
                f"{self.thousands}250{other}50 need thousands={self.thousands!r} and decimal={other!r}."
            )


def thousands_marks(mark: str) -> str:
    """The characters that a mark between groups of three digits stands for."""
    return _THOUSANDS[mark]


USUAL_FORM = CSVFormat()
"""Commas, decimal points, UTF-8, the header in the first line."""
