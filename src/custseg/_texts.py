"""Texts for people, one catalogue per language: `texts/<language>.toml`.

A further language is a further file with the keys of `texts/en.toml` and the plural rule of its nouns.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from gettext import c2py
from importlib.resources import files
from typing import Any

_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_FOLDER = files("custseg") / "texts"

LANGUAGES = ("en", *sorted({item.name.removesuffix(".toml") for item in _FOLDER.iterdir()
                            if item.name.endswith(".toml")} - {"en"}))  # fmt: skip
"""The languages that have a catalogue, English first."""


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """All texts of one language, as nested mappings."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def text(language: str, *keys: str) -> Any:
    """One entry, such as ``text("ru", "findings", "rows_without_customer")``; KeyError where there is none."""
    entry: Any = catalogue(language)
    for key in keys:
        entry = entry[key]
    return entry


def number(value: float, language: str, *, digits: int = 0) -> str:
    """The number with its thousands separated: 1,234.5 in English, 1 234,5 in Russian."""
    marks = text(language, "language")
    plain = f"{value:,.{digits}f}"
    return plain.translate(str.maketrans({",": marks["thousands"], ".": marks["decimal"]}))


def printable(text: str) -> str:
    """The text on one line with control, bidirectional and invisible marks escaped, as Python's `repr` does.

    For names and values from data: shown as they are, such marks could move the cursor of a terminal or reverse what
    follows. Joiners of letters and all kinds of spaces stay.
    """
    if text.isprintable():
        return text
    return "".join(repr(mark)[1:-1] if _is_unsafe(mark) else mark for mark in text)


def _is_unsafe(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp") and mark not in _JOINERS


def plural_form(count: int, forms: Sequence[str], language: str) -> str:
    """The form of a noun or sentence that goes with the count, as gettext chooses it."""
    form: int = _plural_rule(language)(abs(count))
    return forms[form]


@cache
def _plural_rule(language: str) -> Any:
    return c2py(text(language, "language", "plural"))
