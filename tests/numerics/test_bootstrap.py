"""Intervals of shares and mean amounts, and Holm's p-values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from custseg._numerics import holm, mean_interval, ratio_interval, wilson_interval


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_equals_scipy(confidence: float) -> None:
    hits, sizes = [0, 1, 3, 250, 500, 7], [500, 2, 10, 500, 500, 7]
    low, high = wilson_interval(hits, sizes, confidence=confidence)
    for row, (hit, size) in enumerate(zip(hits, sizes, strict=True)):
        ends = binomtest(hit, size).proportion_ci(confidence, method="wilson")
        assert (low[row], high[row]) == pytest.approx((ends.low, ends.high), abs=1e-12)


def test_wilson_of_newcombe() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    low, high = wilson_interval([81, 15, 0, 1], [263, 148, 20, 29])
    assert low.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert high.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_wilson_of_nobody() -> None:
    low, high = wilson_interval([0, 1], [0, 2])
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False]


def test_wilson_refuses_more_hits_than_customers() -> None:
    with pytest.raises(ValueError, match="hits must lie between 0 and n"):
        wilson_interval(3, 2)


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_contains_the_share(hits: int, more: int) -> None:
    low, high = wilson_interval(hits, hits + more)
    assert 0 <= low <= hits / (hits + more) <= high <= 1


def test_holm_by_hand() -> None:
    # .01 × 4; .02 × 3 = .06; .03 × 2 = .06; .5 × 1.
    assert holm([0.03, 0.5, 0.01, 0.02]) == pytest.approx([0.06, 0.5, 0.04, 0.06])


def test_holm_skips_tests_that_were_not_made() -> None:
    assert holm([np.nan, 0.01, 0.04]) == pytest.approx([np.nan, 0.02, 0.04], nan_ok=True)
    assert holm([]).tolist() == []


def test_holm_refuses_what_is_no_probability() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.2, 1.2])


def _revenue(n: int, seed: int, *, share: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random(n) < share, rng.lognormal(3, 1, n), 0.0)


def test_mean_of_large_normal_samples() -> None:
    values = np.random.default_rng(1).normal(10, 2, 4000)
    low, high = mean_interval(values, seed=0)
    half = 1.96 * values.std() / np.sqrt(4000)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)


def test_mean_of_skewed_money_reaches_further_up() -> None:
    values = _revenue(1000, 2)
    low, high = mean_interval(values, seed=0)
    assert high - values.mean() > 1.3 * (values.mean() - low) > 0


def test_the_same_seed_gives_the_same_interval() -> None:
    values = _revenue(300, 3)
    assert mean_interval(values, seed=7) == mean_interval(values, seed=7) != mean_interval(values, seed=8)


@pytest.mark.parametrize("factor", [1e-200, 1e200])
def test_the_unit_of_money_is_free(factor: float) -> None:
    values = _revenue(300, 3)
    scaled = np.array(mean_interval(values * factor, seed=7)) / factor
    assert scaled == pytest.approx(mean_interval(values, seed=7))


def test_a_mean_is_a_ratio_to_customers() -> None:
    values = _revenue(300, 3)
    per_three = ratio_interval(values, np.full(300, 3.0), seed=7)
    assert np.multiply(per_three, 3) == pytest.approx(mean_interval(values, seed=7))


@pytest.mark.parametrize("values", [[5.0], [2.0, 2.0, 2.0], [0.0] * 40, []])
def test_without_spread_there_is_no_interval(values: list[float]) -> None:
    assert np.isnan(mean_interval(values, seed=0)).all()


def test_one_buyer_leaves_the_upper_end_open() -> None:
    low, high = mean_interval([0.0] * 99 + [50.0], seed=0)
    assert low >= 0
    assert high == np.inf


def test_infinite_values_are_refused() -> None:
    with pytest.raises(ValueError, match="must be finite"):
        mean_interval([1.0, np.inf], seed=0)


def test_confidence_is_a_share() -> None:
    with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
        mean_interval([1.0, 2.0], seed=0, confidence=95)


@pytest.mark.slow
def test_means_of_skewed_money_are_covered() -> None:
    truth = 0.05 * np.exp(3.5)
    ends = np.array([mean_interval(_revenue(1000, seed), seed=seed, n_resamples=400) for seed in range(1000)])
    assert 0.925 <= np.mean((ends[:, 0] <= truth) & (truth <= ends[:, 1])) <= 0.975


@pytest.mark.slow
def test_ratios_are_covered() -> None:
    def covers(seed: int) -> bool:
        rng = np.random.default_rng(seed)
        mails = rng.poisson(4, 500).astype(float)
        money = rng.binomial(mails.astype(int), 0.1) * rng.lognormal(0, 1, 500)
        low, high = ratio_interval(money, mails, seed=seed, n_resamples=400)
        return bool(low <= 0.1 * np.exp(0.5) <= high)

    assert 0.925 <= np.mean([covers(seed) for seed in range(1000)]) <= 0.975
