"""No set of bins, and so no condition, tells fewer than ten customers from the others."""

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custseg.rules._bins import binned
from custseg.rules._conditions import Condition


def series(values: list[object]) -> nw.Series:
    return nw.from_native(pl.Series("x", values, strict=False), series_only=True)


@given(st.integers(0, 9_999), st.integers(1, 300), st.sampled_from([0, 1, 5]), st.integers(0, 15))
def test_thresholds_have_ten_values_on_either_side(seed: int, n: int, digits: int, n_missing: int) -> None:
    values = np.random.default_rng(seed).lognormal(3, 2, n).round(digits)
    column = binned(Condition("x"), series([*values.tolist(), *[None] * n_missing]))
    for cut in () if column is None else column.cuts:
        assert min((values < cut).sum(), (values >= cut).sum()) >= 10


@given(st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=60), st.integers(0, 30))
def test_every_set_has_ten_customers_inside_and_outside(values: list[str | None], n_more: int) -> None:
    given_values = series([*values, *["a"] * n_more, *["b"] * n_more])
    column = binned(Condition("x"), given_values)
    for bins in () if column is None else column.sets[1:]:
        inside = bins[column.codes(given_values)].sum()
        assert min(inside, len(given_values) - inside) >= 10


@pytest.mark.parametrize(("n_few", "is_usable"), [(9, False), (10, True)])
def test_flags_and_missing_values_of_nine_customers_give_no_condition(n_few: int, is_usable: bool) -> None:
    for few, others in ((True, False), (False, True), (None, True)):
        column = binned(Condition("x"), series([few] * n_few + [others] * 50))
        assert (column is not None) == is_usable


def test_thresholds_by_hand() -> None:
    # Of 1 to 24, ten are below 11 and ten are at least 15: the only threshold is between the 10th and the 15th.
    column = binned(Condition("x"), series([float(value) for value in range(1, 25)]))
    assert column is not None
    assert len(column.cuts) == 1
    assert 10 < column.cuts[0] <= 15


def test_thresholds_of_points_are_not_too_small_to_be_said() -> None:
    points = np.random.default_rng(0).lognormal(-5, 3, 500)
    column = binned(Condition("engagement", unit="points"), series(points.tolist()))
    assert column is not None
    assert column.cuts[0] >= 0.05
