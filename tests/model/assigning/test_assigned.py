"""One customer and many get the same answer."""

from __future__ import annotations

import numpy as np
import pytest
from kinds import rows_of
from logs import clean_log
from quick import quick_fit

from custseg import DataError, Segmentation
from custseg.model import Assignment


@pytest.fixture(scope="module")
def result() -> Segmentation:
    return quick_fit(clean_log(80))


@pytest.mark.slow
def test_one_customer_is_assigned_like_all(result: Segmentation) -> None:
    table = result.features
    for row, expected in enumerate(rows_of(result.assignments)):
        one = result.model.assign_one({name: table.values(name)[row] for name in table.numeric_names()})
        assert vars(one) == {name: value for name, value in expected.items() if name != "customer_id"}


@pytest.mark.slow
def test_segments_are_reported_by_number(result: Segmentation) -> None:
    table = result.assignments.drop_nulls()
    assert (table["second_segment"] != table["segment"]).all()
    assert set(table["segment"]) == {0, 1, 2}
    assert table["confidence"].is_between(0, 1).all()


def test_customer_without_orders(result: Segmentation) -> None:
    nobody = {"recency_days": None, "order_count": 0, "revenue": 0}
    assert result.model.assign_one(nobody) == Assignment(None, "Prospects")
    returned = {**nobody, "returned_orders": 2}
    assert result.model.assign_one(returned) == Assignment(None, "All orders returned or cancelled")


def test_missing_value_of_one_customer(result: Segmentation) -> None:
    median = float(np.median(result.features.values("recency_days")))
    known = {"recency_days": median, "order_count": 3, "revenue": 50.0}
    assert result.model.assign_one({**known, "recency_days": None}) == result.model.assign_one(known)


@pytest.mark.parametrize(
    ("features", "error", "words"),
    [
        ({"recency_days": 1}, DataError, "features lack 'order_count', 'revenue'; give None"),
        ({"recency_days": 1, "order_count": 2, "revenu": 3}, DataError, "Did you mean 'revenu'"),
        ({"recency_days": "1", "order_count": 2, "revenue": 3}, DataError, "recency_days must be a number or None"),
        ({"recency_days": np.inf, "order_count": 2, "revenue": 3}, DataError, "infinite"),
        ([1, 2, 3], TypeError, "features must map columns to numbers, got list"),
    ],
)
def test_bad_customer(result: Segmentation, features: dict[str, float], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=f"assign_one: .*{words}"):
        result.model.assign_one(features)
