"""Markers: the features with the largest effects, with redundant features folded into one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Bools, Floats
from custseg._privacy import SMALLEST_GROUP, share_bounds
from custseg.profiling._own_values import own_values
from custseg.profiling.markers._marker_texts import Statement, counts_of_terms, tells_apart
from custseg.profiling.markers._restated import same_customers, says_nothing
from custseg.profiling.measures._column_statistics import ABSTRACT, ColumnStatistics
from custseg.profiling.measures._effects import NEGLIGIBLE, Candidate, is_clear
from custseg.profiling.measures._intervals import Effect, share_difference
from custseg.profiling.measures._terms import OPERATORS, PRESENCE, Term
from custseg.texts import LANGUAGES, POINTS, median_text, roundest, text

_MAX_MARKERS, _ENOUGH_MARKERS = 5, 2
_DERIVED = 0.2
"""Taken off the absolute effect of what is derived from a log and was not clustered on: readers look for it last."""

_AT_AN_END = (0.9, 0.6)
"""Shares of members and of others from which a median at an end of the range stands for them without misleading."""
_END = 0.75
"""A cut at an end of the range, or near the members, is said if it sets apart so much of what the best one does."""
_CLOSE = 0.25
"""Medians that differ by less, relative to the larger one, may be nearly equal."""
_TELLING = 0.33
"""Absolute Cliff's delta, or difference of shares, under which a difference is small (Romano et al. 2006): two medians
read like the same one then, and a share that most members do not have is not said."""
_MOST, _HALF = 0.75, 0.5
"""The shares of the members for which a cut near them, and any cut, must hold."""

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
        close, or that of the members is at an end of the range, the shares of values at the end or beyond a cut that
        holds for most members; for a category, a code and a column of 0 and 1, the shares. A share reads "<17%" where
        1 to 9 customers have it, ">83%" where all but 1 to 9 do.
    folded : tuple of str
        Redundant features: the absolute rank correlation with this one is at least 0.8; of columns that are not from
        logs at least 0.9, also within the segments.
    language : str
        The language of `str(marker)`: that of the profile.
    """

    feature: str
    category: str | None
    effect: Effect
    texts: Mapping[str, str]
    folded: tuple[str, ...] = ()
    language: str = "en"

    def __str__(self) -> str:
        return self.texts[self.language]


def markers(
    candidates: Sequence[Candidate],
    statistics: ColumnStatistics,
    segment: int,
    *,
    preferred: Collection[str],
    named: Collection[str] = (),
    stated: Mapping[str, tuple[Term, ...]] | None = None,
) -> list[RankedMarker]:
    """The candidates with the largest effects, each with the features folded into it.

    A group of correlated features is represented by one whose figures people understand: counts and days before scores,
    and a figure before whether there is one. Of these it is one that is `named` in the name of the segment, else one
    that is `preferred` (used for clustering), else one that has words of its own in names, else the one with the
    largest effect. A candidate of which nothing can be said without describing fewer than 10 customers is no marker,
    nor is a small difference of medians. Derived figures that say little to most readers, such as unevenness of gaps,
    are markers only where others are few. A share is that of the bounds that are `stated` in the name, or of bounds
    next to the values of the members.
    """
    correlations = statistics.correlations
    derived = statistics.derived(preferred)
    remaining = sorted(candidates, key=lambda c: -abs(c.effect.value) + _DERIVED * (c.feature in derived))
    selected: list[RankedMarker] = []
    abstract: list[RankedMarker] = []
    while remaining and len(selected) < _MAX_MARKERS:
        strongest = remaining[0]
        group = [c for c in remaining if c is strongest or correlations.redundant(strongest, c)]
        representative = min(group, key=lambda c: _precedence(c, statistics, named=named, preferred=preferred))
        group += [c for c in remaining if c not in group and correlations.redundant(representative, c)]
        remaining = [c for c in remaining if c not in group]
        statement = statement_of(representative, segment, statistics)
        if statement is not None and not says_nothing(
            representative.feature, statement, segment, statistics=statistics
        ):
            statement = _by_members(statement, segment, statistics, stated=stated or {})
            folded = dict.fromkeys(c.feature for c in group if c.feature != representative.feature)
            is_abstract = statistics.table.described[representative.feature].unit in ABSTRACT
            is_spare = is_abstract and representative.feature in derived and representative.feature not in named
            added = representative, statement, tuple(folded)
            ours = representative.feature, statement
            twin = next((m for m in selected if same_customers(ours, (m[0].feature, m[1]), statistics)), None)
            if twin is None:
                (abstract if is_spare else selected).append(added)
            else:
                first, second = sorted(
                    (twin, added),
                    key=lambda marker: _plainness(marker[0], statistics, named=named, preferred=preferred),
                )
                selected[selected.index(twin)] = *first[:2], (*first[2], second[0].feature, *second[2])
    return [*selected, *abstract[: max(_ENOUGH_MARKERS - len(selected), 0)]]


