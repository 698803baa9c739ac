"""Texts for people, one catalog per language: `texts/<language>.toml`.

Another language is another file with the keys of `texts/en.toml` and its own plural rule.
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
_FOLDER = files("custseg.texts")

LANGUAGES = ("en", *sorted({item.name.removesuffix(".toml") for item in _FOLDER.iterdir()
                            if item.name.endswith(".toml")} - {"en"}))  # fmt: skip
"""The languages that have a catalog, English first."""

FIELD_WIDTH = 60
"""Characters of a name or value from data within a text; longer ones are shortened."""


@cache
def catalog(language: str) -> Mapping[str, Any]:
    """All texts of one language, as nested mappings."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def text(language: str, *keys: str) -> Any:
    """One entry, such as ``text("ru", "findings", "rows_without_customer")``; KeyError where there is none."""
    entry: Any = catalog(language)
    for key in keys:
        entry = entry[key]
    return entry


def filled(template: str, fields: Mapping[str, str]) -> str:
    """The template with its fields filled in, each on one line and at most 60 characters long."""
    return template.format_map({name: single_line(value, FIELD_WIDTH) for name, value in fields.items()})


_FILLED = 0.6
"""How much of a line whole words must fill, or a word is cut."""


def single_line(value: str, longest: int = 40) -> str:
    """The text on one line, control and format characters escaped, shortened to that many characters.

    It is cut between two words, unless little would be left.
    """
    plain = printable(" ".join(value.split()))
    if len(plain) <= longest:
        return plain
    cut = max(plain.rfind(mark, 0, longest) for mark in " _")
    return plain[: cut if cut >= _FILLED * longest else longest - 1].rstrip(" _,;:-") + "…"


def localized(formatted: str, language: str) -> str:
    """A number that Python formatted, with the separators and the per cent sign of the language."""
    marks = text(language, "language")
    return formatted.translate(
        str.maketrans({",": marks["thousands"], ".": marks["decimal"], "%": marks["percent"]}),
    )


def printable(text: str) -> str:
    """The text on one line with control, bidirectional and invisible marks escaped, as Python's `repr` does.

    For names and values from data: shown as they are, such marks could move the cursor of a terminal or reverse what
    follows. Joiners of letters and all kinds of spaces stay.
    """
    if text.isprintable():
        return text
    return "".join(repr(mark)[1:-1] if _is_unsafe(mark) else mark for mark in text)


def is_printable(text: str) -> bool:
    """Whether the text can be printed as it is."""
    return printable(text) == text


def _is_unsafe(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp") and mark not in _JOINERS


def plural_form(count: float, forms: Sequence[str], language: str, *, genitive: bool = False) -> str:
    """The form of a noun or sentence that goes with the count.

    Whole numbers go by the plural rule of gettext, others have a form of their own. The genitive follows words
    such as "at least".
    """
    if count != int(count):
        fraction: int = text(language, "language", "fraction")
        return forms[fraction]
    form: int = _plural_rule(language, "genitive" if genitive else "plural")(abs(int(count)))
    return forms[form]


@cache
def _plural_rule(language: str, case: str) -> Any:
    return c2py(text(language, "language", case))
