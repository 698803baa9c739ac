"""Traits: words for what sets a segment apart, each of which holds for most of its members.

Start at `Traits.of`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.profiling.measures._categories import strongest
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import Candidate
from custseg.profiling.measures._intervals import Effect, share_difference
from custseg.profiling.measures._terms import PRESENCE, Term, condition_words
from custseg.profiling.naming._own_rhythm import OVERDUE
from custseg.profiling.naming.traits._column_words import MEDIUM, ColumnWords
from custseg.profiling.naming.traits._distances import ColumnDifferences, direction_of
from custseg.profiling.naming.traits._levels import CLEARLY_MORE, MAJORITY, Separation, closed, is_most, separation
from custseg.profiling.naming.traits._needed_orders import has_needed_orders
from custseg.profiling.naming.traits._number_kinds import RATING, SCORE
from custseg.profiling.naming.traits._term_shares import TermShares
from custseg.profiling.naming.traits._words import MAIN, TRAITS, Trait, Wording, in_order, rank
from custseg.texts import LANGUAGES

_RECENCY = MAIN[0]
_LARGE = 0.474
"""The absolute Cliff's delta, or difference of shares, from which a difference is large (Romano et al. 2006)."""
# 0 is said in place of a bound if it is true of so large a part of the members within that.
_NEARLY = 0.85
# And if it sets apart at most so much less.
_LOSS = 0.05
# Of every segment, so large a part must be within its step of a column that names all of them.
_NEARLY_ALL = 0.95


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
    _separations: dict[tuple[str, tuple[int, int], bool], Separation | None] = field(default_factory=dict)

    @cached_property
    def words(self) -> ColumnWords:
        """The words for each column."""
        return ColumnWords(self.statistics, self._term_shares)

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
        columns = table.clustering_columns
        is_any = not self.clustered_on and not any(name in columns for name in MAIN)
        first = [name for name in columns if is_any or name in TRAITS or name in self.clustered_on]
        return first, [*(name for name in columns if name not in first), *table.descriptors]

    def of(self, segment: int) -> list[Trait]:
        """The traits of a segment: what sets it apart, what is only true of it, further words, secondary columns.

        Of each, those of the columns in which the segment differs most come first.
        """
        first, secondary = self.columns
        of_column = {name: self._in_column(name)[segment] for name in (*first, *secondary)}
        traits = [trait for name in first for trait in of_column[name][:1]]
        traits.sort(key=rank)
        self._put_rhythm_first(traits)
        last = [trait for name in secondary for trait in of_column[name][:1] if trait.is_clear]
        last.sort(key=lambda trait: -trait.strength)
        clear, weak = ([t for t in traits if t.is_clear is value] for value in (True, False))
        further = [replace(trait, is_clear=False) for name in first for trait in of_column[name][1:]]
        return [*clear, *weak, *further, *(replace(trait, is_secondary=True) for trait in last)]

    def _put_rhythm_first(self, traits: list[Trait]) -> None:
        """The own rhythm before the days since the last order, where these speak of customers who are away."""
        positions = {trait.feature: position for position, trait in enumerate(traits)}
        own, days = positions.get(OVERDUE), positions.get(_RECENCY)
        if own is None or days is None or traits[own].is_bound:
            return
        is_late = traits[own].is_clear and traits[own].kind == "high"
        is_away = traits[days].kind == "high" or self.words.is_long(_RECENCY)
        if is_away and (self.words.rhythm.base_keeps or is_late):
            strength = max(traits[own].strength, traits[days].strength)
            traits.insert(min(own, days), replace(traits.pop(own), strength=strength))

    def steps(self) -> dict[int, Trait] | None:
        """One trait per segment, the lowest first, where a single column has all as its steps; None if none has."""
        best, certainty = None, _NEARLY_ALL
        n_segments, describes = self.statistics.n_segments, self._differences.describes
        for name in sorted(self.columns[0], key=lambda name: (name not in self.clustered_on, describes(name))):
            if not self.words.has_order(name) or (name in TRAITS and not self.words.is_abstract(name)):
                continue
            levels = self.words.levels(name)
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
        ascending = sorted(range(n_segments), key=lambda segment: self.words.levels(best)[segment].position)
        return {segment: self._step(best, segment) for segment in ascending}

    def _hides_others(self, name: str) -> bool:
        """Whether another column sets segments apart, but does not rise or fall with this one from step to step."""
        order = np.argsort(self.statistics.ranked[name].quantiles[:, 2])
        return any(
            any(
                trait.is_clear and trait.strength >= _LARGE for traits in self._in_column(other) for trait in traits[:1]
            )
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
                traits = [*self._of_range(name, segment), *traits]
        else:
            traits = self._of_category(name, segment)
        traits = [
            trait for trait in traits if not (name in TRAITS and trait.order == 0) or self._is_its_own(trait, segment)
        ]
        return traits or self._of_missing(name, segment)

    def _of_range(self, name: str, segment: int) -> list[Trait]:
        """The range that holds most members and few others, where both sides of it have customers."""
        terms = self._ranges(segment).get(name)
        if terms is None or not self.words.has_order(name) or self.words.is_abstract(name):
            return []
        return self._true(name, segment, self.words.of_bounds(name, terms, "middle"), clear=True, effect=None)

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
            return self._as_zero(name, segment, wording)
        by_range = next(iter(self.words.of_bounds(name, terms, "middle")), wording)
        return by_range._replace(order=wording.order, is_bound=wording.is_bound)

    def _as_zero(self, name: str, segment: int, wording: Wording) -> Wording:
        """That the values are 0 where this tells as much as an upper bound: "posts 0" rather than "posts at most 3"."""
        is_upper = all(term.operator in ("<", "<=") for term in wording.terms)
        if (
            name in TRAITS
            or not is_upper
            or not self.words.has_order(name)
            or self.statistics.ranked[name].grid[0] != 0
        ):
            return wording
        none = (Term(name, "==", 0.0),)
        of_zero, of_bound = (self._term_shares.of(terms, segment) for terms in (none, wording.terms))
        if of_zero[0] < _NEARLY * of_bound[0] or of_zero[0] - of_zero[1] < of_bound[0] - of_bound[1] - _LOSS:
            return wording
        words = next(iter(self.words.of_bounds(name, none, wording.kind)), wording)
        return words._replace(order=wording.order, is_bound=False)

    def _is_its_own(self, trait: Trait, segment: int) -> bool:
        """Whether a word is clearly less true of every other segment: "average" may hold where orders are many."""
        rivals = np.delete(self._term_shares.by_segment(trait.terms), segment)
        return bool((rivals <= trait.members - CLEARLY_MORE).all())

    def _true(
        self, name: str, segment: int, wordings: Sequence[Wording], *, clear: bool, effect: Effect | None
    ) -> list[Trait]:
        """Those of the words that hold for most members, first those that are not as true of the others."""
        if not has_needed_orders(self.statistics, name, segment):
            return []
        size, traits = int(self.statistics.sizes()[segment]), []
        for wording in wordings:
            shares = self._term_shares.of(wording.terms, segment)
            if is_most(shares[0], size):
                # The middle of a column has no effect of ranks.
                is_clear = shares[0] - shares[1] >= (CLEARLY_MORE if clear else _LARGE) and wording.kind != "missing"
                traits.append(self._trait(name, segment, wording, is_clear=is_clear, effect=effect))
        return sorted(traits, key=lambda trait: trait.members - trait.others < CLEARLY_MORE)

    def _trait(self, name: str, segment: int, wording: Wording, *, is_clear: bool, effect: Effect | None) -> Trait:
        words, terms, kind, order, is_bound = wording
        shares = self._term_shares.of(terms, segment)
        table = self.statistics.table
        condition = {language: condition_words(terms, table, language) for language in LANGUAGES}
        strength = self._differences.strength(name, segment, shares, effect=effect)
        position = list(table.described).index(name)
        scale = self.words.kinds.of(name) if name in self.statistics.ranked else ""
        scale = scale if scale in (SCORE, RATING) else ""
        is_descriptive = self._differences.describes(name)
        return Trait(name, words, terms, condition, *shares, is_clear, strength, position, kind=kind, scale=scale,
                     order=order, is_descriptive=is_descriptive, is_bound=is_bound,
                     lengths=self.words.lengths(name, words))  # fmt: skip

    def _of_category(self, name: str, segment: int) -> list[Trait]:
        shares = self.statistics.shares[name][segment]
        share = strongest(shares)
        if share is not None and share.difference is not None and share.difference.value < 0:
            # "device phone" rather than "device not desktop" of people most of whom use a phone.
            most = strongest(tuple(one for one in shares if (one.share or 0.0) >= MAJORITY))
            if most is not None and most.difference is not None and most.difference.value >= CLEARLY_MORE:
                return self._true(
                    name, segment, [self.words.of_category(name, most)], clear=True, effect=most.difference
                )
        if share is None or share.difference is None:
            return []
        difference = share.difference
        if abs(difference.value) < MEDIUM or difference.low * difference.high <= 0:
            return []
        return self._true(name, segment, [self.words.of_category(name, share)], clear=True, effect=difference)

    def contrast(self, first: int, second: int, *, only_first: bool = False) -> dict[int, Trait]:
        """A bound in numbers for one or both of two segments, in the column that separates them best.

        Columns whose figures say little, and those that give words only where others do not suffice, are used if no
        other separates the two. With `only_first` it is a bound for the first segment.
        """
        for columns in self._columns_of_bounds:
            if traits := self._contrast((first, second), columns, only_first=only_first):
                return traits
        return {}

    def only_difference(self, first: int, second: int) -> dict[int, Trait]:
        """Bounds for two segments that differ largely in one alone of the columns that readers look for; else empty."""
        columns = [
            name for name in self.columns[0] if self._differences.is_looked_for(name) and self.words.has_order(name)
        ]
        pairs = {name: abs(float(self.statistics.ranked[name].pairs[first, second])) for name in columns}
        differing = [name for name, delta in pairs.items() if delta >= _LARGE]
        return self._contrast((first, second), differing, only_first=False) if len(differing) == 1 else {}

    @cached_property
    def _columns_of_bounds(self) -> tuple[list[str], ...]:
        main, secondary = ([name for name in names if self.words.has_order(name)] for names in self.columns)
        describes = self._differences.describes
        behavior, descriptive = ([name for name in main if describes(name) is value] for value in (False, True))
        clear, abstract = (
            [name for name in behavior if self.words.is_abstract(name) is value] for value in (False, True)
        )
        return clear, descriptive, abstract, secondary

    def _contrast(self, pair: tuple[int, int], columns: Sequence[str], *, only_first: bool) -> dict[int, Trait]:
        traits: dict[int, Trait] = {}
        largest = 0.0
        for name in columns:
            best = self._separation(name, pair, only_first=only_first)
            if best is None or best.gain <= largest:
                continue
            rival = pair[1] if best.segment == pair[0] else pair[0]
            directions = {best.segment: best.is_lower, rival: not best.is_lower}
            bounds = {segment: self._bound(name, segment, best.bound, is_lower=is_lower)
                      for segment, is_lower in directions.items()}  # fmt: skip
            if bounds[best.segment]:
                traits, largest = {segment: trait[0] for segment, trait in bounds.items() if trait}, best.gain
        return traits

    def bounds(self, first: int, second: int) -> list[Trait]:
        """A bound in numbers for the first of two segments in each column that has one, the best first."""
        traits = []
        for columns in self._columns_of_bounds:
            separations = [(name, self._separation(name, (first, second), only_first=True)) for name in columns]
            cuts = [(name, best) for name, best in separations if best is not None]
            for name, best in sorted(cuts, key=lambda cut: -cut[1].gain):
                traits += self._bound(name, first, best.bound, is_lower=best.is_lower)
        return traits

    def _separation(self, name: str, pair: tuple[int, int], *, only_first: bool) -> Separation | None:
        key = name, pair, only_first
        if key not in self._separations:
            values, labels = self.statistics.clustered_values(name)
            grid = self.statistics.ranked[name].grid
            self._separations[key] = separation(values, labels, grid, pair=pair, only_first=only_first)
        return self._separations[key]

    def merged(self, segment: int, trait: Trait, bound: Trait) -> Trait | None:
        """Both bounds of one column as one trait, such as "orders 5 to 9"; None where that is not most."""
        terms = tuple(sorted((*trait.terms, *bound.terms), key=lambda term: term.operator, reverse=True))
        if [term.operator for term in terms] not in ([">=", "<"], [">=", "<="]):
            return None
        wordings = self.words.of_bounds(bound.feature, terms, trait.kind if trait.kind == bound.kind else "middle")
        return next(iter(self._true(bound.feature, segment, wordings, clear=False, effect=None)), None)

    def _bound(self, name: str, segment: int, bound: float, *, is_lower: bool) -> list[Trait]:
        """That the values are under a bound, or at least that, if this holds for most members.

        It calls them low only where the segment is below the others: "under 90" may be high beside those.
        """
        terms = (Term(name, "<" if is_lower else ">=", bound),)
        direction = direction_of(self.statistics.effect(name, segment))
        kind = {-1: "low", 1: "high"}.get(direction or 0, "middle")
        wordings = self.words.of_bounds(name, terms, kind if (kind == "low") == is_lower else "middle")
        wordings = [self._as_zero(name, segment, wording) for wording in wordings]
        ranks, (values, labels) = self.statistics.ranked[name], self.statistics.clustered_values(name)
        medians = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
        both = () if name in TRAITS else closed(terms[0], values[labels == segment], medians=medians, grid=ranks.grid)
        wordings = [*self.words.of_bounds(name, both, "middle"), *wordings] if both else wordings
        return self._true(name, segment, wordings, clear=False, effect=None)[:1]

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
        return self._term_shares.by_segment(tuple(term for trait in traits for term in trait.terms))
