"""`sample_ratio`: the sizes of the groups against the plan."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from custseg.errors import DataError
from custseg.proof import sample_ratio, split


def groups(**sizes: tuple[int, int]) -> pl.DataFrame:
    rows = [(n, g) for n, (t, h) in sizes.items() for g, k in (("treated", t), ("held_out", h)) for _ in range(k)]
    return pl.DataFrame(rows, schema=["name", "group"], orient="row").with_row_index("customer_id")


def test_by_hand() -> None:
    result = sample_ratio(groups(a=(900, 100), b=(880, 120)), holdout=0.1, by="name")
    assert (result.overall.treated, result.overall.held_out) == (1780, 220)
    assert result.overall.p_value == pytest.approx(binomtest(220, 2000, 0.1).pvalue)
    # Two segments: the smaller p-value counts twice.
    assert result.segments[1].p_value == pytest.approx(2 * binomtest(120, 1000, 0.1).pvalue)
    assert result.is_ok


def test_lost_customers_of_one_segment_are_found() -> None:
    result = sample_ratio(groups(a=(900, 100), b=(600, 110)), holdout=0.1, by="name")
    assert not result.is_ok
    assert "cannot be trusted" in repr(result)
    assert "нельзя верить" in repr(sample_ratio(groups(a=(600, 110)), holdout=0.1, language="ru"))


@pytest.mark.slow
def test_false_alarms_are_rare() -> None:
    customers = pl.DataFrame({"customer_id": range(500)})
    checks = [sample_ratio(split(customers, holdout=0.2, salt=f"s{i}"), holdout=0.2) for i in range(60)]
    assert all(check.is_ok for check in checks)
    assert np.mean([check.overall.p_value < 0.5 for check in checks]) == pytest.approx(0.5, abs=0.2)


def test_small_groups_are_not_told() -> None:
    printed = repr(sample_ratio(groups(a=(400, 100), b=(20, 4)), holdout=0.2, by="name"))
    assert "<10" in printed
    assert "16.7%" not in printed


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="holdout must lie between 0 and 1"):
        sample_ratio(groups(a=(5, 5)), holdout=0)
    with pytest.raises(DataError, match="'treated' and 'held_out'"):
        sample_ratio(groups(a=(5, 5)).with_columns(group=pl.lit("control")), holdout=0.5)
    with pytest.raises(DataError, match="segment"):
        sample_ratio(groups(a=(5, 5)), holdout=0.5, by="segment")
