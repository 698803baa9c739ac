"""Fits candidates and measures them: silhouette, gaps, agreement of refits, and the same on null reference data."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from custseg._numerics import Floats, Integers
from custseg.clustering._method import FitSpec, TriedSetting
from custseg.clustering.assignment._assessment import AssignmentRule
from custseg.clustering.selection._candidates import Candidate
from custseg.clustering.selection._gaps import path_silhouettes, valleys
from custseg.clustering.selection._null_model import NullModel, NullReference
from custseg.clustering.selection._stages import Stages
from custseg.clustering.validation._silhouettes import silhouettes
from custseg.clustering.validation._stability import compared, draw_parts, refitted
from custseg.errors import InfeasibleMinimumError

SAMPLE_ROWS = 4_000
_SILHOUETTE_ROWS = 10_000
# Seed of all draws, whatever the seed of the fits, which must not decide the number of clusters.
_STREAM = 20_240_601
_NULL_DRAWS = 20
_DRAWS_OF_SUSPECTS = 10
_STABILITY_DRAWS = 12


@dataclass(frozen=True, eq=False)
class Evaluator:
    """Measures candidates on the same rows, with the same draws for all.

    `X` holds the rows in an order that depends on their values alone, `order` their original indices. Each draw has
    a seed of its own, so that an additional candidate changes no other. `seed` is used by the fits alone.
    """

    X: Floats
    order: Integers
    seed: int

    @property
    def sample(self) -> Integers:
        """Indices of the rows on which paths and valleys are measured; all if there are not more."""
        if len(self.X) <= SAMPLE_ROWS:
            return np.arange(len(self.X))
        return np.sort(self._rng(0).permutation(len(self.X))[:SAMPLE_ROWS])

    def separated(self, rows: Sequence[Candidate], *, stages: Stages) -> list[Candidate]:
        """The candidates with silhouettes, gaps and the indices of scikit-learn."""
        labelings = [row.labels[self.order] for row in rows]
        silhouette_values = self._silhouettes(labelings, stages=stages)
        sample = self.sample
        sample_rows = self.X[sample]
        gaps = path_silhouettes(sample_rows, [labels[sample] for labels in labelings])
        deep = stages.run(lambda labels: _shallowest(sample_rows, labels[sample]), labelings)
        indices = stages.run(lambda labels: _indices(self.X, labels), labelings)
        return [
            replace(
                row,
                silhouette=silhouette_values[index][0],
                silhouette_error=silhouette_values[index][1],
                gap=float(gaps[index].min()),
                valley=deep[index],
                calinski_harabasz=indices[index][0],
                davies_bouldin=indices[index][1],
            )
            for index, row in enumerate(rows)
        ]

    def _silhouettes(self, labelings: Sequence[Integers], *, stages: Stages) -> list[tuple[float, float]]:
        """Mean silhouette of each labeling and its error; from a sample if there are many rows."""
        if len(self.X) <= _SILHOUETTE_ROWS:
            result = silhouettes(self.X, labelings)
            return list(zip(result.means.tolist(), result.errors.tolist(), strict=True))

        def alone(labels: Integers) -> tuple[float, float]:
            result = silhouettes(self.X, [labels], max_rows=_SILHOUETTE_ROWS)
            return float(result.means[0]), float(result.errors[0])

        return stages.run(alone, labelings)

    def stable(
        self, rows: Sequence[Candidate], specs: Sequence[FitSpec], *, indices: Sequence[int], stages: Stages
    ) -> list[Candidate]:
        """The candidates; those in `indices` with the agreement of refits on halves, at most of the sample's size."""
        drawn, halves = self._halves()

        def refit(item: tuple[int, int]) -> list[Integers] | None:
            index, draw = item
            sample_rows = self.X[drawn[draw]]
            return _refits(specs[index], sample_rows, halves[draw], share=len(sample_rows) / len(self.X) / 2)

        refits = stages.run(refit, [(index, draw) for index in indices for draw in range(_STABILITY_DRAWS)])
        measured = list(rows)
        for number, index in enumerate(indices):
            draws = refits[number * _STABILITY_DRAWS : (number + 1) * _STABILITY_DRAWS]
            measured[index] = self._with_stability(rows[index], drawn, draws)
        return measured

    def refitted(self, row: Candidate, clusterer: Any) -> Candidate:
        """The candidate with the agreement of refits of a clusterer of any kind, on the same halves."""
        drawn, halves = self._halves()
        draws = [
            refitted(clusterer, self.X[chosen], pair, n_rows=len(self.X))
            for chosen, pair in zip(drawn, halves, strict=True)
        ]
        return self._with_stability(row, drawn, draws)

    def _halves(self) -> tuple[list[Integers], list[tuple[Integers, Integers]]]:
        """For each draw, indices of the rows and two disjoint halves of them."""
        rngs = [self._rng(1, draw) for draw in range(_STABILITY_DRAWS)]
        drawn = [rng.permutation(len(self.X))[:SAMPLE_ROWS] for rng in rngs]
        return drawn, [draw_parts(len(chosen), rng) for chosen, rng in zip(drawn, rngs, strict=True)]

    def _with_stability(
        self, row: Candidate, drawn: Sequence[Integers], draws: Sequence[list[Integers] | None]
    ) -> Candidate:
        labels = row.labels[self.order]
        agreement = compared([labels[chosen] for chosen in drawn], draws, n_clusters=row.n_clusters)
        return replace(
            row,
            stability=agreement.mean,
            stability_error=agreement.error,
            stability_of_clusters=_numbered(agreement.jaccard),
        )

    def null(self, references: Sequence[FitSpec], suspects: Sequence[FitSpec], *, stages: Stages) -> NullReference:
        """Cluster null reference data by each reference (one per number) and each suspect; the same draws for all."""
        model = NullModel.like(self.X)
        n_rows = min(len(self.X), SAMPLE_ROWS)
        share = n_rows / len(self.X)

        def draw(number: int) -> tuple[dict[FitSpec, float], list[tuple[int, float]]]:
            rows = model.draw(n_rows, self._rng(2, number))
            deep = suspects if number < _DRAWS_OF_SUSPECTS else []
            tried = dict.fromkeys([*references, *deep])
            by_spec = {spec: labels for spec in tried if (labels := _labels(spec, rows, share)) is not None}
            return _measured(rows, by_spec, deep=deep)

        draws = stages.run(draw, range(_NULL_DRAWS))
        silhouette_values = [[measured.get(spec, np.nan) for spec in references] for measured, _ in draws]
        gaps = tuple(_largest_gaps(measured) for _, measured in draws[:_DRAWS_OF_SUSPECTS])
        return NullReference(
            tuple(spec.n_clusters or 0 for spec in references),
            np.array(silhouette_values).reshape(len(draws), len(references)),
            gaps,
            model.has_shared_values,
        )

    def best_settings(self, spec: FitSpec, *, fine: bool, stages: Stages) -> list[FitSpec]:
        """Try the grid on the sample; for each number of clusters there, one setting to fit on all rows."""
        grid = spec.method.grid
        if grid is None:
            return []
        rows = self.X[self.sample]
        share = len(rows) / len(self.X)
        settings = grid.settings(n_rows=len(self.X), n_sample=len(rows), min_size=spec.min_size, fine=fine)
        specs = [replace(spec, setting=setting) for setting in settings]
        estimators = stages.run(lambda tried: tried.on_share(share).estimator().fit(rows), specs)
        clusterings = [pair for pair in zip(specs, estimators, strict=True) if len(pair[1].sizes_) > 1]
        if not clusterings:
            return []
        separations = path_silhouettes(rows, [estimator.labels_ for _, estimator in clusterings])
        by_number: dict[int, list[TriedSetting]] = {}
        for (tried, estimator), of_clusters in zip(clusterings, separations, strict=True):
            sizes = estimator.sizes_
            noise = spec.method.measures(estimator).get("noise_share", 0.0)
            separation = float(of_clusters @ sizes / sizes.sum()) - noise
            by_number.setdefault(len(sizes), []).append(TriedSetting(tried, separation, int(sizes.min() / share)))
        return [grid.select(by_number[k]) for k in sorted(by_number)]

    def with_possible_numbers(self, spec: FitSpec, numbers: Sequence[int]) -> list[FitSpec]:
        """One specification per number that the rows allow; else the smallest one, to report a feasible minimum."""
        n_distinct = len(np.unique(self.X, axis=0))
        specs = [replace(spec, n_clusters=k) for k in numbers if k <= n_distinct]
        possible = [tried for tried in specs if (tried.n_clusters or 0) * spec.min_size <= len(self.X)]
        return possible or specs[:1]

    def _rng(self, *purpose: int) -> np.random.Generator:
        return np.random.default_rng([_STREAM, *purpose])


