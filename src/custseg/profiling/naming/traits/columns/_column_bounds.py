"""Bounds of a column in words, by the values that the members of a segment have: "orders 5–9", "quiet 1–2"."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from custseg.profiling._own_values import OwnValues, own_values
from custseg.profiling.measures._column_statistics import NEARLY_ALL, ColumnStatistics
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming.traits._levels import is_most
from custseg.profiling.naming.traits._term_shares import TermShares
from custseg.profiling.naming.traits._words import MAIN, Wording
from custseg.profiling.naming.traits.columns._column_levels import ColumnLevels
from custseg.profiling.naming.traits.columns._labels import ColumnLabels
from custseg.profiling.naming.traits.columns._last_times import SPOKEN_DAYS
from custseg.profiling.naming.traits.columns._number_kinds import (
    AMOUNT,
    BY_VALUES,
    COUNT,
    LABELS,
    RATING,
    SCALE,
    NumberKinds,
)
from custseg.profiling.naming.traits.columns._own_words import AWAY, SINCE
from custseg.profiling.naming.traits.columns._value_words import bound_words, interval_words, range_words, says_last


@dataclass(eq=False)
class ColumnBounds:
    """Bounds of each column, computed on demand; what several segments need is kept."""

    statistics: ColumnStatistics
    shares: TermShares
    kinds: NumberKinds
    labels: ColumnLabels
    levels: ColumnLevels
    _values_of: dict[tuple[str, int], OwnValues] = field(default_factory=dict)

    def has_order(self, name: str) -> bool:
        """Whether a column is one of numbers that are more and less, not of flags or labels, and without codes."""
        if name not in self.statistics.ranked or self.statistics.is_flag(name) or self.levels.codes(name):
            return False
        return self.kinds.of(name) != LABELS

    def values_of(self, name: str, segment: int) -> OwnValues:
        """Where the values of a segment with a value lie, by which its bounds are said."""
        if (name, segment) not in self._values_of:
            values, labels = self.statistics.clustered_values(name)
            last = says_last(name, self.statistics.ranked[name].grid) and self.labels.last_time(name) is None
            self._values_of[name, segment] = own_values(
                values[labels == segment], spoken=self.spoken(name), says_last=last
            )
        return self._values_of[name, segment]

    def of(self, name: str, segment: int, terms: tuple[Term, ...], *, kind: str) -> list[Wording]:
        """Bounds of a column as words, by the values that the members of the segment have: "orders 5 to 9".

        Before bounds that leave out many members are wider ones that do not.
        """
        if self.statistics.ranked[name].counts[segment]:
            tightened = self.values_of(name, segment).tightened(terms)
            size = int(self.statistics.sizes()[segment])
            # In a wide segment a narrower range may not hold for most.
            if tightened != terms and is_most(self.shares.of(tightened, segment)[0], size):
                terms = tightened
        every = [terms] if self.kinds.of(name) in BY_VALUES else [*self._wider(name, segment, terms), terms]
        return [wording for bounds in every for wording in self._bound_wordings(name, segment, bounds, kind=kind)]

    def _wider(self, name: str, segment: int, terms: tuple[Term, ...]) -> list[tuple[Term, ...]]:
        """Bounds that four fifths of the members meet, where the given ones are met by fewer; else none."""
        if not self.statistics.ranked[name].counts[segment] or self.shares.of(terms, segment)[0] >= NEARLY_ALL:
            return []
        wider = self.values_of(name, segment).widened(terms)
        return [wider] if self.shares.of(wider, segment)[0] >= NEARLY_ALL else []

    def _bound_wordings(self, name: str, segment: int, terms: tuple[Term, ...], *, kind: str) -> list[Wording]:
        kind_of_numbers, label = self.kinds.of(name), self.labels.label(name)
        if (words := bound_words(terms)) is not None:
            return [Wording(words, terms, kind, is_bound=name != AWAY)]
        if kind_of_numbers in BY_VALUES:
            return self.as_values(name, segment, [Wording({}, terms, kind)])
        if self.is_hardly_any(name, segment, terms):
            return [Wording(self.labels.phrased("hardly_any", name), terms, kind)]
        grid, unit = self.statistics.ranked[name].grid, self.statistics.table.described[name].unit
        words = range_words(label, terms, present=grid, unit=unit)
        if (time := self.labels.last_time(name)) is not None:
            ends = {term.operator: float(term.value or 0) for term in terms}
            words = time.words(ends, otherwise=words, is_whole=bool((grid == np.floor(grid)).all()))
        return [Wording(words, terms, kind, is_bound=True)]

    def is_hardly_any(self, name: str, segment: int, terms: tuple[Term, ...]) -> bool:
        """Whether an upper bound is said as hardly any of it, as most members have none."""
        is_amount = self.kinds.of(name) in (AMOUNT, COUNT) and self.labels.last_time(name) is None
        return is_amount and self.has_order(name) and self.levels.is_mostly_none(name, segment, terms)

    def central(self, name: str, segment: int) -> list[Wording]:
        """The range of most members of a segment that is like the others in recency, orders or money."""
        has_range = name in MAIN and bool(self.statistics.ranked[name].counts[segment])
        terms = self.values_of(name, segment).central(name) if has_range else ()
        wordings = self.of(name, segment, terms, kind="middle") if terms else []
        return [wording._replace(order=0.0) for wording in wordings]

    def as_values(self, name: str, segment: int, wordings: list[Wording]) -> list[Wording]:
        """The words of a column that is said by its values, by these: of a column of labels only a single one."""
        kind = self.kinds.of(name)
        if kind not in BY_VALUES:
            return wordings
        present, label = self.statistics.ranked[name].grid, self.labels.label(name)
        if kind != LABELS:
            near = [wording._replace(terms=self._on_scale(name, segment, wording.terms)) for wording in wordings]
            wordings = [
                wording._replace(terms=terms)
                for wording in near
                for terms in (*self._wider(name, segment, wording.terms), wording.terms)
            ]
        by_values = (interval_words(label, wording, present=present, kind=kind) for wording in wordings)
        return [wording for wording in by_values if wording is not None]

    def _on_scale(self, name: str, segment: int, terms: tuple[Term, ...]) -> tuple[Term, ...]:
        """A bound of answers on a scale as the answers that nearly all members give: 1–2 rather than under 4."""
        if self.kinds.of(name) not in (RATING, SCALE) or not {term.operator for term in terms} < {">=", "<"}:
            return terms
        if not self.statistics.ranked[name].counts[segment]:
            return terms
        grid = self.statistics.ranked[name].grid
        ends = {">=": float(grid[0]), "<": float(grid[-1]) + 1}
        ends.update({term.operator: float(term.value or 0) for term in terms})
        both = tuple(Term(name, operator, end) for operator, end in ends.items())
        near = self.values_of(name, segment).tightened(both)
        # Whether nearly all give a single answer is asked elsewhere.
        return near if len(near) > 1 and self.shares.of(near, segment)[0] >= NEARLY_ALL else terms

    def spoken(self, name: str) -> tuple[float, ...]:
        """The numbers that people say of such a column: a month, a quarter, half a year; of most columns none."""
        time = self.labels.last_time(name)
        if time is not None:
            return time.spoken
        is_of_days = name in SINCE or self.statistics.table.described[name].unit == "days"
        return SPOKEN_DAYS if is_of_days else ()
