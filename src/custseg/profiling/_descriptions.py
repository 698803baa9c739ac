"""The description of a segment without a common name: what is true of its members, as one sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from custseg._column_kinds import is_counted_name
from custseg._numerics import Bools, Floats
from custseg._privacy import SMALLEST_TAIL
from custseg.profiling._own_values import own_values
from custseg.profiling.markers._coverage import coverage_text
from custseg.profiling.markers._marker_texts import Statement, days_per_order, shares_as_text
from custseg.profiling.markers._markers import RankedMarker
from custseg.profiling.measures._column_statistics import ColumnStatistics, is_on_scale
from custseg.profiling.measures._effects import Candidate
from custseg.profiling.measures._table import ProfileTable
from custseg.profiling.measures._terms import (
    MISSING,
    OPERATORS,
    PRESENCE,
    Term,
    category_words,
    comparison_of,
    is_answer,
)
from custseg.texts import (
    EXACT,
    LANGUAGES,
    SHARES,
    YEAR,
    amount,
    median_text,
    number,
    plural_form,
    roundest,
    text,
    unit_beside,
)

_MOST_CLAIMS = 2
_WORD = re.compile(r"[^\W_]+")
_OWN_UNITS = {
    "recency_days": "days", "age_days": "days", "gap_days_mean": "days", "days_since_click": "days",
    "days_since_visit": "days", "order_count": "orders", "sessions": "sessions", "emails_delivered": "mails",
}  # fmt: skip
"""Units of the features that sentences speak of in a way of their own."""
_CERTAIN, _MOST, _HALF = 0.75, 0.6, 0.5
"""Shares of the members of whom a bound is looked for first, who are "most of them", and who are "half of them"."""
_OTHERS = 0.5
"""A bound that more of the others keep says little."""
_TAILS = (0.1, 0.25)
"""Shares of the members beyond either end of a range; the first is asked of enough members for such a quantile."""
_FEWEST_QUESTIONS = 3
"""So many columns on one scale are the answers to a questionnaire."""
_BEYOND = 0.1
"""A range has two ends where so large a part of the others is beyond the farther one."""

Extent = Literal["all", "most", "half", "share"]


@dataclass(frozen=True, eq=False)
class _Claim:
    """What is said of one column.

    Attributes
    ----------
    extent : {"all", "most", "half", "share"}
        Of how many members: all, most, at least half, or the share of those with a value, which is said.
    terms : tuple of Term
        What is true of them.
    holds : ndarray of bool
        Which members meet the terms.
    others_median : float or None
        Median of all other customers, if it is said.
    is_code : bool
        Whether the value stands for something else than an amount.
    """

    extent: Extent
    terms: tuple[Term, ...]
    holds: Bools
    others_median: float | None = None
    is_code: bool = False


def described(
    markers: Sequence[RankedMarker],
    segment: int,
    statistics: ColumnStatistics,
    *,
    stated: Mapping[str, tuple[Term, ...]] | None = None,
) -> dict[str, str]:
    """The two strongest markers of a segment as one sentence in each language; empty where there is none.

    Of two medians the sentence says within which round bounds four fifths of the members or more are, and at most half
    of the others; else a bound that most members keep, or the median, which half of them keep. Of a column with bounds
    that are `stated`, such as those in the name, it says these. Bounds that most members keep together are said
    together.
    """
    claims = [
        claim
        for candidate, statement, _ in markers
        if (claim := _claim(candidate, statement, segment, statistics=statistics, stated=stated or {})) is not None
    ][:_MOST_CLAIMS]
    if not claims:
        return {}
    return {
        language: _sentence(claims, segment, statistics=statistics, language=language)
        + _alike(segment, statistics, language)
        for language in LANGUAGES
    }


def _alike(segment: int, statistics: ColumnStatistics, language: str) -> str:
    """That most members gave one answer to all questions, and which, where most others did not; else empty."""
    names = _questions(statistics)
    if not names:
        return ""
    answers = np.stack([statistics.table.values(name) for name in names])
    is_alike, is_member = (answers == answers[0]).all(axis=0), statistics.labels == segment
    is_other = ~is_member & (statistics.labels >= 0)
    if is_alike[is_member].mean() < _MOST or is_alike[is_other].mean() > _OTHERS:
        return ""
    usual = float(np.median(answers[0][is_member & is_alike]))
    is_usual = is_alike & (answers[0] == usual)
    form = text(language, "profiling", "sentence", "alike" if is_usual[is_member].mean() >= _MOST else "any_alike")
    return f" {str(form).format(number(usual, language))}"


def _questions(statistics: ColumnStatistics) -> list[str]:
    """The columns with answers to the questions of a questionnaire, all on one scale; none of fewer than three."""
    ends = {
        name: float(grid[-1])
        for name in statistics.table.clustering_columns
        if name in statistics.ranked and is_on_scale(grid := statistics.ranked[name].grid) and grid[0] >= 1
    }
    usual = Counter(ends.values()).most_common(1)
    names = [name for name, end in ends.items() if end == usual[0][0]]
    return names if len(names) >= _FEWEST_QUESTIONS else []


def _claim(
    candidate: Candidate,
    statement: Statement,
    segment: int,
    *,
    statistics: ColumnStatistics,
    stated: Mapping[str, tuple[Term, ...]],
) -> _Claim | None:
    """What is said of one column; None where it cannot be said plainly."""
    table, is_member = statistics.table, statistics.labels == segment
    if statement.medians is None:
        terms = statement.terms
        if shares_as_text(statistics, terms, segment, language="en")[0] is None:
            return None
        holds = np.logical_and.reduce([term.holds(table, {}) for term in terms])
        return _Claim("share", terms, holds[is_member], is_code=statement.is_code)
    feature, medians = candidate.feature, statement.medians
    if feature not in stated and days_per_order(medians, table.described[feature]) is not None:
        return None
    bounds = _bounds(feature, medians, segment, statistics=statistics)
    if feature in stated:
        bounds = iter([("most", stated[feature])])
    for extent, terms in bounds:
        holds = np.logical_and.reduce([term.holds(table, {}) for term in terms])
        # Codes are no amounts, whatever side of the bound they are on.
        holds = (holds & ~np.isin(table.values(feature), statistics.codes(feature)))[is_member]
        if holds.mean() >= (_MOST if extent == "most" else _HALF):
            return _Claim("all" if holds.all() else extent, terms, holds, others_median=medians[1])
    return None


def _bounds(
    feature: str, medians: tuple[float, float], segment: int, *, statistics: ColumnStatistics
) -> Iterator[tuple[Extent, tuple[Term, ...]]]:
    """Bounds of the members, the most telling first: their own, round ones towards the others, the median."""
    values, labels = statistics.clustered_values(feature)
    is_member, is_higher = labels == segment, medians[0] > medians[1]
    members, others = values[is_member], values[~is_member]
    is_whole = bool((values == np.floor(values)).all())
    if terms := _own_bounds(feature, members, others, is_higher=is_higher):
        yield "most", terms
    for share in (_CERTAIN, _MOST):
        edge = float(np.quantile(members, 1 - share if is_higher else share, method="inverted_cdf"))
        # Rather near the members: "under 2,000" says little where the others have 2,069.
        for end in (edge / 2 + medians[1] / 2, medians[1]):
            low, high = (end, edge) if is_higher else (edge, end)
            bound = roundest(low, high, whole=is_whole, near=edge)
            if bound is not None:
                yield "most", (Term(feature, ">=" if is_higher else "<", bound),)
    is_below = values < medians[0] if is_higher else values <= medians[0]
    low, high = float(values[is_below].max()), float(values[~is_below].min())
    bound = roundest(low, high, whole=is_whole)
    yield "half", (Term(feature, ">=" if is_higher else "<", high if bound is None else bound),)


def _own_bounds(feature: str, members: Floats, others: Floats, *, is_higher: bool) -> tuple[Term, ...]:
    """Round bounds between which most members are: of four fifths or of half of them, whichever tell more.

    Without the farther one where few others are beyond it. Empty where at least half of the others keep them.
    """
    is_whole = bool((members == np.floor(members)).all() and (others == np.floor(others)).all())
    best, largest = tuple[Term, ...](), 0.0
    for tail in _TAILS[len(members) < SMALLEST_TAIL :]:
        typical = own_values(members, says_last=is_whole, tail=tail)
        terms = typical.central(feature)
        if typical.center[0] == typical.center[1]:
            terms = (Term(feature, "==", typical.center[0]),)
        elif terms:
            near, far = terms if is_higher else terms[::-1]
            terms = terms if (~_is_met((far,), others)).mean() >= _BEYOND else (near,)
        shares = [float(_is_met(terms, values).mean()) if terms else 1.0 for values in (members, others)]
        if shares[0] >= _MOST and shares[1] <= _OTHERS and shares[0] - shares[1] > largest:
            best, largest = terms, shares[0] - shares[1]
    return best


def _is_met(terms: Sequence[Term], values: Floats) -> Bools:
    return np.asarray(np.logical_and.reduce([OPERATORS[term.operator](values, term.value) for term in terms]))


def _sentence(claims: Sequence[_Claim], segment: int, *, statistics: ColumnStatistics, language: str) -> str:
    """The claims as one sentence: under one "all" or "most of them" where these members meet all of them."""
    words = text(language, "profiling", "sentence")
    predicates = [_predicate(claim, segment, statistics=statistics, language=language) for claim in claims]
    are_of_all = all(claim.holds.all() for claim in claims)
    are_of_most = all(claim.extent == "most" for claim in claims)
    if are_of_all or (are_of_most and np.logical_and.reduce([claim.holds for claim in claims]).mean() >= _MOST):
        first, *further = predicates
        # "have income of 40 and visits of 5" has one verb.
        if first.startswith(words["verb"]):
            further = [predicate.removeprefix(words["verb"]) for predicate in further]
        sentence = str(words["all" if are_of_all else "most"]).format(words["and"].join([first, *further]))
    else:
        subjects = [_subject(claim, segment, statistics=statistics, language=language) for claim in claims]
        is_again = subjects == [words["most"]] * len(subjects)  # most of them each, but not the same ones
        subjects = [subjects[0], *[words["most_again"] if is_again else subject for subject in subjects[1:]]]
        clauses = [form.format(predicate) for form, predicate in zip(subjects, predicates, strict=True)]
        sentence = str(words["and_again" if is_again else "and_between"]).join(clauses)
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
        unit = table.described[term.feature].unit
        predicate = words[form].format(label=label, value=category_words(category, unit, language))
    elif claim.is_code:
        predicate = words["code"].format(label=label, value=number(term.value, language, digits=EXACT))
    else:
        predicate = _compared(claim.terms, table, language, questions=_questions(statistics))
    if claim.others_median is not None:
        others = median_text(claim.others_median, table.described[term.feature].unit, language)
        coverage = coverage_text(statistics, term.feature, segment, language=language)
        form = str(words["others_median" if coverage is None else "others_median_covered"])
        return form.format(predicate, others, coverage)
    _, others_share = shares_as_text(statistics, claim.terms, segment, language=language)
    if others_share is None:
        return str(predicate)
    return str(words["others_share"]).format(predicate, _share_words(others_share, language))


def _compared(terms: Sequence[Term], table: ProfileTable, language: str, *, questions: Collection[str]) -> str:
    """A comparison of numbers with the units that the label does not say: "have income of at least 62"."""
    words, feature = text(language, "profiling", "sentence"), table.described[terms[0].feature]
    label, form_of_feature = table.phrase(feature.name, language), words["own"].get(feature.name)
    form, bounds = comparison_of(terms, table)
    is_own = form_of_feature is not None and not feature.labels
    # A ready table has no units: "last ordered 540 ago".
    own_unit = feature.unit or _OWN_UNITS.get(feature.name, "")
    unit = (
        own_unit if is_own else feature.unit if feature.unit in SHARES else unit_beside(label, feature.unit, language)
    )
    # The unit follows the last number only, but each share has its own per cent sign.
    units = [unit if unit in (*SHARES, YEAR) else "", unit][-len(bounds) :]
    figures = [amount(b, u, language, genitive=form != "==", digits=EXACT) for b, u in zip(bounds, units, strict=True)]
    forms = text(language, "profiling", "terms") | (words["years"] if feature.unit == YEAR else {})
    value = str(forms[form]).format(*figures)
    if is_own:
        of_one = words["one"].get(feature.name) if form == "==" else None
        sentence = form_of_feature if of_one is None else plural_form(bounds[-1], of_one, language)
        return str(sentence).format(value)
    # "1 visits" has no plural.
    is_counted = not unit and bounds[-1] != 1 and is_counted_name(label) and feature.name not in questions
    is_none = form == "==" and not bounds[0]
    key = "counted" if is_counted else "equal" if form == "==" else "compared"
    key = ("none" if is_counted else "zero") if is_none and not unit else key
    # Who "likes coffee" by 2 of 5 has not 2 likes.
    if feature.name in questions and len(_WORD.findall(label)) > 1:
        key = "answered"
    # A label of the user's own need not agree with "at least 1".
    key = f"{key}_label" if key in ("compared", "counted") and language in feature.labels else key
    return str(words[key]).format(label=label, value=value)


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
