"""An outcome in the past of a log: how often it happens without a campaign, and how much it varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collect
from custseg._numerics import Bools, Floats, unit_of
from custseg.logs import Logs, order_totals
from custseg.trials._power import TrialDesign, lift_of_means, lift_of_rates, treated_for_means, treated_for_rates

USUAL_DAYS = 30
"""Days after a campaign that are usually counted."""

LEAST_DAYS = 14
"""A shorter period says little: it may miss the days on which people are paid."""


@dataclass(frozen=True, eq=False)
class PastOutcome:
    """What customers did in a past period of a log, with or without campaigns.

    Attributes
    ----------
    name : str
        What was counted, as a key of the texts: "repeat_purchase", "order_money", "clicks".
    horizon_days : int
        Length of the period, which ends at the snapshot.
    ids : sequence
        The customers at the beginning of the period.
    values : ndarray of float
        What each of them did: 0 and 1, or an amount.
    """

    name: str
    horizon_days: int
    ids: Sequence[Any] = field(repr=False)
    values: Floats = field(repr=False)

    @cached_property
    def is_rate(self) -> bool:
        """Whether all values are 0 or 1."""
        return bool(np.isin(self.values, (0.0, 1.0)).all())

    @cached_property
    def mean(self) -> float:
        """The rate, or the mean amount."""
        return float(self.values.mean()) if len(self.values) else 0.0

    @cached_property
    def cv(self) -> float:
        """Standard deviation over mean; infinite where the mean is not above 0."""
        if self.mean <= 0:
            return float("inf")
        unit = unit_of(self.values)
        return float((self.values / unit).std() / (self.mean / unit))

    def can_rise(self, lift: float) -> bool:
        """Whether the outcome varies and can rise by the lift."""
        if self.is_rate:
            return 0 < self.mean < 1 and self.mean * (1 + lift) <= 1
        return self.mean > 0 and 0 < self.cv < float("inf")

    def treated(self, lift: float, design: TrialDesign) -> float:
        """Treated customers that show the lift."""
        if self.is_rate:
            return treated_for_rates(self.mean, lift, design)
        return treated_for_means(self.cv, lift, design)

    def shows(self, customers: float, design: TrialDesign) -> float:
        """The smallest rise that so many reachable customers show; infinite where there is none."""
        if not self.can_rise(0):
            return float("inf")
        if self.is_rate:
            return lift_of_rates(customers, self.mean, design)
        return lift_of_means(customers, self.cv, design)

    def among(self, members: Bools) -> PastOutcome:
        """The same outcome of some of the customers."""
        ids = [value for value, is_member in zip(self.ids, members, strict=True) if is_member]
        return PastOutcome(self.name, self.horizon_days, ids, self.values[members])


def past_horizon(logs: Logs, longest: int = USUAL_DAYS) -> int | None:
    """The days of the past period: at most a third of the log; None if that is less than two weeks."""
    facts = None if logs.orders is None else logs.order_facts
    if facts is None or logs.orders is None or facts.first_day is None:
        return None
    history = logs.snapshot_of(logs.orders).day - facts.first_day
    horizon = min(longest, history // 3)
    return horizon if horizon >= LEAST_DAYS else None


def past_purchases(logs: Logs, horizon_days: int) -> tuple[PastOutcome, PastOutcome]:
    """Whether customers bought again in the last days of the log, and for how much.

    Customers are those with a purchase before the period. Purchases and money follow the policies of the order
    features.
    """
    assert logs.orders is not None
    facts, snapshot = logs.order_facts, logs.snapshot_of(logs.orders)
    col, cut = nw.col, snapshot.day - horizon_days
    totals = order_totals(facts.orders.lines(), snapshot, facts, refunds=logs.refunds)
    bought = col("money") > 0
    if logs.zero_orders == "keep":
        bought = bought | ((col("lines") > 0) & (col("money") == 0))
    one, zero = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    marked = totals.with_columns(
        nw.when(bought & (col("day") < cut)).then(one).otherwise(zero).alias("is_customer"),
        nw.when(bought & (col("day") >= cut)).then(one).otherwise(zero).alias("ordered"),
        nw.when(col("day") >= cut).then(col("money")).otherwise(zero).alias("spent"),
    )
    sums = marked.group_by("customer").agg(col("is_customer").max(), col("ordered").max(), col("spent").sum())
    local = collect(sums).filter(nw.col("is_customer") == 1).sort("customer")
    ids = local.get_column("customer").to_list()
    ordered = local.get_column("ordered").cast(nw.Float64).to_numpy().copy()
    spent = local.get_column("spent").fill_null(0).cast(nw.Float64).to_numpy() / 10**facts.orders.money_digits
    return (
        PastOutcome("repeat_purchase", horizon_days, ids, ordered),
        PastOutcome("order_money", horizon_days, ids, np.maximum(spent, 0.0)),
    )


def past_clicks(logs: Logs, ids: Sequence[Any], horizon_days: int) -> PastOutcome | None:
    """Whether these customers clicked in a mail in the last days of the log; None where no mail was clicked."""
    if logs.events is None:
        return None
    snapshot = logs.snapshot_of(logs.events)
    col = nw.col
    is_click = (col("act") == "clicked") & col("mail")
    recent = (col("moment") < snapshot.moment) & (col("day") >= snapshot.day - horizon_days)
    clicks = collect(logs.events.lines().filter(is_click, recent).select("customer").unique())
    clicked = set(clicks.get_column("customer").drop_nulls().to_list())
    values = np.array([float(value in clicked) for value in ids])
    return PastOutcome("clicks", horizon_days, ids, values) if values.any() else None
