"""What each further segment of a clustering adds: to the structure that it shows, and to what it explains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._numerics import Floats, Integers, unit_of
from custseg.errors import DataError
from custseg.result import Clustering, Segmentation
from custseg.texts import DASH, number, percent


@dataclass(frozen=True)
class FurtherSegment:
    """A clustering with one segment more than the one before.

    Attributes
    ----------
    n_segments : int
        Its number of segments.
    excess : float
        Its silhouette less that of structureless data.
    added_excess : float
        The difference from the one before; NaN for the first.
    stability : float
        Agreement of refits of two halves.
    explained : float
        Share of the variance of the outcome that it explains, adjusted for its number; NaN without an outcome.
    added_explained : float
        The difference from the one before.
    n_sends : int
        Segments × channels × messages.
    is_selected : bool
        Whether it is the one of the result.
    """

    n_segments: int
    excess: float
    added_excess: float
    stability: float
    explained: float
    added_explained: float
    n_sends: int
    is_selected: bool

    def cells(self, language: str) -> list[str]:
        """The figures as people read them."""
        texts = [f"{self.n_segments}{'*' if self.is_selected else ''}"]
        texts += [_signed(self.excess, language, sign=False), _signed(self.added_excess, language)]
        texts.append(DASH if math.isnan(self.stability) else number(round(self.stability, 2), language))
        texts.append(DASH if math.isnan(self.explained) else percent(self.explained, language, decimals=1))
        added = self.added_explained
        sign = "+" if added > 0 else ""
        texts.append(DASH if math.isnan(added) else sign + percent(added, language, decimals=1))
        return [*texts, number(self.n_sends, language)]


def further_segments(
    result: Segmentation, outcome: tuple[Sequence[Any], Floats] | None, *, sends: int, caller: str
) -> tuple[FurtherSegment, ...]:
    """The clusterings of the selected method by number of segments, those that meet the minimum size.

    `outcome` are ids and values of customers; all customers in segments must have one. Segments that are rules are
    counted. None where stages of the lifecycle have clusters each, or rules take all customers.
    """
    if len(result.clusterings) != 1:
        return ()
    [clusters] = result.clusterings
    choice = clusters.choice
    outcomes = None if outcome is None else _Outcomes.of(result, clusters, outcome, caller=caller)
    n_others = len(result.model.numbers) - len(clusters.numbers)
    candidates = [row for row in choice.candidates if row.method == choice.best.method and row.meets_min_size]
    by_number = {row.n_clusters: row for row in candidates}
    rows: list[FurtherSegment] = []
    for n_segments, candidate in sorted(by_number.items()):
        explained = math.nan
        if outcomes is not None:
            explained = outcomes.explained(np.asarray(candidate.labels), choice.fitted_rows.sample)
        last = rows[-1] if rows else None
        excess, stability = _number(candidate.silhouette_gain), _number(candidate.stability)
        rows.append(
            FurtherSegment(
                n_segments + n_others,
                excess,
                math.nan if last is None else excess - last.excess,
                stability,
                explained,
                math.nan if last is None else explained - last.explained,
                (n_segments + n_others) * sends,
                is_selected=n_segments == choice.best.n_clusters,
            )
        )
    return tuple(rows)


def explained_share(values: Floats, groups: Integers) -> float:
    """Share of the variance between the groups, 0 on average for groups that say nothing; NaN with a group per value.

    It is 1 less the mean variance within groups over the variance of all. Each variance has n - 1 below it: the usual
    adjusted eta squared has n - k for all groups together, which is too high where small groups vary more. A group of
    one value counts with the mean variance of the others.
    """
    scaled = values / unit_of(values)
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    codes, several = codes.ravel(), sizes >= 2
    total = float(scaled.var()) * len(values) / max(len(values) - 1, 1)
    if total == 0 or not several.any():
        return math.nan
    means = np.bincount(codes, weights=scaled) / sizes
    squares = np.bincount(codes, weights=(scaled - means[codes]) ** 2)
    variances = squares[several] / (sizes[several] - 1)
    return 1 - float(np.average(variances, weights=sizes[several])) / total


@dataclass(frozen=True, eq=False)
class _Outcomes:
    """The outcomes of the customers who were clustered, and of those in rules with their segments."""

    clustered: Floats
    in_rules: Floats
    rules: Integers

    @classmethod
    def of(
        cls, result: Segmentation, clusters: Clustering, outcome: tuple[Sequence[Any], Floats], *, caller: str
    ) -> _Outcomes:
        """By the ids of the outcome; DataError if it lacks customers in segments."""
        by_id = dict(zip(outcome[0], outcome[1].tolist(), strict=True))
        inside = result.labels >= 0
        ids, labels = np.array(result.features.ids.to_list(), dtype=object)[inside].tolist(), result.labels[inside]
        if lacking := sum(value not in by_id for value in ids):
            raise DataError(
                f"{caller}: the table lacks {'fewer than 10' if lacking < 10 else f'{lacking:,}'} customers of result. "
                "Give a table of the same customers, with ids of the same type."
            )
        values = np.array([by_id[value] for value in ids])
        is_clustered = np.isin(labels, clusters.numbers)
        return cls(values[is_clustered], values[~is_clustered], labels[~is_clustered])

    def explained(self, labels: Integers, sample: Integers) -> float:
        """The share that is explained by clusters, of all customers or those of the sample, and by rules."""
        clustered = self.clustered if len(labels) == len(self.clustered) else self.clustered[sample]
        # Segments of rules have numbers below those of clusters and of noise.
        groups = np.concatenate([labels, -2 - self.rules])
        return explained_share(np.concatenate([clustered, self.in_rules]), groups)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _signed(value: float, language: str, *, sign: bool = True) -> str:
    if math.isnan(value):
        return DASH
    return ("+" if sign and value > 0 else "") + number(round(value, 3), language)
