"""Formats of files as data: the columns that a system writes, and by which of them its files are recognized.

`formats/<system>.toml` describes the files of one system; `Format` lists the keys.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from os import PathLike, fsdecode
from pathlib import Path

import msgspec

from custseg._frames import look_at_text_file, open_bytes
from custseg.errors import DataError
from custseg.texts import listed, shown

_LONGEST_LINE = 1000


class FileFormat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of file that a system writes.

    Attributes
    ----------
    title : str
        What it is called, such as "the orders export of Shopify".
    columns : mapping of str to list of str
        By role, the names that the column has had, the present one first. ``"a.b"`` is a member of a nested column,
        ``"a[key]"`` the entry of a list; see `with_nested`.
    required : list of str
        Roles whose columns must be there.
    ids : list of str
        Roles of ids, which must not have been numbers with a decimal point.
    signature : list of str
        Columns that together tell the file from all others.
    prefix : str
        How each name of the header begins, where that tells it from all others.
    localized : bool
        Whether the header is in the language of the account.
    export : str
        Where the system writes it, for the remedy of an error.
    separator, decimal, thousands, date_format : str
        How the file is written, as a rule; "" for the default of `Orders`.
    utc : bool
        Whether dates without a zone are in Greenwich time.
    totals : str
        Regular expression of the first cell that is filled of rows with totals, which are left out.
    one_total : bool
        Whether an order has a row for each of its products, all with the total of the order.
    choose : str
        Role whose values the user must choose from, such as the stage of a deal; "" for none.
    won : list of str
        Stages of deals that the system itself has for those that were won.
    match : list of str
        Roles that together name an account outside, which the user must match with customers.
    attributes : dict of str to str
        By role, the kind of attribute that it is: an argument of `Customers`.
    """

    title: str
    columns: dict[str, list[str]]
    required: list[str] = msgspec.field(default_factory=list)
    ids: list[str] = msgspec.field(default_factory=list)
    signature: list[str] = msgspec.field(default_factory=list)
    prefix: str = ""
    localized: bool = False
    export: str = ""
    separator: str = ""
    decimal: str = ""
    thousands: str = ""
    date_format: str = ""
    utc: bool = False
    totals: str = ""
    one_total: bool = False
    choose: str = ""
    won: list[str] = msgspec.field(default_factory=list)
    match: list[str] = msgspec.field(default_factory=list)
    attributes: dict[str, str] = msgspec.field(default_factory=dict)


class UnusableFormat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of file that looks as if it were of the system, and cannot be used.

    Attributes
    ----------
    title, remedy : str
        What it is, and what to give instead, as a sentence.
    signature : list of str
        Columns that tell it from all others.
    first_line : str
        Regular expression of the first line of a text file.
    """

    title: str
    remedy: str
    signature: list[str] = msgspec.field(default_factory=list)
    first_line: str = ""


class Messages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a vendor of mails or other messages writes what became of them.

    Attributes
    ----------
    channel : str
        The channel of all messages, such as "email".
    qualified : list of str
        Names of events that are read together with the kind in another column, such as "failed permanent".
    machine_events : list of str
        Names of events that a machine made, such as an open by a privacy proxy.
    machine : list of str
        Roles whose value says that a machine opened or clicked: true, or the name of the machine.
    daily_ids : bool
        Whether ids of events are unique within a day only.
    last_state : dict of str to list of str
        For exports with the last state of each message: by state, the events that it implies, itself included.
    """

    channel: str = "email"
    qualified: list[str] = msgspec.field(default_factory=list)
    machine_events: list[str] = msgspec.field(default_factory=list)
    machine: list[str] = msgspec.field(default_factory=list)
    daily_ids: bool = False
    last_state: dict[str, list[str]] = msgspec.field(default_factory=dict)


class Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The files of one system.

    Attributes
    ----------
    files : mapping of str to FileFormat
        By the name of the argument that takes them.
    unusable : list of UnusableFormat
        Files that are not read.
    events : mapping of str to str
        The system's names of events, and the canonical ones.
    messages : Messages
        For vendors of messages, how these are written.
    """

    files: dict[str, FileFormat]
    unusable: list[UnusableFormat] = msgspec.field(default_factory=list)
    events: dict[str, str] = msgspec.field(default_factory=dict)
    messages: Messages = msgspec.field(default_factory=Messages)


@cache
def formats(folder: str = "formats") -> Mapping[str, Format]:
    """The formats of all systems by name; in the folder "presets", those whose headers are not fixed."""
    items = files("custseg.sources").joinpath(folder).iterdir()
    paths = sorted((item for item in items if item.name.endswith(".toml")), key=lambda item: item.name)
    return {
        item.name.removesuffix(".toml"): msgspec.toml.decode(item.read_text(encoding="utf-8"), type=Format)
        for item in paths
    }


def recognized(columns: Sequence[str], first_line: str = "", *, expected: FileFormat | None = None) -> str:
    """What a file with these columns looks like, as a sentence with a remedy; "" where no format fits.

    Of several formats the one with the most columns in its signature is taken. Where that is `expected`, the one that
    the caller reads, the advice would lead back to the caller: "" then too.
    """
    present = {name.strip() for name in columns}
    best = max(_candidates(present, first_line), key=lambda candidate: candidate[0], default=(0, None, ""))
    return "" if best[1] is expected else best[2]


def recognized_file(table: object, expected: FileFormat | None = None) -> str:
    """The same of the file at a path, read anew; "" for a table."""
    if not isinstance(table, (str, PathLike)) or not Path(fsdecode(table)).is_file():
        return ""
    try:
        facts = look_at_text_file(table)
    except (OSError, EOFError, zlib.error):  # the last two of damaged gzip files
        return ""
    if facts.looks_like == "HTML or XML":
        return "It is an HTML or XML table, whatever its name says: export it as CSV. "
    if not facts.is_text:
        return ""
    with open_bytes(table) as file:
        first_line = file.readline(_LONGEST_LINE).decode(facts.encoding or "utf-8", errors="replace")
    return recognized(facts.columns, first_line.lstrip("\ufeff"), expected=expected)


def _candidates(present: set[str], first_line: str) -> Iterator[tuple[int, FileFormat | None, str]]:
    """How many columns of a signature are there, the format if it can be read, and what that means."""
    for system, form in formats().items():
        for argument, kind in form.files.items():
            fits = bool(kind.signature) and set(kind.signature) <= present
            if fits or (kind.prefix and any(name.startswith(kind.prefix) for name in present)):
                yield (
                    max(len(kind.signature), 1),
                    kind,
                    (f"It looks like {kind.title}: read it with sources.{system}({argument}=...). "),
                )
        for unusable in form.unusable:
            by_columns = bool(unusable.signature) and set(unusable.signature) <= present
            by_line = bool(unusable.first_line) and re.match(unusable.first_line, first_line) is not None
            if by_columns or by_line:
                # What cannot be used is told first: its header may be that of a usable file too.
                yield 100 + len(unusable.signature), None, f"It looks like {unusable.title}. {unusable.remedy} "


def file_format(system: str, argument: str) -> FileFormat:
    """The format of the file that an argument of a system takes."""
    return formats()[system].files[argument]


def other_kind(system: str, kind: FileFormat, present: Sequence[str]) -> str:
    """Which other file of the system this is, for a format that has no columns of its own to be told by.

    A file of clicks has all that a file of opens has: read as one, its rows would be taken for opens.
    """
    names = {name.strip() for name in present}
    siblings = [form for form in formats()[system].files.values() if form is not kind and form.signature]
    is_other = not kind.signature and any(set(form.signature) <= names for form in siblings)
    return recognized(present, expected=kind) if is_other else ""


def missing_columns(caller: str, table: object, kind: FileFormat, *, lacking: Sequence[str], present: Sequence[str],
                    advice: str = "") -> DataError:  # fmt: skip
    """The error for a file without columns that its format requires."""
    path = shown(fsdecode(table), 300) if isinstance(table, (str, PathLike)) else "the table"
    names = listed([" or ".join(kind.columns[role]) for role in lacking])
    looks_like = recognized_file(table, kind) or recognized(present, expected=kind)
    language = (
        "Its header is in the language of the account: switch the account to English for the export, or describe the "
        "columns with sources.mapped(). "
        if kind.localized and not looks_like
        else ""
    )
    export = f"Export it anew: {kind.export}. " if kind.export and not looks_like else ""
    return DataError(
        f"{caller}: {path} lacks columns of {kind.title}: {names}. {looks_like}{advice}{language}{export}"
        f"Its columns are {listed(list(present))}."
    )
