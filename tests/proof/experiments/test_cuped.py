"""CUPED and the permutation test, against hand calculation and exact distributions."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from custseg.proof.experiments._cuped import adjusted_by_past
from custseg.proof.experiments._group_comparison import compared_means


def test_slope_within_the_groups() -> None:
    # Within each group the outcome is 2 past + constant; the groups differ by 10 and have other pasts.
    past = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    is_treated = np.array([True, True, True, False, False, False])
    adjustment = adjusted_by_past(2 * past + 10 * is_treated, past, is_treated)
    assert adjustment.reduction == pytest.approx(1.0)
    assert adjustment.values == pytest.approx(7.0 + 10 * is_treated)


def test_constant_past_changes_nothing() -> None:
    outcome = np.array([1.0, 2.0, 3.0, 4.0])
    adjustment = adjusted_by_past(outcome, np.ones(4), np.array([True, False, True, False]))
    assert adjustment.values.tolist() == outcome.tolist()
    assert not adjustment.helps


@given(st.floats(-5, 5), st.floats(0.1, 100))
def test_mean_of_all_customers_is_kept(shift: float, scale: float) -> None:
    rng = np.random.default_rng(0)
    past, outcome = rng.gamma(1, scale, 200), rng.random(200) + shift
    adjustment = adjusted_by_past(outcome, past, rng.random(200) < 0.5)
    assert adjustment.values.mean() == pytest.approx(outcome.mean())
    assert 0 <= adjustment.reduction <= 1


def test_p_value_is_that_of_all_permutations() -> None:
    values = np.array([0.0, 3.1, 4.5, 0.0, 7.7, 2.2, 9.3, 1.1, 5.2])
    is_treated = np.array([True] * 5 + [False] * 4)
    statistics = []
    for held_out in combinations(range(9), 4):
        mask = np.isin(np.arange(9), held_out)
        statistics.append(ttest_ind(values[~mask], values[mask], equal_var=False).statistic)
    t = ttest_ind(values[:5], values[5:], equal_var=False).statistic
    tails = np.mean(np.array(statistics) >= t - 1e-9), np.mean(np.array(statistics) <= t + 1e-9)
    comparison = compared_means(values, is_treated, n_active=3, confidence=0.95, seed=0)
    assert comparison.p_value == pytest.approx(min(1, 2 * min(tails)), abs=0.05)


def test_large_groups_are_welchs() -> None:
    rng = np.random.default_rng(1)
    values, is_treated = rng.lognormal(0, 1, 5000), rng.random(5000) < 0.6
    test = ttest_ind(values[is_treated], values[~is_treated], equal_var=False)
    ends = test.confidence_interval(0.95)
    exact = compared_means(values, is_treated, n_active=2000, confidence=0.95, seed=0)
    permuted = compared_means(values, is_treated, n_active=10, confidence=0.95, seed=0)
    assert exact.p_value == pytest.approx(test.pvalue, abs=1e-3)
    assert (exact.difference_low, exact.difference_high) == pytest.approx((ends.low, ends.high), rel=0.02)
    assert permuted.p_value == pytest.approx(test.pvalue, abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("unit", [1e-200, 1.0, 1e200])
def test_interval_leaves_out_0_where_p_is_small(unit: float) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        values, is_treated = rng.exponential(1, 60) * unit, np.arange(60) < 30
        comparison = compared_means(values + is_treated * 0.5 * unit, is_treated, n_active=10, confidence=0.9, seed=1)
        covers = comparison.difference_low <= 0 <= comparison.difference_high
        if abs(comparison.p_value - 0.1) > 0.01:
            assert covers == (comparison.p_value > 0.1)
