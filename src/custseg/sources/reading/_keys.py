"""Keys of customers as expressions, and arguments that all functions of systems share."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import CSVFormat


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


def csv_form(
    *, separator: str | None = None, encoding: str = "utf-8", decimal: str | None = None, thousands: str | None = None,
    skip_rows: int = 0,
) -> CSVFormat:  # fmt: skip
    """How a CSV file is written; numbers have a decimal point unless `decimal` says otherwise."""
    return CSVFormat(separator, decimal or ".", thousands, encoding, skip_rows)


def raise_unless_any(caller: str, **files: Any) -> None:
    """Raise TypeError where no file is given."""
    if all(file is None for file in files.values()):
        raise TypeError(f"{caller}: give at least one of {' and '.join(files)}, got none.")
