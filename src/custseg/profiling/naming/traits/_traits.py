"""Traits: words for what sets a segment apart, each of which holds for most of its members.

Start at `Traits.of`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from custseg._column_kinds import is_sensitive_name
from custseg._numerics import Floats, Integers
from custseg.profiling.markers._coverage import COVERED
from custseg.profiling.measures._categories import strongest
from custseg.profiling.measures._column_statistics import NEARLY_ALL, ColumnStatistics
from custseg.profiling.measures._effects import Candidate
from custseg.profiling.measures._intervals import Effect, share_difference
from custseg.profiling.measures._terms import KNOWN, PRESENCE, Term, condition_words
from custseg.profiling.naming._own_rhythm import OVERDUE
from custseg.profiling.naming.traits._contrasts import LARGE, Contrasts, direction_of
from custseg.profiling.naming.traits._distances import ColumnDifferences
from custseg.profiling.naming.traits._levels import CLEARLY_MORE, MAJORITY, TELLING, is_most
from custseg.profiling.naming.traits._needed_orders import has_needed_orders, with_bought_shares
from custseg.profiling.naming.traits._term_shares import TermShares
from custseg.profiling.naming.traits._words import MAIN, TIME, TRAITS, Trait, Wording, in_order, rank
from custseg.profiling.naming.traits.columns._column_words import MEDIUM, ColumnWords
from custseg.profiling.naming.traits.columns._last_times import tokens_of
from custseg.profiling.naming.traits.columns._number_kinds import RATING, SCORE, YEARS
from custseg.profiling.naming.traits.columns._own_words import MONEY
from custseg.texts import LANGUAGES, ORDERS_PER_30_DAYS

_RECENCY, _ORDERS, _GAP = *MAIN[:2], "gap_days_mean"
_WEAKER = 0.2
"""By so much words of quantiles are weaker than plain ones, so that these come into the name first."""
_GONE = 0.1
"""Added to the strength of "no visit for long", as readers ask first whether customers are still there, and taken off
that of a range of days, which says little of it."""
# A category that so large a part of the members has, and at most the rest of the others, is the segment's own.
_OWN = 0.8
_OWN_BONUS = 0.4
"""Added to the strength of such a category, so that it comes before numbers that tell no more."""
# Of every segment, so large a part must be within its step of a column that names all of them.
_ON_STEP = 0.95


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
    _traits_of: dict[str, list[list[Trait]]] = field(default_factory=dict)
    _ranges_of: dict[int, Mapping[str, tuple[Term, ...]]] = field(default_factory=dict)

    @cached_property
    def words(self) -> ColumnWords:
        """The words for each column."""
        return ColumnWords(self.statistics, self._term_shares)

    @cached_property
    def contrasts(self) -> Contrasts:
        """Bounds that tell two segments apart."""
        return Contrasts(self.statistics, self.words, self._differences, self.columns, self._true, self._term_shares)

    @cached_property
    def _differences(self) -> ColumnDifferences:
        return ColumnDifferences(self.statistics, self.clustered_on)

    @cached_property
    def _term_shares(self) -> TermShares:
        return TermShares(self.statistics)

    @cached_property
    def columns(self) -> tuple[list[str], list[str]]:
        """The columns that give words, and those that do so only where the others do not suffice."""
        table = self.statistics.table
        # A rate of orders is said as the days between two of them, which people can imagine.
        columns = [
            name
            for name in table.clustering_columns
            if table.described[name].unit != ORDERS_PER_30_DAYS or _GAP not in table.numbers
        ]
        is_any = not self.clustered_on and not any(name in columns for name in MAIN)
        first = [name for name in columns if is_any or name in TRAITS or name in self.clustered_on]
        if not any(name in columns for name in MAIN):
            first += [name for name in columns if name in table.categories and name not in first]
        return first, [*(name for name in columns if name not in first), *table.descriptors]

    def of(self, segment: int) -> list[Trait]:
        """The traits of a segment: what sets it apart, what is only true of it, further words, secondary columns.

        Of each, those of the columns in which the segment differs most come first.
        """
        first, secondary = self.columns
        of_column = {name: self._in_column(name)[segment] for name in (*first, *secondary)}
        exclusive = [name for name in secondary if any(map(self._is_exclusive, of_column[name][:1]))]
        secondary = [name for name in secondary if name not in exclusive]
        traits = [trait for name in first for trait in of_column[name][:1]]
        traits += [replace(of_column[name][0], strength=of_column[name][0].strength + _OWN_BONUS) for name in exclusive]
        traits = _plain_first(traits)
        traits.sort(key=rank)
        self._put_rhythm_first(traits)
        last = [trait for name in secondary for trait in of_column[name][:1] if trait.is_clear]
        last.sort(key=lambda trait: -trait.strength)
        clear, weak = ([t for t in traits if t.is_clear is value] for value in (True, False))
        further = [replace(trait, is_clear=False) for name in first for trait in of_column[name][1:]]
        return [*clear, *weak, *further, *(replace(trait, is_secondary=True) for trait in last)]

    def _is_exclusive(self, trait: Trait) -> bool:
        """Whether a category is nearly the segment itself, though nothing was clustered on it: "sector health".

        What people must not be sorted by is not said first.
        """
        return (
            trait.kind == "category"
            and trait.members >= _OWN
            and trait.others <= 1 - _OWN
            and not is_sensitive_name(trait.feature)
        )

    def _put_rhythm_first(self, traits: list[Trait]) -> None:
        """The own rhythm before the days since the last order, where these speak of customers who are away."""
        positions = {trait.feature: position for position, trait in enumerate(traits)}
        own, days = positions.get(OVERDUE), positions.get(_RECENCY)
        if own is None or days is None or traits[own].is_bound:
            return
        is_late = traits[own].is_clear and traits[own].kind == "high"
        is_away = traits[days].kind == "high" or self.words.own_words.is_long(_RECENCY)
        if is_away and (self.words.own_words.rhythm.base_keeps or is_late):
            strength = max(traits[own].strength, traits[days].strength)
            traits.insert(min(own, days), replace(traits.pop(own), strength=strength))

    def steps(self) -> dict[int, Trait] | None:
        """One trait per segment, the lowest first, where a single column has all as its steps; None if none has."""
        best, certainty = None, _ON_STEP
        n_segments, describes = self.statistics.n_segments, self._differences.describes
        for name in sorted(self.columns[0], key=lambda name: (name not in self.clustered_on, describes(name))):
            if not self.words.has_order(name) or (name in TRAITS and not self.words.is_abstract(name)):
                continue
            levels = self.words.levels.by_segment(name)
            if len(levels) < max(n_segments, 3) or {level.n_levels for level in levels.values()} != {n_segments}:
                continue
            if not all(has_needed_orders(self.statistics, name, segment) for segment in range(n_segments)):
                continue
            shares = [self._term_shares.of(levels[s].terms(name), s)[0] for s in range(n_segments)]
            if best in self.clustered_on and name not in self.clustered_on:
                break
            if self._hides_others(name):
                continue
            if min(shares) >= certainty + 1e-9 * (best is not None):
                best, certainty = name, min(shares)
        if best is None:
            return None
        ascending = sorted(range(n_segments), key=lambda segment: self.words.levels.by_segment(best)[segment].position)
        return {segment: self._step(best, segment) for segment in ascending}

    def _hides_others(self, name: str) -> bool:
        """Whether another column sets segments apart, but does not rise or fall with this one from step to step."""
        order = np.argsort(self.statistics.ranked[name].quantiles[:, 2])
        return any(
            any(trait.is_clear and trait.strength >= LARGE for traits in self._in_column(other) for trait in traits[:1])
            and not self._is_monotone(other, order)
            for other in self.columns[0]
            if other != name
        )

    def _is_monotone(self, name: str, order: Integers) -> bool:
        if name not in self.statistics.ranked:
            return False
        differences = np.diff(self.statistics.ranked[name].quantiles[order, 2])
        return bool((differences >= 0).all() or (differences <= 0).all())

    def _step(self, name: str, segment: int) -> Trait:
        wording = self.words.level_wording(name, segment)
        effect = self.statistics.effect(name, segment)
        return self._trait(name, segment, wording, is_clear=True, effect=effect)

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
            direction = direction_of(effect)
            wordings = self.words.wordings(name, segment, direction, effect=effect) if effect is not None else []
            wordings = [self._as_marked(name, segment, wording) for wording in wordings]
            traits = self._true(name, segment, wordings, clear=bool(direction), effect=effect)
            if not any(trait.is_clear for trait in traits):
                traits = [*self._of_range(name, segment, direction), *traits]
        else:
            traits = self._of_category(name, segment)
        traits = [
            trait for trait in traits if not (name in TRAITS and trait.order == 0) or self._is_its_own(trait, segment)
        ]
        traits = [
            replace(trait, is_clear=False) if is_of_few else trait
            for trait in traits
            if not (is_of_few := self._is_of_too_few(trait, segment)) or not trait.says_numbers
        ]
        return traits or self._of_missing(name, segment)

    def _is_of_too_few(self, trait: Trait, segment: int) -> bool:
        """Whether words leave many members out, since these have no value: the gaps of whom a third has one order."""
        is_of_values = all(term.operator not in PRESENCE for term in trait.terms)
        known = self._term_shares.by_segment((Term(trait.feature, KNOWN),))[segment]
        return bool(is_of_values and trait.members < NEARLY_ALL and known < COVERED)

    def _of_range(self, name: str, segment: int, direction: int | None) -> list[Trait]:
        """The range that holds most members and few others, where both sides of it have customers.

        Where there is none, it is the range of recency, orders or money of a segment that is like the others in it.
        """
        terms = self._ranges(segment).get(name)
        if not self.words.has_order(name) or self.words.is_abstract(name):
            return []
        if terms is not None:
            bounds = self.words.bounds.of(name, segment, terms, kind="middle")
        else:
            bounds = self.words.bounds.central(name, segment) if direction == 0 else []
        return self._true(name, segment, [one._replace(is_bound=False) for one in bounds], clear=True, effect=None)

    def _ranges(self, segment: int) -> Mapping[str, tuple[Term, ...]]:
        if segment not in self._ranges_of:
            candidates = self.statistics.candidates(segment, self.clustered_on)
            self._ranges_of[segment] = {
                one.feature: one.terms for one in candidates if one.terms and one.terms[0].operator not in PRESENCE
            }
        return self._ranges_of[segment]

    def _as_marked(self, name: str, segment: int, wording: Wording) -> Wording:
        """The words of a middle level by the range of the markers, and those of a low one by 0 if most have 0."""
        terms = self._ranges(segment).get(name, ()) if name not in TRAITS else ()
        if wording.kind != "middle" or len(terms) < 2 or len(wording.terms) < 2 or self.words.is_abstract(name):
            return self.contrasts.as_zero(name, segment, wording)
        by_range = next(iter(self.words.bounds.of(name, segment, terms, kind="middle")), wording)
        return by_range._replace(order=wording.order, is_bound=wording.is_bound)

    def _is_its_own(self, trait: Trait, segment: int) -> bool:
        """Whether a word is clearly less true of every other segment: a wide range may hold of several."""
        rivals = np.delete(self._term_shares.by_segment(trait.terms), segment)
        return bool((rivals <= trait.members - CLEARLY_MORE).all())

    def _true(
        self, name: str, segment: int, wordings: Sequence[Wording], *, clear: bool, effect: Effect | None
    ) -> list[Trait]:
        """Those of the words that hold for most members, first those that are not as true of the others."""
        if not has_needed_orders(self.statistics, name, segment):
            return []
        size, traits = int(self.statistics.sizes()[segment]), []
        for wording in with_bought_shares(self.statistics, name, wordings):
            shares = self._term_shares.of(wording.terms, segment)
            if is_most(shares[0], size):
                # The middle of a column has no effect of ranks.
                is_clear = shares[0] - shares[1] >= (CLEARLY_MORE if clear else LARGE) and wording.kind != "missing"
                traits.append(self._trait(name, segment, wording, is_clear=is_clear, effect=effect))
        return sorted(traits, key=lambda trait: trait.members - trait.others < CLEARLY_MORE)

    def _trait(self, name: str, segment: int, wording: Wording, *, is_clear: bool, effect: Effect | None) -> Trait:
        words, terms, kind, order, is_bound, is_end = wording
        shares = self._term_shares.of(terms, segment)
        table = self.statistics.table
        condition = {language: condition_words(terms, table, language) for language in LANGUAGES}
        label = {language: table.phrase(name, language) for language in LANGUAGES}
        strength = self._differences.strength(name, segment, shares, effect=effect)
        position = list(table.described).index(name)
        scale = self._scale(name)
        since = {term.operator for term in terms} if scale == TIME else set()
        strength += _GONE * ((since == {">="}) - (kind == "middle" and len(since) > 1))
        is_descriptive = self._differences.describes(name)
        return Trait(name, words, terms, condition, *shares, is_clear, strength, position, kind=kind, scale=scale,
                     order=order, is_descriptive=is_descriptive, is_bound=is_bound, is_end=is_end,
                     label=label, lengths=self.words.labels.lengths(name, words))  # fmt: skip

    def _scale(self, name: str) -> str:
        if self.words.labels.last_time(name) is not None:
            return TIME
        scale = self.words.kinds.of(name) if name in self.statistics.ranked else ""
        return scale if scale in (SCORE, RATING, YEARS) else ""

    def _of_category(self, name: str, segment: int) -> list[Trait]:
        shares = self.statistics.shares[name][segment]
        share = strongest(shares)
        if share is not None and share.difference is not None and share.difference.value < 0:
            # "device phone" rather than "device not desktop" of people most of whom use a phone.
            common = strongest(tuple(category for category in shares if (category.share or 0.0) >= MAJORITY))
            if common is not None and common.difference is not None and common.difference.value >= CLEARLY_MORE:
                return self._true(
                    name, segment, [self.words.of_category(name, common)], clear=True, effect=common.difference
                )
        if share is None or share.difference is None:
            return []
        difference = share.difference
        if abs(difference.value) < MEDIUM or difference.low * difference.high <= 0:
            return []
        return self._true(name, segment, [self.words.of_category(name, share)], clear=True, effect=difference)

    def _of_missing(self, name: str, segment: int) -> list[Trait]:
        """That most members have no value, where far fewer of the others lack one."""
        sizes = self.statistics.sizes()
        size, n_others = int(sizes[segment]), int(sizes.sum() - sizes[segment])
        wording = self.words.of_missing(name)
        members, share_of_others = self._term_shares.of(wording.terms, segment)
        if not n_others or not is_most(members, size) or not has_needed_orders(self.statistics, name, segment):
            return []
        difference = share_difference(members * size, size, others=(share_of_others * n_others, n_others))
        if difference.value < MEDIUM or difference.low <= 0:
            return []
        return [self._trait(name, segment, wording, is_clear=True, effect=difference)]

    def redundant(self, first: Trait, second: Trait) -> bool:
        """Whether two traits say the same, as their features have an absolute rank correlation of at least 0.8.

        Recency, frequency and money are not the same to a reader, however they correlate. The time since something and
        how much of it there is are so where one follows from the other: "sessions 0" says that there was none for long.
        """
        if first.feature == second.feature:
            return True
        if first.feature in MAIN and second.feature in MAIN:
            return False
        if (first.scale == TIME) != (second.scale == TIME):
            return self._are_of_one_event(*((first, second) if first.scale == TIME else (second, first)))
        ranked = self.statistics.ranked
        if first.feature not in ranked or second.feature not in ranked:
            return False
        effect = Effect(0.0, 0.0, 0.0)
        return self.statistics.correlations.redundant(
            Candidate(first.feature, effect), Candidate(second.feature, effect)
        )

    def _are_of_one_event(self, time: Trait, amount: Trait) -> bool:
        last_time = self.words.labels.last_time(time.feature)
        operators = {term.operator for term in time.terms}
        if last_time is None or len(operators) > 1 or (operators == {">="}) != (amount.kind == "low"):
            return False
        events = {token.rstrip("s") for event in last_time.events.values() for token in tokens_of(event)}
        return any(token.rstrip("s") in events for label in amount.label.values() for token in tokens_of(label))

    def shares(self, traits: Sequence[Trait]) -> Floats:
        """Share of the members of every segment for which all traits hold; a missing value does not meet a bound."""
        return self._term_shares.by_segment(tuple(term for trait in traits for term in trait.terms))


def _plain_first(traits: Sequence[Trait]) -> list[Trait]:
    """The traits, of which bounds of money and comparisons are weaker than what people say: one order, long ago.

    Not those that set the segment apart far better.
    """
    plain = [
        trait
        for trait in traits
        if trait.feature in (_RECENCY, _ORDERS) and trait.is_clear and not trait.is_comparison
        and trait.members >= NEARLY_ALL and trait.gap >= TELLING
    ]  # fmt: skip
    if not plain:
        return list(traits)
    strength, gap = max(trait.strength for trait in plain), max(trait.gap for trait in plain)
    return [
        replace(trait, strength=min(trait.strength, strength - _WEAKER))
        if (trait.is_comparison or (trait.feature in MONEY and trait.says_numbers)) and trait.gap < gap + CLEARLY_MORE
        else trait
        for trait in traits
    ]


def is_like_others(effects: Collection[Effect | None]) -> bool:
    """Whether all effects that could be measured are surely below medium."""
    measured = [effect for effect in effects if effect is not None]
    return bool(measured) and all(direction_of(effect) == 0 for effect in measured)
