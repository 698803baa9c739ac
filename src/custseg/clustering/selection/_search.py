"""The search: which candidates are fitted and measured, the cheap ones first.

Start at `Search.run`. K-means comes first; other methods only where a cluster is separated from all others, because
without any separation they do not win. Refits are made only for candidates that can still be selected: none with fewer
clusters than very stable ones that were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.clustering._method import FitSpec, Method, TriedSetting
from custseg.clustering._methods import REFERENCE_METHOD
from custseg.clustering.rows._rows import distinct_rows
from custseg.clustering.selection._candidates import Candidate, Skipped
from custseg.clustering.selection._consensus import FIRST_SAMPLES, resampled_evidence
from custseg.clustering.selection._decision import (
    RULE,
    Thresholds,
    might_be_natural,
    might_be_very_stable,
    very_stable_number,
)
from custseg.clustering.selection._evidence import Evaluator, fitted, labels_of_part
from custseg.clustering.selection._null_model import NullReference
from custseg.clustering.selection._stages import Stages
from custseg.clustering.validation._separation import best_separated, smallest_separations
from custseg.clustering.validation._stability import Stability

Tried = tuple[Candidate, FitSpec]

# Settings of a grid that are tried to see whether any cluster is separated.
_FIRST_TRIES = 3
# Weight of the pair of halves of a sample beside the 12 of all rows: a single pair varies twice as much as the
# stability does between true samples of three real shops, and the pairs of all rows do not vary with the sample.
_SAMPLE_WEIGHT = 0.6


USUAL_NUMBERS = range(2, 11)


@dataclass(eq=False)
class Search:
    """Fits and measures candidates.

    Attributes
    ----------
    X : ndarray of shape (n_sample, n_columns)
        The matrix that candidates are fitted to.
    evaluator : Evaluator
        Measures them.
    numbers : sequence of int or None
        Numbers of clusters; None if any is allowed.
    fine : bool
        Whether the grids of settings are to be finer.
    stages : Stages
        Threads and progress.
    rule : Thresholds
        Decides which candidates can be selected, so that their refits are compared.
    tried : list of (Candidate, FitSpec)
        The candidates, and what they were fitted by.
    infeasible : list of (Candidate, FitSpec)
        Those that cannot meet the minimum size.
    pending : list of (int, FitSpec)
        Specifications of other methods that were not tried, with their numbers of clusters.
    null : NullReference
        The null data.
    """

    X: Floats
    evaluator: Evaluator
    numbers: Sequence[int] | None
    fine: bool
    stages: Stages
    rule: Thresholds = RULE
    tried: list[Tried] = field(default_factory=list)
    infeasible: list[Tried] = field(default_factory=list)
    pending: list[tuple[int, FitSpec]] = field(default_factory=list)
    null: NullReference = field(default_factory=NullReference.empty)
    _skipped: list[Skipped] = field(default_factory=list)
    _in_samples: dict[tuple[str, int, int], Stability] = field(default_factory=dict)

    def run(self, methods: Sequence[Method]) -> None:
        """Fit and measure, in order of their cost."""
        self.stages.enter(0, 10)
        self.evaluator.prepare(self.stages)
        self.stages.enter(10, 15)
        reference = [method for method in methods if method is REFERENCE_METHOD]
        later = [method for method in methods if method is not REFERENCE_METHOD]
        self._add([spec for method in reference for spec in self._possible(method)])
        if reference and later and not self._is_any_separated(later):
            self._skipped = [Skipped(method.name, (), "none_separated") for method in later]
            later = []
        self.stages.enter(15, 40)
        self._refit()
        self.stages.enter(40, 60)
        self.pending = [pair for method in later for pair in self._specs_by_number(method)]
        self._add_pending()
        self.stages.enter(60, 70)
        self._refit()
        self.stages.enter(70, 90)
        self._compare_with_null()
        self.complete()

    def complete(self) -> None:
        """Try and measure the candidates that can be selected now that others cannot."""
        self._add_pending()
        while self._refit():
            self._compare_with_null()
            self._add_pending()

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What was not tried, and why."""
        numbers: dict[str, list[int]] = {}
        for number, spec in self.pending:
            numbers.setdefault(spec.method.name, []).append(number)
        return (*self._skipped, *(Skipped(name, tuple(of), "fewer_clusters") for name, of in numbers.items()))

    def _add_pending(self) -> None:
        """Try the other methods, but not with fewer clusters than very stable ones that were found."""
        least = self._least_number()
        self._add([spec for number, spec in self.pending if number >= least])
        self.pending = [pair for pair in self.pending if pair[0] < least]

    def _add(self, specs: Sequence[FitSpec]) -> None:
        """Fit these specifications and measure silhouettes and separation; one candidate per method and number."""
        fits = self.stages.run(partial(fitted, X=self.X), specs)
        usable: dict[tuple[str, int], Tried] = {}
        for row, spec in zip(fits, specs, strict=True):
            if row.meets_min_size and row.n_clusters > 0:
                usable.setdefault((row.method, row.n_clusters), (row, spec))
            elif not row.meets_min_size and spec.n_clusters is not None:
                self.infeasible.append((row, spec))
        rows = self.evaluator.separated([row for row, _ in usable.values()], stages=self.stages)
        self.tried += zip(rows, [spec for _, spec in usable.values()], strict=True)

    def _is_any_separated(self, methods: Sequence[Method]) -> bool:
        """Whether a sparse region separates a cluster of a candidate, or of a first try of a method with settings."""
        evaluator = self.evaluator
        labelings = [row.labels[evaluator.order][evaluator.tree_rows] for row, _ in self.tried]
        if any(best_separated(evaluator.tree, labels) > 0 for labels in labelings):
            return True
        first_tries = []
        for method in methods:
            specs = self._specs_of_grid(method)
            first_tries += specs[:: max(1, len(specs) // _FIRST_TRIES)]
        fits = self._on_tree_rows(first_tries)
        return any(best_separated(evaluator.tree, labels) > 0 for labels in fits if labels is not None)

    def _specs_of_grid(self, method: Method) -> list[FitSpec]:
        """A specification for each setting of the method's grid."""
        if method.grid is None:
            return []
        n_rows, n_sample = len(self.X), len(self.evaluator.tree_rows)
        settings = method.grid.settings(
            n_rows=n_rows, n_sample=n_sample, min_size=self.evaluator.min_size, fine=self.fine
        )
        spec = FitSpec(method, self.evaluator.min_size, self.evaluator.seed)
        return [replace(spec, setting=setting) for setting in settings]

    def _on_tree_rows(self, specs: Sequence[FitSpec]) -> list[Integers | None]:
        """Labels of the rows of the tree by each specification; None where it finds no clusters."""
        rows = self.evaluator.X[self.evaluator.tree_rows]
        distinct, share = distinct_rows(rows), len(rows) / len(self.X)
        return self.stages.run(lambda spec: labels_of_part(spec, distinct, share), specs)

    def _specs_by_number(self, method: Method) -> list[tuple[int, FitSpec]]:
        """The specifications to fit, with their numbers of clusters: of a grid those in the rows of the tree."""
        if method.grid is None:
            return [(spec.n_clusters or 0, spec) for spec in self._possible(method)]
        share = len(self.evaluator.tree_rows) / len(self.X)
        specs = self._specs_of_grid(method)
        by_number: dict[int, list[TriedSetting]] = {}
        for spec, labels in zip(specs, self._on_tree_rows(specs), strict=True):
            if labels is not None:
                sizes = np.bincount(labels[labels >= 0])
                separation = float(smallest_separations(self.evaluator.tree, [labels], [len(sizes)])[0])
                tried = TriedSetting(spec, separation, int(sizes.min() / share))
                by_number.setdefault(len(sizes), []).append(tried)
        return [(k, method.grid.select(by_number[k])) for k in sorted(by_number)]

    def _possible(self, method: Method) -> list[FitSpec]:
        """One specification per number that the rows allow; else the smallest one, to report a feasible minimum."""
        n_distinct = len(np.unique(self.X, axis=0))
        spec = FitSpec(method, self.evaluator.min_size, self.evaluator.seed)
        specs = [replace(spec, n_clusters=k) for k in self.numbers or USUAL_NUMBERS if k <= n_distinct]
        possible = [tried for tried in specs if (tried.n_clusters or 0) * self.evaluator.min_size <= len(self.X)]
        return possible or specs[:1]

    def _refit(self) -> bool:
        """Measure the stability of the candidates that can be selected; whether there were any without."""
        least = self._least_number()
        rows, specs = [row for row, _ in self.tried], [spec for _, spec in self.tried]
        indices = [
            index
            for index, row in enumerate(rows)
            if row.stability is None and row.n_clusters >= least and self._can_be_selected(row)
        ]
        measured = self.evaluator.stable(rows, specs, indices=indices, stages=self.stages)
        self.tried = list(zip(measured, specs, strict=True))
        return bool(indices)

    def _least_number(self) -> int:
        """The number of very stable clusters that all resamples of the evidence find: fewer are not selected."""
        allowed = [row for row, _ in self.tried if self.numbers is None or row.n_clusters in self.numbers]
        possible = [row for row in allowed if might_be_very_stable(row, self.rule)]
        evidence = [(possible, self.null), *resampled_evidence(possible, self.null, FIRST_SAMPLES)]
        return min(very_stable_number(rows, null, self.rule) for rows, null in evidence)

    def _can_be_selected(self, row: Candidate) -> bool:
        """Whether the row is separated, or k-means, or there is no k-means."""
        is_reference = row.method == REFERENCE_METHOD.name
        has_reference = any(other.method == REFERENCE_METHOD.name for other, _ in self.tried)
        return row.n_clusters > 1 and (is_reference or not has_reference or might_be_natural(row, self.rule))

    def in_sample(self, row: Candidate, number: int) -> Candidate:
        """The candidate with its stability in a sample of the rows: the mean of that in all rows and of one pair."""
        key = row.method, row.n_clusters
        original, spec = next(pair for pair in self.tried if (pair[0].method, pair[0].n_clusters) == key)
        if (*key, number) not in self._in_samples:
            self._in_samples[*key, number] = self.evaluator.of_sample(original, spec, number)
        agreement = self._in_samples[*key, number]
        clusters = original.stability_of_clusters or {}
        return replace(
            row,
            stability=_mixed(original.stability or 0.0, agreement.mean),
            stability_of_clusters={j: _mixed(clusters[j], float(agreement.jaccard[int(j)])) for j in clusters},
        )

    def with_margin(self, row: Candidate) -> None:
        """Compare the separation of a candidate that was tried with chance, and complete what follows from it."""
        for index, (tried, spec) in enumerate(self.tried):
            if tried is row:
                self.tried[index] = self.evaluator.with_margin(row, spec, stages=self.stages), spec
        self.complete()

    def drop(self, row: Candidate) -> None:
        """Remove a candidate that cannot be fitted to all rows, and complete what follows from it."""
        self.tried = [pair for pair in self.tried if pair[0] is not row]
        self.complete()

    def _compare_with_null(self) -> None:
        """Measure null data with the numbers of clusters that were not compared yet."""
        compared = [row for row, _ in self.tried if row.stability is not None or row.n_clusters == 1]
        with_separation = any(might_be_natural(row, self.rule) for row in compared)
        if with_separation and not self.null.has_separations:
            self.null = NullReference.empty()
        numbers = sorted({row.n_clusters for row in compared}.difference(self.null.numbers))
        if numbers:
            null = self.evaluator.null(numbers, with_separation=with_separation, stages=self.stages)
            self.null = self.null.joined(null)
        self.tried = [(self.null.with_gain(row), spec) for row, spec in self.tried]


def _mixed(of_all: float, of_sample: float) -> float:
    return (1 - _SAMPLE_WEIGHT) * of_all + _SAMPLE_WEIGHT * of_sample
