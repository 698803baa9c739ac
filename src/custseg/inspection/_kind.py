"""The kind of table in a file, and the roles of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
NO_COLUMN = "none"
"""How a user says that no column has a role: `--amount none`."""

_ONE_ROW_EACH = 0.995
_NAMED_ORDER = 0.7
_FEWEST_ROWS = 20
_CHANNELS = frozenset({"email", "e-mail", "mail", "web", "site", "app", "sms", "push", "store", "pos", "offline"})
_EVENT_ROLES = ("customer", "date", "event", "channel")


@dataclass(frozen=True)
class Reading:
    """The kind of a table and the roles of its columns.

    Attributes
    ----------
    kind : {"orders", "events", "customers", "other"}
        The kind of table.
    certainty : {"certain", "likely", "ambiguous"}
        How certain the kind is.
    roles : mapping of str to RoleFinding
        The columns by role.
    missing : tuple of str
        Required roles of an order log that no column has.
    money : MoneyFinding or None
        The columns of money.
    """

    kind: FileKind
    certainty: Certainty
    roles: Mapping[str, RoleFinding]
    missing: tuple[str, ...] = ()
    money: MoneyFinding | None = None


def read_columns(
    columns: Sequence[ColumnFacts], fixed: Mapping[str, str] | None = None, kind: FileKind | None = None
) -> Reading:
    """The kind of table and the roles of its columns; `fixed` (role -> column, or "none") are given by the user."""
    names = {column.name: column for column in reversed(columns)}
    fixed_roles = {
        role: RoleFinding(names[name], "certain", "given") for role, name in (fixed or {}).items() if name in names
    }
    free = [column for column in columns if column not in [finding.column for finding in fixed_roles.values()]]
    roles = _core(fixed_roles, free)
    used = {finding.column.index for finding in roles.values()}
    money = _fixed_money(fixed_roles) or find_money([c for c in free if c.index not in used], roles.get("order"))
    detected, certainty = _kind(roles, columns, money)
    if "customer" not in roles and "date" not in roles and (ids := _only_ids(columns)):
        detected, roles = "customers", {"customer": ids}
    if kind is not None:
        detected, certainty = kind, "certain"
    if detected == "customers":
        return Reading(detected, certainty, {role: finding for role, finding in roles.items() if role == "customer"})
    reading = _log(detected, certainty, roles=fixed_roles | roles, columns=columns, money=money)
    # What the user says is not there is not missed.
    excluded = {role for role, name in (fixed or {}).items() if name == NO_COLUMN}
    return replace(reading, missing=tuple(role for role in reading.missing if role not in excluded))


def _core(fixed_roles: Mapping[str, RoleFinding], free: Sequence[ColumnFacts]) -> dict[str, RoleFinding]:
    """The columns that make a log: customer, order, date and event."""
    order = fixed_roles.get("order") or find_order(free)
    date = fixed_roles.get("date") or find_date(free)
    remaining = [column for column in free if order is None or column is not order.column]
    customer = fixed_roles.get("customer") or find_customer(remaining, order, date)
    if customer is not None and order is None and date is not None:
        order = order_by_values(free, customer, date)
    if "order" not in fixed_roles:
        order = checked_order(order, customer)
    core = {"customer": customer, "order": order, "date": date, "event": fixed_roles.get("event") or find_event(free)}
    return {role: finding for role, finding in core.items() if finding is not None}


def _fixed_money(fixed_roles: Mapping[str, RoleFinding]) -> MoneyFinding | None:
    """The columns of money among the fixed roles."""
    if not fixed_roles.keys() & {"amount", "quantity", "price"}:
        return None
    return MoneyFinding(fixed_roles.get("amount"), fixed_roles.get("quantity"), fixed_roles.get("price"))


def _log(
    kind: FileKind,
    certainty: Certainty,
    *,
    roles: dict[str, RoleFinding],
    columns: Sequence[ColumnFacts],
    money: MoneyFinding | None,
) -> Reading:
    """The roles of a log, with the optional ones."""
    if money is not None and kind != "events":
        money_roles = {"amount": money.amount, "quantity": money.quantity, "price": money.price}
        roles |= {role: finding for role, finding in money_roles.items() if finding is not None}
    used = {finding.column.index for finding in roles.values()}
    used |= {finding.column.index for _, finding in (money.extra if money else ())}
    roles |= {role: finding for role, finding in find_optional(columns, used).items() if role not in roles}
    allowed = {*_EVENT_ROLES} if kind == "events" else {*roles} - {"event"}
    log_roles = {role: finding for role, finding in roles.items() if role in allowed}
    if kind == "events" and "channel" in log_roles and not _names_channels(log_roles["channel"].column):
        del log_roles["channel"]  # a device is not a channel, and mail events would be ignored
    missing = tuple(role for role in ("customer", "date") if role not in log_roles)
    if money is None and kind != "events":
        missing += ("amount",)
    return Reading(kind, certainty, log_roles, missing, money)


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
    money_findings = [finding for finding in (money.amount, money.quantity, money.price) if finding is not None]
    weakest = _weakest(customer, date, *money_findings)
    return "orders", weakest if named_order or weakest != "certain" else "likely"


def _one_row_each(
    customer: ColumnFacts, columns: Sequence[ColumnFacts], *, order: RoleFinding | None, date: RoleFinding | None
) -> bool:
    """Whether each customer has one row, and nothing suggests that a row is an order."""
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
    ids = [c for c in columns if c.concepts == {"id"} and c.is_id and c.distinct_share == 1 and c.filled_share == 1]
    return RoleFinding(ids[0], "likely", "one_row_each", tuple(ids[1:])) if ids and len(columns) > 1 else None


def _weakest(*findings: RoleFinding) -> Certainty:
    """The certainty of the least certain finding; for the kind of table, ambiguous counts as likely."""
    return "certain" if all(finding.certainty == "certain" for finding in findings) else "likely"
