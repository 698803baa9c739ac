"""When the largest of many counts stands out."""

from __future__ import annotations

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from custseg.logs.report.patterns._outliers import count_outliers


def test_chance_is_that_of_the_formula() -> None:
    # One above four equal ones: the upper half has 2, so m = 1 + 10, s = 0 + 10, and (1 + log(r) / 10)^-11 < 0.01
    # means log(r) > 10 (100^(1/11) - 1) = 5.2, r > 181.
    assert count_outliers([180, 1, 1, 1, 1], min_share=0.05) == 0
    assert count_outliers([182, 1, 1, 1, 1], min_share=0.05) == 1


@pytest.mark.parametrize("counts", [[], [5], [0, 0], [3, 3, 3]])
def test_nothing_stands_out_of_nothing(counts: list[int]) -> None:
    assert count_outliers(counts, min_share=0.05) == 0


@pytest.mark.parametrize("tail", [1.0, 1.5, 3.0])
def test_customers_of_a_heavy_tail_rarely_stand_out(tail: float) -> None:
    rng = np.random.default_rng(0)
    logs = [(1 - rng.random(500)) ** (-1 / tail) for _ in range(300)]
    assert np.mean([count_outliers(log, min_share=0) > 0 for log in logs]) <= 0.03


def test_id_of_a_third_of_the_orders_stands_out_of_customers_with_few() -> None:
    counts = np.random.default_rng(0).geometric(0.4, 200)
    assert count_outliers([*counts, counts.sum() // 2], min_share=0.05) == 1
    assert count_outliers(counts, min_share=0) == 0


@examples(60)
@given(st.lists(st.integers(0, 40), max_size=60), st.sampled_from([0.0, 0.05, 0.3]), st.sampled_from([0.5, 1.0]))
def test_counts_may_be_given_with_their_times(counts: list[int], min_share: float, spread: float) -> None:
    values, times = np.unique(np.array(counts, dtype=np.int64), return_counts=True)
    expected = count_outliers(counts, min_share=min_share, spread=spread)
    assert count_outliers(values, min_share=min_share, spread=spread, times=times) == expected


def test_one_count_of_a_million_equal_ones_needs_no_million_values() -> None:
    times = np.array([1_000_000, 1])
    assert count_outliers([1, 400_000], min_share=0.05, times=times) == 1
