"""`identities`: links the ids of several systems to customers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_columns
from custseg._frames import frame_from_columns, open_table
from custseg._numerics import Integers
from custseg.errors import DataError
from custseg.identity._contacts import checked_country, normalized_values
from custseg.identity._id_columns import columns_as_written, id_texts
from custseg.identity._links import NOBODY, linked_ids
from custseg.identity._result import Identities, IdentityConflict, Reason
from custseg.texts import LANGUAGES, listed, shown

_CALLER = "identities"
_DIGITS_OF_MADE_ID = 20
"""Hexadecimal digits of a made customer id: 80 bits, so that two of a billion are equal by a chance of 4 in 10,000."""


def identities(
    tables: Mapping[str, object],
    ids: Mapping[str, Mapping[str, str | Sequence[str]]],
    *,
    order: Sequence[str],
    merge: Mapping[str, int] | None = None,
    ignore: Mapping[str, Sequence[object]] | None = None,
    country: str | None = None,
    language: str = "en",
) -> Identities:
    """Link ids of several systems (device, cookie, e-mail, phone, card) to one customer, by exact keys.

    The ids of one row belong to one customer. An id joins the customer of the strongest id beside which it stands in
    any row. Where that would be several customers, it belongs to nobody and is counted as a conflict, unless `merge`
    says that such ids join customers. Ids are compared as exact texts, e-mail addresses and phone numbers in their one
    form (`normalized_email`, `normalized_phone`), never by likeness. The order of rows and tables plays no part.

    Parameters
    ----------
    tables : mapping of str to table or path
        The tables by names of your choice.
    ids : mapping of str to mapping
        For each table, which of its columns hold which kind of id, such as
        ``{"crm": {"customer": "id", "email": ["email", "work_email"]}}``. The kinds "email" and "phone" are brought
        into one form.
    order : sequence of str
        All kinds, the strongest first. The first one are the customer ids.
    merge : mapping of str to int, optional
        Kinds whose ids join customers, with the most that one id may join: ``{"email": 2}`` makes one customer of two
        with one e-mail address; an address of three is a conflict. By default no customers are joined.
    ignore : mapping of str to sequence, optional
        Values that identify nobody, by kind, such as the phone number of the shop.
    country : str, optional
        Where phone numbers without "+" are from, such as "RU".
    language : {"en", "ru"}, default "en"
        Of the printed result.

    Returns
    -------
    Identities

    Raises
    ------
    DataError
        If a table or column cannot be used.
    TypeError, ValueError
        If an argument is of the wrong type or value.
    MissingDependencyError
        If there are phone numbers, and the package phonenumbers is not installed.

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.identity import identities
    >>> crm = pl.DataFrame({"id": ["C1", "C2"], "email": ["Ann@example.com", "bob@example.com"]})
    >>> web = pl.DataFrame({"cookie": ["a", "b", "b"], "email": ["ann@example.com ", "bob@example.com", None]})
    >>> columns = {"crm": {"customer": "id", "email": "email"}, "web": {"cookie": "cookie", "email": "email"}}
    >>> linked = identities({"crm": crm, "web": web}, columns, order=["customer", "email", "cookie"])
    >>> linked.customers_of(["b", "a", "z"], "cookie")
    ['C2', 'C1', None]
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    columns = _checked_columns(tables, ids, order)
    limits = _checked_limits(order, merge)
    ignored = _checked_ignored(order, ignore)
    home = checked_country(_CALLER, country)
    texts, give_back = _texts(tables, columns)
    values = {
        kind: _values(
            kind,
            [texts[name][column] for name, kinds in columns.items() for own, column in kinds if own == kind],
            ignored.get(kind, set()),
            country=home,
        )
        for kind in order
    }
    rows = [
        np.column_stack([values[kind].positions(texts[name][column]) for kind, column in kinds])
        for name, kinds in columns.items()
    ]
    levels = [np.array([list(order).index(kind) for kind, _ in kinds]) for kinds in columns.values()]
    linked = linked_ids(rows, levels, [len(values[kind].ids) for kind in order], limits=limits)
    conflicts = _conflicts(values, linked.n_candidates, limits)
    local = _table({kind: values[kind].ids for kind in order}, linked.groups)
    return Identities(local, tuple(order), conflicts, home, give_back, language)


