"""Traits: words for what sets a segment apart, each of which holds for most of its members.

Start at `segment_traits`. `_words` has the words and their bounds, `_levels` the bounds of columns without words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._categories import strongest
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import Candidate
from custseg.profiling.measures._intervals import Effect, share_difference, wilson
from custseg.profiling.measures._terms import MISSING, OTHER_THAN, Term, category_words, condition_words
from custseg.profiling.naming._levels import MAJORITY, Level, column_levels, separation
from custseg.profiling.naming._number_kinds import COUNT, FEW, LABELS, RATING, SCORE, NumberKinds
from custseg.profiling.naming._words import (
    COMPARED,
    MAIN,
    TRAITS,
    Trait,
    Wording,
    Words,
    in_each_language,
    in_order,
    interval_words,
    level_words,
    own_words,
)
from custseg.texts import LANGUAGES

MEDIUM = 0.33
"""Absolute Cliff's delta from which a difference is called medium (Romano et al. 2006)."""
_BONUS = 0.2
"""Added to the absolute effect of features used for clustering, which readers look for first."""
_QUANTILES = (0.15, 0.5, 0.85)
_LONGEST_LABEL = 28
# Of every segment, so large a part must be within its step of a column that names all of them.
_NEARLY_ALL = 0.95
_COUNTED = {-1: "fewer", 1: "more"}
_UNIT = re.compile(r"\s*\([^()]*\)$")


