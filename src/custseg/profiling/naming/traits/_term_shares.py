"""How many members of each segment meet the terms of words; counted once for each combination of terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from custseg._numerics import Floats, Integers
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._terms import Term

Bytes = npt.NDArray[np.uint8]

# How many bits of each byte are set.
_ONES = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).sum(axis=1, dtype=np.uint8)


@dataclass(eq=False)
class TermShares:
    """The customers who meet terms, counted on demand; a missing value does not meet a bound.

    Names try hundreds of combinations of terms: who meets a term is kept as one bit per customer, those of a segment
    together, so that a combination costs an eighth of a byte per customer and term.
    """

    statistics: ColumnStatistics
    _bits_of: dict[Term, Bytes] = field(default_factory=dict)
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

    @cached_property
    def _layout(self) -> tuple[Integers, Integers, Integers]:
        """The clustered customers by segment, the bit of each, and the first byte of each segment."""
        sizes, labels = self._sizes, self.statistics.labels
        customers = np.argsort(labels, kind="stable")[len(labels) - int(sizes.sum()) :]
        n_bytes = np.maximum(-(-sizes // 8), 1)
        starts = n_bytes.cumsum() - n_bytes
        within = np.arange(len(customers)) - np.repeat(sizes.cumsum() - sizes, sizes)
        return customers, np.repeat(8 * starts, sizes) + within, starts

    def _bits(self, term: Term) -> Bytes:
        """Who meets a term."""
        if term not in self._bits_of:
            customers, positions, starts = self._layout
            holds = np.zeros(8 * (int(starts[-1]) + max(-(-int(self._sizes[-1]) // 8), 1)), dtype=bool)
            holds[positions] = term.holds(self.statistics.table, {})[customers]
            self._bits_of[term] = np.packbits(holds)
        return self._bits_of[term]

    def _hits(self, terms: tuple[Term, ...]) -> Integers:
        """Members of every segment that meet all terms."""
        if terms not in self._hits_of:
            both = np.bitwise_and.reduce([self._bits(term) for term in terms])
            self._hits_of[terms] = np.add.reduceat(_ONES[both], self._layout[2], dtype=np.int64)
        return self._hits_of[terms]
