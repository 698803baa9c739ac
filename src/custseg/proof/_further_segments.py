"""What each further segment of a clustering adds: to the structure that it shows, and to what it explains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from custseg._numerics import Floats, Integers, unit_of
from custseg.errors import DataError
from custseg.result import Segmentation
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

    `outcome` are ids and values of customers; all customers that were clustered must have one.
    """
    choice = result.choice
    values = None if outcome is None else _values_of_rows(result, outcome, caller)
    candidates = [row for row in choice.candidates if row.method == choice.best.method and row.meets_min_size]
    by_number = {row.n_clusters: row for row in candidates}
    rows: list[FurtherSegment] = []
    for n_segments, candidate in sorted(by_number.items()):
        explained = math.nan
        if values is not None:
            of_sample = len(candidate.labels) == len(choice.fitted_rows.sample)
            fitted = values[choice.fitted_rows.sample] if of_sample else values
            explained = explained_share(fitted, np.asarray(candidate.labels))
        last = rows[-1] if rows else None
        excess, stability = _number(candidate.silhouette_gain), _number(candidate.stability)
        rows.append(
            FurtherSegment(
                n_segments,
                excess,
                math.nan if last is None else excess - last.excess,
                stability,
                explained,
                math.nan if last is None else explained - last.explained,
                n_segments * sends,
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


def _values_of_rows(result: Segmentation, outcome: tuple[Sequence[Any], Floats], caller: str) -> Floats:
    """The outcome of each customer that was clustered, in the order of the rows of the fit."""
    by_id = dict(zip(outcome[0], outcome[1].tolist(), strict=True))
    ids = np.array(result.features.ids.to_list(), dtype=object)[result.is_clustered]
    if lacking := sum(value not in by_id for value in ids.tolist()):
        raise DataError(
            f"{caller}: the table lacks {'fewer than 10' if lacking < 10 else f'{lacking:,}'} customers of result. "
            "Give a table of the same customers, with ids of the same type."
        )
    return np.array([by_id[value] for value in ids.tolist()])


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _signed(value: float, language: str, *, sign: bool = True) -> str:
    if math.isnan(value):
        return DASH
    return ("+" if sign and value > 0 else "") + number(round(value, 3), language)
