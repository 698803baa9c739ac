"""How sure a share is: the bootstrap over customers, and what shuffled outcomes would give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from custseg._numerics import Floats, Integers
from custseg.goals import explained

N_RESAMPLES = 500
N_SHUFFLES = 199
_ENDS = (2.5, 97.5)
_ROUNDING = 1e-12


def bootstrapped(
    outcome: Floats, groupings: Sequence[Integers], *, is_yes_no: bool, seed: int, n_resamples: int = N_RESAMPLES
) -> Floats:
    """The share that each grouping explains in resamples of the customers, the same ones for all groupings.

    Shape (n_resamples, n_groupings).
    """
    rng = np.random.default_rng(seed)
    shares = np.empty((n_resamples, len(groupings)))
    for index in range(n_resamples):
        drawn = rng.integers(0, len(outcome), len(outcome))
        shares[index] = [explained(outcome[drawn], labels[drawn], is_yes_no=is_yes_no) for labels in groupings]
    return shares


def ends(resampled: Floats, measured: float) -> tuple[float, float]:
    """The 95 % interval: percentiles of the resamples, shifted by their bias.

    In a resample some customers occur several times, so that groups explain more of it, small groups most.
    """
    low, high = np.percentile(resampled, _ENDS) - (resampled.mean() - measured)
    return float(low), float(high)


def shuffled(outcome: Floats, labels: Integers, *, is_yes_no: bool, seed: int, n_shuffles: int = N_SHUFFLES) -> Floats:
    """The shares that the grouping explains of outcomes dealt out at random."""
    rng = np.random.default_rng(seed)
    return np.array([explained(rng.permutation(outcome), labels, is_yes_no=is_yes_no) for _ in range(n_shuffles)])


def p_value(share: float, by_chance: Floats) -> float:
    """The share of outcomes dealt out at random of which the grouping explains as much, itself included."""
    # Equal shares differ by rounding: those of a single group, which explains nothing, and of yes and no.
    return (1 + int((by_chance >= share - _ROUNDING).sum())) / (1 + len(by_chance))
