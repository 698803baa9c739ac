"""`Reach`: how far back the order log of a fit reached, and whether a later log still does."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from custseg._numerics import Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.errors import DataError
from custseg.feature_table import DistributedFeatures, FeatureTable
from custseg.logs import Logs
from custseg.texts import number

_SINCE_FIRST_ORDER = (
    "age_days", "orders_per_30d", "trend", "first_source",
    "foresight", "p_alive", "expected_orders", "expected_revenue",
)  # fmt: skip
"""Features that depend on orders before the window."""
_EARLY = (0.1, 0.5)
_REMAINING = 0.5
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Reach:
    """How many customers had placed their first order by two dates.

    A later log has these orders too, unless its beginning was cut off. Then customers look new who are not.

    Attributes
    ----------
    days : tuple of str
        Dates (ISO) by which a tenth and a half of the customers had placed their first order.
    customers : tuple of int
        How many had, ten or more.
    """

    days: tuple[str, ...]
    customers: tuple[int, ...]

    def __post_init__(self) -> None:
        """Raise ValueError for what are no dates with their numbers, as an edited model file may have them."""
        if len(self.days) != len(self.customers):
            raise ValueError("the reach of the log must have one number of customers per date")
        for day in self.days:
            date.fromisoformat(day)

    @classmethod
    def learn(cls, table: FeatureTable | DistributedFeatures) -> Reach | None:
        """The reach of the log of a fit; None without orders, or with too few customers to tell."""
        first = _FirstOrders.of(table)
        if first is None or first.n_buyers < SMALLEST_GROUP:
            return None
        ranks = [max(SMALLEST_GROUP, int(np.ceil(share * first.n_buyers))) for share in _EARLY]
        days = sorted({int(first.day_of(rank)) for rank in ranks})
        return cls(tuple(map(_iso, days)), tuple(map(first.n_by, days)))

    def check(self, table: FeatureTable | DistributedFeatures, logs: Logs, names: Collection[str]) -> None:
        """Raise if fewer than half of these customers have placed an order by then in a later log.

        Orders before a window may be left out where no feature needs them; then the log must not begin in the second
        half of the window.
        """
        first = _FirstOrders.of(table)
        if first is None or logs.orders is None:
            return
        snapshot = table.snapshot
        assert snapshot is not None
        needs_all = snapshot.window_days is None or any(name in _SINCE_FIRST_ORDER for name in names)
        window_start = snapshot.day - (snapshot.window_days or 0)
        for iso, before in zip(self.days, self.customers, strict=True):
            day = (date.fromisoformat(iso) - _EPOCH).days
            if not needs_all and day < window_start:
                if first.n_buyers and first.days[0] > window_start + _REMAINING * (snapshot.day - window_start):
                    raise DataError(
                        f"{logs.caller}: the order log seems to be cut off at its beginning: it begins on "
                        f"{_iso(first.days[0])}, and the window of the model on {_iso(window_start)}. Customers would "
                        "have fewer orders than they placed. Give logs that cover the window."
                    )
                continue
            if first.n_by(day) < _REMAINING * before:
                remedy = "Give the whole log."
                if snapshot.window_days is None:
                    remedy = "Give the whole log; or fit with window_days=, and give logs that cover the window."
                begin = _iso(first.days[0]) if first.n_buyers else "?"
                raise DataError(
                    f"{logs.caller}: the order log seems to be cut off at its beginning (it begins on {begin}): at the "
                    f"fit, {number(before, 'en')} customers had placed their first order by {iso}, and here less than "
                    f"half as many. Customers whose older orders are missing would look new. {remedy}"
                )


def _iso(day: float) -> str:
    """The date of a day counted from 1970-01-01."""
    return (_EPOCH + timedelta(days=int(day))).isoformat()


def log_days(table: FeatureTable | DistributedFeatures) -> int | None:
    """Days from the one by which ten customers had ordered to the snapshot; None where the features do not say it."""
    first = _FirstOrders.of(table)
    if first is None or first.n_buyers < SMALLEST_GROUP:
        return None
    assert table.snapshot is not None
    return max(1, int(table.snapshot.day - first.day_of(SMALLEST_GROUP)))


@dataclass(frozen=True, eq=False)
class _FirstOrders:
    """How many customers had placed their first order by the end of each day; `days` are in increasing order."""

    days: Floats
    n_by_day: Integers

    @classmethod
    def of(cls, table: FeatureTable | DistributedFeatures) -> _FirstOrders | None:
        """The days of the first orders; None where the features do not say them."""
        if table.snapshot is None or "age_days" not in table.names:
            return None
        if isinstance(table, DistributedFeatures):
            ages, counts = table.counts_of_values("age_days")
        else:
            age = table.values("age_days")
            ages, counts = np.unique(age[~np.isnan(age)], return_counts=True)
        return cls(table.snapshot.day - ages[::-1], np.cumsum(counts[::-1]))

    @property
    def n_buyers(self) -> int:
        """Customers with an order."""
        return int(self.n_by_day[-1]) if len(self.n_by_day) else 0

    def n_by(self, day: float) -> int:
        """How many had placed their first order by the end of the day."""
        position = int(np.searchsorted(self.days, day, side="right"))
        return int(self.n_by_day[position - 1]) if position else 0

    def day_of(self, rank: int) -> float:
        """The day by which so many had placed their first order."""
        return float(self.days[np.searchsorted(self.n_by_day, rank)])
