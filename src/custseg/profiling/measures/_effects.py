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

NEGLIGIBLE = 0.147
"""Absolute Cliff's delta under which a difference counts as negligible (Romano et al. 2006)."""
_REDUNDANT = 0.8
"""Absolute rank correlation from which two features count as one."""


@dataclass(frozen=True)
class Candidate:
    """A feature or category of one segment with an effect that is clearly not 0."""

    feature: str
    effect: Effect
    share: CategoryShare | None = None


@dataclass(eq=False)
class RankCorrelations:
    """Rank correlations of features and categories, computed on demand and kept."""

    table: ProfileTable
    ranked: Mapping[str, Ranked]
    clustered: Bools
    _correlations: dict[frozenset[tuple[str, str | None]], float] = field(default_factory=dict)
    _columns: dict[tuple[str, str | None], NDArray[np.float32]] = field(default_factory=dict)

    def redundant(self, first: Candidate, second: Candidate) -> bool:
        """Whether the absolute rank correlation of both is at least 0.8."""
        keys = [(c.feature, c.share.value if c.share else None) for c in (first, second)]
        pair = frozenset(keys)
        if pair not in self._correlations:
            self._correlations[pair] = abs(float(self._column(keys[0]) @ self._column(keys[1])))
        return self._correlations[pair] >= _REDUNDANT

    def _column(self, key: tuple[str, str | None]) -> NDArray[np.float32]:
        """The ranks, or the indicator of the category; centered and scaled to norm 1."""
        name, category = key
        if category is None:
            return self.ranked[name].scaled_ranks
        if key not in self._columns:
            column = self.table.categories[name]
            present = self.clustered & (column.codes >= 0)
            indicator = (column.codes == column.values.index(category)) & present
            centered = np.where(present, indicator - indicator[present].mean(), 0.0)
            self._columns[key] = (centered / (np.linalg.norm(centered) or 1.0)).astype(np.float32)
        return self._columns[key]


def is_clear(effect: Effect | None) -> bool:
    """Whether an effect is not negligible and its interval excludes 0."""
    return effect is not None and abs(effect.value) >= NEGLIGIBLE and effect.low * effect.high > 0
