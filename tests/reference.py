"""Recency, frequency and money in plain Python: slow, and plain enough to be believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any, NamedTuple


class Rfm(NamedTuple):
    recency_days: int | None
    age_days: int | None
    order_count: int
    order_days: int
    revenue: float
    order_value: float | None


def rfm_by_hand(
    lines: Iterable[Mapping[str, Any]],
    as_of: datetime,
    *,
    refunds: str = "net",
    zero_orders: str = "drop",
) -> dict[Any, Rfm]:
    """Every known customer of the log, also who has no purchase."""
    orders: dict[Any, dict[Any, list[tuple[date, Fraction]]]] = defaultdict(lambda: defaultdict(list))
    for line in completed(lines, as_of):
        customer, at = line["customer_id"], line["ordered_at"]
        if _blank(customer) or at is None or at >= as_of:
            continue
        order = ("at", at) if line["order_id"] is None else ("id", line["order_id"])
        kept = orders[customer][order]
        money = _money(line["amount"])
        refund = money is not None and money < 0
        if refund if refunds == "gross" else line["cancelled"] and not refund:
            continue
        if line["cancelled"] and refunds == "gross":
            continue
        kept.append((at.date(), money or Fraction(0)))
    return {customer: _summary(list(of.values()), as_of.date(), zero_orders) for customer, of in orders.items()}


def completed(
    lines: Iterable[Mapping[str, Any]],
    as_of: datetime,
    roles: Sequence[str] = ("customer_id", "ordered_at", "cancelled"),
) -> list[dict[str, Any]]:
    """The lines, completed within the orders of one customer; a mark of cancellation only where some line says no."""
    rows = [dict(line) for line in lines]
    later = [row for row in rows if row["ordered_at"] is not None and row["ordered_at"] >= as_of]
    says_no = any(row.get("cancelled") is False for row in rows if row not in later)
    owners: dict[Any, set[Any]] = defaultdict(set)
    for row in rows:
        if row not in later and not _blank(row["customer_id"]):
            owners[row["order_id"]].add(row["customer_id"])
    for role in roles:
        values: dict[Any, set[Any]] = defaultdict(set)
        for row in rows:
            if role in row and not _blank(row[role]) and row not in later:
                values[row["order_id"]].add(row[role])
        for row in rows:
            single = values[row["order_id"]]
            fits = (
                row not in later
                and role in row
                and _blank(row[role])
                and row["order_id"] is not None
                and len(single) == 1
                and len(owners[row["order_id"]]) <= 1
            )
            if fits and (role != "cancelled" or says_no):
                row[role] = next(iter(single))
    return rows


def _summary(orders: list[list[tuple[date, Fraction]]], today: date, zero_orders: str) -> Rfm:
    days, revenue = [], Fraction(0)
    for kept in orders:
        value = sum((money for _, money in kept), Fraction(0))
        revenue += value
        if value > 0 or (zero_orders == "keep" and value == 0 and kept):
            days.append(min(day for day, _ in kept))
    count = len(days)
    return Rfm(
        recency_days=(today - max(days)).days if days else None,
        age_days=(today - min(days)).days if days else None,
        order_count=count,
        order_days=len(set(days)),
        revenue=float(revenue),
        order_value=float(revenue) / count if count else None,
    )


def _blank(customer: Any) -> bool:
    return customer is None or (isinstance(customer, str) and not customer.strip())


def _money(amount: float | None) -> Fraction | None:
    if amount is None or amount != amount:
        return None
    return Fraction(Decimal(repr(amount)).quantize(Decimal("0.0001"), ROUND_HALF_EVEN))
