"""The words for a column: by its own words, its levels, its values, or bounds; whether they are true is not asked here.

Start at `ColumnWords.wordings`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from custseg._column_kinds import is_share_name
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._column_statistics import NEARLY_ALL, ColumnStatistics
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._terms import MISSING, OTHER_THAN, Term, category_words
from custseg.profiling.naming.traits._levels import CLEARLY_MORE, Level, amount_ends, is_most
from custseg.profiling.naming.traits._term_shares import TermShares
from custseg.profiling.naming.traits._words import COMPARED, TRAITS, Wording, in_each_language
from custseg.profiling.naming.traits.columns._column_bounds import ColumnBounds
from custseg.profiling.naming.traits.columns._column_levels import HIGH, LOW, ColumnLevels
from custseg.profiling.naming.traits.columns._labels import ColumnLabels
from custseg.profiling.naming.traits.columns._number_kinds import (
    AMOUNT,
    BY_VALUES,
    COUNT,
    LABELS,
    RATING,
    SCALE,
    SCORE,
    NumberKinds,
)
from custseg.profiling.naming.traits.columns._own_words import AWAY, SINCE, OwnWords
from custseg.profiling.naming.traits.columns._side_bounds import SideBounds
from custseg.profiling.naming.traits.columns._value_words import (
    has_bound_words,
    level_words,
    range_words,
)
from custseg.texts import EXACT, LANGUAGES, SHARES, number

MEDIUM = 0.33
"""Absolute Cliff's delta from which a difference is called medium (Romano et al. 2006)."""
_TELLING = 0.4
"""One answer is said in place of a range if so much larger a part of the members than of the others gives it."""
_ABSTRACT = frozenset({"points", "ratio", "log ratio", "step"})
"""Units whose figures say little to most readers: levels say more than bounds."""
_POINTS = "engagement"
"""Features of points begin with it; in a given table they have no unit."""


