"""`fit_segments(lifecycle=True)`: stages first, clusters inside those that are large enough."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from custseg import DataError, Segmentation, SegmentModel, fit_segments
from custseg._clusters_of_fit import EarlierNumbers
from custseg.feature_table import given_features
from custseg.insights import explain
from custseg.plots import plot_all, plot_choice
from custseg.proof import cross_check
from custseg.reports import report_data
from custseg.rule_groups import WhatComesFirst
from custseg.tracking import refit


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


@pytest.mark.slow
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


def test_stages_keep_their_numbers_of_segments() -> None:
    model = fitted().model
    assert EarlierNumbers.of(model, "test") == EarlierNumbers(4, {row.stage: 2 for row in fitted().clusterings})


@pytest.mark.slow
def test_refit_keeps_stages_and_their_numbers() -> None:
    again = refit(fitted().model, features=customers())
    assert [row.before for row in again.record.relations if row.kind == "same"] == [0, 1, 2, 3]
    assert sum("There are as many as before" in note for note in again.result.notes) == 2


def test_reassignments_are_those_inside_stages() -> None:
    result = fitted()
    choice = result.stage_choices[1]
    moved = replace(choice.best.estimator.assignment_rule_, offsets=np.array([0.0, 30.0]))
    estimator = copy(choice.best.estimator)
    estimator.reassignments_ = moved.reassignments(choice.fitted_rows.X, np.ones(len(choice.fitted_rows.X)))
    stages = (result.stage_choices[0], replace(choice, best=replace(choice.best, estimator=estimator)))
    [move] = replace(result, stage_choices=stages).reassignments
    assert (move.origin, move.target) == (2, 3)


@pytest.mark.slow
def test_pictures_and_report_speak_of_stages() -> None:
    result = fitted()
    with pytest.raises(ValueError, match=r"every stage has a choice of its own. Give one .*clusterings\[0\].choice"):
        plot_choice(result)
    assert plot_choice(result.clusterings[0].choice).get_title(loc="left")
    assert {*plot_all(result)} >= {"silhouette", "stability"}
    data = report_data(result)
    assert data["summary"][0]["answers"] == [result.reason]
    assert [card["stated"]["label"] for card in data["segments"]] == ["Stage"] * 4
    [choice] = [section for section in data["sections"] if section["key"] == "choice"]
    assert [table["title"] for table in choice["tables"]] == [row.stage for row in result.clusterings]
    [method] = [section for section in data["sections"] if section["key"] == "method"]
    assert {"    lifecycle=True,", "    method='kmeans',"} < {*method["code"]}
    table = customers().with_columns(third=pl.col("customer_id") % 3)
    assert cross_check(table, ["third"], min_size=20, outcome="spend", result=result).segments == ()


def test_customers_in_no_stage() -> None:
    lacking = pl.when(pl.col("customer_id") < 12).then(None).otherwise("order_days").alias("order_days")
    with pytest.raises(DataError, match=r"12 customers .* cannot be put into a stage, because their overdue_ratio"):
        fit_segments(features=customers().with_columns(lacking), columns=["spend"], method="kmeans", lifecycle=True)


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
