"""Names made of traits: which traits of each segment make its name, so that every segment is told from every other.

A word tells two segments apart if it holds for less than half of the members of the one that does not have it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from custseg._numerics import Floats
from custseg.profiling.naming._joined_names import LONGEST_NAME, LONGEST_NEEDED, is_short, key_of
from custseg.profiling.naming.traits._column_words import MEDIUM
from custseg.profiling.naming.traits._levels import CLEARLY_MORE, FAINT, MAJORITY, TELLING
from custseg.profiling.naming.traits._words import TRAITS, Trait, Words

_MAX_TRAITS = 3
# Traits among which combinations are tried: the first ones, and those that tell a segment from one it is confused with.
_TRIED, _TRIED_MORE = 6, 4
# A word that holds for so many members of another segment does not tell it from that segment.
_HALF = 0.5
# Columns in which a segment differs nearly as much as in the one in which it differs most.
_NEARLY_MOST = 0.1
# So many of them are in a name where there is space.
_MAIN_COLUMNS = 2
# So many bounds are tried to tell a segment from one that its name is true of.
_MAX_BOUNDS = 4
# So many words are tried to find a shorter name.
_MOST_TRIED = 24
_MAX_ROUNDS = 4

Redundant = Callable[[Trait, Trait], bool]


class Contrast(Protocol):
    """Of two segments, a bound for each in the column that separates them best; empty for none."""

    def __call__(self, first: int, second: int, *, only_first: bool = False) -> Mapping[int, Trait]: ...


Bounds = Callable[[int, int], Sequence[Trait]]
Merged = Callable[[int, Trait, Trait], Trait | None]
Selection = dict[int, list[Trait]]


@dataclass(frozen=True)
class Selector:
    """Selects the traits that make the name of each segment.

    Attributes
    ----------
    candidates : mapping of int to sequence of Trait
        The traits of each segment that needs a name, the most telling first; none where nothing can be said.
    rivals : collection of int
        The segments that these must be told from, those with the name of an archetype included.
    shares : callable
        Share of the members of every segment for which all of some traits hold.
    redundant : callable
        Whether two traits say the same.
    contrast : callable
        Of two segments, a bound for each in the column that separates them best; empty for none.
    bounds : callable
        Of two segments, a bound for the first in each column that has one, the best first.
    merged : callable
        One trait that says what a trait of a segment and a bound of the same column say together; None for none.
    reserved : collection of mapping of str to str
        Names that are taken.
    """

    candidates: Mapping[int, Sequence[Trait]]
    rivals: Collection[int]
    shares: Callable[[Sequence[Trait]], Floats]
    redundant: Redundant
    contrast: Contrast
    bounds: Bounds
    merged: Merged
    reserved: Collection[Words]

    def selected(self) -> Selection:
        """Up to three traits per segment.

        By default those that set it apart, or else what is true of it. A segment that its words do not tell from
        another, or that has words which are as true of another, gets the combination of its traits with the fewest
        such faults, the first traits preferred. Where none tells two segments apart, they get bounds in numbers, and
        longer names if need be.
        """
        selected = {segment: self._default(segment) for segment in self.candidates}
        for _ in range(_MAX_ROUNDS):
            before = dict(selected)
            # Short names first, which have space for a word that a longer one has.
            for segment in sorted(selected, key=lambda segment: len(selected[segment])):
                selected[segment] = self._best(segment, selected)
            if selected == before:
                break
        self._separate_all(selected)
        for segment in sorted(selected):
            selected[segment] = self._best(segment, selected, is_last=True)
        for _ in range(_MAX_ROUNDS):
            before = dict(selected)
            for segment in sorted(selected):
                selected[segment] = self._told_apart(segment, selected)
            if selected == before:
                break
        for segment in sorted(selected):
            selected[segment] = self._shortened(segment, selected)
        return selected

    def _shortened(self, segment: int, selected: Selection) -> list[Trait]:
        """A name of the usual length that tells the segment from all others as well as a long one does, if any."""
        best = selected[segment]
        if len(best) < 2 or is_short(best):
            return best
        rivals = [rival for rival in self.rivals if rival != segment]
        rival_names = {rival: selected.get(rival, []) for rival in rivals}
        bounds = [bound for rival in rivals for bound in self.bounds(segment, rival)[:_MAX_BOUNDS]]
        pool = _distinct([*best, *self.candidates[segment], *bounds])
        both = [self.merged(segment, trait, bound) for trait in pool for bound in bounds if _mentions([trait], bound)]
        pool = _distinct([*pool, *(trait for trait in both if trait is not None)])[:_MOST_TRIED]
        combined = self._combinations(segment, pool)
        faults = [self._faults(segment, combination, rival_names) for combination in combined]
        most = self._faults(segment, best, rival_names)[:4]
        as_good = [index for index, count in enumerate(faults) if count[:4] <= most and is_short(combined[index])]
        return combined[min(as_good, key=lambda index: faults[index])] if as_good else best

    def _default(self, segment: int) -> list[Trait]:
        """The first traits that set it apart, secondary ones if no others; else up to two that are true of it."""
        traits = self.candidates[segment]
        first = [trait for trait in traits if not trait.is_secondary]
        first = [trait for trait in first if not self._is_faint(segment, trait)] or first
        clear = [trait for trait in first if trait.is_clear]
        # The middle of a column has no effect of ranks, but few others are there.
        clear = clear or [trait for trait in first if trait.gap >= MEDIUM]
        clear = clear or [trait for trait in traits if trait.is_clear]
        limit = _MAX_TRAITS if clear else _MAX_TRAITS - 1
        selected: list[Trait] = []
        for trait in clear or traits:
            longer = [*selected, trait]
            is_new = len(selected) < limit and not any(self.redundant(trait, earlier) for earlier in selected)
            if is_new and (not selected or (is_short(longer) and self._hold_together(segment, longer))):
                selected = longer
        return selected

    def _separate_all(self, selected: Selection) -> None:
        # A bound can take the space of a word that told a third segment apart.
        for _ in range(_MAX_ROUNDS):
            before = dict(selected)
            for first in sorted(selected):
                for second in sorted(self.rivals):
                    if second not in selected or second > first:
                        self._separate(first, second, selected)
            if selected == before:
                break

    def _best(self, segment: int, selected: Selection, *, is_last: bool = False) -> list[Trait]:
        """The combination of traits with the fewest faults beside the names of the others.

        In the end, where it is still confused with another, secondary columns are used as well.
        """
        rival_names = {rival: selected.get(rival, []) for rival in self.rivals if rival != segment}
        best = selected[segment]
        fewest_faults = self._faults(segment, best, rival_names)
        if not best or not any(fewest_faults) or (is_last and not fewest_faults[0]):
            return best
        confused = self._confused(segment, selected)
        for combination in self._combinations(segment, self._tried(segment, confused, is_last=is_last)):
            faults = self._faults(segment, combination, rival_names)
            if faults < fewest_faults:
                best, fewest_faults = combination, faults
        return best

    def _confused(self, segment: int, selected: Selection) -> list[int]:
        """The segments that a name does not tell its segment from."""
        traits, rivals = selected[segment], [rival for rival in self.rivals if rival != segment]
        return [
            rival
            for rival in rivals
            if self._is_true(traits, rival) or self._is_confused((segment, traits), (rival, selected.get(rival, [])))
        ]

    def _told_apart(self, segment: int, selected: Selection) -> list[Trait]:
        """The name with bounds from every column if it is still true of another segment, or a word tells little.

        It is as long as need be.
        """
        best = selected[segment]
        rival_names = {rival: selected.get(rival, []) for rival in self.rivals if rival != segment}
        fewest_faults = self._faults(segment, best, rival_names)
        if not best or not any(fewest_faults[:3]):
            return best
        confused = self._confused(segment, selected) or list(rival_names)
        bounds = [bound for rival in confused for bound in self.bounds(segment, rival)[:_MAX_BOUNDS]]
        words = _distinct([*best, *self._tried(segment, confused, is_last=fewest_faults[0] > 0)])
        both = [self.merged(segment, trait, bound) for trait in words for bound in bounds if _mentions([trait], bound)]
        pool = _distinct([*words, *bounds, *(trait for trait in both if trait is not None)])
        for longest in (LONGEST_NAME, LONGEST_NEEDED):
            for combination in self._combinations(segment, pool[:_MOST_TRIED], longest=longest):
                faults = self._faults(segment, combination, rival_names)
                if faults < fewest_faults and faults[:3] < fewest_faults[:3]:
                    best, fewest_faults = combination, faults
            if not any(fewest_faults[:3]):
                break
        return best

    def _combinations(
        self, segment: int, traits: Sequence[Trait], *, longest: Mapping[str, int] = LONGEST_NAME
    ) -> list[list[Trait]]:
        """Combinations of up to three traits of different columns that make short names, the first traits first.

        Each holds for most members as a whole.
        """
        ranked = list(enumerate(traits))
        combined = [
            pairs
            for count in range(1, _MAX_TRAITS + 1)
            for pairs in combinations(ranked, count)
            if len({trait.feature for _, trait in pairs}) == count
            and (count == 1 or is_short([trait for _, trait in pairs], longest))
        ]
        combined.sort(
            key=lambda pairs: (
                any(self.redundant(a, b) for (_, a), (_, b) in combinations(pairs, 2)),
                -sum(trait.is_clear for _, trait in pairs),
                sum(index for index, _ in pairs),
            )
        )
        by_rank = ([trait for _, trait in pairs] for pairs in combined)
        return [combination for combination in by_rank if self._hold_together(segment, combination)]

    def _hold_together(self, segment: int, traits: Sequence[Trait]) -> bool:
        """Whether all of the words hold for most members at once: each may be true of others of them."""
        return bool(self.shares(traits)[segment] >= MAJORITY)

    def _tried(self, segment: int, confused: Collection[int], *, is_last: bool) -> list[Trait]:
        every = self.candidates[segment]
        candidates = every if is_last else [trait for trait in every if not trait.is_secondary] or every
        first, remaining = candidates[:_TRIED], candidates[_TRIED:]
        telling = [trait for trait in remaining if any(self.shares([trait])[rival] < _HALF for rival in confused)]
        return [*first, *telling[:_TRIED_MORE]]

    def _faults(
        self, segment: int, traits: Sequence[Trait], rival_names: Mapping[int, Sequence[Trait]]
    ) -> tuple[int, bool, int, int, int, int, int]:
        """How many segments it is not told from, and whether it hides in what the segment differs most.

        Then how many words tell little, how many names are part of each other, how many words are bounds in numbers,
        whether a second column in which it differs most has no word, and how many words are as true of another segment.

        A name that is true of another segment does not tell it from that. The last are words for a column that the
        name of the other segment does not mention.
        """
        keys = _keys(traits)
        confused = alike = unsaid = 0
        for rival, words in rival_names.items():
            confused += self._is_true(traits, rival) or self._is_confused((segment, traits), (rival, words))
            if rival not in self.candidates or not words:
                continue
            rival_keys = _keys(words)
            alike += keys <= rival_keys or rival_keys <= keys
            unsaid += sum(self._is_as_true(trait, rival) for trait in traits if not _mentions(words, trait))
            unsaid += sum(self._is_as_true(trait, segment) for trait in words if not _mentions(traits, trait))
        confused += any(keys == {key_of(words)} for words in self.reserved)
        main = self._main_columns(segment)
        n_lacking = min(len(main), _MAIN_COLUMNS) - min(sum(trait.feature in main for trait in traits), _MAIN_COLUMNS)
        hides = n_lacking > 0 and not any(trait.feature in main for trait in traits)
        idle = self._n_idle(segment, traits, rival_names) + self._hides_values(segment, traits)
        n_bounds = sum(trait.is_bound for trait in traits)
        return confused, hides, idle, alike, n_bounds, n_lacking, unsaid

    def _main_columns(self, segment: int) -> set[str]:
        """The columns in which the segment differs most from the others; all where it clearly differs in none."""
        traits = self.candidates[segment]
        clear = [trait for trait in traits if trait.is_clear and not trait.is_secondary] or traits
        most = max((trait.strength for trait in clear), default=0.0)
        return {trait.feature for trait in clear if trait.strength >= most - _NEARLY_MOST or not trait.is_clear}

    def _n_idle(self, segment: int, traits: Sequence[Trait], rival_names: Mapping[int, Sequence[Trait]]) -> int:
        """How many words tell readers little: those that are hardly less true of the others together.

        So are those that are hardly less true of a segment for which the remaining words hold as well; and categories
        hardly rarer in a segment whose name has no word on the column.
        """
        n_idle = 0
        for index, trait in enumerate(traits):
            rest = [*traits[:index], *traits[index + 1 :]]
            alike = [
                rival
                for rival, words in rival_names.items()
                if not rest
                or self.shares(rest)[rival] >= MAJORITY
                or (trait.kind == "category" and words and not _mentions(words, trait))
            ]
            n_idle += self._is_faint(segment, trait) or any(self._is_as_true(trait, s) for s in alike)
        return n_idle

    def _is_faint(self, segment: int, trait: Trait) -> bool:
        """Whether a word is hardly less true of the others, or little less where another word tells far more.

        The second is not asked of words with bounds in human terms: the own rhythm says more than days do.
        """
        beside_others = trait.feature not in TRAITS and any(one.gap >= TELLING for one in self.candidates[segment])
        return trait.gap < (FAINT if beside_others else CLEARLY_MORE)

    def _hides_values(self, segment: int, traits: Sequence[Trait]) -> bool:
        """Whether the name only says that values are missing where others set the segment apart about as much."""
        if not traits or any(trait.kind != "missing" for trait in traits):
            return False
        gap = max(trait.gap for trait in traits) - CLEARLY_MORE
        bounds = (bound for rival in self.rivals if rival != segment for bound in self.bounds(segment, rival))
        values = [*(trait for trait in self.candidates[segment] if trait.kind != "missing" and trait.is_clear), *bounds]
        return any(trait.gap >= gap for trait in values)

    def _is_confused(self, first: tuple[int, Sequence[Trait]], second: tuple[int, Sequence[Trait]]) -> bool:
        """Whether every word of either name holds for at least half of the members of the other segment."""
        return all(
            self._holds(trait, rival)
            for (_, traits), (rival, _) in ((first, second), (second, first))
            for trait in traits
        )

    def _is_true(self, traits: Sequence[Trait], rival: int) -> bool:
        """Whether the whole name holds for most members of another segment."""
        if not traits or any(self.shares([trait])[rival] < MAJORITY for trait in traits):
            return False
        return bool(self.shares(traits)[rival] >= MAJORITY)

    def _holds(self, trait: Trait, segment: int) -> bool:
        return bool(self.shares([trait])[segment] >= _HALF)

    def _is_as_true(self, trait: Trait, rival: int) -> bool:
        return bool(self.shares([trait])[rival] > trait.members - CLEARLY_MORE)

    def _separate(self, first: int, second: int, selected: Selection) -> None:
        """Add bounds to the names of two segments that no words tell apart."""
        words, rival_words = selected[first], selected.get(second, [])
        if (
            not self._is_true(words, second)
            and not self._is_true(rival_words, first)
            and not self._is_confused((first, words), (second, rival_words))
        ):
            return
        for segment, trait in self.contrast(first, second).items():
            self._add(segment, trait, selected)
        for segment, rival in ((first, second), (second, first)):
            if segment in selected and self._is_true(selected[segment], rival):
                bounds = self.contrast(segment, rival, only_first=True)
                if segment in bounds:
                    self._add(segment, bounds[segment], selected)

    def _add(self, segment: int, trait: Trait, selected: Selection) -> None:
        """Add a bound to the name of a segment unless that makes it worse; in place of a word only if it is better."""
        if segment not in selected:
            return
        before, added = selected[segment], self._with(segment, selected, trait)
        rival_names = {rival: selected.get(rival, []) for rival in self.rivals if rival != segment}
        fewest = self._faults(segment, before, rival_names)[0]
        takes_place = _mentions(before, trait)
        if self._faults(segment, added, rival_names)[0] <= fewest - takes_place:
            selected[segment] = added

    def _with(self, segment: int, selected: Selection, added: Trait) -> list[Trait]:
        """The traits with one more, without those for which there is no space or which it makes needless."""
        rival_names = {rival: selected.get(rival, []) for rival in self.rivals if rival != segment}
        traits = selected[segment]
        # "one order" rather than "orders 1".
        added = next((trait for trait in self.candidates[segment] if trait.terms == added.terms), added)
        for trait in traits:
            if trait.feature == added.feature and (both := self.merged(segment, trait, added)) is not None:
                added = both
        variants = [
            [*subset, added]
            for count in range(min(len(traits), _MAX_TRAITS - 1), -1, -1)
            for subset in combinations([trait for trait in traits if trait.feature != added.feature], count)
            if not count or (is_short([*subset, added]) and self._hold_together(segment, [*subset, added]))
        ]
        return min(variants, key=lambda variant: (self._faults(segment, variant, rival_names)[:4], -len(variant)))


def _distinct(traits: Sequence[Trait]) -> list[Trait]:
    """The traits without those whose terms an earlier one has."""
    return list({trait.terms: trait for trait in reversed(traits)}.values())[::-1]


def _mentions(traits: Sequence[Trait], trait: Trait) -> bool:
    return any(one.feature == trait.feature for one in traits)


def _keys(traits: Sequence[Trait]) -> frozenset[tuple[str, ...]]:
    return frozenset(key_of(trait.words) for trait in traits)
