"""A ready customer table: which column holds the ids, and what may stand in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from kinds import RETURNED, rows_of

from custseg import FeatureTable
from custseg.errors import DataError
from custseg.feature_table import check_features, given_features

TABLE = pl.DataFrame(
    {
        "customer_id": ["007", "8", "ann"],
        "recency_days": [3, None, 5],
        "revenue": [1.5, float("nan"), -2.0],
        "city": ["Oslo", "", None],
        "member": [True, False, None],
    }
)


def given(table: object, id: str | None = None) -> FeatureTable:
    return given_features(table, id, "test")


def test_ready_table_on_every_kind(kind: str, as_kind: Callable[[pl.DataFrame], object]) -> None:
    table = given(as_kind(TABLE.drop("member")))
    assert table.ids.to_list() == ["007", "8", "ann"]
    assert table.names == ["recency_days", "revenue", "city"]
    assert table.numeric_names() == ["recency_days", "revenue"]
    assert np.array_equal(table.values("recency_days"), [3, np.nan, 5], equal_nan=True)
    assert np.array_equal(table.values("revenue"), [1.5, np.nan, -2], equal_nan=True)
    assert table.local.get_column("city").to_list() == ["Oslo", None, None]
    assert isinstance(table.frame, RETURNED.get(kind, pl.DataFrame))
    assert [row["customer_id"] for row in rows_of(table.frame)] == ["007", "8", "ann"]


def test_types_that_are_not_numeric() -> None:
    table = given(TABLE.with_columns(since=pl.lit("2024-05-01").str.to_date()))
    assert table.numeric_names() == ["recency_days", "revenue"]


@pytest.mark.parametrize(
    ("names", "asked", "expected"),
    [
        (["customer_id", "x"], None, "customer_id"),
        (["x", "customer_id"], None, "customer_id"),
        (["client", "x"], None, "client"),
        (["x", "client"], "client", "client"),
    ],
)
def test_id_column_order_of_preference(names: list[str], asked: str | None, expected: str) -> None:
    table = pl.DataFrame({name: [10, 20] if name == expected else [1.0, 2.0] for name in names})
    found = given(table, asked)
    assert found.ids.to_list() == [10, 20]
    assert found.frame.columns == ["customer_id", "x"]


def test_table_of_ids_alone() -> None:
    assert given(TABLE.select("customer_id")).names == []


def test_ids_keep_row_order() -> None:
    assert given(TABLE.reverse()).ids.to_list() == ["ann", "8", "007"]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([1, 1, 2], r"the ids in column 'client' must differ, but 1 row repeats an earlier one\."),
        ([1, 1, 1], r"the ids in column 'client' must differ, but 2 rows repeat an earlier one\."),
        ([1, None, 2], r"1 row has no id in column 'client'\."),
        (["a", " ", None], r"2 rows have no id in column 'client'\."),
        ([1.0, float("nan"), 2.0], r"1 row has no id in column 'client'\."),
        ([True, False, True], r"column 'client' must hold ids \(numbers or text\), got Boolean\."),
        ([[1], [2], [3]], r"column 'client' must hold ids \(numbers or text\), got List\(Int64\)\."),
        ([object(), object(), object()], r"column 'client' must hold ids \(numbers or text\), got Object"),
    ],
)
def test_ids_are_present_and_unique(ids: list[object], message: str) -> None:
    table = pl.DataFrame({"client": ids, "x": [1, 2, 3]})
    with pytest.raises(DataError, match=f"^test: {message}"):
        given(table, "client")


def test_fractions_are_no_ids(as_kind: Callable[[pl.DataFrame], object]) -> None:
    table = pl.DataFrame({"revenue": [1.5, 2.25, 3.0], "client": [1, 2, 3]})
    with pytest.raises(
        DataError, match=r"test: column 'revenue' would be .* fraction\. Give .* customer_column='...', or call it"
    ):
        given(as_kind(table))
    assert given(as_kind(table), "client").names == ["revenue"]
    assert given(as_kind(table.with_columns(revenue=pl.Series([1.0, 2.0, 3.0])))).names == ["client"]


def test_assumed_id_column_is_explained() -> None:
    table = pl.DataFrame({"revenue": [1.0, 1.0], "orders": [1, 2]})
    with pytest.raises(
        DataError, match=r"It was taken as the ids because it is the first column; give customer_column='...'"
    ):
        given(table)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pl.DataFrame(), "the feature table has no columns"),
        (TABLE.head(0), "the feature table has no rows"),
        (TABLE.rename({"city": "client"}), "has a column 'customer_id' beside customer_column='client'"),
    ],
)
def test_invalid_tables(table: pl.DataFrame, message: str) -> None:
    with pytest.raises(DataError, match=f"^test: .*{message}"):
        given(table, "client" if "client" in table.columns else None)


def test_missing_id_column_is_named() -> None:
    with pytest.raises(
        DataError, match=r"test: the table lacks column 'customer' \(customer_column=\) Did you mean 'customer_id'"
    ):
        given(TABLE, "customer")


def test_id_column_must_be_a_name() -> None:
    with pytest.raises(TypeError, match=r"test: customer_column must be the name of a column, got int"):
        given(TABLE, 0)  # type: ignore[arg-type]


def test_numeric_columns_of_csv(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("id,orders,revenue,code,note,empty\n007,1,1.5,01,a,\n8,2,,2,5,\n")
    table = given(path)
    assert table.ids.to_list() == ["007", "8"]
    assert table.local.rows() == [("007", 1, 1.5, "01", "a", None), ("8", 2, None, "2", "5", None)]


def test_feature_table_is_not_copied() -> None:
    table = given(TABLE)
    assert given(table) is table


def test_arrow_interface_and_length() -> None:
    table = given(TABLE)
    assert pl.DataFrame(table).equals(table.frame, null_equal=True)
    assert len(table) == 3
    assert repr(table) == "FeatureTable: <10 customers\n  given: recency_days, revenue, city, member"


def test_values_are_a_copy() -> None:
    table = given(TABLE.with_columns(revenue=pl.Series([1.0, 2.0, 3.0])))
    table.values("revenue")[:] = 0
    assert table.values("revenue").tolist() == [1.0, 2.0, 3.0]


def test_pandas_ids_keep_their_type() -> None:
    ids = pd.Series(["007", "8"], dtype="category")
    back = given(pd.DataFrame({"client": ids, "x": [1, 2]}), "client").frame
    assert back["customer_id"].dtype == ids.dtype


def test_used_features_are_numeric() -> None:
    table = given(TABLE)
    check_features(table, ["recency_days", "revenue"], argument="columns", caller="test")
    with pytest.raises(DataError, match=r"lacks columns 'x', 'revenu' Did you mean"):
        check_features(table, ["x", "city", "revenu"], argument="columns", caller="test")
    message = r"columns must be numeric, got 'city' \(String\), 'member' \(Boolean\)\. Numeric features are \['r"
    with pytest.raises(DataError, match=message):
        check_features(table, ["city", "revenue", "member"], argument="columns", caller="test")


def test_text_that_holds_some_numbers_is_counted() -> None:
    table = pl.DataFrame({"customer_id": [1, 2, 3], "total": ["1.5", "2", "soon"], "city": ["Oslo", "Rome", "Bonn"]})
    with pytest.raises(DataError, match="Convert 'total' to numbers: it is text, and 2 of 3 values are numbers"):
        check_features(given(table), ["total"], argument="columns", caller="test")


def test_column_by_name() -> None:
    table = given(TABLE)
    assert table["revenue"].tolist()[::2] == [1.5, -2.0]
    assert np.isnan(table["revenue"][1])
    assert table["city"].tolist() == ["Oslo", None, None]
    assert table["customer_id"].tolist() == ["007", "8", "ann"]
    assert list(table) == table._ipython_key_completions_() == TABLE.columns
    assert "revenue" in table
    with pytest.raises(DataError, match=r"there is no column 'revenu'\. Did you mean 'revenue'\? Columns are \['cust"):
        table["revenu"]


def test_notebook_shows_labels_units_and_coverage() -> None:
    values = [None] * 5 + [1.0] * 55
    table = given(pl.DataFrame({"id": range(60), "recency_days": range(60), "few<b>": values}))
    page = table.in_language("ru")._repr_html_()
    assert '<p class="cs-lead">FeatureTable: 60 клиентов</p>' in page
    assert "few&lt;b&gt;" in page
    # Five customers have no value: the share is a bound, and has no bar.
    assert "&gt;83\xa0%" in page
    assert re.findall(r'style="width:([^"]*)"', page) == ["100.0%"]


def test_language_is_the_default_of_the_summary() -> None:
    table = given(TABLE).in_language("ru")
    assert table.summary()["unit"] == table.summary("ru")["unit"] != table.summary("en")["unit"]
    with pytest.raises(ValueError, match="in_language: language must be one of"):
        table.in_language("de")
