"""Markers as text: what each says of a segment, with the figures of members and of all others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from custseg._numerics import Integers
from custseg._privacy import blurred, share_bounds, share_words
from custseg.feature_table import GIVEN_FAMILIES, Feature
from custseg.profiling.markers._coverage import coverage_text
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import NEGLIGIBLE, Candidate
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import MISSING, PRESENCE, Term, condition_words, is_answer
from custseg.texts import EXACT, LANGUAGES, ORDERS_PER_30_DAYS, amount, median_text, number, percent, text

_PERIOD = 30
"""Days of a rate of orders."""
_RATE = re.compile(r".*_per_(?:(?P<days>\d+)_?d(?:ays)?|month)", re.IGNORECASE)
"""Names of rates in a given table, with their days where these are not those of a month."""


@dataclass(frozen=True)
class Statement:
    """What a marker says: the medians of members and others, or the shares of customers that meet the terms."""

    terms: tuple[Term, ...] = ()
    medians: tuple[float, float] | None = None
    is_code: bool = False


def tells_apart(statistics: ColumnStatistics, terms: Sequence[Term], segment: int) -> bool:
    """Whether both shares can be shown, at least as bounds, and differ clearly as they are shown.

    Of 41 and 42 members ">77%" is left, which says nothing beside 77 % of the others.
    """
    if None in shares_as_text(statistics, terms, segment, language="en"):
        return False
    hits, sizes = counts_of_terms(statistics, terms)
    counts, totals = (np.array([n[segment], n.sum() - n[segment]]) for n in (hits, sizes))
    low, high = share_bounds(counts, totals)
    return bool(max(low[0] - high[1], low[1] - high[0]) >= NEGLIGIBLE)


def shares_as_text(
    statistics: ColumnStatistics, terms: Sequence[Term], segment: int, *, language: str
) -> tuple[str | None, str | None]:
    """The shares of members and of others that meet the terms, as text; None where they must not be shown.

    The others are summed from the blurred cells of their segments, so that the statements on two segments do not give
    a small cell away.
    """
    hits, sizes = counts_of_terms(statistics, terms)
    cells = blurred(np.stack([hits, sizes - hits], axis=1))
    outside = cells.sum(axis=0) - cells[segment]
    n_hits, n_others = int(hits.sum() - hits[segment]), int(sizes.sum() - sizes[segment])
    share_outside = float(outside[0] / outside.sum()) if outside.sum() else None
    return (
        share_words(int(hits[segment]), int(sizes[segment]), language),
        share_words(n_hits, n_others, language, shown=share_outside),
    )


def counts_of_terms(statistics: ColumnStatistics, terms: Sequence[Term]) -> tuple[Integers, Integers]:
    """Customers of each segment that meet the terms, and customers with a value."""
    table, labels = statistics.table, statistics.labels
    holds = np.logical_and.reduce([term.holds(table, {}) for term in terms])
    # Shares are of the customers with a value, but for that of missing values and of those with any.
    used = labels >= 0
    if terms[0].operator not in PRESENCE:
        used = used & ~Term(terms[0].feature, MISSING).holds(table, {})
    counts = [np.bincount(labels[group], minlength=statistics.n_segments) for group in (holds & used, used)]
    return counts[0], counts[1]


def marker_texts(
    candidate: Candidate, statement: Statement, segment: int, *, statistics: ColumnStatistics
) -> dict[str, str]:
    """The marker as text with the figures of members and of all others, by language; of whom, if many have no value."""
    return {
        code: _marker_text(candidate, statement, segment, statistics=statistics, language=code) for code in LANGUAGES
    }


def _marker_text(
    candidate: Candidate, statement: Statement, segment: int, *, statistics: ColumnStatistics, language: str
) -> str:
    table, share = statistics.table, candidate.share
    feature = table.described[candidate.feature]
    figures: tuple[str | None, str | None]
    if statement.medians is not None:
        lead = table.phrase(feature.name, language)
        days = days_per_order(statement.medians, feature)
        if days is not None:
            form = "one_order" if feature.unit == ORDERS_PER_30_DAYS and not feature.labels else "one_in"
            lead = text(language, "profiling", "markers", form).format(lead)
            figures = amount(days[0], "days", language), number(days[1], language)
        else:
            first, second = statement.medians
            figures = median_text(first, feature.unit, language), median_text(second, feature.unit, language)
    else:
        lead = _lead(statement, table, language)
        figures = shares_as_text(statistics, statement.terms, segment, language=language)
        if share is not None and share.share is not None:
            figures = percent(share.share, language), percent(share.others_share, language)
    is_of_all = any(term.operator in PRESENCE for term in statement.terms)
    coverage = None if is_of_all else coverage_text(statistics, feature.name, segment, language=language)
    return _compared(lead, figures, language, coverage=coverage)


def days_per_order(medians: tuple[float, float], feature: Feature) -> tuple[float, float] | None:
    """A rate as days for one, which people can imagine: of orders per 30 days those up to one a day.

    Of rates in a given table, such as trips_per_month, those under one per period; None for others, and for nothing.
    """
    if feature.unit == ORDERS_PER_30_DAYS and not feature.labels:
        period, largest = _PERIOD, float(_PERIOD)
    elif feature.family in GIVEN_FAMILIES and (rate := _RATE.fullmatch(feature.name)) is not None:
        period, largest = int(rate["days"] or _PERIOD), np.nextafter(1.0, 0.0)
    else:
        return None
    if not all(0 < median <= largest for median in medians):
        return None
    members, others = (round(period / median) for median in medians)
    return (members, others) if members != others else None


def _lead(statement: Statement, table: ProfileTable, language: str) -> str:
    """What the shares are of: "rating 5:", "app_user: yes", "pdays: code -1:"."""
    words = condition_words(statement.terms, table, language)
    if statement.is_code:
        feature, value = statement.terms[0].feature, statement.terms[0].value
        form = text(language, "profiling", "markers", "code")
        words = form.format(table.phrase(feature, language), number(float(value or 0), language, digits=EXACT))
    return words if is_answer(statement.terms[0], table) else f"{words}:"


def _compared(lead: str, figures: Sequence[str | None], language: str, *, coverage: str | None) -> str:
    members, others = figures
    words = text(language, "profiling", "markers")
    beside = str(words["others"]).format(others)
    if coverage is not None:
        beside = str(words["covered"]).format(figures=beside, coverage=coverage)
    return f"{lead} {members} ({beside})"
