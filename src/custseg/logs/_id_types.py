"""Customer ids of several logs, brought to one type if the ids of a CSV file can be read as text as well."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import TypeVar

from custseg.errors import DataError
from custseg.logs._customers import Customers
from custseg.logs._events import Events
from custseg.logs._orders import Orders

Log = TypeVar("Log", Orders, Events, Customers)


def with_ids_of_one_type(
    orders: Orders | None, events: Events | None, customers: Customers | None, *, caller: str
) -> tuple[Orders | None, Events | None, Customers | None]:
    """The logs; whole numbers of CSV files become text if another log has text ids.

    Raises DataError if the ids of a typed table are whole numbers and those of another log are text.
    """
    logs = {"orders": orders, "events": events, "customers": customers}
    described = {name: log for name, log in logs.items() if log is not None}
    if len(described) < 2:
        return orders, events, customers
    kinds = {name: _id_kind(log) for name, log in described.items()}
    if set(kinds.values()) != {"integer", "text"}:
        return orders, events, customers
    typed = [name for name, log in described.items() if kinds[name] == "integer" and not log.source_table.dialect.text]
    if typed:
        text = " and ".join(name for name, kind in kinds.items() if kind == "text")
        raise DataError(
            f"{caller}: the customer ids of {' and '.join(typed)} and {text} are of different types, whole numbers and "
            f"text. Cast the ids of {' and '.join(typed)} to text; or give that log as a CSV file too, whose ids are "
            "then read as text."
        )
    return (
        None if orders is None else _with_text_ids(orders),
        None if events is None else _with_text_ids(events),
        None if customers is None else _with_text_ids(customers),
    )


def _id_kind(log: Orders | Events | Customers) -> str:
    dialect = log.source_table.dialect
    if not dialect.text:
        return dialect.kind(log.customer)
    dated = None if isinstance(log, Customers) else log.date
    return "integer" if dialect.whole_numbers(log.customer, dated=dated) else "text"


def _with_text_ids(log: Log) -> Log:
    changed = copy(log)
    dialect = log.source_table.dialect.keeping_text(log.customer)
    object.__setattr__(changed, "source_table", replace(log.source_table, dialect=dialect))
    return changed