def _plainness(
    candidate: Candidate, statistics: ColumnStatistics, *, named: Collection[str], preferred: Collection[str]
) -> tuple[bool, ...]:
    """Which of two columns that say the same of the same customers is plainer: a count before a smoothed rate."""
    is_shrunk = statistics.table.described[candidate.feature].shrunk
    return is_shrunk, *_precedence(candidate, statistics, named=named, preferred=preferred)


def _precedence(
    candidate: Candidate, statistics: ColumnStatistics, *, named: Collection[str], preferred: Collection[str]
) -> tuple[bool, ...]:
    feature, with_words = candidate.feature, text("en", "profiling", "traits")
    is_presence = any(term.operator in PRESENCE for term in candidate.terms)
    is_abstract = statistics.table.described[feature].unit in ABSTRACT
    return is_presence, is_abstract, feature not in named, feature not in preferred, feature not in with_words


def statement_of(candidate: Candidate, segment: int, statistics: ColumnStatistics) -> Statement | None:
    """What is said of a candidate: the medians where they tell members from others, otherwise a share; None for none.

    The share is that of the values beyond the cut which sets members and others apart most, and which most members are
    beyond. At an end of the range it is the share at the value: "rating 5: 96%", "app_user: no 98%".
    """
    feature, share = candidate.feature, candidate.share
    if share is not None:
        of_category = Statement((Term(feature, "==", share.value),))
        return of_category if share.share is not None else _if_shown(statistics, of_category, segment)
    if candidate.terms:
        return _if_shown(statistics, Statement(candidate.terms), segment)
    effect = candidate.effect.value
    if statistics.is_flag(feature):
        return _if_shown(statistics, Statement((Term(feature, "==", bool(effect > 0)),)), segment)
    codes = statistics.codes(feature)
    if codes:
        return _of_codes(statistics, feature, segment, effect=effect, codes=codes)
    ranks = statistics.ranked[feature]
    medians = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
    if _differ(statistics, feature, medians, effect=effect) and not _misleads(statistics, feature, segment):
        return Statement(medians=medians)
    return _beyond_best_cut(statistics, feature, segment, effect=effect)


def _by_members(
    statement: Statement, segment: int, statistics: ColumnStatistics, *, stated: Mapping[str, tuple[Term, ...]]
) -> Statement:
    """A share of bounds as that of the bounds in the name, or of those next to the members, where it tells as well.

    A name, a marker and a description with three bounds for one column would confuse.
    """
    if statement.medians is not None or statement.is_code:
        return statement
    feature = statement.terms[0].feature
    is_of_bounds = all(term.operator in OPERATORS and _is_number(term.value) for term in statement.terms)
    if not is_of_bounds or feature not in statistics.ranked or statistics.is_flag(feature):
        return statement
    terms = stated.get(feature)
    if terms is None:
        values, labels = statistics.clustered_values(feature)
        is_whole = bool((values == np.floor(values)).all())
        terms = own_values(values[labels == segment], says_last=is_whole).tightened(statement.terms)
    return _if_shown(statistics, Statement(terms), segment) or statement


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _differ(statistics: ColumnStatistics, feature: str, medians: tuple[float, float], *, effect: float) -> bool:
    """Whether two medians differ as text in every language, and in the direction of an effect that is not small."""
    unit = statistics.table.described[feature].unit
    differ = all(median_text(medians[0], unit, code) != median_text(medians[1], unit, code) for code in LANGUAGES)
    is_telling = abs(effect) >= _TELLING and (medians[0] > medians[1]) == (effect > 0)
    return differ and is_telling and not _nearly_equal(statistics, feature, medians)


