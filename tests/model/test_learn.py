"""The model of a fit."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from logs import clean_log
from quick import quick_fit

TABLE = pl.DataFrame(
    {
        "customer_id": range(60),
        "visits": np.r_[np.arange(20), np.arange(100, 120), np.arange(300, 320)],
        "income": np.r_[np.full(57, 10.0), [np.nan] * 3] + np.arange(60),
        "shoe": np.full(60, 42),
    }
)


def test_counts_of_filled_values_are_not_stored() -> None:
    result = quick_fit(features=TABLE, columns=["visits", "income", "shoe"])
    assert [column.missing for column in result.preparation.columns] == [0, 3]
    assert [column.missing for column in result.model.preparation.columns] == [0, 0]
    assert result.preparation.dropped
    assert not result.model.preparation.dropped


@pytest.mark.slow
def test_model_of_a_ready_table_has_no_definition() -> None:
    model = quick_fit(features=TABLE, columns=["visits", "income"]).model
    assert model.definition is None
    assert model.as_of is None
    assert [feature.name for feature in model.columns] == ["visits", "income"]


@pytest.mark.slow
def test_families_and_figures_are_those_that_are_needed() -> None:
    model = quick_fit(clean_log(120)).model
    assert model.definition is not None
    assert model.definition.families == ("rfm",)
    assert list(model.definition.figures) == ["rfm"]


@pytest.mark.slow
def test_reference_describes_the_customers_of_the_fit() -> None:
    result = quick_fit(clean_log(120))
    reference = result.model.reference
    assert reference.n_customers == 120
    assert list(reference.columns) == ["recency_days", "order_count", "revenue"]
    assert reference.silhouette == result.choice.best.silhouette
