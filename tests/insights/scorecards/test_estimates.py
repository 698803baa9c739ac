from typing import Any

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from custseg.insights.scorecards._estimates import (
    design_effect,
    intraclass_correlation,
    money_figure,
    rate_figures,
)


def counts(values: list[int]) -> Any:
    return np.array(values, dtype=np.int64)


def test_no_complaint_of_500_is_up_to_six_in_thousand() -> None:
    [figure] = rate_figures("complaint_rate", [(np.zeros(500, np.int64), np.ones(500, np.int64))])
    assert figure.value == 0
    assert figure.at_most == pytest.approx(1 - 0.05 ** (1 / 500))
    assert round(figure.at_most, 3) == 0.006


def test_single_mails_give_wilson_interval() -> None:
    events = counts([1] * 300 + [0] * 700)
    [figure] = rate_figures("open_rate", [(events, np.ones(1000, np.int64))])
    expected = binomtest(300, 1000).proportion_ci(method="wilson")
    # Student's t of 309 degrees and m / (m - 1) make it a little wider.
    assert (figure.low, figure.high) == pytest.approx((expected.low, expected.high), abs=3e-4)
    assert figure.low < expected.low


def test_design_effect_of_all_or_nothing() -> None:
    # 40 customers, 5 mails each, half of them open all: p = 1/2, residuals 2.5,
    # own = 40/39 · 40 · 6.25 / (200 · 1/4) = 40/39 · 5; correlation 1, so shared = 1 + (5 - 1) = 5; weight 20/30.
    events, total = counts([5] * 20 + [0] * 20), np.full(40, 5)
    correlation = intraclass_correlation([(events, total)])
    assert correlation == pytest.approx(1)
    assert design_effect(events, total, correlation) == pytest.approx(2 / 3 * 200 / 39 + 5 / 3)


def test_alike_rates_have_no_correlation() -> None:
    assert intraclass_correlation([(counts([2] * 10), counts([4] * 10))]) == 0
    assert intraclass_correlation([(counts([1, 0]), counts([1, 1]))]) == 0
    assert design_effect(counts([2] * 10), counts([4] * 10), 0.0) == 1


@examples(40)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30))
def test_interval_holds_the_rate(rows: list[tuple[int, int]]) -> None:
    total = counts([first + second for first, second in rows])
    events = counts([first for first, _ in rows])
    [figure] = rate_figures("open_rate", [(events, total)])
    [turned] = rate_figures("open_rate", [(events[::-1], total[::-1])])
    if total.sum():
        assert 0 <= figure.low <= figure.value <= figure.high <= 1
        assert turned.low == pytest.approx(figure.low, abs=1e-12)
    else:
        assert np.isnan(figure.value)


def test_rare_events_are_not_enough() -> None:
    few, many = (counts([0] * (n - 2) + [1, 1]) for n in (100, 1000))
    figures = rate_figures("click_rate", [(few, np.ones(100, np.int64)), (many, np.ones(1000, np.int64))])
    # 4 of 1,100: .36 clicks are expected of 100 mails, 3.6 of 1,000.
    assert [figure.is_enough for figure in figures] == [False, False]
    more = counts([0] * 900 + [1] * 100)
    assert rate_figures("click_rate", [(more, np.ones(1000, np.int64))])[0].is_enough


def test_money_of_few_payers_is_hidden() -> None:
    amounts = np.array([10.0] * 9 + [0.0] * 91)
    figure = money_figure("revenue_per_customer", amounts, np.ones(100), seed=0)
    assert figure.value == pytest.approx(0.9)
    assert figure.is_hidden
    assert not figure.is_enough


def test_money_does_not_depend_on_order_of_rows() -> None:
    rng = np.random.default_rng(0)
    amounts, mails = np.where(rng.random(80) < 0.4, rng.lognormal(3, 1, 80), 0), rng.integers(1, 9, 80).astype(float)
    shuffled = rng.permutation(80)
    first = money_figure("revenue_per_mail", amounts, mails, seed=1)
    second = money_figure("revenue_per_mail", amounts[shuffled], mails[shuffled], seed=1)
    assert (first.low, first.high) == (second.low, second.high)
    assert first.low < amounts.sum() / mails.sum() < first.high


def test_money_of_many_customers_by_delta_method() -> None:
    amounts = np.tile([0.0, 0.0, 0.0, 4.0], 6000)
    figure = money_figure("revenue_per_customer", amounts, np.ones(24_000), seed=0)
    half = 1.96 * np.sqrt(3 / 24_000)
    assert (figure.low, figure.high) == pytest.approx((1 - half, 1 + half), abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "size"), [(0.3, 200), (0.02, 500)])
def test_coverage_among_customers_who_differ(rate: float, size: int) -> None:
    hits = 0
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        total = 1 + rng.poisson(rng.gamma(2, 3, size))
        [figure] = rate_figures("x", [(rng.binomial(total, rng.beta(5 * rate, 5 * (1 - rate), size)), total)])
        hits += figure.low <= rate <= figure.high
    assert 930 <= hits <= 970