def _nearly_equal(statistics: ColumnStatistics, feature: str, medians: tuple[float, float]) -> bool:
    """Whether two medians are close to each other, both by their size and by how far the values are spread."""
    values, _ = statistics.clustered_values(feature)
    low, high = (float(end) for end in np.quantile(values, (0.25, 0.75)))
    difference = abs(medians[0] - medians[1])
    return difference < min(NEGLIGIBLE * (high - low), _CLOSE * max(map(abs, medians)))


def _misleads(statistics: ColumnStatistics, feature: str, segment: int) -> bool:
    """Whether a median is at an end of the range, where half of the customers are enough to put it.

    Of the others only 0: "one order" is plain, but nothing stands for few where nearly half have something.
    """
    values, labels = statistics.clustered_values(feature)
    is_member, ranks = labels == segment, statistics.ranked[feature]
    ends = {float(values.min()), float(values.max())}
    medians = float(ranks.quantiles[segment][2]), float(ranks.others_medians[segment])
    return any(
        median in at and float((group == median).mean()) < limit
        for median, at, group, limit in zip(
            medians, (ends, ends & {0.0}), (values[is_member], values[~is_member]), _AT_AN_END, strict=True
        )
    )


def _of_codes(
    statistics: ColumnStatistics, feature: str, segment: int, *, effect: float, codes: Collection[float]
) -> Statement | None:
    """The share with a code where more members have it, beyond a cut where few do, or the medians of the others."""
    values, labels = statistics.clustered_values(feature)
    members = labels == segment
    gaps = {code: abs((values[members] == code).mean() - (values[~members] == code).mean()) for code in codes}
    code = max(gaps, key=lambda value: gaps[value])
    of_code = Statement((Term(feature, "==", code),), is_code=True)
    is_amount = ~np.isin(values, list(codes))
    groups = values[members & is_amount], values[~members & is_amount]
    is_seldom = (values[members] == code).mean() < (values[~members] == code).mean()
    if is_seldom and gaps[code] >= _TELLING:
        return _beyond_best_cut(statistics, feature, segment, effect=effect)
    if (is_seldom or gaps[code] < NEGLIGIBLE) and min(map(len, groups)) >= SMALLEST_GROUP:
        medians = float(np.median(groups[0])), float(np.median(groups[1]))
        if _differ(statistics, feature, medians, effect=effect):
            return Statement(medians=medians)
    return _if_shown(statistics, of_code, segment)


