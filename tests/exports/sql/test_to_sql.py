"""`to_sql`: the database assigns every customer as Python does."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from effort import all_of
from logs import clean_log
from sql_databases import DATABASES, PARAMETERS, agreement
from sql_models import MODELS, customers, fitted, hard_customers

from custseg import MissingDependencyError, SegmentModel, fit_segments
from custseg.exports import features_sql, to_sql


@pytest.mark.parametrize("dialect", PARAMETERS)
@pytest.mark.parametrize("name", all_of(MODELS, quick=["kmeans with heavy tails"]))
def test_segments_equal_those_of_python(name: str, dialect: str) -> None:
    model = fitted(name)
    table = hard_customers(model, 200)
    result = agreement(model, dialect, table, returns=["revenue"])
    assert (result.customers, result.differences) == (200, 0)
    assert result.nearly_equal <= 1
    assert result.confidence < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("dialect", PARAMETERS)
def test_weighted_columns(dialect: str) -> None:
    model = fitted("kmeans")
    weights = {name: 0.5 + index for index, name in enumerate(model.preparation.names)}
    weighted = replace(model, preparation=model.preparation.with_weights(weights))
    table = hard_customers(model, 200)
    result = agreement(weighted, dialect, table, returns=["revenue"])
    assert (result.differences, result.confidence < 1e-6) == (0, True)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", PARAMETERS)
@pytest.mark.parametrize("name", MODELS)
def test_segments_of_many_customers(name: str, dialect: str) -> None:
    model = fitted(name)
    table = hard_customers(model, 2_000 if model.rule.kind == "cores" else 30_000, seed=2)
    result = agreement(model, dialect, table, returns=["revenue"])
    assert (result.differences, result.nearly_equal <= 1) == (0, True)


@pytest.mark.parametrize("dialect", PARAMETERS)
def test_ties_go_to_the_lowest_number(dialect: str) -> None:
    model = fitted("kmeans")
    centers = np.repeat([[1.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0]], 2, axis=0)
    rule = replace(model.rule, centers=centers, offsets=np.zeros(4), reach=np.ones(4))
    tied = replace(model, rule=rule, segments=(model.segments * 4)[:4])
    tied = replace(tied, segments=tuple(replace(s, number=9 - i) for i, s in enumerate(tied.segments)))
    query = to_sql(tied, dialect, "features", return_columns=[])
    rows = DATABASES[dialect](query, {"features": hard_customers(model, 50)})
    assert {segment for _, segment, _, _ in rows} == {9, 7, None}


@pytest.mark.slow
@pytest.mark.parametrize("dialect", PARAMETERS)
@pytest.mark.parametrize("name", ["kmeans", "gaussian_mixture"])
def test_offsets_of_the_minimum_size(name: str, dialect: str) -> None:
    model = fitted(name)
    offsets = np.array([0.0, 0.7, -0.4, 1.1])
    changed = replace(model, rule=replace(model.rule, offsets=offsets))
    table = hard_customers(model, 200)
    result = agreement(changed, dialect, table, returns=["revenue"])
    assert (result.differences, result.confidence < 1e-6) == (0, True)


@pytest.mark.parametrize("dialect", PARAMETERS)
def test_scale_far_from_one(dialect: str) -> None:
    """The logarithm of huge values, and units of columns whose squares overflow."""
    model = fitted("kmeans")
    plans = model.preparation.columns
    scales = {"recency_days": 1e-200, "order_count": 1e200}
    changed = [replace(plan, transform="log1p", scale=scales.get(plan.name, 0.5)) for plan in plans[:3]]
    changed[0] = replace(changed[0], center=400.0, spread=100.0)
    changed[1] = replace(changed[1], center=100.0, spread=30.0)
    preparation = replace(model.preparation, columns=(*changed, replace(plans[3], unit=2.0**-900)))
    table = hard_customers(model, 300)
    huge = pl.Series(np.geomspace(1, sys.float_info.max / 2, 300))
    table = table.with_columns(recency_days=huge, order_count=huge.reverse())
    result = agreement(replace(model, preparation=preparation), dialect, table)
    assert (result.differences, result.confidence < 1e-6) == (0, True)


@pytest.mark.parametrize("dialect", PARAMETERS)
def test_customers_who_returned_everything(dialect: str) -> None:
    table = customers(12).with_columns(
        order_count=pl.Series([0, 0, 0, 1, 1, 1, 1, 2, 0, None, 3, 0]),
        revenue=pl.Series([0.0, -5.0, 9.0, 0.0, 0.0, 0.0, 4.0, -1.0, None, -1.0, None, 0.0]),
        returned_orders=pl.Series([1, 0, 0, 0, 0, None, 0, 1, 2, 1, 0, None]),
        return_share=pl.Series([1.0, 0.0, None, 1.0, 0.5, None, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]),
    )
    result = agreement(fitted("kmeans"), dialect, table, returns=["returned_orders", "return_share"])
    assert (result.differences, result.nearly_equal) == (0, 0)


@pytest.mark.parametrize("dialect", PARAMETERS)
def test_odd_names_and_texts(dialect: str) -> None:
    words = ['it\'s "x"', "back\\slash", "`tick` -- ; DROP", "%s {} :name", "Лояльные"]
    model = fitted("kmeans")
    model = model.renamed({number: words[i] for i, number in enumerate(model.numbers)})
    plan = model.preparation.columns[0]
    odd = "Days \"since\" 'it' `?` $1 :x %s"
    model = replace(
        model, preparation=replace(model.preparation, columns=(replace(plan, name=odd), *model.preparation.columns[1:]))
    )
    table = customers(60).rename({"recency_days": odd, "customer_id": 'the "id"'})
    query = to_sql(model, dialect, ('my "table".x',), customer_column='the "id"')
    rows = sorted(DATABASES[dialect](query, {'my "table".x': table}))
    expected = model.assign(features=table, customer_column='the "id"')
    assert [row[:3] for row in rows] == expected.select("customer_id", "segment", "name").rows()


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["duckdb", pytest.param("postgres", marks=pytest.mark.services)])
def test_from_orders_to_segments(dialect: str) -> None:
    lines = clean_log(80).with_columns(amount=pl.when(pl.col("order_id") % 7 == 0).then(-20.0).otherwise("amount"))
    model = fit_segments(lines, method="kmeans", n_segments=3).model
    as_of = "2025-01-15"
    features = features_sql(model, dialect, "lines", as_of=as_of)
    query = to_sql(model, dialect, "features")
    rows = DATABASES[dialect](f"WITH features AS ({features}) SELECT * FROM ({query}) AS q", {"lines": lines})
    expected = model.assign(lines, as_of=as_of).select("customer_id", "segment", "name")
    assert [row[:3] for row in sorted(rows)] == expected.sort("customer_id").rows()


def test_table_with_the_name_of_a_step() -> None:
    query = to_sql(fitted("kmeans"), "sqlite", "custseg_features")
    assert len(DATABASES["sqlite"](query, {"custseg_features": customers(5)})) == 5


@pytest.mark.slow
@pytest.mark.parametrize("neighbors", [1, 2, 4])
@pytest.mark.parametrize("dialect", PARAMETERS)
def test_rows_beyond_the_limit_are_noise(dialect: str, neighbors: int) -> None:
    model = fitted("hdbscan")
    noisy = replace(model, rule=replace(model.rule, limit=model.rule.reach * [0.3, 0.5, 0.6], neighbors=neighbors))
    table = hard_customers(model, 150)
    assert 20 < (noisy.assign(features=_finite(table))["segment"].is_null()).sum() < 130
    assert agreement(noisy, dialect, table, returns=["revenue"]).differences == 0


def _finite(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(~pl.any_horizontal(pl.col(pl.Float64).is_infinite().fill_null(value=False)))


@pytest.mark.slow
def test_no_cluster_at_all() -> None:
    model = fitted("hdbscan")
    empty = replace(model.rule, n_clusters=0, limit=np.array([]), reach=np.array([]))
    query = to_sql(replace(model, rule=empty, segments=()), "duckdb", "features")
    rows = DATABASES["duckdb"](query, {"features": customers(5)})
    assert {row[1:] for row in rows} == {(None, model.unclustered_name, None)}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"dialect": "mysql"}, ValueError, "dialect must be one of .*'duckdb'.*, got 'mysql'"),
        ({"dialect": "Postgres"}, ValueError, "Did you mean 'postgres'"),
        ({"dialect": None}, TypeError, "dialect must be one of"),
        ({"table": 3}, TypeError, "table must be the name of a table"),
        ({"customer_column": ""}, ValueError, "customer_column must be the name of a column"),
        ({"return_columns": "revenue"}, TypeError, "return_columns must be a list of names"),
        ({"return_columns": ["returns"]}, ValueError, "return_columns must be one of .*'returned_orders'"),
    ],
)
def test_bad_argument(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        to_sql(fitted("kmeans"), **{"dialect": "duckdb", "table": "features", **arguments})


def test_result_instead_of_model() -> None:
    with pytest.raises(TypeError, match=r"model must be a SegmentModel, got int. Give result\.model"):
        to_sql(3, "duckdb", "features")


def test_missing_sqlglot_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'custseg\[sql\]'"):
        to_sql(fitted("kmeans"), "duckdb", "features")


def test_model_without_its_own_logs_reads_its_columns_alone() -> None:
    model: SegmentModel = fitted("kmeans")
    assert '"returned_orders"' not in to_sql(model, "duckdb", "features")
