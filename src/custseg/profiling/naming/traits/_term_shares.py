"""How many members of each segment meet the terms of words; counted once for each combination of terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from custseg._numerics import Bools, Floats, Integers
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._terms import Term


@dataclass(eq=False)
class TermShares:
    """The customers who meet terms, counted on demand; a missing value does not meet a bound."""

    statistics: ColumnStatistics
    _holds_of: dict[Term, Bools] = field(default_factory=dict)
    _hits_of: dict[tuple[Term, ...], Integers] = field(default_factory=dict)
    _shares_of: dict[tuple[Term, ...], Floats] = field(default_factory=dict)

    def by_segment(self, terms: tuple[Term, ...]) -> Floats:
        """Share of the members of every segment that meet all terms."""
        if terms not in self._shares_of:
            self._shares_of[terms] = np.asarray(self._hits(terms) / np.maximum(self._sizes, 1))
        return self._shares_of[terms]

    def of(self, terms: tuple[Term, ...], segment: int) -> tuple[float, float]:
        """Shares of the members of one segment, and of all other clustered customers, that meet all terms."""
        hits, sizes = self._hits(terms), self._sizes
        n_others = int(sizes.sum() - sizes[segment])
        return float(hits[segment] / sizes[segment]), float((hits.sum() - hits[segment]) / max(n_others, 1))

    @cached_property
    def _sizes(self) -> Integers:
        return self.statistics.sizes()

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
