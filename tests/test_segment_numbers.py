"""Numbers of segments: by size, ties by the values of the segments, whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from custseg import Segmentation, fit_segments

METHODS = ("kmeans", "gaussian_mixture", "hdbscan", "ward")
N = 60
RNG = np.random.default_rng(3)
# Three groups of equal size: the first two are equal in `visits`, and mirrored in `basket`.
NOISE = RNG.normal(size=(N, 2))
ROWS = np.vstack([NOISE * [0, 1] + [5, 80], NOISE * [0, -1] + [5, 20], NOISE * [0, 1] + [50, 50]])


def fitted(rows: np.ndarray, ids: np.ndarray, method: str) -> Segmentation:
    table = pl.DataFrame({"customer_id": ids, "visits": rows[:, 0], "basket": rows[:, 1]})
    return fit_segments(features=table, method=method, n_segments=3)


@pytest.mark.parametrize("method", METHODS)
def test_equal_sizes_are_ordered_by_the_first_column_then_the_next(method: str) -> None:
    result = fitted(ROWS, np.arange(len(ROWS)), method)
    assert [row.size for row in result.profiles.segments] == [N, N, N]
    medians = [(row.medians["visits"], round(row.medians["basket"], -1)) for row in result.profiles.segments]
    assert medians == [(5, 20), (5, 80), (50, 50)]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.slow
def test_numbers_do_not_depend_on_the_order_of_rows(method: str) -> None:
    first = fitted(ROWS, np.arange(len(ROWS)), method)
    order = RNG.permutation(len(ROWS))
    second = fitted(ROWS[order], order, method)
    assert second.assignments.sort("customer_id").equals(first.assignments.sort("customer_id"))


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_larger_segments_come_first(method: str) -> None:
    rows = np.vstack([ROWS[:N], ROWS[N:-10], ROWS[-25:-10] + 0.1])
    sizes = [row.size for row in fitted(rows, np.arange(len(rows)), method).profiles.segments]
    assert sizes == sorted(sizes, reverse=True)