@dataclass(frozen=True)
class _Values:
    """The distinct ids of one kind in the order of text, whatever the order of rows, and those that cannot be used."""

    ids: list[str]
    forms: Mapping[str, str | None]
    n_invalid: int
    n_ignored: int

    def positions(self, texts: Sequence[str | None]) -> Integers:
        """The position of each id; -1 where there is none that can be used."""
        position: dict[str | None, int] = {value: index for index, value in enumerate(self.ids)}
        return np.array([position.get(self.forms.get(text or ""), NOBODY) for text in texts], dtype=np.int64)


def _values(kind: str, columns: Sequence[Sequence[str | None]], ignored: Set[str], *, country: str | None) -> _Values:
    """The ids of all columns of one kind."""
    forms = normalized_values(kind, chain.from_iterable(columns), country=country, caller=_CALLER)
    to_ignore = set(normalized_values(kind, ignored, country=country, caller=_CALLER).values()) - {None}
    distinct = set(forms.values()) - {None}
    invalid = sum(form is None for form in forms.values())
    return _Values(sorted(map(str, distinct - to_ignore)), forms, invalid, len(distinct & to_ignore))


def _checked_columns(tables: object, ids: object, order: object) -> dict[str, list[tuple[str, str]]]:
    """The kind and name of each column of ids by table, after a check of the three arguments against each other."""
    for name, value in (("tables", tables), ("ids", ids)):
        if not isinstance(value, Mapping) or not value:
            raise TypeError(f"{_CALLER}: {name} must map names of tables, got {type(value).__name__}.")
    assert isinstance(tables, Mapping)
    assert isinstance(ids, Mapping)
    if isinstance(order, str) or not isinstance(order, Sequence) or not all(isinstance(k, str) for k in order):
        raise TypeError(f"{_CALLER}: order must list the kinds of ids, the strongest first, got {order!r}.")
    if tables.keys() != ids.keys():
        unpaired = sorted(map(str, tables.keys() ^ ids.keys()))
        raise ValueError(f"{_CALLER}: tables and ids must name the same tables; {listed(unpaired)} are in one of both.")
    columns: dict[str, list[tuple[str, str]]] = {}
    for name, kinds in ids.items():
        if not isinstance(kinds, Mapping) or not kinds:
            raise TypeError(f"{_CALLER}: ids[{name!r}] must map kinds of ids to columns, got {kinds!r}.")
        columns[name] = [
            (kind, column) for kind, item in kinds.items() for column in ([item] if isinstance(item, str) else item)
        ]
        if not all(isinstance(column, str) for _, column in columns[name]):
            raise TypeError(f"{_CALLER}: ids[{name!r}] must map kinds of ids to names of columns, got {kinds!r}.")
    used = {kind for kinds in columns.values() for kind, _ in kinds}
    if len(set(order)) < len(order) or used != set(order):
        raise ValueError(
            f"{_CALLER}: order must name each kind of ids once, the strongest first; the kinds are "
            f"{listed(sorted(used))}, got {list(order)}."
        )
    return columns


def _checked_limits(order: Sequence[str], merge: object) -> list[int]:
    """How many customers one id of each kind may join."""
    if merge is None:
        return [1] * len(order)
    if not isinstance(merge, Mapping):
        raise TypeError(f"{_CALLER}: merge must map kinds to numbers, as in {{'email': 2}}, got {merge!r}.")
    if unknown := [kind for kind in merge if kind not in order[1:]]:
        raise ValueError(f"{_CALLER}: merge names {listed(unknown)}; it can name {listed(order[1:])}.")
    for kind, limit in merge.items():
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 2:
            raise ValueError(f"{_CALLER}: merge[{kind!r}] must be a whole number from 2 on, got {limit!r}.")
    return [int(merge.get(kind, 1)) for kind in order]


