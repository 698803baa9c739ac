"""Figures with their intervals: rates by Wilson's interval on the effective number of mails, money by bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from custseg._numerics import Floats, Integers, ratio_interval, wilson_interval
from custseg._privacy import SMALLEST_GROUP

LEVEL = 0.95
_OWN_WEIGHT = 10
"""Customers with an event from which a segment's own design effect weighs as much as that of all segments."""

_MOST_RESAMPLED = 20_000
"""Customers from which on the sum over them is normal enough, so that no bootstrap is needed."""

_ENOUGH_EXPECTED = 5
"""Events that must be expected at the mean rate of all groups, so that an interval tells them apart."""


@dataclass(frozen=True)
class Figure:
    """One measure of one segment or campaign, with its 95 % interval.

    Attributes
    ----------
    measure : str
        Such as "click_rate".
    events : int or None
        What is counted, such as mails clicked; None for an amount of money.
    total : int
        What it is related to: mails, or customers.
    customers : int
        Customers behind it.
    value : float
        events / total, or money / total; NaN where the total is 0.
    low, high : float
        The interval.
    at_least, at_most : float
        One-sided bounds of 95 %. Where nothing was counted `at_most` is the rate at which that would still happen
        in one of twenty cases: 1 - 0.05^(1/n), about 3 / n. Of money, the ends of the interval.
    effective : float
        Number of independent mails that are worth as much; of money, of customers.
    is_enough : bool
        Whether at least five events (and five mails without one) are expected at the mean rate; of money, whether ten
        customers paid.
    is_hidden : bool
        Whether the figure must not leave the process, because it counts 1 to 9, or all but 1 to 9.
    """

    measure: str
    events: int | None
    total: int
    customers: int
    value: float
    low: float
    high: float
    at_least: float
    at_most: float
    effective: float
    is_enough: bool
    is_hidden: bool


def rate_figures(measure: str, groups: Sequence[tuple[Integers, Integers]]) -> list[Figure]:
    """The rate of each group from the events and the total of each of its customers."""
    groups = [_sorted(events[total > 0], total[total > 0]) for events, total in groups]
    all_events, all_total = (sum(int(group[column].sum()) for group in groups) for column in (0, 1))
    base = all_events / all_total if all_total else 0.0
    correlation = intraclass_correlation(groups)
    return [_rate(measure, events, total, base=base, correlation=correlation) for events, total in groups]


def _rate(measure: str, events: Integers, total: Integers, *, base: float, correlation: float) -> Figure:
    hits, n, customers = int(events.sum()), int(total.sum()), len(total)
    if n == 0:
        return _empty(measure, events=0)
    effective = n / design_effect(events, total, correlation)
    share = hits / n
    degrees = _degrees(events, total)
    low, high = _wilson(share, effective, degrees, level=LEVEL)
    at_least, at_most = _wilson(share, effective, degrees, level=2 * LEVEL - 1)
    if hits == 0:
        at_most = 1 - (1 - LEVEL) ** (1 / effective)
    expected = effective * min(base, 1 - base)
    return Figure(
        measure, hits, n, customers, share, low, high, at_least, at_most, effective,
        is_enough=expected >= _ENOUGH_EXPECTED and customers >= SMALLEST_GROUP, is_hidden=False,
    )  # fmt: skip


def _sorted(events: Integers, total: Integers) -> tuple[Integers, Integers]:
    """The customers in one order, so that no sum depends on the order of the rows."""
    order = np.lexsort((events, total))
    return events[order], total[order]


def _empty(measure: str, *, events: int | None) -> Figure:
    """The figure of a group without any mail or customer."""
    nan = float("nan")
    return Figure(measure, events, 0, 0, nan, nan, nan, nan, nan, 0.0, is_enough=False, is_hidden=False)


def _degrees(events: Integers, total: Integers) -> float:
    """Degrees of freedom of the design effect: the customers with an event, and the weight of the other segments."""
    with_event = min(int((events > 0).sum()), int((events < total).sum()))
    return float("inf") if with_event == 0 else float(with_event + _OWN_WEIGHT - 1)


def _wilson(share: float, effective: float, degrees: float, *, level: float) -> tuple[float, float]:
    """Wilson's interval with the quantile of Student's t, since the design effect is an estimate."""
    confidence = float(2 * ndtr(stdtrit(degrees, 0.5 + level / 2)) - 1)
    low, high = wilson_interval(share * effective, effective, confidence=confidence)
    return float(low), float(high)


