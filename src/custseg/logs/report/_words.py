"""Words that denote a missing id, and words in names of columns with refunds."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files("custseg.logs.report") / "words.toml").read_text(encoding="utf-8"))


def words(name: str) -> tuple[str, ...]:
    """The list of that name in `words.toml`."""
    return tuple(_table()[name])


def refund_words() -> Mapping[str, Sequence[str]]:
    """Words in names of columns with refunded money by language; "*" ends a stem."""
    refund: Mapping[str, Sequence[str]] = _table()["refund"]
    return refund


def means_none() -> str:
    """Pattern of placeholder ids; "guest" may be followed by a number, a word or a host."""
    listed = "|".join(re.escape(word).replace(r"\ ", r"[ _-]?") for word in words("missing_ids"))
    behind = "|".join(words("behind_guest"))
    hosts = "|".join(words("no_mailboxes"))
    return rf"(?i)^\s*({listed}|guest([ _-]?({behind}))?|guest\W?\s*\S*\d\S*|({hosts})@\S+)\s*$"


def refund_columns(names: Sequence[str]) -> list[str]:
    """The names that suggest refunded money, and no date, id or quantity."""
    return [name for name in names if _suggests_refunds(name)]


def known_roles() -> tuple[str, ...]:
    """The roles of an order log whose columns are known by their names."""
    return tuple(_table()["roles"])


def is_name_of(name: str, role: str) -> bool:
    """Whether the name of a column is one of those of a role."""
    return _plain(re.sub(r"[\W_]+", " ", name)).strip() in map(_plain, _table()["roles"][role])


def _suggests_refunds(name: str) -> bool:
    plain = _plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))
    tokens = set(re.findall(r"[^\W_]+", plain))
    listed = [word for language in refund_words().values() for word in language]
    named = any(_plain(word[:-1]) in plain if word.endswith("*") else word in tokens for word in listed)
    return named and not tokens & set(words("no_money_tokens"))


def _plain(word: str) -> str:
    """In lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()
