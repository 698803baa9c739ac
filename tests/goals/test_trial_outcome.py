"""`min_size="auto"` with a goal: its outcome, over its horizon."""

import numpy as np
import polars as pl
import pytest
from effort import all_of

from custseg import fit_segments
from custseg.datasets import make_shop
from custseg.features import rfm
from custseg.goals import Goal
from custseg.proof import sample_size


@pytest.mark.slow
@pytest.mark.parametrize("outcome", all_of(["revenue", "ordered"], quick=("revenue",)))
def test_size_for_the_outcome_of_a_goal(outcome: str) -> None:
    shop = make_shop(500, 0)
    goal = Goal("spring", outcome=outcome, horizon_days=60)
    result = fit_segments(
        shop.orders, as_of=shop.as_of, goal=goal, min_size="auto", lift=1.2, method="kmeans", n_segments=2
    )
    minimum = result.minimum
    assert minimum is not None
    assert minimum.outcome is not None
    assert (minimum.outcome.name, minimum.outcome.horizon_days) == (outcome, 60)
    # By other means: customers who bought before, and their revenue of the last 60 days.
    before = rfm(shop.orders, as_of=shop.as_of).filter(pl.col("age_days") >= 60)["customer_id"].to_list()
    later = rfm(shop.orders, as_of=shop.as_of, window_days=60)
    money = dict(zip(later["customer_id"], later["revenue"], strict=True))
    values = np.array([max(money.get(customer, 0.0), 0.0) for customer in before])
    rate = float(np.mean([customer in money for customer in before]))
    if outcome == "ordered":
        assert minimum.outcome.mean == pytest.approx(rate)
    else:
        assert minimum.outcome.mean == pytest.approx(values.mean(), rel=0.01)
        needed = sample_size(cv=minimum.outcome.cv, lift=1.2, comparisons=minimum.n_segments or 3).segment
        assert minimum.needed == needed
    assert "in 60 days" in result.notes[0]
