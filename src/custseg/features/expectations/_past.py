"""What past windows of a log teach about the next one: a ridge regression on ridits at earlier cuts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from custseg._numerics import Floats
from custseg.features.expectations._base import CustomerBase, quadratic
from custseg.features.expectations._outcomes import Outcome, later_values
from custseg.features.expectations._ridits import Ridits
from custseg.features.sums._shared import SharedSums

SHORTEST_HORIZON = 14
"""Days; outcomes of shorter windows depend on the days of the week."""
_MOST_CUTS = 3
_PENALTY = 1.0


@dataclass(frozen=True)
class PastWindow:
    """A period in the past whose outcome is known.

    Attributes
    ----------
    cut : datetime
        What was known before it predicts.
    horizon_days : int
        The outcome is that of the days from the cut on.
    """

    cut: datetime
    horizon_days: int

    @property
    def until(self) -> datetime:
        """The end of the period."""
        return self.cut + timedelta(days=self.horizon_days)


def past_windows(sums: SharedSums, outcome: Outcome, horizon_days: int) -> list[PastWindow]:
    """Up to three windows that end at the snapshot or before it, the newest first, half a horizon apart.

    They are as long as the horizon, but at most a third of the history, and at least 14 days. There is a window only
    where as many days are known before its cut.
    """
    history = _history_days(sums, outcome)
    length = max(SHORTEST_HORIZON, min(horizon_days, history // 3))
    ages = [length + step * length // 2 for step in range(_MOST_CUTS)]
    return [PastWindow(sums.logs.as_of - timedelta(days=age), length) for age in ages if history - age >= length]


def ridge_of_past(
    sums: SharedSums, windows: list[PastWindow], outcome: Outcome, *, predictors: tuple[str, ...]
) -> tuple[float, ...]:
    """Coefficients of the quadratic columns of ridits; empty without windows.

    The ridits of each cut are those among the customers known at it: a base of three months and one of nine are on
    one scale.
    """
    rows, outcomes = [], []
    for window in windows:
        base = base_at(sums, window.cut, predictors)
        if not len(base.table):
            continue
        values = later_values(sums.logs, outcome, base.ids, cut=window.cut, horizon_days=window.horizon_days)
        has_value = ~np.isnan(values)
        columns = [base.values(name) for name in predictors]
        ridits = np.column_stack([Ridits.of(column)(column) for column in columns])
        rows.append(quadratic(ridits[has_value]))
        outcomes.append(outcome.scaled(values[has_value]))
    if not sum(map(len, outcomes)):
        return ()
    return _ridge(np.concatenate(rows), np.concatenate(outcomes))


def base_at(sums: SharedSums, cut: datetime, predictors: tuple[str, ...]) -> CustomerBase:
    """The customers that were known at an earlier cut."""
    return CustomerBase.of(replace(sums, logs=replace(sums.logs, as_of=cut, assumed=False)), predictors)


def _ridge(X: Floats, y: Floats) -> tuple[float, ...]:
    """Ridge regression with a free intercept, which only shifts the predictions and is left out."""
    centered = X - X.mean(axis=0)
    squares = centered.T @ centered + _PENALTY * np.eye(X.shape[1])
    return tuple(np.linalg.solve(squares, centered.T @ (y - y.mean())).tolist())


def _history_days(sums: SharedSums, outcome: Outcome) -> int:
    """Days since all of the logs that the outcome needs had begun."""
    logs, days = sums.logs, []
    if logs.orders is not None:
        days.append((logs.snapshot_of(logs.orders).day, logs.order_facts.first_day))
    if logs.events is not None and not outcome.is_of_orders:
        days.append((logs.snapshot_of(logs.events).day, logs.event_facts.first_day))
    return min(day - (day if first is None else first) for day, first in days)
