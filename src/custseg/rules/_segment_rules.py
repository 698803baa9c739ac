"""`segment_rules`: one IF-THEN rule for each segment, and a set of rules that covers all customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_columns, check_integer, check_random_state
from custseg._frames import column_of, columns_of
from custseg._labels import read_labels
from custseg._numerics import Integers
from custseg._privacy import SMALLEST_GROUP
from custseg.rules._beam_search import Sample, best_conditions
from custseg.rules._conditions import Condition
from custseg.rules._input import columns_in_bins, given_columns, split_rows
from custseg.rules._results import Rule, RuleSet, SegmentRules, all_hold, labels_by
from custseg.rules._tree import covering_conditions
from custseg.texts import LANGUAGES, listed, text

_CALLER = "segment_rules"
_MAX_CONDITIONS = 6


def segment_rules(
    features: object,
    labels: object,
    *,
    columns: Sequence[str] | None = None,
    max_conditions: int = 3,
    names: Mapping[int, str] | Sequence[str] | None = None,
    customer_column: str | None = None,
    language: str = "en",
    random_state: int = 0,
) -> SegmentRules:
    """Describe each segment by a rule, and all segments by a set of rules that covers all customers.

    A rule is a conjunction of a few conditions with round thresholds. It is learned from 70 % of the customers of each
    segment, and its accuracy is measured on the others.

    Parameters
    ----------
    features : FeatureTable, table or mapping of str to array
        One row per customer, in the units that the rules shall use; columns other than numbers, booleans and text are
        left out.
    labels : array-like of int, shape (n_customers,)
        Segment of each customer, from any method. Customers without one (-1, None or NaN) are left out.
    columns : sequence of str, optional
        Columns that rules may use; by default all.
    max_conditions : int, default 3
        Maximum number of conditions of a rule, from 1 to 6. A range of one column is one condition.
    names : mapping of int to str, or sequence of str, optional
        Names of the segments.
    customer_column : str, optional
        Column of ids in a table; by default `customer_id`, else the first column.
    language : {"en", "ru"}, default "en"
        Language of the texts.
    random_state : int, default 0
        Seed of the split into training and held-out customers.

    Returns
    -------
    SegmentRules
        `rules`, the best one for each segment of at least ten customers; `rule_set`, rules that cover all customers,
        with their `fidelity`. Each rule has `text`, `sql`, `holds(features)`, `precision`, `recall` and `lift`.

    Raises
    ------
    DataError, TypeError, ValueError
        If columns are missing, labels have another length, or no customer has a segment.

    Notes
    -----
    A missing value never meets a bound; a condition can require that a value is missing, is known, or is either
    missing or in a range. Thresholds are the roundest numbers between neighboring quantiles, with at least ten
    customers in each range, so that no threshold discloses the value of one customer. Categories and segments of
    fewer than ten customers have no conditions and no rules; customers of such segments are left out.

    The single rule maximizes F1 less 0.005 per bound or category. The rule set is a pruned classification tree: exactly
    one rule holds for each customer, so the order of the rules does not matter.

    Duplicates within a segment are interchangeable in the split, so the order of the rows does not matter. Rules are
    learned from about 30,000 customers, with at least 1,000 of each segment where there are so many, and measured on
    up to 100,000.

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
    If order_count is at least 5, then segment 1 (Many): precision 100%, recall 100%, lift 1.3
    >>> rules.rules[1].sql
    '"order_count" >= 5 AND "order_count" IS NOT NULL'
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    max_conditions = check_integer(_CALLER, "max_conditions", max_conditions, minimum=1, maximum=_MAX_CONDITIONS)
    seed = check_random_state(_CALLER, random_state)
    table, templates = given_columns(features, _CALLER, customer_column=customer_column)
    table = _selected(table, columns)
    groups = read_labels(labels, len(table), _CALLER, allow_text=False)
    present, sizes = list(map(int, groups.segments)), np.bincount(groups.codes[groups.codes >= 0])
    all_names = dict(zip(present, _names(names, present, language), strict=True))
    segments = [segment for segment, size in zip(present, sizes, strict=True) if size >= SMALLEST_GROUP]
    if not segments:
        return SegmentRules((), RuleSet((), present[sizes.argmax()], None, 0, language))

    # Customers in no segment, or in one too small to be described, must not influence thresholds and categories.
    used = np.flatnonzero((groups.codes >= 0) & (sizes[groups.codes] >= SMALLEST_GROUP))
    codes = np.unique(groups.codes[used], return_inverse=True)[1]
    table = table[used]
    bins = columns_in_bins(table, templates)
    split = split_rows(table, codes, columns=bins, seed=seed)
    bin_codes = [column.codes(column_of(table, column.template.feature)[split.learned]) for column in bins]
    sample = Sample(bins, bin_codes, codes[split.learned], split.weights)
    single = [(code, best_conditions(sample, code, max_conditions=max_conditions)) for code in range(len(segments))]
    covering = covering_conditions(sample, max_conditions=max_conditions)

    held_out, truth = table[split.held_out], codes[split.held_out]
    segment_names = [all_names[segment] for segment in segments]
    evaluation = _Evaluation(held_out, truth, segments=segments, names=segment_names, language=language)
    rules = sorted((evaluation.rule(code, conditions) for code, conditions in covering), key=lambda rule: rule.segment)
    largest = segments[int(np.argmax(sample.sizes))]
    rule_set = RuleSet(tuple(rules), largest, evaluation.fidelity(rules, largest), len(truth), language)
    # The trivial rule would hide that there are segments which are too small to be described.
    allow_trivial = len(present) == 1
    best = (evaluation.rule(code, conditions) for code, conditions in single if conditions or allow_trivial)
    return SegmentRules(tuple(best), rule_set)


