"""How much segments differ in a column: how far others overlap with a segment, and how far they are from it.

Rank effects are 1 wherever two groups do not overlap; distances tell ten times as many from a little more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from custseg._column_kinds import is_demographic_column, is_demographic_name
from custseg._numerics import Floats, Integers, unit_of
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.naming.traits._words import MAIN
from custseg.profiling.naming.traits.columns._column_topics import topic_of
from custseg.texts import LANGUAGES

_BONUS, _DESCRIPTOR = 0.1, 0.2
"""Added to the strength of recency, orders, money and what was clustered on, which readers look for first; taken off
that of descriptors."""


@dataclass(eq=False)
class ColumnDifferences:
    """How much each segment differs from the others in each column, computed on demand."""

    statistics: ColumnStatistics
    clustered_on: Collection[str]
    _distances: dict[str, Floats] = field(default_factory=dict)
    _descriptive: dict[str, bool] = field(default_factory=dict)

    def strength(self, name: str, segment: int, shares: tuple[float, float], *, effect: Effect | None) -> float:
        """The mean of the effect, or the difference of both shares if it is larger, and of the distance.

        `shares` are those of members and others that meet the words. What people do counts more than who they are.
        """
        overlap = max(abs(effect.value) if effect else 0.0, shares[0] - shares[1])
        distance = self._distance(name, segment) if name in self.statistics.ranked else overlap
        bonus = _BONUS * self.is_looked_for(name) - _DESCRIPTOR * self.describes(name)
        return float(overlap + distance) / 2 + bonus

    def _distance(self, name: str, segment: int) -> float:
        if name not in self._distances:
            grid = self.statistics.ranked[name].grid
            self._distances[name] = relative_distances(
                *self.statistics.clustered_values(name), grid=grid, n_segments=self.statistics.n_segments
            )
        return float(self._distances[name][segment])

    def is_looked_for(self, name: str) -> bool:
        """Whether readers look for the column first: recency, orders, money, and what was clustered on."""
        return name in self.clustered_on or name in MAIN

    def describes(self, name: str) -> bool:
        """Whether a column says who somebody is, where they live or since when they are customers; income is money."""
        if name not in self._descriptive:
            table = self.statistics.table
            topic = topic_of(name, [table.phrase(name, code) for code in LANGUAGES])
            key = "" if topic is None else topic.key
            self._descriptive[name] = name in table.descriptors or (
                key != "income" and (key == "tenure" or self._is_demographic(name))
            )
        return self._descriptive[name]

    def _is_demographic(self, name: str) -> bool:
        table = self.statistics.table
        return is_demographic_column(name, table.values(name)) if name in table.numbers else is_demographic_name(name)


def relative_distances(values: Floats, labels: Integers, *, grid: Floats, n_segments: int) -> Floats:
    """How much farther the typical other customer is from the median of a segment than the typical member.

    It is (D - d) / (D + d), where d and D are the medians of the absolute deviations from the members' median, of the
    members and of all others: 1 where all members have one value that most others lack, 0 where others are as near as
    members. As skewed columns have long tails and ranks have no magnitude, it is the mean of that of values and that
    of ranks. It does not depend on the unit, and tells a segment in the middle as well as one at an end.

    Parameters
    ----------
    values : ndarray of shape (n_customers,)
        Values of the clustered customers, none missing.
    labels : ndarray of int, shape (n_customers,)
        Segments numbered from 0.
    grid : ndarray of float
        Some of the values in ascending order with the smallest: a value counts as the next lower one of these.
    n_segments : int
        Number of segments.

    Returns
    -------
    ndarray of shape (n_segments,)
        In [-1, 1]; 0 where there are no members or no others.
    """
    if not len(grid):
        return np.zeros(n_segments)
    bins = np.maximum(np.searchsorted(grid, values, side="right") - 1, 0)
    counts = np.bincount(labels * len(grid) + bins, minlength=n_segments * len(grid)).reshape(n_segments, len(grid))
    total = counts.sum(axis=0)
    scales = grid / unit_of(grid), total.cumsum() - total / 2
    return np.array([np.mean([_relative(scale, members, total - members) for scale in scales]) for members in counts])


def _relative(scale: Floats, members: Integers, remaining: Integers) -> float:
    """That of one segment, whose members and remaining customers are counted by position on the scale."""
    if not members.any() or not remaining.any():
        return 0.0
    deviations = np.abs(scale - _median(scale, members))
    near, far = _median(deviations, members), _median(deviations, remaining)
    return (far - near) / (far + near) if far + near else 0.0


def _median(figures: Floats, counts: Integers) -> float:
    """The lower median of figures that occur so often."""
    order = np.argsort(figures, kind="stable")
    reached = counts[order].cumsum()
    return float(figures[order][np.searchsorted(reached, reached[-1] / 2)])
