"""What most members of a segment need to have ordered before words say how they order, what, or that they still do.

One order has no gaps, no rate and no trend, although the figures of the customer base fill these columns, and a share
of purchases that is shrunk towards that of all customers is above 0 where nobody bought the category.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from custseg._numerics import Bools
from custseg.profiling.measures._column_statistics import NEEDED_ORDERS, ColumnStatistics
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming.traits._levels import is_most
from custseg.profiling.naming.traits._words import Wording

_REPEATED = 2
_HIGH_SHARE = 1 / 3
_ORDERS, _RECENCY, _JOINED = "order_count", "recency_days", "age_days"


def has_needed_orders(statistics: ColumnStatistics, name: str, segment: int) -> bool:
    """Whether most members have as many orders as words on the column need; of a table without orders always.

    The first order is nothing beside the last one where they are one and the same.
    """
    if name == _JOINED and statistics.is_of_one_order(segment):
        return False
    if name not in NEEDED_ORDERS or _ORDERS not in statistics.table.numbers:
        return True
    return _is_true_of_most(statistics, segment, statistics.table.values(_ORDERS) >= NEEDED_ORDERS[name])


def with_bought_shares(statistics: ColumnStatistics, name: str, wordings: Sequence[Wording]) -> list[Wording]:
    """The words, those of a high share of a category with a bound above which customers bought it, and much of it.

    A shrunk share without a purchase is under that of all customers, so that a third is reached with purchases alone.
    """
    feature = statistics.table.described[name]
    if not (feature.shrunk and feature.composition):
        return list(wordings)
    usual = float(np.nanmean(statistics.clustered_values(name)[0]))
    return [
        one._replace(terms=(*one.terms, Term(name, ">=", max(usual, _HIGH_SHARE))))
        if one.kind == "high" and not one.is_bound
        else one
        for one in wordings
    ]


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
