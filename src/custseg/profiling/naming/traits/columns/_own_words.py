"""Words of features that have their own in the catalogs, such as "recent" and "pay full price", for each segment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from custseg.profiling.measures._column_statistics import NEARLY_ALL, ColumnStatistics
from custseg.profiling.measures._table import SEASON_SHARE
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming._own_rhythm import LATE, OVERDUE, YEARLY, SegmentRhythm
from custseg.profiling.naming._season_words import SEASON, season_span
from custseg.profiling.naming.traits._levels import MAJORITY
from custseg.profiling.naming.traits._needed_orders import buys_again
from custseg.profiling.naming.traits._words import (
    COMPARED,
    Standing,
    Wording,
    high_limit,
    in_each_language,
    is_high,
    own_words,
)
from custseg.profiling.naming.traits.columns._column_levels import ColumnLevels
from custseg.profiling.naming.traits.columns._side_bounds import SideBounds

AWAY = "recency_days"
_AGE, _TREND, _GAP = "age_days", "trend", "gap_days_mean"
_YEAR = 365
MONEY = frozenset({"revenue", "order_value"})
"""Features of money with words of their own."""
_AMOUNTS = MONEY | {"order_count", "sessions", "emails_delivered"}
"""Features of which no segment has few or many where another one has far fewer or far more."""
SINCE = frozenset({AWAY, "days_since_visit", "days_since_click"})
"""Features of the time since something."""


@dataclass(eq=False)
class OwnWords:
    """What can be said of features with words of their own."""

    statistics: ColumnStatistics
    levels: ColumnLevels
    sides: SideBounds

    @cached_property
    def rhythm(self) -> SegmentRhythm:
        """Which segments keep to the own rhythm of their members."""
        return SegmentRhythm(self.statistics)

    def wordings(self, name: str, segment: int, direction: int | None) -> list[Wording]:
        """Words for the values of a segment, the more telling first."""
        standing = self._standing(name, segment)
        wordings = own_words(name, direction, quantiles=self.levels.quantiles(name), standing=standing)
        # Who has more orders than most has not few, though they be three; a year without an order is long for anybody.
        wordings = [
            w
            for w in wordings
            if (name == AWAY and w.kind == "high") or self.levels.is_on_its_side(name, segment, w.kind)
        ]
        if name == AWAY:
            wordings = [w for w in wordings if w.kind != "low" or self._is_nearly_true(segment, w)]
        if name in _AMOUNTS:
            wordings = [w for w in wordings if not self._is_far_exceeded(name, segment, w)]
        if name == OVERDUE:
            wordings = self._of_rhythm(segment, wordings)
        if name == _TREND:
            wordings = [w for w in wordings if self.rhythm.has_trend(segment, falls=w.kind == "low")]
        if name == _AGE and not buys_again(self.statistics, segment, lately=high_limit(AWAY)):
            wordings = [
                wording for wording in wordings if wording.order != 1
            ]  # who ordered once years ago is not long-standing
        if name == _GAP:
            terms = (Term(_GAP, ">=", YEARLY[0]), Term(_GAP, "<", YEARLY[1]))
            yearly = Wording(in_each_language("traits", _GAP, "yearly"), terms, "high", 1.0)
            # Beside weekly customers, yearly ones are far apart, and beside them few others have gaps of a year.
            wordings = [yearly, *wordings] if (direction or 0) >= 0 else wordings
        if name == SEASON_SHARE:
            wordings = [self._with_season(wording) for wording in wordings]
        if name == "order_count" and (direction or 0) <= 0:
            key = "one_order_in_window" if self.statistics.table.windowed else "one_order"
            wordings = [Wording(in_each_language("names", key), (Term(name, "==", 1),), "low", -1.0), *wordings]
        return wordings

    def is_long(self, name: str) -> bool:
        """Whether the median of all customers is high in human terms."""
        return is_high(name, self.levels.quantiles(name)[0.5])

    def _with_season(self, wording: Wording) -> Wording:
        """The words with the months of the season."""
        table = self.statistics.table
        filled = {
            language: words.replace(SEASON, season_span(table, language)) for language, words in wording.words.items()
        }
        return wording._replace(words=filled)

    def _is_nearly_true(self, segment: int, wording: Wording) -> bool:
        """Whether words hold for nearly all members: if a third ordered months ago, they are not recent."""
        return bool(self.levels.shares.of(wording.terms, segment)[0] >= NEARLY_ALL)

    def _is_far_exceeded(self, name: str, segment: int, wording: Wording) -> bool:
        direction = {"low": -1, "high": 1}.get(wording.kind, 0)
        return bool(direction) and self.sides.is_far_exceeded(name, segment, direction)

    def _of_rhythm(self, segment: int, wordings: list[Wording]) -> list[Wording]:
        """Those of the words for usual gaps since the last order that are true: few keep to a rhythm.

        Customers who have not ordered for a year are not late with an order, but gone.
        """
        if self._is_gone(segment):
            wordings = [wording for wording in wordings if wording.order == -1]
        if not self.rhythm.is_late(segment):
            # Longer than is usual among all customers need not be late for these.
            wordings = [wording for wording in wordings if wording.order != 1 and abs(wording.order or 0) != COMPARED]
        elif float(self.statistics.ranked[OVERDUE].quantiles[segment][2]) <= LATE:
            wordings = [wording for wording in wordings if abs(wording.order or 0) != COMPARED]  # nobody is overdue
        if self.rhythm.is_rhythm(segment):
            return wordings
        words = in_each_language("traits", OVERDUE, "within")
        return [wording._replace(words=words) if wording.order == -1 else wording for wording in wordings]

    def _is_gone(self, segment: int) -> bool:
        """Whether fewer members than most have ordered within a year."""
        if AWAY not in self.statistics.ranked:
            return False
        return bool(self.levels.shares.of((Term(AWAY, "<=", _YEAR),), segment)[0] < MAJORITY)

    def _standing(self, name: str, segment: int) -> Standing:
        matters = self.levels.matters(name, segment)
        if name not in MONEY:
            return Standing(matters, in_rhythm=self.rhythm.keeps(segment) or self.rhythm.is_timely(segment))
        is_exceeded, levels = self.levels.is_exceeded(name, segment), self.levels.by_segment(name)
        level = levels.get(segment)
        is_top = level is not None and level.position == level.n_levels - 1 and not is_exceeded
        is_alone = sum(other_level == level for other_level in levels.values()) == 1
        return Standing(matters, is_exceeded, level.low if level is not None and is_top and is_alone else None)
