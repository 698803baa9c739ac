"""`segment_rules`: one IF-THEN rule for each segment, and a set of rules that covers all customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from custseg._checks import check_choice, check_integer, check_random_state
from custseg._frames import column_of
from custseg.rules._beam_search import Sample, best_conditions
from custseg.rules._input import columns_in_bins, split_rows
from custseg.rules._labeled import Evaluation, labeled_customers
from custseg.rules._results import RuleSet, SegmentRules
from custseg.rules._tree import covering_conditions
from custseg.texts import LANGUAGES

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
    customers = labeled_customers(
        features,
        labels,
        columns=columns,
        names=names,
        customer_column=customer_column,
        language=language,
        caller=_CALLER,
    )
    if not customers.segments:
        return SegmentRules((), RuleSet((), customers.largest, None, 0, language))
    table, codes = customers.table, customers.codes
    bins = columns_in_bins(table, customers.templates)
    split = split_rows(table, codes, columns=bins, seed=seed)
    bin_codes = [column.codes(column_of(table, column.template.feature)[split.learned]) for column in bins]
    sample = Sample(bins, bin_codes, codes[split.learned], split.weights)
    single = [
        (code, best_conditions(sample, code, max_conditions=max_conditions)) for code in range(len(customers.segments))
    ]
    covering = covering_conditions(sample, max_conditions=max_conditions)

    evaluation = Evaluation(customers, split.held_out, language)
    # The trivial rule would hide that there are segments which are too small to be described.
    allow_trivial = customers.n_segments == 1
    best = (evaluation.rule(code, conditions) for code, conditions in single if conditions or allow_trivial)
    return SegmentRules(tuple(best), evaluation.rule_set(covering))
