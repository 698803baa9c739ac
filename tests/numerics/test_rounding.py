"""Numbers as far as every machine agrees on them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custseg._numerics import six_digits


@given(st.lists(st.floats(-1e16, 1e16).filter(lambda value: value == 0 or abs(value) > 1e-15), min_size=1))
def test_six_digits_are_kept(values: list[float]) -> None:
    rounded = six_digits(np.array(values))
    np.testing.assert_allclose(rounded, values, rtol=5.000001e-6)
    np.testing.assert_allclose(rounded, [float(f"{value:.5e}") for value in rounded], rtol=1e-15)


def test_last_digits_do_not_matter() -> None:
    values = np.random.default_rng(0).lognormal(0, 3, 10_000)
    noisy = values * (1 + 1e-15 * np.random.default_rng(1).normal(size=10_000))
    assert six_digits(values).tolist() == six_digits(noisy).tolist()


def test_missing_infinite_and_zero_stay() -> None:
    np.testing.assert_array_equal(six_digits(np.array([np.nan, np.inf, -np.inf, 0.0])), [np.nan, np.inf, -np.inf, 0.0])
