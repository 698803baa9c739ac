"""Messages of the library in another language: its usual errors, which are in English, recognized by their wording.

`[cli.messages]` of the English catalog holds the wordings, with options in place of arguments: `{field}` stands for
what is taken over, "…" for what is not. The catalog of another language has its sentence for each.
"""

from __future__ import annotations

import re
from functools import cache

from custseg.texts import localized, text

_CALLER = re.compile(r"[\w-]+: ")
_PIECE = re.compile(r"(\{\w+\}|…)")
_QUOTED = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+|\d+\.\d+")


def message_in(language: str, message: str) -> str | None:
    """The message in the language, or None if a line of it is not in the catalog."""
    first, *lines = message.strip().split("\n")
    translated = [_line(first, language), *(_line(line.strip(), language) for line in lines)]
    if None in translated:
        return None
    return "\n  ".join(line for line in translated if line is not None)


def _line(line: str, language: str) -> str | None:
    plain = _CALLER.sub("", line, count=1) if _CALLER.match(line) else line
    for key, pattern in _patterns().items():
        match = pattern.fullmatch(plain)
        if match is not None:
            fields = {name: _in_language(value, language) for name, value in match.groupdict().items()}
            return str(text(language, "cli", "messages", key).format(**fields))
    return None


def _in_language(value: str, language: str) -> str:
    """A field: numbers with the marks of the language, and words outside quotes in it; all else as it is."""
    if _NUMBER.fullmatch(value):
        return localized(value, language)
    pieces = _QUOTED.split(value)
    for position in range(0, len(pieces), 2):
        for key, words in text("en", "cli", "fragments").items():
            bounded = rf"(?<![\w-]){re.escape(words)}" + (r"(?!\w)" if words[-1].isalpha() else "")
            pieces[position] = re.sub(bounded, text(language, "cli", "fragments", key), pieces[position])
    return "".join(pieces)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {key: _pattern(wording) for key, wording in text("en", "cli", "messages").items()}


def _pattern(wording: str) -> re.Pattern[str]:
    """The wording as a pattern; a field that occurs again must have the same value."""
    pieces, fields = [], set[str]()
    for piece in _PIECE.split(wording):
        name = piece[1:-1]
        if piece == "…":
            pieces.append(".*?")
        elif not (piece.startswith("{") and piece.endswith("}")):
            pieces.append(re.escape(piece))
        else:
            pieces.append(f"(?P={name})" if name in fields else f"(?P<{name}>.+?)")
            fields.add(name)
    return re.compile("".join(pieces))
