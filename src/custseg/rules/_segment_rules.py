"""Segments as rules in human units: one IF-THEN for each, and a set that covers everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from custseg._checks import check_choice, check_columns, check_integer, check_random_state
from custseg._format import listed
from custseg._frames import column_of, columns_of
from custseg._texts import LANGUAGES
from custseg.rules._beam_search import Sample, best_terms
from custseg.rules._bins import FEWEST
from custseg.rules._conditions import Term
from custseg.rules._input import checked_labels, columns_in_bins, given_columns, split_rows
from custseg.rules._results import Rule, RuleSet, SegmentRules, all_hold, labels_by
from custseg.rules._tree import covering_terms

_CALLER = "segment_rules"
_MOST_TERMS = 6


def segment_rules(
    features: object,
    labels: object,
    *,
    columns: Sequence[str] | None = None,
    max_terms: int = 3,
    names: Mapping[int, str] | Sequence[str] | None = None,
    customer_column: str | None = None,
    language: str = "en",
    random_state: int = 0,
) -> SegmentRules:
    """Say each segment as a rule in human units, and all of them as a set of rules that covers everybody.

    A rule is a few terms with round thresholds, joined by "and". It is learned from seven in ten customers
    of each segment and measured on the others.

    Parameters
    ----------
    features : FeatureTable, table or mapping of str to array
        One row per customer in human units: numbers, booleans, text; other kinds of columns are left out.
    labels : array of int, shape (n_customers,)
        Segment of each customer, from any origin; -1 for customers without one, who are left out.
    columns : sequence of str, optional
        Columns that rules may name; by default all.
    max_terms : int, default 3
        Most terms of a rule, from 1 to 6. A range of one column is one term.
    names : mapping of int to str, or sequence of str, optional
        Names of the segments.
    customer_column : str, optional
        Column of ids in a table; by default `customer_id`, or else the first column.
    language : {"en", "ru"}, default "en"
        Of the text.
    random_state : int, default 0
        Seed of who is held out.

    Returns
    -------
    SegmentRules
        `rules`, the best one of each segment of ten or more; `rule_set`, one or more of each that cover everybody, with
        `fidelity`. Each has `text`, `sql`, `holds(features)`, `precision`, `recall` and `lift`.

    Raises
    ------
    DataError, TypeError, ValueError
        If columns are missing, labels have another length, or no customer has a segment.

    Notes
    -----
    A missing value never fulfils a bound; a term may say that a value is missing, known, or either missing
    or in a range. Thresholds are the roundest numbers between neighboring quantiles, each among at least ten
    customers, so that no threshold is the value of one; no category of fewer than ten customers is named,
    and no rule is learned from fewer. A segment of fewer than ten has no rule, neither its own nor in the set, and its
    customers are left out.

    The single rule has the largest F1 less 0.005 for each bound it takes to say it. The rule set is a pruned
    tree: exactly one rule holds for each customer, so their order is of no matter.

    Equal customers of one segment may stand in for each other in the split, so the order of the rows does
    not matter. Rules are learned from about 30,000 customers, at least 1,000 of each segment where there are
    so many, and measured on 100,000.

    References
    ----------
    Breiman, L., Friedman, J., Olshen, R. and Stone, C. (1984), Classification and Regression Trees, Wadsworth.

    Friedman, J. and Fisher, N. (1999), Bump hunting in high-dimensional data, Statistics and Computing 9,
    123-143, doi:10.1023/A:1008894516817

    Examples
    --------
    >>> import numpy as np
    >>> from custseg.rules import segment_rules
    >>> orders = np.arange(1, 201) % 20
    >>> rules = segment_rules({"order_count": orders}, (orders >= 5).astype(int), names=["Few", "Many"])
    >>> rules.rules[1]
    If order_count at least 5, then Many: precision 100%, recall 100%, lift 1.3
    >>> rules.rules[1].sql
    '"order_count" >= 5 AND "order_count" IS NOT NULL'
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    most = check_integer(_CALLER, "max_terms", max_terms, minimum=1, maximum=_MOST_TERMS)
    seed = check_random_state(_CALLER, random_state)
    table, units = given_columns(features, _CALLER, customer_column=customer_column)
    table = _chosen(table, columns)
    known = checked_labels(labels, len(table), _CALLER)
    present, sizes = np.unique(known[known >= 0], return_counts=True)
    called_all = dict(zip(present.tolist(), _names(names, present.tolist(), language), strict=True))
    segments: list[int] = present[sizes >= FEWEST].tolist()
    if not segments:
        return SegmentRules((), RuleSet((), int(present[sizes.argmax()]), None, 0, language))
    called = [called_all[segment] for segment in segments]

    # Those without a segment, or in one too small to describe, have no part in thresholds, categories or gaps.
    inside = np.flatnonzero(np.isin(known, segments))
    table, places = table[inside], np.searchsorted(segments, known[inside])
    bins = columns_in_bins(table, units)
    split = split_rows(table, places, columns=bins, seed=seed)
    codes = [column.codes(column_of(table, column.about.feature)[split.learned]) for column in bins]
    sample = Sample(bins, codes, places[split.learned], split.weights)
    single = [(place, best_terms(sample, place, max_terms=most)) for place in range(len(segments))]
    covering = covering_terms(sample, max_terms=most)

    held_out, truth = table[split.held_out], places[split.held_out]
    measure = _Measure(held_out, truth, segments=segments, names=called, language=language)
    rules = tuple(measure.rule(place, terms) for place, terms in covering)
    ranked = tuple(sorted(rules, key=lambda rule: rule.segment))
    largest = segments[int(np.argmax(sample.sizes))]
    rule_set = RuleSet(ranked, largest, measure.fidelity(ranked, largest), len(truth), language)
    # A rule for anyone would hide that there are others, of whom nothing may be said.
    alone = len(present) == 1
    return SegmentRules(tuple(measure.rule(place, terms) for place, terms in single if terms or alone), rule_set)


