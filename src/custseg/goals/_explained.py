"""How much of an outcome lies between groups: the share of its variance, or of its deviance."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

from custseg._numerics import Floats, Integers


def explained_variance(outcome: Floats, labels: Integers) -> float:
    """η²: the share of the variance of the outcome between the groups; 0 for a constant outcome."""
    total = float(((outcome - outcome.mean()) ** 2).sum()) if len(outcome) else 0.0
    if total <= 0:
        return 0.0
    sizes, means = _groups(outcome, labels)
    return float((sizes * (means - outcome.mean()) ** 2).sum()) / total


def explained_deviance(outcome: Floats, labels: Integers) -> float:
    """The share of the deviance of a yes or no (1 or 0) between the groups; 0 for a constant outcome.

    1 - deviance within / deviance of all, where the deviance of n customers with the share p of yes is
    -2 n (p log p + (1 - p) log(1 - p)).
    """
    total = _entropy(np.array([outcome.mean()]))[0] * len(outcome) if len(outcome) else 0.0
    if total <= 0:
        return 0.0
    sizes, means = _groups(outcome, labels)
    return 1 - float((sizes * _entropy(means)).sum()) / total


def explained(outcome: Floats, labels: Integers, *, is_yes_no: bool) -> float:
    """The share of the outcome between the groups: of its deviance for yes and no, otherwise of its variance."""
    return explained_deviance(outcome, labels) if is_yes_no else explained_variance(outcome, labels)


def adjusted(share: float, n_customers: int, n_groups: int) -> float:
    """The share without what as many groups explain by chance: 1 - (1 - share) (n - 1) / (n - k)."""
    if n_customers <= n_groups:
        return 0.0
    return 1 - (1 - share) * (n_customers - 1) / (n_customers - n_groups)


def _groups(outcome: Floats, labels: Integers) -> tuple[Floats, Floats]:
    """Size and mean outcome of each group that has customers."""
    _, codes = np.unique(labels, return_inverse=True)
    sizes = np.bincount(codes).astype(np.float64)
    return sizes, np.bincount(codes, weights=outcome) / sizes


def _entropy(p: Floats) -> Floats:
    return np.asarray(-xlogy(p, p) - xlogy(1 - p, 1 - p))
