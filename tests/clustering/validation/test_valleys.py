import numpy as np
import polars as pl
import pytest

from custseg import fit_segments
from custseg.clustering.validation._valleys import has_valley, valleys

RNG = np.random.default_rng(0)


def test_cut_through_an_even_count_is_no_valley() -> None:
    complaints = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], 80)[:, None]
    assert valleys(complaints, (complaints[:, 0] > 2).astype(int)) == (0, 1)


def test_zero_and_one_are_no_valley() -> None:
    reports = np.repeat([0.0, 1.0], 200)
    rows = np.column_stack([reports, RNG.normal(size=400)])
    assert valleys(rows, reports.astype(int)) == (0, 1)


def test_middle_of_a_bell_curve_is_no_valley() -> None:
    rows = RNG.normal(size=(400, 2)) * [3, 1]
    assert not has_valley(rows, rows[:, 0] > 0)


def test_valley_between_two_groups() -> None:
    is_second = np.arange(400) % 2 == 1
    rows = RNG.normal(size=(400, 2)) + np.outer(is_second, [4, 0])
    assert has_valley(rows, is_second)
    assert valleys(rows, np.where(np.arange(400) < 5, -1, is_second)) == (1, 1)  # five rows in no cluster


def test_only_pairs_that_a_gap_parts_are_counted() -> None:
    usage = np.repeat([0.0, 8.0], 200) + RNG.normal(size=400)
    reports = np.tile([0.0, 1.0], 200)
    labels = (usage > 4) * 2 + reports.astype(int)
    # Each of the two with reports is a gap away from both of the other group, and not from the one like it.
    assert valleys(np.column_stack([usage, reports]), labels) == (4, 6)


def test_order_of_the_rows_does_not_count() -> None:
    labels = np.repeat([0, 1], 100)
    rows = np.column_stack([labels * 3.0, RNG.normal(size=200)])
    order = RNG.permutation(200)
    assert valleys(rows, labels) == valleys(rows[order], labels[order])


@pytest.mark.slow
@pytest.mark.parametrize("n_columns", [1, 3])
def test_cut_cloud_has_a_valley_by_chance_in_few_cases(n_columns: int) -> None:
    rng = np.random.default_rng(1)
    draws = (rng.uniform(size=(300, n_columns)) for _ in range(300))
    assert sum(has_valley(rows, rows[:, 0] > 0.5) for rows in draws) <= 15


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(95, 98))
def test_remark_on_customers_between_segments_is_true(seed: int) -> None:
    rng = np.random.default_rng(seed)
    usage = (rng.integers(0, 2, 400) * 6 + rng.normal(0, 1, 400)).round(2)
    columns = {"customer_id": np.arange(400), "usage": usage, "reports": (rng.random(400) < 0.4).astype(int)}
    choice = fit_segments(features=pl.DataFrame(columns)).choice
    parts_by_reports = choice.best.n_clusters == 4
    assert not (parts_by_reports and "that touch, but with fewer customers" in choice.reason)