@dataclass(eq=False)
class Traits:
    """The traits of each segment, computed on demand; what several segments need is kept.

    Attributes
    ----------
    statistics : ColumnStatistics
        The columns by segment.
    clustered_on : collection of str
        Features used for clustering; empty if that is not known.
    """

    statistics: ColumnStatistics
    clustered_on: Collection[str]
    _levels_of: dict[str, Mapping[int, Level]] = field(default_factory=dict)
    _quantiles_of: dict[str, dict[float, float]] = field(default_factory=dict)
    _flags: dict[str, bool] = field(default_factory=dict)
    _holds_of: dict[Term, Bools] = field(default_factory=dict)
    _hits_of: dict[tuple[Term, ...], Integers] = field(default_factory=dict)
    _traits_of: dict[str, list[list[Trait]]] = field(default_factory=dict)

    @cached_property
    def kinds(self) -> NumberKinds:
        """What the numbers of each column are."""
        return NumberKinds(self.statistics)

    @cached_property
    def columns(self) -> tuple[list[str], list[str]]:
        """The columns that give words, and those that do so only where the others do not suffice."""
        table = self.statistics.table
        columns = table.clustering_columns
        has_orders = any(name in columns for name in MAIN)
        first = [name for name in columns if not has_orders or name in TRAITS or name in self.clustered_on]
        return first, [*(name for name in columns if name not in first), *table.descriptors]

    def of(self, segment: int) -> list[Trait]:
        """The traits of a segment: what sets it apart, what is only true of it, further words, secondary columns."""
        first, secondary = self.columns
        main = [name for name in MAIN if name in first]
        remaining = [name for name in first if name not in MAIN]
        of_column = {name: self._in_column(name)[segment] for name in (*first, *secondary)}
        traits = [trait for name in main for trait in of_column[name][:1]]
        by_strength = [trait for name in remaining for trait in of_column[name][:1]]
        by_strength.sort(key=lambda trait: -trait.strength - _BONUS * (trait.feature in self.clustered_on))
        traits += by_strength
        last = [trait for name in secondary for trait in of_column[name][:1] if trait.is_clear]
        last.sort(key=lambda trait: -trait.strength)
        clear, weak = ([t for t in traits if t.is_clear is value] for value in (True, False))
        further = [replace(trait, is_clear=False) for name in first for trait in of_column[name][1:]]
        return [*clear, *weak, *further, *(replace(trait, is_secondary=True) for trait in last)]

    def steps(self) -> dict[int, Trait] | None:
        """One trait per segment where a single column has all segments as its steps; None if none has."""
        best, certainty = None, _NEARLY_ALL
        for name in (name for name in self.columns[0] if name in self.statistics.ranked and name not in TRAITS):
            if self._is_flag(name) or self.kinds.of(name) == LABELS:
                continue
            levels = self._levels(name)
            n_segments = self.statistics.n_segments
            if len(levels) < max(n_segments, 3) or {level.n_levels for level in levels.values()} != {n_segments}:
                continue
            shares = [self._shares_of(levels[s].terms(name), s)[0] for s in range(n_segments)]
            if min(shares) >= certainty + 1e-9 * (best is not None):
                best, certainty = name, min(shares)
        return None if best is None else {s: self._step(best, s) for s in range(self.statistics.n_segments)}

    def _step(self, name: str, segment: int) -> Trait:
        wording = self._level_words(name, self._levels(name)[segment])
        effect = self.statistics.effect(name, segment)
        return self._trait(name, wording, self._shares_of(wording.terms, segment), is_clear=True, effect=effect)

    def _in_column(self, name: str) -> list[list[Trait]]:
        """The words of a column for each segment, those that would sound out of order left out."""
        if name not in self._traits_of:
            words = [self._of_column(name, segment) for segment in range(self.statistics.n_segments)]
            is_number = name in self.statistics.ranked
            medians = self.statistics.ranked[name].quantiles[:, 2] if is_number else np.zeros(len(words))
            self._traits_of[name] = in_order(words, medians)
        return self._traits_of[name]

    def _of_column(self, name: str, segment: int) -> list[Trait]:
        """The words of a column that hold for most members, the more telling first, or that values are missing."""
        if name not in self.statistics.ranked and name not in self.statistics.shares:
            return []  # a date or a list
        if name in self.statistics.ranked:
            effect = self.statistics.effect(name, segment)
            direction = _direction(effect)
            wordings = self._wordings(name, segment, direction, effect=effect) if effect is not None else []
            traits = self._true(name, segment, wordings, clear=bool(direction), effect=effect)
        else:
            traits = self._of_category(name, segment)
        return traits or self._of_missing(name, segment)

    def _wordings(self, name: str, segment: int, direction: int | None, *, effect: Effect) -> list[Wording]:
        """Words for the values of a numeric column, the more telling first."""
        statistics = self.statistics
        if len(statistics.ranked[name].grid) < 2:
            return []  # one value says nothing
        if self._is_flag(name):
            value = (statistics.flag_share(name, segment) or 0.0) >= 0.5
            words = self._phrased("flag" if value else "not", name)
            return [Wording(words, (Term(name, "==", value),), "yes" if value else "no")]
        if name in TRAITS:
            wordings = own_words(name, direction, quantiles=self._quantiles(name))
            if name == "order_count" and (direction or 0) <= 0:
                key = "one_order_in_window" if statistics.table.windowed else "one_order"
                wordings = [Wording(in_each_language("names", key), (Term(name, "==", 1),), "low"), *wordings]
            return wordings
        level = self._level(name, segment, direction)
        is_true = level is not None and _agrees(level, effect)
        wordings = [self._level_words(name, level)] if level is not None and is_true else []
        if direction:
            # Where segments overlap too much for levels, a clear difference is still one from most customers.
            term = Term(name, "<" if direction < 0 else ">", self._quantiles(name)[0.5])
            key = ("lower" if direction < 0 else "higher") if self.kinds.of(name) != COUNT else _COUNTED[direction]
            kind = "low" if direction < 0 else "high"
            wordings.append(Wording(self._phrased(key, name), (term,), kind, direction * COMPARED))
        return self._as_values(name, wordings)

    def _level(self, name: str, segment: int, direction: int | None) -> Level | None:
        """The level of a segment; for one that is too wide to have one, that of which most of its members are."""
        levels = self._levels(name)
        if segment in levels or not direction:
            return levels.get(segment)
        size = int(self.statistics.sizes()[segment])
        return next(
            (level for level in set(levels.values()) if _is_most(self._shares_of(level.terms(name), segment)[0], size)),
            None,
        )

    def _level_words(self, name: str, level: Level) -> Wording:
        forms = "count_levels" if self.kinds.of(name) == COUNT else "levels"
        wording = level_words(self._label(name), level, name, forms=forms)
        return next(iter(self._as_values(name, [wording])), wording)

    def _as_values(self, name: str, wordings: list[Wording]) -> list[Wording]:
        """The words of a column of few values, by these: of a column of labels only a single one."""
        kind = self.kinds.of(name)
        if kind not in (FEW, LABELS):
            return wordings
        present, label = self.statistics.ranked[name].grid, self._label(name)
        by_values = (interval_words(label, wording, present=present, only_one=kind == LABELS) for wording in wordings)
        return [wording for wording in by_values if wording is not None]

    def _is_flag(self, name: str) -> bool:
        if name not in self._flags:
            self._flags[name] = self.statistics.is_flag(name)
        return self._flags[name]

    def _true(
        self, name: str, segment: int, wordings: Sequence[Wording], *, clear: bool, effect: Effect | None
    ) -> list[Trait]:
        """Those of the words that hold for most members."""
        size, traits = int(self.statistics.sizes()[segment]), []
        for wording in wordings:
            shares = self._shares_of(wording.terms, segment)
            if _is_most(shares[0], size):
                traits.append(self._trait(name, wording, shares, is_clear=clear, effect=effect))
        return traits

    def _trait(
        self, name: str, wording: Wording, shares: tuple[float, float], *, is_clear: bool, effect: Effect | None
    ) -> Trait:
        words, terms, kind, order = wording
        table = self.statistics.table
        condition = {language: condition_words(terms, table, language) for language in LANGUAGES}
        strength = abs(effect.value) if effect else 0.0
        position = list(table.described).index(name)
        scale = self.kinds.of(name) if name in self.statistics.ranked else ""
        scale = scale if scale in (SCORE, RATING) else ""
        return Trait(
            name, words, terms, condition, *shares, is_clear, strength, position, kind=kind, scale=scale, order=order
        )

    def _of_category(self, name: str, segment: int) -> list[Trait]:
        share = strongest(self.statistics.shares[name][segment])
        if share is None or share.difference is None:
            return []
        difference, label = share.difference, self._label(name)
        if abs(difference.value) < MEDIUM or difference.low * difference.high <= 0:
            return []
        kind = "category" if difference.value > 0 else "other_category"
        forms = in_each_language("names", kind)
        words = {code: forms[code].format(label[code], category_words(share.value, code)) for code in LANGUAGES}
        wording = Wording(words, (Term(name, "==" if difference.value > 0 else OTHER_THAN, share.value),), kind)
        return self._true(name, segment, [wording], clear=True, effect=difference)

    def contrast(self, first: int, second: int, *, only_first: bool = False) -> dict[int, Trait]:
        """A bound in numbers for one or both of two segments, in the column that separates them best.

        Columns that give words only where others do not suffice are used if no other separates the two. With
        `only_first` it is a bound for the first segment.
        """
        main, secondary = self.columns
        pair = first, second
        return self._contrast(pair, main, only_first=only_first) or self._contrast(
            pair, secondary, only_first=only_first
        )

    def _contrast(self, pair: tuple[int, int], columns: Sequence[str], *, only_first: bool) -> dict[int, Trait]:
        traits: dict[int, Trait] = {}
        largest = 0.0
        for name in [name for name in columns if name in self.statistics.ranked]:
            grid, (values, labels) = self.statistics.ranked[name].grid, self.statistics.clustered_values(name)
            best = separation(values, labels, grid, pair=pair, only_first=only_first)
            if best is None or best.gain <= largest or self._is_flag(name) or self.kinds.of(name) == LABELS:
                continue
            rival = pair[1] if best.segment == pair[0] else pair[0]
            directions = {best.segment: best.is_lower, rival: not best.is_lower}
            bounds = {segment: self._bound(name, segment, best.bound, is_lower=is_lower)
                      for segment, is_lower in directions.items()}  # fmt: skip
            if bounds[best.segment]:
                traits, largest = {segment: trait[0] for segment, trait in bounds.items() if trait}, best.gain
        return traits

    def merged(self, segment: int, trait: Trait, bound: Trait) -> Trait | None:
        """Both bounds of one column as one trait, such as "orders 5 to under 10"; None where that is not most."""
        terms = tuple(sorted((*trait.terms, *bound.terms), key=lambda term: term.operator, reverse=True))
        if [term.operator for term in terms] != [">=", "<"]:
            return None
        words = {language: condition_words(terms, self.statistics.table, language) for language in LANGUAGES}
        wordings = self._as_values(bound.feature, [Wording(words, terms, trait.kind)])
        return next(iter(self._true(bound.feature, segment, wordings, clear=False, effect=None)), None)

    def _bound(self, name: str, segment: int, bound: float, *, is_lower: bool) -> list[Trait]:
        """That the values are under a bound, or at least that, if this holds for most members."""
        terms = (Term(name, "<" if is_lower else ">=", bound),)
        words = {language: condition_words(terms, self.statistics.table, language) for language in LANGUAGES}
        wordings = self._as_values(name, [Wording(words, terms, "low" if is_lower else "high")])
        return self._true(name, segment, wordings, clear=False, effect=None)

    def _of_missing(self, name: str, segment: int) -> list[Trait]:
        """That most members have no value, where far fewer of the others lack one."""
        sizes = self.statistics.sizes()
        size, n_others = int(sizes[segment]), int(sizes.sum() - sizes[segment])
        terms = (Term(name, MISSING),)
        shares = members, share_of_others = self._shares_of(terms, segment)
        if not n_others or not _is_most(members, size):
            return []
        difference = share_difference(members * size, size, others=(share_of_others * n_others, n_others))
        if difference.value < MEDIUM or difference.low <= 0:
            return []
        wording = Wording(self._phrased("missing", name), terms, "missing")
        return [self._trait(name, wording, shares, is_clear=True, effect=difference)]

    def redundant(self, first: Trait, second: Trait) -> bool:
        """Whether two traits say the same, as their features have an absolute rank correlation of at least 0.8.

        Recency, frequency and money are not the same to a reader, however they correlate.
        """
        if first.feature == second.feature:
            return True
        if first.feature in MAIN and second.feature in MAIN:
            return False
        ranked = self.statistics.ranked
        if first.feature not in ranked or second.feature not in ranked:
            return False
        effect = Effect(0.0, 0.0, 0.0)
        return self.statistics.correlations.redundant(
            Candidate(first.feature, effect), Candidate(second.feature, effect)
        )

    def shares(self, traits: Sequence[Trait]) -> Floats:
        """Share of the members of every segment for which all traits hold; a missing value does not meet a bound."""
        terms = tuple(term for trait in traits for term in trait.terms)
        return np.asarray(self._hits(terms) / np.maximum(self.statistics.sizes(), 1))

    def _shares_of(self, terms: tuple[Term, ...], segment: int) -> tuple[float, float]:
        """Shares of members and of all other clustered customers that meet all terms."""
        hits, sizes = self._hits(terms), self.statistics.sizes()
        n_others = int(sizes.sum() - sizes[segment])
        return float(hits[segment] / sizes[segment]), float((hits.sum() - hits[segment]) / max(n_others, 1))

    def _hits(self, terms: tuple[Term, ...]) -> Integers:
        """Members of every segment that meet all terms."""
        if terms not in self._hits_of:
            labels = self.statistics.labels
            for term in terms:
                if term not in self._holds_of:
                    self._holds_of[term] = term.holds(self.statistics.table, {})
            holds: Bools = np.logical_and.reduce([self._holds_of[term] for term in terms])
            self._hits_of[terms] = np.bincount(labels[holds & (labels >= 0)], minlength=self.statistics.n_segments)
        return self._hits_of[terms]

    def _levels(self, name: str) -> Mapping[int, Level]:
        if name not in self._levels_of:
            values, labels = self.statistics.clustered_values(name)
            grid = self.statistics.ranked[name].grid
            self._levels_of[name] = column_levels(values, labels, grid, n_segments=self.statistics.n_segments)
        return self._levels_of[name]

    def _quantiles(self, name: str) -> dict[float, float]:
        if name not in self._quantiles_of:
            values, _ = self.statistics.clustered_values(name)
            self._quantiles_of[name] = dict(zip(_QUANTILES, np.quantile(values, _QUANTILES).tolist(), strict=True))
        return self._quantiles_of[name]

    def _phrased(self, key: str, name: str) -> Words:
        forms, label = in_each_language("names", key), self._label(name)
        return {language: forms[language].format(label[language]) for language in LANGUAGES}

    def _label(self, name: str) -> Words:
        label = {language: _shortened(self.statistics.table.phrase(name, language)) for language in LANGUAGES}
        if name not in self.statistics.ranked or self.kinds.of(name) != SCORE:
            return label
        form = in_each_language("names", "score")
        return {language: form[language].format(label[language]) for language in LANGUAGES}


def _direction(effect: Effect | None) -> int | None:
    """-1 or 1 for at least a medium effect whose interval excludes 0, 0 for one surely below; None where unsure."""
    if effect is None:
        return None
    if effect.low > -MEDIUM and effect.high < MEDIUM:
        return 0
    if abs(effect.value) < MEDIUM or effect.low * effect.high <= 0:
        return None
    return 1 if effect.value > 0 else -1


def _agrees(level: Level, effect: Effect) -> bool:
    """Whether a low level is below the other customers: the second of many steps may be above most of them."""
    side = 2 * level.position - (level.n_levels - 1)
    return abs(effect.value) < MEDIUM if side == 0 else side * effect.value > 0


def is_like_others(effects: Collection[Effect | None]) -> bool:
    """Whether all effects that could be measured are surely below medium."""
    measured = [effect for effect in effects if effect is not None]
    return bool(measured) and all(_direction(effect) == 0 for effect in measured)


def _is_most(share: float, size: int) -> bool:
    return size >= SMALLEST_GROUP and share >= MAJORITY and wilson(share * size, size)[0] > 0.5


def _shortened(label: str) -> str:
    """The label in a name: without its unit in parentheses, and not too long."""
    label = _UNIT.sub("", label) or label
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"
