"""How people can be reached, whether they agreed, and whom nothing may be sent: from a table of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._checks import did_you_mean
from custseg._column_kinds import flags_of
from custseg._frames import open_table
from custseg.errors import DataError
from custseg.identity import columns_as_written, id_texts
from custseg.texts import listed

GIVEN = "given"
"""The choice that all customers have consented, in words."""
REFUSALS = ("unsubscribed", "complained", "bounced")
_ID = "customer_id"


@dataclass(frozen=True)
class People:
    """The table of customers.

    Attributes
    ----------
    position : mapping of str to int
        The row of each customer.
    fields : mapping of str to list
        The texts of each field that can be written; None where there is none.
    consented : list of bool or None, or None
        Whether each customer agreed; None if all did by the word of the caller.
    refusals : mapping of str to list
        The columns that say that nothing may be sent.
    """

    position: Mapping[str, int]
    fields: Mapping[str, list[str | None]]
    consented: list[bool | None] | None
    refusals: Mapping[str, list[bool | None]]


def read_people(
    customers: object,
    fields: Sequence[str],
    *,
    columns: Mapping[str, str],
    customer_column: str | None,
    consent: str,
    suppress: Sequence[str] | None,
    caller: str,
) -> People:
    """The table of customers with the fields that it has, all faults of its columns in one message."""
    table = open_table(customers, caller)
    names = list(table.dialect.columns)
    source = customer_column or (_ID if _ID in names else "")
    refusals = [name for name in REFUSALS if name in names] if suppress is None else list(suppress)
    wanted = {field: columns.get(field, field) for field in fields if field != "external_id" or field in columns}
    used = {field: name for field, name in wanted.items() if field in columns or name in names}
    _check(names, source, used, columns=columns, fields=fields, consent=consent, refusals=refusals, caller=caller)
    table.check_columns(caller, {"customer_column": source, **{f"columns[{f!r}]": n for f, n in used.items()}})
    flags = refusals if consent == GIVEN else [consent, *refusals]
    read = columns_as_written(table, list(dict.fromkeys([source, *used.values(), *flags])))
    texts = id_texts({name: read[name] for name in (source, *used.values())}, caller, subject="customers")
    ids = texts[source]
    _check_ids(ids, source, caller)
    return People(
        {value: row for row, value in enumerate(ids) if value is not None},
        {"external_id": ids, **{field: texts[name] for field, name in used.items()}},
        None if consent == GIVEN else flag_values(read[consent], consent, caller, subject="customers"),
        {name: flag_values(read[name], name, caller, subject="customers") for name in refusals},
    )


def _check(
    names: Sequence[str],
    source: str,
    used: Mapping[str, str],
    *,
    columns: Mapping[str, str],
    fields: Sequence[str],
    consent: str,
    refusals: Sequence[str],
    caller: str,
) -> None:
    """Raise for all columns that are asked for and missing, at once."""
    faults = []
    if not source:
        faults.append("has no column 'customer_id': give customer_column='...'")
    elif source not in names:
        faults.append(f"has no column {source!r} (customer_column=){did_you_mean(source, names)}".rstrip("."))
    if unknown := [field for field in columns if field not in fields]:
        faults.append(f"columns= names {listed(unknown)}, which this system does not take; it takes {listed(fields)}")
    for field, name in used.items():
        if name not in names:
            faults.append(f"has no column {name!r} (columns[{field!r}])")
    if consent == GIVEN and GIVEN in names:
        faults.append("has a column 'given', so that consent='given' may mean two things: rename the column")
    if consent != GIVEN and consent not in names:
        faults.append(f"has no column {consent!r} (consent=)")
    faults += [f"has no column {name!r} (suppress=)" for name in refusals if name not in names]
    if faults:
        raise DataError(f"{caller}: the table of customers {'; '.join(faults)}. Its columns are {listed(names)}.")


def _check_ids(ids: Sequence[str | None], source: str, caller: str) -> None:
    present = [value for value in ids if value is not None]
    faults = []
    if len(present) < len(ids):
        faults.append("some have none")
    if len(set(present)) < len(present):
        faults.append("some are repeated")
    if faults:
        raise DataError(
            f"{caller}: the customers must have one row each, with an id in column {source!r}, but "
            f"{' and '.join(faults)}. Keep one row of each customer."
        )


def flag_values(values: nw.Series[Any], name: str, caller: str, *, subject: str) -> list[bool | None]:
    """A column of true and false, of 1 and 0, or of words for yes and no, as booleans."""
    flags = flags_of(values)
    if flags is None:
        raise DataError(
            f"{caller}: column {name!r} of {subject} must hold true and false, 1 and 0, or yes and no. "
            "Write what it holds as one of these."
        )
    return flags