def _numbered(jaccard: Floats) -> dict[int | str, float]:
    return dict(enumerate(jaccard.tolist()))


def _measured(
    rows: Floats, labelings: dict[FitSpec, Integers], *, deep: Sequence[FitSpec]
) -> tuple[dict[FitSpec, float], list[tuple[int, float]]]:
    """Silhouette of each labeling of one draw; number of clusters and gap of those in `deep`."""
    if not labelings:
        return {}, []
    silhouette_values = silhouettes(rows, list(labelings.values())).means.tolist()
    suspects = [labels for spec, labels in labelings.items() if spec in deep]
    gaps = path_silhouettes(rows, suspects) if suspects else []
    return dict(zip(labelings, silhouette_values, strict=True)), [(len(gap), float(gap.min())) for gap in gaps]


def _largest_gaps(gaps: Sequence[tuple[int, float]]) -> dict[int, float]:
    """The largest gap for each number of clusters."""
    largest: dict[int, float] = {}
    for k, gap in gaps:
        largest[k] = max(gap, largest.get(k, gap))
    return largest


def _labels(spec: FitSpec, rows: Floats, share: float) -> Integers | None:
    """Labels of a sample of the rows; None if there is no clustering into two or more."""
    rule = _rule_of_part(spec, rows, share)
    labels = None if rule is None else rule.labels(rows)
    return labels if labels is not None and labels.max() > 0 else None


