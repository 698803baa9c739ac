"""Names made of traits: which traits of each segment make its name, so that every segment is told from every other.

`_name_faults` says what is wrong with a name; this module tries words until little is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from custseg.profiling.naming._joined_names import (
    FAR_TOO_LONG,
    LONGEST_NAME,
    LONGEST_NEEDED,
    LONGEST_TEXT,
    TOO_LONG,
    is_short,
    joined,
)
from custseg.profiling.naming._name_faults import ADDED, Faults, NameFaults, mentions
from custseg.profiling.naming.traits._contrasts import HALF
from custseg.profiling.naming.traits._levels import CLEARLY_MORE, MAJORITY
from custseg.profiling.naming.traits._words import Trait, Words
from custseg.profiling.naming.traits.columns._column_words import MEDIUM
from custseg.texts import LANGUAGES

_MAX_TRAITS = 3
# Traits among which combinations are tried: the first ones, and those that tell a segment from one it is confused with.
_TRIED, _TRIED_MORE = 6, 4
# So many bounds are tried to tell a segment from one that its name is true of.
_MAX_BOUNDS = 4
# So many words are tried to find a shorter name.
_MOST_TRIED = 24
_MAX_ROUNDS = 4

Redundant = Callable[[Trait, Trait], bool]


class Contrast(Protocol):
    """Of two segments, a bound for each in the column that separates them best; empty for none."""

    def __call__(self, first: int, second: int, *, only_first: bool = False) -> Mapping[int, Trait]: ...


Merged = Callable[[int, Trait, Trait], Trait | None]
Selection = dict[int, list[Trait]]


@dataclass(frozen=True, eq=False)
class Selector:
    """Selects the traits that make the name of each segment.

    Attributes
    ----------
    faults : NameFaults
        Counts what is wrong with a name; it has the traits of each segment and the segments to tell it from.
    redundant : callable
        Whether two traits say the same.
    contrast : callable
        Of two segments, a bound for each in the column that separates them best; empty for none.
    merged : callable
        One trait that says what a trait of a segment and a bound of the same column say together; None for none.
    """

    faults: NameFaults
    redundant: Redundant
    contrast: Contrast
    merged: Merged

    def selected(self) -> Selection:
        """Up to three traits per segment.

        By default those that set it apart, or else what is true of it. A segment that its words do not tell from
        another, or that has words which are as true of another, gets the combination of its traits with the fewest
        such faults, the first traits preferred. Where none tells two segments apart, they get bounds in numbers, and
        longer names if need be.
        """
        selected = {segment: self._default(segment) for segment in self.faults.candidates}
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
        for segment in sorted(selected):
            selected[segment] = self._fitted(segment, selected)
        return selected

    def _shortened(self, segment: int, selected: Selection) -> list[Trait]:
        """A name of the usual length that tells the segment from all others as well as a long one does, if any."""
        best = selected[segment]
        if len(best) < 2 or is_short(best):
            return best
        rival_names = {rival: selected.get(rival, []) for rival in self.faults.rivals if rival != segment}
        pool = self._pool(segment, best)[:_MOST_TRIED]
        combined = self._combinations(segment, pool)
        faults = [self.faults.of(segment, combination, rival_names) for combination in combined]
        most = self.faults.of(segment, best, rival_names).grave
        as_good = [index for index, count in enumerate(faults) if count.grave <= most and is_short(combined[index])]
        return combined[min(as_good, key=lambda index: faults[index])] if as_good else best

    def _pool(self, segment: int, best: Sequence[Trait]) -> list[Trait]:
        """The words that a shorter name may have: those of the name, all others that are true, and bounds."""
        rivals = [rival for rival in self.faults.rivals if rival != segment]
        bounds = [bound for rival in rivals for bound in self.faults.bounds(segment, rival)[:_MAX_BOUNDS]]
        pool = _distinct([*best, *self.faults.candidates[segment], *bounds])
        both = [self.merged(segment, trait, bound) for trait in pool for bound in bounds if mentions([trait], bound)]
        return _distinct([*pool, *(trait for trait in both if trait is not None)])

    def _fitted(self, segment: int, selected: Selection) -> list[Trait]:
        """Fewer words where a name is too long as printed, or others where leaving words out would tell less.

        Only one that is far too long gives way to one that tells less. Labels of one language alone do not change the
        names in the other: there words are left out of the text, see `texts`.
        """
        best = selected[segment]
        length = max(map(len, joined(best).values()))
        is_long = [language for language, name in joined(best).items() if len(name) > TOO_LONG]
        if len(best) < 2 or not is_long:
            return best
        rival_names = {rival: selected.get(rival, []) for rival in self.faults.rivals if rival != segment}
        fewest = self.faults.of(segment, best, rival_names)
        fewer: list[Trait] = []
        if any(map(_is_labeled_in_one, best)):
            if all(self._without_some(segment, selected, [language]) for language in is_long):
                return best
        else:
            fewer = self._without_some(segment, selected, LANGUAGES)
        of_fewer = self.faults.of(segment, fewer, rival_names)
        if fewer and of_fewer.telling <= fewest.telling:
            return fewer
        for longest in (LONGEST_TEXT, FAR_TOO_LONG) if length > FAR_TOO_LONG else (LONGEST_TEXT,):
            fitting = self._pairs(segment, self._pool(segment, best), LANGUAGES, longest=longest)
            faults = [self.faults.of(segment, traits, rival_names) for traits in fitting]
            indices = [
                i
                for i, traits in enumerate(fitting)
                if longest == FAR_TOO_LONG or self._tells_as_much(segment, (traits, faults[i]), (best, fewest))
            ]
            if indices:
                chosen = min(indices, key=lambda i: (faults[i].grave, -self.faults.margin(segment, fitting[i])))
                return fewer if fewer and of_fewer.grave <= faults[chosen].grave else fitting[chosen]
        return fewer or best

    def _without_some(self, segment: int, selected: Selection, languages: Collection[str]) -> list[Trait]:
        """One or two of the words, which are not too long in the languages and tell as much as all; else none."""
        rival_names = {rival: selected.get(rival, []) for rival in self.faults.rivals if rival != segment}
        fewest = self.faults.of(segment, selected[segment], rival_names)
        fitting = self._pairs(segment, selected[segment], languages)
        faults = [self.faults.of(segment, traits, rival_names) for traits in fitting]
        best = selected[segment], fewest
        as_good = [i for i, traits in enumerate(fitting) if self._tells_as_much(segment, (traits, faults[i]), best)]
        if not as_good:
            return []
        # Of equally good ones that with the largest difference, then the words that set the segment apart most.
        strongest = max(trait.strength for trait in selected[segment])
        return fitting[
            min(
                as_good,
                key=lambda i: (
                    faults[i].grave,
                    -self.faults.margin(segment, fitting[i]),
                    max(trait.strength for trait in fitting[i]) < strongest,
                    -sum(trait.gap for trait in fitting[i]),
                ),
            )
        ]

    def _tells_as_much(
        self, segment: int, short: tuple[Sequence[Trait], Faults], best: tuple[Sequence[Trait], Faults]
    ) -> bool:
        """Whether shorter words set the segment apart about as well as the longer ones, and are part of no more names.

        Both come with their faults. Words that hide the main difference have to set the members apart as well.
        """
        margins = [self.faults.margin(segment, words) for words, _ in (short, best)]
        hides_more = short[1].hides_gone > best[1].hides_gone or short[1].hides_main > best[1].hides_main
        is_told = margins[0] > margins[1] - (ADDED if hides_more else CLEARLY_MORE)
        return is_told and short[1].confused <= best[1].confused and short[1].alike <= best[1].alike

    def _pairs(
        self, segment: int, pool: Sequence[Trait], languages: Collection[str], *, longest: int = LONGEST_TEXT
    ) -> list[list[Trait]]:
        """One or two words of different columns that hold together and are short as printed in the languages."""
        pairs = [list(traits) for count in (1, 2) for traits in combinations(pool, count)]
        pairs = [traits for traits in pairs if len({trait.feature for trait in traits}) == len(traits)]
        pairs = [traits for traits in pairs if all(len(joined(traits)[code]) <= longest for code in languages)]
        return [traits for traits in pairs if self._hold_together(segment, traits)]

    def texts(self, selected: Selection) -> dict[int, Words]:
        """The words of each name as printed: without some of them in a language in which all would be too long."""
        texts: dict[int, Words] = {}
        for segment, traits in selected.items():
            names = joined(traits)
            for language, name in names.items():
                is_long = len(name) > TOO_LONG and any(map(_is_labeled_in_one, traits))
                if is_long and (short := self._without_some(segment, selected, [language])):
                    names = {**names, language: joined(short)[language]}
            texts[segment] = names
        return texts

    def _default(self, segment: int) -> list[Trait]:
        """The first traits that set it apart, secondary ones if no others; else up to two that are true of it."""
        traits = self.faults.candidates[segment]
        first = [trait for trait in traits if not trait.is_secondary]
        first = [trait for trait in first if not self.faults.is_faint(segment, trait)] or first
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
                for second in sorted(self.faults.rivals):
                    if second not in selected or second > first:
                        self._separate(first, second, selected)
            if selected == before:
                break

    def _best(self, segment: int, selected: Selection, *, is_last: bool = False) -> list[Trait]:
        """The combination of traits with the fewest faults beside the names of the others.

        In the end, where it is still confused with another, secondary columns are used as well.
        """
        rival_names = {rival: selected.get(rival, []) for rival in self.faults.rivals if rival != segment}
        best = selected[segment]
        fewest_faults = self.faults.of(segment, best, rival_names)
        if not best or not any(fewest_faults) or (is_last and not fewest_faults.confused):
            return best
        confused = self.faults.confused(segment, selected)
        for combination in self._combinations(segment, self._tried(segment, confused, is_last=is_last)):
            # What says the same twice is worth it only where nothing else tells two segments apart.
            if not fewest_faults.confused and any(self.redundant(*pair) for pair in combinations(combination, 2)):
                continue
            faults = self.faults.of(segment, combination, rival_names)
            if faults < fewest_faults:
                best, fewest_faults = combination, faults
        return best

    def _told_apart(self, segment: int, selected: Selection) -> list[Trait]:
        """The name with bounds from every column if it is still true of another segment, or a word tells little.

        It is as long as need be.
        """
        best = selected[segment]
        rival_names = {rival: selected.get(rival, []) for rival in self.faults.rivals if rival != segment}
        fewest_faults = self.faults.of(segment, best, rival_names)
        if not best or not any(fewest_faults.telling):
            return best
        confused = self.faults.confused(segment, selected) or list(rival_names)
        bounds = [bound for rival in confused for bound in self.faults.bounds(segment, rival)[:_MAX_BOUNDS]]
        words = _distinct([*best, *self._tried(segment, confused, is_last=fewest_faults.confused > 0)])
        both = [self.merged(segment, trait, bound) for trait in words for bound in bounds if mentions([trait], bound)]
        pool = _distinct([*words, *bounds, *(trait for trait in both if trait is not None)])
        for longest in (LONGEST_NAME, LONGEST_NEEDED):
            for combination in self._combinations(segment, pool[:_MOST_TRIED], longest=longest):
                faults = self.faults.of(segment, combination, rival_names)
                if faults < fewest_faults and faults.telling < fewest_faults.telling:
                    best, fewest_faults = combination, faults
            if not any(fewest_faults.telling):
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
        return bool(self.faults.shares(traits)[segment] >= MAJORITY)

    def _tried(self, segment: int, confused: Collection[int], *, is_last: bool) -> list[Trait]:
        every = self.faults.candidates[segment]
        candidates = every if is_last else [trait for trait in every if not trait.is_secondary] or every
        first, remaining = candidates[:_TRIED], candidates[_TRIED:]
        telling = [trait for trait in remaining if any(self.faults.shares([trait])[rival] < HALF for rival in confused)]
        return [*first, *telling[:_TRIED_MORE]]

    def _separate(self, first: int, second: int, selected: Selection) -> None:
        """Add bounds to the names of two segments that no words tell apart."""
        words, rival_words = selected[first], selected.get(second, [])
        if (
            not self.faults.is_true(words, second)
            and not self.faults.is_true(rival_words, first)
            and not self.faults.is_confused((first, words), (second, rival_words))
        ):
            return
        for segment, trait in self.contrast(first, second).items():
            self._add(segment, trait, selected)
        for segment, rival in ((first, second), (second, first)):
            if segment in selected and self.faults.is_true(selected[segment], rival):
                bounds = self.contrast(segment, rival, only_first=True)
                if segment in bounds:
                    self._add(segment, bounds[segment], selected)

    def _add(self, segment: int, trait: Trait, selected: Selection) -> None:
        """Add a bound to the name of a segment unless that makes it worse; in place of a word only if it is better."""
        if segment not in selected:
            return
        before, added = selected[segment], self._with(segment, selected, trait)
        rival_names = {rival: selected.get(rival, []) for rival in self.faults.rivals if rival != segment}
        fewest = self.faults.of(segment, before, rival_names).confused
        takes_place = mentions(before, trait)
        if self.faults.of(segment, added, rival_names).confused <= fewest - takes_place:
            selected[segment] = added

    def _with(self, segment: int, selected: Selection, added: Trait) -> list[Trait]:
        """The traits with one more, without those for which there is no space or which it makes needless."""
        rival_names = {rival: selected.get(rival, []) for rival in self.faults.rivals if rival != segment}
        traits = selected[segment]
        # "one order" rather than "orders 1".
        added = next((trait for trait in self.faults.candidates[segment] if trait.terms == added.terms), added)
        for trait in traits:
            if trait.feature == added.feature and (both := self.merged(segment, trait, added)) is not None:
                added = both
        variants = [
            [*subset, added]
            for count in range(min(len(traits), _MAX_TRAITS - 1), -1, -1)
            for subset in combinations([trait for trait in traits if trait.feature != added.feature], count)
            if not count or (is_short([*subset, added]) and self._hold_together(segment, [*subset, added]))
        ]
        return min(variants, key=lambda variant: (self.faults.of(segment, variant, rival_names).grave, -len(variant)))


def _distinct(traits: Sequence[Trait]) -> list[Trait]:
    """The traits without those whose terms an earlier one has."""
    return list({trait.terms: trait for trait in reversed(traits)}.values())[::-1]


def _is_labeled_in_one(trait: Trait) -> bool:
    """Whether the column has a label of its own in one language alone."""
    return len({label == trait.feature for label in trait.label.values()}) > 1
