"""Operational time in SQL: what a base with a season adds to the steps of its orders, see `Season`.

Names after a colon are replaced by expressions of the dialect. Time since 1970 is counted in quarters of a day: a year
of 365.25 days has 1461.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sqlglot import exp

from custseg.feature_table import OF_SEASON, PRIOR_ORDERS, YEAR, Season
from custseg.queries import SQLWriter

IN_SUMS = f"""
    SUM(CASE WHEN (order_day * 4 + :offset) % {YEAR} < :length THEN orders ELSE 0 END) AS season_orders,
"""
"""The orders in the season, in the step "sums"."""
IN_NUMBERS = """,
    CAST(season_orders AS DOUBLE) AS season_orders, CAST(:today - last_day AS DOUBLE) AS silence,
    CAST(exposure AS DOUBLE) AS exposed, :before_first AS before_first, :before_last AS before_last,
    :before_exposure AS before_exposure, :before_half AS before_half
"""
"""Days of the season before the days on which something begins or ends, in the step "numbers"."""
_PHASE = f"((:quarters + :offset) % {YEAR})"
_BEFORE = f"""
    (CAST(:quarters + :offset - {_PHASE} AS DOUBLE) * :part
        + CAST(CASE WHEN {_PHASE} < :length THEN {_PHASE} ELSE :length END AS DOUBLE)) / CAST(4 AS DOUBLE)
"""
_QUARTERS = {
    "before_first": "first_day * 4",
    "before_last": "last_day * 4",
    "before_exposure": "(:today - exposure) * 4",
    "before_half": ":today * 4 - exposure * 2",
}
_OWN_SHARE = "((season_orders + :prior) / (orders + :weight))"
_RATES = f"({_OWN_SHARE} / :part)", f"((1 - {_OWN_SHARE}) / (1 - :part))"


class SeasonSQL:
    """Writes the rhythm of customers in operational time.

    Parameters
    ----------
    sql : SQLWriter
        Writes the dialect.
    season : Season
        The season of the base at the fit.
    day : int
        The day of the snapshot, counted from 1970-01-01.
    """

    def __init__(self, sql: SQLWriter, season: Season, day: int) -> None:
        self.sql = sql
        self.season = season
        self.day = day

    @property
    def values(self) -> Mapping[str, exp.Expr]:
        """What stands for the names of `IN_SUMS` and `IN_NUMBERS`, and the features `overdue_ratio` and `trend`."""
        constants = self._constants
        starts = {
            name: self.sql.parsed(_BEFORE, {**constants, "quarters": exp.paren(self.sql.parsed(text, constants))})
            for name, text in _QUARTERS.items()
        }
        return {**constants, **starts, "own_overdue": self._overdue(), "trend": self._trend()}

    @property
    def _constants(self) -> dict[str, exp.Expr]:
        sql, season = self.sql, self.season
        return {
            "offset": sql.integer(season.offset),
            "length": sql.integer(season.length),
            "today": sql.integer(self.day),
            "part": sql.number(season.part),
            "prior": sql.number(PRIOR_ORDERS * season.share),
            "weight": sql.number(float(PRIOR_ORDERS)),
            "season_today": sql.number(float(season.days_before(np.array([self.day]))[0])),
        }

    def _overdue(self) -> exp.Expr:
        """The operational days since the last order over those that are expected between two orders."""
        sql, season = self.sql, self.season
        if season.gap is None or season.other_gap is None:
            return sql.missing("double")
        silence = _own_days("silence", "(:season_today - before_last)")
        gaps = _own_days("gap_sum", "(before_last - before_first)")
        prior = {
            "kind": sql.number(OF_SEASON),
            "usual": sql.number(PRIOR_ORDERS * season.gap),
            "other": sql.number(PRIOR_ORDERS * season.other_gap),
        }
        usual = "CASE WHEN season_orders >= orders * :kind THEN :usual ELSE :other END"
        expected = f"(({gaps} + {usual}) / (gaps + :weight))"
        waits = "season_orders >= orders * :kind AND (:season_today - before_last) * 4 < :length"
        ratio = f"CASE WHEN {waits} AND {silence} > {expected} THEN 1.0 ELSE {silence} / {expected} END"
        return sql.parsed(f"CASE WHEN {expected} > 0 THEN {ratio} END", {**self._constants, **prior})

    def _trend(self) -> exp.Expr:
        """The ratio of orders in both halves of the exposure, over the one that the season makes likely."""
        exposed = _own_days("exposed", "(:season_today - before_exposure)")
        late = _own_days("(exposed / CAST(2 AS DOUBLE))", "(:season_today - before_half)")
        part = f"(CASE WHEN {exposed} > 0 THEN {late} / {exposed} ELSE 0.5 END)"
        expected = f"((orders * {part} + 0.5) / (orders - orders * {part} + 0.5))"
        ratio = self.sql.parsed(f"((late + 0.5) / ((orders - late) + 0.5)) / {expected}", self._constants)
        return self.sql.call("logarithm", ratio)


def _own_days(total: str, in_season: str) -> str:
    return f"({in_season} * {_RATES[0]} + ({total} - {in_season}) * {_RATES[1]})"
