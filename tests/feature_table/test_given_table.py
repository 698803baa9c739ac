"""A ready table: texts read as numbers, and columns that say nothing about groups of customers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from custseg import FeatureTable
from custseg.errors import DataError
from custseg.feature_table import duplicate_columns, given_features, unclustered_columns

TEXTS = pl.DataFrame(
    {"customer_id": [1, 2, 3, 4], "total": ["1.5", "-", "2", None], "city": ["Oslo", "1", "Rome", "x"]}
)


def given(table: object) -> FeatureTable:
    return given_features(table, None, "test")


def test_texts_are_read_alike_on_every_kind(kind: str, as_kind: Callable[[pl.DataFrame], object]) -> None:
    table = given(as_kind(TEXTS))
    assert table.numeric_names() == ["total"]
    assert np.array_equal(table.values("total"), [1.5, np.nan, 2, np.nan], equal_nan=True)


def test_numbers_that_a_table_declares_as_categories_are_text() -> None:
    frame = pd.DataFrame({"customer_id": [1, 2, 3], "region": pd.Categorical([7, None, 7]), "visits": [1, 2, 3]})
    for table in (frame, pa.Table.from_pandas(frame)):
        assert given(table).numeric_names() == ["visits"]
        assert given(table)["region"].tolist() == ["7", None, "7"]


def test_objects_of_pandas_are_read_as_a_csv_is(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer_id": [1, 2, 3], "total": [1.5, " ", 3], "age": ["20", "n/a", "31"]})
    frame.to_csv(tmp_path / "table.csv", index=False)
    tables = [given(frame), given(tmp_path / "table.csv")]
    assert [table.numeric_names() for table in tables] == [["total", "age"]] * 2
    for name in ("total", "age"):
        assert np.array_equal(tables[0].values(name), tables[1].values(name), equal_nan=True)


def test_categories_of_digits_stay_categories() -> None:
    frame = pd.DataFrame({"customer_id": [1, 2], "tier": pd.Categorical(["1", "2"])})
    assert given(frame).numeric_names() == []


def test_decimal_comma_of_a_csv_holds_for_texts(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("customer_id;total\n1;1,234\n2;-\n3;5,5\n", encoding="utf-8")
    from custseg._frames import CSVFormat

    table = given_features(tmp_path / "table.csv", None, "test", form=CSVFormat(";", ","))
    assert np.array_equal(table.values("total"), [1.234, np.nan, 5.5], equal_nan=True)


def test_columns_that_a_model_needs_may_be_empty() -> None:
    few = pl.DataFrame({"customer_id": [1], "total": [" "]})
    assert given_features(few, None, "test", numbers=["total"]).numeric_names() == ["total"]


def test_unclustered_columns() -> None:
    income = [100.0, 250.0, 80.0, 120.0]
    table = pl.DataFrame(
        {
            "customer_id": [1, 2, 3, 4],
            "income": income,
            "cents": [100 * value for value in income],
            "row": [11, 10, 12, 13],
            "card_no": [70, 8, 911, 34],
            "one": [1, 1, None, 1],
            "none": pl.Series([None] * 4, dtype=pl.Float64),
            "visits": [5, 9, 700, 31],
        }
    )
    reasons = {"cents": "duplicate", "row": "id", "card_no": "id", "one": "constant", "none": "no value"}
    assert unclustered_columns(given(table)) == reasons


def test_sensitive_columns() -> None:
    table = pl.DataFrame(
        {
            "customer_id": [1, 2, 3],
            "age": [30, 61, 45],
            "is_female": [1, 0, 1],
            "vip": [0, 0, 1],
            "visits": [9, 3, 6],
        }
    )
    assert unclustered_columns(given(table)) == dict.fromkeys(["age", "is_female"], "sensitive")
    assert unclustered_columns(given(table), ["vip"]) == dict.fromkeys(["age", "is_female", "vip"], "sensitive")


def test_consecutive_numbers_are_ids_beside_measures_only() -> None:
    alone = pl.DataFrame({"customer_id": [1, 2, 3], "rank": [3, 1, 2]})
    assert unclustered_columns(given(alone)) == {}
    assert unclustered_columns(given(alone.with_columns(visits=pl.Series([4, 4, 9])))) == {"rank": "id"}
    assert unclustered_columns(given(alone.rename({"rank": "user_no"}))) == {"user_no": "id"}


def test_duplicates_have_their_gaps_in_the_same_rows() -> None:
    gap = float("nan")
    columns = {
        name: np.array(values) for name, values in {"a": [1, 2, gap], "b": [3, 8, gap], "c": [3, gap, 8]}.items()
    }
    assert duplicate_columns(columns) == {"b": "a"}
    assert duplicate_columns({"a": np.arange(3000.0), "b": np.r_[np.arange(2999.0), 0]}) == {}


def test_error_for_ids_names_the_better_column() -> None:
    table = pl.DataFrame({"age": [30, 30, 41], "visits": [1, 2, 3], "ClientID": [7, 8, 9]})
    with pytest.raises(DataError, match=r"because it is the first column; give customer_column='ClientID'\."):
        given(table)


def test_table_without_any_useful_column() -> None:
    from custseg import fit_segments

    for column, message in (
        ([1] * 60, "no column is left to cluster on \\(x: all of its values are equal\\)"),
        ([None] * 60, "Leave out \\['x'\\], without any value"),
        (["a", "b"] * 30, "Replace \\['x'\\] by one column of 1 and 0 for each value"),
        ([True, False] * 30, "Write yes and no as 1 and 0 in \\['x'\\]"),
        (["да", "нет"] * 30, "Write yes and no as 1 and 0 in \\['x'\\]"),
        ([f"Anna {i}" for i in range(60)], "Leave out \\['x'\\], whose text differs from customer to customer"),
        (["1,234", "2,345"] * 30, "Write the numbers of 'x' without commas: 1,234 may be 1234 or 1\\.234"),
    ):
        with pytest.raises(DataError, match=message):
            fit_segments(features=pl.DataFrame({"customer_id": range(60), "x": column}))
