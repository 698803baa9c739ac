"""Fits candidates and measures them: silhouette, separation, agreement of refits, and the same on null data."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Self

import numpy as np
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from custseg._numerics import Floats, Integers
from custseg.clustering._method import FitSpec
from custseg.clustering._methods import REFERENCE_METHOD
from custseg.clustering.assignment._assessment import AssignmentRule
from custseg.clustering.rows._rows import DistinctRows, distinct_rows, row_hashes
from custseg.clustering.selection._candidates import Candidate, Draws
from custseg.clustering.selection._null_model import NullModel, NullReference
from custseg.clustering.selection._stages import Stages
from custseg.clustering.validation._separation import ReachabilityTree, smallest_separations, without_shared_values
from custseg.clustering.validation._silhouettes import silhouettes
from custseg.clustering.validation._stability import Stability, compared, draw_parts, refitted
from custseg.errors import InfeasibleMinimumError

# Rows of a tree, of a pair of halves and of a draw of null data: time grows with their square.
DRAWN_ROWS = 4_000
# Seed of all draws, whatever the seed of the fits, which must not decide the number of clusters.
_STREAM = 20_240_601
_NULL_DRAWS, _PAIRS = 20, 12
# Samples of the rows, and their share.
N_SAMPLES, _SAMPLE_SHARE = 40, 0.8
# Null data like two clusters: the second largest of 19 draws is exceeded by chance in one of ten cases.
_MARGIN_DRAWS, _MARGIN_HALVES, _PAIR_ROWS = 19, 8, 1_000


@dataclass(frozen=True, eq=False)
class Evaluator:
    """Measures candidates on the same rows, with the same draws for all.

    Attributes
    ----------
    X : ndarray of shape (n_sample, n_columns)
        The sample, in an order that depends on the values alone.
    order : ndarray of int, shape (n_sample,)
        Position in the fitted matrix of each of these rows.
    seed : int
        Used by the fits alone: each draw has a seed of its own, so that an additional candidate changes no other.
    min_size : int
        Minimum size of a cluster in the sample.
    """

    X: Floats
    order: Integers
    seed: int
    min_size: int

    @classmethod
    def of(cls, X: Floats, *, seed: int, min_size: int) -> Self:
        """The evaluator of a fitted matrix."""
        order = np.argsort(row_hashes(X), kind="stable")
        return cls(X[order], order, seed, min_size)

    @cached_property
    def pairs(self) -> list[tuple[Integers, Integers]]:
        """The two disjoint halves of each draw of rows."""
        pairs = []
        for draw in range(_PAIRS):
            rng = self._rng(1, draw)
            drawn = rng.permutation(len(self.X))[:DRAWN_ROWS]
            first, second = draw_parts(len(drawn), rng)
            pairs.append((np.sort(drawn[first]), np.sort(drawn[second])))
        return pairs

    @cached_property
    def samples(self) -> list[Integers]:
        """Samples of the rows without replacement, each in a random order."""
        n_rows = max(2, round(_SAMPLE_SHARE * len(self.X)))
        return [self._rng(6, number).permutation(len(self.X))[:n_rows] for number in range(N_SAMPLES)]

    @cached_property
    def tree_rows(self) -> Integers:
        """The rows of the tree."""
        return np.sort(self._rng(0).permutation(len(self.X))[:DRAWN_ROWS])

    @cached_property
    def tree(self) -> ReachabilityTree:
        """The tree on which separation is measured, without the gaps between shared values."""
        return self._tree_of_rows(self.tree_rows)

    @cached_property
    def _trees_of_halves(self) -> list[tuple[Integers, ReachabilityTree]]:
        return [(half, self._tree_of_rows(half)) for pair in self.pairs for half in pair]

    def _tree_of_rows(self, rows: Integers) -> ReachabilityTree:
        return self._tree(self.X[rows], self._rng(3))

    def _tree(self, rows: Floats, rng: np.random.Generator) -> ReachabilityTree:
        """The tree of rows that are a part of the sample, or stand for one."""
        smallest = int(self.min_size * len(rows) / len(self.X))
        return ReachabilityTree.of(without_shared_values(rows, rng), smallest=smallest)

    def prepare(self, stages: Stages) -> None:
        """Build all trees, in threads."""
        halves = [half for pair in self.pairs for half in pair]
        trees = stages.run(self._tree_of_rows, [self.tree_rows, *halves])
        self.__dict__["tree"] = trees[0]
        self.__dict__["_trees_of_halves"] = list(zip(halves, trees[1:], strict=True))

    def separated(self, rows: Sequence[Candidate], *, stages: Stages) -> list[Candidate]:
        """The candidates with silhouettes, separation and the indices of scikit-learn."""
        if not rows:
            return []
        labelings = [row.labels[self.order] for row in rows]
        result = silhouettes(self.X, labelings, max_rows=DRAWN_ROWS)
        of_rows = result.per_row
        indices = stages.run(lambda labels: _indices(self.X, labels), labelings)
        numbers = [row.n_clusters for row in rows]
        in_sample = smallest_separations(self.tree, [labels[self.tree_rows] for labels in labelings], numbers)
        in_halves = stages.run(
            lambda half: smallest_separations(half[1], [labels[half[0]] for labels in labelings], numbers),
            self._trees_of_halves,
        )
        measured = []
        for index, row in enumerate(rows):
            separations = np.array([values[index] for values in in_halves])
            widths = np.array([np.nanmean(of_rows[index][drawn]) for drawn in self.samples])
            measured.append(
                replace(
                    row,
                    silhouette=float(result.means[index]),
                    silhouette_error=float(result.errors[index]),
                    separation=float(in_sample[index]),
                    separation_in_halves=float(np.median(separations)),
                    calinski_harabasz=indices[index][0],
                    davies_bouldin=indices[index][1],
                    draws=Draws(widths, separations, np.empty(0)),
                )
            )
        return measured

    def stable(
        self, rows: Sequence[Candidate], specs: Sequence[FitSpec], *, indices: Sequence[int], stages: Stages
    ) -> list[Candidate]:
        """The candidates; those in `indices` with the agreement of refits on halves."""
        drawn = [np.concatenate(pair) for pair in self.pairs]

        def refit(draw: int) -> list[list[Integers] | None]:
            halves = [distinct_rows(self.X[half]) for half in self.pairs[draw]]
            values, share = self.X[drawn[draw]], len(drawn[draw]) / len(self.X) / 2
            return [_refits(specs[index], halves, values, share=share) for index in indices]

        by_draw = stages.run(refit, range(_PAIRS))
        measured = list(rows)
        for index, refits in zip(indices, zip(*by_draw, strict=True), strict=True):
            measured[index] = self._with_stability(rows[index], drawn, refits)
        return measured

    def of_sample(self, row: Candidate, spec: FitSpec, number: int) -> Stability:
        """The agreement of refits on two halves of a sample."""
        drawn = self.samples[number][:DRAWN_ROWS]
        half = len(drawn) // 2
        halves = np.sort(drawn[:half]), np.sort(drawn[half:])
        rows = np.concatenate(halves)
        parts = [distinct_rows(self.X[half]) for half in halves]
        refits = _refits(spec, parts, self.X[rows], share=len(rows) / len(self.X) / 2)
        return compared([row.labels[self.order][rows]], [refits], n_clusters=row.n_clusters)

    def refitted(self, row: Candidate, clusterer: Any) -> Candidate:
        """The candidate with the agreement of refits of a clusterer of any kind, on the same halves."""
        drawn = [np.concatenate(pair) for pair in self.pairs]
        draws = []
        for rows, (first, second) in zip(drawn, self.pairs, strict=True):
            parts = np.arange(len(first)), len(first) + np.arange(len(second))
            draws.append(refitted(clusterer, self.X[rows], parts, n_rows=len(self.X)))
        return self._with_stability(row, drawn, draws)

    def _with_stability(
        self, row: Candidate, drawn: Sequence[Integers], draws: Sequence[list[Integers] | None]
    ) -> Candidate:
        labels = row.labels[self.order]
        agreement = compared([labels[rows] for rows in drawn], draws, n_clusters=row.n_clusters)
        return replace(
            row,
            stability=agreement.mean,
            stability_error=agreement.error,
            stability_of_clusters=dict(enumerate(agreement.jaccard.tolist())),
            draws=None if row.draws is None else replace(row.draws, stability=agreement.draws),
        )

    def null(self, numbers: Sequence[int], *, with_separation: bool, stages: Stages) -> NullReference:
        """Cluster null reference data by k-means into each number of clusters; the same draws for all."""
        model = NullModel.like(self.X)
        n_rows = min(len(self.X), DRAWN_ROWS)
        share = n_rows / len(self.X)
        specs = [FitSpec(REFERENCE_METHOD, self.min_size, self.seed, n_clusters=k).on_share(share) for k in numbers]

        def draw(number: int) -> tuple[Floats, Floats]:
            rng = self._rng(2, number)
            return self._null_measures(model.draw(n_rows, rng), specs, rng if with_separation else None)

        draws = stages.run(draw, range(_NULL_DRAWS))
        shape = (len(draws), len(numbers))
        silhouette_values, separations = (np.array([pair[i] for pair in draws]).reshape(shape) for i in (0, 1))
        return NullReference(tuple(numbers), silhouette_values, separations, model.has_shared_values)

    def _null_measures(
        self, rows: Floats, specs: Sequence[FitSpec], rng: np.random.Generator | None
    ) -> tuple[Floats, Floats]:
        """Silhouette of each clustering of one draw, and with a generator its separation; NaN where there is none."""
        measures = np.full((2, len(specs)), np.nan)
        drawn = distinct_rows(rows)
        labelings = {i: labels for i, spec in enumerate(specs) if (labels := labels_of_part(spec, drawn)) is not None}
        if labelings:
            indices, values = list(labelings), list(labelings.values())
            measures[0, indices] = silhouettes(rows, values).means
            if rng is not None:
                numbers = [int(labels.max()) + 1 for labels in values]
                measures[1, indices] = smallest_separations(self._tree(rows, rng), values, numbers)
        return measures[0], measures[1]

    def with_margin(self, row: Candidate, spec: FitSpec, *, stages: Stages) -> Candidate:
        """The candidate with the margin of its separation above chance."""
        labels = row.labels[self.order][self.tree_rows]
        separations = self.tree.separations(labels)
        pairs = {tuple(sorted((j, int(separations[j].argmin())))) for j in range(len(separations))}
        rows = self.X[self.tree_rows]
        margins = stages.run(partial(self._pair_margin, rows, labels), sorted(pairs))
        if spec.method.finds_number:
            margins.append(self._margin_of_setting(row, spec, stages=stages))
        return replace(row, separation_margin=float(min(margins)))

    def _pair_margin(self, X: Floats, labels: Integers, pair: tuple[int, int]) -> float:
        """Mean separation of two clusters in halves, less the 90th percentile of null data like the two, cut in two."""
        rng = self._rng(4, *pair)
        members = rng.permutation(np.flatnonzero((labels == pair[0]) | (labels == pair[1])))[:_PAIR_ROWS]
        rows, is_second = X[members], (labels[members] == pair[1]).astype(np.intp)
        observed = _separation_in_halves(rows, is_second, rng)
        model = NullModel.like(rows)
        spec = FitSpec(REFERENCE_METHOD, 1, self.seed, n_clusters=2, is_refit=True)
        chance = []
        for _ in range(_MARGIN_DRAWS):
            drawn = model.draw(len(rows), rng)
            cut = labels_of_part(spec, distinct_rows(drawn))
            chance.append(-np.inf if cut is None else _separation_in_halves(drawn, cut, rng))
        return float(observed - sorted(chance)[-2])

    def _margin_of_setting(self, row: Candidate, spec: FitSpec, *, stages: Stages) -> float:
        """Separation of a clustering whose method finds the number, less the 90th percentile in null data."""
        model, n_rows = NullModel.like(self.X), len(self.tree_rows)

        def draw(number: int) -> float:
            rng = self._rng(5, number)
            rows = model.draw(n_rows, rng)
            labels = labels_of_part(spec, distinct_rows(rows), n_rows / len(self.X))
            if labels is None:
                return -np.inf
            return float(smallest_separations(self._tree(rows, rng), [labels], [int(labels.max()) + 1])[0])

        chance = stages.run(draw, range(_MARGIN_DRAWS))
        return float(min(row.separation or 0.0, row.separation_in_halves or 0.0) - sorted(chance)[-2])

    def _rng(self, *purpose: int) -> np.random.Generator:
        return np.random.default_rng([_STREAM, *purpose])


def _separation_in_halves(X: Floats, labels: Integers, rng: np.random.Generator) -> float:
    """Mean separation of two clusters over halves of the rows; -1 in a half that lacks one."""
    spread = without_shared_values(X, rng)
    values = []
    for _ in range(_MARGIN_HALVES):
        half = rng.permutation(len(X))[: max(2, len(X) // 2)]
        values.append(max(float(smallest_separations(ReachabilityTree.of(spread[half]), [labels[half]], [2])[0]), -1.0))
    return float(np.mean(values))


def labels_of_part(spec: FitSpec, rows: DistinctRows, share: float = 1.0) -> Integers | None:
    """Labels of rows that are this share of those of the specification; None without two clusters."""
    rule = _rule_of_part(spec, rows, share)
    labels = None if rule is None else rule.labels(rows.values)[rows.inverse]
    return labels if labels is not None and labels.max() > 0 else None


def _refits(spec: FitSpec, halves: Sequence[DistinctRows], drawn: Floats, *, share: float) -> list[Integers] | None:
    """Labels of the drawn rows by a refit on each half; None if one has no clustering."""
    labelings = []
    for half in halves:
        rule = _rule_of_part(spec, half, share)
        if rule is None:
            return None
        labelings.append(rule.labels(drawn))
    return labelings


def _indices(rows: Floats, labels: Integers) -> tuple[float | None, float | None]:
    """Calinski-Harabasz and Davies-Bouldin without noise; None if there are fewer than two clusters."""
    rows, labels = rows[labels >= 0], labels[labels >= 0]
    if not 1 < len(np.unique(labels)) < len(rows):
        return None, None
    return float(calinski_harabasz_score(rows, labels)), float(davies_bouldin_score(rows, labels))


def _rule_of_part(spec: FitSpec, rows: DistinctRows, share: float) -> AssignmentRule | None:
    """The assignment rule of a fit on a subsample with this share of all rows; None if it has no clustering."""
    part = spec.on_share(share)
    return part.method.refit(part.estimator(), rows)


def fitted(spec: FitSpec, X: Floats, of_sample: Any = None) -> Candidate:
    """Fit a specification to rows; with the fit to a sample of them, from its clusters."""
    start = time.perf_counter()
    estimator, name = spec.estimator(), spec.method.name
    try:
        if of_sample is None:
            estimator.fit(X)
        else:
            spec.method.extend(estimator, of_sample, X)
    except InfeasibleMinimumError as error:
        feasible = int(error.feasible)
        return Candidate(name, spec.n_clusters or 0, False, feasible, feasible / len(X))
    sizes = estimator.sizes_
    smallest = int(min(sizes, default=0))
    return Candidate(
        method=name,
        n_clusters=len(sizes),
        meets_min_size=len(sizes) > 0,
        smallest=smallest,
        smallest_share=smallest / len(X),
        seconds=time.perf_counter() - start,
        estimator=estimator,
        **spec.method.measures(estimator),
    )
