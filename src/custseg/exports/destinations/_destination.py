"""What each system asks of a file, read from `destinations.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of the file: its header, the field that it is made of, the rule of its values, and their hash."""

    header: str
    field: str
    rule: str
    hash: Literal["sha256", "md5"] | None = None
    optional: bool = False
    required: bool = False


class NameRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What names of segments may be: in ASCII, without some characters, of so many bytes; or watched by the system."""

    ascii: bool = False
    forbidden: str = ""
    max_bytes: int | None = None
    flagged: bool = False


class Destination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system that segments are written for; `destinations.toml` says what the fields mean."""

    title: str
    use: Literal["audience", "attribute"]
    keys: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    form: Literal["table", "identify", "parameters"] = "table"
    separator: str = ","
    encoding: str = "utf-8"
    attribute: str = "custseg_segment"
    attribute_pattern: str = ""
    minimum_rows: int = 0
    minimum_matched: int = 0
    max_rows: int | None = None
    max_bytes: int | None = None
    names: NameRule = NameRule()
    notes: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """How the name of a file ends."""
        return ".jsonl" if self.form == "identify" else ".csv"

    @property
    def fields(self) -> tuple[str, ...]:
        """What can be written about a person, in the order of the file."""
        return tuple(column.field for column in self.columns)


def destination_names() -> tuple[str, ...]:
    """The systems that `export_destination` can write for.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> from custseg.exports import destination_names
    >>> destination_names()[:3]
    ('google_customer_match', 'meta_custom_audience', 'yandex_audience')
    """
    return tuple(destinations())


@cache
def destinations() -> Mapping[str, Destination]:
    """All systems by name."""
    entries = _entries()
    return {name: msgspec.convert(entry, Destination) for name, entry in entries.items() if name != "name_words"}


@cache
def flagged_words() -> Mapping[str, tuple[str, ...]]:
    """Beginnings of words by topic, for which systems stop audiences that are named so."""
    return msgspec.convert(_entries()["name_words"], dict[str, tuple[str, ...]])


@cache
def _entries() -> dict[str, object]:
    path = files("custseg") / "exports" / "destinations" / "destinations.toml"
    return msgspec.toml.decode(path.read_text(encoding="utf-8"), type=dict[str, object])
