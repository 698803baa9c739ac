"""P values of ranks, and the bound for many tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from custseg.profiling.measures._ranked import ranked
from custseg.profiling.measures._significance import is_beyond_chance, rank_p_value


@given(st.lists(st.integers(0, 9), min_size=25, max_size=60))
def test_p_value_of_ranks_agrees_with_scipy(values: list[int]) -> None:
    numbers = np.array(values, dtype=float)
    labels = np.arange(len(values)) % 3 // 2  # two thirds and one third
    p_value = rank_p_value(ranked(numbers, labels, n_segments=2), 1)
    if len(set(values)) == 1:
        assert p_value is None
        return
    reference = mannwhitneyu(numbers[labels == 1], numbers[labels == 0], method="asymptotic", use_continuity=False)
    assert p_value == pytest.approx(reference.pvalue, abs=1e-9)


def test_bonferroni_by_hand() -> None:
    assert is_beyond_chance(0.0004, 100)
    assert not is_beyond_chance(0.0006, 100)
    assert not is_beyond_chance(None, 1)
