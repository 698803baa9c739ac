"""Sums of money are exact: they do not depend on the order of rows, nor on threads."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.features import rfm


def log(amounts: Any, customers: Any = 1) -> pl.DataFrame:
    table = pl.DataFrame({"amount": amounts})
    return table.with_columns(
        customer_id=customers, order_id=pl.int_range(pl.len()), ordered_at=pl.lit("2024-05-01").str.to_date()
    )


def revenue(table: pl.DataFrame) -> float:
    return float(rfm(table, as_of="2024-06-01", zero_orders="keep")["revenue"].item())


def test_a_hundred_thousand_nasty_floats_have_one_sum() -> None:
    rng = np.random.default_rng(0)
    amounts = rng.integers(1, 10**6, 100_000) / 100 * 10.0 ** rng.integers(-2, 5, 100_000)
    table = log(amounts.round(4), customers=pl.int_range(100_000) % 50)
    first = rfm(table, as_of="2024-06-01")
    for seed in range(3):
        shuffled = table.sample(fraction=1.0, shuffle=True, seed=seed)
        assert rfm(shuffled, as_of="2024-06-01").equals(first)


def test_a_sum_that_floats_get_wrong() -> None:
    assert 0.1 + 0.2 != 0.3
    assert revenue(log([0.1, 0.2])) == 0.3
    assert revenue(log([1e10, 1e-4, -1e10])) == 1e-4
    assert revenue(log([1e12, 0.1, -1e12, 0.2])) == 0.3


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=30))
def test_revenue_is_the_number_nearest_to_the_exact_sum(units: list[int]) -> None:
    table = log([unit / 10_000 for unit in units])
    assert revenue(table) == float(Fraction(sum(units), 10_000))


@pytest.mark.parametrize("unit", [1, 29, 7, 57, 2_900, 1_005, 123_456_789])
def test_money_comes_out_as_it_went_in(unit: int) -> None:
    # A multiplication by 1 / 10000 gives 0.29000000000000004.
    assert revenue(log([unit / 10_000])) == unit / 10_000


@pytest.mark.slow
@given(st.lists(st.decimals(0, 10**9, places=6), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_decimals_keep_a_ten_thousandth_of_each(amounts: list[Decimal], random: Any) -> None:
    random.shuffle(amounts)
    assert revenue(log(pl.Series(amounts, dtype=pl.Decimal(38, 6)))) == pytest.approx(float(sum(amounts)), rel=1e-4)


@given(st.lists(st.decimals(0, 10**9, places=4), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_decimals_of_four_places_are_added_exactly(amounts: list[Decimal], random: Any) -> None:
    random.shuffle(amounts)
    assert revenue(log(pl.Series(amounts, dtype=pl.Decimal(38, 6)))) == float(sum(amounts))


@pytest.mark.parametrize("scale", [0, 2, 4, 10, 22])
def test_decimals_of_any_scale(scale: int) -> None:
    amounts = pl.Series(["123456789", "-23456789", None]).cast(pl.Decimal(38, scale))
    assert revenue(log(amounts).with_columns(order_id=1)) == 100_000_000.0


def test_the_largest_revenue() -> None:
    assert revenue(log([9.19e14, 1e11])) == 9.191e14
    assert revenue(log(pl.Series([919_000_000_000_000]))) == 9.19e14
