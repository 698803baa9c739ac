"""The BG/NBD model against published figures, integrals and invariants."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta as beta_function

from custseg import DataError
from custseg.features.expectations import BgNbd

PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426)
"""CDNOW in weeks, Fader, Hardie and Lee (2005), table 2."""


def of_one(*values: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array([value]) for value in values)


def test_published_parameters_of_cdnow(shared_file: Callable[[str], Path]) -> None:
    summary = pl.read_csv(shared_file("cdnow_sample_expected_summary.csv"))
    fitted = BgNbd.fit(*(summary[name].to_numpy().astype(float) for name in ("x", "t_x", "T")))
    assert (fitted.r, fitted.alpha, fitted.a, fitted.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=6e-4)


def test_published_expectation() -> None:
    # Hardie's note on the model in Excel: E(Y(39) | x = 2, t_x = 30.43, T = 38.86) = 1.226.
    assert PUBLISHED.expected_orders(*of_one(2, 30.43, 38.86), horizon=39)[0] == pytest.approx(1.226, abs=5e-4)


def test_probability_of_still_buying_by_hand() -> None:
    # 1 / (1 + a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)), x = 2, with round parameters:
    # 1 / (1 + 1 / 3 * (20 / 10) ** 3) = 1 / (1 + 8 / 3) = 3 / 11.
    assert BgNbd(1, 2, 1, 2).p_alive(*of_one(2, 8, 18))[0] == pytest.approx(3 / 11)
    assert BgNbd(1, 2, 1, 2).p_alive(*of_one(0, 0, 18))[0] == 1


def test_expected_orders_by_integration() -> None:
    # An alive customer with rate l and probability of leaving p is expected to place (1 - exp(-l p t)) / p orders.
    model, x, span, age, horizon = BgNbd(0.7, 3.0, 0.8, 2.5), 3, 5.0, 9.0, 4.0
    shape, rate = model.r + x, model.alpha + age
    alive = model.p_alive(*of_one(x, span, age))[0]

    def of_p(p: float) -> float:
        mean = (1 - (rate / (rate + p * horizon)) ** shape) / p
        return mean * p ** (model.a - 1) * (1 - p) ** (model.b + x - 1) / beta_function(model.a, model.b + x)

    expected = alive * quad(of_p, 0, 1)[0]
    assert model.expected_orders(*of_one(x, span, age), horizon=horizon)[0] == pytest.approx(expected, rel=1e-6)


def test_probability_of_an_order_by_hand() -> None:
    # Alive for certain: 1 - (10 / (10 + 10)) ** (1 + 1) = 3/4.
    model = BgNbd(2, 4, 1, 2)
    assert model.p_order(*of_one(0, 0, 6), horizon=10)[0] == pytest.approx(0.75)


@pytest.mark.parametrize("a", [1.0, 1 - 1e-9, 1 + 1e-9])
def test_removable_singularity(a: float) -> None:
    near, at = (BgNbd(0.5, 5, value, 2).expected_orders(*of_one(1, 3, 8), horizon=6)[0] for value in (1.001, a))
    assert at == pytest.approx(near, rel=1e-3)


@given(
    st.floats(0.05, 5), st.floats(0.1, 50), st.floats(2e-4, 99), st.floats(2e-4, 8000),
    st.integers(0, 300), st.floats(0, 1), st.floats(1, 100), st.floats(0.5, 100),
)  # fmt: skip
def test_expectations_are_in_range(
    r: float, alpha: float, a: float, b: float, x: int, share: float, age: float, horizon: float
) -> None:
    model, history = BgNbd(r, alpha, a, b), of_one(x, share * age if x else 0, age)
    orders = model.expected_orders(*history, horizon=horizon)[0]
    order = model.p_order(*history, horizon=horizon)[0]
    alive = model.p_alive(*history)[0]
    # Never more than a customer orders who cannot leave, at least the probability of one.
    assert 0 <= order <= alive <= 1
    assert order * (1 - 1e-6) - 1e-9 <= orders <= (r + x) / (alpha + age) * horizon * (1 + 1e-6) + 1e-9


@pytest.mark.parametrize("x", [99, 100, 118])
def test_many_orders_with_whole_parameters(x: int) -> None:
    at, near = (BgNbd(1.0, 0.25, 2.0, b).expected_orders(*of_one(x, 1, 1), horizon=12)[0] for b in (1.0, 1.0001))
    assert at == pytest.approx(near, rel=1e-3)


def test_parameters_do_not_depend_on_the_unit_of_time_or_the_order_of_rows() -> None:
    rng = np.random.default_rng(0)
    age = rng.integers(20, 300, 400).astype(float)
    x = rng.poisson(age / 60).astype(float)
    span = np.where(x > 0, np.floor(age * rng.random(400)), 0.0)
    in_days, in_weeks = BgNbd.fit(x, span, age), BgNbd.fit(x[::-1], span[::-1] / 7, age[::-1] / 7)
    assert (in_weeks.r, in_weeks.alpha * 7) == pytest.approx((in_days.r, in_days.alpha), rel=1e-3)


def test_nobody_has_any_age() -> None:
    with pytest.raises(DataError, match="no customer has a first order before the day of the snapshot"):
        BgNbd.fit(np.zeros(3), np.zeros(3), np.zeros(3))