@dataclass(frozen=True, eq=False)
class _Measure:
    """Measures rules on customers that they were not learned from."""

    held_out: nw.DataFrame[Any]
    truth: NDArray[np.intp]
    segments: Sequence[int]
    names: Sequence[str]
    language: str

    def rule(self, place: int, terms: tuple[Term, ...]) -> Rule:
        """The terms as a rule, with its precision, recall and lift."""
        own, held = self.truth == place, all_hold(terms, self.held_out)
        members, found = int(own.sum()), int((own & held).sum())
        enough = members >= FEWEST
        precision = found / int(held.sum()) if enough and held.sum() >= FEWEST else None
        return Rule(
            segment=self.segments[place],
            name=self.names[place],
            terms=terms,
            precision=precision,
            recall=found / members if enough else None,
            lift=None if precision is None else precision * len(own) / members,
            measured_on=len(own),
            language=self.language,
        )

    def fidelity(self, rules: Sequence[Rule], otherwise: int) -> float | None:
        """Share of the held-out customers that the rules put in their own segment."""
        if len(self.truth) < FEWEST:
            return None
        return float((labels_by(rules, self.held_out, otherwise) == np.array(self.segments)[self.truth]).mean())


def _chosen(table: nw.DataFrame[Any], columns: Sequence[str] | None) -> nw.DataFrame[Any]:
    if columns is None:
        return table
    if not isinstance(columns, (list, tuple)) or not all(isinstance(name, str) for name in columns):
        raise TypeError(f"{_CALLER}: columns must be a list of feature names, got {columns!r}.")
    if not columns or len(set(columns)) < len(columns):
        raise ValueError(f"{_CALLER}: columns must name each feature once, got {list(columns)}.")
    check_columns(_CALLER, {f"columns[{place}]": name for place, name in enumerate(columns)}, table.columns)
    return columns_of(table, columns)


def _names(names: object, segments: Sequence[int], language: str) -> list[str]:
    """The name of each segment."""
    word = {"en": "segment", "ru": "сегмент"}[language]
    if names is None:
        return [f"{word} {segment}" for segment in segments]
    if isinstance(names, str) or not isinstance(names, (Mapping, Sequence)):
        raise TypeError(f"{_CALLER}: names must map segments to names, or list them, got {type(names).__name__}.")
    given = names if isinstance(names, Mapping) else dict(enumerate(names))
    if unnamed := [segment for segment in segments if segment not in given]:
        raise ValueError(f"{_CALLER}: names lacks the segments {listed(unnamed)}. Name all of {listed(segments)}.")
    if wrong := [segment for segment in segments if not isinstance(given[segment], str)]:
        raise TypeError(f"{_CALLER}: names must be text, but those of the segments {listed(wrong)} are not.")
    return [given[segment] for segment in segments]
