"""Rates by evidence agree with SciPy's beta distribution, and are right where the plain rule is not."""

import numpy as np
import pytest
from scipy.stats import beta

from custseg._numerics import BetaPrior, beta_prior
from custseg.rule_segments.conditions._rates import MOST_TRIALS, RateBound, expected_precision, truth_of_rate

PRIORS = [BetaPrior(0.2, 5.0), BetaPrior(0.48, 1.0), BetaPrior(0.25, 1e6), BetaPrior(0.9, 3.0)]


@pytest.mark.parametrize("prior", PRIORS, ids=str)
@pytest.mark.parametrize(("rate", "sure"), [(0.5, 0.8), (0.1, 0.95), (0.5, 0.3)])
def test_posterior_is_that_of_scipy(prior: BetaPrior, rate: float, sure: float) -> None:
    trials, successes = (grid.ravel().astype(float) for grid in np.mgrid[1:60, 0:60])
    possible = successes <= trials
    x, n = successes[possible], trials[possible]
    a, b = x + prior.mean * prior.strength, n - x + (1 - prior.mean) * prior.strength
    assert (RateBound(rate, sure, prior).holds(x, n) == (beta.sf(rate, a, b) >= sure)).all()


def test_one_open_of_one_mail_by_hand() -> None:
    """Beta(1, 4) before: after 1 of 1 it is Beta(2, 4), and P(rate > 1/2) = 6/32."""
    prior = BetaPrior(0.2, 5.0)
    assert prior.above(0.5, np.array([1.0]), np.array([1.0]))[0] == pytest.approx(6 / 32)
    bound = RateBound(0.5, 0.8, prior)
    assert bound.holds(np.array([1.0, 9.0]), np.array([1.0, 10.0])).tolist() == [False, True]


@pytest.mark.parametrize("prior", PRIORS[:2], ids=str)
def test_many_trials_differ_by_one_success_at_most(prior: BetaPrior) -> None:
    for trials in (MOST_TRIALS + 1, 1000, 5000):
        x = np.arange(trials + 1.0)
        n = np.full(len(x), float(trials))
        exact = int((prior.above(0.5, x, n) >= 0.8).argmax())
        assert abs(int(RateBound(0.5, 0.8, prior).holds(x, n).argmax()) - exact) <= 1


def test_more_successes_are_never_worse() -> None:
    bound = RateBound(0.5, 0.8, BetaPrior(0.2, 5.0))
    for trials in (1.0, 7.0, 200.0, 201.0):
        holds = bound.holds(np.arange(trials + 1), np.full(int(trials) + 1, trials))
        assert (np.diff(holds.astype(int)) >= 0).all()


def test_rate_is_unknown_without_trials_and_for_impossible_counts() -> None:
    x, n = np.array([0, np.nan, 1, 3, -1, 2]), np.array([0, 4, np.nan, 2, 2, 3])
    truth = truth_of_rate(x, n, rate=0.5, bound=None)
    assert truth.is_unknown.tolist() == [True, True, True, True, True, False]
    assert truth.is_true.tolist() == [False, False, False, False, False, True]


def simulated() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Readers with rates of Beta(1, 4) and five mails on average, some many more."""
    rng = np.random.default_rng(0)
    rates, trials = rng.beta(1, 4, 150_000), 1.0 + rng.poisson(rng.gamma(0.5, 8, 150_000))
    opens = rng.binomial(trials.astype(int), rates).astype(float)
    return rates, opens, trials


def test_evidence_is_right_where_the_plain_rule_is_wrong() -> None:
    rates, opens, trials = simulated()
    prior = beta_prior(opens, trials)
    plain, sure = opens / trials > 0.5, RateBound(0.5, 0.8, prior).holds(opens, trials)
    assert (rates[plain] > 0.5).mean() == pytest.approx(0.30, abs=0.02)
    assert (rates[sure] > 0.5).mean() >= 0.85


def test_expected_precision_is_that_of_the_simulation() -> None:
    rates, opens, trials = simulated()
    prior = beta_prior(opens, trials)
    for selected in (opens / trials > 0.5, RateBound(0.5, 0.8, prior).holds(opens, trials)):
        expected = expected_precision(prior, 0.5, successes=opens, trials=trials, selected=selected)
        assert expected == pytest.approx((rates[selected] > 0.5).mean(), abs=0.04)
    assert expected_precision(prior, 0.5, successes=opens, trials=trials, selected=np.zeros(len(opens), bool)) is None
