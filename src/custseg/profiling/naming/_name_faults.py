"""What is wrong with the name of a segment: it does not tell the segment from others, or hides what sets it apart.

A word tells two segments apart if it holds for less than half of the members of the one that does not have it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from custseg._numerics import Floats
from custseg.profiling.naming._joined_names import is_short, key_of
from custseg.profiling.naming.traits._contrasts import HALF
from custseg.profiling.naming.traits._levels import CLEARLY_MORE, FAINT, MAJORITY, TELLING
from custseg.profiling.naming.traits._words import TIME, TRAITS, Trait, Words
from custseg.profiling.naming.traits.columns._own_words import AWAY

# Columns in which a segment differs nearly as much as in the one in which it differs most.
_NEARLY_MOST = 0.1
# So many of them are in a name where there is space.
_MAIN_COLUMNS = 2
ADDED = 0.05
"""A word is worth its space if it sets so much larger a part of the members apart from every other segment."""

Bounds = Callable[[int, int], Sequence[Trait]]


class Faults(NamedTuple):
    """The faults of a name, the worst first; see `NameFaults.of`."""

    confused: int
    hides_gone: bool
    hides_main: bool
    weak: int
    idle: int
    alike: int
    bounds: int
    lacking: int
    common: int
    unsaid: int

    @property
    def telling(self) -> tuple[int, bool, bool, int, int]:
        """Those of a name that does not tell readers who the members are."""
        return self[:5]

    @property
    def grave(self) -> tuple[int, bool, bool, int, int, int]:
        """The same, and names that are part of each other or true of half of another segment."""
        return self[:6]


@dataclass(frozen=True)
class NameFaults:
    """Counts the faults of names.

    Attributes
    ----------
    candidates : mapping of int to sequence of Trait
        The traits of each segment that needs a name, the most telling first; none where nothing can be said.
    rivals : collection of int
        The segments that these must be told from, those with the name of an archetype included.
    shares : callable
        Share of the members of every segment for which all of some traits hold.
    bounds : callable
        Of two segments, a bound for the first in each column that has one, the best first.
    reserved : collection of mapping of str to str
        Names that are taken.
    """

    candidates: Mapping[int, Sequence[Trait]]
    rivals: Collection[int]
    shares: Callable[[Sequence[Trait]], Floats]
    bounds: Bounds
    reserved: Collection[Words]
    _largest_margins: dict[int, float] = field(default_factory=dict)

    def of(self, segment: int, traits: Sequence[Trait], rival_names: Mapping[int, Sequence[Trait]]) -> Faults:
        """How many segments it is not told from, and whether it hides that the segment is gone, or the main difference.

        Then by how many fifths of the members it sets them apart less than other words would, how many words tell
        little, how many names are part of each other or hold for half of another segment, how many words are bounds in
        numbers, whether a second column in which it differs most has no word, how many words are true of half of the
        others, and how many are as true of another segment.

        A name that is true of another segment does not tell it from that. The last are words for a column that the
        name of the other segment does not mention.
        """
        keys = _keys(traits)
        confused = alike = unsaid = 0
        for rival, words in rival_names.items():
            is_confused = self.is_true(traits, rival) or self.is_confused((segment, traits), (rival, words))
            confused += is_confused
            # A name that half of another segment meets as well calls for a further word.
            alike += not is_confused and self.is_true(traits, rival, share=HALF)
            if rival not in self.candidates or not words:
                continue
            rival_keys = _keys(words)
            alike += keys <= rival_keys or rival_keys <= keys
            unsaid += sum(self._is_as_true(trait, rival) for trait in traits if not mentions(words, trait))
            unsaid += sum(self._is_as_true(trait, segment) for trait in words if not mentions(traits, trait))
        confused += any(keys == {key_of(words)} for words in self.reserved)
        main = self._main_columns(segment)
        n_lacking = min(len(main), _MAIN_COLUMNS) - min(sum(trait.feature in main for trait in traits), _MAIN_COLUMNS)
        hides_main = n_lacking > 0 and not any(trait.feature in main for trait in traits)
        is_gone = any(
            _says_gone(trait) and (trait.feature in main or trait.gap >= TELLING) for trait in self.candidates[segment]
        )
        hides_gone = is_gone and not any(map(_says_gone, traits))
        idle = self._n_idle(segment, traits, rival_names) + self._hides_values(segment, traits)
        n_bounds = sum(trait.is_bound for trait in traits)
        weak = self._weakness(segment, traits)
        common = sum(trait.others >= HALF for trait in traits)
        return Faults(confused, hides_gone, hides_main, weak, idle, alike, n_bounds, n_lacking, common, unsaid)

    def margin(self, segment: int, traits: Sequence[Trait]) -> float:
        """How much larger a part of the members than of any other segment meets the whole name."""
        shares = self.shares(traits)
        return float(shares[segment] - max((shares[rival] for rival in self.rivals if rival != segment), default=0.0))

    def _weakness(self, segment: int, traits: Sequence[Trait]) -> int:
        """By how many times `CLEARLY_MORE` the margin is smaller than that of one or two other words."""
        if not traits:
            return 0
        if segment not in self._largest_margins:
            words = [trait for trait in self.candidates[segment] if not trait.is_secondary and trait.kind != "missing"]
            names = [
                list(chosen)
                for count in (1, 2)
                for chosen in combinations(words, count)
                if count == 1 or (chosen[0].feature != chosen[1].feature and is_short(chosen))
            ]
            self._largest_margins[segment] = max((self.margin(segment, name) for name in names), default=0.0)
        return max(0, int((self._largest_margins[segment] - self.margin(segment, traits)) / CLEARLY_MORE))

    def _main_columns(self, segment: int) -> set[str]:
        """The columns in which the segment differs most from the others; all where it clearly differs in none."""
        traits = self.candidates[segment]
        clear = [trait for trait in traits if trait.is_clear and not trait.is_secondary] or traits
        # A column in which words that are true of the members are as true of others does not say how they differ.
        first = [trait for trait in clear if not self.is_faint(segment, trait)] or clear
        most = max((trait.strength for trait in first), default=0.0)
        # Narrower words may, so that they do as well as those of the others.
        telling = {trait.feature for trait in traits if trait.gap >= TELLING}
        narrow = [trait for trait in clear if trait.feature in telling]
        return {
            trait.feature for trait in (*first, *narrow) if trait.strength >= most - _NEARLY_MOST or not trait.is_clear
        }

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
                or (trait.kind == "category" and words and not mentions(words, trait))
            ]
            # A word that few lack is needed where the others do not tell a segment without it.
            is_needed = bool(rest) and any(
                self.is_true(rest, rival) and not self._is_as_true(trait, rival) for rival in rival_names
            )
            is_faint = self.is_faint(segment, trait) and not is_needed
            is_idle = is_faint or self._adds_nothing(segment, trait, rest)
            n_idle += is_idle or any(self._is_as_true(trait, rival) for rival in alike)
        return n_idle

    def _adds_nothing(self, segment: int, trait: Trait, rest: Sequence[Trait]) -> bool:
        """Whether a word is true of half of the others, and the rest of the name sets the members apart as well."""
        if not rest or trait.others < HALF:
            return False
        return self.margin(segment, rest) > self.margin(segment, [*rest, trait]) - ADDED

    def is_faint(self, segment: int, trait: Trait) -> bool:
        """Whether a word is hardly less true of the others, or little less where another word tells far more.

        The second is not asked of words with bounds in human terms: the own rhythm says more than days do.
        """
        is_human = trait.feature in TRAITS or trait.scale == TIME
        is_beside = not is_human and any(word.gap >= TELLING for word in self.candidates[segment])
        return trait.gap < (FAINT if is_beside else CLEARLY_MORE)

    def _hides_values(self, segment: int, traits: Sequence[Trait]) -> bool:
        """Whether the name only says that values are missing where others set the segment apart about as much."""
        if not traits or any(trait.kind != "missing" for trait in traits):
            return False
        gap = max(trait.gap for trait in traits) - CLEARLY_MORE
        bounds = (bound for rival in self.rivals if rival != segment for bound in self.bounds(segment, rival))
        values = [*(trait for trait in self.candidates[segment] if trait.kind != "missing" and trait.is_clear), *bounds]
        return any(trait.gap >= gap for trait in values)

    def is_confused(self, first: tuple[int, Sequence[Trait]], second: tuple[int, Sequence[Trait]]) -> bool:
        """Whether every word of either name holds for at least half of the members of the other segment."""
        return all(
            self._holds(trait, rival)
            for (_, traits), (rival, _) in ((first, second), (second, first))
            for trait in traits
        )

    def is_true(self, traits: Sequence[Trait], rival: int, *, share: float = MAJORITY) -> bool:
        """Whether the whole name holds for most members of another segment, or for another share of them."""
        if not traits or any(self.shares([trait])[rival] < share for trait in traits):
            return False
        return bool(self.shares(traits)[rival] >= share)

    def _holds(self, trait: Trait, segment: int) -> bool:
        return bool(self.shares([trait])[segment] >= HALF)

    def _is_as_true(self, trait: Trait, rival: int) -> bool:
        return bool(self.shares([trait])[rival] > trait.members - CLEARLY_MORE)

    def confused(self, segment: int, selected: Mapping[int, Sequence[Trait]]) -> list[int]:
        """The segments that a name does not tell its segment from."""
        traits, rivals = selected[segment], [rival for rival in self.rivals if rival != segment]
        return [
            rival
            for rival in rivals
            if self.is_true(traits, rival) or self.is_confused((segment, traits), (rival, selected.get(rival, [])))
        ]


def mentions(traits: Sequence[Trait], trait: Trait) -> bool:
    return any(trait.feature == earlier.feature for earlier in traits)


def _says_gone(trait: Trait) -> bool:
    """Whether a trait says that something happened long ago: "no visit for long", "last order 365+ days ago"."""
    return (trait.scale == TIME or trait.feature == AWAY) and trait.kind == "high" and trait.is_clear


def _keys(traits: Sequence[Trait]) -> frozenset[tuple[str, ...]]:
    return frozenset(key_of(trait.words) for trait in traits)
