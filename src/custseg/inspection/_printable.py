"""Texts of a file made safe to print: marks that control a terminal or turn the direction of writing are escaped."""

from __future__ import annotations

import unicodedata


def is_printable(text: str) -> bool:
    """Whether the text can be printed as it is; blanks of all widths can."""
    return all(character.isprintable() or unicodedata.category(character) == "Zs" for character in text)


def printable(text: str) -> str:
    """The text with what cannot be printed escaped."""
    return text if is_printable(text) else "".join(one if is_printable(one) else repr(one)[1:-1] for one in text)
