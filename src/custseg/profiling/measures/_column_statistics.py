"""Statistics of every column by segment, from which profiles, markers and names are made."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from custseg._numerics import Floats, Integers, in_threads
from custseg._privacy import SMALLEST_GROUP, blurred
from custseg.errors import DataError
from custseg.feature_table import GIVEN_FAMILIES, codes_of
from custseg.profiling.measures._categories import (
    CategoryShare,
    bounded_shares,
    category_counts,
    category_shares,
    strongest,
)
from custseg.profiling.measures._effects import Candidate, RankCorrelations, is_clear
from custseg.profiling.measures._intervals import Effect, share_difference
from custseg.profiling.measures._middle_range import MiddleRange, middle_ranges
from custseg.profiling.measures._ranked import Ranked, ranked
from custseg.profiling.measures._significance import against_others, is_beyond_chance, rank_p_value
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import KNOWN, MISSING, Term
from custseg.texts import POINTS, SHARES, SMALLEST_POINTS

_MOST_THREADS = 8
ABSTRACT = (POINTS, "ratio", "log ratio", "step")
"""Units whose figures say little to most readers."""
# A smaller difference of shares within two bounds says little to a reader who compares it with high and low columns.
_LEAST_IN_THE_MIDDLE = 0.33
# Of fewer members, or others, a median says little about them.
_COVERED = 0.5
_ORDERS, _LAST, _JOINED = "order_count", "recency_days", "age_days"
NEARLY_ALL = 0.8
"""So large a part of the members stands for nearly all: a single value is said of it, a range is widened to it."""
SCALES = (5, 7, 10)
"""Last answers of the usual scales."""
# A question on the scale has so many different answers.
_FEWEST_ANSWERS = 3
NEEDED_ORDERS = {
    "trend": 3, "gap_cv": 3, "gap_days_mean": 2, "expected_gap_days": 2, "overdue_ratio": 3, "orders_per_30d": 2,
    "recency_span_days": 2, "repeat_count": 2, "repeat_value": 2, "peak_share": 2,
    "season_share": 2, "days_in_stage": 2,
}  # fmt: skip
"""Orders from which features of logs say something: a trend, how uneven gaps are and a rhythm need two gaps; a rate
and a season need a second order. With one, the time at the furthest stage of the funnel is that since the order."""


@dataclass(frozen=True, eq=False)
class ColumnStatistics:
    """Ranks, effects and category counts of every column, by segment.

    Attributes
    ----------
    table : ProfileTable
        The columns.
    labels : ndarray of int, shape (n_customers,)
        Segments numbered from 0; -1 for customers in no segment.
    n_segments : int
        Number of segments.
    ranked : dict of str to Ranked
        Rank statistics of each numeric column.
    counts : dict of str to ndarray
        Customers by segment and category, for each categorical column.
    shares : dict of str to list of tuple of CategoryShare
        The shares that may be shown, by segment.
    """

    table: ProfileTable
    labels: Integers
    n_segments: int
    ranked: Mapping[str, Ranked]
    counts: Mapping[str, Integers]
    shares: Mapping[str, list[tuple[CategoryShare, ...]]]

    @property
    def bounds(self) -> dict[str, dict[tuple[str, float], float]]:
        """The values at the requested quantiles, by feature."""
        return {name: ranks.bounds for name, ranks in self.ranked.items()}

    def sizes(self) -> Integers:
        """Customers of each segment."""
        return self._sizes

    @cached_property
    def _sizes(self) -> Integers:
        sizes = np.bincount(self.labels[self.labels >= 0], minlength=self.n_segments)
        sizes.setflags(write=False)
        return sizes

    def clustered_values(self, name: str) -> tuple[Floats, Integers]:
        """The values of a numeric column that are not missing, and their segments."""
        values = self.table.values(name)
        used = ~np.isnan(values) & (self.labels >= 0)
        return values[used], self.labels[used]

    def is_flag(self, name: str) -> bool:
        """Whether a numeric column holds 0 and 1 only."""
        # A share may be 0 or 1 for everybody and is no flag.
        if self.table.described[name].unit in SHARES:
            return False
        grid = self.ranked[name].grid
        return set(grid.tolist()) <= {0.0, 1.0} and bool(self._is_flag(name))

    def _is_flag(self, name: str) -> bool:
        values = self.table.values(name)
        return bool(np.isin(values[~np.isnan(values)], (0, 1)).all())

    def codes(self, name: str) -> tuple[float, ...]:
        """Values of a given column or an attribute that stand apart from its amounts, such as -1 for "never"."""
        if name not in self._codes_of:
            self._codes_of[name] = codes_of(self.table.described[name], self.clustered_values(name)[0])
        return self._codes_of[name]

    @cached_property
    def _codes_of(self) -> dict[str, tuple[float, ...]]:
        return {}

    def flag_share(self, name: str, segment: int) -> float | None:
        """The share of 1 among the members with a value; None if the column is no flag, or there are none."""
        if not self.ranked[name].counts[segment] or not self.is_flag(name):
            return None
        values, segments = self.clustered_values(name)
        return float(values[segments == segment].mean())

    def effect(self, name: str, segment: int) -> Effect | None:
        """Cliff's delta of a numeric feature; None under 10 members or others with a value."""
        ranks = self.ranked[name]
        enough = min(ranks.counts[segment], ranks.others_counts[segment]) >= SMALLEST_GROUP
        return ranks.effects[segment] if enough else None

    def is_of_one_order(self, segment: int) -> bool:
        """Whether nearly all members ordered once, so that they joined with the last order of which the days are known.

        False for a table without orders or the days since the last one.
        """
        if not {_ORDERS, _LAST} <= set(self.table.numbers):
            return False
        orders = self.table.values(_ORDERS)[self.labels == segment]
        return bool((orders == 1).mean() >= NEARLY_ALL) if len(orders) else False

    def derived(self, clustered_on: Collection[str]) -> set[str]:
        """The features that are made from logs and were not clustered on; not columns that the user gave."""
        made_from = clustered_on or self.table.clustering_columns
        described = self.table.described
        return {name for name in described if name not in made_from and described[name].family not in GIVEN_FAMILIES}

    def candidates(self, segment: int, clustered_on: Collection[str]) -> list[Candidate]:
        """The features and categories with a clear effect, which may become markers of the segment.

        Doubtful features are left out, and columns in which under half of the members have a value. So are, unless
        they were clustered on, features that are shrunk towards the value of all customers where there are few orders,
        so that they also reflect the number of orders, and logarithms of ratios, whose figures say little to most
        readers.

        Of many columns some differ by chance: those that the segments were not made from must differ by more than
        chance explains, with Bonferroni's correction for their number and that of the segments.
        """
        made_from = clustered_on or self.table.clustering_columns
        names = [
            name
            for name, feature in self.table.described.items()
            if not feature.doubtful and (name in clustered_on or not (feature.shrunk or feature.unit == "log ratio"))
        ]
        n_tests = sum(name not in made_from for name in names) * self.n_segments
        derived = self.derived(clustered_on)
        candidates = [c for name in names for c in self._clear(name, segment, may_be_range=name not in derived)]
        return [
            candidate
            for candidate in candidates
            if candidate.feature in made_from
            or candidate.terms
            or is_beyond_chance(self._p_value(candidate.feature, segment), n_tests)
        ]

    def _clear(self, name: str, segment: int, *, may_be_range: bool) -> list[Candidate]:
        """The column with its effect, or its strongest category, if the effect is clear.

        Where members are in the middle and others on both sides, it is the range, if it says more than the ranks do.
        """
        if name in self.ranked:
            if name == _JOINED and self.is_of_one_order(segment):
                return []
            effect, middle = self.effect(name, segment), None
            if may_be_range:
                middle = self._in_the_middle(name, segment)
            if not self._is_covered(name, segment):
                return self._presence(name, segment)
            if middle is not None and (effect is None or middle.effect.value > abs(effect.value)):
                return [middle]
            return [Candidate(name, effect)] if effect is not None and is_clear(effect) else []
        if name not in self.shares:
            return []
        share = strongest((*self.shares[name][segment], *self._bounded(name, segment)))
        if share is None or share.difference is None or not is_clear(share.difference):
            return []
        return [Candidate(name, share.difference, share)]

    def _is_covered(self, name: str, segment: int) -> bool:
        """Whether at least half of the members, and of the others, have a value."""
        sizes, ranks = self.sizes(), self.ranked[name]
        n_others = sizes.sum() - sizes[segment]
        return bool(
            ranks.counts[segment] >= _COVERED * sizes[segment] and ranks.others_counts[segment] >= _COVERED * n_others
        )

    def _presence(self, name: str, segment: int) -> list[Candidate]:
        """Whether there is a value at all, where it sets members and others apart; not of ratios few understand.

        Nor where no value says only that they ordered once.
        """
        is_of_orders = name in NEEDED_ORDERS and "order_count" in self.table.numbers
        if self.table.described[name].unit in ABSTRACT or is_of_orders:
            return []
        hits, sizes = self.ranked[name].counts, self.sizes()
        cells = blurred(np.stack([hits, sizes - hits], axis=1))
        n_hits, n_misses = (int(count) for count in cells.sum(axis=0) - cells[segment])
        if not cells[segment].sum() or not n_hits + n_misses:
            return []
        effect = share_difference(int(cells[segment, 0]), int(cells[segment].sum()), others=(n_hits, n_hits + n_misses))
        if abs(effect.value) < _LEAST_IN_THE_MIDDLE or not is_clear(effect):
            return []
        return [Candidate(name, effect, terms=(Term(name, KNOWN if effect.value > 0 else MISSING),))]

    def _in_the_middle(self, name: str, segment: int) -> Candidate | None:
        """The range that holds most members and few others, if the difference is clear and beyond chance."""
        middle = self._middle_ranges[name][segment]
        if middle is None or not is_beyond_chance(middle.p_value, len(self.ranked) * self.n_segments):
            return None
        if self.table.described[name].unit == POINTS and 0 < middle.low < SMALLEST_POINTS:
            return None
        values, labels = self.clustered_values(name)
        inside = (values >= middle.low) & (values < middle.high)
        hits, sizes = (np.bincount(group, minlength=self.n_segments) for group in (labels[inside], labels))
        cells = blurred(np.stack([hits, sizes - hits], axis=1))
        n_hits, n_misses = (int(count) for count in cells.sum(axis=0) - cells[segment])
        effect = share_difference(int(cells[segment, 0]), int(cells[segment].sum()), others=(n_hits, n_hits + n_misses))
        only = np.unique(values[inside])
        bounds = (Term(name, ">=", middle.low), Term(name, "<", middle.high))
        terms = (Term(name, "==", float(only[0])),) if len(only) == 1 else bounds
        is_large = effect.value >= _LEAST_IN_THE_MIDDLE and is_clear(effect)
        return Candidate(name, effect, terms=terms) if is_large else None

    @cached_property
    def _middle_ranges(self) -> dict[str, tuple[MiddleRange | None, ...]]:
        """The range in the middle of each numeric column by segment; none of flags and of columns with codes."""
        ranges: dict[str, tuple[MiddleRange | None, ...]] = {}
        for name, ranks in self.ranked.items():
            values, labels = self.clustered_values(name)
            if self.is_flag(name) or self.codes(name):
                ranges[name] = (None,) * self.n_segments
            else:
                ranges[name] = middle_ranges(values, labels, grid=ranks.grid, n_segments=self.n_segments)
        return ranges

    def _bounded(self, name: str, segment: int) -> list[CategoryShare]:
        return bounded_shares(self.table.categories[name].values, self.counts[name], segment)

    def _p_value(self, name: str, segment: int) -> float | None:
        if name in self.ranked:
            return rank_p_value(self.ranked[name], segment)
        return against_others(self.counts[name], segment)

    @cached_property
    def correlations(self) -> RankCorrelations:
        """Rank correlations among the clustered customers."""
        return RankCorrelations(self.table, self.ranked, self.labels)

    def overlaps(self, names: Collection[str]) -> Floats:
        """Overlap of each two segments in the feature that separates them best, shape (n_segments, n_segments).

        1 - |Cliff's delta| for numbers; the overlap of both distributions for categories; NaN on the diagonal, and
        where the two have no values to compare.
        """
        overlaps = np.full((self.n_segments, self.n_segments), np.nan)
        for name in names:
            if name in self.ranked:
                overlaps = np.fmin(overlaps, 1 - np.abs(self.ranked[name].pairs))
            elif name in self.counts:
                overlaps = np.fmin(overlaps, _category_overlaps(self.counts[name]))
        np.fill_diagonal(overlaps, np.nan)
        return overlaps

    def distances(self, names: Collection[str]) -> Floats:
        """The largest difference of mean ranks between two segments, in [0, 1]; it breaks ties of overlaps."""
        distances = np.zeros((self.n_segments, self.n_segments))
        for ranks in (self.ranked[name] for name in names if name in self.ranked):
            with np.errstate(invalid="ignore"):
                means = ranks.rank_sums / ranks.counts / max(ranks.counts.sum(), 1)
            distances = np.fmax(distances, np.abs(means[:, None] - means[None, :]))
        return distances


