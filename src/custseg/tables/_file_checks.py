"""What the reading of a CSV file leaves in doubt: short lines, and decimal marks that may stand between thousands."""

from __future__ import annotations

from collections.abc import Sequence

from custseg._checks import listed
from custseg._frames import Dialect, Table
from custseg.errors import DataError
from custseg.tables._report import Finding, finding


def raise_on_doubtful_marks(dialect: Dialect, money: Sequence[str], caller: str) -> None:
    """Raise where columns of money can be read in two ways and nobody said which."""
    if dialect.form.decimal is not None or not (doubtful := dialect.doubtful_marks(money)):
        return
    mark = dialect.form.decimal_mark
    raise DataError(
        f"{caller}: the values of {listed(doubtful)} have the mark {mark!r} before exactly three digits alone, so that "
        f"'1{mark}250' can be a thousand two hundred and fifty, or one and a quarter. Give thousands={mark!r} with "
        f"decimal={',' if mark == '.' else '.'!r}, or decimal={mark!r} if it is the decimal mark."
    )


def file_findings(table: Table, money: Sequence[str]) -> list[Finding]:
    """Findings about the file that a log was read from."""
    found = finding(
        "short_lines",
        table.short_rows,
        ("line has", "lines have"),
        rest=" fewer fields than the header; what they lack is missing",
        severity="warning",
    )
    doubtful = table.dialect.doubtful_marks(money)
    mark = table.dialect.form.decimal_mark
    return found + finding(
        "thousands_or_decimals",
        len(doubtful),
        ("column of money has", "columns of money have"),
        rest=f" the decimal mark {mark!r} before exactly three digits alone, {listed(doubtful)}: "
        f"if it stands between thousands, give thousands={mark!r}",
        severity="warning",
    )
