"""`ClusteringChoice`: the candidates, the one that was selected, and why."""

from __future__ import annotations

import math
from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics.cluster import contingency_matrix

from custseg._display import Columnar, DisplayTable, html_block
from custseg._numerics import Floats, Integers
from custseg.clustering._method import FitSpec
from custseg.clustering._methods import REFERENCE_METHOD
from custseg.clustering.selection._candidates import Candidate, Skipped, candidates_table
from custseg.clustering.selection._consensus import Consensus, decide_by_consensus
from custseg.clustering.selection._decision import Decision, Request, decide, decide_for, gain_margin
from custseg.clustering.selection._evidence import fitted
from custseg.clustering.selection._null_model import NullReference
from custseg.clustering.validation._silhouette_quantiles import SilhouetteQuantiles, silhouette_quantiles
from custseg.clustering.validation._valleys import valleys
from custseg.texts import table, text


@dataclass(frozen=True, eq=False)
class FittedRows:
    """The rows, and which of them the candidates are fitted to.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_columns)
        All rows.
    sample : ndarray of int, shape (n_sample,)
        The rows of the sample, in ascending order.
    specs : dict of (str, int) to FitSpec
        The specification of each candidate, by method and number of clusters.
    """

    X: Floats
    sample: Integers
    specs: dict[tuple[str, int], FitSpec]

    def checked(self, decision: Decision) -> Decision:
        """The decision; clusters that touch are natural only if fewer rows lie between every two than inside both.

        Segments are without gaps only if there is none between any two: of a useful division the reason says how many.
        """
        if decision.reason.kind not in ("touching", "reproducible"):
            return decision
        labels = decision.best.labels
        of_sample = labels if len(labels) == len(self.sample) else labels[self.sample]
        n_valleys, n_pairs = valleys(self.X[self.sample], of_sample)
        reason = decision.reason.with_valleys(n_valleys, n_pairs)
        return replace(decision, reason=reason, verdict="natural" if reason.kind == "touching" else "reproducible")


