"""Markers that say nothing, or what another one says: how many orders there are, half of the members, the same ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from custseg._numerics import Bools, Floats
from custseg.profiling.markers._marker_texts import Statement, counts_of_terms
from custseg.profiling.measures._column_statistics import NEEDED_ORDERS, ColumnStatistics
from custseg.profiling.measures._effects import NEGLIGIBLE
from custseg.profiling.measures._terms import MISSING, PRESENCE, Term, is_answer

FeatureStatement = tuple[str, Statement]
"""A feature, and what is said of it."""

_SHARES_OF_ORDERS = ("peak_share", "season_share")
_ORDERS = "order_count"
_NEAR_HALF = (0.4, 0.6)
"""Of so large a part of the members a yes or no says nothing, unless few others have the same answer."""
_LARGE = 0.474
"""The difference of shares from which it is large (Romano et al. 2006)."""
_HALF = 0.5
_SAME = 0.9
"""The correlation from which two conditions hold for the same customers."""


def says_nothing(feature: str, statement: Statement, segment: int, *, statistics: ColumnStatistics) -> bool:
    """Whether readers learn nothing of the members: about half have an answer, or it follows from their orders.

    Who ordered once has no rate, no gap and no time between orders: these repeat how long ago the one order was.
    """
    if feature in NEEDED_ORDERS and statistics.is_of_one_order(segment):
        return True
    of_median = statement.medians is not None and statement.medians[0] == 0
    return _is_near_half(statement, segment, statistics) or _restates_orders(
        feature, segment, statistics, of_median=of_median
    )


def _is_near_half(statement: Statement, segment: int, statistics: ColumnStatistics) -> bool:
    """Whether a yes or no is that of about half of the members: the others are the ones of whom it says something."""
    if not statement.terms or not is_answer(statement.terms[0], statistics.table):
        return False
    hits, sizes = counts_of_terms(statistics, statement.terms)
    members, n_others = hits[segment] / max(sizes[segment], 1), sizes.sum() - sizes[segment]
    others = (hits.sum() - hits[segment]) / max(n_others, 1)
    return bool(_NEAR_HALF[0] < members < _NEAR_HALF[1] and abs(members - others) < _LARGE)


def _restates_orders(feature: str, segment: int, statistics: ColumnStatistics, *, of_median: bool) -> bool:
    """Whether a share of the orders in some weeks is as their number alone explains.

    Of few orders most often none is in the peak weeks, of many nearly always one. With the share p of all orders of
    all customers, none of n is with the probability (1 - p)^n. What the members order there differs if their own share
    does, or if more or fewer of them have no order there than that. A median of 0 (`of_median`) follows where half of
    them have none by their number alone.
    """
    table = statistics.table
    if feature not in _SHARES_OF_ORDERS or _ORDERS not in table.numbers:
        return False
    shares, orders = table.values(feature), table.values(_ORDERS)
    is_known = (statistics.labels >= 0) & ~np.isnan(shares) & (orders > 0)
    members = is_known & (statistics.labels == segment)
    others = is_known & ~members
    if not members.any() or not others.any():
        return False
    if abs(_pooled(shares, orders, members) - _pooled(shares, orders, others)) >= NEGLIGIBLE:
        return False
    expected = (1 - min(_pooled(shares, orders, is_known), 1.0)) ** orders[members]
    is_as_expected = abs((shares[members] == 0).mean() - expected.mean()) < NEGLIGIBLE
    return bool(is_as_expected or (of_median and expected.mean() >= _HALF))


def _pooled(shares: Floats, orders: Floats, customers: Bools) -> float:
    return float(np.average(shares[customers], weights=orders[customers]))


def same_customers(first: FeatureStatement, second: FeatureStatement, statistics: ColumnStatistics) -> bool:
    """Whether the conditions of two shares hold for the same customers: who has clicked nothing has a rate of nothing.

    Medians, and whether there is a value, say more than a condition does, but who has no visit has no last one.
    """
    conditions = [_condition(first, beside=second), _condition(second, beside=first)]
    if not all(conditions):
        return False
    inside = statistics.labels >= 0
    x, y = (_holds(terms, statistics)[inside] for terms in conditions)
    if any(indicator.all() or not indicator.any() for indicator in (x, y)):
        return False
    return bool(np.corrcoef(x, y)[0, 1] >= _SAME)


def _condition(marker: FeatureStatement, *, beside: FeatureStatement) -> tuple[Term, ...]:
    """The terms of a share; whether there is a value, and a median of 0, only beside the other one; else empty."""
    if _is_missing(marker) and _says_none(beside):
        return marker[1].terms
    if _says_none(marker) and _is_missing(beside):
        return (Term(marker[0], "==", 0.0),)
    return () if any(term.operator in PRESENCE for term in marker[1].terms) else marker[1].terms


def _is_missing(marker: FeatureStatement) -> bool:
    return [term.operator for term in marker[1].terms] == [MISSING]


def _says_none(marker: FeatureStatement) -> bool:
    """Whether it says that most members have none of something."""
    feature, statement = marker
    is_none = statement.terms == (Term(feature, "==", 0.0),)
    return is_none or (statement.medians is not None and statement.medians[0] == 0)


def _holds(terms: Sequence[Term], statistics: ColumnStatistics) -> Bools:
    bools: Sequence[Bools] = [term.holds(statistics.table, {}) for term in terms]
    return np.asarray(np.logical_and.reduce(bools))
