"""Error for flags that are neither yes nor no."""

from __future__ import annotations

from custseg._checks import instance
from custseg._format import plural
from custseg._frames import Dialect
from custseg.errors import DataError


def raise_on_flags(dialect: Dialect, column: str, count: int, *, caller: str) -> None:
    """Raise if values of a boolean column cannot be read."""
    shape = dialect.shape_of_unusable(column, dialect.flag(column))
    raise DataError(
        f"{caller}: {plural(count, 'value')} of column {column!r} {'is' if count == 1 else 'are'} neither "
        f"true nor false{instance(shape)}. Write true and false, yes and no, or 1 and 0."
    )
