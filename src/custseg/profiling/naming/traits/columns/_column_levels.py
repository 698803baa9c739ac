"""The levels of each column, and how segments stand beside the others in it: by enough to say so, on which side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from custseg._numerics import Bools
from custseg.profiling.measures._column_statistics import NEARLY_ALL, ColumnStatistics
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming.traits._exceeded import exceeded
from custseg.profiling.naming.traits._levels import Level, amount_ends, column_levels, is_most
from custseg.profiling.naming.traits._term_shares import TermShares
from custseg.profiling.naming.traits._words import TRAITS
from custseg.profiling.naming.traits.columns._column_topics import topic_of
from custseg.texts import LANGUAGES

# Low is said of a segment whose median is among the lowest two fifths of all, high of one among the highest.
LOW, HIGH = 0.4, 0.6
_QUARTERS = (0.25, 0.75)
_QUANTILES = (_QUARTERS[0], LOW, 0.5, HIGH, _QUARTERS[1])
# A comparison is worth a word from a large effect on (Cohen's d), or from a quarter of what the others have.
_DEVIATIONS, _PART = 0.8, 0.25
_IQR_OF_NORMAL = 1.349
# Having something is said of a segment of which four fifths have it and four fifths of the others do not, hardly any of
# it where four fifths have none.
_HALF = 0.5


@dataclass(eq=False)
class ColumnLevels:
    """The levels of each column, computed on demand; what several segments need is kept."""

    statistics: ColumnStatistics
    shares: TermShares
    _levels_of: dict[str, Mapping[int, Level]] = field(default_factory=dict)
    _quantiles_of: dict[str, dict[float, float]] = field(default_factory=dict)
    _exceeded: dict[str, Bools] = field(default_factory=dict)

    def codes(self, name: str) -> list[float]:
        """The codes of a column but 0, which is none of something as well."""
        return [code for code in self.statistics.codes(name) if code != 0]

    def by_segment(self, name: str) -> Mapping[int, Level]:
        """The levels of a numeric column by segment."""
        if name not in self._levels_of:
            values, labels = self.statistics.clustered_values(name)
            grid, codes = self.statistics.ranked[name].grid, self.codes(name)
            is_amount = ~np.isin(values, codes)
            levels = column_levels(
                values[is_amount], labels[is_amount], grid[~np.isin(grid, codes)], n_segments=self.statistics.n_segments
            )
            ends = amount_ends(values[is_amount], codes)
            self._levels_of[name] = {segment: level.clipped(*ends) for segment, level in levels.items()}
        return self._levels_of[name]

    def level(self, name: str, segment: int, direction: int | None) -> Level | None:
        """The level of a segment; for one that is too wide to have one, that of which most of its members are."""
        levels = self.by_segment(name)
        if segment in levels or not direction:
            return levels.get(segment)
        size = int(self.statistics.sizes()[segment])
        return next(
            (level for level in set(levels.values()) if is_most(self.shares.of(level.terms(name), segment)[0], size)),
            None,
        )

    def quantiles(self, name: str) -> dict[float, float]:
        """Quantiles of the amounts of all clustered customers."""
        if name not in self._quantiles_of:
            values, _ = self.statistics.clustered_values(name)
            values = values[~np.isin(values, self.codes(name))]
            self._quantiles_of[name] = dict(zip(_QUANTILES, np.quantile(values, _QUANTILES).tolist(), strict=True))
        return self._quantiles_of[name]

    def matters(self, name: str, segment: int) -> bool:
        """Whether the median of a segment differs from that of the others by more than people would pass over.

        Ranks alone call 34 years "younger" than 38.
        """
        ranks, quantiles = self.statistics.ranked[name], self.quantiles(name)
        median, usual = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
        first, last = (quantiles[quarter] for quarter in _QUARTERS)
        # Halves: the difference of two values may be too large for a float.
        difference, deviation = abs(median / 2 - usual / 2), (last / 2 - first / 2) / _IQR_OF_NORMAL
        return difference > 0 and difference >= min(_DEVIATIONS * deviation, _PART * abs(usual / 2))

    def is_on_its_side(self, name: str, segment: int, kind: str) -> bool:
        """Whether the median of a segment is on the side of most customers that a kind of words says."""
        median, usual = self.statistics.ranked[name].quantiles[segment][2], self.quantiles(name)[0.5]
        return bool(median <= usual if kind == "low" else median >= usual if kind == "high" else True)

    def presence(self, name: str, segment: int) -> bool | None:
        """True where having any of something is the difference, as hardly any others have; False where lacking it is.

        None of a column that is not 0 for most of one side and above it for most of the other, and where another
        segment is as this one: then how much they have says more.
        """
        grid = self.statistics.ranked[name].grid
        if not len(grid) or grid[0] != 0:
            return None
        some, none = (self.shares.by_segment((Term(name, operator, 0.0),)) for operator in (">", "=="))
        for is_present, alike in ((True, some), (False, none)):
            term = Term(name, "==" if is_present else ">", 0.0)
            is_alone = (np.delete(alike, segment) < _HALF).all()
            if alike[segment] >= NEARLY_ALL and self.shares.of((term,), segment)[1] >= NEARLY_ALL and is_alone:
                return is_present
        return None

    def is_mostly_none(self, name: str, segment: int, terms: tuple[Term, ...]) -> bool:
        """Whether terms are an upper bound above 1 of a segment of which four fifths have 0."""
        is_upper = [term.operator for term in terms] == ["<"] and float(terms[0].value or 0) > 1
        if not is_upper or name in TRAITS or self.statistics.ranked[name].grid[0] != 0:
            return False
        return bool(self.shares.of((Term(name, "==", 0.0),), segment)[0] >= NEARLY_ALL)

    def is_money(self, name: str) -> bool:
        """Whether a column is about money that customers bring."""
        topic = topic_of(name, [self.statistics.table.phrase(name, code) for code in LANGUAGES])
        return topic is not None and topic.key in ("money", "order_value")

    def is_exceeded(self, name: str, segment: int) -> bool:
        """Whether another segment clearly has more per customer."""
        if name not in self._exceeded:
            self._exceeded[name] = exceeded(self.statistics, name)
        return bool(self._exceeded[name][segment])
