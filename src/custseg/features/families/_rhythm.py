"""Rhythm features: gaps between orders, their regularity, trend and seasonality."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np

from custseg.feature_table import Feature
from custseg.features._family import Family, FamilyColumns
from custseg.features.sums._order_sums import OrderSums

_PRIOR_GAPS = 2

FEATURES = (
    Feature("gap_days_mean", "days", "rhythm", -1),
    Feature("gap_cv", "ratio", "rhythm", 0),
    Feature("expected_gap_days", "days", "rhythm", -1, shrunk=True),
    Feature("overdue_ratio", "ratio", "rhythm", -1, shrunk=True),
    Feature("trend", "log ratio", "rhythm", 1, absent=0),
    Feature("peak_share", "share", "rhythm", 0),
)


@dataclass(frozen=True)
class RhythmFigures:
    """Figures of the customer base for rhythm.

    Attributes
    ----------
    median_gap : float or None
        Median of the gaps of all customers in days; None without gaps.
    peak_weeks : tuple of int or None
        The six weeks of the year with the most revenue, from 0; None where the log covers less than a year.
    """

    median_gap: float | None
    peak_weeks: tuple[int, ...] | None


def learn_rhythm(sums: OrderSums) -> RhythmFigures:
    """The figures of all customers of the log."""
    return RhythmFigures(_median_gap(sums), sums.peak_weeks)


def rhythm_columns(sums: OrderSums, figures: RhythmFigures) -> FamilyColumns:
    r"""Rhythm features of every customer of the log.

    Gaps are whole days between consecutive order days. The gap since the last order is censored and never
    averaged. With n gaps of sum G and squares Q:

    - `gap_days_mean` = G / n, missing under 2 order days.
    - `gap_cv` = sqrt((Q - G² / n) / (n - 1)) / (G / n), missing under 3 order days.
    - `expected_gap_days` = (G + 2 g0) / (n + 2), g0 the median gap of all customers; missing if there are no
      gaps, or the customer has no order.
    - `overdue_ratio` = recency / expected gap: 1 is due, 3 is long overdue.
    - `trend` = log((late + ½) / (early + ½)), orders in the second and first half of the exposure; 0 without orders.
    - `peak_share`: missing if the log or the window covers less than twelve months; not given for a log without
      money.
    """
    col = nw.col
    gaps, total = col("gap_count"), col("gap_total")
    usual = figures.median_gap
    missing, bought = nw.lit(None, nw.Float64), col("orders") > 0
    steps: tuple[dict[str, nw.Expr], ...] = (
        {
            "gap_count": col("order_days") - 1,
            "gap_total": (col("last_day") - col("first_day")).cast(nw.Float64),
            "early_orders": col("orders") - col("late_orders"),
            "days_since_last": nw.lit(sums.snapshot.day) - col("last_day"),
        },
        {
            "gap_mean": total / gaps,
            "gap_total_squared": total * total / gaps,
            "gap_expected": missing if usual is None else (total + _PRIOR_GAPS * usual) / (gaps + _PRIOR_GAPS),
            "late_to_early": (col("late_orders") + 0.5) / (col("early_orders") + 0.5),
        },
        {"gap_surplus": col("squared_gaps").cast(nw.Float64) - col("gap_total_squared")},
        {"gap_variance": col("gap_surplus") / (gaps - 1)},
        # Rounding errors can make the variance of equal gaps negative.
        {"gap_deviation": nw.when(col("gap_variance") > 0).then(col("gap_variance")).otherwise(nw.lit(0.0)).sqrt()},
    )
    peak = col("peak_spent") / col("spent") if figures.peak_weeks is not None else missing
    columns = {
        "gap_days_mean": nw.when(gaps >= 1).then(col("gap_mean")),
        "gap_cv": nw.when(gaps >= 2).then(col("gap_deviation") / col("gap_mean")),
        "expected_gap_days": nw.when(bought).then(col("gap_expected")),
        "overdue_ratio": nw.when(bought).then(col("days_since_last") / col("gap_expected")),
        "trend": col("late_to_early").log(),
        "peak_share": nw.when(col("spent") > 0).then(peak),
    }
    has_money = sums.facts.orders.has_money
    return FamilyColumns(sums.table, columns, FEATURES if has_money else FEATURES[:-1], steps)


def _median_gap(sums: OrderSums) -> float | None:
    """The median gap of all customers."""
    assert sums.gaps is not None
    gaps = sums.gaps.get_column("gap").to_numpy()
    times = sums.gaps.get_column("times").to_numpy()
    if len(gaps) == 0:
        return None
    ends = np.cumsum(times)
    total = int(ends[-1])
    low, high = (int(np.searchsorted(ends, rank, side="right")) for rank in ((total - 1) // 2, total // 2))
    return float(gaps[low] + gaps[high]) / 2


RHYTHM = Family(
    "rhythm",
    lambda logs: "" if logs.orders else "orders",
    lambda sums, figures: rhythm_columns(sums.orders, figures),
    learn=lambda sums: learn_rhythm(sums.orders),
    figures=RhythmFigures,
)
