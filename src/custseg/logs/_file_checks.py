"""Decimal marks of a CSV file that may stand between thousands."""

from __future__ import annotations

from collections.abc import Sequence

from custseg._format import listed
from custseg._frames import Dialect
from custseg.errors import DataError


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
