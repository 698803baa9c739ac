"""Markers: the features with the largest effects, with redundant features folded into one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools, Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import Candidate
from custseg.profiling.measures._intervals import Effect
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import MISSING, Term, condition_words
from custseg.texts import LANGUAGES, roundest, text, value_text

_MAX_MARKERS = 5
_BONUS = 0.2
"""Added to the absolute effect of features used for clustering, which readers look for first."""

Statement = tuple[Term, ...]
"""What a marker says: the share of customers that meet these terms, or without terms the medians."""

RankedMarker = tuple[Candidate, Statement, tuple[str, ...]]
"""A candidate, what is said of it, and the features that are folded into it."""


@dataclass(frozen=True)
class Marker:
    """A feature or category that sets a segment apart from all other customers.

    Attributes
    ----------
    feature : str
        The feature.
    category : str or None
        The category, for a categorical feature.
    effect : Effect
        Cliff's delta, or the difference of shares.
    texts : mapping of str to str
        Text by language, such as ``order_count 9 (others 2)``: the medians of members and others; where these are
        equal, the shares of values beyond a cut; for a category, and for a column of 0 and 1, the shares.
    folded : tuple of str
        Redundant features: the absolute rank correlation with this one is at least 0.8.
    """

    feature: str
    category: str | None
    effect: Effect
    texts: Mapping[str, str]
    folded: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.texts["en"]


def markers(
    candidates: Sequence[Candidate], statistics: ColumnStatistics, segment: int, *, preferred: Collection[str]
) -> list[RankedMarker]:
    """The candidates with the largest effects, each with the features folded into it.

    A group of correlated features is represented by one that is `preferred` (used for clustering), else by one that
    has words of its own in names, else by the one with the largest effect. A candidate of which nothing can be said
    without describing fewer than 10 customers is no marker.
    """
    correlations = statistics.correlations
    remaining = sorted(candidates, key=lambda c: -abs(c.effect.value) - _BONUS * (c.feature in preferred))
    with_words = text("en", "profiling", "traits")
    selected: list[RankedMarker] = []
    while remaining and len(selected) < _MAX_MARKERS:
        strongest = remaining[0]
        group = [c for c in remaining if c is strongest or correlations.redundant(strongest, c)]
        representative = min(group, key=lambda c: (c.feature not in preferred, c.feature not in with_words))
        group += [c for c in remaining if c not in group and correlations.redundant(representative, c)]
        remaining = [c for c in remaining if c not in group]
        statement = statement_of(representative, segment, statistics)
        if statement is not None:
            folded = dict.fromkeys(c.feature for c in group if c.feature != representative.feature)
            selected.append((representative, statement, tuple(folded)))
    return selected


def statement_of(candidate: Candidate, segment: int, statistics: ColumnStatistics) -> Statement | None:
    """What is said of a candidate: the medians where they differ as text, otherwise a share; None for nothing.

    The share is that of the values beyond the cut which sets members and others apart most. At an end of the range it
    is the share at the value: "rating 5", "app_user no".
    """
    feature, share = candidate.feature, candidate.share
    if share is not None:
        return (Term(feature, "==", share.value),)
    is_higher = candidate.effect.value > 0
    if statistics.is_flag(feature):
        term = Term(feature, "==", bool(is_higher))
        return (term,) if can_be_shown(statistics, (term,), segment) else None
    ranks, unit = statistics.ranked[feature], statistics.table.described[feature].unit
    medians = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
    differ = all(value_text(medians[0], unit, code) != value_text(medians[1], unit, code) for code in LANGUAGES)
    if differ and (medians[0] > medians[1]) == is_higher:
        return ()
    return _beyond_best_cut(statistics, feature, segment, is_higher=is_higher)


def _beyond_best_cut(
    statistics: ColumnStatistics, feature: str, segment: int, *, is_higher: bool
) -> tuple[Term] | None:
    """The values beyond the cut with the largest difference of shares; None where no cut can be shown."""
    values, labels = statistics.clustered_values(feature)
    grid, is_member = statistics.ranked[feature].grid, labels == segment
    bins = np.searchsorted(grid, values, side="right")
    under = np.array(
        [np.bincount(bins[group], minlength=len(grid) + 1).cumsum()[:-1] for group in (is_member, ~is_member)]
    )
    sizes = np.array([is_member.sum(), (~is_member).sum()])[:, None]
    hits = sizes - under if is_higher else under
    shares = hits / sizes
    gains = np.where(_are_large(hits, sizes).all(axis=0), shares[0] - shares[1], -np.inf)
    if not len(grid) or gains.max() <= 0:
        return None
    cut = int(gains.argmax())
    end = values[values >= grid[cut]] if is_higher else values[values < grid[cut]]
    if end.min() == end.max():
        return (Term(feature, "==", float(end[0])),)
    low = float(values[values < grid[cut]].max())
    bound = roundest(low, float(grid[cut]), whole=bool(low == int(low) and grid[cut] == int(grid[cut])))
    return (Term(feature, ">=" if is_higher else "<", float(grid[cut]) if bound is None else bound),)


def can_be_shown(statistics: ColumnStatistics, statement: Statement, segment: int) -> bool:
    """Whether no cell of the two shares has 1 to 9 customers."""
    hits, sizes = _counts(statistics, statement, segment)
    return bool(_are_large(hits, sizes).all())


def _are_large(hits: Integers, sizes: Integers) -> Bools:
    return ~(_is_small(hits) | _is_small(sizes - hits))


def _is_small(counts: Integers) -> Bools:
    return (counts > 0) & (counts < SMALLEST_GROUP)


def _counts(statistics: ColumnStatistics, terms: Sequence[Term], segment: int) -> tuple[Integers, Integers]:
    """Customers that meet the terms, and customers with a value, among members and others."""
    table, labels = statistics.table, statistics.labels
    holds = np.logical_and.reduce([term.holds(table, {}) for term in terms])
    # Shares are of the customers with a value, but for that of missing values.
    used = np.ones(len(table), dtype=bool)
    if terms[0].operator != MISSING:
        used = ~Term(terms[0].feature, MISSING).holds(table, {})
    groups = [(labels == segment) & used, (labels >= 0) & (labels != segment) & used]
    return np.array([int((group & holds).sum()) for group in groups]), np.array([int(group.sum()) for group in groups])


def marker_texts(
    candidate: Candidate, statement: Statement, segment: int, *, statistics: ColumnStatistics
) -> dict[str, str]:
    """The marker as text with the figures of members and of all others, by language."""
    feature, share, table = candidate.feature, candidate.share, statistics.table
    if not statement:
        ranks, unit = statistics.ranked[feature], table.described[feature].unit
        medians = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
        leads = {code: table.phrase(feature, code) for code in LANGUAGES}
        return {code: _compared(leads[code], medians, unit=unit, language=code) for code in LANGUAGES}
    if share is not None:
        shares: tuple[float | None, float | None] = share.share, share.others_share
    else:
        hits, sizes = _counts(statistics, statement, segment)
        shares = float(hits[0] / sizes[0]), float(hits[1] / sizes[1])
    return share_texts(statement, shares, table=table)


def share_texts(
    statement: Statement, shares: tuple[float | None, float | None], *, table: ProfileTable
) -> dict[str, str]:
    """The shares of members and of others that meet a statement as text, by language."""
    leads = {code: f"{condition_words(statement, table, code)}:" for code in LANGUAGES}
    return {code: _compared(leads[code], shares, unit="share", language=code) for code in LANGUAGES}


def _compared(lead: str, values: tuple[float | None, float | None], *, unit: str, language: str) -> str:
    members, others = (value_text(value, unit, language) for value in values)
    return f"{lead} {members} ({text(language, 'profiling', 'markers', 'others').format(others)})"