def design_effect(events: Integers, total: Integers, correlation: float) -> float:
    """How many times larger the variance of a rate is, because the mails of one customer are alike.

    The segment's own estimate is m / (m - 1) · Σ (x_i - p n_i)² / (n p (1 - p)) for x_i events of n_i mails of m
    customers. Few events make it too small in one sample and too large in another, so that it is averaged with the
    one of the correlation in all segments, 1 + ρ (Σ n_i² / n - 1), by the weight c / (c + 10) for c customers with an
    event. At least 1.

    References
    ----------
    Dean, N. and Pagano, M. (2015). Evaluating confidence interval methods for binomial proportions in clustered
    surveys. Journal of Survey Statistics and Methodology 3(4), 484-503. doi:10.1093/jssam/smv024
    """
    n, hits, m = float(total.sum()), float(events.sum()), len(total)
    shared = 1 + correlation * (float((total.astype(float) ** 2).sum()) / n - 1)
    with_event = min(int((events > 0).sum()), int((events < total).sum()))
    if with_event == 0 or m < 2:
        return max(1.0, shared)
    share = hits / n
    estimate = m / (m - 1) * float(((events - share * total) ** 2).sum()) / (n * share * (1 - share))
    weight = with_event / (with_event + _OWN_WEIGHT)
    return max(1.0, weight * estimate + (1 - weight) * shared)


def intraclass_correlation(groups: Sequence[tuple[Integers, Integers]]) -> float:
    """Correlation of two mails of one customer within the groups, by the analysis of variance; at least 0.

    References
    ----------
    Ridout, M. S., Demetrio, C. G. B. and Firth, D. (1999). Estimating intraclass correlation for binary data.
    Biometrics 55(1), 137-148. doi:10.1111/j.0006-341X.1999.00137.x
    """
    between = within = between_df = within_df = size = 0.0
    for events, total in groups:
        n = float(total.sum())
        if not n:
            continue
        rates = events / total
        between += float((total * (rates - events.sum() / n) ** 2).sum())
        within += float((total * rates * (1 - rates)).sum())
        between_df += len(total) - 1
        within_df += n - len(total)
        size += n - float((total.astype(float) ** 2).sum()) / n
    if between_df <= 0 or within_df <= 0:
        return 0.0
    mean_between, mean_within, mean_size = between / between_df, within / within_df, size / between_df
    spread = mean_between + (mean_size - 1) * mean_within
    return max(0.0, (mean_between - mean_within) / spread) if spread > 0 else 0.0


def money_figure(measure: str, amounts: Floats, bases: Floats, *, seed: int) -> Figure:
    """Money over a base (mails or customers), with an interval over the customers."""
    amounts, bases = amounts[bases > 0], bases[bases > 0]
    # Sorted, so that no interval depends on the order of the rows.
    order = np.lexsort((bases, amounts))
    amounts, bases = amounts[order], bases[order]
    total, customers = float(bases.sum()), len(bases)
    payers = int((amounts != 0).sum())
    if total == 0:
        return _empty(measure, events=None)
    value = float(amounts.sum()) / total
    low, high = _money_interval(amounts, bases, seed=seed)
    return Figure(
        measure, None, int(total), customers, value, low, high, low, high, float(customers),
        is_enough=payers >= SMALLEST_GROUP and bool(np.isfinite([low, high]).all()),
        is_hidden=0 < payers < SMALLEST_GROUP or customers < SMALLEST_GROUP,
    )  # fmt: skip


def _money_interval(amounts: Floats, bases: Floats, *, seed: int) -> tuple[float, float]:
    n = len(amounts)
    if n <= _MOST_RESAMPLED:
        return ratio_interval(amounts, bases, seed=seed, confidence=LEVEL)
    ratio = amounts.sum() / bases.sum()
    error = float(np.sqrt(n / (n - 1) * ((amounts - ratio * bases) ** 2).sum()) / bases.sum())
    half = float(ndtri(0.5 + LEVEL / 2)) * error
    return float(ratio - half), float(ratio + half)


def joint_value(figures: Sequence[Figure]) -> float | None:
    """The measure of all groups together; None where they have no mails or customers."""
    total = sum(figure.total for figure in figures)
    return sum(figure.value * figure.total for figure in figures if figure.total) / total if total else None


def columns_of_figures(figures: Sequence[Figure]) -> dict[str, list[Any]]:
    """The figures as columns; what must not leave the process is missing."""

    def displayed(name: str) -> list[Any]:
        values = (None if figure.is_hidden else getattr(figure, name) for figure in figures)
        return [None if value != value else value for value in values]

    return {
        "measure": [figure.measure for figure in figures],
        "events": displayed("events"),
        "total": displayed("total"),
        "customers": displayed("customers"),
        "value": displayed("value"),
        "low": displayed("low"),
        "high": displayed("high"),
    }
