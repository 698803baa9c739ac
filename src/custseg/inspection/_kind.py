"""What sort of table a file is, and which column is what in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from custseg.inspection.columns._facts import ColumnFacts
from custseg.inspection.columns._money import MoneyFinding, find_money
from custseg.inspection.columns._roles import (
    Certainty,
    RoleFinding,
    checked_order,
    find_customer,
    find_date,
    find_event,
    find_optional,
    find_order,
    order_by_values,
)

FileKind = Literal["orders", "events", "customers", "other"]

_ONE_ROW_EACH = 0.995
_NAMED_ORDER = 0.7
_FEWEST_ROWS = 20
_CHANNELS = frozenset({"email", "e-mail", "mail", "web", "site", "app", "sms", "push", "store", "pos", "offline"})
_OF_EVENTS = ("customer", "date", "event", "channel")


@dataclass(frozen=True)
class Reading:
    """What the columns of a file are.

    Attributes
    ----------
    kind : {"orders", "events", "customers", "other"}
        The sort of table.
    certainty : {"certain", "likely", "ambiguous"}
        How sure that is.
    roles : mapping of str to RoleFinding
        The columns by role.
    missing : tuple of str
        The roles that a log of orders needs and that no column has.
    money : MoneyFinding or None
        What was found about money.
    """

    kind: FileKind
    certainty: Certainty
    roles: Mapping[str, RoleFinding]
    missing: tuple[str, ...] = ()
    money: MoneyFinding | None = None


def read_columns(
    columns: Sequence[ColumnFacts], fixed: Mapping[str, str] | None = None, kind: FileKind | None = None
) -> Reading:
    """The sort of table and the roles of its columns; those of `fixed` (role -> column) are known."""
    names = {column.name: column for column in reversed(columns)}
    given = {
        role: RoleFinding(names[name], "certain", "given") for role, name in (fixed or {}).items() if name in names
    }
    free = [column for column in columns if column not in [one.column for one in given.values()]]
    roles = _core(given, free)
    taken = {finding.column.place for finding in roles.values()}
    money = _given_money(given) or find_money([c for c in free if c.place not in taken], roles.get("order"))
    found, certainty = _kind(roles, columns, money)
    if "customer" not in roles and "date" not in roles and (ids := _only_ids(columns)):
        found, roles = "customers", {"customer": ids}
    if kind is not None:
        found, certainty = kind, "certain"
    if found == "customers":
        return Reading(found, certainty, {role: one for role, one in roles.items() if role == "customer"})
    return _log(found, certainty, roles=given | roles, columns=columns, money=money)


def _core(given: Mapping[str, RoleFinding], free: Sequence[ColumnFacts]) -> dict[str, RoleFinding]:
    """The columns that make a log: customer, order, date and event."""
    order = given.get("order") or find_order(free)
    date = given.get("date") or find_date(free)
    rest = [column for column in free if order is None or column is not order.column]
    customer = given.get("customer") or find_customer(rest, order, date)
    if customer is not None and order is None and date is not None:
        order = order_by_values(free, customer, date)
    if "order" not in given:
        order = checked_order(order, customer)
    core = {"customer": customer, "order": order, "date": date, "event": given.get("event") or find_event(free)}
    return {role: finding for role, finding in core.items() if finding is not None}


def _given_money(given: Mapping[str, RoleFinding]) -> MoneyFinding | None:
    """The columns of money that are known."""
    if not given.keys() & {"amount", "quantity", "price"}:
        return None
    return MoneyFinding(given.get("amount"), given.get("quantity"), given.get("price"))


def _log(
    kind: FileKind,
    certainty: Certainty,
    *,
    roles: dict[str, RoleFinding],
    columns: Sequence[ColumnFacts],
    money: MoneyFinding | None,
) -> Reading:
    """The roles of a log, with what describes its lines."""
    if money is not None and kind != "events":
        parts = {"amount": money.amount, "quantity": money.quantity, "price": money.price}
        roles |= {role: finding for role, finding in parts.items() if finding is not None}
    taken = {finding.column.place for finding in roles.values()}
    taken |= {finding.column.place for _, finding in (money.extra if money else ())}
    roles |= {role: one for role, one in find_optional(columns, taken).items() if role not in roles}
    wanted = {*_OF_EVENTS} if kind == "events" else {*roles} - {"event"}
    kept = {role: finding for role, finding in roles.items() if role in wanted}
    if kind == "events" and "channel" in kept and not _names_channels(kept["channel"].column):
        del kept["channel"]  # a device is none, and mails would count for nothing
    missing = tuple(role for role in ("customer", "date") if role not in kept)
    if money is None and kind != "events":
        missing += ("amount",)
    return Reading(kind, certainty, kept, missing, money)


def _kind(
    roles: Mapping[str, RoleFinding], columns: Sequence[ColumnFacts], money: MoneyFinding | None
) -> tuple[FileKind, Certainty]:
    customer, date, event, order = (roles.get(role) for role in ("customer", "date", "event", "order"))
    if customer is None:
        return "other", "likely"
    if _one_row_each(customer.column, columns, order=order, date=date):
        return "customers", "likely"
    if date is None:
        return "other", "likely"
    named_order = order is not None and order.column.scores.get("order", 0.0) >= _NAMED_ORDER
    if event is not None and (money is None or not named_order):
        return "events", _weakest(customer, date, event)
    if money is None:
        return "other", "likely"
    parts = [part for part in (money.amount, money.quantity, money.price) if part is not None]
    weakest = _weakest(customer, date, *parts)
    return "orders", weakest if named_order or weakest != "certain" else "likely"


def _one_row_each(
    customer: ColumnFacts, columns: Sequence[ColumnFacts], *, order: RoleFinding | None, date: RoleFinding | None
) -> bool:
    """Whether each customer has one row, and nothing says that a row is an order."""
    if customer.distinct_share < _ONE_ROW_EACH or customer.filled_share < _ONE_ROW_EACH or len(columns) < 2:
        return False
    if len(customer.filled) < _FEWEST_ROWS and date is not None:
        return False
    if order is not None and order.column.scores.get("order", 0.0) >= _NAMED_ORDER and order.column is not customer:
        return False
    # An order log without order numbers in which every customer has one order is rarer than a list of customers.
    return date is None or "order" not in date.column.concepts or "other_time" in date.column.concepts


def _names_channels(column: ColumnFacts) -> bool:
    """Whether the values are channels of messages and visits."""
    return not _CHANNELS.isdisjoint(value.lower() for value in column.filled)


def _only_ids(columns: Sequence[ColumnFacts]) -> RoleFinding | None:
    """A column that is called "id" or the like and differs in every row."""
    found = [c for c in columns if c.concepts == {"id"} and c.is_id and c.distinct_share == 1 and c.filled_share == 1]
    return RoleFinding(found[0], "likely", "one_row_each", tuple(found[1:])) if found and len(columns) > 1 else None


def _weakest(*findings: RoleFinding) -> Certainty:
    """The least sure of the findings, as far as the sort of table is concerned."""
    return "certain" if all(finding.certainty == "certain" for finding in findings) else "likely"
