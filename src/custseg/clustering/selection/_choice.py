"""`ClusteringChoice`: what was tried, what was taken, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from custseg._arrays import Floats
from custseg.clustering._method import FitSpec
from custseg.clustering._methods import REFERENCE_METHOD
from custseg.clustering.selection._candidates import Candidate, fitted
from custseg.clustering.selection._decision import best_of, explained, reason_for, stands_again, verdict_of
from custseg.clustering.selection._evidence import NullReference


@dataclass(frozen=True, eq=False)
class ClusteringChoice:
    """The clusterings that were tried, the one that was taken, and why.

    Attributes
    ----------
    candidates : tuple of Candidate
        All that were tried.
    best : Candidate
        The one that was taken: `method`, `n_clusters`, `estimator`, `labels`.
    verdict : {"natural", "reproducible", "constructive", "none"}
        Natural: the clusters stand apart more than chance allows (gaps between all of them, or a silhouette gain above
        `null_level`), and come back with stability ≥ 0.75. Reproducible: no gaps, but the same cut comes back.
        Constructive: neither, but the number was asked for. None: neither; `best` is only the best of them.
    reason : str
        Why it was taken, in a sentence.
    near_ties : tuple of Candidate
        Candidates that the evidence hardly tells from the best.
    min_size : int
        The minimum size, in rows.
    null_level : float
        95th percentile of the largest silhouette gain, over all numbers of clusters, in rows without groups.
    null : NullReference
        What rows without groups gave.
    n_clusters_fixed : bool
        Whether exactly one number of clusters was requested.
    n_clusters_allowed : tuple of int or None
        The numbers of clusters to choose among; None if any number was allowed.
    """

    candidates: tuple[Candidate, ...]
    best: Candidate
    verdict: str
    reason: str
    near_ties: tuple[Candidate, ...]
    min_size: int
    null_level: float
    null: NullReference
    n_clusters_fixed: bool
    n_clusters_allowed: tuple[int, ...] | None = None

    def columns(self) -> dict[str, list[Any]]:
        """The candidates as columns, for any frame constructor; `chosen` marks the best."""
        names = [entry.name for entry in fields(Candidate) if entry.repr]
        names.insert(names.index("stability_error") + 1, "weakest_stability")
        columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in self.candidates] for name in names}
        return columns | {"chosen": [row is self.best for row in self.candidates]}

    def select(self, method: str, n_clusters: int) -> ClusteringChoice:
        """The same evidence with another candidate taken; its verdict and reason go with it.

        Raises
        ------
        ValueError
            If there is no such candidate, or it does not meet the minimum size.
        """
        for row in self.candidates:
            if row.meets_min_size and (row.method, row.n_clusters) == (method, n_clusters):
                verdict = verdict_of(row, level=self.null_level, asked=True)
                reason = reason_for(row, verdict, tried=[n_clusters], asked=True)
                return replace(self, best=row, verdict=verdict, reason=reason, near_ties=(), n_clusters_fixed=True)
        there = [(row.method, row.n_clusters) for row in self.candidates if row.meets_min_size]
        raise ValueError(f"select: there is no candidate ({method!r}, {n_clusters}); there are {there}.")

    def most_stable(self, numbers: Sequence[int] | None = None) -> ClusteringChoice | None:
        """The same evidence with the best of the candidates that come back; None where none does.

        A clustering with gaps may be taken although refits on halves find it only in part: who acts on the
        clusters is better served by a cut that comes back.

        Parameters
        ----------
        numbers : sequence of int, optional
            Numbers of clusters that may be taken; by default all.
        """
        stable = [row for row in self.candidates if stands_again(row, level=self.null_level)]
        if not any(numbers is None or row.n_clusters in numbers for row in stable):
            return None
        best, near = best_of(stable, numbers, level=self.null_level)
        verdict = verdict_of(best, level=self.null_level, asked=self.n_clusters_fixed)
        reason = self._explained(best, verdict, numbers)
        return replace(self, best=best, verdict=verdict, reason=reason, near_ties=near)

    def as_requested(self) -> ClusteringChoice:
        """The same candidate, taken because clusters were wanted whatever the evidence: at least constructive."""
        verdict = verdict_of(self.best, level=self.null_level, asked=True)
        return replace(self, verdict=verdict, reason=self._explained(self.best, verdict, self.n_clusters_allowed))

    def _explained(self, best: Candidate, verdict: str, numbers: Sequence[int] | None) -> str:
        return explained(
            best, verdict, self.candidates, numbers=numbers, level=self.null_level, asked=self.n_clusters_fixed
        )

    def single_cluster(self, X: Floats) -> ClusteringChoice:
        """The same evidence with all rows in one cluster: what a verdict of "none" comes down to."""
        one = fitted(FitSpec(REFERENCE_METHOD, 1, 0, n_clusters=1), X)
        reason = f"{self.reason.removesuffix('.')}; so all are one group."
        return replace(self, candidates=(*self.candidates, one), best=one, reason=reason, near_ties=())

    def plot(self) -> dict[str, Any]:
        """What a picture of the choice needs, in plain lists.

        Returns
        -------
        dict
            `methods`: for each method `n_clusters`, `silhouette`, `silhouette_error`, `stability`; `null`:
            `n_clusters` with `low`, `middle`, `high` (5th, 50th, 95th percentile of the silhouette in rows
            without groups); `best`: method and number.
        """
        methods: dict[str, dict[str, list[Any]]] = {}
        for row in self.candidates:
            series = methods.setdefault(row.method, {})
            for name in ("n_clusters", "silhouette", "silhouette_error", "stability"):
                series.setdefault(name, []).append(getattr(row, name))
        known = [place for place, column in enumerate(self.null.silhouettes.T) if not np.isnan(column).all()]
        bands = np.nanquantile(self.null.silhouettes[:, known], (0.05, 0.5, 0.95), axis=0)
        return {
            "methods": methods,
            "null": {
                "n_clusters": [self.null.numbers[place] for place in known],
                **dict(zip(("low", "middle", "high"), bands.tolist(), strict=True)),
            },
            "best": {"method": self.best.method, "n_clusters": self.best.n_clusters},
        }

    def __repr__(self) -> str:
        heads = (
            "method",
            "n_clusters",
            "silhouette",
            "silhouette_gain",
            "stability",
            "weakest_stability",
            "smallest_share",
        )
        cells = [heads, *(tuple(_shown(getattr(row, name)) for name in heads) for row in self.candidates)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
        marks = ["", *("  <-" if row is self.best else "" for row in self.candidates)]
        lines = [
            "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + mark
            for row, mark in zip(cells, marks, strict=True)
        ]
        return "\n".join([*lines, "", f"{self.verdict}: {self.reason}"])


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
