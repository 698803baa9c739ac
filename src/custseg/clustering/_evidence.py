"""What speaks for each candidate: silhouette, gaps, agreement of refits, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from custseg.clustering._candidates import Attempt, Candidate
from custseg.clustering._gaps import path_silhouettes, valleys
from custseg.clustering._null import Structureless
from custseg.clustering._silhouettes import silhouettes
from custseg.clustering._stability import compared, draw_parts

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Run = Callable[..., list[Any]]

SAMPLE_ROWS = 4_000
_SILHOUETTE_ROWS = 10_000
_NULL_DRAWS = 20
_DRAWS_OF_SUSPECTS = 10
_STABILITY_DRAWS = 12

# Set apart by paths, or by valleys between all pairs; a valley alone needs clusters that come back.
PATH_GAP, PATH_STABILITY = 0.1, 0.5
VALLEY, VALLEY_STABILITY = 0.3, 0.9


@dataclass(frozen=True, eq=False)
class Null:
    """What is found in rows without groups: a row per draw, NaN where a draw has no clustering.

    Attributes
    ----------
    numbers : tuple of int
        Numbers of clusters.
    silhouettes : ndarray of shape (n_draws, n_numbers)
        Silhouettes of k-means.
    gaps, valleys : dict of Attempt to ndarray of shape (n_draws,)
        Of the weakest cluster, for the candidates that seemed to have gaps.
    """

    numbers: tuple[int, ...]
    silhouettes: Floats
    gaps: dict[Attempt, Floats]
    valleys: dict[Attempt, Floats]

    @property
    def means(self) -> Floats:
        """Mean silhouette for each number."""
        return np.array([_mean(column) for column in self.silhouettes.T])

    @property
    def errors(self) -> Floats:
        """Standard error of each mean."""
        return np.array([_error(column) for column in self.silhouettes.T])

    @property
    def level(self) -> float:
        """The 95th percentile of the largest excess over all numbers that chance alone gives."""
        deviations = self.silhouettes - self.means
        known = ~np.isnan(deviations).all(axis=1)
        if not known.any():
            return np.inf
        return float(np.quantile(np.nanmax(deviations[known], axis=1), 0.95))

    @classmethod
    def empty(cls) -> Null:
        """Nothing was drawn."""
        return cls((), np.empty((0, 0)), {}, {})

    def judged(self, row: Candidate, attempt: Attempt) -> Candidate:
        """The candidate with its excess, and whether its gaps are more than chance."""
        place = self.numbers.index(row.n_clusters)
        mean, error = float(self.means[place]), float(self.errors[place])
        if np.isnan(mean):
            mean = error = 0.0 if row.n_clusters == 1 else np.nan
        parted = (_gap_counts(row) and _beyond(row.gap, self.gaps.get(attempt))) or (
            _valley_counts(row) and _beyond(row.valley, self.valleys.get(attempt))
        )
        excess = (row.silhouette or 0.0) - mean
        return replace(
            row,
            excess=None if np.isnan(excess) else excess,
            excess_error=None if np.isnan(error) else error,
            has_gaps=parted,
        )


def might_be_parted(row: Candidate) -> bool:
    """Whether gaps or valleys are there, whatever the stability."""
    return (row.gap or 0.0) >= PATH_GAP or (row.valley or 0.0) >= VALLEY


def seems_parted(row: Candidate) -> bool:
    """Whether gaps or valleys are there and the clusters come back well enough; chance is not ruled out yet."""
    return _gap_counts(row) or _valley_counts(row)


def _gap_counts(row: Candidate) -> bool:
    return (row.gap or 0.0) >= PATH_GAP and (row.stability or 0.0) >= PATH_STABILITY


def _valley_counts(row: Candidate) -> bool:
    return (row.valley or 0.0) >= VALLEY and (row.stability or 0.0) >= VALLEY_STABILITY


def _beyond(value: float | None, chance: Floats | None) -> bool:
    """Whether the value is above the 95th percentile of the draws, and by a gap above their mean.

    A draw without a clustering has no gap.
    """
    if value is None or chance is None:
        return False
    drawn = np.nan_to_num(chance, nan=0.0)
    return bool(value > np.quantile(drawn, 0.95) and value >= drawn.mean() + PATH_GAP)


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan


def _error(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else np.nan


@dataclass(frozen=True, eq=False)
class Evidence:
    """Measures candidates on the same rows, with the same draws for all.

    `X` holds the rows in an order that depends on their values alone, `order` the places from which they come.
    Each draw has a seed of its own, so that one candidate more changes no other.
    """

    X: Floats
    order: Integers
    seed: int

    @property
    def sample(self) -> Integers:
        """Rows on which paths and valleys are looked at; all where there are not more."""
        if len(self.X) <= SAMPLE_ROWS:
            return np.arange(len(self.X))
        return np.sort(self._rng(0).permutation(len(self.X))[:SAMPLE_ROWS])

    def separated(self, rows: Sequence[Candidate], *, run: Run) -> list[Candidate]:
        """The candidates with silhouettes, gaps and the indices of scikit-learn."""
        labelings = [row.labels[self.order] for row in rows]
        widths = silhouettes(self.X, labelings, max_rows=_SILHOUETTE_ROWS, random_state=self.seed)
        sample = self.sample
        part = self.X[sample]
        gaps = path_silhouettes(part, [labels[sample] for labels in labelings])
        deep = run(lambda labels: _shallowest(part, labels[sample]), labelings)
        indices = run(lambda labels: _indices(part, labels[sample]), labelings)
        return [
            replace(
                row,
                silhouette=float(widths.means[place]),
                silhouette_error=float(widths.errors[place]),
                gap=float(gaps[place].min()),
                valley=deep[place],
                calinski_harabasz=indices[place][0],
                davies_bouldin=indices[place][1],
            )
            for place, row in enumerate(rows)
        ]

    def stable(
        self, rows: Sequence[Candidate], attempts: Sequence[Attempt], *, places: Sequence[int], run: Run
    ) -> list[Candidate]:
        """The candidates; those in `places` with the agreement of refits on halves, at most of the sample's size."""
        rngs = [self._rng(1, draw) for draw in range(_STABILITY_DRAWS)]
        drawn = [rng.permutation(len(self.X))[:SAMPLE_ROWS] for rng in rngs]
        halves = [draw_parts(len(chosen), rng) for chosen, rng in zip(drawn, rngs, strict=True)]

        def refit(item: tuple[int, int]) -> list[Integers] | None:
            place, draw = item
            part = self.X[drawn[draw]]
            return _refits(attempts[place], part, halves[draw], share=len(part) / len(self.X) / 2)

        found = run(refit, [(place, draw) for place in places for draw in range(_STABILITY_DRAWS)])
        measured = list(rows)
        for number, place in enumerate(places):
            draws = found[number * _STABILITY_DRAWS : (number + 1) * _STABILITY_DRAWS]
            labels = rows[place].labels[self.order]
            agreement = compared([labels[chosen] for chosen in drawn], draws, n_clusters=rows[place].n_clusters)
            measured[place] = replace(
                rows[place],
                stability=agreement.mean,
                stability_error=agreement.error,
                weakest_stability=float(agreement.jaccard.min()),
            )
        return measured

    def null(self, numbers: Sequence[int], suspects: Sequence[Attempt], *, min_size: int, run: Run) -> Null:
        """What k-means finds for each number, and each suspect, in rows without groups; the same draws for all."""
        model = Structureless.like(self.X)
        n_rows = min(len(self.X), SAMPLE_ROWS)
        part = n_rows / len(self.X)
        references = [Attempt("kmeans", min_size, self.seed, k=k) for k in numbers]

        def draw(number: int) -> dict[Attempt, tuple[float, float, float]]:
            rows = model.draw(n_rows, self._rng(2, number))
            deep = suspects if number < _DRAWS_OF_SUSPECTS else []
            tried = dict.fromkeys([*references, *deep])
            found = {attempt: labels for attempt in tried if (labels := _labels(attempt, rows, part)) is not None}
            return _measured(rows, found, deep=deep)

        draws = run(draw, range(_NULL_DRAWS))
        nothing = (np.nan, np.nan, np.nan)

        def collected(attempt: Attempt, which: int) -> Floats:
            return np.array([found.get(attempt, nothing)[which] for found in draws])

        return Null(
            tuple(numbers),
            np.stack([collected(attempt, 0) for attempt in references], axis=1),
            {attempt: collected(attempt, 1)[:_DRAWS_OF_SUSPECTS] for attempt in suspects},
            {attempt: collected(attempt, 2)[:_DRAWS_OF_SUSPECTS] for attempt in suspects},
        )

    def _rng(self, *purpose: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, *purpose])


