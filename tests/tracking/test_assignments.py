"""Tables of assignments, of every kind and with every fault."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from snapshots import snapshot

from custseg import DataError
from custseg.tracking._assignments import read_assignments

TABLE = snapshot({"007": 0, "ü;=1": None, "-5": 2}, confidence=[0.5, None, 1.0], is_outlier=[True, None, False])


def read(table: object, **options: Any) -> pl.DataFrame:
    return read_assignments(table, "test", "before", **options).local.to_native()


def test_every_kind_reads_alike(as_kind: Callable[[pl.DataFrame], object], kind: str) -> None:
    expected = TABLE if kind != "csv" else TABLE.with_columns(is_outlier=pl.Series([True, False, False]))
    assert read(as_kind(TABLE)).select(TABLE.columns).equals(expected)


def test_integers_of_every_kind(as_kind: Callable[[pl.DataFrame], object]) -> None:
    table = snapshot({2**62 + 1: 0, -3: 2}, second_segment=[1, 0])
    assert read(as_kind(table)).select(table.columns).equals(table)


def test_whole_floats_are_integers() -> None:
    table = TABLE.with_columns(pl.col("segment").cast(float), customer_id=pl.Series([1.0, 2.0, 3.0]))
    local = read(table)
    assert local["customer_id"].to_list() == [1, 2, 3]
    assert local["segment"].to_list() == [0, None, 2]


def test_large_unsigned_ids_stay() -> None:
    assert read(snapshot({2**64 - 1: 0, 5: 1}))["customer_id"].to_list() == [2**64 - 1, 5]


def test_names_of_segments_and_of_customers_in_none() -> None:
    assignments = read_assignments(TABLE, "test", "before")
    assert assignments.names == {0: "Loyal", 2: "Lost"}
    assert assignments.unclustered == ("No data",)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.drop("name", "segment"), r"before lacks columns \['segment', 'name'\]. A table of assignments has"),
        (TABLE.head(0), "before has no rows"),
        (TABLE.with_columns(customer_id=pl.lit("x")), "one row per customer, but 2 rows repeat the id of an earlier"),
        (TABLE.with_columns(customer_id=pl.Series(["a", None, " "])), "2 rows of before without an id"),
        (TABLE.with_columns(customer_id=pl.lit(date(2024, 1, 1))), "'customer_id' of before must hold whole numbers"),
        (TABLE.with_columns(customer_id=pl.Series([1.5, 2.0, 3.0])), "'customer_id' of before must hold whole numbers"),
        (TABLE.with_columns(segment=pl.Series([0.5, 1.0, 2.0])), "column 'segment' of before must hold the numbers of"),
        (TABLE.with_columns(segment=pl.lit("Loyal")), "column 'segment' of before must hold the numbers of segments"),
        (TABLE.with_columns(segment=pl.lit(-1)), "has negative numbers. Segments count from 0"),
        (TABLE.with_columns(name=pl.lit(None, pl.String)), "3 rows of before without a name"),
        (TABLE.with_columns(segment=pl.lit(1)), r"a segment must have one name in before, but \[1\] have several"),
        (TABLE.with_columns(confidence=pl.lit(1.5)), "column 'confidence' of before must hold numbers from 0 to 1"),
        (TABLE.with_columns(confidence=pl.lit("high")), "column 'confidence' of before must hold numbers, got String"),
        (TABLE.with_columns(is_outlier=pl.lit(2)), "column 'is_outlier' of before must hold true and false"),
    ],
)
def test_faults_are_named_without_ids(table: pl.DataFrame, message: str) -> None:
    with pytest.raises(DataError, match=f"test: .*{message}") as caught:
        read(table)
    assert "007" not in str(caught.value)


def test_further_numbers_are_read() -> None:
    table = TABLE.with_columns(revenue=pl.Series([1, None, 3]))
    assert read(table, numbers=["revenue"])["revenue"].to_list() == [1.0, None, 3.0]
    with pytest.raises(DataError, match=r"before lacks column \['revenue'\]"):
        read(TABLE, numbers=["revenue"])
    with pytest.raises(DataError, match="'revenue' of before must hold finite numbers"):
        read(TABLE.with_columns(revenue=pl.lit(float("inf"))), numbers=["revenue"])


def test_no_table() -> None:
    with pytest.raises(TypeError, match="test: the table must be a polars DataFrame"):
        read(5)
