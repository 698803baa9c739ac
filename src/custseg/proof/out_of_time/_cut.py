"""Logs as they were at an earlier moment: rows at or after the cut are gone before any feature is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from custseg.logs import Customers, Events, Logs, Orders, description_arguments

_ROLES = {
    "number": "numeric",
    "count": "counts",
    "category": "category",
    "flag": "flags",
    "interests": "interests",
    "date": "dates",
}
_EVER = 100 * 366
"""Days: a value without a date of observation counts as missing where ages have a limit."""


@dataclass(frozen=True, eq=False)
class CutLogs:
    """The logs without all that was recorded at or after a cut.

    Attributes
    ----------
    orders, events, customers : Orders, Events, Customers or None
        The logs.
    left_out : tuple of str
        Attributes without a date of observation: nobody knows whether they were known at the cut.
    """

    orders: Orders | None
    events: Events | None
    customers: Customers | None
    left_out: tuple[str, ...] = ()


def cut_logs(logs: Logs, cut: datetime) -> CutLogs:
    """The logs before the cut; attributes that were observed later, or nobody knows when, are missing."""
    orders, events = logs.orders, logs.events
    customers, left_out = (None, ()) if logs.customers is None else _observed(logs, logs.customers)
    return CutLogs(
        None if orders is None else orders.before(orders.dates.snapshot(cut).moment),
        None if events is None else events.before(events.dates.snapshot(cut).moment),
        customers,
        left_out,
    )


def _observed(logs: Logs, customers: Customers) -> tuple[Customers | None, tuple[str, ...]]:
    """The customer table with the attributes alone that have a date of observation, and the names of the others."""
    attributes = logs.known_attributes.attributes
    left_out = tuple(attribute.name for attribute in attributes if attribute.observed_at is None)
    dated = [attribute for attribute in attributes if attribute.observed_at is not None]
    if not dated:
        return None, left_out
    described: dict[str, Any] = {role: [] for role in _ROLES.values()} | {"consent": {}}
    for attribute in dated:
        if attribute.kind == "birth date":
            described["birth_date"] = attribute.name
        elif attribute.kind == "consent":
            described["consent"][attribute.channel] = attribute.name
        else:
            described[_ROLES[attribute.kind]].append(attribute.name)
    described["observed_at"] = {attribute.name: attribute.observed_at for attribute in dated}
    described["max_age_days"] = {attribute.name: attribute.max_age_days or _EVER for attribute in dated}
    replaced = (*described, "birth_date", "consent")
    kept = {name: value for name, value in description_arguments(customers).items() if name not in replaced}
    return Customers(customers.table, **{**kept, **described}), left_out
