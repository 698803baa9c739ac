"""What the counts over order logs and event logs share: fields, marks, and errors for unusable values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from custseg._checks import instance
from custseg._frames import Dialect
from custseg.errors import DataError
from custseg.logs._dates import LogDates
from custseg.snapshot import Snapshot
from custseg.texts import listed, plural


@dataclass(frozen=True, kw_only=True)
class LogFacts:
    """Counts over a log at one snapshot.

    Attributes
    ----------
    rows, rows_after : int
        Lines before the snapshot, and at or after it.
    without_date, unusable_dates : int
        Lines without a date, and with one that cannot be read.
    without_customer : int
        Lines before the snapshot without a customer.
    unusable_flags : int
        Lines before the snapshot whose flag (cancelled, or made by a machine) is neither yes nor no.
    first_day, last_day : int or None
        First and last calendar day before the snapshot, in days since 1970-01-01.
    """

    rows: int
    rows_after: int
    without_date: int
    unusable_dates: int
    without_customer: int
    unusable_flags: int
    first_day: int | None
    last_day: int | None


def common_marks(before: nw.Expr, flag: nw.Expr) -> dict[str, nw.Expr]:
    """The conditions that `LogFacts` counts, for lines `before` the snapshot, with the column of a flag."""
    col = nw.col
    return {
        "rows": before,
        "rows_after": ~before,
        "without_date": ~col("has_date"),
        "unusable_dates": col("has_date") & col("moment").is_null(),
        "without_customer": before & col("customer").is_null(),
        "unusable_flags": before & flag.is_null(),
    }


def raise_on_no_rows(dates: LogDates, facts: LogFacts, snapshot: Snapshot, *, log: str, caller: str) -> None:
    """Raise if dates cannot be read, or the log has no row before the snapshot."""
    dated = facts.rows + facts.rows_after
    dates.raise_on_unusable(facts.unusable_dates, caller, readable=dated)
    if dated + facts.without_date == 0:
        raise DataError(f"{caller}: the {log} log has no rows.")
    if dated == 0:
        raise DataError(f"{caller}: column {dates.column!r} of the {log} log has no dates.")
    if facts.rows == 0:
        raise DataError(
            f"{caller}: as_of {snapshot} is not after any row of the {log} log, so nothing is known yet. "
            "Give a later as_of."
        )


def raise_on_change(facts: LogFacts, n_lines: int, *, log: str, caller: str) -> None:
    """Raise if a later pass over the log has found another number of known lines than the counts."""
    known = facts.rows - facts.without_customer
    if n_lines != known:
        raise DataError(
            f"{caller}: the {log} log changed while it was read: it had {known:,} lines with a customer, and then "
            f"{n_lines:,}. Give a table that stays as it is: write it to files, or keep its rows with "
            "localCheckpoint(), before it is given."
        )


def raise_on_flags(dialect: Dialect, column: str, count: int, *, caller: str) -> None:
    """Raise if values of a boolean column cannot be read; `count` is their number."""
    if not count:
        return
    shape = dialect.shape_of_unusable(column, dialect.flag(column))
    raise DataError(
        f"{caller}: {plural(count, 'value')} of column {column!r} {'is' if count == 1 else 'are'} neither "
        f"true nor false{instance(shape)}. Write true and false, yes and no, or 1 and 0."
    )


def raise_on_doubtful_marks(dialect: Dialect, money: Sequence[str], caller: str) -> None:
    """Raise if columns of money can be read in two ways and the decimal mark was not given."""
    if dialect.form.decimal is not None or not (doubtful := dialect.doubtful_marks(money)):
        return
    mark = dialect.form.decimal_mark
    raise DataError(
        f"{caller}: the values of {listed(doubtful)} have the mark {mark!r} before exactly three digits alone, so that "
        f"'1{mark}250' can be a thousand two hundred and fifty, or one and a quarter. Give thousands={mark!r} with "
        f"decimal={',' if mark == '.' else '.'!r}, or decimal={mark!r} if it is the decimal mark."
    )
