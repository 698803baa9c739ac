"""The description of a segment without a common name: what is true of its members, as one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from custseg._numerics import Bools
from custseg.profiling._marker_texts import Statement, days_per_order, shares_as_text
from custseg.profiling._markers import RankedMarker
from custseg.profiling.measures._column_statistics import ColumnStatistics
from custseg.profiling.measures._effects import Candidate
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import MISSING, PRESENCE, Term, category_words, comparison_of, is_answer
from custseg.texts import (
    EXACT,
    LANGUAGES,
    SHARES,
    YEAR,
    amount,
    median_text,
    number,
    roundest,
    text,
    unit_beside,
)

_MOST_CLAIMS = 2
_CERTAIN, _MOST, _HALF = 0.75, 0.6, 0.5
"""Shares of the members of whom a bound is looked for first, who are "most of them", and who are "half of them"."""


@dataclass(frozen=True, eq=False)
class _Claim:
    """What is said of one column.

    Attributes
    ----------
    extent : {"most", "half", "share"}
        Of how many members: most, at least half, or the share of those with a value, which is said.
    terms : tuple of Term
        What is true of them.
    holds : ndarray of bool
        Which members meet the terms.
    others_median : float or None
        Median of all other customers, if it is said.
    is_code : bool
        Whether the value stands for something else than an amount.
    """

    extent: Literal["most", "half", "share"]
    terms: tuple[Term, ...]
    holds: Bools
    others_median: float | None = None
    is_code: bool = False


def described(markers: Sequence[RankedMarker], segment: int, statistics: ColumnStatistics) -> dict[str, str]:
    """The two strongest markers of a segment as one sentence in each language; empty where there is none.

    Of two medians the sentence says a round bound between them that most members keep and half of the others do not,
    or else the median, which half of the members keep. Bounds that most members keep together are said together.
    """
    claims = [
        claim
        for candidate, statement, _ in markers
        if (claim := _claim(candidate, statement, segment, statistics=statistics)) is not None
    ][:_MOST_CLAIMS]
    if not claims:
        return {}
    return {language: _sentence(claims, segment, statistics=statistics, language=language) for language in LANGUAGES}


def _claim(candidate: Candidate, statement: Statement, segment: int, *, statistics: ColumnStatistics) -> _Claim | None:
    """What is said of one column; None where it cannot be said plainly."""
    table, is_member = statistics.table, statistics.labels == segment
    if statement.medians is None:
        if shares_as_text(statistics, statement.terms, segment, language="en")[0] is None:
            return None
        holds = np.logical_and.reduce([term.holds(table, {}) for term in statement.terms])
        return _Claim("share", statement.terms, holds[is_member], is_code=statement.is_code)
    feature, medians = candidate.feature, statement.medians
    if days_per_order(medians, table.described[feature]) is not None:
        return None
    for extent, term in _bounds(feature, medians, segment, statistics=statistics):
        holds = term.holds(table, {})
        # Codes are no amounts, whatever side of the bound they are on.
        holds = holds & ~np.isin(table.values(feature), statistics.codes(feature)) & is_member
        if holds.sum() >= (_MOST if extent == "most" else _HALF) * is_member.sum():
            return _Claim(extent, (term,), holds[is_member], others_median=medians[1])
    return None


def _bounds(
    feature: str, medians: tuple[float, float], segment: int, *, statistics: ColumnStatistics
) -> Iterator[tuple[Literal["most", "half"], Term]]:
    """Bounds of the members, the most telling first: round ones on the way to the median of the others, the median."""
    values, labels = statistics.clustered_values(feature)
    members, is_higher = values[labels == segment], medians[0] > medians[1]
    is_whole = bool((values == np.floor(values)).all())
    for share in (_CERTAIN, _MOST):
        edge = float(np.quantile(members, 1 - share if is_higher else share, method="inverted_cdf"))
        # Rather near the members: "under 2,000" says little where the others have 2,069.
        for end in (edge / 2 + medians[1] / 2, medians[1]):
            low, high = (end, edge) if is_higher else (edge, end)
            bound = roundest(low, high, whole=is_whole)
            if bound is not None:
                yield "most", Term(feature, ">=" if is_higher else "<", bound)
    is_below = values < medians[0] if is_higher else values <= medians[0]
    low, high = float(values[is_below].max()), float(values[~is_below].min())
    bound = roundest(low, high, whole=is_whole)
    yield "half", Term(feature, ">=" if is_higher else "<", high if bound is None else bound)


def _sentence(claims: Sequence[_Claim], segment: int, *, statistics: ColumnStatistics, language: str) -> str:
    """The claims as one sentence: under one "most of them" where most members meet all of them."""
    words = text(language, "profiling", "sentence")
    predicates = [_predicate(claim, segment, statistics=statistics, language=language) for claim in claims]
    are_of_most = all(claim.extent == "most" for claim in claims)
    if are_of_most and np.logical_and.reduce([claim.holds for claim in claims]).mean() >= _MOST:
        sentence = str(words["most"]).format(words["and"].join(predicates))
    else:
        subjects = [_subject(claim, segment, statistics=statistics, language=language) for claim in claims]
        clauses = [form.format(predicate) for form, predicate in zip(subjects, predicates, strict=True)]
        sentence = str(words["and_between"]).join(clauses)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _predicate(claim: _Claim, segment: int, *, statistics: ColumnStatistics, language: str) -> str:
    """What is said of the members, with the figure of the others: "have income of under 40 (others typically 62)"."""
    words, table, term = text(language, "profiling", "sentence"), statistics.table, claim.terms[0]
    label = table.phrase(term.feature, language)
    if term.operator in PRESENCE:
        predicate = words["missing" if term.operator == MISSING else "known"].format(label=label)
    elif isinstance(term.value, (bool, str)):
        category = term.value if isinstance(term.value, str) else ("yes" if term.value else "no")
        form = "answer" if is_answer(term, table) else "category"
        predicate = words[form].format(label=label, value=category_words(category, language))
    elif claim.is_code:
        predicate = words["code"].format(label=label, value=number(term.value, language, digits=EXACT))
    else:
        predicate = _compared(claim.terms, table, language)
    if claim.others_median is not None:
        others = median_text(claim.others_median, table.described[term.feature].unit, language)
        return str(words["others_median"]).format(predicate, others)
    _, others_share = shares_as_text(statistics, claim.terms, segment, language=language)
    if others_share is None:
        return str(predicate)
    return str(words["others_share"]).format(predicate, _share_words(others_share, language))


def _compared(terms: Sequence[Term], table: ProfileTable, language: str) -> str:
    """A comparison of numbers with the units that the label does not say: "have income of at least 62"."""
    words, feature = text(language, "profiling", "sentence"), table.described[terms[0].feature]
    label, form_of_feature = table.phrase(feature.name, language), words["own"].get(feature.name)
    form, bounds = comparison_of(terms, table)
    is_own = form_of_feature is not None and not feature.labels
    unit = feature.unit if is_own or feature.unit in SHARES else unit_beside(label, feature.unit, language)
    # The unit follows the last number only, but each share has its own per cent sign.
    units = [unit if unit in (*SHARES, YEAR) else "", unit][-len(bounds) :]
    figures = [amount(b, u, language, genitive=form != "==", digits=EXACT) for b, u in zip(bounds, units, strict=True)]
    forms = text(language, "profiling", "terms") | (words["years"] if feature.unit == YEAR else {})
    value = str(forms[form]).format(*figures)
    if is_own:
        return str(words["one"].get(feature.name, form_of_feature) if form == "==" else form_of_feature).format(value)
    return str(words["equal" if form == "==" else "compared"]).format(label=label, value=value)


def _subject(claim: _Claim, segment: int, *, statistics: ColumnStatistics, language: str) -> str:
    """Of whom it is said, with braces for what."""
    words = text(language, "profiling", "sentence")
    if claim.extent != "share":
        return str(words[claim.extent])
    if claim.holds.all():
        return str(words["all"])
    share, _ = shares_as_text(statistics, claim.terms, segment, language=language)
    lacking = Term(claim.terms[0].feature, MISSING).holds(statistics.table, {}) & (statistics.labels == segment)
    is_of_all = claim.terms[0].operator in PRESENCE or not lacking.any()
    form = str(words["share" if is_of_all else "share_of_known"])
    return form.format("{}", share=_share_words(share or "", language))


def _share_words(share: str, language: str) -> str:
    """A share in a sentence: "98%", or "over 88%" for ">88%", where all but a few meet the terms."""
    words = text(language, "profiling", "sentence")
    form = {"<": "under", ">": "over"}.get(share[:1], "exactly")
    return str(words[form]).format(share.lstrip("<>"))
