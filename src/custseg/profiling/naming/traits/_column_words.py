"""The words for a column: by its own words, its levels, its values, or bounds; whether they are true is not asked here.

Start at `ColumnWords.wordings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from custseg._numerics import Bools
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._terms import MISSING, OTHER_THAN, Term, category_words, condition_words
from custseg.profiling.naming._own_rhythm import LATE, OVERDUE, SegmentRhythm
from custseg.profiling.naming.traits._column_topics import manner_of, topic_of
from custseg.profiling.naming.traits._exceeded import exceeded
from custseg.profiling.naming.traits._levels import Level, amount_ends, column_levels, is_most
from custseg.profiling.naming.traits._needed_orders import buys_again
from custseg.profiling.naming.traits._number_kinds import BY_VALUES, COUNT, LABELS, SCORE, NumberKinds
from custseg.profiling.naming.traits._term_shares import TermShares
from custseg.profiling.naming.traits._value_words import (
    bound_words,
    counted_lengths,
    interval_words,
    level_words,
    shortened,
)
from custseg.profiling.naming.traits._words import (
    COMPARED,
    TRAITS,
    Standing,
    Wording,
    Words,
    high_limit,
    in_each_language,
    is_high,
    own_words,
)
from custseg.texts import EXACT, LANGUAGES, number, single_line, text

MEDIUM = 0.33
"""Absolute Cliff's delta from which a difference is called medium (Romano et al. 2006)."""
_ABSTRACT = frozenset({"points", "ratio", "log ratio", "step"})
"""Units whose figures say little to most readers: levels say more than bounds."""
_POINTS = "engagement"
"""Features of points begin with it; in a given table they have no unit."""
# Low is said of a segment whose median is among the lowest two fifths of all, high of one among the highest.
_LOW, _HIGH = 0.4, 0.6
_QUARTERS = (0.25, 0.75)
_QUANTILES = (0.15, _QUARTERS[0], _LOW, 0.5, _HIGH, _QUARTERS[1], 0.85)
# A comparison is worth a word from a large effect on (Cohen's d), or from a quarter of what the others have.
_DEVIATIONS, _PART = 0.8, 0.25
_IQR_OF_NORMAL = 1.349
_AWAY, _AGE = "recency_days", "age_days"
_MONEY = frozenset({"revenue", "order_value"})
"""Features of money with words of their own."""


