"""Every feature of the order families in plain Python, one customer and one order at a time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from statistics import mean, median, stdev
from typing import Any, NamedTuple

from reference import _blank, _money, completed


class Order(NamedTuple):
    at: datetime
    day: date | None
    value: Fraction
    buys: bool


def order_features_by_hand(
    lines: Iterable[Mapping[str, Any]],
    as_of: datetime,
    *,
    window_days: int | None = None,
    zero_orders: str = "drop",
) -> dict[Any, dict[str, Any]]:
    """Each customer's rfm and rhythm features under `refunds="net"`, but the base-dependent ones."""
    start = datetime.min if window_days is None else as_of - timedelta(days=window_days)
    grouped: dict[Any, dict[Any, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for line in completed(lines, as_of):
        if not _blank(line["customer_id"]) and line["ordered_at"] is not None and line["ordered_at"] < as_of:
            key = ("at", line["ordered_at"]) if line["order_id"] is None else ("id", line["order_id"])
            grouped[line["customer_id"]][key].append(line)
    return {
        customer: _features([_order(of, zero_orders) for of in orders.values()], as_of, start, window_days)
        for customer, orders in grouped.items()
    }


def _order(lines: list[Mapping[str, Any]], zero_orders: str) -> Order:
    kept = [line for line in lines if not line["cancelled"] or (_money(line["amount"]) or 0) < 0]
    value = sum((_money(line["amount"]) or Fraction(0) for line in kept), Fraction(0))
    buys = value > 0 or (zero_orders == "keep" and value == 0 and bool(kept))
    day = min((line["ordered_at"].date() for line in kept), default=None)
    return Order(min(line["ordered_at"] for line in lines), day, value, buys)


def _features(orders: list[Order], as_of: datetime, start: datetime, window: int | None) -> dict[str, Any]:
    today = as_of.date()
    inside = [order for order in orders if order.at >= start]
    bought = [order for order in inside if order.buys]
    ever = [order.day for order in orders if order.buys]
    days = sorted({order.day for order in bought})
    gaps = [(b - a).days for a, b in pairwise(days)]
    age = (today - min(ever)).days if ever else None
    exposure = None if age is None else age if window is None else min(age, window)
    revenue = sum((order.value for order in inside), Fraction(0))
    later = sum((order.value for order in bought if order.day != days[0]), Fraction(0))
    late = sum((today - order.day).days * 2 < exposure for order in bought)
    return {
        "recency_days": (today - days[-1]).days if days else None,
        "age_days": age,
        "order_count": len(bought),
        "order_days": len(days),
        "revenue": float(revenue),
        "order_value": float(revenue) / len(bought) if bought else None,
        "orders_per_30d": 30 * len(bought) / max(exposure, 30) if exposure is not None else None,
        "recency_span_days": (days[-1] - days[0]).days if days else None,
        "repeat_count": max(len(days) - 1, 0),
        "repeat_value": float(later) / (len(days) - 1) if len(days) > 1 else None,
        "gap_days_mean": mean(gaps) if gaps else None,
        "gap_cv": stdev(gaps) / mean(gaps) if len(gaps) > 1 else None,
        "trend": math.log((late + 0.5) / (len(bought) - late + 0.5)),
        "gaps": gaps,
    }


def median_gap(features: Mapping[Any, Mapping[str, Any]]) -> float | None:
    """The median of all gaps of the base."""
    gaps = [gap for of in features.values() for gap in of["gaps"]]
    return median(gaps) if gaps else None