def _checked_ignored(order: Sequence[str], ignore: object) -> dict[str, set[str]]:
    """The values to ignore as text, by kind."""
    if ignore is None:
        return {}
    if not isinstance(ignore, Mapping) or any(
        isinstance(values, str) or not isinstance(values, Sequence) for values in ignore.values()
    ):
        raise TypeError(f"{_CALLER}: ignore must map kinds to lists of values, got {type(ignore).__name__}.")
    if unknown := [kind for kind in ignore if kind not in order]:
        raise ValueError(f"{_CALLER}: ignore names {listed(unknown)}; the kinds are {listed(order)}.")
    return {kind: {str(value).strip() for value in values} for kind, values in ignore.items()}


def _texts(
    tables: Mapping[str, object], columns: Mapping[str, Sequence[tuple[str, str]]]
) -> tuple[dict[str, dict[str, list[str | None]]], Callable[[nw.DataFrame[Any]], Any]]:
    """The ids of each table as text by column, and what returns a result in the kind of the first table."""
    opened = {name: open_table(table, _CALLER) for name, table in tables.items()}
    faults = []
    for name, table in opened.items():
        lacking = [column for _, column in columns[name] if column not in table.dialect.columns]
        if lacking:
            faults.append(f"the table {shown(name)} lacks {listed(lacking)}; it has {listed(table.dialect.columns)}")
        else:
            by_argument = {f"ids[{name!r}]": column for _, column in columns[name]}
            check_columns(_CALLER, by_argument, table.dialect.columns, advice=table.advice)
            table.check_types(_CALLER, by_argument.values())
    if faults:
        raise DataError(f"{_CALLER}: {'; '.join(faults)}. Name the columns of ids as they are called in the tables.")
    texts = {
        name: id_texts(
            columns_as_written(table, list(dict.fromkeys(column for _, column in columns[name]))),
            _CALLER,
            subject=f"the table {shown(name)}",
        )
        for name, table in opened.items()
    }
    return texts, next(iter(opened.values())).returner()


def _conflicts(
    values: Mapping[str, _Values], n_candidates: Sequence[Integers], limits: Sequence[int]
) -> tuple[IdentityConflict, ...]:
    """The ids that belong to nobody, by kind and reason."""
    counted = []
    for (kind, of_kind), candidates, limit in zip(values.items(), n_candidates, limits, strict=True):
        beside, n_ids = np.unique(candidates[candidates > 0], return_counts=True)
        by_customers = dict(zip(beside.tolist(), n_ids.tolist(), strict=True))
        reason: Reason = "several_customers" if limit == 1 else "too_many"
        counted.append(IdentityConflict(kind, reason, sum(by_customers.values()), by_customers))
        counted.append(IdentityConflict(kind, "invalid", of_kind.n_invalid))
        counted.append(IdentityConflict(kind, "ignored", of_kind.n_ignored))
    return tuple(conflict for conflict in counted if conflict.ids)


def _table(ids: Mapping[str, Sequence[str]], groups: Sequence[Integers]) -> nw.DataFrame[Any]:
    """The rows of the result: every id with its customer, who is called by the first of the strongest ids."""
    names: dict[int, str] = {}
    columns: dict[str, list[str]] = {"kind": [], "id": [], "customer_id": []}
    for level, (kind, values) in enumerate(ids.items()):
        for value, group in zip(values, groups[level].tolist(), strict=True):
            if group == NOBODY:
                continue
            name = names.setdefault(group, value if level == 0 else _made_id(kind, value))
            for column, entry in zip(columns.values(), (kind, value, name), strict=True):
                column.append(entry)
    frame = nw.from_native(frame_from_columns(columns), eager_only=True)
    return frame.select(nw.col(name).cast(nw.String) for name in columns)


def _made_id(kind: str, value: str) -> str:
    """A customer id for customers without one: a pseudonym, which whoever knows the id can make again."""
    digest = hashlib.sha256(f"{kind}\0{value}".encode()).hexdigest()
    return f"{kind}-{digest[:_DIGITS_OF_MADE_ID]}"