@dataclass(eq=False)
class ColumnWords:
    """What can be said of each column, computed on demand; what several segments need is kept."""

    statistics: ColumnStatistics
    shares: TermShares
    _levels_of: dict[str, Mapping[int, Level]] = field(default_factory=dict)
    _quantiles_of: dict[str, dict[float, float]] = field(default_factory=dict)
    _flags: dict[str, bool] = field(default_factory=dict)
    _exceeded: dict[str, Bools] = field(default_factory=dict)

    @cached_property
    def rhythm(self) -> SegmentRhythm:
        """Which segments keep to the own rhythm of their members."""
        return SegmentRhythm(self.statistics)

    @cached_property
    def kinds(self) -> NumberKinds:
        """What the numbers of each column are."""
        return NumberKinds(self.statistics)

    def is_flag(self, name: str) -> bool:
        """Whether a numeric column holds 0 and 1 only."""
        if name not in self._flags:
            self._flags[name] = self.statistics.is_flag(name)
        return self._flags[name]

    def has_order(self, name: str) -> bool:
        """Whether a column is one of numbers that are more and less, not of flags or labels, and without codes."""
        if name not in self.statistics.ranked or self.is_flag(name) or self._codes(name):
            return False
        return self.kinds.of(name) != LABELS

    def is_abstract(self, name: str) -> bool:
        """Whether the figures of a column say little to most readers."""
        return name.startswith(_POINTS) or self.statistics.table.described[name].unit in _ABSTRACT

    def wordings(self, name: str, segment: int, direction: int | None, *, effect: Effect) -> list[Wording]:
        """Words for the values of a numeric column, the more telling first."""
        statistics = self.statistics
        if len(statistics.ranked[name].grid) < 2:
            return []  # one value says nothing
        if self.is_flag(name):
            value = (statistics.flag_share(name, segment) or 0.0) >= 0.5
            words = self._phrased("flag" if value else "not", name)
            return [Wording(words, (Term(name, "==", value),), "yes" if value else "no")]
        if name in TRAITS:
            return self._own_wordings(name, segment, direction)
        if (code := self._usual_code(name, segment)) is not None:
            return [self._of_code(name, code)]
        level = self._level(name, segment, direction)
        # Codes count among the lowest or highest in the effect.
        is_true = level is not None and (bool(self._codes(name)) or _agrees(level, effect))
        wordings = self._of_level(name, segment, level) if level is not None and is_true else []
        if direction and not self._codes(name):
            is_worth = self._matters(name, segment)
            wordings += [self._compared(name, direction)] if is_worth else self._beyond_median(name, direction)
        wordings = self._as_values(name, wordings)
        return wordings or (self._without_code(name) if self._codes(name) else [])

    def _without_code(self, name: str) -> list[Wording]:
        """That the values are amounts rather than codes, by the ends of the amounts."""
        values, _ = self.statistics.clustered_values(name)
        ends = amount_ends(values[~np.isin(values, self._codes(name))], self._codes(name))
        terms = tuple(Term(name, sign, end) for sign, end in zip((">=", "<"), ends, strict=True) if np.isfinite(end))
        words = {language: condition_words(terms, self.statistics.table, language) for language in LANGUAGES}
        return [Wording(words, terms, "middle")]

    def _of_level(self, name: str, segment: int, level: Level) -> list[Wording]:
        """The words of a level, by its bounds where the level is low beside the others alone, or hardly differs.

        Of money, the highest level is none where a segment without a level has clearly more.
        """
        wording, median = self._level_wording(name, level), self.statistics.ranked[name].quantiles[segment][2]
        if wording.kind == "middle" or self._is_said_by_range(name, level, wording.kind):
            return [wording]
        quantiles = self._quantiles(name)
        is_true = median <= quantiles[_LOW] if wording.kind == "low" else median >= quantiles[_HIGH]
        if level.position == level.n_levels - 1 and self._is_money(name) and self.is_exceeded(name, segment):
            is_true = False
        if is_true and (self.kinds.of(name) in BY_VALUES or self._matters(name, segment)):
            return [wording]
        return self.of_bounds(name, level.terms(name), "middle")

    def _matters(self, name: str, segment: int) -> bool:
        """Whether the median of a segment differs from that of the others by more than people would pass over.

        Ranks alone call 34 years "younger" than 38.
        """
        ranks, quantiles = self.statistics.ranked[name], self._quantiles(name)
        median, usual = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
        first, last = (quantiles[quarter] for quarter in _QUARTERS)
        # Halves: the difference of two values may be too large for a float.
        difference, deviation = abs(median / 2 - usual / 2), (last / 2 - first / 2) / _IQR_OF_NORMAL
        return difference > 0 and difference >= min(_DEVIATIONS * deviation, _PART * abs(usual / 2))

    def _is_money(self, name: str) -> bool:
        topic = topic_of(name, [self.statistics.table.phrase(name, code) for code in LANGUAGES])
        return topic is not None and topic.key in ("money", "order_value")

    def is_exceeded(self, name: str, segment: int) -> bool:
        """Whether another segment clearly has more per customer."""
        if name not in self._exceeded:
            self._exceeded[name] = exceeded(self.statistics, name)
        return bool(self._exceeded[name][segment])

    def _usual_code(self, name: str, segment: int) -> float | None:
        """The code among amounts that most members have, such as -1 for "never": it is neither low nor high."""
        if self.kinds.of(name) in BY_VALUES - {LABELS}:
            return None
        size = int(self.statistics.sizes()[segment])
        codes = self._codes(name)
        return next((c for c in codes if is_most(self.shares.of((Term(name, "==", c),), segment)[0], size)), None)

    def _codes(self, name: str) -> list[float]:
        """The codes of a column but 0, which is none of something as well."""
        return [code for code in self.statistics.codes(name) if code != 0]

    def _of_code(self, name: str, code: float) -> Wording:
        forms, label = in_each_language("markers", "code"), self._label(name)
        words = {
            language: forms[language].format(label[language], number(code, language, digits=EXACT))
            for language in LANGUAGES
        }
        return Wording(words, (Term(name, "==", code),), "category")

    def _own_wordings(self, name: str, segment: int, direction: int | None) -> list[Wording]:
        standing = self._standing(name, segment)
        wordings = own_words(name, direction, quantiles=self._quantiles(name), standing=standing)
        # Who has more orders than most has not few, though they be three; a year without an order is long for anybody.
        wordings = [one for one in wordings if name == _AWAY or self._is_on_its_side(name, segment, one.kind)]
        if name == OVERDUE:
            wordings = self._of_rhythm(segment, wordings)
        if name == _AGE and not buys_again(self.statistics, segment, lately=high_limit(_AWAY)):
            wordings = [one for one in wordings if one.order != 1]  # who ordered once years ago is not long-standing
        if direction and not standing.matters:
            wordings += self._beyond_median(name, direction)
        if name == "order_count" and (direction or 0) <= 0:
            key = "one_order_in_window" if self.statistics.table.windowed else "one_order"
            wordings = [Wording(in_each_language("names", key), (Term(name, "==", 1),), "low", -1.0), *wordings]
        return wordings

    def _of_rhythm(self, segment: int, wordings: list[Wording]) -> list[Wording]:
        """Those of the words for usual gaps since the last order that are true: few keep to a rhythm."""
        if float(self.statistics.ranked[OVERDUE].quantiles[segment][2]) <= LATE:
            wordings = [wording for wording in wordings if abs(wording.order or 0) != COMPARED]  # nobody is overdue
        if self.rhythm.is_rhythm(segment):
            return wordings
        words = in_each_language("traits", OVERDUE, "within")
        return [wording._replace(words=words) if wording.order == -1 else wording for wording in wordings]

    def _standing(self, name: str, segment: int) -> Standing:
        matters = self._matters(name, segment)
        if name not in _MONEY:
            return Standing(
                matters, in_rhythm=self.rhythm.keeps(segment), base_has_lapsed=self.rhythm.base_has_lapsed is not False
            )
        is_exceeded, level = self.is_exceeded(name, segment), self.levels(name).get(segment)
        is_top = level is not None and level.position == level.n_levels - 1 and not is_exceeded
        is_alone = sum(one == level for one in self.levels(name).values()) == 1
        return Standing(matters, is_exceeded, level.low if level is not None and is_top and is_alone else None)

    def _beyond_median(self, name: str, direction: int) -> list[Wording]:
        """The side of the median of all in numbers, where the difference is too small to compare in words."""
        term = Term(name, "<" if direction < 0 else ">=", self._quantiles(name)[0.5])
        return self.of_bounds(name, (term,), "middle")

    def is_long(self, name: str) -> bool:
        """Whether the median of all customers is high in human terms."""
        return is_high(name, self._quantiles(name)[0.5])

    def _compared(self, name: str, direction: int) -> Wording:
        """More or less than most: where segments overlap too much for levels, a clear difference is still one."""
        term = Term(name, "<" if direction < 0 else ">", self._quantiles(name)[0.5])
        words = self._in_manner(name, "lower" if direction < 0 else "higher")
        if words is None:
            key = ("lower" if direction < 0 else "higher") if self.kinds.of(name) != COUNT else _COUNTED[direction]
            words = self._phrased(key, name)
        return Wording(words, (term,), "low" if direction < 0 else "high", direction * COMPARED)

    def level_wording(self, name: str, segment: int) -> Wording:
        """The words for the level of a segment that has one; by bounds where it is not on its side of most customers.

        The second of four steps is above the median of all where most are on the first.
        """
        level = self.levels(name)[segment]
        wording = self._level_wording(name, level)
        is_inner = 0 < level.position < level.n_levels - 1
        if is_inner and not self._is_on_its_side(name, segment, wording.kind):
            wording = next(iter(self.of_bounds(name, level.terms(name), "middle")), wording)
        return next(iter(self._as_values(name, [wording])), wording)

    def _is_on_its_side(self, name: str, segment: int, kind: str) -> bool:
        median, usual = self.statistics.ranked[name].quantiles[segment][2], self._quantiles(name)[0.5]
        return bool(median <= usual if kind == "low" else median >= usual if kind == "high" else True)

    def _level_wording(self, name: str, level: Level) -> Wording:
        forms = "count_levels" if self.kinds.of(name) == COUNT else "levels"
        wording = level_words(self._label(name), level, name, forms=forms)
        if self._is_said_by_range(name, level, wording.kind):
            ranges = self.of_bounds(name, level.terms(name), wording.kind)
            return ranges[0]._replace(order=wording.order, is_bound=False) if ranges else wording
        words = self._in_manner(name, _HEIGHTS.get((level.n_levels, level.position), ""))
        return wording if words is None else wording._replace(words=words)

    def _is_said_by_range(self, name: str, level: Level, kind: str) -> bool:
        """Whether a level says more by its bounds: the middle, and of ages all between the youngest and the oldest.

        Not where figures say little to readers.
        """
        if not 0 < level.position < level.n_levels - 1 or self.is_abstract(name) or self.kinds.of(name) == SCORE:
            return False
        return kind == "middle" or self._manners[name] == "age"

    def _in_manner(self, name: str, height: str) -> Words | None:
        """The words for a height as people say them of such columns: "younger", "much wine"; None where there are none.

        Scores and numbers of things have words of their own.
        """
        manner = self._manners[name]
        if manner is None or self.kinds.of(name) in (SCORE, COUNT):
            return None
        if height not in text("en", "profiling", "manners", manner):
            return None
        forms, label = in_each_language("manners", manner, height), self._label(name)
        return {language: forms[language].format(label[language]) for language in LANGUAGES}

    @cached_property
    def _manners(self) -> dict[str, str | None]:
        """How people speak of each column; ages only of a table with one, or "younger" would leave open who."""
        table = self.statistics.table
        manners = {name: manner_of(name, [table.phrase(name, code) for code in LANGUAGES]) for name in table.described}
        n_ages = sum(manner == "age" for manner in manners.values())
        return {name: None if manner == "age" and n_ages > 1 else manner for name, manner in manners.items()}

    def _level(self, name: str, segment: int, direction: int | None) -> Level | None:
        """The level of a segment; for one that is too wide to have one, that of which most of its members are."""
        levels = self.levels(name)
        if segment in levels or not direction:
            return levels.get(segment)
        size = int(self.statistics.sizes()[segment])
        return next(
            (level for level in set(levels.values()) if is_most(self.shares.of(level.terms(name), segment)[0], size)),
            None,
        )

    def levels(self, name: str) -> Mapping[int, Level]:
        """The levels of a numeric column by segment."""
        if name not in self._levels_of:
            values, labels = self.statistics.clustered_values(name)
            grid, codes = self.statistics.ranked[name].grid, self._codes(name)
            is_amount = ~np.isin(values, codes)
            levels = column_levels(
                values[is_amount], labels[is_amount], grid[~np.isin(grid, codes)], n_segments=self.statistics.n_segments
            )
            ends = amount_ends(values[is_amount], codes)
            self._levels_of[name] = {segment: level.clipped(*ends) for segment, level in levels.items()}
        return self._levels_of[name]

    def _as_values(self, name: str, wordings: list[Wording]) -> list[Wording]:
        """The words of a column that is said by its values, by these: of a column of labels only a single one."""
        kind = self.kinds.of(name)
        if kind not in BY_VALUES:
            return wordings
        present, label = self.statistics.ranked[name].grid, self._label(name)
        by_values = (interval_words(label, wording, present=present, kind=kind) for wording in wordings)
        return [wording for wording in by_values if wording is not None]

    def of_bounds(self, name: str, terms: tuple[Term, ...], kind: str) -> list[Wording]:
        """Bounds of a column as words: "orders 5 to 9"."""
        is_bound = self.kinds.of(name) not in BY_VALUES
        if (words := bound_words(terms)) is not None:
            return [Wording(words, terms, kind, is_bound=name != _AWAY)]
        words = {language: condition_words(terms, self.statistics.table, language) for language in LANGUAGES}
        return self._as_values(name, [Wording(words, terms, kind, is_bound=is_bound)])

    def of_category(self, name: str, share: CategoryShare) -> Wording:
        """That the members have a category more or less often than the others."""
        is_more = share.difference is not None and share.difference.value > 0
        kind, label = "category" if is_more else "other_category", self._label(name)
        forms = in_each_language("names", kind)
        words = {code: forms[code].format(label[code], category_words(share.value, code)) for code in LANGUAGES}
        return Wording(words, (Term(name, "==" if is_more else OTHER_THAN, share.value),), kind)

    def of_missing(self, name: str) -> Wording:
        """That values are missing."""
        return Wording(self._phrased("missing", name), (Term(name, MISSING),), "missing")

    def _quantiles(self, name: str) -> dict[float, float]:
        if name not in self._quantiles_of:
            values, _ = self.statistics.clustered_values(name)
            values = values[~np.isin(values, self._codes(name))]
            self._quantiles_of[name] = dict(zip(_QUANTILES, np.quantile(values, _QUANTILES).tolist(), strict=True))
        return self._quantiles_of[name]

    def _phrased(self, key: str, name: str) -> Words:
        forms, label = in_each_language("names", key), self._label(name)
        return {language: forms[language].format(label[language]) for language in LANGUAGES}

    def lengths(self, name: str, words: Words) -> dict[str, int]:
        """How many characters words on a column count, see `Trait.lengths`."""
        return counted_lengths(words, self._label(name), column=name)

    def _short(self, name: str, language: str) -> str:
        """What a column is called in a name: briefly, unless the column must be told from another of the same label."""
        table = self.statistics.table
        feature, phrase = table.described[name], table.phrase(name, language)
        return single_line(feature.short_phrase(language)) if phrase == feature.phrase(language) else phrase

    def _label(self, name: str) -> Words:
        label = {language: shortened(self._short(name, language)) for language in LANGUAGES}
        if name not in self.statistics.ranked or self.kinds.of(name) != SCORE:
            return label
        form = in_each_language("names", "score")
        return {language: form[language].format(label[language]) for language in LANGUAGES}


_COUNTED = {-1: "fewer", 1: "more"}
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
    side = 2 * level.position - (level.n_levels - 1)
    return abs(effect.value) < MEDIUM if side == 0 else side * effect.value > 0
