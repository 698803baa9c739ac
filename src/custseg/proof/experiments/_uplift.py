"""`uplift`: what a treatment changed, read from the groups of `split` and an outcome per customer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from custseg._checks import check_choice, check_random_state
from custseg._numerics import Bools, Floats, holm
from custseg._privacy import SMALLEST_GROUP, is_small
from custseg.errors import DataError
from custseg.proof.experiments._cuped import adjusted_by_past
from custseg.proof.experiments._customer_keys import CustomerTable, read_customers
from custseg.proof.experiments._group_comparison import GroupComparison, compared_means, compared_rates
from custseg.proof.experiments._sample_ratio import bound_or_number, checked_ratio, held_out_flags, segment_names
from custseg.proof.experiments._uplift_result import SegmentUplift, Uplift
from custseg.texts import LANGUAGES
from custseg.trials import TrialDesign, check_lift, lift_of_means, lift_of_rates, open_share

_CALLER = "uplift"
_LEAST_EXPECTED = 5
"""Customers who act and who do not, to be expected in each group: below it the normal approximation fails (Cochran)."""


@dataclass(frozen=True)
class _Reading:
    """How an experiment is read."""

    is_rate: bool
    alpha: float
    power: float
    lift: float
    seed: int


def uplift(
    assignment: object,
    outcome: object,
    *,
    by: str | None = None,
    outcome_column: str = "outcome",
    past_column: str | None = None,
    customer_column: str = "customer_id",
    missing: str = "error",
    holdout: float | None = None,
    lift: float = 0.5,
    alpha: float = 0.05,
    power: float = 0.8,
    random_state: int = 0,
    language: str = "en",
) -> Uplift:
    """Compare the treated customers with those held out, in each segment and overall.

    Parameters
    ----------
    assignment : table or path
        One row per customer of the experiment, as `split` returns: `group` is "treated" or "held_out".
    outcome : table or path
        One row per customer with what happened after the treatment: yes and no (boolean, or 0 and 1), or an amount.
        Count the same days for both groups, the treated and those held out.
    by : str, optional
        Column of `assignment` with the segment, as it was when the experiment began.
    outcome_column : str, default "outcome"
        Column of the outcome.
    past_column : str, optional
        Column of `outcome` with a number from before the experiment, such as the revenue of the three months before.
        CUPED removes what it explains, where that narrows the intervals; the notes say whether it did.
    customer_column : str, default "customer_id"
        Column of ids of both tables.
    missing : {"error", "zero"}, default "error"
        What to do with customers of the experiment who have no outcome (or past): "zero" counts them as 0, which is
        right where the table has only those who bought.
    holdout : float, optional
        The share that was given to `split`; then the sizes of the groups are checked, as by `sample_ratio`.
    lift : float, default 0.5
        The lift that matters: a segment that cannot show it says "not enough data" unless the difference is clear.
    alpha : float, default 0.05
        Probability that any segment shows a difference where there is none; the intervals cover with 1 - alpha each.
    power : float, default 0.8
        For the lift that a segment can show.
    random_state : int, default 0
        Seed of the permutations for amounts.
    language : {"en", "ru"}, default "en"
        Language of the texts.

    Returns
    -------
    Uplift
        Rates or means, differences and lifts with intervals, p-values and verdicts; printed, it is a table.

    Raises
    ------
    DataError
        If a column is missing or of the wrong type, an id is missing or repeated, customers have no outcome, a group
        has no customers, or the outcome is the same for all.
    TypeError, ValueError
        If an argument is of the wrong type or value.

    Notes
    -----
    Rates: pooled z-test (the chi-squared test without correction), Newcombe's interval of the difference and Katz's of
    the lift. Amounts, and rates with CUPED: studentized permutation test and the interval that belongs to it, see
    Janssen (1997). P-values of the segments are adjusted by Holm's method; that of all customers is one test of its
    own. A segment is not tested if 1 to 9 customers of a group act or do not act, or fewer than 5 are to be expected.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2).

    Deng, A., Xu, Y., Kohavi, R. and Walker, T. (2013). Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data. WSDM, 123-132. doi:10.1145/2433396.2433413

    Examples
    --------
    >>> import polars as pl
    >>> from custseg.proof import split, uplift
    >>> groups = split(pl.DataFrame({"customer_id": range(4000)}), holdout=0.5, salt="spring")
    >>> bought = pl.DataFrame({"customer_id": range(4000), "outcome": [i % 10 == 0 for i in range(4000)]})
    >>> uplift(groups, bought, lift=0.3).overall.verdict
    'no_difference'
    """
    check_choice(_CALLER, "language", language, allowed=LANGUAGES)
    check_choice(_CALLER, "missing", missing, allowed=("error", "zero"))
    asked = check_lift(_CALLER, lift)
    level = open_share(_CALLER, "alpha", alpha, usual="0.05")
    share = open_share(_CALLER, "power", power, usual="0.8")
    planned = None if holdout is None else open_share(_CALLER, "holdout", holdout, usual="the share given to split")
    seed = check_random_state(_CALLER, random_state)
    columns = ["group"] if by is None else ["group", by]
    customers = read_customers(assignment, _CALLER, "assignment", customer_column=customer_column, columns=columns)
    is_treated = ~held_out_flags(customers, _CALLER)
    if is_treated.all() or not is_treated.any():
        raise DataError(
            f"{_CALLER}: all customers of assignment are in one group. A comparison needs treated customers and "
            "customers who were held out: use split before the treatment."
        )
    names = None if by is None else segment_names(customers, by, _CALLER)
    further = [outcome_column] if past_column is None else [outcome_column, past_column]
    results = read_customers(outcome, _CALLER, "outcome", customer_column=customer_column, columns=further)
    values, n_filled = _joined(customers, results, outcome_column, missing=missing)
    if (values == values[0]).all():
        raise DataError(
            f"{_CALLER}: the outcome is the same for all customers of the experiment, which shows nothing. "
            f"Check column {outcome_column!r}, or wait for the outcome."
        )
    past = None if past_column is None else _joined(customers, results, past_column, missing=missing)[0]
    reading = _Reading(bool(np.isin(values, (0.0, 1.0)).all()), level, share, asked, seed)
    return Uplift(
        _segments(values, past, is_treated, names=names, reading=reading),
        _tested(None, values, past, is_treated=is_treated, comparisons=1, reading=reading),
        reading.is_rate,
        level,
        asked,
        past is not None,
        n_filled,
        len(set(results.keys) - set(customers.keys)),
        None if planned is None else checked_ratio(~is_treated, names, planned, language=language),
        language,
    )


def _joined(customers: CustomerTable, results: CustomerTable, column: str, *, missing: str) -> tuple[Floats, int]:
    """The numbers of the customers in the order of the assignment, and how many were filled with 0."""
    cells = results.column(column)
    if cells.dtype == nw.String and set(cells.drop_nulls().str.to_lowercase().to_list()) <= {"true", "false"}:
        cells = cells.str.to_lowercase() == "true"  # of a CSV file
    if cells.dtype == nw.Boolean:
        cells = cells.cast(nw.Int64)
    if not cells.dtype.is_numeric() and not cells.is_null().all():
        raise DataError(
            f"{_CALLER}: column {column!r} of outcome must hold numbers or true and false, got {cells.dtype}. "
            "Convert the column."
        )
    by_key: dict[str, Any] = dict(zip(results.keys, cells.cast(nw.Float64).to_list(), strict=True))
    joined = [by_key.get(key) for key in customers.keys]
    n_missing = sum(value is None or math.isnan(value) for value in joined)
    if n_missing and missing == "error":
        raise DataError(
            f"{_CALLER}: {bound_or_number(n_missing)} customers of assignment have no value in column {column!r} of "
            "outcome. Add them, or give missing='zero' if no row means 0, as in a table of those who bought."
        )
    values = np.array([0.0 if value is None or math.isnan(value) else value for value in joined])
    if not np.isfinite(values).all():
        raise DataError(f"{_CALLER}: column {column!r} of outcome holds infinite values. Correct these customers.")
    return values, n_missing


def _segments(
    values: Floats, past: Floats | None, is_treated: Bools, *, names: Sequence[str] | None, reading: _Reading
) -> tuple[SegmentUplift, ...]:
    """Each segment, with p-values and verdicts for all segments that could be tested."""
    if names is None:
        return ()
    labels = np.array(list(names), dtype=object)
    segments = sorted(set(names))
    members = {name: labels == name for name in segments}
    comparisons = max(1, sum(_can_be_tested(values[rows], is_treated[rows]) for rows in members.values()))
    tested = [
        _tested(
            name,
            values[rows],
            None if past is None else past[rows],
            is_treated=is_treated[rows],
            comparisons=comparisons,
            reading=reading,
        )
        for name, rows in members.items()
    ]
    adjusted = holm([row.p_value for row in tested])
    return tuple(_with_verdict(row, float(p), reading) for row, p in zip(tested, adjusted, strict=True))


def _tested(
    segment: str | None,
    values: Floats,
    past: Floats | None,
    *,
    is_treated: Bools,
    comparisons: int,
    reading: _Reading,
) -> SegmentUplift:
    """One segment, with the verdict of a single test."""
    sizes = int(is_treated.sum()), int((~is_treated).sum())
    shown_sizes = [None if is_small(np.array(size)) else size for size in sizes]
    nan = math.nan
    if not _can_be_tested(values, is_treated):
        figures = dict.fromkeys(("difference_low", "difference_high", "lift", "lift_low", "lift_high"), nan)
        return SegmentUplift(
            segment, shown_sizes[0], shown_sizes[1], nan, nan, nan, **figures, p_value=nan, p_holm=nan,
            verdict="not_enough_data", shows=nan, variance_reduction=0.0,
        )  # fmt: skip
    comparison, reduction = _compared(values, past, is_treated, reading=reading)
    design = TrialDesign(reading.power, reading.alpha, sizes[1] / sum(sizes), comparisons)
    row = SegmentUplift(
        segment,
        shown_sizes[0],
        shown_sizes[1],
        float(values[is_treated].mean()),
        float(values[~is_treated].mean()),
        comparison.difference,
        comparison.difference_low,
        comparison.difference_high,
        comparison.lift,
        comparison.lift_low,
        comparison.lift_high,
        comparison.p_value,
        p_holm=nan,
        verdict="not_enough_data",
        shows=_shows(values, reduction, design, is_rate=reading.is_rate),
        variance_reduction=reduction,
    )
    return _with_verdict(row, comparison.p_value, reading)


def _compared(
    values: Floats, past: Floats | None, is_treated: Bools, *, reading: _Reading
) -> tuple[GroupComparison, float]:
    """The comparison of the groups, adjusted by the past where that helps, and the share of variance it explains."""
    acts = values != 0
    n_active = min(int(acts[is_treated].sum()), int(acts[~is_treated].sum()))
    options: dict[str, Any] = {"n_active": n_active, "confidence": 1 - reading.alpha, "seed": reading.seed}
    if past is not None:
        adjustment = adjusted_by_past(values, past, is_treated)
        if adjustment.helps:
            return compared_means(adjustment.values, is_treated, **options), adjustment.reduction
    if reading.is_rate:
        hits = int(values[is_treated].sum()), int(values[~is_treated].sum())
        sizes = int(is_treated.sum()), int((~is_treated).sum())
        return compared_rates(hits, sizes, confidence=1 - reading.alpha), 0.0
    return compared_means(values, is_treated, **options), 0.0


def _can_be_tested(values: Floats, is_treated: Bools) -> bool:
    """Whether enough customers act in each group, and of a rate enough do not, to be tested and shown."""
    n_treated = int(is_treated.sum())
    sizes = np.array([n_treated, len(values) - n_treated])
    if (sizes < SMALLEST_GROUP).any():
        return False
    acts = values != 0
    active = np.array([int(acts[is_treated].sum()), int(acts[~is_treated].sum())])
    share = active.sum() / sizes.sum()
    cells, expected = [active], [sizes * share]
    if np.isin(values, (0.0, 1.0)).all():
        cells.append(sizes - active)
        expected.append(sizes * (1 - share))
    return not is_small(np.concatenate(cells)).any() and bool((np.concatenate(expected) >= _LEAST_EXPECTED).all())


def _shows(values: Floats, reduction: float, design: TrialDesign, *, is_rate: bool) -> float:
    """The lift that the segment can show, at the level and spread of all its customers."""
    mean = float(values.mean())
    if is_rate:
        customers = len(values) / (1 - reduction)
        return lift_of_rates(customers, mean, design)
    spread = float(values.std()) * math.sqrt(1 - reduction)
    return lift_of_means(len(values), spread / mean, design) if mean > 0 and spread > 0 else math.nan


def _with_verdict(row: SegmentUplift, p_holm: float, reading: _Reading) -> SegmentUplift:
    """The segment with its adjusted p-value and the answer that follows."""
    if math.isnan(p_holm):
        return row
    if p_holm < reading.alpha:
        verdict = "more" if row.difference > 0 else "less"
    else:
        verdict = "no_difference" if row.shows <= abs(reading.lift) else "not_enough_data"
    return replace(row, p_holm=p_holm, verdict=verdict)
