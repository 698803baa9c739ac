"""Operational time of customers as expressions, for any engine; `Season.elapsed` is the same for arrays."""

from __future__ import annotations

import narwhals.stable.v2 as nw
import numpy as np

from custseg.feature_table import OF_SEASON, PRIOR_ORDERS, YEAR, Season
from custseg.features.sums._expressions import exposure_days
from custseg.snapshot import Snapshot

_FOUR = 4
"""Quarters of a day, of which a year of 365.25 days has a whole number."""


def of_season() -> nw.Expr:
    """Which customers of a table of order sums order in the season."""
    return nw.col("season_orders") >= nw.col("orders") * OF_SEASON


def waits_for_season(season: Season) -> nw.Expr:
    """Which of them have not missed a season since their last order, after the steps of `own_time_steps`."""
    return of_season() & (nw.col("silence_season") * _FOUR < season.length)


def own_time_steps(season: Season, snapshot: Snapshot) -> tuple[dict[str, nw.Expr], ...]:
    """Columns that a table of order sums gets, one step after the other.

    `own_silence` and `own_gap_total` are the operational days since the last order and from the first order to the
    last, `own_late_part` is the part of the operational days since the first order, at most the window, that lies in
    the second half of that time.
    """
    col = nw.col
    today, exposure = nw.lit(snapshot.day), exposure_days(snapshot)
    season_today = float(season.days_before(np.array([snapshot.day]))[0])
    own_share = (col("season_orders") + PRIOR_ORDERS * season.share) / (col("orders") + PRIOR_ORDERS)
    days = {
        "gap_total_days": (col("last_day") - col("first_day")).cast(nw.Float64),
        "silence_days": (today - col("last_day")).cast(nw.Float64),
        "exposed_days": exposure.cast(nw.Float64),
    }
    before = {
        "season_before_first": _season_days_before(season, col("first_day") * _FOUR),
        "season_before_last": _season_days_before(season, col("last_day") * _FOUR),
        "season_before_exposure": _season_days_before(season, (today - exposure) * _FOUR),
        "season_before_half": _season_days_before(season, today * _FOUR - exposure * 2),
    }
    in_season = {
        "gap_season": col("season_before_last") - col("season_before_first"),
        "silence_season": season_today - col("season_before_last"),
        "exposed_season": season_today - col("season_before_exposure"),
        "late_season": season_today - col("season_before_half"),
        "season_rate": col("own_season_share") / season.part,
        "quiet_rate": (1 - col("own_season_share")) / (1 - season.part),
    }
    own_time = {
        "own_gap_total": _own_days(col("gap_total_days"), col("gap_season")),
        "own_silence": _own_days(col("silence_days"), col("silence_season")),
        "own_exposed": _own_days(col("exposed_days"), col("exposed_season")),
        "own_late": _own_days(col("exposed_days") / 2, col("late_season")),
    }
    late_part = nw.when(col("own_exposed") > 0).then(col("own_late") / col("own_exposed")).otherwise(nw.lit(0.5))
    return {**days, **before, "own_season_share": own_share}, in_season, own_time, {"own_late_part": late_part}


def _own_days(total: nw.Expr, in_season: nw.Expr) -> nw.Expr:
    return in_season * nw.col("season_rate") + (total - in_season) * nw.col("quiet_rate")


def _season_days_before(season: Season, quarters: nw.Expr) -> nw.Expr:
    """Days of the season before a day given in quarters of a day since 1970, from a moment long ago."""
    phase = (quarters + season.offset) % YEAR
    length = nw.lit(season.length)
    passed = nw.when(phase < length).then(phase).otherwise(length)
    years = (quarters + season.offset - phase).cast(nw.Float64)
    # A day that is missing has a phase that is none.
    days = (years * season.part + passed.cast(nw.Float64)) / _FOUR
    return nw.when(~phase.is_null()).then(days)
