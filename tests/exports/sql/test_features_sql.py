"""`features_sql`: the database computes the features as Python does."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
import sqlglot
from effort import all_of
from sql_databases import DATABASES, PARAMETERS

from custseg import DataError, Orders, SegmentModel, fit_segments
from custseg.exports import features_sql

AS_OF = datetime(2024, 12, 1, 12)
PARAMETERS_WITH_DATES = [item for item in PARAMETERS if item.values != ("sqlite",)]
FEATURES = (
    *("recency_days", "age_days", "order_count", "order_days", "revenue", "order_value", "order_value_shrunk"),
    *("orders_per_30d", "recency_span_days", "repeat_count", "repeat_value"),
    *("gap_days_mean", "gap_cv", "expected_gap_days", "overdue_ratio", "trend", "peak_share"),
)


def order_lines(seed: int = 0, customers: int = 150) -> pl.DataFrame:
    """Lines of three years with refunds, cancellations, gifts, and values that are missing here and there."""
    rng = np.random.default_rng(seed)
    orders = 8 * customers
    lines = rng.integers(0, orders, 3 * orders)
    moments = np.datetime64("2022-01-01T00:00") + rng.integers(0, 3 * 365 * 24 * 60, orders)
    owners = rng.zipf(1.3, orders) % customers
    level = rng.lognormal(3, 1, customers)[owners[lines]]
    amounts = np.where(rng.random(len(lines)) < 0.1, -1, 1) * (level * rng.lognormal(0, 0.5, len(lines))).round(2)
    table = pl.DataFrame(
        {
            "customer_id": owners[lines],
            "order_id": [f"N{number}" for number in lines],
            "ordered_at": moments[lines].astype("datetime64[us]"),
            "amount": np.where(rng.random(len(lines)) < 0.1, 0.0, amounts),
            "quantity": rng.integers(1, 5, len(lines)),
            "is_void": rng.random(len(lines)) < 0.1,
            "returned": np.where(rng.random(len(lines)) < 0.05, 5.0, 0.0),
        }
    )
    missing = {name: pl.Series(rng.random(len(lines)) < 0.03) for name in table.columns}
    return table.with_columns(pl.when(~missing[name]).then(pl.col(name)).alias(name) for name in table.columns)


def fitted(lines: pl.DataFrame, arguments: dict[str, Any], described: dict[str, Any]) -> SegmentModel:
    has_money = described.get("amount", "amount") or described.get("price")
    columns = [name for name in FEATURES if has_money or name not in OF_MONEY]
    return fit_segments(
        Orders(lines, **described),
        as_of=datetime(2024, 6, 1),
        columns=columns,
        method="kmeans",
        n_segments=3,
        **arguments,
    ).model


OF_MONEY = ("revenue", "order_value", "order_value_shrunk", "repeat_value", "peak_share")
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "net": ({}, {}),
    "gross": ({"refunds": "gross"}, {"cancelled": "is_void"}),
    "window": ({"window_days": 400}, {"cancelled": "is_void", "refund": "returned"}),
    "no order ids": ({}, {"order": None, "quantity": "quantity", "price": "amount", "amount": None}),
    "no money": ({}, {"amount": None}),
}


def check(model: SegmentModel, lines: pl.DataFrame, dialect: str, **arguments: Any) -> None:
    """The query gives the features that the model computes from the same lines."""
    query = features_sql(model, dialect, "lines", as_of=AS_OF, **arguments)
    expected = model.features_of({"orders": lines, "events": None, "customers": None}, as_of=AS_OF, caller="test").frame
    rows = DATABASES[dialect](query, {"lines": lines})
    others = ("season_share", "returned_orders", "return_share")
    names = [name for name in expected.columns if name in (*FEATURES, *others)]
    found = pl.DataFrame(rows, schema=["customer_id", *columns_of(query)], orient="row", infer_schema_length=None)
    found = found.with_columns(pl.exclude("customer_id").cast(pl.Float64)).sort("customer_id")
    assert set(found.columns[1:]) <= set(names)
    assert {*model.preparation.names, "order_count"} <= set(found.columns)
    expected = expected.select("customer_id", pl.col(found.columns[1:]).cast(pl.Float64)).sort("customer_id")
    assert found["customer_id"].to_list() == expected["customer_id"].to_list()
    for name in found.columns[1:]:
        np.testing.assert_allclose(found[name].to_numpy(), expected[name].to_numpy(), 1e-12, 1e-12, err_msg=name)


def columns_of(query: str) -> list[str]:
    return sqlglot.parse_one(query, dialect="duckdb").named_selects[1:]


@pytest.mark.parametrize("dialect", PARAMETERS_WITH_DATES)
@pytest.mark.parametrize("case", all_of(CASES, quick=("gross",)))
def test_features_equal_those_of_python(case: str, dialect: str) -> None:
    lines = order_lines()
    check(fitted(lines, *CASES[case]), lines, dialect)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", PARAMETERS_WITH_DATES)
@pytest.mark.parametrize("described", [{}, {"amount": None}])
def test_rhythm_of_a_season(described: dict[str, Any], dialect: str) -> None:
    is_winter = pl.col("ordered_at").dt.month().is_in([12, 1, 2, 3])
    lines = order_lines(customers=400).filter(is_winter.fill_null(value=True) | (pl.int_range(pl.len()) % 25 == 0))
    columns = ["recency_days", "overdue_ratio", "trend", "season_share", "peak_share"]
    options = {"columns": columns, "method": "kmeans", "n_segments": 3}
    model = fit_segments(Orders(lines, **described), as_of=datetime(2024, 6, 1), **options).model
    assert model.definition is not None
    season = model.definition.figures["rhythm"].season
    assert (season.first, season.n_parts) == (22, 8)
    check(model, lines, dialect)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", PARAMETERS_WITH_DATES)
def test_days_are_those_of_the_zone(dialect: str) -> None:
    local = order_lines().with_columns(pl.col("ordered_at").dt.replace_time_zone("UTC"))
    described = {"timezone": "America/New_York"}
    model = fitted(local, {"window_days": 500}, described)
    check(model, local, dialect, zoned=True)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", PARAMETERS_WITH_DATES)
def test_column_of_dates_without_times(dialect: str) -> None:
    lines = order_lines().with_columns(pl.col("ordered_at").dt.date())
    check(fitted(lines, {}, {"timezone": "Europe/Berlin"}), lines, dialect)


@pytest.mark.slow
@pytest.mark.parametrize("dialect", PARAMETERS_WITH_DATES)
def test_odd_names(dialect: str) -> None:
    names = {"customer_id": "Kunde\"'`", "order_id": "order", "ordered_at": "date", "amount": "select %s :x $1"}
    lines = order_lines().rename(names)
    roles = dict(zip(("customer", "order", "date", "amount"), names.values(), strict=True))
    check(fitted(lines, {}, roles), lines, dialect)


@pytest.mark.slow
def test_blank_ids_are_missing() -> None:
    lines = order_lines().with_columns(pl.col("customer_id").cast(pl.String), order_id=pl.lit(" "))
    lines = lines.with_columns(customer_id=pl.when(pl.col("amount") > 90).then(pl.lit("  ")).otherwise("customer_id"))
    check(fitted(lines, {}, {}), lines, "duckdb")


@pytest.fixture(scope="module")
def model() -> SegmentModel:
    return fitted(order_lines(), {}, {})


@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark", "bigquery", "snowflake"])
def test_dialect_reads_the_query(model: SegmentModel, dialect: str) -> None:
    query = features_sql(model, dialect, "lines", as_of=AS_OF)
    parsed = sqlglot.parse_one(query, dialect=dialect)
    assert parsed.named_selects == ["customer_id", *FEATURES, "returned_orders", "return_share"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"dialect": "sqlite"}, "SQLite has neither dates nor time zones"),
        ({"dialect": "postgre"}, "dialect must be one of .* Did you mean 'postgres'"),
        ({"as_of": "yesterday"}, "as_of must be a date"),
        ({"as_of": "2020-01-01"}, "as_of is 2020-01-01, before the snapshot of the fit"),
        ({"money_digits": 13}, "money_digits must be from 0 to 12, got 13"),
        ({"orders": ""}, "orders must have one to 3 names"),
    ],
)
def test_bad_argument(model: SegmentModel, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        features_sql(model, **{"dialect": "duckdb", "orders": "lines", "as_of": AS_OF, **arguments})


def test_bad_type(model: SegmentModel) -> None:
    with pytest.raises(TypeError, match="model must be a SegmentModel, got str"):
        features_sql("model", "duckdb", "lines", as_of=AS_OF)
    with pytest.raises(TypeError, match="zoned must be True, False or None, got str"):
        features_sql(model, "duckdb", "lines", as_of=AS_OF, zoned="yes")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"currency": "amount_currency"}, "a column of currencies, 'amount_currency'"),
        ({"date_format": "%d/%m/%Y"}, "read by date_format='%d/%m/%Y'"),
    ],
)
def test_log_that_sql_cannot_express(model: SegmentModel, change: dict[str, str], words: str) -> None:
    definition = replace(model.definition, logs={"orders": change})
    with pytest.raises(DataError, match=words):
        features_sql(replace(model, definition=definition), "duckdb", "lines", as_of=AS_OF)


def test_policy_that_sql_cannot_express(model: SegmentModel) -> None:
    definition = replace(model.definition, refunds="error")
    with pytest.raises(DataError, match="SQL cannot raise an error for a refund"):
        features_sql(replace(model, definition=definition), "duckdb", "lines", as_of=AS_OF)


@pytest.mark.slow
def test_features_of_other_families() -> None:
    lines = order_lines()
    lines = lines.with_columns(category=pl.Series(["a", "b", "c"] * (len(lines) // 3)))
    model = fit_segments(
        Orders(lines, category="category"),
        columns=["recency_days", "category_diversity"],
        method="kmeans",
        n_segments=2,
    ).model
    with pytest.raises(DataError, match=r"the model needs \['category_diversity'\]"):
        features_sql(model, "duckdb", "lines", as_of=AS_OF)


def test_model_of_a_ready_table() -> None:
    table = pl.DataFrame({"customer_id": range(60), "visits": [i % 7 + 40 * (i % 2) for i in range(60)]})
    model = fit_segments(features=table, method="kmeans", n_segments=2).model
    with pytest.raises(DataError, match="fitted without an order log"):
        features_sql(model, "duckdb", "lines", as_of=AS_OF)


@pytest.fixture(scope="module", params=[None, 60])
def for_a_goal(request: pytest.FixtureRequest) -> SegmentModel:
    options = {"goal": "revenue", "window_days": request.param, "method": "kmeans", "n_segments": 3}
    return fit_segments(order_lines(), as_of=datetime(2024, 6, 1), **options).model


@pytest.mark.slow
def test_foresight_is_read_and_not_made(for_a_goal: SegmentModel) -> None:
    with pytest.raises(DataError, match=r"needs foresight, .* is not written in SQL.*give foresight_table="):
        features_sql(for_a_goal, "duckdb", "lines", as_of=AS_OF)
    lines = order_lines(1)
    logs = {"orders": lines, "events": None, "customers": None}
    expected = pl.DataFrame(for_a_goal.features_of(logs, as_of=AS_OF, caller="test"))
    query = features_sql(for_a_goal, "duckdb", "lines", as_of=AS_OF, foresight_table="ahead")
    rows = DATABASES["duckdb"](query, {"lines": lines, "ahead": expected.select("customer_id", "foresight")})
    found = pl.DataFrame(rows, schema=["customer_id", *columns_of(query)], orient="row", infer_schema_length=None)
    found = found.sort("customer_id")
    for name in for_a_goal.preparation.names:
        assert found[name].to_list() == pytest.approx(expected[name].to_list(), nan_ok=True)


@pytest.mark.slow
def test_foresight_of_a_model_without_it(for_a_goal: SegmentModel) -> None:
    model = fitted(order_lines(), {}, {})
    with pytest.raises(ValueError, match="foresight_table= is for models with foresight"):
        features_sql(model, "duckdb", "lines", as_of=AS_OF, foresight_table="ahead")