@dataclass(frozen=True, eq=False)
class ClusteringChoice(Columnar):
    """The candidate clusterings, the one that was selected, and why.

    Attributes
    ----------
    candidates : tuple of Candidate
        All that were tried.
    best : Candidate
        The selected one: `method`, `n_clusters`, `estimator`, `labels`.
    decision : Decision
        The verdict and the reason as data.
    min_size : int
        The minimum size, in rows.
    null : NullReference
        Results on null reference data.
    request : Request
        Which numbers of clusters could be selected.
    consensus : Consensus
        How often each number is selected in resamples by the original request, whatever `select` selects.
    skipped : tuple of Skipped
        Methods and numbers of clusters that were not tried, because they could not be selected, and why.
    fitted_rows : FittedRows
        The rows, and which of them the candidates are fitted to.
    language : str
        Language of `reason` and `remarks`.
    """

    candidates: tuple[Candidate, ...]
    best: Candidate
    decision: Decision
    min_size: int
    null: NullReference
    request: Request
    consensus: Consensus
    skipped: tuple[Skipped, ...]
    fitted_rows: FittedRows = field(repr=False)
    language: str = "en"

    @property
    def verdict(self) -> str:
        """The kind of segmentation.

        "natural": a sparser region separates every two clusters, in the sample, in most halves of it and more than in
        null data; or they touch, are very stable, and fewer rows lie between every two than inside both.
        "reproducible": no such regions, but refits agree (0.75 or more). "constructive": neither, but the number was
        requested. "none": neither; `best` is only the best of the candidates, or one cluster.
        """
        return self.decision.verdict

    @property
    def reason(self) -> str:
        """How many clusters, how reproducible they are, by which method; then what to make of them."""
        return self.decision.reason.text(self.language)

    @property
    def remarks(self) -> list[str]:
        """Further sentences: near ties, the number of an earlier choice, resamples that select another number."""
        return self.decision.reason.remarks(self.language)

    @property
    def near_ties(self) -> tuple[Candidate, ...]:
        """Candidates that the evidence hardly distinguishes from the best."""
        return self.decision.near_ties

    @property
    def null_level(self) -> float:
        """95th percentile of the largest silhouette gain, over all numbers of clusters, in null reference data."""
        return self.null.level

    @property
    def n_clusters_fixed(self) -> bool:
        """Whether exactly one number of clusters was requested."""
        return self.request.n_clusters_fixed

    @property
    def n_clusters_allowed(self) -> Collection[int] | None:
        """The numbers of clusters to choose among; None if any was allowed."""
        return self.request.n_clusters_allowed

    def columns(self) -> dict[str, list[Any]]:
        """The candidates as columns, for any frame constructor; `chosen` marks the best."""
        names = [entry.name for entry in fields(Candidate) if entry.repr]
        names.insert(names.index("stability_error") + 1, "weakest_stability")
        columns: dict[str, list[Any]] = {name: [getattr(row, name) for row in self.candidates] for name in names}
        return columns | {"chosen": [row is self.best for row in self.candidates]}

    def table(self) -> list[list[str]]:
        """The candidates that meet the minimum size as texts: headings, then method, number and measures."""
        return candidates_table(self.candidates, self.best, self.language)

    def select(self, method: str, n_clusters: int) -> ClusteringChoice:
        """Return the same evidence with another candidate selected; its verdict and reason go with it.

        Parameters
        ----------
        method : str
            The method of the candidate.
        n_clusters : int
            Its number of clusters.

        Returns
        -------
        ClusteringChoice

        Raises
        ------
        ValueError
            If there is no such candidate, or it does not meet the minimum size.
        """
        usable = {(row.method, row.n_clusters): row for row in self.candidates if row.meets_min_size}
        if (method, n_clusters) not in usable:
            reasons = [row.why for row in self.skipped if row.covers(method, n_clusters)]
            because = f", which was not tried ({reasons[0]})" if reasons else ""
            raise ValueError(
                f"select: there is no candidate ({method!r}, {n_clusters}){because}; there are {list(usable)}."
            )
        best = usable[method, n_clusters]
        request = Request((n_clusters,), n_clusters_fixed=True, is_required=True)
        decision = self.fitted_rows.checked(decide_for(best, self.null))
        choice = replace(self, best=best, decision=decision, request=request)
        final = self.on_all_rows(best)
        if not final.meets_min_size or final.n_clusters != n_clusters:
            raise ValueError(f"select: ({method!r}, {n_clusters}) does not meet the minimum size on all rows.")
        return choice.with_best(final)

    def as_requested(self) -> ClusteringChoice:
        """Return the same evidence where clusters are required: the verdict is at least "constructive"."""
        request = replace(self.request, is_required=True, or_single=False)
        decision = decide_by_consensus(self.candidates, self.null, request, consensus=self.consensus)
        choice = replace(self, decision=self.fitted_rows.checked(decision), request=request)
        is_same = decision.best.n_clusters == self.best.n_clusters and decision.best.method == self.best.method
        return choice if is_same else choice.select(decision.best.method, decision.best.n_clusters)

    def single_cluster(self) -> ClusteringChoice:
        """Return the same evidence with all rows in one cluster, which is what a verdict of "none" amounts to."""
        single = fitted(FitSpec(REFERENCE_METHOD, 1, 0, n_clusters=1), self.fitted_rows.X)
        decision = self.decision
        if not decision.is_single:
            decision = decide(self.candidates, self.null, replace(self.request, or_single=True))
        return replace(self, candidates=(*self.candidates, single), best=single, decision=decision)

    @cached_property
    def silhouettes(self) -> tuple[SilhouetteQuantiles, ...]:
        """How the silhouettes of each selected cluster are spread; empty for a single cluster.

        Computed from at most 4,000 rows when it is first read.
        """
        return () if self.best.n_clusters < 2 else silhouette_quantiles(self.fitted_rows.X, self.best.labels)

    def on_all_rows(self, row: Candidate) -> Candidate:
        """The candidate, fitted to all rows, with the measures of the sample."""
        X, sample = self.fitted_rows.X, self.fitted_rows.sample
        spec = self.fitted_rows.specs.get((row.method, row.n_clusters))
        if spec is None or len(row.labels) == len(X):
            return row
        final = fitted(replace(spec, min_size=self.min_size), X, row.estimator)
        if not final.meets_min_size or final.n_clusters != row.n_clusters:
            return final
        stability = row.stability_of_clusters
        if stability is not None:
            overlap = contingency_matrix(row.labels, final.labels[sample])
            before, after = linear_sum_assignment(-overlap)
            stability = dict(sorted((int(j), stability[int(i)]) for i, j in zip(before, after, strict=True)))
        measured = ("n_clusters", "meets_min_size", "smallest", "smallest_share", "seconds", "estimator", "bic")
        return replace(row, stability_of_clusters=stability, **{name: getattr(final, name) for name in measured})

    def with_best(self, final: Candidate) -> ClusteringChoice:
        """Return the same with the selected candidate as it was fitted to all rows."""
        candidates = tuple(final if row is self.best else row for row in self.candidates)
        return replace(self, candidates=candidates, best=final, decision=replace(self.decision, best=final))

    def with_offsets(self, offsets: Floats) -> ClusteringChoice:
        """Return the same with other offsets of the selected clustering, which the minimum size elsewhere needs."""
        X, estimator = self.fitted_rows.X, copy(self.best.estimator)
        rule = replace(estimator.assignment_rule_, offsets=offsets)
        assessed = rule.assess(X)
        estimator.assignment_rule_, estimator.offsets_ = rule, offsets
        estimator.labels_, estimator.second_labels_ = assessed.label, assessed.second_label
        estimator.confidence_, estimator.distance_ = assessed.confidence, assessed.distance
        estimator.sizes_ = np.bincount(assessed.label, minlength=len(offsets))
        estimator.reassignments_ = rule.reassignments(X, np.ones(len(X)))
        return self.with_best(replace(self.best, estimator=estimator))

    @property
    def criterion(self) -> str:
        """What decided: "worth" (of a number for a purpose), "separation" of natural clusters, or "silhouette_gain"."""
        if self.decision.reason.worth is not None:
            return "worth"
        return "separation" if self.verdict == "natural" else "silhouette_gain"

    def plot(self) -> dict[str, Any]:
        """Return the data for a plot of the choice, in plain lists.

        Returns
        -------
        dict
            `methods`: for each method `n_clusters`, `silhouette`, `silhouette_error`, `silhouette_gain`, `separation`,
            `stability`, `stability_error`; the `criterion` that decided, with `low` and `high`: what chance makes of it
            in 19 of 20 cases, of separation what it is in 8 of 10 halves. None where a measure was not computed.
            `null`: `n_clusters` with `low` and `high`, where the criterion lies in 9 of 10 null data sets. `samples`:
            `n_clusters` with `share`, in how many of the samples each number is selected. `best`: method and number;
            `near_ties`: the same of each candidate that the evidence hardly distinguishes from it.
        """
        names = ("n_clusters", "silhouette", "silhouette_error", "silhouette_gain", "separation", "stability",
                 "stability_error")  # fmt: skip
        methods: dict[str, dict[str, list[Any]]] = {}
        for row in self.candidates:
            value, low, high = self._criterion_of(row)
            plain = {name: getattr(row, name) for name in names}
            series = methods.setdefault(row.method, {})
            for name, entry in {**plain, "criterion": value, "low": low, "high": high}.items():
                is_missing = isinstance(entry, float) and not math.isfinite(entry)
                series.setdefault(name, []).append(None if is_missing else entry)
        votes = sorted(self.consensus.counts)
        return {
            "methods": methods,
            "null": self._chance(),
            "samples": {"n_clusters": votes, "share": [self.consensus.share(number) for number in votes]},
            "best": _key(self.best),
            "near_ties": [_key(row) for row in self.near_ties],
        }

    def _criterion_of(self, row: Candidate) -> tuple[float | None, float | None, float | None]:
        """What decided of one candidate, and its range."""
        if self.criterion == "worth":
            value = (self.request.worth or {}).get(row.n_clusters) if row.method == self.best.method else None
            return value, value, value
        if self.criterion == "separation":
            if row.separation is None or row.separation_in_halves is None or row.draws is None:
                return None, None, None
            value = min(row.separation, row.separation_in_halves)
            halves = row.draws.separations[np.isfinite(row.draws.separations)]
            low, high = np.quantile(halves, (0.1, 0.9)) if len(halves) else (value, value)
            return value, min(value, float(low)), max(value, float(high))
        if row.silhouette_gain is None:
            return None, None, None
        margin = gain_margin(row)
        return row.silhouette_gain, row.silhouette_gain - margin, row.silhouette_gain + margin

    def _chance(self) -> dict[str, list[Any]]:
        """Where null data lie, for each number of clusters."""
        draws = {"separation": self.null.separations, "silhouette_gain": self.null.silhouettes - self.null.means}
        chance: dict[str, list[Any]] = {"n_clusters": [], "low": [], "high": []}
        if self.criterion not in draws:
            return chance
        for number, column in zip(self.null.numbers, draws[self.criterion].T, strict=True):
            finite = column[np.isfinite(column)]
            if len(finite):
                low, high = np.quantile(finite, (0.05, 0.95)).tolist()
                for name, entry in {"n_clusters": number, "low": low, "high": high}.items():
                    chance[name].append(entry)
        return chance

    def __repr__(self) -> str:
        words = text(self.language, "choice")
        heads = words["columns"]
        lines = table([list(heads.values()), *([getattr(row, name) for name in heads] for row in self.candidates)])
        marks = ["", *("  <-" if row is self.best else "" for row in self.candidates)]
        lines = [line + mark for line, mark in zip(lines, marks, strict=True)]
        return "\n".join([*lines, *self._skipped_lines(), "", self._conclusion(), *self.remarks])

    def _repr_html_(self) -> str:
        sentences = [self._conclusion(), *self.remarks]
        tables = [DisplayTable.of(self.table())]
        return html_block(self.language, tables=tables, sentences=sentences, notes=self._skipped_lines())

    def _conclusion(self) -> str:
        """The verdict and the reason."""
        return f"{text(self.language, 'choice', 'verdicts', self.verdict)}: {self.reason}"

    def _skipped_lines(self) -> list[str]:
        """What was not tried, and why."""
        words, lines = text(self.language, "choice", "skipped"), []
        for kind in dict.fromkeys(row.kind for row in self.skipped):
            rows = [row for row in self.skipped if row.kind == kind]
            names = ", ".join(row.label(self.language) for row in rows)
            lines.append(words["line"].format(methods=names, reason=rows[0].reason(self.language)))
        return lines


def _key(row: Candidate) -> dict[str, Any]:
    return {"method": row.method, "n_clusters": row.n_clusters}