def _beyond_best_cut(statistics: ColumnStatistics, feature: str, segment: int, *, effect: float) -> Statement | None:
    """The values beyond the cut with the largest difference of shares; None where there is none to be shown.

    Where a cell has 1 to 9 customers, the difference counts as far as the bounds of the shares leave no doubt.
    """
    values, labels = statistics.clustered_values(feature)
    is_member, is_higher = labels == segment, effect > 0
    # The grid is of ranks: the second value is a cut as well, so that the share at the lowest one can be said.
    grid = np.union1d(statistics.ranked[feature].grid, values[values > values.min(initial=np.inf)].min(initial=np.inf))
    grid = grid[np.isfinite(grid)]
    if statistics.table.described[feature].unit == POINTS:
        grid = np.unique(np.round(grid, 1))
    bins = np.searchsorted(grid, values, side="right")
    under = np.array(
        [np.bincount(bins[group], minlength=len(grid) + 1).cumsum()[:-1] for group in (is_member, ~is_member)]
    )
    sizes = np.array([is_member.sum(), (~is_member).sum()])[:, None]
    low, high = share_bounds(sizes - under if is_higher else under, sizes)
    gains = low[0] - high[1]
    gains[~_may_be_said(gains, low[0], effect)] = -1.0
    if len(grid) < 2 or gains.max() <= 0 or sizes.min() < 2 * SMALLEST_GROUP:
        return None
    cut = _best_cut(gains, low[0], is_higher=is_higher)
    end = values[values >= grid[cut]] if is_higher else values[values < grid[cut]]
    if end.min() == end.max():
        return Statement((Term(feature, "==", float(end[0])),))
    below = values[values < grid[cut]]
    low_end, bound = float(below.max()), float(grid[cut])
    if is_higher and below.min() == low_end and bound != int(bound):
        return Statement((Term(feature, ">", low_end),))
    rounded = roundest(low_end, bound, whole=bool(low_end == int(low_end) and bound == int(bound)))
    return Statement((Term(feature, ">=" if is_higher else "<", bound if rounded is None else rounded),))


def _may_be_said(gains: Floats, shares: Floats, effect: float) -> Bools:
    """The cuts that say something of the segment: most members are beyond them, and the effect is not small.

    At the end of the range at which the members are it may be: there the share is that of one value, which readers see.
    At either end the share may also be that of a few members who have something, or nothing, unlike nearly all others.
    """
    cuts, ends = np.arange(len(gains)), (1, len(gains) - 1)
    is_telling = (abs(effect) >= _TELLING) | (cuts == ends[int(effect > 0)])
    is_said = (shares >= _HALF) & is_telling & (gains >= NEGLIGIBLE)
    return np.asarray(is_said | np.isin(cuts, ends) & (gains >= _TELLING))


def _best_cut(gains: Floats, shares: Floats, *, is_higher: bool) -> int:
    """The cut with the largest gain; before it one at an end of the range, or a tighter one, if nearly as good.

    First the end at which the members are, then the other one, at which the others are, then the cut that is nearest
    to the members and still holds for three quarters of them. The first value of the grid has nothing below it.
    """
    ends = [len(gains) - 1, 1] if is_higher else [1, len(gains) - 1]
    tight = np.flatnonzero(shares >= _MOST)
    nearest = tight[::-1] if is_higher else tight
    order = [*ends, *nearest.tolist()]
    return next((cut for cut in order if gains[cut] >= _END * gains.max()), int(gains.argmax()))


def statement_of_claim(
    terms: Sequence[Term], segment: int, statistics: ColumnStatistics, *, is_exact: bool
) -> tuple[Effect, Statement] | None:
    """What is said of the terms of a name on one column, with the effect; None where it cannot be said.

    Words of a name are said by their own bounds (`is_exact`). The bound of an archetype may be far from the members: of
    those who spent 23.7 or more all may have spent 500. What tells them from the others in its direction is said then.
    """
    feature, sides = terms[0].feature, {term.operator[0] for term in terms}
    effect = statistics.effect(feature, segment) if feature in statistics.ranked and not is_exact else None
    if effect is not None and is_clear(effect) and sides == {">" if effect.value > 0 else "<"}:
        statement = statement_of(Candidate(feature, effect), segment, statistics)
        if statement is not None:
            return effect, statement
    hits, sizes = counts_of_terms(statistics, terms)
    others = int(hits.sum() - hits[segment]), int(sizes.sum() - sizes[segment])
    difference = share_difference(int(hits[segment]), int(sizes[segment]), others=others)
    shown = _if_shown(statistics, Statement(tuple(terms)), segment)
    return (difference, shown) if shown is not None and is_clear(difference) else None


def _if_shown(statistics: ColumnStatistics, statement: Statement, segment: int) -> Statement | None:
    return statement if tells_apart(statistics, statement.terms, segment) else None
