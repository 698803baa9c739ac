"""Tables in memory: the odd columns that pandas and pyarrow let stand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

import duckdb
import narwhals
import narwhals.stable.v1 as nw1
import narwhals.stable.v2 as nw2
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import rows_of

from custseg import Orders
from custseg._frames import frame_from_columns
from custseg.errors import DataError
from custseg.feature_table import given_features
from custseg.features import rfm

LOG: dict[str, Any] = {
    "customer_id": ["ann", "ann", "bob"],
    "order_id": [1, 2, 3],
    "ordered_at": ["2024-05-01", "2024-05-20", "2024-03-01"],
    "amount": [30.0, 50.0, 20.0],
}
ZONE = dt.timezone(dt.timedelta(hours=2))


def pandas(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(LOG | columns)


def revenue(table: Any, **described: Any) -> dict[Any, float]:
    result = rfm(Orders(table, **described), as_of="2024-06-01")
    return {row["customer_id"]: row["revenue"] for row in rows_of(result)}


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (pd.Series([2**60, 2**60 + 1, None], dtype=object), {2**60: 30.0, 2**60 + 1: 50.0}),
        (pd.Series([2**63 + 5] * 3, dtype="uint64"), {2**63 + 5: 100.0}),
        (pd.Series([1.0, 1.0, float("nan")]), {1.0: 80.0}),
        (pd.Series(["b", "b", "a"], dtype="category"), {"a": 20.0, "b": 80.0}),
        (pd.Series([9, 9, 7], dtype="category"), {7: 20.0, 9: 80.0}),
        (pd.Series(["x", None, "y"], dtype="string"), {"x": 30.0, "y": 20.0}),
        (pd.Series([1, None, 2], dtype="Int64"), {1: 30.0, 2: 20.0}),
        (pd.Series([1, None, 2], dtype=pd.ArrowDtype(pa.int16())), {1: 30.0, 2: 20.0}),
        (pd.Series([Decimal(1), Decimal(1), Decimal(2)]), {Decimal(1): 80.0, Decimal(2): 20.0}),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_pandas_ids_keep_type(ids: pd.Series, expected: dict[Any, float]) -> None:
    result = rfm(pandas(customer_id=ids), as_of="2024-06-01")
    assert result["customer_id"].dtype == ids.dtype
    assert dict(zip(result["customer_id"], result["revenue"], strict=True)) == expected


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_mixed_ids_are_text(missing: object) -> None:
    ids = pd.Series([1, "1", missing], dtype=object)
    assert revenue(pandas(customer_id=ids)) == {"1": 80.0}


def test_large_integer_ids_are_text() -> None:
    assert revenue(pandas(customer_id=pd.Series([2**70, 2**70, 1], dtype=object))) == {
        str(2**70): 80.0,
        "1": 20.0,
    }


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1j, 2j, 3j]),
        pd.Series([2**70, 1, "a"], dtype=object),
        pd.Series([{1}, {2}, {3}]),
        pd.Series([UUID(int=1)] * 3),
        pd.Series(pd.period_range("2024-01", "2024-03", freq="M")),
        pd.Series(pd.interval_range(0, 3)),
        pd.Series(pd.to_timedelta([1, 2, 3], "D")),
        pd.Series([None, None, None], dtype=object),
    ],
    ids=lambda column: str(column.dtype),
)
def test_undescribed_odd_column(column: pd.Series) -> None:
    assert revenue(pandas(odd=column)) == {"ann": 80.0, "bob": 20.0}


@pytest.mark.parametrize(
    "dates",
    [
        pd.Series([dt.date(2024, 5, 1), dt.date(2024, 5, 20), None]),
        pd.Series([dt.datetime(2024, 5, 1), dt.date(2024, 5, 20), None], dtype=object),
        pd.Series([pd.Timestamp("2024-05-01"), pd.NaT, pd.Timestamp("2024-05-20")], dtype=object),
        pd.Series([pd.Timestamp("2024-05-01T00Z"), pd.NaT, pd.Timestamp("2024-05-20T00Z")], dtype=object),
        pd.Series([pd.Timestamp("2024-05-01T00Z"), pd.Timestamp("2024-05-20", tz=ZONE), None], dtype=object),
        pd.Series(pd.to_datetime(["2024-05-01", None, "2024-05-20"])),
        pd.Series(pd.to_datetime(["2024-05-01 02:00+02:00", None, "2024-05-20 12:00+02:00"])),
        pd.Series(["2024-05-01", "2024-05-20", None], dtype="category"),
        pd.Series(["2024-05-01", dt.date(2024, 5, 20), None], dtype=object),
    ],
    ids=lambda dates: f"{dates.dtype}-{dates[0]!r}",
)  # fmt: skip
def test_pandas_dates(dates: pd.Series) -> None:
    table = pandas(ordered_at=dates, customer_id="ann")
    assert rfm(table, as_of="2024-06-01")["order_count"].to_list() == [2]


def test_pandas_objects_with_zones() -> None:
    dates = pd.Series([dt.datetime(2024, 5, 1), dt.datetime(2024, 5, 1, tzinfo=ZONE), None], dtype=object)
    with pytest.raises(DataError, match=r"Orders: column 'ordered_at' mixes dates with and without a time zone"):
        Orders(pandas(ordered_at=dates))


@pytest.mark.parametrize(
    ("money", "expected"),
    [
        (pd.Series([1, 2.5, None], dtype=object), 3.5),
        (pd.Series([Decimal("1.10"), Decimal("2.25"), None]), 3.35),
        (pd.Series([1, None, 2.5], dtype="Float64"), 3.5),
        (pd.Series([100, 27, 100], dtype="int8"), 227.0),
        (pd.Series([0.5, 0.25, 2], dtype="float32"), 2.75),
        (pd.Series([1.5, 2.5, 1.5], dtype="category"), 5.5),
        (pd.Series([Decimal("1.1"), None, None], dtype=pd.ArrowDtype(pa.decimal128(10, 2))), 1.1),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_pandas_money(money: pd.Series, expected: float) -> None:
    assert revenue(pandas(amount=money, customer_id=1)) == {1: expected}


@pytest.mark.parametrize(
    "money", [pd.Series([1, "x", 2], dtype=object), pd.Series(["1", "2", "3"]), pd.Series([1j, 2, 3])]
)
def test_money_that_is_no_number(money: pd.Series) -> None:
    with pytest.raises(DataError, match=r"Orders: column 'amount' must be numeric, got String"):
        Orders(pandas(amount=money))


@pytest.mark.parametrize(
    "marks",
    [
        [True, False, None],
        pd.Series([True, None, False], dtype="boolean"),
        pd.Series([True, float("nan"), False], dtype=object),
        pd.Series([1, 0, 0], dtype="int8"),
    ],
)
def test_pandas_marks(marks: Any) -> None:
    assert revenue(pandas(void=marks), cancelled="void") == {"ann": 50.0, "bob": 20.0}


def test_pandas_repeated_columns() -> None:
    table = pd.concat([pandas(), pandas()[["amount", "order_id"]]], axis=1)
    message = r"Orders: the table has several columns of the same name: \['order_id', 'amount'\] .*Rename them"
    with pytest.raises(DataError, match=message):
        Orders(table)


def test_pandas_numeric_column_names() -> None:
    table = pandas().set_axis([0, 1, 2, 3], axis=1)
    assert revenue(table, customer="0", order="1", date="2", amount="3") == {"ann": 80.0, "bob": 20.0}


def test_pandas_index_is_no_column() -> None:
    with pytest.raises(
        DataError, match=r"lacks column 'customer_id' .* columns are \['order_id', 'ordered_at', 'amount'\]"
    ):
        Orders(pandas().set_index("customer_id"))


def test_pandas_index_changes_nothing() -> None:
    table = pandas().set_index(pd.Index([5, 5, 1]))
    assert rfm(table, as_of="2024-06-01").index.to_list() == [0, 1]


@pytest.mark.parametrize("table", [pd.DataFrame(), pa.table({}), pl.DataFrame(), pl.LazyFrame()])
def test_table_without_columns(table: object) -> None:
    with pytest.raises(DataError, match=r"lacks columns 'customer_id' \(customer=\), .* columns are \[\]"):
        Orders(table)


@pytest.mark.parametrize(
    "ids",
    [
        pa.array(["b", "b", "a"]).dictionary_encode(),
        pa.array([9, 9, 7]).dictionary_encode(),
        pa.array(["b", None, "a"], pa.large_string()),
        pa.array([1, None, 2], pa.int8()),
        pa.array([Decimal(1), None, Decimal(2)], pa.decimal128(10, 0)),
    ],
    ids=lambda ids: str(ids.type),
)
def test_arrow_ids_keep_type(ids: pa.Array) -> None:
    result = rfm(pa.table(LOG | {"customer_id": ids}), as_of="2024-06-01")
    assert result.schema.field("customer_id").type == ids.type
    assert result["customer_id"].to_pylist() == sorted(set(ids.drop_null().to_pylist()))


def test_arrow_repeated_columns() -> None:
    table = pa.table([pa.array([1]), pa.array([2])], names=["amount", "amount"])
    with pytest.raises(
        DataError, match=r"Orders: the table has several columns of the same name: \['amount'\] .*Rename"
    ):
        Orders(table)


def test_arrow_type_unknown_to_polars() -> None:
    odd = pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval())
    wide = pa.array([Decimal(1)] * 3, pa.decimal256(50, 3))
    table = pa.table(LOG | {"odd": odd, "wide": wide})
    assert revenue(table) == revenue(pa.table(LOG))
    with pytest.raises(DataError, match=r"Orders: column 'wide' has the pyarrow type 'decimal256\(50, 3\)', which"):
        Orders(table, amount="wide")
    with pytest.raises(DataError, match=r"test: column 'odd' has the pyarrow type 'month_day_nano_interval'"):
        given_features(table.drop_columns(["wide"]), None, "test")


def test_too_large_decimal() -> None:
    connection = duckdb.connect()
    log = connection.sql(
        f"SELECT 1 AS customer_id, 1 AS order_id, DATE '2024-05-01' AS ordered_at, {'9' * 38}::DECIMAL(38, 0) AS amount"
    )
    with pytest.raises(DataError, match="rfm: 1 value of 'amount' is not a finite number below"):
        rfm(log, as_of="2024-06-01")


@pytest.mark.parametrize("date", ["'infinity'::TIMESTAMP", "'-infinity'::DATE", "'20000-01-01'::DATE"])
def test_dates_beyond_the_calendar(date: str) -> None:
    connection = duckdb.connect()
    log = connection.sql(f"SELECT 1 AS customer_id, 1 AS order_id, {date} AS ordered_at, 1.0 AS amount")
    with pytest.raises(DataError, match="rfm: 1 value of column 'ordered_at' is infinite or outside the years 1 to 99"):
        rfm(log, as_of="2024-06-01")


@pytest.mark.parametrize(
    ("date", "remedy"),
    [
        ("2024-05-01 24:00", "There is no such time of day: hours go from 0 to 23"),
        ("2024-05-01T10:00:60", "There is no such time of day"),
        ("NULL", "Other values of the column are read, so these are no dates"),
        ("Total", "or delete their lines, such as a line of totals"),
        ("2024-5-1", r"The values fit date_format='%Y-%m-%d', unlike other"),
    ],
)
def test_remedies_for_a_few_dates(date: str, remedy: str) -> None:
    with pytest.raises(DataError, match=remedy):
        revenue(pl.DataFrame(LOG | {"ordered_at": ["2024-05-01", "2024-05-20", date]}))


def test_ambiguous_spreadsheet_days() -> None:
    with pytest.raises(DataError, match="days of a spreadsheet are certain from 61"):
        revenue(pl.DataFrame(LOG | {"ordered_at": [59, 61, 45413]}), date_format="excel")


def test_arrow_table_in_chunks() -> None:
    table = pa.concat_tables([pa.table(LOG), pa.table(LOG).slice(0, 0), pa.table(LOG)])
    assert revenue(table) == {"ann": 160.0, "bob": 40.0}


@pytest.mark.parametrize("zone", [None, "UTC", "+02:00", "Europe/Berlin"])
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_arrow_dates(unit: str, zone: str | None) -> None:
    noon = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC if zone else None)
    table = pa.table(LOG | {"ordered_at": pa.array([noon] * 3, pa.timestamp(unit, zone))})
    assert rfm(table, as_of="2024-06-01")["recency_days"].to_pylist() == [31, 31]


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["bob", "ann"])])
def test_polars_categories(dtype: Any) -> None:
    table = pl.DataFrame(LOG).with_columns(pl.col("customer_id").cast(dtype))
    assert revenue(table) == {"ann": 80.0, "bob": 20.0}


@pytest.mark.parametrize("door", [narwhals, nw1, nw2], ids=["main", "v1", "v2"])
def test_narwhals_frame_of_any_version(door: Any) -> None:
    assert isinstance(rfm(door.from_native(pandas()), as_of="2024-06-01"), pd.DataFrame)
    assert isinstance(rfm(door.from_native(pl.LazyFrame(LOG)), as_of="2024-06-01"), pl.LazyFrame)
    assert isinstance(rfm(door.from_native(pl.DataFrame(LOG)), as_of="2024-06-01"), pl.DataFrame)


def test_failing_lazy_frame_shows_no_values() -> None:
    broken = pl.LazyFrame(LOG).with_columns(pl.col("customer_id").cast(pl.Int64))
    with pytest.raises(
        DataError, match=r"the table could not be read: conversion .* failed in column 'customer_id'"
    ) as error:
        rfm(broken, as_of="2024-06-01")
    assert "ann" not in str(error.value)


def test_lazy_frame_of_missing_column() -> None:
    with pytest.raises(DataError, match=r"the table could not be opened: .*nope"):
        Orders(pl.LazyFrame(LOG).select("nope"))


def test_numpy_types_and_none() -> None:
    frame = frame_from_columns(
        {
            "a": pd.Series([1, 2], dtype="int8").to_numpy(),
            "b": pd.Series(["x", None], dtype=object).to_numpy(),
            "c": [1.5, None],
        }
    )
    assert dict(frame.schema) == {"a": pl.Int8, "b": pl.String, "c": pl.Float64}
    assert frame.rows() == [(1, "x", 1.5), (2, None, None)]
