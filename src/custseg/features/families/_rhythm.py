"""Rhythm features: gaps between orders, their regularity, trend and seasonality."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._frames import collected
from custseg.feature_table import Feature, Season
from custseg.features._family import Family, FamilyColumns
from custseg.features.families._operational_time import of_season, own_time_steps, waits_for_season
from custseg.features.sums._order_sums import OrderSums
from custseg.features.sums._year import YearFigures

_PRIOR_GAPS = 2

FEATURES = (
    Feature("gap_days_mean", "days", "rhythm", -1),
    Feature("gap_cv", "ratio", "rhythm", 0),
    Feature("expected_gap_days", "days", "rhythm", -1, shrunk=True),
    Feature("overdue_ratio", "ratio", "rhythm", -1, shrunk=True),
    Feature("trend", "log ratio", "rhythm", 1, absent=0),
    Feature("peak_share", "share", "rhythm", 0),
)
SEASON_SHARE = Feature("season_share", "share", "rhythm", 0)
"""Given where the base has a season."""
_PEAK_ORDERS = Feature("peak_share", "share", "rhythm", 0, entry="peak_share_of_orders")
"""In the place of the last one in a log without money."""


@dataclass(frozen=True)
class RhythmFigures:
    """Figures of the customer base for rhythm.

    Attributes
    ----------
    median_gap : float or None
        Median of the gaps of all customers in days; None without gaps.
    peak_weeks : tuple of int or None
        The six weeks of the year with the most revenue, or lines in a log without money, from 0; None where the log
        covers less than a year.
    season : Season or None
        The part of the year with far more orders than the rest, see `season_of`; None where the log shows none.
    """

    median_gap: float | None
    peak_weeks: tuple[int, ...] | None
    season: Season | None = None

    @property
    def year(self) -> YearFigures:
        """What the sums over the orders need of these figures."""
        return YearFigures(self.peak_weeks, self.season)


def learn_rhythm(sums: OrderSums) -> RhythmFigures:
    """The figures of all customers of the log."""
    assert sums.gaps is not None
    season = sums.year.season
    if season is not None:
        season = _with_gaps(season, sums)
    return RhythmFigures(_median_gap(sums.gaps), sums.year.peak_weeks, season)


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
    - `peak_share`: missing if the log or the window covers less than twelve months; in a log without money the share
      of orders.

    Where the base has a season, time is operational, see `Season`: the silence, the gaps and g0 of `overdue_ratio` are
    in operational days, g0 that of customers of the season or that of the others. With f the part of them in the second
    half of the exposure and n orders `trend` = log((late + ½) / (n f + ½)) - log((early + ½) / (n (1 - f) + ½)), which
    is the same for f = ½. Then `season_share` is the share of the orders placed in the season; missing without orders.
    """
    col = nw.col
    gaps, total = col("gap_count"), col("gap_total")
    usual, season = figures.median_gap, figures.season
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
    peak = col("peak_spent") / col("spent" if sums.facts.orders.has_money else "orders")
    columns = {
        "gap_days_mean": nw.when(gaps >= 1).then(col("gap_mean")),
        "gap_cv": nw.when(gaps >= 2).then(col("gap_deviation") / col("gap_mean")),
        "expected_gap_days": nw.when(bought).then(col("gap_expected")),
        "overdue_ratio": nw.when(bought).then(col("days_since_last") / col("gap_expected")),
        "trend": col("late_to_early").log(),
        "peak_share": nw.when(col("spent") > 0).then(peak if figures.peak_weeks is not None else missing),
    }
    features: tuple[Feature, ...] = FEATURES if sums.facts.orders.has_money else (*FEATURES[:-1], _PEAK_ORDERS)
    if season is not None:
        steps = (*steps, *own_time_steps(season, sums.snapshot), *_steps_of_season(season))
        is_expected = bought & (col("own_gap_expected") > 0)
        columns["overdue_ratio"] = nw.when(is_expected).then(col("own_overdue"))
        columns["trend"] = (col("late_to_early") / col("late_to_early_expected")).log()
        columns["season_share"] = nw.when(bought).then(col("season_share_of_orders"))
        features = (*features, SEASON_SHARE)
    return FamilyColumns(sums.table, columns, features, steps)


def _steps_of_season(season: Season) -> tuple[dict[str, nw.Expr], ...]:
    """The expected gap in operational days, and how orders would be spread over both halves of the exposure."""
    col = nw.col
    usual = nw.when(of_season()).then(_or_missing(season.gap)).otherwise(_or_missing(season.other_gap))
    gaps = col("gap_count") + _PRIOR_GAPS
    n_late = col("orders") * col("own_late_part")
    return (
        {
            "own_gap_expected": (col("own_gap_total") + _PRIOR_GAPS * usual) / gaps,
            "late_to_early_expected": (n_late + 0.5) / (col("orders") - n_late + 0.5),
            "season_share_of_orders": col("season_orders") / col("orders"),
        },
        {"own_ratio": col("own_silence") / col("own_gap_expected")},
        {
            "own_overdue": nw.when(waits_for_season(season) & (col("own_ratio") > 1))
            .then(nw.lit(1.0))
            .otherwise(col("own_ratio"))
        },
    )


def _or_missing(gap: float | None) -> nw.Expr:
    return nw.lit(gap, nw.Float64)


def _with_gaps(season: Season, sums: OrderSums) -> Season:
    """The season with its share of the orders, and the medians of the customers' mean operational gaps.

    Each customer's mean counts as often as the customer has gaps. Where nobody who orders in the season has a gap, or
    no other, the median is that of all.
    """
    col, table = nw.col, sums.table
    orders = collected(table.select(col("season_orders").sum(), col("orders").sum()))
    n_season, n_orders = (int(orders.get_column(name).item() or 0) for name in ("season_orders", "orders"))
    season = replace(season, share=n_season / max(n_orders, 1))
    repeated = table.filter(col("order_days") > 1).with_columns(times=col("order_days") - 1)
    for step in own_time_steps(season, sums.snapshot):
        repeated = repeated.with_columns(values.alias(name) for name, values in step.items())
    means = repeated.with_columns(
        gap=(col("own_gap_total") / col("times")).round(0).cast(nw.Int64),
        kind=nw.when(of_season()).then(nw.lit(1)).otherwise(nw.lit(0)),
    )
    counted = collected(means.group_by("gap", "kind").agg(col("times").sum())).sort("gap", "kind")
    gap, other_gap = (_median_gap(counted.filter(col("kind") == kind)) for kind in (1, 0))
    of_all = _median_gap(counted)
    return replace(season, gap=of_all if gap is None else gap, other_gap=of_all if other_gap is None else other_gap)


def _median_gap(counted: nw.DataFrame[Any]) -> float | None:
    """The median of the gaps in a table that says how often each occurs."""
    gaps = counted.get_column("gap").to_numpy()
    times = counted.get_column("times").to_numpy()
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