def _refits(spec: FitSpec, rows: Floats, halves: Sequence[Integers], *, share: float) -> list[Integers] | None:
    """Labels of the rows by a refit on each part; None if one has no clustering."""
    labelings = []
    for half in halves:
        rule = _rule_of_part(spec, rows[half], share)
        if rule is None:
            return None
        labelings.append(rule.labels(rows))
    return labelings


def _shallowest(rows: Floats, labels: Integers) -> float:
    """The shallowest valley of a cluster; 0 if the rows have fewer than two clusters."""
    present, numbered = np.unique(labels, return_inverse=True)
    return float(valleys(rows, numbered.reshape(-1)).min()) if len(present) > 1 else 0.0


def _indices(rows: Floats, labels: Integers) -> tuple[float | None, float | None]:
    """Calinski-Harabasz and Davies-Bouldin without noise; None if there are fewer than two clusters."""
    rows, labels = rows[labels >= 0], labels[labels >= 0]
    if not 1 < len(np.unique(labels)) < len(rows):
        return None, None
    return float(calinski_harabasz_score(rows, labels)), float(davies_bouldin_score(rows, labels))


def _rule_of_part(spec: FitSpec, rows: Floats, share: float) -> AssignmentRule | None:
    """The assignment rule of a fit on a subsample with this share of all rows; None if it has no clustering."""
    part = spec.on_share(share)
    return part.method.refit(part.estimator(), rows)


def fitted(spec: FitSpec, X: Floats) -> Candidate:
    """Fit a specification to all rows."""
    start = time.perf_counter()
    estimator, name = spec.estimator(), spec.method.name
    try:
        estimator.fit(X)
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
