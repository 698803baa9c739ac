"""Several files as one table: other columns, another order, other types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custseg import Orders
from custseg.errors import DataError
from custseg.feature_table import given_features
from custseg.features import rfm


def month(customer: Any, amount: Any, date: Any = "2024-06-01", **more: Any) -> pl.DataFrame:
    columns = {"customer_id": customer, "order_id": customer, "ordered_at": date, "amount": amount, **more}
    return pl.DataFrame({name: [value] for name, value in columns.items()})


def parts(folder: Path, *frames: pl.DataFrame) -> str:
    for i, frame in enumerate(frames):
        frame.write_parquet(folder / f"m{i}.parquet")
    return str(folder / "*.parquet")


def revenue(path: str) -> float:
    return float(rfm(path, as_of="2024-07-01")["revenue"].sum())


@pytest.mark.parametrize(
    "frames",
    [
        (month(1, 10), month(2, 20.5)),
        (month(1, 10.0), month(2, 20.5, coupon=["x"])),
        (month(1, 10).cast({"amount": pl.Int16}), month(2, 20.5)),
        (month(1, Decimal("10.00")), month(2, Decimal("20.500"))),
        (month(1, Decimal("10.00")), month(2, 20.5)),
        (month(1, 10.0), month(2, 20.5).select("amount", "ordered_at", "order_id", "customer_id")),
        (month(1, 10.0).cast({"customer_id": pl.Int32}), month(2, 20.5).cast({"customer_id": pl.UInt8})),
        (month(1, 10.0, date(2024, 6, 1)), month(2, 20.5, datetime(2024, 6, 2, 9))),
        (month(1, 10.0), month(2, 20.5).cast({"ordered_at": pl.Categorical})),
        (month(1, 30.5), month(2, None).cast({"amount": pl.Null})),
    ],
)
def test_parts_of_other_types(tmp_path: Path, frames: tuple[pl.DataFrame, ...]) -> None:
    assert revenue(parts(tmp_path, *frames)) == 30.5


def test_ids_beyond_64_bits_with_a_sign(tmp_path: Path) -> None:
    frames = (month(2**64 - 1, 10.0), month(7, 20.5))
    unsigned = [
        frame.cast({"customer_id": kind, "order_id": kind})
        for frame, kind in zip(frames, (pl.UInt64, pl.UInt32), strict=True)
    ]
    assert rfm(parts(tmp_path, *unsigned), as_of="2024-07-01")["customer_id"].to_list() == [7, 2**64 - 1]


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_times_in_other_units(tmp_path: Path, zone: str | None) -> None:
    frames = [
        month(i, 5.0, datetime(2024, 6, 1, 9, tzinfo=UTC if zone else None)).cast(
            {"ordered_at": pl.Datetime(unit, zone)}
        )
        for i, unit in enumerate(("us", "ns", "ms"))
    ]
    assert revenue(parts(tmp_path, *frames)) == 15.0


@pytest.mark.parametrize(
    ("column", "odd", "kinds"),
    [
        ("amount", month(2, "20.5"), "Float64 in .*m0.parquet' and String in .*m1.parquet'"),
        ("ordered_at", month(2, 20.5, datetime(2024, 6, 1)), "String in .* and Datetime"),
        ("customer_id", month("b", 20.5), "Int64 in .* and String in"),
    ],
)
def test_incompatible_types_are_named(tmp_path: Path, column: str, odd: pl.DataFrame, kinds: str) -> None:
    path = parts(tmp_path, month(1, 10.0), odd)
    with pytest.raises(DataError, match=rf"Orders: column '{column}' is {kinds}.* Write both files with the same type"):
        Orders(path)


def test_a_folder_of_parts(tmp_path: Path) -> None:
    (tmp_path / "log.parquet").mkdir()
    parts(tmp_path / "log.parquet", month(1, 10), month(2, 20.5, note="x"))
    assert revenue(str(tmp_path / "log.parquet")) == 30.5


def test_a_folder_of_parts_by_month(tmp_path: Path) -> None:
    for number in (5, 6):
        (tmp_path / "log.parquet" / f"month={number}").mkdir(parents=True)
        month(number, 10.0).write_parquet(tmp_path / "log.parquet" / f"month={number}" / "part.parquet")
    assert revenue(str(tmp_path / "log.parquet")) == 20.0


def test_types_of_undescribed_columns(tmp_path: Path) -> None:
    assert revenue(parts(tmp_path, month(1, 10.0, note="x"), month(2, 20.5, note=5))) == 30.5


def test_feature_of_differing_types(tmp_path: Path) -> None:
    path = parts(tmp_path, month(1, 10.0, points=1), month(2, 20.0, points="x"))
    with pytest.raises(DataError, match=r"test: column 'points' is Int64 in .*m0.parquet' and String in .*m1.parquet'"):
        given_features(path, "customer_id", "test")


def test_part_without_needed_column(tmp_path: Path) -> None:
    path = parts(tmp_path, month(1, 10.0), month(2, 20.5).rename({"amount": "Amount"}))
    with pytest.raises(DataError, match=r"the file '.*m1\.parquet' lacks column 'amount' \(amount=\)"):
        Orders(path)


SALES = st.lists(st.tuples(st.integers(1, 5), st.integers(-500, 500)), min_size=1, max_size=12)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sales=SALES, cut=st.integers(0, 12))
def test_file_cut_in_two(tmp_path: Path, sales: list[tuple[int, int]], cut: int) -> None:
    whole = pl.concat(month(customer, amount / 10) for customer, amount in sales).with_row_index("line")
    whole = whole.with_columns(order_id=pl.col("line").cast(pl.Int64)).drop("line")
    expected = rfm(whole, as_of="2024-07-01")
    for part, frame in {"a": whole[:cut], "b": whole[cut:].select(sorted(whole.columns))}.items():
        frame.write_csv(tmp_path / f"{part}.csv")
        frame.write_parquet(tmp_path / f"{part}.parquet")
    for ending in ("csv", "parquet"):
        assert rfm(str(tmp_path / f"*.{ending}"), as_of="2024-07-01").equals(expected)
