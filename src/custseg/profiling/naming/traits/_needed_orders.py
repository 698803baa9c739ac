"""How many orders most members of a segment need before words say how they order, or that they still do.

One order has no gaps, no rate and no trend, although the figures of the customer base fill these columns.
"""

from __future__ import annotations

import numpy as np

from custseg._numerics import Bools
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.naming.traits._levels import is_most

_REPEATED = 2
_ORDERS, _RECENCY = "order_count", "recency_days"
# A trend, and how uneven gaps are, need two gaps; a rhythm, a rate and a season need a second order.
_NEEDED = {
    "trend": 3, "gap_cv": 3, "gap_days_mean": 2, "expected_gap_days": 2, "overdue_ratio": 2, "orders_per_30d": 2,
    "recency_span_days": 2, "repeat_count": 2, "repeat_value": 2, "peak_share": 2,
}  # fmt: skip


def has_needed_orders(statistics: ColumnStatistics, name: str, segment: int) -> bool:
    """Whether most members have as many orders as words on the column need; of a table without orders always."""
    if name not in _NEEDED or _ORDERS not in statistics.table.numbers:
        return True
    return _is_true_of_most(statistics, segment, statistics.table.values(_ORDERS) >= _NEEDED[name])


def buys_again(statistics: ColumnStatistics, segment: int, *, lately: float) -> bool:
    """Whether most members have a second order, or ordered up to so many days ago; True where neither is known."""
    table = statistics.table
    holds = []
    if _ORDERS in table.numbers:
        holds.append(table.values(_ORDERS) >= _REPEATED)
    if _RECENCY in table.numbers:
        holds.append(table.values(_RECENCY) <= lately)
    return not holds or _is_true_of_most(statistics, segment, np.logical_or.reduce(holds))


def _is_true_of_most(statistics: ColumnStatistics, segment: int, holds: Bools) -> bool:
    members = statistics.labels == segment
    return is_most(float(holds[members].mean()), int(members.sum()))
