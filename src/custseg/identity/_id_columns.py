"""Columns of ids as text, from any kind of table: "007" stays as it is, and so do whole numbers of 64 bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import Table, collect, column_of
from custseg.errors import DataError
from custseg.texts import listed

# "5E12" may be a code: programs write a point, a comma or a plus sign into such numbers.
FROM_FLOAT = r"^[0-9]+[.,]0+$|^[0-9](?:[.,][0-9]+[eE]\+?|[eE]\+)[0-9]+$"
"""Regular expression of ids that went through a number with a decimal point, such as 9001.0 or 1.7E+18."""

_EXACT_IN_FLOAT = 2**53


def columns_as_written(table: Table, columns: Sequence[str]) -> dict[str, nw.Series[Any]]:
    """The columns in their own types, read at once, so that rows stay together; those of a CSV file are text."""
    dialect = table.dialect
    for name in columns:
        dialect = dialect.keeping_text(name)
    local = collect(dialect.select({f"column {n}": dialect.identity(name) for n, name in enumerate(columns)}))
    return {name: column_of(local, f"column {n}") for n, name in enumerate(columns)}


def id_texts(columns: Mapping[str, nw.Series[Any]], caller: str, *, subject: str) -> dict[str, list[str | None]]:
    """The ids in columns as text, without spaces at their ends; None where there is none.

    `subject` names the table in errors, such as "the table 'crm'".
    """
    texts: dict[str, list[str | None]] = {}
    lossy: list[str] = []
    unusable: list[str] = []
    for name, values in columns.items():
        text = _as_text(values)
        if text is None:
            (lossy if values.dtype.is_float() else unusable).append(name)
        elif bool(text.str.strip_chars().str.contains(FROM_FLOAT).any()):
            lossy.append(name)
        else:
            texts[name] = [value if value is None else value.strip() or None for value in text.to_list()]
    faults = []
    if lossy:
        faults.append(
            f"{listed(lossy)} of {subject} went through a decimal type, as 9001.0 or 1.7E+18 have, in which long ids "
            "lose digits. Read the file again with these columns as text."
        )
    if unusable:
        faults.append(
            f"{listed(unusable)} of {subject} must hold ids, which are text or whole numbers. Convert the columns."
        )
    if faults:
        raise DataError(f"{caller}: {' '.join(faults)}")
    return texts


def _as_text(values: nw.Series[Any]) -> nw.Series[Any] | None:
    """The ids as text; None if they are no ids, or have a fraction or more digits than their type can hold."""
    kind = values.dtype
    if values.is_null().all() or kind == nw.String:
        return values.cast(nw.String)
    if kind in (nw.Categorical, nw.Enum) or kind.is_integer():
        return values.cast(nw.String)
    if not kind.is_float():
        return None
    present = values.drop_nulls()
    is_exact = bool(((present == present.round(0)) & (present.abs() < _EXACT_IN_FLOAT)).all())
    return values.cast(nw.Int64).cast(nw.String) if is_exact else None