def column_statistics(
    table: ProfileTable,
    labels: Integers,
    n_segments: int,
    *,
    quantile_terms: Mapping[str, Collection[tuple[str, float]]],
    caller: str,
) -> ColumnStatistics:
    """Compute the statistics of every column, numeric ones in threads, since sorting takes most of the time.

    `quantile_terms` are the comparisons with a quantile, as (operator, quantile) by feature, see `ranked`.
    """

    def ranks_of(name: str) -> Ranked:
        values = table.values(name)
        if np.isinf(values).any():
            raise DataError(f"{caller}: column {name!r} holds infinite values. Replace them, or leave it out.")
        return ranked(values, labels, n_segments=n_segments, quantile_terms=quantile_terms.get(name, ()))

    n_jobs = min(_MOST_THREADS, os.cpu_count() or 1)
    ranks = dict(zip(table.numbers, in_threads(ranks_of, table.numbers, n_jobs=n_jobs), strict=True))
    counts = {name: category_counts(column, labels, n_segments) for name, column in table.categories.items()}
    shares = {name: category_shares(table.categories[name], counts[name]) for name in counts}
    return ColumnStatistics(table, labels, n_segments, ranks, counts, shares)


def is_on_scale(grid: Floats) -> bool:
    """Whether all values, in ascending order, are on a scale with the largest one as its end: 2 to 5 of 1 to 5."""
    is_whole = len(grid) > 0 and bool((grid == np.floor(grid)).all())
    return is_whole and len(grid) >= _FEWEST_ANSWERS and grid[0] >= 0 and grid[-1] in SCALES


def _category_overlaps(counts: Integers) -> Floats:
    """The overlap of the distributions of each two rows: the sum of the smaller shares."""
    sizes = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        shares = counts / sizes
    return np.asarray(np.minimum(shares[:, None, :], shares[None, :, :]).sum(axis=2))
