"""Purchases of an order log by day and by moment, for the event families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from custseg._frames import collect_together
from custseg.errors import DataError
from custseg.features.sums._expressions import DAY
from custseg.logs import (
    Events,
    OrderFacts,
    Orders,
    order_totals,
)
from custseg.snapshot import Snapshot


@dataclass(frozen=True, eq=False)
class Purchases:
    """Purchases that complement an event log.

    Attributes
    ----------
    days : narwhals LazyFrame
        `customer`, `day` and `ordered`, the number of purchases: a row per day with one in the window.
    moments : narwhals LazyFrame
        `customer`, `moment` and `day` of every line of money before the snapshot.
    comparable : bool
        Whether moments of both logs can be compared; if not, because the time zones differ or one log has dates
        without times, only days are.
    """

    days: nw.LazyFrame[Any]
    moments: nw.LazyFrame[Any]
    comparable: bool


def purchases(
    orders: Orders,
    snapshot: Snapshot,
    facts: OrderFacts,
    *,
    lines: nw.LazyFrame[Any],
    events: Events,
    keep_zero: bool,
    refunds: str,
) -> Purchases:
    """The purchases of the lines of the log, under the policies of the order families."""
    col = nw.col
    totals = order_totals(lines, snapshot, facts, refunds=refunds)
    worth = col("money") > 0
    if keep_zero:
        worth = worth | ((col("lines") > 0) & (col("money") == 0))
    if snapshot.start is not None:
        worth = worth & (col("moment") >= snapshot.start)
    days = totals.filter(worth).group_by("customer", "day").agg(nw.len().alias("ordered"))

    paid = col("money") >= 0 if keep_zero else col("money") > 0
    if facts.cancelled_lines:
        paid = paid & ~col("cancelled")
    paid_lines = lines.filter(~col("customer").is_null(), col("moment") < snapshot.moment, paid)
    moments = paid_lines.group_by("customer", "moment").agg(col("day").min())
    return Purchases(days, moments, comparable=clocks_agree(orders, events))


def check_same_ids(orders: Orders, events: Events, caller: str) -> None:
    """Raise unless the customer ids of both logs have comparable types."""
    kinds = {str(log.lines().collect_schema()["customer"]) for log in (orders, events)}
    if len(kinds) > 1:
        raise DataError(
            f"{caller}: the customer ids of orders and events are of different types, {sorted(kinds)}. "
            "Cast them to one type."
        )


def clocks_agree(orders: Orders, events: Events) -> bool:
    """Whether both logs have times of day in the same time zone."""
    zones = [None if log.dates.style.zoned else log.dates.timezone for log in (orders, events)]
    if zones[0] != zones[1]:
        return False
    clocks = [
        log.lines().select((nw.col("moment") % DAY).alias("clock")).select(nw.col("clock").max())
        for log in (orders, events)
        if not log.dates.style.zoned
    ]
    return all(bool(latest.item()) for latest in collect_together(*clocks))
