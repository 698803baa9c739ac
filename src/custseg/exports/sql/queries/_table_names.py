"""Names of tables and columns that the caller gives, checked."""

from __future__ import annotations

from collections.abc import Sequence

from custseg._checks import check_no_nul

# Catalog, schema and table.
_MOST_NAMES = 3


def table_names(table: object, argument: str, caller: str) -> tuple[str, ...]:
    """The name of a table, and those of its schema and catalog before it.

    Points in a text separate the names; names in a sequence are taken as they are.
    """
    if isinstance(table, str):
        names = tuple(table.split("."))
    elif isinstance(table, Sequence) and all(isinstance(name, str) for name in table):
        names = tuple(table)
    else:
        raise TypeError(
            f"{caller}: {argument} must be the name of a table, such as 'shop.features', or a sequence of names, such "
            f"as ('shop', 'features'), got {type(table).__name__}."
        )
    if not 1 <= len(names) <= _MOST_NAMES or not all(name.strip() for name in names):
        raise ValueError(
            f"{caller}: {argument} must have one to {_MOST_NAMES} names (catalog, schema, table), none of them empty, "
            f"got {table!r}. Give a name that contains a point in a sequence, such as ('shop', 'my.features')."
        )
    check_no_nul(caller, names)
    return names


def check_column_name(name: object, argument: str, caller: str) -> None:
    """Raise unless the value can be the name of a column."""
    if not isinstance(name, str):
        raise TypeError(f"{caller}: {argument} must be the name of a column, got {type(name).__name__}.")
    if not name.strip():
        raise ValueError(f"{caller}: {argument} must be the name of a column, got {name!r}. Give its name.")
    check_no_nul(caller, [name])
