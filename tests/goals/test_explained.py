"""The share of an outcome between groups: by hand, and against other formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f_oneway
from sklearn.metrics import log_loss

from custseg.goals import adjusted, explained, explained_variance


def test_variance_by_hand() -> None:
    # Means 1 and 5 of all 3: between 2 * 4 + 2 * 4 = 16, total 9 + 1 + 1 + 9 = 20.
    assert explained_variance(np.array([0.0, 2, 4, 6]), np.array([0, 0, 1, 1])) == pytest.approx(0.8)


def test_deviance_by_hand() -> None:
    # One group is all yes; the other half yes, with 2 log 2 of the deviance of all (3 of 4 yes).
    outcome, labels = np.array([1.0, 1, 1, 0]), np.array([0, 0, 1, 1])
    of_all = -(3 * np.log(0.75) + np.log(0.25))
    assert explained(outcome, labels, is_yes_no=True) == pytest.approx(1 - 2 * np.log(2) / of_all)


def test_adjusted_by_hand() -> None:
    # Noise alone gives 8 groups of 2,357 customers about 7 / 2,356.
    assert adjusted(7 / 2_356, 2_357, 8) == pytest.approx(0, abs=1e-12)
    assert adjusted(0.5, 4, 4) == 0


def test_constant_outcome() -> None:
    assert explained(np.ones(4), np.array([0, 0, 1, 1]), is_yes_no=False) == 0
    assert explained(np.ones(4), np.array([0, 0, 1, 1]), is_yes_no=True) == 0
    assert explained(np.array([]), np.array([], dtype=np.intp), is_yes_no=True) == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 100)), min_size=8, max_size=40))
def test_variance_is_that_of_the_f_test(rows: list[tuple[int, float]]) -> None:
    labels, outcome = np.array([r[0] for r in rows]), np.round([r[1] for r in rows], 3)
    groups = [outcome[labels == label] for label in np.unique(labels)]
    share = explained_variance(outcome, labels)
    if len(groups) < 2 or len(groups) == len(rows) or np.ptp(outcome) == 0 or share > 1 - 1e-9:
        return
    k, n = len(groups), len(rows)
    assert share / (1 - share) * (n - k) / (k - 1) == pytest.approx(f_oneway(*groups).statistic, rel=1e-6)


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=4, max_size=40))
def test_deviance_is_that_of_log_loss(rows: list[tuple[int, bool]]) -> None:
    labels, outcome = np.array([r[0] for r in rows]), np.array([float(r[1]) for r in rows])
    if np.ptp(outcome) == 0:
        return
    p = np.array([outcome[labels == label].mean() for label in labels])
    within = log_loss(outcome, p, labels=[0, 1])
    of_all = log_loss(outcome, np.full(len(outcome), outcome.mean()), labels=[0, 1])
    assert explained(outcome, labels, is_yes_no=True) == pytest.approx(1 - within / of_all, abs=1e-9)
