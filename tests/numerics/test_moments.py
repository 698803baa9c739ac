"""Moments and shares of columns of any size."""

from __future__ import annotations

import math
import warnings
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from effort import all_of, examples
from hypothesis import given
from hypothesis import strategies as st
from quick import quick_fit
from scipy import stats

from custseg._numerics import mean, median, shares_of_groups, skewness, unit_of
from custseg.insights import explain
from custseg.preparation import fit_preparation
from custseg.profiling import profile_segments

GROUPS = np.repeat([0, 1, 2], 20)
SHAPE = GROUPS * 10.0 + np.arange(60) % 7
money = st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=30, max_size=30)


@pytest.mark.parametrize("size", [2.0**-1000, 2.0**-600, 1.0, 2.0**600, 2.0**1018])
def test_moments_scale_with_the_values(size: float) -> None:
    assert skewness(SHAPE**2 * size if size < 2.0**1000 else SHAPE * size) == pytest.approx(
        stats.skew(SHAPE**2 if size < 2.0**1000 else SHAPE)
    )
    assert median(SHAPE * size) == np.median(SHAPE) * size


def test_mean_and_median_of_largest_values() -> None:
    largest = np.array([1.7e308, 1.7e308])
    assert mean(largest) == median(largest) == 1.7e308


def test_ordinary_values_are_unchanged() -> None:
    assert unit_of(np.array([0.01, -1e9])) == unit_of(np.array([])) == unit_of(np.zeros(2)) == 1.0


@given(money, st.permutations(range(30)))
@examples(60)
def test_shares_are_exact_in_any_order(values: list[float], order: list[int]) -> None:
    amounts, groups = np.array(values), np.arange(30) % 3
    shares = shares_of_groups(amounts, groups, np.array([True, True, False]))
    assert shares == shares_of_groups(amounts[order], groups[order], np.array([True, True, False]))
    total = sum(Fraction(value) for place, value in enumerate(values) if place % 3 < 2)
    for group, share in shares.items():
        exact = sum(Fraction(value) for value in values[group::3])
        assert share is None if total == 0 else share == float(exact) / float(total)


@given(money)
@examples(30)
def test_one_segment_has_all_revenue(values: list[float]) -> None:
    [row] = profile_segments({"revenue": values}, [0] * 30)
    assert row.revenue_share == (1.0 if sum(values) > 0 else None)


@pytest.mark.slow
@pytest.mark.parametrize("size", all_of([5e-324, 1e-310, 1e-200, 1e-155, 1e155, 1e200, 1e306], quick=(5e-324, 1e306)))
@pytest.mark.parametrize("sign", [1, -1])
def test_segments_of_any_magnitude(size: float, sign: int) -> None:
    table = pl.DataFrame({"customer_id": range(60), "x": SHAPE * sign * size, "y": SHAPE})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = quick_fit(features=table, n_segments=3)
        texts = repr(result), repr(explain(result, 0)), repr(result.features.summary())
    assert len({tuple(result.labels[group == GROUPS]) for group in range(3)}) == 3
    assert max(map(len, "\n".join(texts[:2]).splitlines())) < 300


def test_largest_values_of_both_signs() -> None:
    values = np.where(GROUPS == 0, -1.7e308, 1.7e308)
    [plan] = fit_preparation({"x": values}).columns
    prepared = plan.standardized(values)
    assert len(np.unique(prepared)) == 2
    assert math.isclose(prepared.mean(), 0, abs_tol=1e-12)
    assert math.isclose(prepared.std(), 1)


def test_small_values_keep_differences() -> None:
    [plan] = fit_preparation({"x": SHAPE * 1e-200}).columns
    [same] = fit_preparation({"x": SHAPE}).columns
    assert plan.standardized(SHAPE * 1e-200) == pytest.approx(same.standardized(SHAPE))
