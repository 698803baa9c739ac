"""Bounds that set a segment apart on its side of the others, and which others go far beyond it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools
from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._terms import Term
from custseg.profiling.naming.traits._levels import separation

# Twelve orders are not many beside fifty: a median goes far beyond another one by half of it, where segments differ
# largely (Romano et al. 2006).
_FAR, _LARGE = 0.5, 0.474
_BELOW, _MEMBER, _BEYOND = 0, 1, 2


@dataclass(frozen=True, eq=False)
class SideBounds:
    """Bounds by segment; `spoken` gives the numbers that people say of a column, see `separation`."""

    statistics: ColumnStatistics
    spoken: Callable[[str], Sequence[float]]

    def is_far_exceeded(self, name: str, segment: int, direction: int) -> bool:
        """Whether another segment is far higher (`direction` 1) or far lower (-1) than this one."""
        return bool(self._beyond(name, segment, direction).any())

    def terms(self, name: str, segment: int, direction: int) -> list[tuple[Term, ...]]:
        """Bounds that hold for most members on one side of the others: the range up to who is far beyond, and without.

        Empty where no bound sets the segment apart.
        """
        values, labels = self.statistics.clustered_values(name)
        beyond = self._beyond(name, segment, direction)
        groups = np.where(labels == segment, _MEMBER, np.where(beyond[labels], _BEYOND, _BELOW))
        grid, spoken = self.statistics.ranked[name].grid, self.spoken(name)
        near, far = (
            separation(values, groups, grid, pair=(_MEMBER, group), only_first=True, spoken=spoken)
            if (groups == group).any()
            else None
            for group in (_BELOW, _BEYOND)
        )
        is_lower = direction < 0
        first = Term(name, "<" if is_lower else ">=", near.bound) if near and near.is_lower == is_lower else None
        last = Term(name, ">=" if is_lower else "<", far.bound) if far and far.is_lower != is_lower else None
        terms = sorted((term for term in (first, last) if term), key=lambda term: term.operator, reverse=True)
        if first is None:
            return []
        is_range = len(terms) == 2 and float(terms[0].value or 0) < float(terms[1].value or 0)
        return [tuple(terms), (first,)] if is_range else [(first,)]

    def _beyond(self, name: str, segment: int, direction: int) -> Bools:
        """Which segments go far beyond one in that direction."""
        ranks = self.statistics.ranked[name]
        medians = ranks.quantiles[:, 2]
        # Halves: the difference of two values may be too large for a float.
        ahead = direction * (medians / 2 - medians[segment] / 2)
        with np.errstate(invalid="ignore"):
            is_far = (ahead > 0) & (ahead >= _FAR * abs(medians[segment] / 2))
            is_far &= direction * ranks.pairs[:, segment] >= _LARGE
        return np.asarray(is_far & (ranks.counts >= SMALLEST_GROUP))
