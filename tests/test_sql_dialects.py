"""The SQL of a model calls the functions of the list, and no others."""

from datetime import datetime
from functools import cache
from itertools import pairwise

import pytest
import sqlglot
from effort import all_of
from logs import clean_log
from sql_models import MODELS, fitted

from custseg import Orders, SegmentModel, fit_segments
from custseg.exports import features_sql, split_sql, to_sql
from custseg.sql_dialects import DIALECTS, FUNCTIONS

DOCUMENTATION = {
    "duckdb": "https://duckdb.org/docs/",
    "postgres": "https://www.postgresql.org/docs/",
    "sqlite": "https://www.sqlite.org/",
    "spark": "https://spark.apache.org/docs/",
    "bigquery": "https://cloud.google.com/bigquery/docs/",
    "snowflake": "https://docs.snowflake.com/",
}


def called(query: str, dialect: str) -> set[str]:
    """The functions of a query, by the names that it calls them by."""
    tokens = sqlglot.tokenize(query, dialect=dialect)
    pairs = pairwise(tokens)
    syntax = {"AS", "AND", "OR", "NOT", "ON", "IN", "OVER", "FROM", "WHEN", "THEN", "ELSE", "CASE", "CAST", "VALUES"}
    syntax |= {"SELECT", "WHERE", "BY", "UNNEST", "STRUCT", "MATERIALIZED"}
    quoted = (sqlglot.TokenType.IDENTIFIER, sqlglot.TokenType.STRING)
    words = {a.text.upper() for a, b in pairs if b.text == "(" and a.token_type not in quoted and a.text[0].isalpha()}
    return words - syntax


def allowed(dialect: str) -> set[str]:
    return {function.name for function in FUNCTIONS[dialect].values()}


@cache
def model_of_orders() -> SegmentModel:
    orders = Orders(clean_log(80), timezone="Europe/Berlin")
    columns = ["recency_days", "order_count", "revenue", "trend", "gap_cv", "overdue_ratio"]
    return fit_segments(orders, columns=columns, method="kmeans", n_segments=3).model


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", all_of(MODELS, quick=("kmeans with heavy tails",)))
def test_functions_of_to_sql(name: str, dialect: str) -> None:
    query = to_sql(fitted(name), dialect, "shop.features")
    assert called(query, dialect) - allowed(dialect) == set()
    parsed = sqlglot.parse_one(query, dialect=dialect)
    assert parsed.named_selects == ["customer_id", "segment", "name", "confidence"]


@pytest.mark.slow
@pytest.mark.parametrize("zoned", [False, True])
@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "sqlite"])
def test_functions_of_features_sql(dialect: str, zoned: bool) -> None:
    query = features_sql(model_of_orders(), dialect, "shop.orders", as_of=datetime(2025, 1, 1), zoned=zoned)
    assert called(query, dialect) - allowed(dialect) == set()
    assert sqlglot.parse_one(query, dialect=dialect).named_selects[0] == "customer_id"


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "sqlite"])
def test_functions_of_split_sql(dialect: str) -> None:
    query = split_sql(dialect, ("shop", "my.customers"), holdout=0.1, salt="s", by=["name", "city"])
    assert called(query, dialect) - allowed(dialect) == set()
    assert sqlglot.parse_one(query, dialect=dialect).named_selects == ["customer_id", "name", "city", "group"]


def test_every_function_is_documented() -> None:
    assert set(FUNCTIONS) == set(DIALECTS)
    for dialect, functions in FUNCTIONS.items():
        assert [f.name for f in functions.values() if not f.url.startswith(DOCUMENTATION[dialect])] == []


def test_other_function_is_found() -> None:
    assert called('SELECT LOG1P("LN"("x")), ABS (1) AS "y (z", \'a (b\'', "duckdb") == {"LOG1P", "ABS"}