@dataclass(eq=False)
class ColumnWords:
    """What can be said of each column, computed on demand; what several segments need is kept."""

    statistics: ColumnStatistics
    shares: TermShares
    _flags: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def kinds(self) -> NumberKinds:
        """What the numbers of each column are."""
        return NumberKinds(self.statistics)

    @cached_property
    def labels(self) -> ColumnLabels:
        """What each column is called."""
        return ColumnLabels(self.statistics, self.kinds)

    @cached_property
    def levels(self) -> ColumnLevels:
        """The levels of each column."""
        return ColumnLevels(self.statistics, self.shares)

    @cached_property
    def bounds(self) -> ColumnBounds:
        """Bounds in numbers."""
        return ColumnBounds(self.statistics, self.shares, self.kinds, self.labels, self.levels)

    @cached_property
    def sides(self) -> SideBounds:
        """Bounds that set segments apart on their side of the others."""
        return SideBounds(self.statistics, self.bounds.spoken)

    @cached_property
    def own_words(self) -> OwnWords:
        """The words of features that have their own."""
        return OwnWords(self.statistics, self.levels, self.sides)

    def is_flag(self, name: str) -> bool:
        """Whether a numeric column holds 0 and 1 only."""
        if name not in self._flags:
            self._flags[name] = self.statistics.is_flag(name)
        return self._flags[name]

    def has_order(self, name: str) -> bool:
        """Whether a column is one of numbers that are more and less, not of flags or labels, and without codes."""
        return self.bounds.has_order(name)

    def is_abstract(self, name: str) -> bool:
        """Whether the figures of a column say little to most readers."""
        return name.startswith(_POINTS) or self.statistics.table.described[name].unit in _ABSTRACT

    def _says_little(self, name: str) -> bool:
        """Whether the figures of a column say little to most readers, or are scores."""
        return self.is_abstract(name) or self.kinds.of(name) == SCORE

    def wordings(self, name: str, segment: int, direction: int | None, *, effect: Effect) -> list[Wording]:
        """Words for the values of a numeric column, the more telling first."""
        statistics = self.statistics
        if len(statistics.ranked[name].grid) < 2:
            return []  # one value says nothing
        if self.is_flag(name):
            value = (statistics.flag_share(name, segment) or 0.0) >= 0.5
            words = self.labels.phrased("flag" if value else "not", name)
            return [Wording(words, (Term(name, "==", value),), "yes" if value else "no")]
        if name in TRAITS:
            wordings = self.own_words.wordings(name, segment, direction)
            if not direction:
                return wordings
            ranges = self._ranges(name, segment, direction)
            if not self.levels.matters(name, segment):
                return [*wordings, *self._beyond_median(name, segment, direction)]
            # How long somebody has been away says more than that it is long.
            return [*ranges, *wordings] if self._says_time(name, direction) else [*wordings, *ranges]
        if (code := self._usual_code(name, segment)) is not None:
            return [self._of_code(name, code)]
        if (presence := self._of_presence(name, segment)) is not None:
            return [*self._telling_more(name, segment, presence), presence]
        single = self._of_single_value(name, segment, direction)
        level = self.levels.level(name, segment, direction)
        # Codes count among the lowest or highest in the effect.
        is_true = level is not None and (bool(self.levels.codes(name)) or _agrees(level, effect))
        wordings = self._of_level(name, segment, level) if level is not None and is_true else []
        if direction and not self.levels.codes(name):
            is_worth = self.levels.matters(name, segment)
            wordings += (
                self._compared(name, segment, direction) if is_worth else self._beyond_median(name, segment, direction)
            )
        wordings = self.bounds.as_values(name, segment, [*single, *wordings])
        return wordings or (self._without_code(name) if self.levels.codes(name) else [])

    def _of_single_value(self, name: str, segment: int, direction: int | None) -> list[Wording]:
        """The answer on a scale that nearly all members give and few others: "staff 3" rather than up to 3."""
        if not direction or self.kinds.of(name) not in (RATING, SCALE):
            return []
        terms = (Term(name, "==", float(self.statistics.ranked[name].quantiles[segment][2])),)
        shares = self.shares.of(terms, segment)
        is_usual = shares[0] >= NEARLY_ALL and shares[0] - shares[1] >= _TELLING
        return [Wording({}, terms, "low" if direction < 0 else "high")] if is_usual else []

    def _of_presence(self, name: str, segment: int) -> Wording | None:
        """That members have something, or have none of it, where that sets them apart: "with dry_dock_gbp"."""
        if not self.has_order(name) or self.is_abstract(name) or self.kinds.of(name) not in (AMOUNT, COUNT):
            return None
        if self.statistics.table.described[name].unit in SHARES or is_share_name(name):
            return None  # "share of weekends 0 %" rather than none of it
        presence = None if self.labels.last_time(name) is not None else self.levels.presence(name, segment)
        if presence is None:
            return None
        words = self.labels.phrased("with" if presence else "without", name)
        return Wording(words, (Term(name, ">" if presence else "==", 0.0),), "high" if presence else "low")

    def _telling_more(self, name: str, segment: int, presence: Wording) -> list[Wording]:
        """How much members have where that tells them apart clearly better than that they have any: "purchases 8+"."""
        if presence.kind != "high":
            return []
        margin = self._margin(presence, segment) + CLEARLY_MORE
        return [wording for wording in self._ranges(name, segment, 1) if self._margin(wording, segment) >= margin][:1]

    def _margin(self, wording: Wording, segment: int) -> float:
        """How much larger a part of the members than of any other segment meets the terms."""
        shares = self.shares.by_segment(wording.terms)
        return float(shares[segment] - np.delete(shares, segment).max(initial=0.0))

    def _without_code(self, name: str) -> list[Wording]:
        """That the values are amounts rather than codes, by the ends of the amounts."""
        values, _ = self.statistics.clustered_values(name)
        ends = amount_ends(values[~np.isin(values, self.levels.codes(name))], self.levels.codes(name))
        terms = tuple(Term(name, sign, end) for sign, end in zip((">=", "<"), ends, strict=True) if np.isfinite(end))
        grid, unit = self.statistics.ranked[name].grid, self.statistics.table.described[name].unit
        return [Wording(range_words(self.labels.label(name), terms, present=grid, unit=unit), terms, "middle")]

    def _of_level(self, name: str, segment: int, level: Level) -> list[Wording]:
        """The words of a level, by its bounds where the level is low beside the others alone, or hardly differs.

        Of money, the highest level is none where a segment without a level has clearly more.
        """
        wording = self._level_wording(name, segment, level)
        if wording.kind == "middle" or self._is_said_by_range(name, level, wording.kind):
            return [wording]
        if self.labels.last_time(name) is not None and not self.levels.codes(name):
            return []
        is_true = self._is_beyond_middle(name, segment, wording.kind)
        is_highest = level.position == level.n_levels - 1
        is_true &= not (is_highest and self.levels.is_money(name) and self.levels.is_exceeded(name, segment))
        bounds = self.bounds.of(name, segment, level.terms(name), kind=wording.kind if is_true else "middle")
        is_true &= not self.sides.is_far_exceeded(name, segment, -1 if wording.kind == "low" else 1)
        if not is_true or not (self.kinds.of(name) in BY_VALUES or self.levels.matters(name, segment)):
            return bounds
        words = self._without_rank(name, segment, level)
        values = self.bounds.values_of(name, segment)
        if words.kind == "high" and not (self._says_little(name) or values.is_near(level.low)):
            # "More passages" than 3 says nothing of customers who have 76: more than 60 does.
            terms = values.tightened(words.terms)
            if not values.is_near(float(terms[0].value or 0)):
                return [wording._replace(is_bound=False) for wording in bounds]
            words = words._replace(terms=terms)
        return [words]

    def _is_beyond_middle(self, name: str, segment: int, kind: str) -> bool:
        """Whether the median of a segment is low or high among all customers, as its words say."""
        quantiles, median = self.levels.quantiles(name), self.statistics.ranked[name].quantiles[segment][2]
        return kind == "middle" or bool(median <= quantiles[LOW] if kind == "low" else median >= quantiles[HIGH])

    def _without_rank(self, name: str, segment: int, level: Level) -> Wording:
        """The words of a level; "low" in place of "lowest" where no other segment is called low beside it."""
        direction = level.direction
        rivals = [
            one
            for one, other in self.levels.by_segment(name).items()
            if other != level and other.direction == direction
        ]
        if all(self.sides.is_far_exceeded(name, rival, direction) for rival in rivals):
            level = replace(level, position=int(direction > 0), n_levels=2)
        return self._level_wording(name, segment, level)

    def _usual_code(self, name: str, segment: int) -> float | None:
        """The code among amounts that most members have, such as -1 for "never": it is neither low nor high."""
        if self.kinds.of(name) in BY_VALUES - {LABELS}:
            return None
        size = int(self.statistics.sizes()[segment])
        codes = self.levels.codes(name)
        return next((c for c in codes if is_most(self.shares.of((Term(name, "==", c),), segment)[0], size)), None)

    def _of_code(self, name: str, code: float) -> Wording:
        forms, label = in_each_language("markers", "code"), self.labels.label(name)
        words = {
            language: forms[language].format(label[language], number(code, language, digits=EXACT))
            for language in LANGUAGES
        }
        return Wording(words, (Term(name, "==", code),), "category")

    def _beyond_median(self, name: str, segment: int, direction: int) -> list[Wording]:
        """The side of the median of all in numbers, where the difference is too small to compare in words."""
        term = Term(name, "<" if direction < 0 else ">=", self.levels.quantiles(name)[0.5])
        return self.bounds.of(name, segment, (term,), kind="middle")

    def _compared(self, name: str, segment: int, direction: int) -> list[Wording]:
        """The range that sets the segment apart on its side, where segments overlap too much for levels.

        Figures that say little to readers are compared with most customers.
        """
        if not self._says_little(name):
            return self._ranges(name, segment, direction)
        kind, key = ("low", "lower") if direction < 0 else ("high", "higher")
        term = Term(name, "<" if direction < 0 else ">", self.levels.quantiles(name)[0.5])
        return [Wording(self.labels.phrased(key, name), (term,), kind, direction * COMPARED)]

    def _ranges(self, name: str, segment: int, direction: int) -> list[Wording]:
        """The bounds of a segment on its side of the others, with a second one below who goes far beyond it."""
        kind = "low" if direction < 0 else "high"
        if name in TRAITS and not has_bound_words(name):
            return []
        if name == AWAY and direction > 0 and self.own_words.rhythm.keeps(segment):
            return []  # whoever keeps to an own rhythm is not away
        terms = self.sides.terms(name, segment, direction)
        wordings = (
            self.bounds.of(name, segment, bounds, kind=self._range_kind(name, bounds, kind)) for bounds in terms
        )
        return [wording._replace(is_bound=False) for words in wordings for wording in words]

    def _says_time(self, name: str, direction: int) -> bool:
        return direction > 0 and name in SINCE

    def level_wording(self, name: str, segment: int) -> Wording:
        """The words for the level of a segment that has one; an inner one by bounds where it is in the middle of all.

        The second of four steps is no "fewer" where most are on the first.
        """
        level = self.levels.by_segment(name)[segment]
        wording = self._level_wording(name, segment, level)
        is_inner = 0 < level.position < level.n_levels - 1
        if is_inner and not self._is_beyond_middle(name, segment, wording.kind):
            wording = next(iter(self.bounds.of(name, segment, level.terms(name), kind="middle")), wording)
        if not is_inner and self.labels.last_time(name) is not None:
            wording = next(iter(self.bounds.of(name, segment, level.terms(name), kind=wording.kind)), wording)
        return next(iter(self.bounds.as_values(name, segment, [wording])), wording)

    def _level_wording(self, name: str, segment: int, level: Level) -> Wording:
        wording = level_words(self.labels.label(name), level, name, forms=self.labels.level_forms(name))
        if self._is_said_by_range(name, level, wording.kind):
            kind = self._range_kind(name, level.terms(name), wording.kind)
            ranges = self.bounds.of(name, segment, level.terms(name), kind=kind)
            return ranges[0]._replace(order=wording.order, is_bound=False) if ranges else wording
        words = self.labels.in_manner(name, _HEIGHTS.get((level.n_levels, level.position), ""))
        is_end = level.n_levels >= _FEWEST_WITH_ENDS and level.position in (0, level.n_levels - 1)
        return wording._replace(words=words or wording.words, is_end=is_end)

    def _range_kind(self, name: str, terms: tuple[Term, ...], kind: str) -> str:
        """What a range says: of the time since something that it is recent or long ago only in human terms."""
        time = self.labels.last_time(name)
        if time is None or time.limits is None:
            return kind
        first, _ = time.limits
        bounds = {term.operator: float(term.value or 0) for term in terms}
        return "low" if bounds.get("<", np.inf) <= first else "high" if bounds.get(">=", -np.inf) >= first else "middle"

    def _is_said_by_range(self, name: str, level: Level, kind: str) -> bool:
        """Whether a level says more by its bounds: the middle, and of ages and last times all between the ends.

        Not where figures say little to readers.
        """
        if not 0 < level.position < level.n_levels - 1 or self._says_little(name):
            return False
        return kind == "middle" or self.labels.manner(name) == "age" or self.labels.last_time(name) is not None

    def of_category(self, name: str, share: CategoryShare) -> Wording:
        """That the members have a category more or less often than the others."""
        is_more = share.difference is not None and share.difference.value > 0
        kind, label = "category" if is_more else "other_category", self.labels.label(name)
        forms = in_each_language("names", kind)
        unit = self.statistics.table.described[name].unit
        words = {code: forms[code].format(label[code], category_words(share.value, unit, code)) for code in LANGUAGES}
        return Wording(words, (Term(name, "==" if is_more else OTHER_THAN, share.value),), kind)

    def of_missing(self, name: str) -> Wording:
        """That values are missing."""
        return Wording(self.labels.phrased("missing", name), (Term(name, MISSING),), "missing")


# From so many levels on there is a low one beside the lowest.
_FEWEST_WITH_ENDS = 4
# What a level is called by number of levels and position, in the words for such columns.
_HEIGHTS = {
    (n_levels, position): height
    for n_levels, heights in {
        2: ("low", "high"),
        3: ("low", "middle", "high"),
        4: ("lowest", "low", "high", "highest"),
        5: ("lowest", "low", "middle", "high", "highest"),
    }.items()
    for position, height in enumerate(heights)
}


def _agrees(level: Level, effect: Effect) -> bool:
    """Whether a low level is below the other customers: the second of many steps may be above most of them."""
    return abs(effect.value) < MEDIUM if level.direction == 0 else level.direction * effect.value > 0
