"""The reference of a model: bins of ten customers or more."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custseg.model._reference import column_reference, share_shown


def test_deciles_of_a_hundred_values() -> None:
    reference = column_reference(np.arange(100.0))
    assert reference.edges == (9, 19, 29, 39, 49, 59, 69, 79, 89)
    assert reference.shares == (0.1,) * 10
    assert reference.counts(np.array([9, 9.5, -5, 1e9, np.nan])).tolist() == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_common_value_is_a_bin_of_its_own() -> None:
    values = np.repeat([1.0, 2.0, 3.0, 50.0], [60, 25, 12, 3])
    reference = column_reference(values)
    assert reference.edges == (1, 2)
    assert reference.shares == (0.6, 0.25, 0.15)


def test_missing_values_are_a_share_of_all() -> None:
    assert column_reference(np.r_[np.arange(90.0), np.full(10, np.nan)]).missing == 0.1
    assert column_reference(np.r_[np.arange(91.0), np.full(9, np.nan)]).missing == 0


def test_share_of_few_is_not_stored() -> None:
    assert (share_shown(9, 100), share_shown(10, 100)) == (0, 0.1)


@given(st.lists(st.integers(-5, 5) | st.floats(-1e6, 1e6), max_size=200))
def test_every_bin_has_ten_values(values: list[float]) -> None:
    reference = column_reference(np.array(values, dtype=float))
    counts = reference.counts(np.array(values, dtype=float))
    assert len(counts) == len(reference.shares) == len(reference.edges) + 1
    assert counts.sum() == len(values)
    assert len(counts) == 1 or counts.min() >= 10
    assert np.allclose(counts, np.array(reference.shares) * len(values))