@dataclass(frozen=True, eq=False)
class _Evaluation:
    """Measures rules on held-out customers."""

    held_out: nw.DataFrame[Any]
    truth: Integers
    segments: Sequence[int]
    names: Sequence[str]
    language: str

    def rule(self, code: int, conditions: tuple[Condition, ...]) -> Rule:
        """The conditions as a rule, with its precision, recall and lift."""
        members, selected = self.truth == code, all_hold(conditions, self.held_out)
        n_members, n_selected, n_hits = int(members.sum()), int(selected.sum()), int((members & selected).sum())
        enough = n_members >= SMALLEST_GROUP
        precision = n_hits / n_selected if enough and n_selected >= SMALLEST_GROUP else None
        return Rule(
            segment=self.segments[code],
            name=self.names[code],
            conditions=conditions,
            precision=precision,
            recall=n_hits / n_members if enough else None,
            lift=None if precision is None else precision * len(members) / n_members,
            measured_on=len(members),
            language=self.language,
        )

    def fidelity(self, rules: Sequence[Rule], otherwise: int) -> float | None:
        """Share of the held-out customers whose segment the rules predict; None under ten customers."""
        if len(self.truth) < SMALLEST_GROUP:
            return None
        return float((labels_by(rules, self.held_out, otherwise) == np.array(self.segments)[self.truth]).mean())


def _selected(table: nw.DataFrame[Any], columns: Sequence[str] | None) -> nw.DataFrame[Any]:
    if columns is None:
        return table
    if not isinstance(columns, (list, tuple)) or not all(isinstance(name, str) for name in columns):
        raise TypeError(f"{_CALLER}: columns must be a list of feature names, got {columns!r}.")
    if not columns or len(set(columns)) < len(columns):
        raise ValueError(f"{_CALLER}: columns must name each feature once, got {list(columns)}.")
    check_columns(_CALLER, {f"columns[{index}]": name for index, name in enumerate(columns)}, table.columns)
    return columns_of(table, columns)


def _names(names: object, segments: Sequence[int], language: str) -> list[str]:
    """The name of each segment."""
    if names is None:
        return [text(language, "rules", "segment").format(segment) for segment in segments]
    if isinstance(names, str) or not isinstance(names, (Mapping, Sequence)):
        raise TypeError(f"{_CALLER}: names must map segments to names, or list them, got {type(names).__name__}.")
    by_segment = names if isinstance(names, Mapping) else dict(enumerate(names))
    if unnamed := [segment for segment in segments if segment not in by_segment]:
        raise ValueError(f"{_CALLER}: names lacks the segments {listed(unnamed)}. Name all of {listed(segments)}.")
    if wrong := [segment for segment in segments if not isinstance(by_segment[segment], str)]:
        raise TypeError(f"{_CALLER}: names must be text, but those of the segments {listed(wrong)} are not.")
    return [by_segment[segment] for segment in segments]
