"""The beta prior of customer rates."""

import numpy as np
import pytest

from custseg._numerics import beta_prior


def test_prior_by_hand() -> None:
    prior = beta_prior(np.array([0.0, 10, 5, 1]), np.array([10.0, 10, 10, 1]))
    # Rates 0, 1, ½: m = ½, v = ¼; ρ = (¼ / ¼ - 1/10) / (1 - 1/10) = 1, as strong as one mail at the least.
    assert (prior.mean, prior.strength) == (0.5, 1.0)
    prior = beta_prior(np.array([2.0, 5, 8]), np.array([10.0, 10, 10]))
    # v = 0.09, ρ = (0.36 - 0.1) / 0.9 = 0.2889 and 1 / ρ - 1 = 2.4615.
    assert (prior.mean, prior.strength) == pytest.approx((0.5, 0.9 / 0.26 - 1))


def test_prior_where_nothing_can_be_fitted_is_the_mean_of_all_with_the_weight_of_two() -> None:
    few = beta_prior(np.array([1.0, 2]), np.array([4.0, 3]))
    assert (few.mean, few.strength) == (3.5 / 8, 2.0)
    none = beta_prior(np.array([]), np.array([]))
    assert (none.mean, none.strength) == (0.5, 2.0)
    assert beta_prior(np.zeros(9), np.full(9, 9.0)).mean == pytest.approx(0.5 / 82)


def test_customers_that_differ_no_more_than_chance_get_the_mean_of_the_base() -> None:
    prior = beta_prior(np.array([2.0, 3, 2, 3]), np.full(4, 10.0))
    assert (prior.mean, prior.strength) == (0.25, 1e6)


def test_prior_is_that_of_the_base_it_was_drawn_from() -> None:
    rng = np.random.default_rng(0)
    trials = rng.poisson(6, 50_000)
    prior = beta_prior(rng.binomial(trials, rng.beta(1.2, 4.8, len(trials))).astype(float), trials.astype(float))
    assert prior.mean == pytest.approx(0.2, abs=0.005)
    assert prior.strength == pytest.approx(6, abs=0.4)


def test_likely_openers_open_most_mails_and_the_plain_rule_is_mostly_wrong() -> None:
    rng = np.random.default_rng(0)
    rates, trials = rng.beta(1, 4, 50_000), 1.0 + rng.poisson(4, 50_000)
    opens = rng.binomial(trials.astype(int), rates).astype(float)
    likely = beta_prior(opens, trials).above(0.5, opens, trials) >= 0.8
    assert (rates[opens / trials > 0.5] > 0.5).mean() < 0.4
    assert (rates[likely] > 0.5).mean() > 0.8
    assert likely.sum() > 30
