"""Ridits: ranks of values among a customer base, kept as a curve."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from custseg.features.expectations import Ridits


def test_tied_values_by_hand() -> None:
    # 20 ones have the average rank 10.5, 20 twos 30.5: (10.5 - 0.5) / 40 - 0.5 = -0.25, and 0.25.
    curve = Ridits.of(np.repeat([1.0, 2.0], 20))
    assert (curve.values, curve.ridits) == ((1.0, 2.0), (-0.25, 0.25))
    assert curve(np.array([0.0, 1.0, 1.5, 3.0, np.nan])).tolist() == [-0.25, -0.25, 0.0, 0.25, 0.0]


def test_knots_have_ten_customers() -> None:
    curve = Ridits.of(np.arange(25.0))
    # Ten, and the remaining fifteen: five alone would be too few.
    assert curve.values == (4.5, 17.0)


def test_at_most_200_knots() -> None:
    assert len(Ridits.of(np.random.default_rng(0).random(50_000)).values) == 200


def test_no_values() -> None:
    assert Ridits.of(np.array([np.nan]))(np.array([1.0, np.nan])).tolist() == [0.0, 0.0]


@given(st.lists(st.integers(0, 12), min_size=400, max_size=600))
def test_few_values_are_exact(values: list[int]) -> None:
    column = np.array(values, dtype=float)
    common = column[np.isin(column, [v for v, n in zip(*np.unique(column, return_counts=True), strict=True) if n > 9])]
    exact = (rankdata(common) - 0.5) / len(common) - 0.5
    assert np.allclose(Ridits.of(common)(common), exact)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300))
def test_ridits_rise_with_values_and_are_centered(values: list[float]) -> None:
    column = np.sort(np.array(values))
    ridits = Ridits.of(column)(column)
    assert (np.diff(ridits) >= -1e-15).all()  # the last digit of the interpolation
    assert np.abs(ridits).max() <= 0.5
