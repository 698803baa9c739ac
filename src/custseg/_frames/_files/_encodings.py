"""How the bytes of a text file are encoded: certain for Unicode, a guess with its rivals for one byte per letter."""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ONE_BYTE = ("cp1252", "cp1251", "koi8-r", "cp866", "cp1250", "mac-roman", "cp850")
_FREQUENT = frozenset("оеаинтсрвлкмдпуя" + "éèêàâäöüßñáíóúçãõôœøåæěščřžýłąęśćżńőű")
_USUAL_SIGNS = frozenset("€£§«»“”„‘’–—…°№®©™·\xa0²³½")
_CLOSE = 0.1


@dataclass(frozen=True)
class Encoding:
    """How the bytes are encoded.

    Attributes
    ----------
    name : str or None
        Python's name of the encoding; None where no encoding gives plausible text.
    rivals : tuple of str
        Other encodings that give another text that is nearly as plausible.
    ascii : bool
        Whether all bytes are ASCII.
    odd_line : int
        The first line that is not UTF-8, where the encoding is a guess.
    """

    name: str | None
    rivals: tuple[str, ...] = ()
    ascii: bool = False
    odd_line: int = 0


def byte_order_mark(start: bytes) -> str | None:
    """The encoding that the first bytes declare: "utf-8-sig", "utf-16", "utf-32", or None."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def utf_16_without_mark(sample: bytes) -> str | None:
    """Which UTF-16 the zero bytes speak for: digits, blanks and separators have one each."""
    pairs = len(sample) // 2
    even, odd = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if pairs and odd > pairs / 10 and even < odd / 20:
        return "utf-16-le"
    if pairs and even > pairs / 10 and odd < even / 20:
        return "utf-16-be"
    return None


def guessed_encoding(sample: bytes) -> Encoding:
    """The encoding with one byte per letter that makes the most plausible words of the sample."""
    readings = {name: text for name in _ONE_BYTE if (text := _decoded(sample, name)) is not None}
    scores = {name: _plausibility(text) for name, text in readings.items()}
    best = max(scores, key=lambda name: scores[name], default=None)
    if best is None or scores[best] <= 0:
        return Encoding(None)
    rivals = [name for name in scores if scores[name] > scores[best] - _CLOSE and readings[name] != readings[best]]
    return Encoding(best, tuple(rivals))


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausibility(text: str) -> float:
    """The mean over all letters beyond ASCII: 1 where each stands in a word of its script, below 0 for none."""
    triples = Counter(
        (text[i - 1 : i], letter, text[i + 1 : i + 2]) for i, letter in enumerate(text) if letter > "\x7f"
    )
    total = sum(triples.values())
    return sum(_fit(*triple) * count for triple, count in triples.items()) / total if total else 0.0


def _fit(before: str, letter: str, after: str) -> float:
    """How well a character goes with its neighbors."""
    neighbors = [neighbor for neighbor in (before, after) if neighbor.isalpha()]
    if not letter.isalpha():
        inside = len(neighbors) == 2 and letter not in "’·"
        return 0.5 if letter in _USUAL_SIGNS and not inside else -1.0
    if before.isdigit() and after.isdigit():
        return -1.0  # what stands between digits is a mark between thousands
    if any(_script(neighbor) != _script(letter) for neighbor in neighbors):
        return -1.0
    if letter.isupper() and before.islower():
        return -1.0
    if _script(letter) == "LATIN" and len(neighbors) == 2 and min(neighbors) > "\x7f":
        return -0.5  # words of accented letters alone are Cyrillic in the wrong encoding
    return 1.0 if letter.lower() in _FREQUENT else 0.5


def _script(letter: str) -> str:
    """The first word of the character's name: LATIN, CYRILLIC, GREEK, ..."""
    return unicodedata.name(letter, "NONE").partition(" ")[0]
