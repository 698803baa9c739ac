"""A log whose beginning is cut off is refused: all of its customers would look new."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from quick import quick_fit

from custseg import DataError, SegmentModel


def log(seed: int = 0) -> pl.DataFrame:
    """200 customers over three years; each orders first in the first two years, and then every two months or so."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 730, 200)
    customer = np.repeat(np.arange(200), 12)
    days = np.minimum(np.repeat(first, 12) + np.tile(np.arange(12) * 60, 200) + rng.integers(0, 40, 2400), 1_094)
    return pl.DataFrame(
        {
            "customer_id": customer,
            "order_id": np.arange(2400),
            "ordered_at": np.datetime64("2021-01-01") + days,
            "amount": rng.lognormal(3, 1, 2400).round(2),
        }
    )


@pytest.fixture(scope="module")
def model() -> SegmentModel:
    return quick_fit(log(), as_of="2024-01-01").model


@pytest.mark.slow
def test_dates_by_which_a_tenth_and_a_half_had_ordered(model: SegmentModel) -> None:
    assert model.definition is not None
    reach = model.definition.reach
    assert reach is not None
    first = log().group_by("customer_id").agg(pl.col("ordered_at").min())["ordered_at"]
    assert reach.customers == tuple(sum(str(day) <= iso for day in first.to_list()) for iso in reach.days)
    assert 20 <= reach.customers[0] < 30
    assert 100 <= reach.customers[1] < 110


@pytest.mark.parametrize("start", ["2021-09-01", "2022-07-01", "2023-07-01"])
def test_log_cut_off_at_the_beginning(model: SegmentModel, start: str) -> None:
    rest = log().filter(pl.col("ordered_at") >= pl.lit(start).str.to_date())
    with pytest.raises(DataError, match="assign: the order log seems to be cut off at its beginning"):
        model.assign(rest, as_of="2024-01-01")


def test_grown_log_is_accepted(model: SegmentModel) -> None:
    """Many new customers do not make the log look cut off."""
    new = log(1).with_columns(pl.col("customer_id") + 1_000, pl.col("order_id") + 9_999)
    new = pl.concat([new.with_columns(pl.col("customer_id") + 300 * i) for i in range(5)])
    new = new.with_columns(ordered_at=pl.date(2024, 1, 15), order_id=pl.int_range(pl.len()) + 9_999)
    assert len(model.assign(pl.concat([log(), new]), as_of="2024-02-01")) == 1_200


def test_some_deleted_customers_are_accepted(model: SegmentModel) -> None:
    remaining = log().filter(pl.col("customer_id") % 4 != 0)
    assert len(model.assign(remaining, as_of="2024-01-01")) == 150


@pytest.mark.slow
def test_window_needs_no_more_than_the_window() -> None:
    model = quick_fit(log(), as_of="2024-01-01", window_days=365).model
    rest = log().filter(pl.col("ordered_at") >= pl.date(2022, 12, 1))
    assert model.assign(rest, as_of="2024-01-01")["segment"].null_count() < 200


@pytest.mark.slow
def test_log_that_does_not_cover_the_window() -> None:
    model = quick_fit(log(), as_of="2024-01-01", window_days=365).model
    rest = log().filter(pl.col("ordered_at") >= pl.date(2023, 9, 1))
    words = (
        "the order log seems to be cut off at its beginning: it begins on 2023-09-01, .* window of the model on 2023-01"
    )
    with pytest.raises(DataError, match=words):
        model.assign(rest, as_of="2024-01-01")


@pytest.mark.slow
def test_few_customers_have_no_reach() -> None:
    small = log().filter(pl.col("customer_id") < 9)
    model = quick_fit(small, as_of="2024-01-01", n_segments=2, min_size=2).model
    assert model.definition is not None
    assert model.definition.reach is None
