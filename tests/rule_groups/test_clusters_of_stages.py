"""`fit_segments(lifecycle=True)`: stages first, clusters inside those that are large enough."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from custseg import Segmentation, SegmentModel, fit_segments
from custseg.feature_table import given_features
from custseg.insights import explain
from custseg.rule_groups import WhatComesFirst


def customers(count: int = 600) -> pl.DataFrame:
    """Customers within their rhythm, in two groups by what they spend, and customers long overdue."""
    rng = np.random.default_rng(0)
    late, big = rng.random(count) < 0.3, rng.random(count) < 0.5
    return pl.DataFrame(
        {
            "customer_id": np.arange(count),
            "overdue_ratio": np.where(late, rng.uniform(20, 30, count), rng.uniform(0, 1, count)),
            "order_days": rng.integers(2, 9, count),
            "spend": np.where(big, 100.0, 10.0) + rng.normal(0, 2, count),
        }
    )


@cache
def fitted() -> Segmentation:
    return fit_segments(features=customers(), columns=("spend", "order_days"), method="kmeans", lifecycle=True)


@pytest.mark.slow
def test_stages_come_first_and_are_clustered_inside() -> None:
    result = fitted()
    late = customers()["overdue_ratio"].to_numpy() > 10
    assert not {*result.labels[late]} & {*result.labels[~late]}
    assert len({*result.labels[~late]}) > 1
    assert (result.labels >= 0).all()
    assert min(row.size for row in result.profiles.segments) >= 30
    assert len({*result.model.names}) == len(result.model.names)


def test_names_say_the_stage() -> None:
    names, russian = fitted().model.names, fitted().in_language("ru").model.names
    assert all(
        name.startswith(("New customers and established customers", "Lapsing customers and lap")) for name in names
    )
    assert all(name.startswith(("Новые клиенты и постоянные", "Уходящие клиенты и ушедшие")) for name in russian)


def test_reason_is_that_of_every_stage() -> None:
    why = fitted().why()
    assert "Stages of the lifecycle come first, by the customer’s own rhythm" in why
    assert "Inside “New customers and established customers”: " in why
    assert len(fitted().stage_choices) == 2
    assert "Сначала — стадии жизненного цикла" in fitted().in_language("ru").why()


def test_model_assigns_as_the_fit(tmp_path: Any) -> None:
    result = fitted()
    result.model.save(tmp_path / "model.json")
    model = SegmentModel.load(tmp_path / "model.json")
    assert model == result.model
    assert (model.labels(result.features) == result.labels).all()
    row = customers().row(0, named=True)
    assert model.assign_one(row).segment == result.labels[0]
    assert 0.5 < result.confidence.min() <= 1


def test_explanation_compares_segments_of_one_stage() -> None:
    result = fitted()
    first = int((customers()["overdue_ratio"].to_numpy() < 10).argmax())
    explanation = explain(result, first)
    stage = {int(label) for label in result.labels[customers()["overdue_ratio"].to_numpy() < 10]}
    assert {explanation.segment, explanation.second_segment} <= stage


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"rules": {"a": "spend > 3"}}, "leave out .*rules="),
        ({"n_segments": 3}, "leave out .*n_segments="),
        ({"lifecycle": 1}, "lifecycle must be True or False, got int"),
    ],
)
def test_arguments_that_exclude_each_other(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        fit_segments(features=customers(), **{"lifecycle": True, **arguments})


def test_sample_of_customers_in_spark_is_refused() -> None:
    first = WhatComesFirst.checked(None, True, n_segments=None, caller="fit_segments")
    table = given_features(customers(), None, "test")
    with pytest.raises(TypeError, match="lifecycle=True cannot be used with tables in Spark"):
        first.groups(table, ["spend"], min_size=0.05, logs=None, is_sample=True, caller="fit_segments")
