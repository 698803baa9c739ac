"""What a log teaches: by outcome, and for logs that teach little."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from logs import clean_log

from custseg.datasets import make_shop
from custseg.features import OUTCOMES, learn_foresight
from custseg.features.expectations._base import CustomerBase
from custseg.features.sums._shared import SharedSums
from custseg.logs import described_logs


def sums_of(log: object, as_of: object = "2024-10-27", **arguments: object) -> SharedSums:
    return SharedSums(described_logs(log, arguments.pop("events", None), as_of=as_of, caller="test", **arguments))


@pytest.mark.slow
@pytest.mark.parametrize("outcome", list(OUTCOMES))
def test_scores_of_every_outcome_are_centered(outcome: str) -> None:
    shop = make_shop(300, 0)
    sums = sums_of(shop.orders, shop.as_of, events=shop.events)
    figures = learn_foresight(sums, outcome, horizon_days=60)
    base = CustomerBase.of(sums, figures.predictors)
    score = figures.score(base)
    assert score.std() > 0.5
    assert abs(score.mean()) < 1e-9
    assert len(figures.coefficients) == {2: 5, 3: 9}[len(figures.predictors)]


def test_short_log_has_the_model_of_purchases_alone() -> None:
    log = clean_log(200).filter(pl.col("ordered_at") < datetime(2024, 1, 21))
    figures = learn_foresight(sums_of(log, "2024-01-21"))
    assert (figures.past_days, figures.coefficients) == (None, ())
    assert figures.purchases is not None


@pytest.mark.slow
def test_log_without_money_foresees_orders() -> None:
    from custseg import Orders

    figures = learn_foresight(sums_of(Orders(clean_log(), amount=None)))
    assert (figures.outcome, figures.predictors) == ("orders", ("recency_days", "order_count"))


@pytest.mark.slow
def test_scale_of_money_does_not_matter_much() -> None:
    log = clean_log(200)
    small, large = (learn_foresight(sums_of(log.with_columns(pl.col("amount") * factor))) for factor in (1.0, 100.0))
    assert small.purchases == large.purchases
    assert small.ridits[2].ridits == large.ridits[2].ridits


@pytest.mark.slow
def test_a_window_changes_nothing() -> None:
    assert learn_foresight(sums_of(clean_log(), window_days=100)) == learn_foresight(sums_of(clean_log()))
