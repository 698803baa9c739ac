"""Effects that may mark a segment, and the rank correlations that make some of them redundant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from custseg._numerics import Bools, Integers
from custseg.feature_table import GIVEN_FAMILIES
from custseg.profiling.measures._categories import CategoryShare
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._ranked import Ranked
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import PRESENCE, Term

NEGLIGIBLE = 0.147
"""Absolute Cliff's delta under which a difference counts as negligible (Romano et al. 2006)."""
_REDUNDANT = 0.8
"""Absolute rank correlation from which two features of a log count as one."""
_SAME = 0.9
"""That of other columns, among all customers and within the segments: age is not told by payments by card."""


# Columns are scaled to norm 1 in single precision.
_NO_DEVIATION = 1e-4

_Key = tuple[str, str | None, tuple[Term, ...]]


@dataclass(frozen=True)
class Candidate:
    """A feature, category or range of one segment with an effect that is clearly not 0.

    `terms` are the bounds of a range with customers on both sides, or whether there is a value; the effect is a
    difference of shares then.
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
    labels: Integers
    _redundant: dict[frozenset[_Key], bool] = field(default_factory=dict)
    _columns: dict[_Key, NDArray[np.float32]] = field(default_factory=dict)

    def redundant(self, first: Candidate, second: Candidate) -> bool:
        """Whether both say the same: their absolute rank correlation is at least 0.8, or 0.9 of columns not from logs.

        Segments alone make columns correlate that mean something else: those not from logs must do so within segments.
        """
        pair = frozenset((first.key, second.key))
        if pair not in self._redundant:
            columns = self._column(first.key), self._column(second.key)
            correlation, described = abs(float(columns[0] @ columns[1])), self.table.described
            if any(described[one.feature].family in GIVEN_FAMILIES for one in (first, second)):
                is_same = correlation >= _SAME and self._within_segments(*columns) >= _SAME
            else:
                is_same = correlation >= _REDUNDANT
            self._redundant[pair] = is_same
        return self._redundant[pair]

    def _within_segments(self, first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
        """The absolute correlation of the deviations from the means of the segments; 1 where either has none."""
        labels, columns = self.labels[self.clustered], [column[self.clustered] for column in (first, second)]
        sizes = np.bincount(labels)
        deviations = [column - (np.bincount(labels, column) / np.maximum(sizes, 1))[labels] for column in columns]
        norms = [float(np.linalg.norm(deviation)) for deviation in deviations]
        return 1.0 if min(norms) < _NO_DEVIATION else abs(float(deviations[0] @ deviations[1])) / (norms[0] * norms[1])

    @cached_property
    def clustered(self) -> Bools:
        """Which customers are in a segment."""
        return np.asarray(self.labels >= 0)

    def _column(self, key: _Key) -> NDArray[np.float32]:
        """The ranks, or the indicator of the category or range; centered and scaled to norm 1."""
        name, category, terms = key
        if category is None and not terms:
            return self.ranked[name].scaled_ranks
        if key not in self._columns:
            if category is None:
                is_present = terms[0].operator in PRESENCE or ~np.isnan(self.table.values(name))
                present = self.clustered & is_present
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
