"""All that is computed of the columns before anything is said about a segment."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from custseg._arrays import Integers
from custseg._format import listed
from custseg._threads import in_threads
from custseg.errors import DataError
from custseg.profiling._markers import Candidate, Likeness, clear
from custseg.profiling.measures._categories import CategoryShare, category_counts, category_shares, strongest
from custseg.profiling.measures._descriptor_tests import (
    DescriptorTest,
    against_others,
    chi_square,
    holm,
    kruskal,
    mann_whitney,
)
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._privacy import SMALLEST
from custseg.profiling.measures._ranked import Ranked, ranked
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.naming._archetypes import Archetype

_MOST_THREADS = 8


@dataclass(frozen=True, eq=False)
class Measures:
    """What the columns say of every segment.

    Attributes
    ----------
    table : ProfileTable
        The columns.
    labels : ndarray of int, shape (n_customers,)
        From 0 up; -1 for customers in no segment.
    n_segments : int
        How many.
    ranked : dict of str to Ranked
        Of every numeric column.
    counts : dict of str to ndarray
        Customers by segment and category, of every column of categories.
    shares : dict of str to list of tuple of CategoryShare
        The same as it may be shown, by segment.
    """

    table: ProfileTable
    labels: Integers
    n_segments: int
    ranked: Mapping[str, Ranked]
    counts: Mapping[str, Integers]
    shares: Mapping[str, list[tuple[CategoryShare, ...]]]

    @property
    def bounds(self) -> dict[str, dict[tuple[str, float], float]]:
        """The values that stand for places among all, by feature."""
        return {name: one.bounds for name, one in self.ranked.items()}

    def sizes(self) -> Integers:
        """Customers of each segment."""
        return np.bincount(self.labels[self.labels >= 0], minlength=self.n_segments)

    def effect(self, name: str, segment: int) -> Effect | None:
        """The effect of a numeric feature, where enough customers stand behind it."""
        one = self.ranked[name]
        enough = min(one.known[segment], one.others_known[segment]) >= SMALLEST
        return one.effects[segment] if enough else None

    def candidates(self, segment: int, clustered_on: Collection[str]) -> list[Candidate]:
        """The features and categories that may mark the segment.

        Doubtful features do not; nor do shares of a whole, which are drawn to the base's where orders are few, so
        that they tell of the number of orders too.
        """
        sure = [
            name
            for name, feature in self.table.described.items()
            if not feature.doubtful and (not feature.composition or name in clustered_on)
        ]
        found = []
        for name in sure:
            if name in self.ranked:
                effect = self.effect(name, segment)
                if effect is not None and clear(effect):
                    found.append(Candidate(name, effect))
            elif name in self.shares:
                share = strongest(self.shares[name][segment])
                if share is not None and share.difference is not None and clear(share.difference):
                    found.append(Candidate(name, share.difference, share))
        return found

    def likeness(self) -> Likeness:
        """Which features say the same."""
        return Likeness(self.table, self.ranked, self.labels >= 0)

    def overlaps(self, names: Collection[str]) -> NDArray[np.float64]:
        """How like two segments are in the feature that tells them apart best, shape (n_segments, n_segments).

        1 - |Cliff's delta| for numbers; the shared part of both distributions for categories; NaN on the diagonal,
        and where the two have no values to compare.
        """
        overlaps = np.full((self.n_segments, self.n_segments), np.nan)
        for name in names:
            if name in self.ranked:
                overlaps = np.fmin(overlaps, 1 - np.abs(self.ranked[name].pairs))
            elif name in self.counts:
                overlaps = np.fmin(overlaps, _shared(self.counts[name]))
        np.fill_diagonal(overlaps, np.nan)
        return overlaps

    def distances(self, names: Collection[str]) -> NDArray[np.float64]:
        """The largest distance of mean ranks between two segments, as a share of all ranks: orders equal overlaps."""
        distances = np.zeros((self.n_segments, self.n_segments))
        for one in (self.ranked[name] for name in names if name in self.ranked):
            with np.errstate(invalid="ignore"):
                means = one.rank_sums / one.known / max(one.known.sum(), 1)
            distances = np.fmax(distances, np.abs(means[:, None] - means[None, :]))
        return distances


def measured(
    table: ProfileTable, labels: Integers, n_segments: int, *, archetypes: Collection[Archetype], caller: str
) -> Measures:
    """Measure every column; those of numbers at the same time, since sorting is most of the work."""
    asked: dict[str, set[tuple[str, float]]] = {}
    for term in (term for archetype in archetypes for term in archetype.terms):
        if term.quantile is not None:
            asked.setdefault(term.feature, set()).add((term.operator, term.quantile))

    def measure(name: str) -> Ranked:
        values = table.values(name)
        if np.isinf(values).any():
            raise DataError(f"{caller}: column {name!r} holds infinite values. Replace them, or leave it out.")
        return ranked(values, labels, n_segments=n_segments, asked=asked.get(name, ()))

    n_jobs = min(_MOST_THREADS, os.cpu_count() or 1)
    ranks = dict(zip(table.numbers, in_threads(measure, table.numbers, n_jobs=n_jobs), strict=True))
    counts = {name: category_counts(column, labels, n_segments) for name, column in table.categories.items()}
    shares = {name: category_shares(table.categories[name], counts[name]) for name in counts}
    return Measures(table, labels, n_segments, ranks, counts, shares)


def descriptor_tests(measures: Measures) -> tuple[tuple[DescriptorTest, ...], dict[tuple[str, int], float | None]]:
    """Tests of each descriptor over all segments, and of each segment against the others; both after Holm."""
    found, pairs = [], []
    for name in measures.table.descriptors:
        if name in measures.ranked:
            found.append((name, "Kruskal-Wallis", *kruskal(measures.ranked[name])))
        elif name in measures.counts:
            found.append((name, "chi-square", *chi_square(measures.counts[name])))
        else:
            continue
        for segment in range(measures.n_segments):
            if name in measures.ranked:
                enough = measures.effect(name, segment) is not None
                pairs.append((name, segment, mann_whitney(measures.ranked[name], segment) if enough else None))
            else:
                enough = measures.counts[name][segment].sum() >= SMALLEST
                pairs.append((name, segment, against_others(measures.counts[name], segment) if enough else None))
    overall = holm([one[-1] for one in found])
    tests = tuple(
        DescriptorTest(name, test, statistic, effect, p)
        for (name, test, statistic, effect, _), p in zip(found, overall, strict=True)
    )
    adjusted = holm([p for _, _, p in pairs])
    return tests, {(name, segment): p for (name, segment, _), p in zip(pairs, adjusted, strict=True)}


def checked_weights(size_weight: object, table: ProfileTable, caller: str) -> NDArray[np.float64] | None:
    """The weight of each customer: a column by name, or a column of numbers; missing counts as 0."""
    if size_weight is None:
        return None
    if isinstance(size_weight, str):
        if size_weight not in table.numbers:
            raise DataError(
                f"{caller}: size_weight must name a numeric column, got {size_weight!r}; these are "
                f"{listed(table.numbers)}."
            )
        return np.asarray(np.nan_to_num(table.values(size_weight), nan=0.0))
    weights = np.asarray(size_weight, dtype=float)
    if weights.shape != (len(table),):
        raise DataError(
            f"{caller}: size_weight must hold one number per customer ({len(table):,}), got shape {weights.shape}."
        )
    if np.isinf(weights).any():
        raise DataError(f"{caller}: size_weight holds infinite values.")
    return np.asarray(np.nan_to_num(weights, nan=0.0))


def _shared(counts: Integers) -> NDArray[np.float64]:
    """The shared part of the distributions of each two rows."""
    sizes = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        shares = counts / sizes
    return np.asarray(np.minimum(shares[:, None, :], shares[None, :, :]).sum(axis=2))
