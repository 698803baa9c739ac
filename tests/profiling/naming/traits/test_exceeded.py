"""Whether another segment clearly has more of a column, by hand."""

import numpy as np
import pytest

from custseg.profiling.measures._column_statistics import column_statistics
from custseg.profiling.measures._table import read_table
from custseg.profiling.naming.traits._exceeded import exceeded


def outdone(*segments: list[float], among: list[bool] | None = None) -> list[bool]:
    """Which of these segments, given by the spend of their customers, another one exceeds."""
    labels = np.repeat(np.arange(len(segments)), [len(one) for one in segments])
    table = read_table({"revenue": np.concatenate(segments)}, None, customer_column=None, caller="f")
    statistics = column_statistics(table, labels, len(segments), quantile_terms={}, caller="f")
    return exceeded(statistics, "revenue", among=None if among is None else np.array(among)).tolist()


def test_segment_with_the_highest_spend_is_not_exceeded() -> None:
    assert outdone([10.0, 20.0] * 20, [40.0, 60.0] * 20, [100.0, 120.0] * 20) == [True, True, False]


def test_equal_segments_do_not_exceed_each_other() -> None:
    assert outdone([10.0, 20.0] * 20, [20.0, 10.0] * 30) == [False, False]


def test_mean_counts_beside_the_median() -> None:
    # Most spend as much, but a quarter of the second segment spends ten times that.
    assert outdone([100.0] * 40, [100.0] * 30 + [1_000.0] * 10) == [True, False]


def test_two_segments_exceed_each_other_by_median_and_mean() -> None:
    assert outdone([100.0] * 39 + [50_000.0], [200.0] * 40) == [True, True]


def test_small_differences_that_chance_explains_do_not_count() -> None:
    spread = np.linspace(0, 100, 40)
    assert outdone(spread.tolist(), (spread + 6).tolist()) == [False, False]
    assert outdone([100.0, 101.0] * 10, [112.0, 113.0] * 10) == [True, False]


def test_fewer_than_ten_customers_exceed_nobody() -> None:
    assert outdone([10.0] * 40, [900.0] * 9) == [False, False]


def test_only_the_given_segments_are_compared_with() -> None:
    assert outdone([10.0] * 20, [50.0] * 20, [90.0] * 20, among=[True, True, False]) == [True, False, False]


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_very_large_and_very_small_sums_are_compared(scale: float) -> None:
    assert outdone([1.0 * scale] * 20, [9.0 * scale] * 20) == [True, False]


def test_losses_are_exceeded_by_smaller_losses() -> None:
    assert outdone([-100.0] * 20, [-50.0] * 20) == [True, False]
