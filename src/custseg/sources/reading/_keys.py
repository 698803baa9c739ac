"""Keys of customers as expressions, and arguments that all functions of systems share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import check_choice
from custseg._frames import CSVFormat
from custseg.errors import DataError
from custseg.logs import EVENT_NAMES
from custseg.sources.reading._formats import formats
from custseg.sources.reading._source_table import SourceTable
from custseg.texts import listed


def mail_key(column: str) -> nw.Expr:
    """The e-mail address in lower case without blanks, under the column's own name.

    Nothing else is changed: dots and what follows a plus may tell two people apart.
    """
    return nw.col(column).str.strip_chars().str.to_lowercase().alias(column)


def without_guard(column: str) -> nw.Expr:
    """The text without the apostrophe that some exports put before ids and telephone numbers, for spreadsheets."""
    return nw.col(column).str.replace_all("^'", "").alias(column)


def first_key(*columns: str) -> nw.Expr:
    """The first of the columns that has a value, as `customer_id`."""
    return nw.coalesce(*(nw.col(column) for column in columns)).alias("customer_id")


def check_key(caller: str, key: object, roles: tuple[str, ...]) -> None:
    """Raise unless the argument `id` is one of the roles, or a mapping of texts to texts."""
    if not isinstance(key, Mapping):
        check_choice(caller, "id", key, allowed=roles)
    elif not all(isinstance(text, str) for pair in key.items() for text in pair):
        raise TypeError(f"{caller}: id must map text to text: the ids of the system to customers.")


def check_key_column(source: SourceTable, key: str | Mapping[str, str], *, mapped: str, roles: tuple[str, ...]) -> None:
    """Raise if the file lacks the column of the role that `key` is, or that it maps: no row would have a customer."""
    role = mapped if isinstance(key, Mapping) else key
    if source.has(role):
        return
    column = " or ".join(source.form.columns[role])
    others = [other for other in roles if source.has(other) and other != role]
    instead = f", or give id={others[0]!r}" if others else ""
    raise DataError(
        f"{source.caller}: the file has no column {column}, so that no row names a customer (id=). Export it with this "
        f"column{instead}."
    )


def key_rows(key: str | Mapping[str, str], role: str) -> dict[str, tuple[str, Mapping[str, str]]]:
    """What `SourceTable.rows` maps to `customer_id`: the role, where the argument `id` is a mapping."""
    return {"customer_id": (role, key)} if isinstance(key, Mapping) else {}


def check_events(caller: str, argument: str, names: Mapping[str, str] | None) -> None:
    """Raise unless the argument maps names of the system onto canonical events."""
    unknown = sorted({str(name) for name in (names or {}).values() if name not in EVENT_NAMES})
    if unknown:
        raise ValueError(
            f"{caller}: {argument} must map onto canonical events, got {listed(unknown)}. "
            f"Canonical names are {listed(list(EVENT_NAMES))}."
        )


def event_names(caller: str, system: str, further: Mapping[str, str] | None) -> dict[str, str]:
    """The names of events of a system and the canonical ones, with those that the caller gives."""
    check_events(caller, "names", further)
    return {**formats()[system].events, **(further or {})}


def csv_form(
    *, separator: str | None = None, encoding: str = "utf-8", decimal: str | None = None, thousands: str | None = None,
    skip_rows: int = 0, quoted: bool = True,
) -> CSVFormat:  # fmt: skip
    """How a CSV file is written; numbers have a decimal point unless `decimal` says otherwise."""
    return CSVFormat(separator, decimal or ".", thousands, encoding, skip_rows, quoted)


def raise_unless_any(caller: str, **files: Any) -> None:
    """Raise TypeError where no file is given."""
    if all(file is None for file in files.values()):
        raise TypeError(f"{caller}: give at least one of {' and '.join(files)}, got none.")
