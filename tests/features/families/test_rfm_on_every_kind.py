"""The same answer from every kind of table, in the caller's kind, with ids of their own type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import comes_back, rows_of
from spark_session import is_spark_frame

from custseg import Orders
from custseg.features import rfm

AsKind = Callable[[pl.DataFrame], object]
NAMES = ["customer_id", "order_id", "ordered_at", "amount", "cancelled"]
DIRTY = pl.DataFrame(
    [
        (2**60, 1, datetime(2024, 5, 1, 23, 59, 59), 30.0, False),
        (2**60, 1, datetime(2024, 5, 2), -10.0, None),
        (2**60, None, datetime(2024, 5, 3), 0.1, False),
        (2**60, None, datetime(2024, 5, 3), 0.2, False),
        (2**60 + 1, 1, datetime(2024, 5, 31, 23, 59, 59), 5.0, False),
        (2**60 + 1, 2, datetime(2024, 5, 20), 12.0, True),
        (2**60 + 1, 3, datetime(2024, 5, 21), None, False),
        (7, 4, datetime(2024, 6, 1), 99.0, False),
        (8, 5, datetime(2024, 5, 9), float("nan"), False),
        (None, 6, datetime(2024, 5, 9), 1.0, False),
        (9, 7, None, 1.0, False),
        (10, 8, datetime(2024, 5, 10), 0.0, False),
    ],
    schema=dict(zip(NAMES, [pl.Int64, pl.Int64, pl.Datetime("us"), pl.Float64, pl.Boolean], strict=True)),
    orient="row",
)
EXPECTED = {2**60: (29, 31, 2, 2, 20.3, 10.15), 2**60 + 1: (1, 1, 1, 1, 5.0, 5.0)}
KEPT = EXPECTED | {
    2**60 + 1: (1, 11, 2, 2, 5.0, 2.5),
    8: (23, 23, 1, 1, 0.0, 0.0),
    10: (22, 22, 1, 1, 0.0, 0.0),
}


def by_customer(result: Any) -> dict[Any, tuple[Any, ...]]:
    return {row.pop("customer_id"): tuple(row.values())[:6] for row in rows_of(result)}


@pytest.mark.slow
def test_rfm_is_the_same_on_every_kind(as_kind: AsKind) -> None:
    orders = Orders(as_kind(DIRTY), cancelled="cancelled")
    assert by_customer(rfm(orders, as_of="2024-06-01")) == EXPECTED
    assert by_customer(rfm(orders, as_of="2024-06-01", zero_orders="keep")) == KEPT


def test_rfm_takes_a_plain_table_and_gives_its_kind_back(kind: str, as_kind: AsKind) -> None:
    table = DIRTY.with_columns(pl.lit("2024-05-09").alias("ordered_at"))
    result = rfm(as_kind(table), as_of=date(2024, 6, 1))
    assert comes_back(result, kind)
    assert [row["recency_days"] for row in rows_of(result)] == [23, 23, 23, 23]


def test_text_ids_stay_as_they_are(as_kind: AsKind) -> None:
    ids = ["007", "7", " 7", "Änne", "a,b", 'say "hi"', "007", "1e3", None, "", " ", "7"]
    table = DIRTY.with_columns(pl.Series("customer_id", ids), ordered_at=datetime(2024, 5, 9), amount=1.0)
    found = by_customer(rfm(as_kind(table), as_of="2024-06-01"))
    assert {customer: values[4] for customer, values in found.items()} == {
        " 7": 1, "007": 2, "1e3": 1, "7": 2, "a,b": 1, 'say "hi"': 1, "Änne": 1,
    }  # fmt: skip
    assert list(found) == sorted(found)


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt16, pl.Int32, pl.UInt64, pl.Float64, pl.String])
def test_ids_keep_their_type(kind: str, as_kind: AsKind, dtype: type[pl.DataType]) -> None:
    if kind == "csv":
        pytest.skip("a CSV file has no types")
    table = DIRTY.head(4).with_columns(pl.Series("customer_id", [1, 1, 2, 2]).cast(dtype))
    given = as_kind(table)
    result = rfm(given, as_of="2024-06-01")
    if isinstance(given, pd.DataFrame):
        assert result["customer_id"].dtype == given["customer_id"].dtype
    elif isinstance(given, pa.Table):
        assert result.schema.field("customer_id").type == given.schema.field("customer_id").type
    elif isinstance(given, duckdb.DuckDBPyRelation):
        assert result.types[0] == given.types[0]
    elif is_spark_frame(given):
        assert result.schema[0].dataType == given.schema[0].dataType
    else:
        assert result.lazy().collect_schema()["customer_id"] == dtype


def test_dates_with_a_zone_are_the_same_on_every_kind(as_kind: AsKind) -> None:
    moments = [datetime(2024, 3, 30, 22, 59, 59), datetime(2024, 3, 30, 23), datetime(2024, 3, 31, 22)]
    table = DIRTY.head(3).with_columns(
        pl.Series("ordered_at", moments).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo"),
        customer_id=1, order_id=pl.int_range(3), amount=1.0,
    )  # fmt: skip
    orders = Orders(as_kind(table), timezone="Europe/Berlin")
    assert by_customer(rfm(orders, as_of=datetime(2024, 4, 1, 20, tzinfo=UTC))) == {1: (0, 2, 3, 3, 3.0, 1.0)}


def test_dates_without_a_clock_are_the_same_on_every_kind(as_kind: AsKind) -> None:
    table = DIRTY.with_columns(pl.col("ordered_at").dt.date())
    assert by_customer(rfm(as_kind(table), as_of="2024-06-01"))[2**60][:2] == (29, 31)


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        (pl.Series(["0.10", "0.20", None, "-0.30"] * 3).cast(pl.Decimal(20, 2)), (6, 5, 0.3)),
        (pl.Series([3, None, -1] * 4), (4, 4, 8.0)),
        (pl.Series([3, None, -1] * 4).cast(pl.Int8), (4, 4, 8.0)),
        (pl.Series([0.5, None, -0.25] * 4).cast(pl.Float32), (4, 4, 1.0)),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_money_of_every_type_is_the_same_on_every_kind(
    as_kind: AsKind, money: pl.Series, expected: tuple[float, ...]
) -> None:
    # The lines 7 and 10 do not count: one is after the snapshot, one without a date.
    table = DIRTY.with_columns(money.alias("amount"), customer_id=1, order_id=pl.int_range(12))
    assert by_customer(rfm(as_kind(table), as_of="2024-06-01"))[1][2:5] == expected


def test_other_columns_do_no_harm(as_kind: AsKind) -> None:
    table = DIRTY.with_columns(pl.lit("x").alias("Ünusual name"), pl.lit(None).alias("nothing"))
    orders = Orders(as_kind(table), cancelled="cancelled", product="Ünusual name")
    assert by_customer(rfm(orders, as_of="2024-06-01")) == EXPECTED