def _measured(
    rows: Floats, found: dict[Attempt, Integers], *, deep: Sequence[Attempt]
) -> dict[Attempt, tuple[float, float, float]]:
    """Silhouette, gap and valley of each labeling of one draw; the latter two for those in `deep`."""
    if not found:
        return {}
    widths = silhouettes(rows, list(found.values())).means
    suspects = [attempt for attempt in found if attempt in deep]
    gaps = path_silhouettes(rows, [found[attempt] for attempt in suspects]) if suspects else []
    weakest = {attempt: float(gap.min()) for attempt, gap in zip(suspects, gaps, strict=True)}
    return {
        attempt: (
            float(width),
            weakest.get(attempt, np.nan),
            _shallowest(rows, labels) if attempt in weakest else np.nan,
        )
        for (attempt, labels), width in zip(found.items(), widths, strict=True)
    }


def _labels(attempt: Attempt, rows: Floats, part: float) -> Integers | None:
    """Labels of rows that are a part of all; None where there is no clustering into two or more."""
    rule = attempt.rule(rows, part)
    labels = None if rule is None else rule.labels(rows)
    return labels if labels is not None and labels.max() > 0 else None


def _refits(attempt: Attempt, rows: Floats, parts: Sequence[Integers], *, share: float) -> list[Integers] | None:
    """Labels of the rows by a refit on each part; None where one has no clustering."""
    found = []
    for part in parts:
        rule = attempt.rule(rows[part], share)
        if rule is None:
            return None
        found.append(rule.labels(rows))
    return found


def _shallowest(rows: Floats, labels: Integers) -> float:
    """The valley of the cluster that is parted worst; 0 where the rows show fewer than two clusters."""
    present, numbered = np.unique(labels, return_inverse=True)
    return float(valleys(rows, numbered.reshape(-1)).min()) if len(present) > 1 else 0.0


def _indices(rows: Floats, labels: Integers) -> tuple[float | None, float | None]:
    """Calinski-Harabasz and Davies-Bouldin; None where the rows show no two clusters."""
    if not 1 < len(np.unique(labels)) < len(rows):
        return None, None
    return float(calinski_harabasz_score(rows, labels)), float(davies_bouldin_score(rows, labels))
