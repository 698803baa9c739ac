"""Markers: the features with the largest effects, with redundant features folded into one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from custseg._privacy import SMALLEST_GROUP
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import Candidate, RankCorrelations
from custseg.profiling.measures._intervals import Effect
from custseg.texts import LANGUAGES, SHARES, number, percent, single_line, text

_MAX_MARKERS = 5
_BONUS = 0.2
"""Added to the absolute effect of features used for clustering, which readers look for first."""

RankedMarker = tuple[Candidate, tuple[str, ...]]
"""A candidate, and the features that are folded into it."""


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
        equal, the shares beyond the median; for a category, and for a column of 0 and 1, the shares.
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
    candidates: Sequence[Candidate], correlations: RankCorrelations, *, preferred: Collection[str]
) -> list[RankedMarker]:
    """The candidates with the largest effects, each with the features folded into it.

    A group of correlated features is represented by one that is `preferred` (used for clustering), else by one that
    has words of its own in names, else by the one with the largest effect.
    """
    remaining = sorted(candidates, key=lambda c: -abs(c.effect.value) - _BONUS * (c.feature in preferred))
    with_words = text("en", "profiling", "traits")
    selected: list[RankedMarker] = []
    while remaining and len(selected) < _MAX_MARKERS:
        strongest = remaining[0]
        group = [c for c in remaining if c is strongest or correlations.redundant(strongest, c)]
        representative = min(group, key=lambda c: (c.feature not in preferred, c.feature not in with_words))
        group += [c for c in remaining if c not in group and correlations.redundant(representative, c)]
        remaining = [c for c in remaining if c not in group]
        folded = dict.fromkeys(c.feature for c in group if c.feature != representative.feature)
        selected.append((representative, tuple(folded)))
    return selected


def value_text(value: float | None, unit: str, language: str = "en") -> str:
    """A value of a feature as text: shares as percentages, other units as plain numbers."""
    return percent(value, language) if unit in SHARES else number(value, language)


def marker_texts(candidate: Candidate, segment: int, statistics: ColumnStatistics) -> dict[str, str]:
    """The marker as text with the figures of members and of all others, by language."""
    feature, share, is_higher = candidate.feature, candidate.share, candidate.effect.value > 0
    if share is not None:
        lead = f"{single_line(feature)} {single_line(share.value)}:"
        return {
            code: _compared(lead, (share.share, share.others_share), unit="share", language=code) for code in LANGUAGES
        }
    ranks, unit = statistics.ranked[feature], statistics.table.described[feature].unit
    if statistics.is_flag(feature) and (shares := _shares_beyond(statistics, feature, segment, bound=0.5, above=True)):
        return {code: _compared(f"{single_line(feature)}:", shares, unit="share", language=code) for code in LANGUAGES}
    medians = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
    shares = None
    if value_text(medians[0], unit) == value_text(medians[1], unit):
        shares = _shares_beyond(statistics, feature, segment, bound=medians[1], above=is_higher)
    if shares is None:
        return {code: _compared(single_line(feature), medians, unit=unit, language=code) for code in LANGUAGES}
    texts = {}
    for code in LANGUAGES:
        side = text(code, "profiling", "markers", "above" if is_higher else "below")
        lead = f"{single_line(feature)} {side.format(value_text(medians[1], unit, code))}"
        texts[code] = _compared(lead, shares, unit="share", language=code)
    return texts


def _compared(lead: str, values: tuple[float | None, float | None], *, unit: str, language: str) -> str:
    members, others = (value_text(value, unit, language) for value in values)
    return f"{lead} {members} ({text(language, 'profiling', 'markers', 'others').format(others)})"


def _shares_beyond(
    statistics: ColumnStatistics, feature: str, segment: int, *, bound: float, above: bool
) -> tuple[float, float] | None:
    """Shares of members and of others beyond the bound; None where a cell is too small to be shown."""
    values, labels = statistics.clustered_values(feature)
    beyond_bound = values > bound if above else values < bound
    shares = []
    for group in (labels == segment, labels != segment):
        n, hits = int(group.sum()), int((group & beyond_bound).sum())
        if 0 < hits < SMALLEST_GROUP or 0 < n - hits < SMALLEST_GROUP:
            return None
        shares.append(hits / n)
    return shares[0], shares[1]
