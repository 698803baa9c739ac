"""Intervals and chance: do they cover, and is chance what it says?"""

from __future__ import annotations

import numpy as np
import pytest

from custseg.goals import adjusted, explained_variance
from custseg.proof.out_of_time._resampling import bootstrapped, ends, p_value, shuffled


def sample(rng: np.random.Generator, n: int = 400, k: int = 8, effect: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    labels = rng.integers(0, k, n)
    return rng.normal(size=n) + effect * np.linspace(-1, 1, k)[labels], labels


@pytest.mark.slow
def test_interval_covers_the_true_share() -> None:
    """η² of the population is that of the group means, of variance 0.25 * 3/7 beside the noise of 1."""
    between = 0.25 * np.mean(np.linspace(-1, 1, 8) ** 2)
    truth, covered = between / (1 + between), 0
    for seed in range(200):
        outcome, labels = sample(np.random.default_rng(seed))
        share = explained_variance(outcome, labels)
        low, high = ends(bootstrapped(outcome, [labels], is_yes_no=False, seed=seed, n_resamples=200)[:, 0], share)
        # What eight groups explain by chance is in the measured share, and not in the true one.
        shift = share - adjusted(share, len(outcome), 8)
        covered += low - shift <= truth <= high - shift
    assert 0.9 <= covered / 200 <= 0.99


def test_interval_is_around_the_measured_share() -> None:
    outcome, labels = sample(np.random.default_rng(0), k=25)
    share = explained_variance(outcome, labels)
    low, high = ends(bootstrapped(outcome, [labels], is_yes_no=False, seed=0, n_resamples=200)[:, 0], share)
    assert low < share < high


def test_chance_is_that_of_the_f_distribution() -> None:
    """Eight groups of 400 customers explain 7 / 399 of noise on average."""
    outcome, labels = sample(np.random.default_rng(0), effect=0)
    assert shuffled(outcome, labels, is_yes_no=False, seed=0).mean() == pytest.approx(7 / 399, rel=0.15)


def test_a_single_group_explains_as_much_as_chance() -> None:
    """Nothing, up to rounding that differs between the orders of the customers."""
    outcome, labels = np.random.default_rng(0).lognormal(size=300), np.zeros(300, dtype=np.intp)
    by_chance = shuffled(outcome, labels, is_yes_no=False, seed=0)
    assert all(p_value(share, by_chance) == 1 for share in (0.0, *by_chance.tolist()))


def test_p_value_by_hand() -> None:
    assert p_value(0.5, np.array([0.1, 0.5, 0.6])) == 3 / 4
    assert p_value(0.9, np.zeros(199)) == 1 / 200
