"""Bounds in numbers that tell two segments apart, in the column that does it best: "last order 90+ days ago"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming.traits._distances import ColumnDifferences
from custseg.profiling.naming.traits._levels import MAJORITY, Level, Separation, closed, separation
from custseg.profiling.naming.traits._term_shares import TermShares
from custseg.profiling.naming.traits._words import TRAITS, Trait, Wording
from custseg.profiling.naming.traits.columns._column_words import MEDIUM, ColumnWords
from custseg.profiling.naming.traits.columns._own_words import MONEY

HALF = 0.5
"""A word that holds for so many members of another segment does not tell it from that segment."""
LARGE = 0.474
"""The absolute Cliff's delta, or difference of shares, from which a difference is large (Romano et al. 2006)."""
# 0 is said in place of a bound if it is true of so large a part of the members within that, and sets apart at most so
# much less.
_NEARLY, _LOSS = 0.85, 0.05


class TrueTraits(Protocol):
    """Those of the words of a column that hold for most members of a segment, as traits."""

    def __call__(
        self, name: str, segment: int, wordings: Sequence[Wording], *, clear: bool, effect: Effect | None
    ) -> list[Trait]: ...


@dataclass(eq=False)
class Contrasts:
    """Bounds that tell two segments apart, computed on demand.

    Attributes
    ----------
    statistics : ColumnStatistics
        The columns by segment.
    words : ColumnWords
        The words for each column.
    differences : ColumnDifferences
        How much segments differ in each column.
    columns : tuple of list of str
        The columns that give words, and those that do so only where the others do not suffice.
    true : callable
        Those of some words that hold for most members, as traits.
    shares : TermShares
        The shares of the members and of the others that meet terms.
    """

    statistics: ColumnStatistics
    words: ColumnWords
    differences: ColumnDifferences
    columns: tuple[list[str], list[str]]
    true: TrueTraits
    shares: TermShares
    _separations: dict[tuple[str, tuple[int, int], bool], Separation | None] = field(default_factory=dict)
    _bounds: dict[tuple[int, int], list[Trait]] = field(default_factory=dict)
    _merged: dict[tuple[int, str, tuple[Term, ...]], Trait | None] = field(default_factory=dict)

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
            name for name in self.columns[0] if self.differences.is_looked_for(name) and self.words.has_order(name)
        ]
        pairs = {name: abs(float(self.statistics.ranked[name].pairs[first, second])) for name in columns}
        differing = [name for name, delta in pairs.items() if delta >= LARGE]
        return self._contrast((first, second), differing, only_first=False) if len(differing) == 1 else {}

    def told_apart(self, segments: Sequence[int]) -> dict[int, Trait]:
        """A bound for each of some segments, in the column that tells these apart best; empty where none tells all."""
        best: dict[int, Trait] = {}
        certainty = 0.0
        for name in (name for columns in self._columns_of_bounds[:2] for name in columns):
            levels = self.words.levels.by_segment(name)
            if len({levels[segment].position for segment in segments if segment in levels}) < len(segments):
                continue
            bounds = {segment: self._of_level(name, segment, levels[segment]) for segment in segments}
            traits = {segment: trait for segment, trait in bounds.items() if trait is not None}
            least = min(trait.members for trait in traits.values()) if len(traits) == len(segments) else 0.0
            # Of columns that do so as well, the first one: orders rather than money.
            if least > certainty + _LOSS:
                best, certainty = traits, least
        return best or (self.contrast(*segments) if len(segments) == 2 else {})

    def _of_level(self, name: str, segment: int, level: Level) -> Trait | None:
        wordings = self.words.bounds.of(name, segment, level.terms(name), kind="middle")
        return next(iter(self.true(name, segment, wordings, clear=False, effect=None)), None)

    @cached_property
    def _columns_of_bounds(self) -> tuple[list[str], ...]:
        main, secondary = ([name for name in names if self.words.has_order(name)] for names in self.columns)
        describes = self.differences.describes
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
            if best is None or (gain := best.gain - self._lacking(name, best.segment)) <= largest:
                continue
            bounds = {segment: self._bound(name, (segment, rival), best.bound, is_lower=best.is_lower == is_best)
                      for segment, rival in (pair, pair[::-1]) for is_best in [segment == best.segment]}  # fmt: skip
            if bounds[best.segment]:
                traits, largest = {segment: trait[0] for segment, trait in bounds.items() if trait}, gain
        return traits

    def bounds(self, first: int, second: int) -> list[Trait]:
        """A bound in numbers for the first of two segments in each column that has one, the best first."""
        if (first, second) in self._bounds:
            return self._bounds[first, second]
        traits: list[Trait] = []
        for columns in self._columns_of_bounds:
            separations = [(name, self._separation(name, (first, second), only_first=True)) for name in columns]
            cuts = [(name, best) for name, best in separations if best is not None]
            for name, best in sorted(cuts, key=lambda cut: self._lacking(cut[0], first) - cut[1].gain):
                traits += self._bound(name, (first, second), best.bound, is_lower=best.is_lower)
        self._bounds[first, second] = traits
        return traits

    def _lacking(self, name: str, segment: int) -> float:
        """The share of the members without a value, who are on neither side of a bound."""
        return 1 - float(self.statistics.ranked[name].counts[segment] / self.statistics.sizes()[segment])

    def _separation(self, name: str, pair: tuple[int, int], *, only_first: bool) -> Separation | None:
        key = name, pair, only_first
        if key not in self._separations:
            values, labels = self.statistics.clustered_values(name)
            grid = self.statistics.ranked[name].grid
            self._separations[key] = separation(
                values, labels, grid, pair=pair, only_first=only_first, spoken=self.words.bounds.spoken(name)
            )
        return self._separations[key]

    def merged(self, segment: int, trait: Trait, bound: Trait) -> Trait | None:
        """Both bounds of one column as one trait, such as "orders 5 to 9"; None where that is not most."""
        terms = tuple(sorted((*trait.terms, *bound.terms), key=lambda term: term.operator, reverse=True))
        if [term.operator for term in terms] not in ([">=", "<"], [">=", "<="]):
            return None
        kind = trait.kind if trait.kind == bound.kind else "middle"
        key = segment, kind, terms
        if key not in self._merged:
            wordings = self.words.bounds.of(bound.feature, segment, terms, kind=kind)
            traits = self.true(bound.feature, segment, wordings, clear=False, effect=None)
            self._merged[key] = next(iter(traits), None)
        return self._merged[key]

    def _bound(self, name: str, pair: tuple[int, int], bound: float, *, is_lower: bool) -> list[Trait]:
        """That the values of the first are under a bound, or at least that, if this holds for most of its members.

        It calls them low only where the segment is below the others: "under 90" may be high beside those. A wider bound
        is taken only if it holds for less than half of the second segment.
        """
        segment, rival = pair
        terms = (Term(name, "<" if is_lower else ">=", bound),)
        direction = direction_of(self.statistics.effect(name, segment))
        kind = {-1: "low", 1: "high"}.get(direction or 0, "middle")
        wordings = self.words.bounds.of(name, segment, terms, kind=kind if (kind == "low") == is_lower else "middle")
        wordings = [self.as_zero(name, segment, wording, must_tell=False) for wording in wordings]
        ranks, (values, labels) = self.statistics.ranked[name], self.statistics.clustered_values(name)
        medians = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
        is_alone = name in TRAITS and name not in MONEY
        both = () if is_alone else closed(terms[0], values[labels == segment], medians=medians, grid=ranks.grid)
        wordings = [*self.words.bounds.of(name, segment, both, kind="middle"), *wordings] if both else wordings
        traits = self.true(name, segment, wordings, clear=False, effect=None)
        telling = [trait for trait in traits if self.shares.by_segment(trait.terms)[rival] < HALF]
        return (telling or traits)[:1]

    def as_zero(self, name: str, segment: int, wording: Wording, *, must_tell: bool = True) -> Wording:
        """That the values are 0 where this tells as much as an upper bound: "posts 0" rather than "posts at most 3"."""
        is_upper = all(term.operator in ("<", "<=") for term in wording.terms)
        if (
            name in TRAITS
            or not is_upper
            or not self.words.has_order(name)
            or self.statistics.ranked[name].grid[0] != 0
        ):
            return wording
        if not must_tell and self.words.bounds.is_hardly_any(name, segment, wording.terms):
            return wording
        none = (Term(name, "==", 0.0),)
        of_zero, of_bound = (self.shares.of(terms, segment) for terms in (none, wording.terms))
        if of_zero[0] < _NEARLY * of_bound[0] or of_zero[0] - of_zero[1] < of_bound[0] - of_bound[1] - _LOSS:
            return wording
        # A 0 that most members of another segment have as well tells nobody apart.
        if must_tell and (np.delete(self.shares.by_segment(none), segment) >= MAJORITY).any():
            return wording
        words = next(iter(self.words.bounds.of(name, segment, none, kind=wording.kind)), wording)
        return words._replace(order=wording.order, is_bound=False)


def direction_of(effect: Effect | None) -> int | None:
    """-1 or 1 for at least a medium effect whose interval excludes 0, 0 for one surely below; None where unsure."""
    if effect is None:
        return None
    if effect.low > -MEDIUM and effect.high < MEDIUM:
        return 0
    if abs(effect.value) < MEDIUM or effect.low * effect.high <= 0:
        return None
    return 1 if effect.value > 0 else -1
