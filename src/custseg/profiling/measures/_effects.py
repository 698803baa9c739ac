"""Effects that may mark a segment, and the rank correlations that make some of them redundant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Bools
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._ranked import Ranked
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import Term

NEGLIGIBLE = 0.147
"""Absolute Cliff's delta under which a difference counts as negligible (Romano et al. 2006)."""
_REDUNDANT = 0.8
"""Absolute rank correlation from which two features count as one."""


_Key = tuple[str, str | None, tuple[Term, ...]]


@dataclass(frozen=True)
class Candidate:
    """A feature, category or range of one segment with an effect that is clearly not 0.

    `terms` are the bounds of a range with customers on both sides; its effect is a difference of shares.
    """

    feature: str
    effect: Effect
    share: CategoryShare | None = None
    terms: tuple[Term, ...] = ()

    @property
    def key(self) -> _Key:
        """What distinguishes it from the other candidates of a table."""
        return self.feature, self.share.value if self.share else None, self.terms


@dataclass(eq=False)
class RankCorrelations:
    """Rank correlations of features and categories, computed on demand and kept."""

    table: ProfileTable
    ranked: Mapping[str, Ranked]
    clustered: Bools
    _correlations: dict[frozenset[_Key], float] = field(default_factory=dict)
    _columns: dict[_Key, NDArray[np.float32]] = field(default_factory=dict)

    def redundant(self, first: Candidate, second: Candidate) -> bool:
        """Whether the absolute rank correlation of both is at least 0.8."""
        pair = frozenset((first.key, second.key))
        if pair not in self._correlations:
            self._correlations[pair] = abs(float(self._column(first.key) @ self._column(second.key)))
        return self._correlations[pair] >= _REDUNDANT

    def _column(self, key: _Key) -> NDArray[np.float32]:
        """The ranks, or the indicator of the category or range; centered and scaled to norm 1."""
        name, category, terms = key
        if category is None and not terms:
            return self.ranked[name].scaled_ranks
        if key not in self._columns:
            if category is None:
                present = self.clustered & ~np.isnan(self.table.values(name))
                indicator = np.logical_and.reduce([term.holds(self.table, {}) for term in terms]) & present
            else:
                column = self.table.categories[name]
                present = self.clustered & (column.codes >= 0)
                indicator = (column.codes == column.values.index(category)) & present
            centered = np.where(present, indicator - indicator[present].mean(), 0.0)
            self._columns[key] = (centered / (np.linalg.norm(centered) or 1.0)).astype(np.float32)
        return self._columns[key]


def is_clear(effect: Effect | None) -> bool:
    """Whether an effect is not negligible and its interval excludes 0."""
    return effect is not None and abs(effect.value) >= NEGLIGIBLE and effect.low * effect.high > 0
